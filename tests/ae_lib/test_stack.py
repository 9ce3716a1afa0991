"""Stacks: layers learnt one at a time, unrolled without a change, resumed as if never stopped."""

import errno
import io
import multiprocessing
import os
import re
import signal
import threading
import time
import warnings
import weakref
from copy import deepcopy
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from ae_lib import RBM, Stack, _checkpoints, _files, pretrain, progress, set_seed, unroll
from ae_lib import stack as stack_module
from ae_lib._keras import keras

KINDS = [
    ("bernoulli", "gaussian"),
    ("bernoulli", "bernoulli"),
    ("gaussian", "gaussian"),
    ("gaussian", "bernoulli"),
    ("multinomial", "gaussian"),
]


def digits(n=100, n_visible=9, seed=0):
    return np.random.default_rng(seed).random((n, n_visible)).astype(np.float32)


def machine(n_visible, n_hidden, *, visible="bernoulli", hidden="bernoulli", seed=0):
    """A machine with large weights and biases, so that nothing that is missing goes unnoticed."""
    rng = np.random.default_rng(seed)
    rbm = RBM(n_hidden, visible=visible, hidden=hidden)
    rbm.components_ = rng.normal(size=(n_hidden, n_visible)).astype(np.float32)
    rbm.intercept_hidden_ = rng.normal(size=n_hidden).astype(np.float32)
    rbm.intercept_visible_ = rng.normal(size=n_visible).astype(np.float32)
    rbm.n_features_in_ = n_visible
    return rbm


def stack_by_hand(visible, code):
    return Stack(
        [
            machine(9, 7, visible=visible, seed=1),
            machine(7, 5, seed=2),
            machine(5, 3, hidden=code, seed=3),
        ]
    )


def inputs_for(visible):
    rng = np.random.default_rng(4)
    if visible == "multinomial":
        return rng.integers(0, 4, size=(40, 9)).astype(np.float32)
    return (rng.normal if visible == "gaussian" else rng.uniform)(size=(40, 9)).astype(np.float32)


