"""The parts of the paper's experiments: networks, training that resumes, data, results."""

import dataclasses
import json
import multiprocessing
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from ae_lib import pretrain, squared_error, unroll
from ae_lib._keras import keras, tf
from ae_lib.datasets import load_mnist
from ae_lib.paper import classification, curves, digits, images
from ae_lib.paper.__main__ import main
from ae_lib.paper.baselines import logistic_pca, pca_errors
from ae_lib.paper.curve_pictures import make_curves
from ae_lib.paper.networks import Layer, Network, random_autoencoder, unrolled
from ae_lib.paper.run import Run, save_results
from ae_lib.paper.training import (
    FineTuning,
    cross_entropy,
    logistic_squared,
    squared,
    train,
    word_cross_entropy,
)
from ae_lib.results import check_results
from ae_lib.stack import checkpoints

SHARED = {"n_iter": 2, "batch_size": 20, "learning_rate": 0.1, "code_learning_rate": 0.001}


def make_run(folder, settings=None, **changes):
    settings = FineTuning(epochs=1) if settings is None else settings
    run = Run("digits", "smoke", 0, settings, folder / "out", folder / "checkpoints", save_every=0)
    return dataclasses.replace(run, **changes)


@pytest.fixture
def x():
    return np.random.default_rng(0).random((100, 12), np.float32)


# Networks -----------------------------------------------------------------------------------------


def test_unrolled_network_is_the_one_that_the_library_unrolls(x):
    stack = pretrain(x, [6, 3], n_iter=2, random_state=0, batch_size=20)
    network = unrolled(stack)
    np.testing.assert_allclose(network.predict(x), unroll(stack).predict(x, verbose=0), atol=1e-6)
    np.testing.assert_allclose(network.encode(x), stack.encode(x), atol=1e-6)
    np.testing.assert_allclose(network.decode(stack.encode(x)), network.predict(x), atol=1e-6)


@pytest.mark.parametrize(
    ("start", "variance"), [(0.5, 0.25), ("glorot", 2 / 1400), ("he", 2 / 1000)]
)
def test_random_weights_have_the_variance_that_their_rule_says(start, variance):
    network = random_autoencoder((1000, 400, 3), start, np.random.default_rng(0))
    assert network.layers[0].weights.numpy().var() == pytest.approx(variance, rel=0.02)
    assert [layer.activation for layer in network.layers] == [
        "logistic", "linear", "logistic", "logistic",
    ]  # fmt: skip
    assert not network.layers[0].bias.numpy().any()


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
    measured = classification.label_cross_entropy(labels, inputs)
    np.testing.assert_allclose(measured, expected, rtol=1e-4)


# Training -----------------------------------------------------------------------------------------


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


def test_infinite_loss_stops_training_and_names_the_epoch(x, tmp_path):
    network = Network([Layer(np.full((12, 12), 1e30), np.zeros(12), "linear")], 1)
    settings = FineTuning(epochs=2, batch_size=20)
    with pytest.raises(FloatingPointError, match="in epoch 1"):
        train(make_run(tmp_path), "test", network, x, None, settings, squared)


def test_unknown_optimiser_is_named():
    with pytest.raises(ValueError, match="Received: 'sgd'"):
        FineTuning(epochs=1, optimizer="sgd").make_optimizer(100)


def test_pretraining_resumes_in_the_middle_of_a_layer(x, tmp_path, monkeypatch):
    one, other = make_run(tmp_path / "one"), make_run(tmp_path / "other")
    whole = one.pretrain(x, [6, 3], **SHARED)

    class KilledError(Exception):
        pass

    store = checkpoints.store

    def store_then_die(path, *rest):
        store(path, *rest)
        if path.name == "layer_2.npz":
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "store", store_then_die)
        with pytest.raises(KilledError):
            other.pretrain(x, [6, 3], **SHARED)
    stored = []
    with monkeypatch.context() as patch:
        patch.setattr(
            checkpoints,
            "store",
            lambda path, *rest: stored.append(path.name) or store(path, *rest),
        )
        resumed = other.pretrain(x, [6, 3], **SHARED)
    assert stored == ["layer_2.npz"]  # its second epoch, and nothing of the first layer
    for first, second in zip(resumed.rbms, whole.rbms, strict=True):
        assert first.reconstruction_error_ == second.reconstruction_error_
    np.testing.assert_array_equal(resumed.encode(x), whole.encode(x))


def test_other_settings_have_a_checkpoint_of_their_own(tmp_path):
    run = make_run(tmp_path)
    folders = {
        run.folder,
        dataclasses.replace(run, seed=1).folder,
        dataclasses.replace(run, choose=True).folder,
        dataclasses.replace(run, settings=FineTuning(epochs=2)).folder,
    }
    assert len(folders) == 4


