"""Gibbs samples have the exact distribution of small RBMs."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import chisquare, kstest, norm

from ae_lib.rbm.formulas import Kinds
from tests.ae_lib.rbm.small_rbms import (
    KINDS,
    N_HIDDEN,
    N_VISIBLE,
    documents,
    exact_free_energy,
    log_partition,
    parameters,
    small_rbm,
    some_rows,
    states,
)

# Seeds are fixed. A right program fails such a test for one seed in a thousand.
LEVEL = 0.001


@pytest.mark.parametrize("hidden", ["bernoulli", "gaussian"])
def test_gibbs_samples_have_the_exact_distribution(hidden):
    # As many hidden units as visible ones: random numbers that serve twice meet again.
    values, kinds = parameters(n_hidden=N_VISIBLE), Kinds("bernoulli", hidden)
    v = small_rbm(kinds, values).gibbs(np.zeros((20_000, N_VISIBLE)), 50, random_state=0)
    exact = np.exp(
        -exact_free_energy(states(N_VISIBLE), values, kinds) - log_partition(values, kinds)
    )
    counts = np.bincount((v @ [8, 4, 2, 1]).astype(int), minlength=16)
    assert chisquare(counts, exact / exact.sum() * len(v)).pvalue > LEVEL


@pytest.mark.parametrize("hidden", ["bernoulli", "gaussian"])
def test_gibbs_samples_of_documents_have_the_exact_distribution(hidden):
    values, kinds, length = parameters(), Kinds("multinomial", hidden), 3
    start = np.zeros((20_000, N_VISIBLE))
    start[:, 0] = length
    v = small_rbm(kinds, values).gibbs(start, 50, random_state=0)
    every, orders = documents(length)
    log_z = log_partition(values, kinds, length)
    exact = orders * np.exp(-exact_free_energy(every, values, kinds) - log_z)
    counts = (v[:, None] == every).all(axis=2).sum(axis=0)
    assert counts.sum() == len(v)
    assert chisquare(counts, exact / exact.sum() * len(v)).pvalue > LEVEL


def test_gibbs_samples_of_gaussian_units_have_the_exact_distribution():
    values, kinds = parameters(), Kinds("gaussian", "bernoulli")
    v = small_rbm(kinds, values).gibbs(np.zeros((20_000, N_VISIBLE)), 50, random_state=0)
    # A mixture: given h, the units are normal around a + h W^T with variance 1.
    h = states(N_HIDDEN)
    means = values.visible_bias + h @ values.weights.T
    log_share = h @ values.hidden_bias + (means**2).sum(axis=1) / 2
    share = np.exp(log_share - logsumexp(log_share))
    for unit in range(N_VISIBLE):
        exact = lambda x, unit=unit: share @ norm.cdf(x[None] - means[:, [unit]])  # noqa: E731
        assert kstest(v[:, unit], exact).pvalue > LEVEL
    # And they depend on each other as they should.
    covariance = np.eye(N_VISIBLE) + np.cov(means.T, aweights=share, bias=True)
    np.testing.assert_allclose(np.cov(v.T), covariance, atol=0.05)


def test_gibbs_keeps_the_length_of_each_document_and_depends_on_its_seed():
    model = small_rbm(KINDS[3], parameters())
    start = some_rows(KINDS[3])
    v = model.gibbs(start, 3, random_state=0)
    np.testing.assert_array_equal(v.sum(axis=1), start.sum(axis=1))
    np.testing.assert_array_equal(v, model.gibbs(start, 3, random_state=0))
    assert not np.array_equal(v, model.gibbs(start, 3, random_state=1))
