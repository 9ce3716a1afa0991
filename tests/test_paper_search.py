"""Codes by search: that they are the best, that decoders stay, that killed runs go on."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize

from ae_lib.metrics import squared_error
from ae_lib.paper import curves, search
from ae_lib.paper.networks import Layer, Network, random_autoencoder
from ae_lib.paper.run import Run
from ae_lib.paper.search import Steps, fit, run_experiment

SETTINGS = dataclasses.replace(search.SETTINGS["smoke"], fit=Steps(1000, 0.1))


def make_run(folder, settings=SETTINGS):
    return Run("search", "smoke", 0, settings, folder / "out", folder / "checkpoints", save_every=0)


@pytest.fixture
def decoder():
    rng = np.random.default_rng(1)
    return Network([Layer(rng.normal(0, 1, (3, 40)), rng.normal(0, 0.5, 40), "logistic")], 0)


def cost(x, inputs):
    """Cross-entropy per row, in float64."""
    return (np.logaddexp(0, inputs) - x * inputs).sum(axis=-1)


def test_searched_code_is_the_best_that_scipy_finds(tmp_path, decoder):
    x = np.random.default_rng(2).random((10, 40), np.float32)
    codes, _ = search.search(
        make_run(tmp_path), "test", x, decoder, np.zeros((10, 3)), Steps(600, 0.2)
    )
    weights, bias = (value.numpy().astype(float) for value in decoder.variables)
    for row, code in zip(x, codes, strict=True):
        best = minimize(lambda z, row=row: cost(row, z @ weights + bias), np.zeros(3))
        np.testing.assert_allclose(code, best.x, atol=0.01)


def test_search_leaves_the_decoder_as_it_was(tmp_path, decoder):
    before = [value.numpy() for value in decoder.variables]
    x = np.full((5, 40), 0.5, np.float32)
    search.search(make_run(tmp_path), "test", x, decoder, np.zeros((5, 3)), Steps(40, 0.2))
    for old, new in zip(before, decoder.variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_fit_comes_back_to_pictures_that_such_a_decoder_drew(tmp_path, decoder):
    codes = np.random.default_rng(3).normal(0, 1, (200, 3)).astype(np.float32)
    x = decoder.predict(codes)
    found, fitted, _ = fit(make_run(tmp_path), "test", x, 3)
    assert np.square(x - fitted.predict(found)).sum(axis=1).mean() < 1e-3


def test_fit_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    x = np.random.default_rng(4).random((50, 12), np.float32)
    settings = dataclasses.replace(SETTINGS, fit=Steps(100, 0.1))
    expected, decoder, _ = fit(make_run(tmp_path / "whole", settings), "test", x, 2)

    stored = []

    def store_and_stop(*arguments):
        store(*arguments)
        stored.append(1)
        if len(stored) == 2:
            raise KeyboardInterrupt

    store = search.store_state
    monkeypatch.setattr(search, "store_state", store_and_stop)
    with pytest.raises(KeyboardInterrupt):
        fit(make_run(tmp_path / "parts", settings), "test", x, 2)
    monkeypatch.undo()
    found, again, _ = fit(make_run(tmp_path / "parts", settings), "test", x, 2)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(
        again.layers[0].weights.numpy(), decoder.layers[0].weights.numpy()
    )


def test_search_through_a_deep_decoder_improves_on_its_encoder(tmp_path):
    x = np.random.default_rng(5).random((20, 12), np.float32)
    network = random_autoencoder((12, 6, 3), 1.0, np.random.default_rng(6))
    decoder = Network(network.layers[network.n_encoder :], 0)
    start = network.encode(x)
    found, _ = search.search(make_run(tmp_path), "test", x, decoder, start, Steps(200, 0.05))
    assert squared_error(x, decoder.predict(found)) < squared_error(x, decoder.predict(start))


@pytest.mark.slow
def test_the_autoencoder_is_that_of_its_own_experiment(tmp_path):
    run = make_run(tmp_path, search.SETTINGS["smoke"])
    records = {record["method"]: record for record in run_experiment(run)[0]}
    own = dataclasses.replace(run, name="curves", settings=curves.SETTINGS["smoke"])
    trained = own.folder / "fine_tuning.npz"
    assert trained.exists()
    before = trained.read_bytes()
    autoencoder, *_ = curves.run_experiment(own)[0]
    assert records["curves_autoencoder_6"]["encoded"] == autoencoder["test"]
    assert records["curves_autoencoder_6"]["test"] < autoencoder["test"]
    # It was taken from the checkpoint, not trained once more.
    assert trained.read_bytes() == before
    assert set(records) <= set(search.HEADER["published"])


@pytest.mark.slow
def test_while_settings_are_chosen_the_test_set_is_not_read(tmp_path):
    run = dataclasses.replace(make_run(tmp_path, search.SETTINGS["smoke"]), choose=True)
    assert all(record["test"] is None for record in run_experiment(run)[0])
