"""The race: initial weights are what their names say, and a killed search goes on."""

import dataclasses
import json

import numpy as np
import pytest

from ae_lib.datasets import load_mnist
from ae_lib.paper.experiments import few_labels, race
from tests.ae_lib.paper.runs import make_run


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path, race.SETTINGS["smoke"], name="race")


def test_orthogonal_matrices_keep_lengths():
    rng = np.random.default_rng(0)
    wide, tall = race.orthogonal(rng, 5, 9), race.orthogonal(rng, 9, 5)
    np.testing.assert_allclose(wide @ wide.T, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(tall.T @ tall, np.eye(5), atol=1e-12)


@pytest.mark.parametrize(
    ("start", "number", "deviations"),
    [
        ("glorot", 4.0, [4 * np.sqrt(2 / 804), np.sqrt(2 / 26), 4 * np.sqrt(2 / 26)]),
        ("orthogonal", 2.0, [2 * np.sqrt(1 / 784), np.sqrt(1 / 20), 2 * np.sqrt(1 / 20)]),
        ("he", 0.5, [0.5 * np.sqrt(2 / 784), 0.5 * np.sqrt(2 / 20), 0.5 * np.sqrt(2 / 6)]),
    ],
)
def test_random_weights_have_the_size_that_their_rule_says(run, start, number, deviations):
    network, seconds = race.initial_network(run, None, start, number, 0)
    found = [np.std(layer.weights) for layer in network.layers[:3]]
    np.testing.assert_allclose(found, deviations, rtol=0.2)
    hidden = "relu" if start == "he" else "logistic"
    kinds = [layer.activation for layer in network.layers]
    assert kinds == [hidden, "linear", hidden, "logistic"]
    assert seconds == 0


@pytest.mark.parametrize("start", ["rbm", "shallow", "denoising"])
def test_pretrained_networks_start_better_than_random_ones(run, start):
    settings = dataclasses.replace(run.settings, pretraining_epochs=20)
    run = dataclasses.replace(run, settings=settings)
    x = load_mnist(n_train=200).x_train
    network, _ = race.initial_network(run, x, start, 0.1 if start == "rbm" else 0.01, 0)
    random, _ = race.initial_network(run, x, "glorot", 4.0, 0)
    errors = [np.sum((each.predict(x) - x) ** 2, axis=1).mean() for each in (network, random)]
    assert errors[0] < 0.5 * errors[1]


def test_what_was_computed_is_kept(run):
    calls = []
    for _ in range(2):
        found = race.kept(run, "one", lambda: calls.append(1) or {"error": 2.5})
    assert (len(calls), found) == (1, {"error": 2.5})
    assert json.loads((run.folder / "one.json").read_text()) == found


def test_diverged_runs_are_null():
    assert race.rounded([1.234, np.nan, np.inf]) == [1.23, None, None]


def test_labelled_digits_are_of_all_classes_and_a_fold_is_not_trained_on(tmp_path):
    run = make_run(tmp_path, few_labels.SETTINGS["smoke"], name="few_labels")
    digits = load_mnist(n_train=200)
    chosen = few_labels.labelled(run, digits, 30, 0)
    np.testing.assert_array_equal(np.bincount(digits.y_train[chosen]), np.full(10, 3))
    assert set(chosen) != set(few_labels.labelled(run, digits, 30, 1))


@pytest.mark.parametrize("experiment", [race, few_labels])
def test_a_search_that_chooses_by_itself_refuses_to_be_chosen_for(experiment, tmp_path):
    run = make_run(tmp_path, experiment.SETTINGS["smoke"], name="race", choose=True)
    with pytest.raises(ValueError, match="without --choose"):
        experiment.run_experiment(run)
