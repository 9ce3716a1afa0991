"""The formulas agree with sums over all states of small RBMs, and with scikit-learn."""

import math

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.neural_network import BernoulliRBM

from ae_lib import RBM
from ae_lib._keras import tf
from ae_lib.rbm import formulas
from tests.ae_lib.rbm.small_rbms import (
    KINDS,
    N_HIDDEN,
    N_VISIBLE,
    NAMES,
    documents,
    energy,
    exact_free_energy,
    grid,
    hidden_states,
    log_partition,
    parameters,
    small_rbm,
    some_rows,
    states,
    to_library,
)


def energies(v, h, values, kinds):
    """The library's energy of every v with every h, shape (number of v, number of h)."""
    pairs = np.repeat(v, len(h), axis=0), np.tile(h, (len(v), 1))
    pairs = (tf.constant(units, tf.float32) for units in pairs)
    found = formulas.energy(*pairs, to_library(values), kinds)
    assert found.shape == (len(v) * len(h),)
    return found.numpy().astype(float).reshape(len(v), len(h))


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_energy_is_the_sum_over_units_and_pairs_of_units(kinds):
    values, v = parameters(), some_rows(kinds)
    h = np.random.default_rng(2).normal(size=(7, N_HIDDEN))
    if kinds.hidden == "bernoulli":
        h = states(N_HIDDEN)
    found = energies(v, h, values, kinds)
    np.testing.assert_allclose(found, energy(v, h, values, kinds), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_hidden_means_and_free_energy_follow_from_the_energy(kinds):
    values, v = parameters(), some_rows(kinds)
    h, weight = hidden_states(values, kinds)
    found = energies(v, h, values, kinds)
    joint = np.exp(-found) * weight
    rows = tf.constant(v, tf.float32)
    mean = formulas.hidden_mean(rows, to_library(values), kinds)
    np.testing.assert_allclose(mean, joint @ h / joint.sum(axis=1, keepdims=True), atol=1e-5)
    summed = -logsumexp(-found, axis=1, b=weight)
    free = formulas.free_energy(rows, to_library(values), kinds)
    np.testing.assert_allclose(free, summed, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_visible_means_follow_from_the_energy(kinds):
    values, length = parameters(), 1.0
    h = np.random.default_rng(2).normal(size=(7, N_HIDDEN))
    if kinds.hidden == "bernoulli":
        h = states(N_HIDDEN)
    if kinds.visible == "gaussian":
        v, weight = grid(N_VISIBLE, points=25)
    elif kinds.visible == "multinomial":
        length = 2.0
        v, weight = documents(2)
    else:
        v, weight = states(N_VISIBLE), 1.0
    joint = np.exp(-energies(v, h, values, kinds)).T * weight
    mean = formulas.visible_mean(tf.constant(h, tf.float32), to_library(values), kinds, length)
    np.testing.assert_allclose(mean, joint @ v / joint.sum(axis=1, keepdims=True), atol=1e-4)


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_transform_is_the_mean_over_all_hidden_states(kinds):
    values, v = parameters(), some_rows(kinds)
    h, weight = hidden_states(values, kinds)
    joint = np.exp(-energy(v, h, values, kinds)) * weight
    expected = joint @ h / joint.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        small_rbm(kinds, values).transform(v), expected, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_inverse_transform_is_the_mean_over_all_visible_states(kinds):
    values = parameters()
    h = states(N_HIDDEN)
    if kinds.visible == "gaussian":
        v, weight = grid(N_VISIBLE, points=25)
    elif kinds.visible == "multinomial":
        # One word: its mean is its probability.
        v, weight = documents(1)
    else:
        v, weight = states(N_VISIBLE), 1.0
    joint = np.exp(-energy(v, h, values, kinds)).T * weight
    expected = joint @ v / joint.sum(axis=1, keepdims=True)
    found = small_rbm(kinds, values).inverse_transform(h)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_free_energy_is_the_log_of_the_sum_over_hidden_states(kinds):
    values, v = parameters(), some_rows(kinds)
    h, weight = hidden_states(values, kinds)
    summed = -logsumexp(-energy(v, h, values, kinds), axis=1, b=weight)
    np.testing.assert_allclose(
        small_rbm(kinds, values).free_energy(v), summed, rtol=1e-5, atol=1e-5
    )
    # The tests of gradients rest on this one.
    np.testing.assert_allclose(exact_free_energy(v, values, kinds), summed, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_free_energy_gives_the_marginal_and_the_partition_function(kinds):
    values, length = parameters(), 3
    if kinds.visible == "gaussian":
        v, weight = grid(N_VISIBLE, points=25)
    elif kinds.visible == "multinomial":
        v, weight = documents(length)
    else:
        v, weight = states(N_VISIBLE), 1.0
    log_z = logsumexp(-small_rbm(kinds, values).free_energy(v).astype(float), b=weight)
    # Once more from the other side: over visible units first, then over hidden ones.
    h, weight_h = hidden_states(values, kinds)
    x = h @ values.weights.T + values.visible_bias
    of_hidden = -energy(np.zeros((1, N_VISIBLE)), h, values, kinds)[0]
    if kinds.visible == "gaussian":
        of_hidden += (x**2).sum(axis=1) / 2 + N_VISIBLE * math.log(2 * math.pi) / 2
    elif kinds.visible == "multinomial":
        of_hidden += length * logsumexp(x, axis=1)
    else:
        of_hidden += np.logaddexp(0, x).sum(axis=1)
    assert log_z == pytest.approx(logsumexp(of_hidden, b=weight_h), rel=1e-5)
    known = {"length": length} if kinds.visible == "multinomial" else {}
    assert log_z == pytest.approx(log_partition(values, kinds, **known), rel=1e-5)


def test_scikit_learn_says_the_same_with_the_same_weights():
    rng = np.random.default_rng(0)
    v = rng.random((50, 20)).astype(np.float32)
    ours = RBM(15, n_iter=5, random_state=0, batch_size=10).fit(v)
    theirs = BernoulliRBM(15, n_iter=0).fit(v)
    theirs.components_ = ours.components_
    theirs.intercept_visible_ = ours.intercept_visible_
    theirs.intercept_hidden_ = ours.intercept_hidden_
    np.testing.assert_allclose(ours.free_energy(v), theirs._free_energy(v), rtol=1e-5)
    np.testing.assert_allclose(ours.transform(v), theirs.transform(v), rtol=1e-5)
