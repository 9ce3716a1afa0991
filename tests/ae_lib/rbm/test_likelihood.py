"""Annealed importance sampling, beside sums over all states of small RBMs."""

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.exceptions import NotFittedError

from ae_lib import RBM, load_mnist, log_likelihood, log_partition
from ae_lib.rbm.likelihood import Estimate
from tests.ae_lib.rbm.small_rbms import states


def exact(rbm):
    """The logarithm of Z, by a sum over all states of the hidden units."""
    h = states(len(rbm.components_))
    inputs = h @ rbm.components_.astype(float) + rbm.intercept_visible_
    return logsumexp(h @ rbm.intercept_hidden_ + np.logaddexp(0, inputs).sum(axis=1))


def random_rbm(scale, n_visible=12, n_hidden=8, seed=1):
    rng = np.random.default_rng(seed)
    rbm = RBM(n_hidden, n_iter=0, batch_size=1, random_state=0).fit(np.zeros((2, n_visible)))
    rbm.components_ = rng.normal(0, scale, (n_hidden, n_visible)).astype(np.float32)
    rbm.intercept_visible_ = rng.normal(0, scale, n_visible).astype(np.float32)
    rbm.intercept_hidden_ = rng.normal(0, scale, n_hidden).astype(np.float32)
    return rbm


@pytest.mark.parametrize("scale", [0.3, 1, 2])
def test_the_estimate_is_near_the_sum_over_all_states(scale):
    rbm = random_rbm(scale)
    found = log_partition(rbm, n_chains=200, random_state=0)
    assert found.value == pytest.approx(exact(rbm), abs=0.05)
    assert found.low < found.value < found.high < found.low + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.3, 1, 2])
def test_19_of_20_intervals_hold_the_true_value(scale):
    rbm = random_rbm(scale)
    estimates = [log_partition(rbm, n_steps=500, random_state=seed) for seed in range(100)]
    # Of 100 intervals that hold it with probability 0.95, fewer than 88 do with 1 in 1000.
    assert sum(found.low <= exact(rbm) <= found.high for found in estimates) >= 88
    # Z itself is estimated without bias, its logarithm is not.
    ratios = np.exp([found.value - exact(rbm) for found in estimates])
    assert abs(ratios.mean() - 1) < 4 * ratios.std() / np.sqrt(len(ratios))


def test_from_the_datas_own_pixels_the_estimate_is_the_same_and_surer():
    rng = np.random.default_rng(0)
    x = (rng.random((300, 20)) < np.linspace(0.02, 0.98, 20)).astype(float)
    rbm = RBM(6, learning_rate=0.05, n_iter=30, batch_size=20, random_state=0).fit(x)
    uniform = log_partition(rbm, n_steps=100, random_state=0)
    own = log_partition(rbm, x, n_steps=100, random_state=0)
    assert own.value == pytest.approx(exact(rbm), abs=0.05)
    assert uniform.value == pytest.approx(exact(rbm), abs=0.3)
    assert own.high - own.low < uniform.high - uniform.low


def test_more_chains_give_narrower_intervals():
    rbm = random_rbm(1)
    few, many = (log_partition(rbm, n_chains=n, random_state=0) for n in (20, 2000))
    assert many.high - many.low < (few.high - few.low) / 4


def test_the_same_random_state_gives_the_same_estimate():
    rbm = random_rbm(1)
    first, second, other = (log_partition(rbm, n_steps=50, random_state=s) for s in (3, 3, 4))
    assert first == second != other


def test_the_likelihood_is_that_of_the_enumerated_distribution():
    rbm = random_rbm(1, n_visible=6, n_hidden=4)
    everything = states(6)
    log_p = -rbm.free_energy(everything).astype(float) - exact(rbm)
    assert np.exp(log_p).sum() == pytest.approx(1, abs=1e-5)
    log_z = Estimate(exact(rbm), exact(rbm) - 0.1, exact(rbm) + 0.2)
    found = log_likelihood(rbm, everything[10:20], log_z)
    assert found.value == pytest.approx(log_p[10:20].mean(), abs=1e-5)
    assert (found.value - found.low, found.high - found.value) == pytest.approx((0.2, 0.1))


@pytest.mark.slow
def test_it_holds_for_an_rbm_of_digits():
    digits = load_mnist(n_train=2000)
    x = (digits.x_train > 0.5).astype(np.float32)
    rbm = RBM(12, learning_rate=0.05, n_iter=30, batch_size=50, random_state=0).fit(x)
    found = log_partition(rbm, x, n_steps=2000, random_state=0)
    assert found.value == pytest.approx(exact(rbm), abs=0.5)
    assert log_likelihood(rbm, x, found).value < -100


@pytest.mark.parametrize("kinds", [("gaussian", "bernoulli"), ("bernoulli", "gaussian")])
def test_other_kinds_of_units_are_refused(kinds):
    rbm = RBM(3, visible=kinds[0], hidden=kinds[1])
    for ask in (lambda: log_partition(rbm), lambda: log_likelihood(rbm, [[0.0]], None)):
        with pytest.raises(ValueError, match=r"Bernoulli units only. Received: visible='"):
            ask()


def test_grey_pixels_have_no_probability():
    rbm = random_rbm(1, n_visible=2)
    with pytest.raises(ValueError, match=r"zeros and ones.*Received: 0.5"):
        log_likelihood(rbm, [[0.0, 0.5]], Estimate(0.0, 0.0, 0.0))


@pytest.mark.parametrize("arguments", [{"n_chains": 1}, {"n_steps": 0}, {"n_steps": 1.5}])
def test_bad_numbers_are_refused(arguments):
    with pytest.raises((TypeError, ValueError), match=next(iter(arguments))):
        log_partition(random_rbm(1), **arguments)


def test_an_rbm_that_was_not_trained_is_refused():
    with pytest.raises(NotFittedError):
        log_partition(RBM(3))
