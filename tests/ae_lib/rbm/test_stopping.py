"""Training that is refused, interrupted or diverges leaves a sound RBM; its state can be kept."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from ae_lib import RBM
from tests.ae_lib.rbm.small_rbms import GOOD, bad, state


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("fitted", [True, False])
@pytest.mark.parametrize(
    ("settings", "data"),
    [
        ({}, bad(0, 0, 2)),
        ({}, bad(0, 0, np.nan)),
        ({}, GOOD[:, :4] + 1),
        ({"learning_rate": -1}, GOOD),
        ({"random_state": "seed"}, GOOD[:, :4]),
        ({"learning_rate": 1e9}, GOOD),
    ],
)
def test_a_refused_call_leaves_the_rbm_as_it_was(settings, data, fitted, method):
    model = RBM(3, batch_size=2, n_iter=2, random_state=0, hidden="gaussian")
    if fitted:
        model.set_params(learning_rate=0.001).fit(GOOD)
    model.set_params(**settings)
    before = state(model)
    if fitted and settings == {"random_state": "seed"} and method == "partial_fit":
        data = data + 1  # the seed is not asked for any more
    with pytest.raises((ValueError, FloatingPointError)):
        getattr(model, method)(data)
    assert state(model) == before


@pytest.mark.parametrize("epoch", [1, 3])
def test_an_interrupted_fit_leaves_whole_epochs_or_the_rbm_of_before(epoch, monkeypatch):
    model = RBM(3, batch_size=2, n_iter=5, random_state=1).fit(GOOD)
    before, count = state(model), 0
    check_soundness = RBM._check_soundness

    def interrupted(self, parameters):
        nonlocal count
        count += 1
        if count == epoch:
            raise KeyboardInterrupt
        check_soundness(self, parameters)

    monkeypatch.setattr(RBM, "_check_soundness", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.set_params(random_state=0).fit(GOOD)
    monkeypatch.undo()
    if epoch == 1:
        assert state(model.set_params(random_state=1)) == before
    else:
        assert model.n_iter_ == 2
        whole = RBM(3, batch_size=2, n_iter=2, random_state=0).fit(GOOD)
        np.testing.assert_array_equal(model.components_, whole.components_)


def test_divergence_names_the_epoch_and_leaves_the_last_sound_rbm():
    v = np.random.default_rng(0).normal(size=(40, 50))
    settings = {"visible": "gaussian", "batch_size": 10, "random_state": 0}
    model = RBM(30, learning_rate=0.3, n_iter=100, **settings)
    with pytest.raises(FloatingPointError, match=r"diverged in epoch \d+: .*learning_rate") as stop:
        model.fit(v)
    epoch = model.n_iter_ + 1
    assert epoch > 1
    assert f"epoch {epoch}:" in str(stop.value)
    assert "received: 0.3" in str(stop.value)
    assert np.isfinite(model.components_).all()
    sound = RBM(30, learning_rate=0.3, n_iter=model.n_iter_, **settings).fit(v)
    np.testing.assert_array_equal(model.components_, sound.components_)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"hidden": "gaussian", "learning_rate": 1e9}, "found NaN or infinity"),
        ({"learning_rate": 1e4}, "found a weight or bias of size"),
    ],
)
def test_numbers_that_are_not_sound_stop_the_training(settings, words):
    model = RBM(5, batch_size=2, n_iter=30, random_state=0, **settings)
    with pytest.raises(FloatingPointError, match=f"in epoch 1: {words}"):
        model.fit(GOOD)


def test_nan_stops_the_training():
    model = RBM(5, batch_size=2, random_state=0).partial_fit(GOOD)
    model.intercept_hidden_[0] = np.nan
    with pytest.raises(FloatingPointError, match="in epoch 2: found NaN or infinity"):
        model.partial_fit(GOOD)


@pytest.mark.parametrize("sampling", [{}, {"persistent": True, "momentum": 0.0}])
def test_an_rbm_with_the_state_of_another_goes_on_as_that_one_would(sampling):
    settings = {"batch_size": 4, "random_state": np.random.RandomState(0), **sampling}
    first = RBM(3, n_iter=2, **settings).fit(GOOD)
    kept = first.get_state()
    # The seed is part of the state: another random_state makes no difference.
    second = RBM(3, n_iter=5, **settings | {"random_state": None}).set_state(kept)
    assert (second.n_iter_, second.n_features_in_) == (2, 6)
    assert state(second)["_velocity"] == state(first)["_velocity"]
    first.set_params(n_iter=5).train(GOOD)
    second.train(GOOD)
    assert (first.n_iter_, first.batch_size_) == (5, 4)
    assert {name: state(second)[name] for name in state(first) if name.endswith("_")} == {
        name: value for name, value in state(first).items() if name.endswith("_")
    }
    first.partial_fit(GOOD)
    second.partial_fit(GOOD)
    np.testing.assert_array_equal(first.components_, second.components_)
    # What was kept did not change meanwhile.
    assert len(kept["reconstruction_error"]) == 2
    assert not np.array_equal(kept["components"], first.components_)


def test_training_that_was_initialised_is_that_of_fit():
    settings = {"batch_size": 4, "n_iter": 3, "random_state": 0}
    whole, seen = RBM(3, **settings).fit(GOOD), []
    steps = RBM(3, **settings).initialise(6)
    assert steps.n_iter_ == 0
    steps.train(GOOD, after_epoch=lambda: seen.append(steps.n_iter_))
    assert seen == [1, 2, 3]
    np.testing.assert_array_equal(whole.components_, steps.components_)
    # There is nothing left to do.
    steps.train(GOOD, after_epoch=lambda: seen.append(steps.n_iter_))
    assert seen == [1, 2, 3]


def test_rows_are_taken_in_the_order_that_is_asked_for():
    settings = {"batch_size": 4, "n_iter": 2, "random_state": 0}
    orders = [np.random.default_rng(epoch).permutation(10) for epoch in range(2)]
    ordered = RBM(3, **settings).initialise(6).train(GOOD, order=orders.__getitem__)
    by_hand = RBM(3, **settings)
    for order in orders:
        by_hand.partial_fit(GOOD[order])
    np.testing.assert_array_equal(ordered.components_, by_hand.components_)
    with pytest.raises(ValueError, match=r"order must return .* all 10 rows. Received: shape \(9,"):
        RBM(3, **settings).initialise(6).train(GOOD, order=lambda epoch: np.arange(9))


def test_states_that_do_not_fit_are_refused():
    kept = RBM(3, batch_size=4, n_iter=1, random_state=0).fit(GOOD).get_state()
    with pytest.raises(ValueError, match=r"RBM with 4 hidden units\. Received: 3"):
        RBM(4).set_state(kept)
    del kept["seed"]
    with pytest.raises(ValueError, match="state must have the entries of get_state"):
        RBM(3).set_state(kept)
    with pytest.raises(NotFittedError):
        RBM(3).get_state()
    with pytest.raises(NotFittedError):
        RBM(3).train(GOOD)