def mean(kind, z):
    """The mean of units whose input is z, in double precision."""
    if kind == "gaussian":
        return z
    if kind == "bernoulli":
        return 1 / (1 + np.exp(-z))
    odds = np.exp(z - z.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def up(stack, x):
    for rbm in stack.rbms:
        weights = rbm.components_.astype(np.float64)
        x = mean(rbm.hidden, x @ weights.T + rbm.intercept_hidden_.astype(np.float64))
    return x


def down(stack, h):
    for rbm in stack.rbms[::-1]:
        weights = rbm.components_.astype(np.float64)
        h = mean(rbm.visible, h @ weights + rbm.intercept_visible_.astype(np.float64))
    return h


def assert_same(first, second):
    """Two stacks have learnt the same numbers, to the last bit."""
    assert first.sizes == second.sizes
    for one, other in zip(first.rbms, second.rbms, strict=True):
        np.testing.assert_array_equal(one.components_, other.components_)
        np.testing.assert_array_equal(one.intercept_hidden_, other.intercept_hidden_)
        np.testing.assert_array_equal(one.intercept_visible_, other.intercept_visible_)
        np.testing.assert_array_equal(one.reconstruction_error_, other.reconstruction_error_)


# Stack and unroll


@pytest.mark.parametrize(("visible", "code"), KINDS)
def test_encode_and_decode_are_the_mean_field_passes(visible, code):
    stack, x = stack_by_hand(visible, code), inputs_for(visible)
    codes = up(stack, x.astype(np.float64))
    np.testing.assert_allclose(stack.encode(x), codes, rtol=2e-6, atol=2e-6)
    np.testing.assert_allclose(stack.decode(codes), down(stack, codes), rtol=2e-6, atol=2e-6)
    assert stack.sizes == (9, 7, 5, 3)
    assert stack.encode(x).dtype == stack.decode(codes).dtype == np.float32


@pytest.mark.parametrize(("visible", "code"), KINDS)
def test_unrolled_and_not_trained_it_is_the_mean_field_pass(visible, code):
    stack, x = stack_by_hand(visible, code), inputs_for(visible)
    codes = up(stack, x.astype(np.float64))
    autoencoder = unroll(stack)
    encoder, decoder = autoencoder.get_layer("encoder"), autoencoder.get_layer("decoder")
    close = {"rtol": 2e-6, "atol": 2e-6}
    np.testing.assert_allclose(encoder.predict(x, verbose=0), codes, **close)
    np.testing.assert_allclose(decoder.predict(codes, verbose=0), down(stack, codes), **close)
    np.testing.assert_allclose(autoencoder.predict(x, verbose=0), down(stack, codes), **close)


def test_fine_tuning_unties_encoder_and_decoder_and_leaves_the_stack_alone():
    x = digits()
    stack = pretrain(x, [7, 3], n_iter=2, random_state=0)
    learnt = [rbm.components_.copy() for rbm in stack.rbms]
    autoencoder = unroll(stack)
    up_1, up_2 = autoencoder.get_layer("encoder").layers
    down_2, down_1 = autoencoder.get_layer("decoder").layers
    pairs = [(up_1, down_1), (up_2, down_2)]
    for above, below in pairs:
        np.testing.assert_array_equal(above.get_weights()[0], below.get_weights()[0].T)
    autoencoder.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    autoencoder.fit(x, x, epochs=2, batch_size=10, verbose=0)
    for (above, below), weights in zip(pairs, learnt, strict=True):
        kernel, back = above.get_weights()[0], below.get_weights()[0]
        assert np.abs(kernel - weights.T).max() > 1e-3
        assert np.abs(back - weights).max() > 1e-3
        assert np.abs(kernel - back.T).max() > 1e-3
    for rbm, weights in zip(stack.rbms, learnt, strict=True):
        np.testing.assert_array_equal(rbm.components_, weights)


# Keras asks NumPy for its variables in a way that NumPy warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_saved_and_loaded_it_is_the_same_and_has_the_same_halves(tmp_path):
    x = inputs_for("bernoulli")
    autoencoder = unroll(stack_by_hand("bernoulli", "gaussian"))
    autoencoder.compile("adam", "binary_crossentropy")
    autoencoder.fit(x, x, epochs=1, verbose=0)
    autoencoder.save(tmp_path / "autoencoder.keras")
    loaded = keras.models.load_model(tmp_path / "autoencoder.keras")
    encoder, decoder = loaded.get_layer("encoder"), loaded.get_layer("decoder")
    codes = encoder.predict(x, verbose=0)
    np.testing.assert_array_equal(codes, autoencoder.get_layer("encoder").predict(x, verbose=0))
    expected = autoencoder.predict(x, verbose=0)
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)
    np.testing.assert_array_equal(decoder.predict(codes, verbose=0), expected)
    assert isinstance(encoder, keras.Model)
    assert isinstance(decoder, keras.Model)
    # What is trained when the whole is trained are the halves' own weights.
    halves = [*encoder.trainable_variables, *decoder.trainable_variables]
    assert [id(weights) for weights in loaded.trainable_variables] == [id(part) for part in halves]


@pytest.mark.parametrize(
    ("rbms", "error", "words"),
    [
        (lambda: [], ValueError, "at least one machine"),
        (lambda: [machine(3, 2), "rbm"], TypeError, "Received: str"),
        (lambda: [machine(3, 2), RBM(2)], NotFittedError, "not fitted"),
        (lambda: [machine(5, 4), machine(3, 2)], ValueError, "1 .*2 .*Received: 4 and 3"),
        (
            lambda: [machine(5, 4, hidden="gaussian"), machine(4, 2)],
            ValueError,
            "hidden='gaussian' and visible='bernoulli'",
        ),
        (
            lambda: [machine(5, 4), machine(4, 2, visible="gaussian")],
            ValueError,
            "hidden='bernoulli' and visible='gaussian'",
        ),
    ],
)
def test_machines_that_are_no_stack_are_refused(rbms, error, words):
    with pytest.raises(error, match=words):
        Stack(rbms())


def test_only_a_stack_can_be_unrolled():
    with pytest.raises(TypeError, match="Received: list"):
        unroll([machine(3, 2)])


# Pretraining


@pytest.mark.slow
def test_each_machine_learns_from_the_probabilities_of_the_one_below():
    inputs = digits()
    stack = pretrain(inputs, [7, 5, 3], n_iter=2, batch_size=20, random_state=0)
    for rbm in stack.rbms:
        alone = RBM(**rbm.get_params()).fit(inputs)
        assert_same(Stack([rbm]), Stack([alone]))
        inputs = rbm.transform(inputs)


