"""RBMs so small that all states can be listed, and what follows from their energies by summation.

Energies are written down once more, in float64 and term by term, and everything else follows from
them by summation (or by integration over a grid, for Gaussian units).
"""

import itertools
import math
import pickle
import warnings

import numpy as np
from scipy.special import logsumexp

from ae_lib import RBM
from ae_lib._keras import tf
from ae_lib.rbm.formulas import Kinds, Parameters

N_VISIBLE, N_HIDDEN = 4, 3
# Every combination that is allowed.
KINDS = [
    Kinds("bernoulli", "bernoulli"),
    Kinds("bernoulli", "gaussian"),
    Kinds("gaussian", "bernoulli"),
    Kinds("multinomial", "bernoulli"),
    Kinds("multinomial", "gaussian"),
]
NAMES = [f"{kinds.visible}-{kinds.hidden}" for kinds in KINDS]
# Data that an RBM of Bernoulli units takes.
GOOD = np.random.default_rng(0).random((10, 6))


def bad(row, column, value):
    array = GOOD.copy()
    array[row, column] = value
    return array


def states(n):
    """All 2**n states of n units."""
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def documents(length, n_words=N_VISIBLE):
    """All counts of so many words in total, and in how many orders each can be written."""
    counts = [c for c in itertools.product(range(length + 1), repeat=n_words) if sum(c) == length]
    orders = [math.factorial(length) / math.prod(map(math.factorial, c)) for c in counts]
    return np.array(counts, float), np.array(orders)


def parameters(seed=0, scale=0.6, n_hidden=N_HIDDEN):
    """Weights and biases of a small RBM, float64."""
    rng = np.random.default_rng(seed)
    shapes = [(N_VISIBLE, n_hidden), (N_VISIBLE,), (n_hidden,)]
    return Parameters(*(rng.normal(0, scale, shape) for shape in shapes))


def small_rbm(kinds, values):
    """An RBM of these kinds with given weights and biases."""
    start = np.ones((1, values.weights.shape[0])) * (kinds.visible != "gaussian")
    model = RBM(values.weights.shape[1], visible=kinds.visible, hidden=kinds.hidden,
                n_iter=0, batch_size=1, random_state=0)  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        model.fit(start)
    model.components_ = values.weights.T
    model.intercept_visible_, model.intercept_hidden_ = values.visible_bias, values.hidden_bias
    return model


def energy(v, h, values, kinds):
    """The energy of every v with every h, shape (number of v, number of h)."""
    w, a, b = values
    if kinds.visible == "gaussian":
        of_visible = ((v - a) ** 2).sum(axis=1) / 2
    else:
        of_visible = -(v * a).sum(axis=1)
    if kinds.hidden == "gaussian":
        of_hidden = ((h - b) ** 2).sum(axis=1) / 2
    else:
        of_hidden = -(h * b).sum(axis=1)
    return of_visible[:, None] + of_hidden - np.einsum("pi,ij,qj->pq", v, w, h)


def some_rows(kinds):
    """Some visible states of a kind; the documents have different lengths."""
    rng = np.random.default_rng(1)
    if kinds.visible == "bernoulli":
        return states(N_VISIBLE)[[1, 6, 7, 12, 15]]
    if kinds.visible == "gaussian":
        return rng.normal(size=(5, N_VISIBLE))
    return np.array([[2, 1, 0, 0], [0, 0, 1, 0], [1, 0, 1, 2], [0, 3, 0, 1], [1, 1, 0, 0]], float)


def log_partition(values, kinds, length=None):
    """log Z, over documents of one length for multinomial units."""
    w, a, b = values
    if kinds.visible == "gaussian":
        # The integral over v is Gaussian; what is left is a sum over h.
        h = states(len(b))
        x = h @ w.T
        return logsumexp(h @ b + x @ a + (x**2).sum(1) / 2) + len(a) * math.log(2 * math.pi) / 2
    v, orders = (states(len(a)), 1) if length is None else documents(length, len(a))
    return logsumexp(-exact_free_energy(v, values, kinds), b=orders)


def exact_free_energy(v, values, kinds):
    """-log of the sum of exp(-E) over h; over Gaussian units by the formula for the integral."""
    if kinds.hidden == "bernoulli":
        return -logsumexp(-energy(v, states(len(values.hidden_bias)), values, kinds), axis=1)
    # The energy is its minimum over h plus half a sum of squares, whose integral is known.
    mean = v @ values.weights + values.hidden_bias
    minimum = energy(v, mean, values, kinds).diagonal()
    return minimum - len(values.hidden_bias) * math.log(2 * math.pi) / 2


def log_likelihood(values, rows, kinds):
    """The objective: mean over rows of log p(v), for documents of log p(words in order) / N."""
    log_p = -exact_free_energy(rows, values, kinds)
    if kinds.visible != "multinomial":
        return np.mean(log_p - log_partition(values, kinds))
    each = [(log_p[i] - log_partition(values, kinds, int(n))) / n
            for i, n in enumerate(rows.sum(axis=1))]  # fmt: skip
    return np.mean(each)


def to_library(values):
    """As tensors, with a row of weights for each hidden unit."""
    w, a, b = (tf.constant(value, tf.float32) for value in values)
    return Parameters(tf.transpose(w), a, b)


def flatten(values):
    return np.concatenate([np.ravel(value) for value in values])


def grid(n, limit=9.0, points=61):
    """Points of a grid in n dimensions, and the volume that belongs to each."""
    line = np.linspace(-limit, limit, points)
    return np.array(list(itertools.product(line, repeat=n))), (line[1] - line[0]) ** n


def hidden_states(values, kinds):
    """All states of the hidden units, or a grid of them, and what each weighs in a sum."""
    n = len(values.hidden_bias)
    return (states(n), 1.0) if kinds.hidden == "bernoulli" else grid(n)


def state(model):
    return {name: pickle.dumps(value) for name, value in vars(model).items()}