# Comparisons --------------------------------------------------------------------------------------


def test_logistic_pca_comes_to_the_regressions_that_scikit_learn_finds(tmp_path):
    """For its own codes, each pixel of the trained decoder is a logistic regression."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    # One number cannot tell six independent bits, so no regression is perfect.
    x = rng.integers(0, 2, (500, 6)).astype(np.float32)
    settings = FineTuning(epochs=400, batch_size=100, learning_rate=0.01)
    network, _ = logistic_pca(make_run(tmp_path), "test", x, 1, settings)
    found = network.encode(x)
    differences = []
    for pixel in range(6):
        model = LogisticRegression(C=np.inf).fit(found, x[:, pixel])
        expected = model.predict_proba(found)[:, 1]
        differences.append(np.abs(network.predict(x)[:, pixel] - expected).mean())
    # The bit that the code tells is certain: its regression has no finite weights.
    assert sorted(differences)[-2] < 0.002


def test_pca_of_digits_has_the_papers_error():
    data = load_mnist()
    _, errors = pca_errors(data.x_train, 30, {"test": data.x_test, "validation": None})
    assert errors["test"] == pytest.approx(digits.HEADER["published"]["pca_30"], abs=0.005)
    assert set(errors) == {"train", "test"}


# Curves -------------------------------------------------------------------------------------------


def test_curves_are_the_same_for_a_seed_and_others_for_another():
    one = make_curves(20, 0)
    np.testing.assert_array_equal(one, make_curves(20, 0))
    assert not np.array_equal(one, make_curves(20, 1))
    assert one.shape == (20, 784)
    assert one.dtype == np.float32
    assert one.min() == 0
    assert one.max() <= 1


def test_ink_is_kept_where_nothing_is_cut_off():
    pictures = make_curves(200, 0, ink=0.05)
    # The blur's weights add up to one, and no drop falls outside.
    np.testing.assert_allclose(pictures.sum(axis=1), 60 * 0.05, rtol=1e-4)


def test_pca_of_curves_is_near_the_papers():
    x_train, x_test = make_curves(20_000, [0, 1]), make_curves(10_000, [0, 2])
    _, errors = pca_errors(x_train, 18, {"test": x_test})
    assert errors["test"] == pytest.approx(curves.HEADER["published"]["pca_18"], abs=0.15)


# Digits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["paper", "modern"])
def test_while_settings_are_chosen_the_test_set_is_not_read(tmp_path, part):
    run = make_run(tmp_path, digits.SETTINGS[part], choose=True)
    parts = digits.load_parts(run)
    assert parts.test is None
    assert len(parts.train) == 50_000
    assert len(parts.validation) == 10_000


def test_parts_of_a_choosing_run_share_no_picture(tmp_path):
    settings = dataclasses.replace(curves.SETTINGS["smoke"], n_train=30, n_validation=10)
    x = make_curves(40, 0)
    parts = images.split(make_run(tmp_path, choose=True), x, None, settings)
    seen = {picture.tobytes() for part in (parts.train, parts.validation) for picture in part}
    assert len(seen) == 40


def test_pictures_move_as_a_whole_by_at_most_the_shift():
    pictures = load_mnist(n_train=200).x_train.copy()
    moved, target = (value.numpy() for value in digits.shifted(pictures, tf.constant([0, 1]), 1))
    np.testing.assert_array_equal(moved, target)
    wide = np.pad(pictures.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)))
    moves = set()
    for k in range(200):
        found = [
            (down, right)
            for down in range(3)
            for right in range(3)
            if np.array_equal(
                wide[k, down : down + 28, right : right + 28], moved[k].reshape(28, 28)
            )
        ]
        assert found
        moves.add(found[0])
    assert len(moves) == 9


# Results and the command --------------------------------------------------------------------------


def test_results_of_other_runs_are_kept_and_the_same_run_replaces_its_own(tmp_path):
    header = {"unit": "error", "published": {}}
    for seed, test in ((0, 1.0), (1, 2.0), (0, 3.0)):
        run = make_run(tmp_path, seed=seed)
        record = run.record("autoencoder", test=test, seconds=1, settings={"epochs": 1})
        save_results(run, header, [record], {"map": np.full(2, test)})
    stored = json.loads((run.out / "digits.json").read_text())
    assert [(record["seed"], record["test"]) for record in stored["runs"]] == [(1, 2.0), (0, 3.0)]
    with np.load(run.out / "digits.npz") as arrays:
        assert {name: arrays[name][0] for name in arrays} == {"smoke_0_map": 3, "smoke_1_map": 2}
    record = run.record("autoencoder", test=4.0, seconds=1, settings={"epochs": 2})
    save_results(run, header, [record], {})
    assert len(json.loads((run.out / "digits.json").read_text())["runs"]) == 3


HEADER = {"unit": "error", "published": {}}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("digits.json", b'{"mine": 1}'),
        ("digits.json", b'{"name": "maps", "unit": "", "published": {}, "runs": []}'),
        ("digits.json", b'{"name": "digi'),
        ("digits.json", "[é]".encode("latin-1")),
        ("digits.npz", b"mine"),
        ("digits.npz", {"mine": np.zeros(2)}),
        ("digits.npz", {"smoke_0_map": np.array([{}])}),
    ],
)
def test_files_of_somebody_else_are_refused_before_anything_is_computed(
    name, content, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(digits, "run_experiment", lambda _: pytest.fail("it began"))
    file = tmp_path / "mit Umlaut ä" / name
    file.parent.mkdir()
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.savez(file, **content)
    before = file.read_bytes()
    places = ["--out", str(file.parent), "--checkpoints", str(tmp_path / "checkpoints")]
    assert main(["digits", "--preset", "smoke", *places]) == 1
    assert f"{file} is damaged, or it is not a file of this experiment" in capsys.readouterr().err
    with pytest.raises(ValueError, match="Move it away"):
        save_results(make_run(tmp_path, out=file.parent), HEADER, [], {})
    assert [path.read_bytes() for path in file.parent.iterdir()] == [before]


@pytest.mark.parametrize("option", ["--out", "--checkpoints"])
def test_places_that_cannot_be_written_to_are_refused_before_anything_is_computed(
    option, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(digits, "run_experiment", lambda _: pytest.fail("it began"))
    (tmp_path / "taken").write_text("mine")
    places = {"--out": str(tmp_path), "--checkpoints": str(tmp_path)}
    places[option] = str(tmp_path / "taken")
    listed = [word for pair in places.items() for word in pair]
    assert main(["digits", "--preset", "smoke", *listed]) == 1
    assert f"{option} cannot be written to" in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == "mine"


def test_results_that_cannot_be_written_are_printed(tmp_path, monkeypatch, capsys):
    def experiment(run):
        return [run.record("autoencoder", test=1.25, seconds=1, settings={})], {}

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(digits, "run_experiment", experiment)
    monkeypatch.setattr("ae_lib.paper.run.write_whole", fail)
    places = ["--out", str(tmp_path), "--checkpoints", str(tmp_path)]
    assert main(["digits", "--preset", "smoke", *places]) == 1
    said = capsys.readouterr()
    assert "test 1.25" in said.out
    assert "No space left" in said.err


def _save(folder, seed):
    run = make_run(folder, seed=seed)
    record = run.record("autoencoder", test=1.0, seconds=1, settings={})
    save_results(run, HEADER, [record], {"map": np.zeros(200_000)})


def test_processes_that_write_results_at_once_lose_none_of_them(tmp_path):
    (tmp_path / "out").mkdir()
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    processes = [context.Process(target=_save, args=(tmp_path, seed)) for seed in range(6)]
    with warnings.catch_warnings():
        # These processes do no more than write files.
        warnings.simplefilter("ignore")
        for process in processes:
            process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    stored = json.loads((tmp_path / "out" / "digits.json").read_text())
    assert {record["seed"] for record in stored["runs"]} == set(range(6))
    with np.load(tmp_path / "out" / "digits.npz") as arrays:
        assert len(arrays.files) == 6
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"digits.json", "digits.npz"}


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


@pytest.mark.parametrize("field", ["method", "seed", "test", "settings", "versions"])
def test_results_without_a_field_are_refused(tmp_path, field):
    record = make_run(tmp_path).record("autoencoder", test=1.0, seconds=1, settings={})
    results = {"name": "digits", "unit": "error", "published": {}, "runs": [record]}
    check_results(results)
    del record[field]
    with pytest.raises(ValueError, match=f"run 1: {field} must be of type"):
        check_results(results)


def test_committed_results_have_the_form_that_the_chapter_reads():
    folder = Path(check_results.__code__.co_filename).parent
    for path in folder.glob("*.json"):
        results = json.loads(path.read_text(encoding="utf-8"))
        check_results(results)
        assert results["name"] == path.stem
        assert all(record["preset"] != "smoke" for record in results["runs"])
    size = sum(path.stat().st_size for path in folder.iterdir() if path.suffix in (".json", ".npz"))
    assert size <= 3e6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say which experiment"),
        (["maps", "--preset", "modern"], "maps has the presets paper, smoke, not modern"),
        (["digits", "--seed", "-1"], "--seed must be at least 0. Received: -1"),
        (["figures"], "invalid choice: 'figures'"),
    ],
)
def test_command_says_what_is_wrong_with_its_arguments(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_nothing_is_left_in_the_current_folder_by_a_refused_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["digits", "--seed", "-1"])
    assert not list(tmp_path.iterdir())