@pytest.mark.slow
def test_settings_reach_the_machines_they_are_for():
    x = np.random.default_rng(0).normal(size=(100, 9))
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
    given = {"n_iter": 2, "momentum": 0.4, "weight_decay": 0.001, "batch_size": 30}
    rates = {"learning_rate": 0.05, "visible_learning_rate": 0.002, "code_learning_rate": 0.003}
    stack = pretrain(x, [7, 5, 3], visible="gaussian", **given, **rates)
    assert [rbm.n_components for rbm in stack.rbms] == [7, 5, 3]
    assert [rbm.visible for rbm in stack.rbms] == ["gaussian", "bernoulli", "bernoulli"]
    assert [rbm.hidden for rbm in stack.rbms] == ["bernoulli", "bernoulli", "gaussian"]
    assert [rbm.learning_rate for rbm in stack.rbms] == [0.002, 0.05, 0.003]
    for rbm in stack.rbms:
        assert given.items() <= rbm.get_params().items()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layers", "visible", "code", "rates"),
    [
        ([5, 4, 3], "bernoulli", "gaussian", [0.1, 0.1, 0.001]),
        ([5, 4, 3], "bernoulli", "bernoulli", [0.1, 0.1, 0.1]),
        ([5, 4, 3], "gaussian", "gaussian", [0.001, 0.1, 0.001]),
        ([3], "bernoulli", "gaussian", [0.001]),
        ([3], "bernoulli", "bernoulli", [0.1]),
        ([3], "gaussian", "bernoulli", [0.001]),
    ],
)
def test_gaussian_units_learn_at_a_smaller_rate_by_default(layers, visible, code, rates):
    x = digits()
    if visible == "gaussian":
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    stack = pretrain(x, layers, visible=visible, code=code, n_iter=1)
    assert [rbm.learning_rate for rbm in stack.rbms] == rates


def test_each_layer_has_a_seed_of_its_own_that_does_not_depend_on_the_layers_above():
    x = digits(n_visible=6)
    three = pretrain(x, [6, 6, 6], code="bernoulli", n_iter=1, random_state=5)
    two = pretrain(x, [6, 6], code="bernoulli", n_iter=1, random_state=5)
    other = pretrain(x, [6, 6], code="bernoulli", n_iter=1, random_state=6)
    seeds = [rbm.random_state for rbm in three.rbms]
    assert len({*seeds, *(rbm.random_state for rbm in other.rbms)}) == 5
    assert_same(two, Stack(three.rbms[:2]))
    first, second, third = (rbm.components_ for rbm in three.rbms)
    assert min(np.abs(a - b).max() for a, b in [(first, second), (second, third)]) > 0.01


def test_without_a_seed_the_courses_seed_decides():
    x, stacks = digits(), []
    for seed in (1, 1, 2):
        set_seed(seed)
        stacks.append(pretrain(x, [5, 2], n_iter=1))
    assert_same(stacks[0], stacks[1])
    assert np.abs(stacks[0].rbms[0].components_ - stacks[2].rbms[0].components_).max() > 0.01


@pytest.mark.slow
def test_activations_of_one_layer_at_a_time_are_kept(monkeypatch):
    made, alive = [], []

    class Watched(RBM):
        def fit(self, inputs, y=None):
            alive.append([reference() is not None for reference in made])
            return super().fit(inputs)

        def transform(self, inputs):
            outputs = super().transform(inputs)
            made.append(weakref.ref(outputs))
            return outputs

    monkeypatch.setattr(stack_module, "RBM", Watched)
    pretrain(digits(), [7, 6, 5, 3], n_iter=1, random_state=0)
    assert alive == [[], [True], [False, True], [False, False, True]]


def test_the_bar_says_which_layer_and_which_epoch(capsys, monkeypatch):
    monkeypatch.delenv("AE_PROGRESS", raising=False)
    # By default a bar is drawn ten times a second at most, and this training is faster.
    monkeypatch.setattr(progress, "tqdm", partial(progress.tqdm, mininterval=0))
    pretrain(digits(), [7, 5, 3], n_iter=4, random_state=0, verbose=1)
    written = capsys.readouterr().err
    for layer in (1, 2, 3):
        assert re.search(rf"layer {layer} of 3: 100%\|\S* 4/4 ", written)
    pretrain(digits(), [7, 5, 3], n_iter=4, random_state=0)
    assert capsys.readouterr() == ("", "")


