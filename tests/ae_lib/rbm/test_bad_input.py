"""Settings and data that an RBM does not take are named; what differs by rounding is taken."""

import numpy as np
import pytest
import scipy.sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import MinMaxScaler

from ae_lib import RBM
from tests.ae_lib.rbm.small_rbms import GOOD, bad


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"n_components": 0}, ValueError, "n_components must be at least 1. Received: 0"),
        ({"n_components": 2.5}, TypeError, "n_components must be an integer. Received: 2.5"),
        ({"batch_size": -1}, ValueError, "batch_size must be at least 1"),
        ({"n_iter": -1}, ValueError, "n_iter must be at least 0"),
        ({"n_steps": 0}, ValueError, "n_steps must be at least 1"),
        ({"n_steps": 1.0}, TypeError, "n_steps must be an integer"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be above 0. Received: 0"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate must be finite"),
        ({"learning_rate": "0.1"}, TypeError, "learning_rate must be a real number"),
        ({"weight_decay": -0.1}, ValueError, "weight_decay must be at least 0"),
        ({"momentum": 1.0}, ValueError, "momentum must be at least 0 and below 1. Received: 1"),
        ({"momentum": (0.5, -0.1)}, ValueError, "momentum must be .* Received: -0.1"),
        ({"momentum": ()}, ValueError, "momentum must have at least one value"),
        ({"momentum": "high"}, TypeError, "momentum must be a real number. Received: 'high'"),
        ({"persistent": 1}, TypeError, "persistent must be True or False. Received: 1"),
        ({"visible": "binary"}, ValueError, "visible must be one of .*Received: 'binary'"),
        ({"hidden": "relu"}, ValueError, "hidden must be one of .*Received: 'relu'"),
        ({"hidden": "gaussian", "visible": "gaussian"}, ValueError, "not both be Gaussian"),
        ({"persistent": True, "visible": "multinomial"}, ValueError, "persistent chains do not"),
        ({"verbose": "yes"}, TypeError, "verbose must be 0 or 1"),
        ({"random_state": "seed"}, ValueError, "seed"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_bad_settings_are_named(settings, error, words, method):
    model = RBM(**({"batch_size": 2} | settings))
    with pytest.raises(error, match=words):
        getattr(model, method)(GOOD)
    assert not hasattr(model, "components_")


@pytest.mark.parametrize(
    ("visible", "data", "error", "words"),
    [
        ("bernoulli", GOOD[0], ValueError, "Expected 2D array, got 1D"),
        ("bernoulli", GOOD[None], ValueError, "dim 3"),
        ("bernoulli", GOOD[:0], ValueError, "0 sample"),
        ("bernoulli", bad(2, 3, np.nan), ValueError, "X must be finite. Received: 1 values"),
        ("gaussian", bad(2, 3, -np.inf), ValueError, "X must be finite. Received: 1 values"),
        ("bernoulli", scipy.sparse.csr_array(GOOD), TypeError, "[Ss]parse"),
        ("bernoulli", bad(0, 0, -0.02), ValueError, r"from -0.02 to 0.\d+\. .*clip=True"),
        ("bernoulli", bad(0, 0, 1.07), ValueError, r"from 0.\d+ to 1.07\. .*clip=True"),
        ("bernoulli", bad(0, 0, 1.0001), ValueError, r"from 0.\d+ to 1.0001\. .*clip=True"),
        ("bernoulli", bad(0, 0, -7), ValueError, "Scale each column.*visible='gaussian'"),
        ("bernoulli", np.rint(255 * GOOD), ValueError, "Pixels .* must be divided by 255"),
        ("bernoulli", bad(0, 0, 255), ValueError, "to 255. Scale each column"),
        ("bernoulli", np.eye(10, 6) * 7, ValueError, "whole numbers.*counts of words"),
        ("bernoulli", np.eye(10, 6, dtype=int) * 256, ValueError, "whole numbers"),
        ("multinomial", np.full((10, 6), -1), ValueError, "counts of words, at least 0"),
        ("multinomial", GOOD, ValueError, r"not frequencies.*Received: 0\.\d+, in rows"),
        ("multinomial", np.eye(10, 6), ValueError, "at least one word. Received: none in row 6"),
        ("bernoulli", np.full((10, 6), "a"), ValueError, "a"),
        ("bernoulli", GOOD * 1j, ValueError, "[Cc]omplex"),
    ],
)
def test_bad_data_is_named(visible, data, error, words):
    model = RBM(2, visible=visible, batch_size=2)
    with pytest.raises(error, match=words):
        model.fit(data)
    assert not hasattr(model, "components_")


@pytest.mark.parametrize("method", ["transform", "free_energy", "gibbs", "partial_fit"])
def test_bad_data_is_named_after_training_too(method):
    model = RBM(3, batch_size=2, n_iter=1, random_state=0).fit(GOOD)
    with pytest.raises(ValueError, match="divided by 255"):
        getattr(model, method)(np.rint(GOOD * 255))
    with pytest.raises(ValueError, match="X has 5 features, but RBM is expecting 6"):
        getattr(model, method)(GOOD[:, :5])
    if method != "partial_fit":
        with pytest.raises(NotFittedError):
            getattr(RBM(), method)(GOOD)


def test_bad_codes_are_named():
    model = RBM(3, batch_size=2, n_iter=1, random_state=0).fit(GOOD)
    with pytest.raises(ValueError, match=r"H must have 3 columns.*\(10, 6\)"):
        model.inverse_transform(GOOD)
    with pytest.raises(ValueError, match="H must be from 0 to 1"):
        model.inverse_transform([[0.0, 2.0, 0.0]])
    with pytest.raises(ValueError, match="H must be finite"):
        model.inverse_transform([[0.0, np.nan, 0.0]])
    with pytest.raises(NotFittedError):
        RBM().inverse_transform(GOOD)
    with pytest.raises(ValueError, match="n_steps must be at least 1"):
        model.gibbs(GOOD, 0)


def test_data_that_is_not_standardised_gets_a_warning_for_gaussian_units():
    rng = np.random.default_rng(0)
    model = RBM(2, visible="gaussian", learning_rate=0.001, n_iter=0)
    v = rng.normal(size=(200, 6)) * np.linspace(0.5, 1.4, 6)
    model.fit(v)
    with pytest.warns(UserWarning, match=r"Received: means from 0.8\d* to 1.1\d*, average var"):
        model.fit(v + 1)
    with pytest.warns(UserWarning, match="average variance 0.0"):
        model.fit(v / 10)


def test_chains_that_persist_keep_their_number():
    model = RBM(2, batch_size=2, persistent=True, random_state=0).partial_fit(GOOD)
    with pytest.raises(ValueError, match=r"batch_size must stay at 2.*Received: 3"):
        model.set_params(batch_size=3).partial_fit(GOOD)


METHODS = ["fit", "partial_fit", "transform", "free_energy", "gibbs"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("method", METHODS)
def test_what_lies_outside_by_rounding_is_clipped_in_a_copy(dtype, method):
    data = GOOD.astype(dtype)
    data[0, :2] = 1 + 2 * np.finfo(dtype).eps, -np.finfo(dtype).eps
    inside, before = np.clip(data, 0, 1), data.copy()
    data.flags.writeable = False
    results = []
    for given in (data, inside):
        np.random.seed(0)
        model = RBM(3, batch_size=2, n_iter=1, random_state=0).fit(GOOD)
        result = getattr(model, method)(given)
        results.append(result if isinstance(result, np.ndarray) else result.components_)
    np.testing.assert_array_equal(*results)
    np.testing.assert_array_equal(data, before)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("low", [0, 4.3, -124, 1990])
def test_whatever_scikit_learn_scaled_is_accepted(dtype, low):
    rng = np.random.default_rng(0)
    for width in (0.3, 7, 30):
        data = (low + width * rng.random((50, 40))).astype(dtype)
        RBM(2, batch_size=50, n_iter=0).fit(MinMaxScaler().fit_transform(data))


def test_codes_outside_by_rounding_are_clipped():
    model = RBM(3, batch_size=2, n_iter=1, random_state=0).fit(GOOD)
    codes = np.array([[1 + 1e-7, -1e-9, 0.5]])
    np.testing.assert_array_equal(
        model.inverse_transform(codes), model.inverse_transform(np.clip(codes, 0, 1))
    )


def test_counts_that_are_whole_up_to_rounding_are_those_counts():
    counts = np.random.default_rng(0).integers(1, 9, (10, 6))
    shares = counts / counts.sum(axis=1, keepdims=True)
    rounded = (shares * counts.sum(axis=1, keepdims=True)).astype(np.float32) * np.float32(1 + 1e-6)
    assert (rounded % 1).any()
    rbms = [
        RBM(3, visible="multinomial", batch_size=5, n_iter=1, random_state=0).fit(data)
        for data in (counts, rounded)
    ]
    np.testing.assert_array_equal(rbms[0].components_, rbms[1].components_)


def test_a_batch_that_is_larger_than_the_data_is_reduced_with_one_warning():
    model = RBM(3, n_iter=2, random_state=0, persistent=True, momentum=0)
    with pytest.warns(UserWarning, match="at most 10, .*Received: 100. All rows are one") as caught:
        model.fit(GOOD)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert (model.batch_size, model.batch_size_) == (100, 10)
    assert clone(model).get_params() == model.get_params()
    same = RBM(3, n_iter=2, random_state=0, persistent=True, momentum=0, batch_size=10).fit(GOOD)
    np.testing.assert_array_equal(model.components_, same.components_)
    model.partial_fit(np.concatenate([GOOD, GOOD]))
    same.partial_fit(np.concatenate([GOOD, GOOD]))
    np.testing.assert_array_equal(model.components_, same.components_)
