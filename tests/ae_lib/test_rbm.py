"""The restricted Boltzmann machine agrees with sums over all its states, and with plain loops.

The machines here are so small that all states can be listed. Energies are written down once more,
in float64 and term by term, and everything else follows from them by summation (or by integration
over a grid, for Gaussian units).
"""

import itertools
import math
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from scipy.special import expit, logsumexp
from scipy.stats import chisquare, kstest, norm
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import BernoulliRBM
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from ae_lib import RBM, load_mnist, set_seed
from ae_lib._keras import tf
from ae_lib._rbm_math import Kinds, Parameters, contrastive_divergence
from ae_lib._rbm_training import compiled_gibbs, compiled_training

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


@pytest.fixture(scope="module", autouse=True)
def deterministic_operations():
    """Everything here has to work with TensorFlow's deterministic operations."""
    set_seed(0)


def states(n):
    """All 2**n states of n units."""
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def documents(length, n_words=N_VISIBLE):
    """All counts of so many words in total, and in how many orders each can be written."""
    counts = [c for c in itertools.product(range(length + 1), repeat=n_words) if sum(c) == length]
    orders = [math.factorial(length) / math.prod(map(math.factorial, c)) for c in counts]
    return np.array(counts, float), np.array(orders)


def parameters(seed=0, scale=0.6, n_hidden=N_HIDDEN):
    """Weights and biases of a small machine, float64."""
    rng = np.random.default_rng(seed)
    shapes = [(N_VISIBLE, n_hidden), (N_VISIBLE,), (n_hidden,)]
    return Parameters(*(rng.normal(0, scale, shape) for shape in shapes))


def machine(kinds, values):
    """A machine of these kinds with given weights and biases."""
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


def flatten(values):
    return np.concatenate([np.ravel(value) for value in values])


def to_library(values):
    """As tensors, with a row of weights for each hidden unit."""
    w, a, b = (tf.constant(value, tf.float32) for value in values)
    return Parameters(tf.transpose(w), a, b)


def from_library(values):
    """Flat, with a row of weights for each visible unit."""
    return flatten([values.weights.numpy().T, values.visible_bias, values.hidden_bias])


def unflatten(flat):
    w, a, b = np.split(flat, [N_VISIBLE * N_HIDDEN, N_VISIBLE * N_HIDDEN + N_VISIBLE])
    return Parameters(w.reshape(N_VISIBLE, N_HIDDEN), a, b)


def grid(n, limit=9.0, points=61):
    """Points of a grid in n dimensions, and the volume that belongs to each."""
    line = np.linspace(-limit, limit, points)
    return np.array(list(itertools.product(line, repeat=n))), (line[1] - line[0]) ** n


def hidden_states(values, kinds):
    """All states of the hidden units, or a grid of them, and what each weighs in a sum."""
    n = len(values.hidden_bias)
    return (states(n), 1.0) if kinds.hidden == "bernoulli" else grid(n)


# --- Probabilities ---------------------------------------------------------------------------


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_transform_is_the_mean_over_all_hidden_states(kinds):
    values, v = parameters(), some_rows(kinds)
    h, weight = hidden_states(values, kinds)
    joint = np.exp(-energy(v, h, values, kinds)) * weight
    expected = joint @ h / joint.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(machine(kinds, values).transform(v), expected, rtol=1e-5, atol=1e-6)


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
    found = machine(kinds, values).inverse_transform(h)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kinds", KINDS, ids=NAMES)
def test_free_energy_is_the_log_of_the_sum_over_hidden_states(kinds):
    values, v = parameters(), some_rows(kinds)
    h, weight = hidden_states(values, kinds)
    summed = -logsumexp(-energy(v, h, values, kinds), axis=1, b=weight)
    np.testing.assert_allclose(machine(kinds, values).free_energy(v), summed, rtol=1e-5, atol=1e-5)
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
    log_z = logsumexp(-machine(kinds, values).free_energy(v).astype(float), b=weight)
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


# --- Sampling --------------------------------------------------------------------------------
# Seeds are fixed. A right program fails such a test for one seed in a thousand.
LEVEL = 0.001


@pytest.mark.parametrize("hidden", ["bernoulli", "gaussian"])
def test_gibbs_samples_have_the_exact_distribution(hidden):
    # As many hidden units as visible ones: random numbers that serve twice meet again.
    values, kinds = parameters(n_hidden=N_VISIBLE), Kinds("bernoulli", hidden)
    v = machine(kinds, values).gibbs(np.zeros((20_000, N_VISIBLE)), 50, random_state=0)
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
    v = machine(kinds, values).gibbs(start, 50, random_state=0)
    every, orders = documents(length)
    log_z = log_partition(values, kinds, length)
    exact = orders * np.exp(-exact_free_energy(every, values, kinds) - log_z)
    counts = (v[:, None] == every).all(axis=2).sum(axis=0)
    assert counts.sum() == len(v)
    assert chisquare(counts, exact / exact.sum() * len(v)).pvalue > LEVEL


