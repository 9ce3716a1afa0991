"""Logistic PCA without an encoder: its codes, its decoder, and that it goes on when killed."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize

from ae_lib.paper import logistic_pca
from ae_lib.paper.logistic_pca import Decoder, fit, search
from ae_lib.paper.run import Run

SETTINGS = dataclasses.replace(
    logistic_pca.SETTINGS["smoke"], fit_steps=1000, search_steps=600, search_rate=0.2
)


def make_run(folder, settings=SETTINGS):
    return Run(
        "logistic_pca", "smoke", 0, settings, folder / "out", folder / "checkpoints", save_every=0
    )


@pytest.fixture
def decoder():
    rng = np.random.default_rng(1)
    return Decoder(rng.normal(0, 1, (3, 40)), rng.normal(0, 0.5, 40))


def cost(x, inputs):
    """Cross-entropy per row, in float64."""
    return (np.logaddexp(0, inputs) - x * inputs).sum(axis=-1)


def test_searched_code_is_the_best_that_scipy_finds(tmp_path, decoder):
    x = np.random.default_rng(2).random((10, 40), np.float32)
    codes, _ = search(make_run(tmp_path), "test", x, decoder)
    weights, bias = (value.numpy().astype(float) for value in decoder.variables)
    for row, code in zip(x, codes, strict=True):
        best = minimize(lambda z, row=row: cost(row, z @ weights + bias), np.zeros(3))
        np.testing.assert_allclose(code, best.x, atol=0.01)


def test_search_leaves_the_decoder_as_it_was(tmp_path, decoder):
    before = [value.numpy() for value in decoder.variables]
    search(make_run(tmp_path), "test", np.full((5, 40), 0.5, np.float32), decoder)
    for old, new in zip(before, decoder.variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_fit_comes_back_to_pictures_that_such_a_decoder_drew(tmp_path, decoder):
    codes = np.random.default_rng(3).normal(0, 1, (200, 3)).astype(np.float32)
    x = decoder.predict(codes)
    found, fitted, _ = fit(make_run(tmp_path), "test", x, 3)
    assert np.square(x - fitted.predict(found)).sum(axis=1).mean() < 1e-3


def test_fit_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    x = np.random.default_rng(4).random((50, 12), np.float32)
    settings = dataclasses.replace(SETTINGS, fit_steps=100)
    expected, decoder, _ = fit(make_run(tmp_path / "whole", settings), "test", x, 2)

    stored = []

    def store_and_stop(*arguments):
        store(*arguments)
        stored.append(1)
        if len(stored) == 2:
            raise KeyboardInterrupt

    store = logistic_pca.store_state
    monkeypatch.setattr(logistic_pca, "store_state", store_and_stop)
    with pytest.raises(KeyboardInterrupt):
        fit(make_run(tmp_path / "parts", settings), "test", x, 2)
    monkeypatch.undo()
    found, again, _ = fit(make_run(tmp_path / "parts", settings), "test", x, 2)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(again.weights.numpy(), decoder.weights.numpy())


def test_while_settings_are_chosen_the_test_set_is_not_read(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(
        logistic_pca, "make_curves", lambda n, seed: read.append((n, seed)) or np.zeros((n, 784))
    )
    pictures = SETTINGS.curves
    train, other = logistic_pca._load("curves", pictures, True)
    assert (len(train), len(other)) == (pictures.n_train, pictures.n_validation)
    assert read == [(pictures.n_train + pictures.n_validation, [0, 1])]