def test_data_that_are_not_standardised_are_warned_of_once_at_the_callers_line():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pretrain(digits(), [5, 2], visible="gaussian", n_iter=1)
    assert [warning.filename for warning in caught] == [__file__]
    assert "X should be standardised" in str(caught[0].message)


@pytest.mark.filterwarnings("ignore:X should be standardised")
def test_a_layer_that_diverges_is_named():
    x = 1000 * digits()
    with pytest.raises(FloatingPointError, match=r"layer 1 of 2: .*diverged in epoch \d"):
        pretrain(x, [5, 2], visible="gaussian", visible_learning_rate=1)
    with pytest.raises(FloatingPointError, match=r"layer 2 of 2: .*diverged in epoch \d"):
        pretrain(digits(), [5, 2], code_learning_rate=1000.0)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"layers": 30}, TypeError, r"layers must be a sequence.*Received: 30"),
        ({"layers": "30"}, TypeError, r"layers must be a sequence.*Received: '30'"),
        ({"layers": []}, ValueError, "layers must have at least one size"),
        ({"layers": [7, 0]}, ValueError, "each of layers must be at least 1. Received: 0"),
        ({"layers": [7, 3.0]}, TypeError, r"each of layers must be an integer. Received: 3.0"),
        ({"code": "multinomial"}, ValueError, "code must be .*Received: 'multinomial'"),
        ({"visible": "binary"}, ValueError, "visible must be .*Received: 'binary'"),
        ({"visible": "gaussian", "layers": [3]}, ValueError, "[Gg]aussian"),
        ({"learning_rate": -0.1}, ValueError, "-0.1"),
        ({"code_learning_rate": -0.1}, ValueError, "-0.1"),
        ({"visible_learning_rate": np.nan}, ValueError, "nan"),
        ({"n_iter": 1.5}, TypeError, "n_iter.*1.5"),
        ({"momentum": 1.5}, ValueError, "momentum.*1.5"),
        ({"weight_decay": -1}, ValueError, "weight_decay.*-1"),
        ({"batch_size": 0}, ValueError, "batch_size.*0"),
        ({"random_state": -1}, ValueError, "random_state must be at least 0. Received: -1"),
        ({"random_state": 0.5}, TypeError, "random_state must be an integer. Received: 0.5"),
        ({"data": digits()[0]}, ValueError, "2D array, got 1D"),
        ({"data": np.rint(255 * digits())}, ValueError, "divided by 255"),
        ({"data": digits() * np.nan}, ValueError, "NaN|finite"),
        ({"data": digits(0)}, ValueError, "empty|0 sample|at least"),
        ({"checkpoint": "folder", "random_state": None}, ValueError, "needs a random_state"),
    ],
)
def test_what_is_wrong_is_named_before_any_work(arguments, error, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(RBM, "fit", lambda *_: pytest.fail("work began"))
    settings = {"data": digits(), "layers": [7, 3], "random_state": 0, "batch_size": 20}
    settings |= {"checkpoint": "folder"} | arguments
    with pytest.raises(error, match=words):
        pretrain(**settings)
    assert not Path("folder").exists()


def test_a_checkpoint_that_is_a_file_is_refused_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setattr(RBM, "fit", lambda *_: pytest.fail("work began"))
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(FileExistsError, match="taken"):
        pretrain(digits(), [3], random_state=0, batch_size=20, checkpoint=tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


# Checkpoints


RUN = {"layers": [8, 6, 3], "n_iter": 3, "batch_size": 20, "random_state": 7}


@pytest.fixture(scope="module")
def uninterrupted():
    return pretrain(digits(), **RUN)


@pytest.fixture
def fitted(monkeypatch):
    """The sizes of the machines that were trained."""
    sizes, fit = [], RBM.fit
    monkeypatch.setattr(RBM, "fit", lambda rbm, x: sizes.append(rbm.n_components) or fit(rbm, x))
    return sizes


@pytest.mark.slow
def test_a_finished_run_is_read_back_and_nothing_is_trained(uninterrupted, tmp_path, fitted):
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path / "new" / "folder"), uninterrupted)
    assert fitted == [8, 6, 3]
    again = pretrain(digits(), **RUN, checkpoint=str(tmp_path / "new" / "folder"))
    assert_same(again, uninterrupted)
    assert fitted == [8, 6, 3]
    x = digits(5)
    np.testing.assert_array_equal(again.encode(x), uninterrupted.encode(x))
    files = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert files == ["layer_1.npz", "layer_2.npz", "layer_3.npz"]


