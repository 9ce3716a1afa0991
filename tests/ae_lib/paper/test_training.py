"""Networks are trained as Keras trains them, and killed runs go on with the same numbers."""

import numpy as np
import pytest

from ae_lib import pretrain, squared_error, unroll
from ae_lib._keras import keras
from ae_lib.paper.experiments.classification import label_cross_entropy
from ae_lib.paper.networks import Layer, Network, random_autoencoder, unrolled
from ae_lib.paper.training import (
    FineTuning,
    cross_entropy,
    logistic_squared,
    squared,
    train,
    word_cross_entropy,
)
from tests.ae_lib.paper.runs import make_run


def test_losses_are_the_textbook_sums(x):
    inputs = np.random.default_rng(1).normal(size=x.shape).astype(np.float32)
    p = 1 / (1 + np.exp(-inputs))
    expected = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=1)
    np.testing.assert_allclose(cross_entropy(x, inputs), expected, rtol=1e-5)
    expected = squared_error(x, p, per_image=True)
    np.testing.assert_allclose(logistic_squared(x, inputs), expected, rtol=1e-5)
    expected = squared_error(x, inputs, per_image=True)
    np.testing.assert_allclose(squared(x, inputs), expected, rtol=1e-5)
    words = x / x.sum(axis=1, keepdims=True)
    q = np.exp(inputs) / np.exp(inputs).sum(axis=1, keepdims=True)
    expected = -(words * np.log(q)).sum(axis=1)
    np.testing.assert_allclose(word_cross_entropy(words, inputs), expected, rtol=1e-5)
    labels = x.argmax(axis=1)
    expected = -np.log(q[np.arange(len(x)), labels])
    measured = label_cross_entropy(labels, inputs)
    np.testing.assert_allclose(measured, expected, rtol=1e-4)


def test_training_does_what_keras_does(x, tmp_path):
    stack = pretrain(x, [6, 3], n_iter=1, random_state=0, batch_size=20)
    network, model = unrolled(stack), unroll(stack)
    # One mini-batch with all rows: their order makes no difference.
    settings = FineTuning(epochs=5, batch_size=100, learning_rate=0.01, optimizer="momentum")
    history, _ = train(make_run(tmp_path), "test", network, x, None, settings, cross_entropy)
    rate = keras.optimizers.schedules.CosineDecay(0.01, 5)
    model.compile(
        keras.optimizers.SGD(rate, momentum=0.9),
        lambda y, p: 12 * keras.losses.binary_crossentropy(y, p),
    )
    expected = model.fit(x, x, batch_size=100, epochs=5, verbose=0).history["loss"]
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-4)
    np.testing.assert_allclose(network.predict(x), model.predict(x, verbose=0), atol=1e-4)


def test_training_goes_on_where_it_was_stopped(x, tmp_path):
    settings = FineTuning(epochs=6, batch_size=20)

    def start():
        return random_autoencoder((12, 8, 3), "glorot", np.random.default_rng(0))

    whole, stopped, resumed = start(), start(), start()
    one, other = make_run(tmp_path / "one"), make_run(tmp_path / "other")
    history, _ = train(one, "test", whole, x, None, settings, cross_entropy)

    class KilledError(Exception):
        pass

    calls = []

    def kill():
        calls.append(1)
        if len(calls) == 4:
            raise KilledError
        return 0.0

    with pytest.raises(KilledError):
        train(other, "test", stopped, x, None, settings, cross_entropy, measures={"clock": kill})
    calls.clear()
    again, _ = train(
        other, "test", resumed, x, None, settings, cross_entropy,
        measures={"clock": lambda: calls.append(1) or 0.0},
    )  # fmt: skip
    assert len(calls) == 3  # of six epochs, three were kept
    assert again["loss"] == history["loss"]
    np.testing.assert_array_equal(resumed.predict(x), whole.predict(x))


def test_damaged_checkpoint_is_reported_and_training_starts_anew(x, tmp_path):
    run, settings = make_run(tmp_path), FineTuning(epochs=2, batch_size=20)
    networks = [random_autoencoder((12, 3), "glorot", np.random.default_rng(0)) for _ in range(2)]
    first, _ = train(run, "test", networks[0], x, None, settings, cross_entropy)
    file = run.folder / "test.npz"
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.warns(UserWarning, match=r"test\.npz is damaged"):
        second, _ = train(run, "test", networks[1], x, None, settings, cross_entropy)
    assert second == first


def test_a_full_disk_does_not_stop_training(x, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    network = random_autoencoder((12, 4), "glorot", np.random.default_rng(0))
    with pytest.warns(UserWarning, match="training goes on without it: .*No space left"):
        history, _ = train(
            make_run(tmp_path), "tuning", network, x, None, FineTuning(2, 20), cross_entropy
        )
    assert len(history["loss"]) == 2


def test_infinite_loss_stops_training_and_names_the_epoch(x, tmp_path):
    network = Network([Layer(np.full((12, 12), 1e30), np.zeros(12), "linear")], 1)
    settings = FineTuning(epochs=2, batch_size=20)
    with pytest.raises(FloatingPointError, match="in epoch 1"):
        train(make_run(tmp_path), "test", network, x, None, settings, squared)


def test_unknown_optimiser_is_named():
    with pytest.raises(ValueError, match="Received: 'sgd'"):
        FineTuning(epochs=1, optimizer="sgd").make_optimizer(100)
