"""The measures agree with scikit-learn, with plain loops, and with the published numbers."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from ae_lib import load_mnist, nearest_neighbour_accuracy, squared_error


def test_squared_error_is_summed_over_pixels_and_averaged_over_images():
    rng = np.random.default_rng(0)
    x, x_hat = rng.random((2, 7, 3, 4))
    by_hand = [sum((x[i, j, k] - x_hat[i, j, k]) ** 2 for j in range(3) for k in range(4))
               for i in range(7)]  # fmt: skip
    np.testing.assert_allclose(squared_error(x, x_hat, per_image=True), by_hand)
    assert squared_error(x, x_hat) == pytest.approx(np.mean(by_hand))


@pytest.mark.slow
def test_published_errors_on_the_test_digits():
    digits = load_mnist()
    mean_image = np.broadcast_to(digits.x_train.mean(axis=0), digits.x_test.shape)
    assert round(squared_error(digits.x_test, mean_image), 2) == 52.90
    pca = PCA(30, svd_solver="covariance_eigh").fit(digits.x_train)
    x_hat = pca.inverse_transform(pca.transform(digits.x_test))
    # Hinton & Salakhutdinov (2006), Fig. 2B.
    assert round(squared_error(digits.x_test, x_hat), 2) == 13.87


def test_many_small_errors_keep_their_sum():
    x = np.zeros((20_000, 784), np.float32)
    assert squared_error(x, x + np.float32(0.1)) == pytest.approx(7.84, rel=1e-6)


@pytest.mark.parametrize(
    ("x", "x_hat", "error", "words"),
    [
        (np.zeros((3, 4)), np.zeros((3, 5)), ValueError, r"\(3, 4\) and \(3, 5\)"),
        (np.zeros(4), np.zeros(4), ValueError, r"\(n_images, ...\)"),
        (np.zeros((2, 2)), np.full((2, 2), np.nan), ValueError, "x_hat must be finite.*4 values"),
        (np.zeros((0, 2)), np.zeros((0, 2)), ValueError, "x must not be empty"),
        (np.array([["a"]]), np.zeros((1, 1)), TypeError, "dtype <U1"),
    ],
)
def test_squared_error_names_what_is_wrong(x, x_hat, error, words):
    with pytest.raises(error, match=words):
        squared_error(x, x_hat)


@pytest.mark.parametrize("n_neighbors", [1, 3, 8])
def test_accuracy_agrees_with_scikit_learn(n_neighbors):
    rng = np.random.default_rng(1)
    codes, codes_test = rng.normal(size=(90, 3)), rng.normal(size=(40, 3))
    labels, labels_test = rng.integers(4, size=90), rng.integers(4, size=40)
    oracle = KNeighborsClassifier(n_neighbors)
    assert nearest_neighbour_accuracy(
        codes, labels, codes_test, labels_test, n_neighbors=n_neighbors
    ) == pytest.approx(oracle.fit(codes, labels).score(codes_test, labels_test))
    left_out = cross_val_score(oracle, codes, labels, cv=LeaveOneOut()).mean()
    assert nearest_neighbour_accuracy(codes, labels, n_neighbors=n_neighbors) == pytest.approx(
        left_out
    )


def test_a_code_is_not_its_own_neighbour_even_beside_a_duplicate():
    assert nearest_neighbour_accuracy([[0.0], [0.0], [9.0]], [1, 1, 2]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([[0.0]], [1, 2]), "labels must have one label for each of 1 codes"),
        (([[0.0], [1.0]], [1, 2], [[0.0]]), "go together"),
        (([[0.0], [1.0]], [1, 2], [[0.0, 1.0]], [1]), "1 and 2"),
        (([0.0, 1.0], [1, 2]), "codes must have 2 dimensions"),
        (([[0.0], [np.inf]], [1, 2]), "codes must be finite"),
        (([[0.0]], [1]), "at most 0"),
    ],
)
def test_accuracy_names_what_is_wrong(arguments, words):
    with pytest.raises(ValueError, match=words):
        nearest_neighbour_accuracy(*arguments)