@pytest.mark.slow
def test_a_machine_that_was_read_back_trains_on_as_if_it_never_stopped(tmp_path):
    x = digits()
    for run in (1, 2):
        (rbm,) = pretrain(x, [4], n_iter=3, random_state=1, checkpoint=tmp_path).rbms
        rbm.partial_fit(x)
        if run == 1:
            trained = rbm
    assert (rbm.n_iter_, len(rbm.reconstruction_error_)) == (4, 4)
    assert_same(Stack([rbm]), Stack([trained]))


@pytest.mark.parametrize("missing", [(3,), (2,), (1, 2), (1, 3)])
def test_only_layers_that_are_missing_are_trained(missing, uninterrupted, tmp_path, fitted):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    fitted.clear()
    for number in missing:
        (tmp_path / f"layer_{number}.npz").unlink()
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert fitted == [RUN["layers"][number - 1] for number in missing]


@pytest.mark.slow
def test_layers_above_can_be_added_later(tmp_path, fitted):
    x = digits()
    pretrain(x, [8, 6], code="bernoulli", n_iter=2, random_state=1, checkpoint=tmp_path)
    deeper = pretrain(x, [8, 6, 3], n_iter=2, random_state=1, checkpoint=tmp_path)
    assert fitted == [8, 6, 3]
    assert_same(deeper, pretrain(x, [8, 6, 3], n_iter=2, random_state=1))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n_iter": 4}, r"layer_1.npz was made by another run: n_iter=3 instead of 4\. Take an"),
        ({"random_state": 8}, r"layer_1.npz .*: random_state=\d+ instead of \d+\. "),
        ({"momentum": [0.5, 0.9]}, r"layer_1.npz .*: momentum=.* instead of \[0.5, 0.9\]\. "),
        ({"layers": [8, 5, 3]}, r"layer_2.npz .*: n_components=6 instead of 5\. "),
        ({"code": "bernoulli"}, r"layer_3.npz .*hidden=gaussian instead of bernoulli; learning_r"),
        ({"code_learning_rate": 0.002}, r"layer_3.npz .*: learning_rate=0.001 instead of 0.002\. "),
        ({"data": digits(seed=1)}, r"layer_1.npz .*: other data"),
        ({"data": digits()[::-1]}, r"layer_1.npz .*: other data"),
        ({"data": digits()[:99]}, r"layer_1.npz .*: other data"),
    ],
)
def test_another_run_does_not_mix_with_a_checkpoint(changed, words, tmp_path, fitted):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    fitted.clear()
    with pytest.raises(ValueError, match=words):
        pretrain(**{"data": digits(), **RUN, "checkpoint": tmp_path, **changed})
    assert not fitted
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize("part", ["components_", "intercept_hidden_", "intercept_visible_"])
def test_a_layer_trained_on_another_layer_below_is_refused(part, uninterrupted, tmp_path):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    below = deepcopy(uninterrupted.rbms[0])
    getattr(below, part)[0] += 1
    _checkpoints.store(tmp_path / "layer_1.npz", below, _checkpoints.digest("", digits()))
    with pytest.raises(ValueError, match=r"layer_2.npz .*other layers below"):
        pretrain(digits(), **RUN, checkpoint=tmp_path)


def test_a_digest_depends_on_every_value_the_shape_and_what_came_before():
    array = np.zeros((5000, 2), np.float32)
    changed = [array.copy() for _ in range(3)]
    for place, other in zip([0, 2500, 4999], changed, strict=True):
        other[place, 1] = 1
    found = [_checkpoints.digest("", other) for other in [array, array.reshape(2500, 4), *changed]]
    found += [_checkpoints.digest(before, array) for before in (found[0], found[1])]
    assert len(set(found)) == 7
    assert found[0] == _checkpoints.digest("", np.asfortranarray(array.astype(np.float64)))


def test_the_same_data_in_another_form_are_the_same_data(tmp_path, fitted, monkeypatch):
    monkeypatch.setenv("AE_PROGRESS", "0")
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    pretrain(np.asfortranarray(digits()), **RUN, checkpoint=tmp_path, verbose=1)
    pretrain(digits().astype(np.float64), **RUN, checkpoint=tmp_path)
    pretrain(digits().tolist(), **RUN | {"n_iter": np.int64(3)}, checkpoint=tmp_path)
    assert fitted == RUN["layers"]