def test_gibbs_samples_of_gaussian_units_have_the_exact_distribution():
    values, kinds = parameters(), Kinds("gaussian", "bernoulli")
    v = machine(kinds, values).gibbs(np.zeros((20_000, N_VISIBLE)), 50, random_state=0)
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
    model = machine(KINDS[3], parameters())
    start = some_rows(KINDS[3])
    v = model.gibbs(start, 3, random_state=0)
    np.testing.assert_array_equal(v.sum(axis=1), start.sum(axis=1))
    np.testing.assert_array_equal(v, model.gibbs(start, 3, random_state=0))
    assert not np.array_equal(v, model.gibbs(start, 3, random_state=1))


# --- Gradients -------------------------------------------------------------------------------


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


# --- Training --------------------------------------------------------------------------------


@tf.function(jit_compile=True)
def uniform(shape, seed):
    return tf.random.stateless_uniform(shape, seed, alg="threefry")


def trained_by_hand(v, model, orders, momentum):
    """What the program of 2006 does, in plain NumPy and float64, with the same random numbers."""
    start = clone(model).set_params(n_iter=0).fit(v)
    w = start.components_.T.astype(float)
    a, b = np.zeros(v.shape[1]), np.zeros(model.n_components)
    w_step, a_step, b_step = np.zeros_like(w), np.zeros_like(a), np.zeros_like(b)
    rate, size, number, errors = model.learning_rate, model.batch_size, 0, []
    for epoch, order in enumerate(orders):
        error = 0.0
        for first in range(0, len(v), size):
            data = v[order[first : first + size]]
            h_data = expit(data @ w + b)
            seed = tf.constant([start._seed, 3 * number], tf.int64)
            h = (uniform(h_data.shape, seed).numpy() < h_data).astype(float)
            v_model = expit(h @ w.T + a)
            h_model = expit(v_model @ w + b)
            w_gradient = (data.T @ h_data - v_model.T @ h_model) / size
            a_gradient = (data - v_model).sum(axis=0) / size
            b_gradient = (h_data - h_model).sum(axis=0) / size
            m = momentum[min(epoch, len(momentum) - 1)]
            w_step = m * w_step + rate * (w_gradient - model.weight_decay * w)
            a_step = m * a_step + rate * a_gradient
            b_step = m * b_step + rate * b_gradient
            w, a, b = w + w_step, a + a_step, b + b_step
            error += ((data - v_model) ** 2).sum()
            number += 1
        errors.append(error / len(v))
    return w, a, b, errors


def test_training_is_the_loop_of_the_program_of_2006_step_by_step():
    v = np.random.default_rng(0).random((23, 6)).astype(np.float32)
    # Four epochs, the third and fourth with the last momentum; three rows are left over in each.
    model = RBM(5, learning_rate=0.7, momentum=(0.0, 0.5, 0.9), weight_decay=0.3, batch_size=5,
                random_state=3)  # fmt: skip
    orders = [np.random.default_rng(epoch).permutation(23) for epoch in range(4)]
    w, a, b, errors = trained_by_hand(v, model, orders, (0.0, 0.5, 0.9))
    for order in orders:
        model.partial_fit(v[order])
    np.testing.assert_allclose(model.components_, w.T, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.intercept_visible_, a, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.intercept_hidden_, b, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.reconstruction_error_, errors, rtol=1e-5)


def test_the_machine_before_training_is_that_of_the_program_of_2006():
    model = RBM(400, n_iter=0, random_state=0).fit(np.zeros((100, 500)))
    assert model.components_.mean() == pytest.approx(0, abs=0.001)
    assert model.components_.std() == pytest.approx(0.1, rel=0.01)
    assert not model.intercept_visible_.any()
    assert not model.intercept_hidden_.any()
    assert (model.n_iter_, model.reconstruction_error_) == (0, [])


def test_the_error_of_documents_is_that_of_the_frequencies_of_words():
    n = some_rows(KINDS[3]) * 7
    # Weights of 0 while the error is taken: every word is as frequent as its bias says.
    model = machine(KINDS[3], Parameters(*(0 * value for value in parameters())))
    model.intercept_visible_ = np.log([0.1, 0.2, 0.3, 0.4])
    model.set_params(batch_size=len(n)).partial_fit(n)
    frequencies = n / n.sum(axis=1, keepdims=True)
    expected = ((frequencies - [0.1, 0.2, 0.3, 0.4]) ** 2).sum(axis=1).mean()
    assert model.reconstruction_error_ == pytest.approx([expected], rel=1e-5)


