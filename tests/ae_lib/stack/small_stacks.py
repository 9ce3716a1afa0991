"""Small stacks, their data, and whether two of them are the same."""

import numpy as np

from ae_lib import RBM, Stack

KINDS = [
    ("bernoulli", "gaussian"),
    ("bernoulli", "bernoulli"),
    ("gaussian", "gaussian"),
    ("gaussian", "bernoulli"),
    ("multinomial", "gaussian"),
]


RUN = {"layers": [8, 6, 3], "n_iter": 3, "batch_size": 20, "random_state": 7}


def digits(n=100, n_visible=9, seed=0):
    return np.random.default_rng(seed).random((n, n_visible)).astype(np.float32)


def random_rbm(n_visible, n_hidden, *, visible="bernoulli", hidden="bernoulli", seed=0):
    """An RBM with large weights and biases, so that nothing that is missing goes unnoticed."""
    rng = np.random.default_rng(seed)
    rbm = RBM(n_hidden, visible=visible, hidden=hidden)
    rbm.components_ = rng.normal(size=(n_hidden, n_visible)).astype(np.float32)
    rbm.intercept_hidden_ = rng.normal(size=n_hidden).astype(np.float32)
    rbm.intercept_visible_ = rng.normal(size=n_visible).astype(np.float32)
    rbm.n_features_in_ = n_visible
    return rbm


def stack_by_hand(visible, code):
    return Stack(
        [
            random_rbm(9, 7, visible=visible, seed=1),
            random_rbm(7, 5, seed=2),
            random_rbm(5, 3, hidden=code, seed=3),
        ]
    )


def inputs_for(visible):
    rng = np.random.default_rng(4)
    if visible == "multinomial":
        return rng.integers(0, 4, size=(40, 9)).astype(np.float32)
    return (rng.normal if visible == "gaussian" else rng.uniform)(size=(40, 9)).astype(np.float32)


def mean(kind, z):
    """The mean of units whose input is z, in double precision."""
    if kind == "gaussian":
        return z
    if kind == "bernoulli":
        return 1 / (1 + np.exp(-z))
    odds = np.exp(z - z.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def up(stack, x):
    for rbm in stack.rbms:
        weights = rbm.components_.astype(np.float64)
        x = mean(rbm.hidden, x @ weights.T + rbm.intercept_hidden_.astype(np.float64))
    return x


def down(stack, h):
    for rbm in stack.rbms[::-1]:
        weights = rbm.components_.astype(np.float64)
        h = mean(rbm.visible, h @ weights + rbm.intercept_visible_.astype(np.float64))
    return h


def assert_same(first, second):
    """Two stacks have learnt the same numbers, to the last bit."""
    assert first.sizes == second.sizes
    for one, other in zip(first.rbms, second.rbms, strict=True):
        np.testing.assert_array_equal(one.components_, other.components_)
        np.testing.assert_array_equal(one.intercept_hidden_, other.intercept_hidden_)
        np.testing.assert_array_equal(one.intercept_visible_, other.intercept_visible_)
        np.testing.assert_array_equal(one.reconstruction_error_, other.reconstruction_error_)