def damage(content, how):
    middle = len(content) // 2
    return {
        "empty": b"",
        "cut": content[:middle],
        "short": content[:-1],
        "zeros": content[:middle] + bytes(len(content) - middle),
        "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        "text": b"not a checkpoint",
        "array": b"\x93NUMPY" + content[6:],
    }[how]


@pytest.mark.parametrize("how", ["empty", "cut", "short", "zeros", "flipped", "text", "array"])
def test_a_damaged_file_is_reported_and_its_layer_trained_again(
    how, uninterrupted, tmp_path, fitted
):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    file = tmp_path / "layer_2.npz"
    whole = file.read_bytes()
    file.write_bytes(damage(whole, how))
    fitted.clear()
    with pytest.warns(UserWarning, match=r"layer_2.npz is damaged, so its layer is trained again"):
        assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert fitted == [6]
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert fitted == [6]


def test_no_damage_gets_through(uninterrupted, tmp_path):
    rbm, file = uninterrupted.rbms[1], tmp_path / "layer_2.npz"
    _checkpoints.store(file, rbm, "data")
    whole, rng = file.read_bytes(), np.random.default_rng(0)
    read, reported = 0, 0
    for place in range(0, len(whole), 7):
        flipped = whole[place] ^ (1 << int(rng.integers(8)))
        file.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        found = RBM(**rbm.get_params())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            if _checkpoints.restore(file, found, "data"):
                # Some bytes of a zip file mean nothing.
                assert_same(Stack([found]), Stack([rbm]))
                read += 1
            else:
                assert "is damaged" in str(caught[0].message)
                assert not hasattr(found, "components_")
                reported += 1
    assert reported > read


def test_a_file_that_cannot_be_read_is_kept_under_another_name(uninterrupted, tmp_path):
    for content in (b"of somebody else", b"another one"):
        (tmp_path / "layer_2.npz").write_bytes(content)
        with pytest.warns(UserWarning, match="damaged"):
            pretrain(digits(), **RUN, checkpoint=tmp_path)
    assert (tmp_path / "layer_2.npz.unreadable").read_bytes() == b"of somebody else"
    assert (tmp_path / "layer_2.npz.unreadable2").read_bytes() == b"another one"
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)


def test_a_folder_that_cannot_be_written_to_is_refused_before_any_work(tmp_path, monkeypatch):
    pretrain(digits(), **RUN, checkpoint=tmp_path / "whole")

    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", refuse)
    monkeypatch.setattr(RBM, "fit", lambda *_: pytest.fail("work began"))
    with pytest.raises(PermissionError, match=r"checkpoint cannot be written to.*Take a folder"):
        pretrain(digits(), **RUN, checkpoint=tmp_path / "new")
    # Where all layers are there, nothing is written.
    pretrain(digits(), **RUN, checkpoint=tmp_path / "whole")


def full_disk(file, **arrays):
    file.write(b"half")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_costs_no_training(uninterrupted, tmp_path, monkeypatch):
    pretrain(digits(), **RUN, checkpoint=tmp_path)
    (tmp_path / "layer_3.npz").unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.warns(UserWarning, match=r"goes on without it: .*layer_3.npz.*No space left"):
        assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_file_that_another_run_wrote_meanwhile_is_not_overwritten(tmp_path):
    other, own = (RBM(3, n_iter=n, batch_size=20, random_state=0).fit(digits()) for n in (1, 2))
    _checkpoints.store(tmp_path / "layer_1.npz", other, "data")
    before = (tmp_path / "layer_1.npz").read_bytes()
    with pytest.raises(FileExistsError, match="was made by another run: n_iter=1 instead of 2"):
        _checkpoints.store(tmp_path / "layer_1.npz", own, "data")
    assert (tmp_path / "layer_1.npz").read_bytes() == before


def test_processes_that_write_one_file_have_unfinished_files_of_their_own(tmp_path):
    path, seen = tmp_path / "file", []

    def write(file, depth=0):
        seen.append(file.name)
        if depth == 0:  # another process is at the same
            _files.write_whole(path, lambda inner: write(inner, 1))
            assert path.read_bytes() == b"1"
        file.write(str(depth).encode())

    _files.write_whole(path, write)
    assert path.read_bytes() == b"0"
    assert len(set(seen)) == 2
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_what_killed_runs_left_is_removed_when_it_is_old_and_nothing_else_is(tmp_path):
    old = tmp_path / f".file.{'0' * 16}.unfinished"
    kept = {f".file.{'1' * 16}.unfinished", ".file.mine.unfinished", f".b.{'2' * 16}.unfinished"}
    for name in (old.name, *kept):
        (tmp_path / name).touch()
        if "1" not in name:
            os.utime(tmp_path / name, (0, 0))
    _files.write_whole(tmp_path / "file", lambda file: file.write(b""))
    assert {path.name for path in tmp_path.iterdir()} == kept | {"file"}


