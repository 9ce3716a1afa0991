"""Contrastive divergence gives the gradient that sums over all states of small RBMs give."""

import numpy as np
import pytest
from scipy.special import expit

from ae_lib._keras import tf
from ae_lib.rbm.formulas import Parameters, contrastive_divergence
from tests.ae_lib.rbm.small_rbms import (
    KINDS,
    N_HIDDEN,
    N_VISIBLE,
    NAMES,
    flatten,
    log_likelihood,
    parameters,
    some_rows,
    states,
    to_library,
)


def numerical_gradient(values, rows, kinds, step=1e-5):
    """Central differences of the log-likelihood, one parameter at a time."""
    flat = flatten(values)
    gradient = np.zeros_like(flat)
    for i in range(len(flat)):
        for sign in (1, -1):
            moved = flat.copy()
            moved[i] += sign * step
            gradient[i] += sign * log_likelihood(unflatten(moved), rows, kinds) / (2 * step)
    return gradient


def from_library(values):
    """Flat, with a row of weights for each visible unit."""
    return flatten([values.weights.numpy().T, values.visible_bias, values.hidden_bias])


def unflatten(flat):
    w, a, b = np.split(flat, [N_VISIBLE * N_HIDDEN, N_VISIBLE * N_HIDDEN + N_VISIBLE])
    return Parameters(w.reshape(N_VISIBLE, N_HIDDEN), a, b)


def estimates(values, kinds, rows, n_seeds=20, n_copies=400, n_steps=1):
    """Gradients by contrastive divergence, each averaged over many copies of the rows."""
    v = tf.constant(np.repeat(rows, n_copies, axis=0), tf.float32)
    single = to_library(values)
    compiled = tf.function(
        lambda seed: contrastive_divergence(
            v, single, kinds, seed, n_steps=n_steps, scale=1 / len(v)
        )[0],
        jit_compile=kinds.compiled,
    )
    seeds = [tf.constant([seed, 0], tf.int64) for seed in range(n_seeds)]
    return np.array([from_library(compiled(seed)) for seed in seeds], float)


def deviation(found, exact):
    """By how many standard errors the mean of estimates misses the exact value, at most."""
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    return np.abs((found.mean(axis=0) - exact) / error).max()


# Weights as large as they may be for chains that forget their start within 20 steps: too few steps
# are then far from enough.
SCALES = dict(zip(KINDS, (1.3, 0.8, 0.8, 0.8, 0.4), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_many_steps_give_the_gradient_of_the_exact_log_likelihood(kinds):
    values, rows = parameters(scale=SCALES[kinds]), some_rows(kinds)
    exact = numerical_gradient(values, rows, kinds)
    found = estimates(values, kinds, rows, n_steps=20)
    # 19 values; a right program is beyond 5 standard errors for one seed in some 600.
    assert deviation(found, exact) < 5
    # The test sees the bias of a single step, so it would see others of that size.
    assert deviation(estimates(values, kinds, rows), exact) > 20


@pytest.mark.parametrize(
    "kinds", [KINDS[0], KINDS[2], KINDS[3]], ids=[NAMES[0], NAMES[2], NAMES[3]]
)
def test_one_step_is_the_mean_over_hidden_states_of_what_the_program_of_2006_does(kinds):
    values, rows = parameters(), some_rows(kinds)
    w, a, b = values
    h, length = states(N_HIDDEN), rows.sum(axis=1) if kinds.visible == "multinomial" else np.ones(5)
    expected = np.zeros(N_VISIBLE * N_HIDDEN + N_VISIBLE + N_HIDDEN)
    for v, n in zip(rows, length, strict=True):
        h_data = expit(b + v @ w)
        for state in h:
            x = a + w @ state
            v_model = {"bernoulli": expit(x), "gaussian": x,
                       "multinomial": n * np.exp(x) / np.exp(x).sum()}[kinds.visible]  # fmt: skip
            h_model = expit(b + v_model @ w)
            step = (np.outer(v, h_data) - np.outer(v_model, h_model), v - v_model, h_data - h_model)
            probability = np.prod(np.where(state == 1, h_data, 1 - h_data))
            expected += probability * flatten(step) / n / len(rows)
    assert deviation(estimates(values, kinds, rows), expected) < 5


@pytest.mark.slow
@pytest.mark.parametrize("kinds", KINDS[:3], ids=NAMES[:3])
def test_persistent_chains_reach_the_exact_gradient_one_step_at_a_time(kinds):
    values, rows = parameters(scale=SCALES[kinds]), some_rows(kinds)
    v = tf.constant(np.repeat(rows, 200, axis=0), tf.float32)
    single = to_library(values)

    @tf.function(jit_compile=True)
    def step(chain, seed):
        gradient, _, chain = contrastive_divergence(
            v, single, kinds, seed, chain=chain, scale=1 / len(v)
        )
        return gradient, chain

    chain, found = tf.zeros((len(v), N_HIDDEN)), []
    for number in range(420):
        gradient, chain = step(chain, tf.constant([0, 3 * number], tf.int64))
        if number % 20 == 0:  # far enough apart to be as good as independent
            found.append(from_library(gradient))
    found = np.array(found[1:], float)
    assert deviation(found, numerical_gradient(values, rows, kinds)) < 5