def test_fit_is_partial_fit_on_shuffled_rows():
    v = np.random.default_rng(0).random((23, 6)).astype(np.float32)
    settings = {"batch_size": 5, "random_state": 0, "momentum": (0.5, 0.9)}
    model = RBM(5, n_iter=3, **settings).fit(v)
    by_hand = RBM(5, **settings)
    for epoch in range(3):
        order = np.random.default_rng([model._seed, epoch]).permutation(23)
        assert sorted(order) == list(range(23))
        by_hand.partial_fit(v[order])
    np.testing.assert_array_equal(model.components_, by_hand.components_)
    np.testing.assert_array_equal(model.intercept_visible_, by_hand.intercept_visible_)
    np.testing.assert_array_equal(model.intercept_hidden_, by_hand.intercept_hidden_)
    assert model.reconstruction_error_ == by_hand.reconstruction_error_
    assert model.n_iter_ == by_hand.n_iter_ == 3


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True])
def test_two_passes_are_one_pass_over_the_rows_twice(persistent):
    v = np.random.default_rng(0).random((20, 50)).astype(np.float32)
    twice, once = (
        RBM(30, batch_size=5, momentum=0.9, persistent=persistent, random_state=0) for _ in range(2)
    )
    twice.partial_fit(v).partial_fit(v)
    once.partial_fit(np.concatenate([v, v]))
    np.testing.assert_allclose(twice.components_, once.components_, rtol=1e-5, atol=1e-7)


def test_blocks_of_rows_leave_no_trace(monkeypatch):
    v = np.random.default_rng(0).random((53, 6)).astype(np.float32)
    model = RBM(5, n_iter=2, batch_size=5, random_state=0).fit(v)
    answers = model.transform(v), model.free_energy(v)
    monkeypatch.setattr("ae_lib.rbm._BLOCK_ROWS", 7)
    again = RBM(5, n_iter=2, batch_size=5, random_state=0).fit(v)
    np.testing.assert_array_equal(model.components_, again.components_)
    np.testing.assert_allclose(again.transform(v), answers[0], rtol=1e-5)
    np.testing.assert_allclose(again.free_energy(v), answers[1], rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "sampling"),
    [(kinds, sampling) for kinds in KINDS for sampling in ({}, {"n_steps": 2})]
    + [(kinds, {"persistent": True}) for kinds in KINDS[:3]],
)
def test_one_seed_gives_one_machine_of_every_kind(kinds, sampling):
    v = some_rows(kinds)
    if kinds.visible == "gaussian":
        v = (v - v.mean(axis=0)) / v.std(axis=0)
    model = RBM(3, visible=kinds.visible, hidden=kinds.hidden, learning_rate=0.01, n_iter=3,
                batch_size=2, random_state=0, **sampling)  # fmt: skip
    first = model.fit(v).components_
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(model.fit(v).components_, first)
    np.testing.assert_array_equal(clone(model).fit(v).components_, first)
    assert not np.array_equal(clone(model).set_params(random_state=1).fit(v).components_, first)


def test_without_a_seed_numpys_state_decides():
    v = np.random.default_rng(0).random((20, 6))
    model = RBM(5, n_iter=1, batch_size=5)
    set_seed(1)
    first = model.fit(v).components_
    assert not np.array_equal(model.fit(v).components_, first)
    set_seed(1)
    np.testing.assert_array_equal(model.fit(v).components_, first)


@pytest.mark.parametrize("sampling", [{}, {"n_steps": 5}, {"persistent": True, "momentum": 0.0}])
def test_training_raises_the_exact_log_likelihood(sampling):
    kinds = Kinds("bernoulli", "bernoulli")
    # Two patterns, each with a little noise: the units depend on each other.
    rng = np.random.default_rng(0)
    v = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])[rng.integers(2, size=500)]
    v = np.abs(v - (rng.random(v.shape) < 0.1))
    model = RBM(N_HIDDEN, batch_size=50, n_iter=60, random_state=0, **sampling).fit(v)
    weights, *biases = model._parameters()
    learnt = log_likelihood(Parameters(weights.T, *biases), v, kinds)
    # As good as it gets without hidden units, and at all: the entropy of the rows themselves.
    p = v.mean(axis=0)
    independent = np.sum(p * np.log(p) + (1 - p) * np.log(1 - p))
    share = np.unique(v, axis=0, return_counts=True)[1] / len(v)
    best = np.sum(share * np.log(share))
    assert independent + 0.8 * (best - independent) < learnt <= best


