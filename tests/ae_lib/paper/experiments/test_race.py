"""The race: initial weights are what their names say, and a killed search goes on."""

import dataclasses
import json

import numpy as np
import pytest

from ae_lib._keras import tf
from ae_lib.datasets import load_mnist
from ae_lib.paper import starts
from ae_lib.paper.experiments import few_labels, race
from ae_lib.paper.many import Many, cross_entropy
from ae_lib.paper.networks import random_autoencoder
from tests.ae_lib.paper.runs import make_run


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path, race.SETTINGS["smoke"], name="race")


def test_orthogonal_matrices_keep_lengths():
    rng = np.random.default_rng(0)
    wide, tall = starts.orthogonal(rng, 5, 9), starts.orthogonal(rng, 9, 5)
    np.testing.assert_allclose(wide @ wide.T, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(tall.T @ tall, np.eye(5), atol=1e-12)


def test_multiplications_are_those_of_training_counted_product_by_product():
    a, b, c = sizes = (7, 5, 3)
    up, down = [(a, b), (b, c)], [(c, b), (b, a)]
    size = {pair: pair[0] * pair[1] for pair in up + down}
    forward = gradients = sum(size[pair] for pair in up + down)
    handed_down = sum(size[pair] for pair in [*up[1:], *down])
    rbm = sum(3 * size[pair] + 2 * size[pair] for pair in up)
    shallow = sum(2 * size[pair] + 2 * size[pair] + size[pair] for pair in up)
    expected = (forward + gradients + handed_down, rbm, a * b)
    assert rbm == shallow
    assert race.multiplications(sizes) == expected


def test_the_count_of_multiplications_is_that_of_the_graph():
    rng = np.random.default_rng(0)
    sizes, rows = (7, 5, 3), 4
    many = Many([random_autoencoder(sizes, "glorot", rng)])
    x = tf.constant(rng.random((1, rows, sizes[0]), np.float32))

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(cross_entropy(x, many.inputs_of_output(x)))
        return tape.gradient(loss, many.variables)

    products, seen = 0, set()
    waiting = [item.op for item in gradients.get_concrete_function().outputs]
    while waiting:  # only what the gradients need: the rest is never computed
        operation = waiting.pop()
        if operation.name in seen:
            continue
        seen.add(operation.name)
        waiting += [item.op for item in operation.inputs]
        if "MatMul" in operation.type:
            shape = operation.inputs[0].shape
            inner = shape[-2 if operation.get_attr("adj_x") else -1]
            products += int(np.prod(operation.outputs[0].shape)) * inner
    assert products == rows * race.multiplications(sizes)[0]


def test_without_pretraining_nothing_is_paid():
    sizes = race.SETTINGS["paper"].sizes
    assert race.cost(sizes, 0) == 0
    for epochs in race.SETTINGS["paper"].pretraining_epochs:
        assert round(race.cost(sizes, epochs)) == epochs


@pytest.mark.parametrize(
    ("start", "number", "hidden"),
    [
        ("glorot", 4.0, [4 * np.sqrt(2 / 804), 4 * np.sqrt(2 / 26)]),
        ("orthogonal", 2.0, [2 * np.sqrt(1 / 784), 2 * np.sqrt(1 / 20)]),
        ("he", 0.5, [0.5 * np.sqrt(2 / 784), 0.5 * np.sqrt(2 / 6)]),
    ],
)
def test_random_weights_have_the_size_that_their_rule_says(run, start, number, hidden):
    x = load_mnist(n_train=200).x_train
    network, seconds = starts.initial_network(run, x, start, number, 0, 0)
    found = [np.std(layer.weights) for layer in network.layers]
    plain = [np.sqrt(2 / 26), np.sqrt(2 / 804)]
    np.testing.assert_allclose(found, [hidden[0], plain[0], hidden[1], plain[1]], rtol=0.25)
    unit = "relu" if start == "he" else "logistic"
    kinds = [layer.activation for layer in network.layers]
    assert kinds == [unit, "linear", unit, "logistic"]
    assert seconds == 0


@pytest.mark.parametrize("start", ["glorot", "orthogonal", "he"])
def test_output_biases_stand_for_the_mean_picture(run, start):
    x = load_mnist(n_train=200).x_train
    network, _ = starts.initial_network(run, x, start, 1.0, 0, 0)
    mean = 1 / (1 + np.exp(-network.layers[-1].bias.numpy()))
    np.testing.assert_allclose(mean, np.clip(x.mean(axis=0), 0.01, 0.99), atol=1e-5)


@pytest.mark.parametrize("start", starts.PRETRAINED)
def test_pretrained_networks_start_better_than_random_ones(run, start):
    x = load_mnist(n_train=200).x_train
    number = 0.1 if start == "rbm" else 0.01
    network, _ = starts.initial_network(run, x, start, number, 20, 0)
    random, _ = starts.initial_network(run, x, "glorot", 4.0, 0, 0)
    errors = [np.sum((each.predict(x) - x) ** 2, axis=1).mean() for each in (network, random)]
    assert errors[0] < 0.9 * errors[1]


def test_hidden_units_are_the_same_in_both_halves_of_a_pretrained_network(run):
    x = load_mnist(n_train=200).x_train
    deeper = dataclasses.replace(
        run, settings=dataclasses.replace(run.settings, sizes=(784, 12, 8, 4))
    )
    for start, unit in (("denoising_relu", "relu"), ("denoising", "logistic")):
        network, _ = starts.initial_network(deeper, x, start, 0.01, 1, 0)
        kinds = [layer.activation for layer in network.layers]
        assert kinds == [unit, unit, "linear", unit, unit, "logistic"]


@pytest.mark.slow
def test_a_killed_search_goes_on(run, monkeypatch):
    smaller = dataclasses.replace(run.settings, numbers={"denoising": (0.008,)})
    run = dataclasses.replace(run, settings=smaller)
    digits = load_mnist(n_train=200, n_validation=100)
    first = race.compete(run, digits, "denoising", "adam")
    monkeypatch.setattr(race, "errors_by_epoch", None)  # nothing is computed again
    assert race.compete(run, digits, "denoising", "adam") == first
    grid = np.shape(first["rates_tried"]["errors"])
    assert grid == (len(run.settings.budgets), len(run.settings.pretraining_epochs), 2)
    for budget, winner in zip(run.settings.budgets, first["winners"], strict=True):
        spent = winner["pretraining_epochs"]
        assert winner["fine_tuning_epochs"] == budget - spent
        assert np.shape(winner["validation_curves"]) == (2, budget + 1)
        assert np.mean(winner["errors"]) == pytest.approx(winner["mean"], abs=0.01)


def test_what_was_computed_is_kept(run):
    calls = []
    for _ in range(2):
        found = race.kept(run, "one", lambda: calls.append(1) or {"error": 2.5})
    assert (len(calls), found) == (1, {"error": 2.5})
    assert json.loads((run.folder / "one.json").read_text()) == found


def test_diverged_runs_are_null():
    assert race.rounded([1.234, np.nan, np.inf]) == [1.23, None, None]


def test_labelled_digits_are_of_all_classes_and_in_one_set_only(tmp_path):
    run = make_run(tmp_path, few_labels.SETTINGS["smoke"], name="few_labels")
    digits = load_mnist(n_train=run.settings.n_train)
    sets = [few_labels.labelled(run, digits, 20, draw) for draw in range(3)]
    for chosen in sets:
        np.testing.assert_array_equal(np.bincount(digits.y_train[chosen]), np.full(10, 2))
    every = np.concatenate(sets)
    assert len(set(every)) == 60
    assert every.min() >= run.settings.n_unlabelled
    assert set(few_labels.labelled(run, digits, 10, 0)) < set(sets[0])
    with pytest.raises(ValueError, match="too few labelled digits"):
        few_labels.labelled(run, digits, 20, 1000)


@pytest.mark.slow
def test_few_labels_search_and_go_on(tmp_path, monkeypatch):
    smoke = few_labels.SETTINGS["smoke"]
    settings = dataclasses.replace(smoke, numbers={"he": 1.0}, decays=(0.0, 0.1))
    run = make_run(tmp_path, settings, name="few_labels")
    first, _ = few_labels.run_experiment(run)
    assert [record["method"] for record in first[:2]] == ["he_10", "he_20"]
    for record in first[:-2]:
        assert len(record["errors"]) == run.settings.n_seeds
        assert record["updates"] in run.settings.updates
        assert np.shape(record["decays_tried"]["errors"]) == (2, 2)
    monkeypatch.setattr(few_labels, "percent_wrong", None)  # nothing is computed again
    monkeypatch.setattr(few_labels, "linear", None)
    assert few_labels.run_experiment(run)[0] == first


@pytest.mark.parametrize("experiment", [race, few_labels])
def test_a_search_that_chooses_by_itself_refuses_to_be_chosen_for(experiment, tmp_path):
    run = make_run(tmp_path, experiment.SETTINGS["smoke"], name="race", choose=True)
    with pytest.raises(ValueError, match="without --choose"):
        experiment.run_experiment(run)


def sums_of_halves(layer):
    """Return the sums of units all of whose inputs are 1/2."""
    weights = layer.weights.numpy()
    return np.full(len(weights), 0.5) @ weights + layer.bias.numpy()


def test_fitted_weights_cancel_the_mean_of_logistic_units(run):
    x = load_mnist(n_train=200).x_train
    run = dataclasses.replace(
        run, settings=dataclasses.replace(run.settings, sizes=(784, 20, 9, 6))
    )
    network, _ = starts.initial_network(run, x, "fitted", 4.0, 0, 0)
    first, second, code, up, last, output = network.layers
    for layer in (second, code, last):
        np.testing.assert_allclose(sums_of_halves(layer), 0, atol=1e-5)
    assert not np.any(first.bias)
    assert not np.any(up.bias)
    mean = 1 / (1 + np.exp(-sums_of_halves(output)))
    np.testing.assert_allclose(mean, np.clip(x.mean(axis=0), 0.01, 0.99), atol=1e-5)
    rules = {4: [second, code, last], 1: [first, up, output]}
    for factor, layers in rules.items():
        for layer in layers:
            weights = layer.weights.numpy()
            n_in, n_out = weights.shape
            gram = weights.T @ weights if n_in > n_out else weights @ weights.T
            expected = factor**2 * 2 / (n_in + n_out) * max(n_in, n_out)
            np.testing.assert_allclose(gram, expected * np.eye(len(gram)), atol=1e-4)
    assert [layer.activation for layer in network.layers].count("linear") == 1


def test_more_seeds_are_trained_where_the_settings_say_so(run, monkeypatch):
    seeds, original = {"he": set(), "glorot": set()}, race.initial_network

    def noted(run, x, start, number, epochs, seed):
        seeds[start].add(seed)
        return original(run, x, start, number, epochs, seed)

    monkeypatch.setattr(race, "initial_network", noted)
    digits = load_mnist(n_train=200, n_validation=100)
    he, glorot = (race.compete(run, digits, start, "adam") for start in seeds)
    assert [len(won["more_errors"]) for won in he["winners"]] == [1, 1]
    assert "more_errors" not in glorot["winners"][0]
    # The winners', the search's, and another one.
    assert seeds == {"he": {0, 1, 2, 3}, "glorot": {0, 1, 2}}
