"""Training is the loop of the program of 2006, repeats with its seed, and learns."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import clone

from ae_lib import RBM, load_mnist, set_seed
from ae_lib._keras import tf
from ae_lib.rbm.formulas import Kinds, Parameters
from ae_lib.rbm.training import compiled_training
from tests.ae_lib.rbm.small_rbms import (
    GOOD,
    KINDS,
    N_HIDDEN,
    log_likelihood,
    parameters,
    small_rbm,
    some_rows,
)


@tf.function(jit_compile=True)
def uniform(shape, seed):
    return tf.random.stateless_uniform(shape, seed, alg="threefry")


def trained_by_hand(v, model, orders, momentum):
    """What the program of 2006 does, in plain NumPy and float64, with the same random numbers."""
    start = clone(model).set_params(n_iter=0).fit(v)
    random_seed = start.get_state()["seed"]
    w = start.components_.T.astype(float)
    a, b = np.zeros(v.shape[1]), np.zeros(model.n_components)
    w_step, a_step, b_step = np.zeros_like(w), np.zeros_like(a), np.zeros_like(b)
    rate, size, number, errors = model.learning_rate, model.batch_size, 0, []
    for epoch, order in enumerate(orders):
        error = 0.0
        for first in range(0, len(v), size):
            data = v[order[first : first + size]]
            h_data = expit(data @ w + b)
            seed = tf.constant([random_seed, 3 * number], tf.int64)
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


def test_the_rbm_before_training_is_that_of_the_program_of_2006():
    model = RBM(400, n_iter=0, random_state=0).fit(np.zeros((100, 500)))
    assert model.components_.mean() == pytest.approx(0, abs=0.001)
    assert model.components_.std() == pytest.approx(0.1, rel=0.01)
    assert not model.intercept_visible_.any()
    assert not model.intercept_hidden_.any()
    assert (model.n_iter_, model.reconstruction_error_) == (0, [])


def test_the_error_of_documents_is_that_of_the_frequencies_of_words():
    n = some_rows(KINDS[3]) * 7
    # Weights of 0 while the error is taken: every word is as frequent as its bias says.
    model = small_rbm(KINDS[3], Parameters(*(0 * value for value in parameters())))
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
        order = np.random.default_rng([model.get_state()["seed"], epoch]).permutation(23)
        assert sorted(order) == list(range(23))
        by_hand.partial_fit(v[order])
    np.testing.assert_array_equal(model.components_, by_hand.components_)
    np.testing.assert_array_equal(model.intercept_visible_, by_hand.intercept_visible_)
    np.testing.assert_array_equal(model.intercept_hidden_, by_hand.intercept_hidden_)
    assert model.reconstruction_error_ == by_hand.reconstruction_error_
    assert model.n_iter_ == by_hand.n_iter_ == 3


@pytest.mark.slow
@pytest.mark.parametrize("persistent", [False, True])
def test_two_epochs_are_one_epoch_over_the_rows_twice(persistent):
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
    monkeypatch.setattr("ae_lib.rbm.blocks.BLOCK_ROWS", 7)
    again = RBM(5, n_iter=2, batch_size=5, random_state=0).fit(v)
    np.testing.assert_array_equal(model.components_, again.components_)
    np.testing.assert_allclose(again.transform(v), answers[0], rtol=1e-5)
    np.testing.assert_allclose(again.free_energy(v), answers[1], rtol=1e-5)


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "sampling"),
    [(kinds, sampling) for kinds in KINDS for sampling in ({}, {"n_steps": 2})]
    + [(kinds, {"persistent": True}) for kinds in KINDS[:3]],
)
def test_one_seed_gives_one_rbm_of_every_kind(kinds, sampling):
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
    learnt = Parameters(model.components_.T, model.intercept_visible_, model.intercept_hidden_)
    learnt = log_likelihood(learnt, v, kinds)
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
def test_one_graph_serves_rbms_of_all_sizes():
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