def test_digits_are_reconstructed_better_epoch_by_epoch():
    digits = load_mnist(n_train=1000).x_train
    model = RBM(64, n_iter=3, random_state=0).fit(digits)
    errors = model.reconstruction_error_
    assert errors[0] > errors[1] > errors[2]
    for value in (model.components_, model.intercept_visible_, model.intercept_hidden_):
        assert value.dtype == np.float32
    assert model.components_.shape == (64, 784)
    assert (model.intercept_visible_.shape, model.intercept_hidden_.shape) == ((784,), (64,))
    assert model.n_features_in_ == 784
    assert model.transform(digits).dtype == model.free_energy(digits).dtype == np.float32


@pytest.mark.slow
def test_one_graph_serves_machines_of_all_sizes():
    for n_features, n_components in ((6, 5), (9, 4)):
        RBM(n_components, n_iter=1, batch_size=2).fit(np.ones((5, n_features)))
    train = compiled_training(Kinds("bernoulli", "bernoulli"), 1, False)
    assert train is compiled_training(Kinds("bernoulli", "bernoulli"), 1, False)
    shapes = [spec.shape.as_list() for spec in train.inputs if spec.shape.rank]
    assert all(length is None for shape in shapes for length in shape)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux' /proc")
def test_the_data_is_not_copied():
    def peak():
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024

    v = np.full((50_000, 1000), 0.5, np.float32)  # 191 MB
    model = RBM(4, n_iter=1, batch_size=500, random_state=0)
    model.fit(v[:1000]).transform(v[:1000])
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before = peak()
    model.fit(v)
    model.transform(v)
    model.free_energy(v)
    print(f"{v.nbytes / 2**20:.0f} MB of data, {peak() - before:.0f} MB beside it")
    assert peak() - before < v.nbytes / 2**20 / 3


# --- Settings and data -----------------------------------------------------------------------

GOOD = np.random.default_rng(0).random((10, 6))


def bad(row, column, value):
    array = GOOD.copy()
    array[row, column] = value
    return array


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


# --- Rounding, chunks and small data ---------------------------------------------------------

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
    machines = [
        RBM(3, visible="multinomial", batch_size=5, n_iter=1, random_state=0).fit(data)
        for data in (counts, rounded)
    ]
    np.testing.assert_array_equal(machines[0].components_, machines[1].components_)


@pytest.mark.parametrize("persistent", [False, True])
def test_chunks_may_have_any_number_of_rows(persistent):
    # A chunk that is smaller than a mini-batch is what is left over of a larger chunk.
    settings = {"batch_size": 4, "random_state": 0, "persistent": persistent}
    whole, chunks = (RBM(3, **settings) for _ in range(2))
    whole.partial_fit(GOOD)
    for chunk in (GOOD[:4], GOOD[4:8], GOOD[8:]):
        chunks.partial_fit(chunk)
        chunks.n_iter_ = 0  # momentum goes by passes over the data
    np.testing.assert_allclose(whole.components_, chunks.components_, atol=1e-6)
    first = RBM(3, **settings).partial_fit(GOOD[:3])
    assert not np.array_equal(first.components_, RBM(3, n_iter=0, **settings).fit(GOOD).components_)


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


# --- Refused or stopped ----------------------------------------------------------------------


def state(model):
    return {name: pickle.dumps(value) for name, value in vars(model).items()}


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
def test_a_refused_call_leaves_the_machine_as_it_was(settings, data, fitted, method):
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
def test_an_interrupted_fit_leaves_whole_epochs_or_the_machine_of_before(epoch, monkeypatch):
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


# --- Divergence ------------------------------------------------------------------------------


def test_divergence_names_the_epoch_and_leaves_the_last_sound_machine():
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


def test_a_user_whose_warnings_are_errors_can_train_and_sample():
    # Since Python 3.13 TensorFlow causes a warning of deprecation while it builds a graph.
    compiled_training.cache_clear()
    compiled_gibbs.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = RBM(5, batch_size=2, n_iter=1, random_state=0).fit(GOOD)
        assert np.isfinite(model.gibbs(GOOD)).all()


# --- As scikit-learn's estimators ------------------------------------------------------------


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


@pytest.mark.parametrize(("verbose", "hidden"), [(1, False), (1, True), (0, False)])
def test_the_bar_says_what_is_trained(verbose, hidden, monkeypatch, capsys):
    monkeypatch.setenv("AE_PROGRESS", "0" if hidden else "1")
    model = RBM(5, batch_size=5, n_iter=2, verbose=verbose)
    model._description = "layer 2 of 4"
    model.fit(GOOD)
    shown = capsys.readouterr().err
    assert ("layer 2 of 4" in shown) == (verbose == 1 and not hidden)