def test_a_link_stays_a_link_and_files_can_be_read_by_others(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "file")
    umask = os.umask(0o022)
    try:
        _files.write_whole(tmp_path / "link", lambda file: file.write(b"1"))
    finally:
        os.umask(umask)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "disk" / "file").stat().st_mode & 0o777 == 0o644


def test_a_folder_may_be_named_as_in_a_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    pretrain(digits(), [3], n_iter=1, random_state=0, batch_size=20, checkpoint="~/mit Umlaut ä")
    assert (tmp_path / "mit Umlaut ä" / "layer_1.npz").is_file()


def test_a_batch_larger_than_the_data_is_warned_of_once_at_the_callers_line():
    with pytest.warns(UserWarning, match="batch_size should be at most 50") as caught:
        pretrain(digits()[:50], [4, 3], n_iter=1, random_state=0)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_a_refused_call_draws_no_random_number():
    np.random.seed(0)
    with pytest.raises(ValueError, match="n_iter"):
        pretrain(digits(), [3], n_iter=-1)
    drawn = np.random.rand()
    np.random.seed(0)
    assert drawn == np.random.rand()


# Killed


def run_until_killed(folder, moment, settings):
    """In a process of its own: pretrain, and die at a moment of the first writing."""
    warnings.simplefilter("error")
    progress.tqdm.set_lock(threading.RLock())  # the default one would survive its process
    die = partial(os.kill, os.getpid(), signal.SIGKILL)
    savez, replace = np.savez, Path.replace

    def write_half(file, **arrays):
        whole = io.BytesIO()
        savez(whole, **arrays)
        file.write(whole.getvalue()[: whole.tell() // 2])
        file.flush()
        die()

    def rename_and_die(path, target):
        replace(path, target)
        die()

    if moment == "half written":
        np.savez = write_half
    elif moment == "written, not renamed":
        Path.replace = lambda *_: die()
    elif moment == "renamed":
        Path.replace = rename_and_die
    pretrain(digits(), **settings, checkpoint=folder)


@pytest.fixture(scope="module")
def start():
    """Start `run_until_killed`; TensorFlow is imported once for all of these processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system cannot fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ae_lib.stack"])
    ready = context.Process(target=time.sleep, args=(0,))
    ready.start()
    ready.join()

    def start(*arguments):
        process = context.Process(target=run_until_killed, args=arguments)
        process.start()
        return process

    return start


@pytest.mark.slow
def test_killed_while_it_writes_it_resumes_with_the_same_numbers(start, uninterrupted, tmp_path):
    half, whole, renamed = "half written", "written, not renamed", "renamed"
    moments = [(half, 0), (renamed, 1), (half, 1), (whole, 1)]
    for moment, finished in moments:
        process = start(tmp_path, moment, RUN)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert len(list(tmp_path.glob("*.npz"))) == finished
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)


@pytest.mark.slow
def test_killed_at_random_moments_it_resumes_with_the_same_numbers(start, tmp_path):
    settings = RUN | {"n_iter": 50}
    begin = time.perf_counter()
    start(tmp_path / "whole", None, settings).join()
    duration = time.perf_counter() - begin
    expected = pretrain(digits(), **settings, checkpoint=tmp_path / "whole")
    assert_same(pretrain(digits(), **settings), expected)

    rng, kills, run = np.random.default_rng(0), 0, 1
    while kills < 3:
        folder = tmp_path / f"run_{run}"
        process = start(folder, None, settings)
        process.join(rng.uniform(0, duration))
        if process.exitcode is None:
            process.kill()
            kills += 1
            print(f"run {run} killed, left {sorted(path.name for path in folder.glob('*'))}")
        else:
            assert process.exitcode == 0
            run += 1
        process.join()
    for number in range(1, run + 1):
        assert_same(pretrain(digits(), **settings, checkpoint=tmp_path / f"run_{number}"), expected)
