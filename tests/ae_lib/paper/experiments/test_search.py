"""Codes by search: that they are the best, that decoders stay, that killed runs go on."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize

from ae_lib.metrics import squared_error
from ae_lib.paper import training
from ae_lib.paper.experiments import curves, search
from ae_lib.paper.experiments.search import Steps, fit, run_experiment, search_codes
from ae_lib.paper.networks import Layer, Network, random_autoencoder
from tests.ae_lib.paper.runs import make_run

SETTINGS = dataclasses.replace(search.SETTINGS["smoke"], fit=Steps(1000, 0.1))


def make_search(folder, settings=SETTINGS):
    return make_run(folder, settings, name="search")


@pytest.fixture
def decoder():
    rng = np.random.default_rng(1)
    return Network([Layer(rng.normal(0, 1, (3, 40)), rng.normal(0, 0.5, 40), "logistic")], 0)


def cost(x, inputs):
    """Cross-entropy per row, in float64."""
    return (np.logaddexp(0, inputs) - x * inputs).sum(axis=-1)


def test_searched_code_is_the_best_that_scipy_finds(tmp_path, decoder):
    x = np.random.default_rng(2).random((10, 40), np.float32)
    codes, _ = search_codes(
        make_search(tmp_path), "test", x, decoder, np.zeros((10, 3)), Steps(600, 0.2)
    )
    weights, bias = (value.numpy().astype(float) for value in decoder.variables)
    for row, code in zip(x, codes, strict=True):
        best = minimize(lambda z, row=row: cost(row, z @ weights + bias), np.zeros(3))
        np.testing.assert_allclose(code, best.x, atol=0.01)


def test_search_leaves_the_decoder_as_it_was(tmp_path, decoder):
    before = [value.numpy() for value in decoder.variables]
    x = np.full((5, 40), 0.5, np.float32)
    search_codes(make_search(tmp_path), "test", x, decoder, np.zeros((5, 3)), Steps(40, 0.2))
    for old, new in zip(before, decoder.variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_fit_comes_back_to_pictures_that_such_a_decoder_drew(tmp_path, decoder):
    codes = np.random.default_rng(3).normal(0, 1, (200, 3)).astype(np.float32)
    x = decoder.predict(codes)
    found, fitted, _ = fit(make_search(tmp_path), "test", x, 3)
    assert np.square(x - fitted.predict(found)).sum(axis=1).mean() < 1e-3


def test_fit_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    x = np.random.default_rng(4).random((50, 12), np.float32)
    settings = dataclasses.replace(SETTINGS, fit=Steps(100, 0.1))
    expected, decoder, _ = fit(make_search(tmp_path / "whole", settings), "test", x, 2)

    stored = []

    def store_and_stop(*arguments):
        store(*arguments)
        stored.append(1)
        if len(stored) == 2:
            raise KeyboardInterrupt

    store = training._store
    monkeypatch.setattr(training, "_store", store_and_stop)
    with pytest.raises(KeyboardInterrupt):
        fit(make_search(tmp_path / "parts", settings), "test", x, 2)
    stored.clear()
    monkeypatch.setattr(training, "_store", lambda *a: stored.append(1) or store(*a))
    found, again, _ = fit(make_search(tmp_path / "parts", settings), "test", x, 2)
    assert len(stored) == 3  # of five calls, two were kept
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(
        again.layers[0].weights.numpy(), decoder.layers[0].weights.numpy()
    )


def test_search_through_a_deep_decoder_improves_on_its_encoder(tmp_path):
    x = np.random.default_rng(5).random((20, 12), np.float32)
    network = random_autoencoder((12, 6, 3), 1.0, np.random.default_rng(6))
    decoder = Network(network.layers[network.n_encoder :], 0)
    encoded = network.encode(x)
    found, _ = search_codes(make_search(tmp_path), "test", x, decoder, encoded, Steps(200, 0.05))
    assert squared_error(x, decoder.predict(found)) < squared_error(x, decoder.predict(encoded))


def test_a_search_keeps_the_decoder_it_is_given_when_it_is_run_again(tmp_path, decoder):
    x = np.full((5, 40), 0.5, np.float32)
    run, zeros = make_search(tmp_path), np.zeros((5, 3))
    search_codes(run, "test", x, decoder, zeros, Steps(40, 0.2))
    decoder.layers[0].bias.assign_add(np.ones(40))
    bias = decoder.layers[0].bias.numpy()
    search_codes(run, "test", x, decoder, zeros, Steps(40, 0.2))
    np.testing.assert_array_equal(decoder.layers[0].bias.numpy(), bias)


@pytest.mark.parametrize("steps", [0, 30, -20])
def test_steps_that_are_no_multiple_of_twenty_are_refused(steps):
    with pytest.raises(ValueError, match=rf"multiple of 20\. Received: {steps}"):
        Steps(steps, 0.1)


def test_a_loss_that_is_not_finite_is_named(tmp_path, decoder):
    x = np.full((5, 40), np.nan, np.float32)
    with pytest.raises(FloatingPointError, match="test: the loss is nan"):
        search_codes(make_search(tmp_path), "test", x, decoder, np.zeros((5, 3)), Steps(20, 0.2))


@pytest.mark.slow
def test_decoders_are_those_of_their_own_experiments(tmp_path):
    run = make_search(tmp_path, search.SETTINGS["smoke"])
    records = {record["method"]: record for record in run_experiment(run)[0]}
    own = dataclasses.replace(run, name="curves", settings=curves.SETTINGS["smoke"])
    trained = [own.folder / "fine_tuning.npz", own.folder / "logistic_pca_6.npz"]
    before = [file.read_bytes() for file in trained]
    there = {record["method"]: record for record in curves.run_experiment(own)[0]}
    for method in ("autoencoder", "logistic_pca_6"):
        record = records[f"curves_{method}"]
        assert record["encoded"] == there[method]["test"]
        assert record["test"] < record["encoded"]
    # They were taken from the checkpoints, not trained once more.
    assert [file.read_bytes() for file in trained] == before
    assert set(records) == {
        "curves_logistic_pca_6", "curves_logistic_pca_fitted_6", "curves_autoencoder",
        "digits_logistic_pca_30", "digits_logistic_pca_fitted_30", "digits_autoencoder",
    }  # fmt: skip


@pytest.mark.slow
def test_while_settings_are_chosen_the_test_set_is_not_read(tmp_path, monkeypatch):
    seeds = []
    draw = curves.make_curves
    monkeypatch.setattr(curves, "make_curves", lambda n, seed: seeds.append(seed) or draw(n, seed))
    run = dataclasses.replace(make_search(tmp_path, search.SETTINGS["smoke"]), choose=True)
    assert all(record["test"] is None for record in run_experiment(run)[0])
    assert seeds == [[0, 1]]
