"""The RBM is an estimator as scikit-learn's are: checks, pipelines, storing, progress."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from ae_lib import RBM
from ae_lib.rbm.training import compiled_gibbs, compiled_training
from tests.ae_lib.rbm.small_rbms import GOOD


@parametrize_with_checks(
    # The kind of unit that takes any numbers.
    [RBM(2, visible="gaussian", learning_rate=0.001, n_iter=1, batch_size=1, random_state=0)],
    expected_failed_checks=lambda _: {
        "check_methods_sample_order_invariance": "float32 sums differ in the seventh digit"
    },
)
@pytest.mark.filterwarnings("ignore:X should be standardised")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learns_checks_of_estimators(estimator, check):
    check(estimator)


def test_it_is_an_estimator_of_scikit_learn():
    settings = RBM().get_params()
    assert settings["n_components"] == 256
    assert clone(RBM(7, momentum=0.5)).get_params() == settings | {
        "n_components": 7,
        "momentum": 0.5,
    }
    pipeline = make_pipeline(
        RBM(5, batch_size=5, n_iter=1, random_state=0), RBM(3, batch_size=5, n_iter=1)
    )
    assert pipeline.fit_transform(GOOD).shape == (10, 3)
    assert pipeline.get_feature_names_out().tolist() == ["rbm0", "rbm1", "rbm2"]
    assert pipeline.inverse_transform(pipeline.transform(GOOD)).shape == GOOD.shape


def test_it_can_be_stored_and_goes_on_as_if_it_had_not_been():
    model = RBM(5, batch_size=5, random_state=0, persistent=True).partial_fit(GOOD)
    stored = pickle.loads(pickle.dumps(model))
    model.partial_fit(GOOD)
    stored.partial_fit(GOOD)
    np.testing.assert_array_equal(model.components_, stored.components_)


def test_a_user_whose_warnings_are_errors_can_train_and_sample():
    # Since Python 3.13 TensorFlow causes a warning of deprecation while it builds a graph.
    compiled_training.cache_clear()
    compiled_gibbs.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = RBM(5, batch_size=2, n_iter=1, random_state=0).fit(GOOD)
        assert np.isfinite(model.gibbs(GOOD)).all()


@pytest.mark.parametrize(("verbose", "hidden"), [(1, False), (1, True), (0, False)])
def test_the_bar_says_what_is_trained(verbose, hidden, monkeypatch, capsys):
    monkeypatch.setenv("AE_PROGRESS", "0" if hidden else "1")
    model = RBM(5, batch_size=5, n_iter=2, verbose=verbose)
    model.initialise(6).train(GOOD, description="layer 2 of 4")
    shown = capsys.readouterr().err
    assert ("layer 2 of 4" in shown) == (verbose == 1 and not hidden)
