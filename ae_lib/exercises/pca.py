"""Checks for the exercises to chapter 5: subspaces, axes, and who looks at labels."""

import itertools

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._codes import check_code
from ae_lib.exercises._comparing import agrees, as_array, as_bool, as_numbers, compare, parts
from ae_lib.exercises._findings import Ambiguous, Unsolved, Wrong

# The checks, in the order of the exercises.
__all__ = ["components", "variances", "largest_angle", "axes", "looks_at_labels", "thirty_numbers"]


def _cloud(rng, n=200, d=7):
    """Draw a cloud with clearly different variances along turned axes, far from the origin."""
    spread = np.sqrt(10.0) ** -np.arange(d)
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return rng.normal(size=(n, d)) * spread @ turned.T + rng.normal(0, 3, d)


def _axes(x, k):
    """The first k principal components, a row each, by the covariance's eigenvectors."""
    vectors = np.linalg.eigh(np.cov(x.T))[1]
    return vectors.T[::-1][:k]


def _overlap(first, second):
    """|cos| between rows."""
    first = first / np.linalg.norm(first, axis=1, keepdims=True)
    return np.abs(np.sum(first * second, axis=1))


def _parallel(first, second):
    """Tell whether each row has the direction of the other's row, or the opposite one."""
    same = np.abs(np.sum(first * second, axis=1))
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.allclose(same, lengths, rtol=1e-3) and (lengths > 0).all()


def _compare_axes(received, expected, what, mistakes):
    """Compare directions, of which the sign says nothing."""
    if any(
        _parallel(*pair) for pair in itertools.combinations([expected, *dict(mistakes).values()], 2)
    ):
        raise Ambiguous
    received = as_array(received) if as_array(received) is not None else received
    if isinstance(received, np.ndarray) and received.shape == expected.shape:
        received = np.nan_to_num(received, nan=0.0, posinf=0.0, neginf=0.0)
        for hint, wrong in mistakes:
            if _parallel(received, wrong):
                raise Wrong(hint)
        if (np.linalg.norm(received, axis=1) == 0).any():
            raise Wrong(f"{what}: one of the directions is zero, or not a number.")
        if np.allclose(_overlap(received, expected), 1, rtol=1e-3):
            lengths = np.linalg.norm(received, axis=1)
            compare(lengths, np.ones(len(lengths)), f"{what}: their lengths")
            return
        raise Wrong(
            f"{what}: |cos| to the right directions should be 1. Received: "
            f"{_overlap(received, expected).round(3).tolist()}."
        )
    as_numbers(received, expected.shape, what)


def components(answer, rng):
    """PCA by the singular value decomposition, compared with the covariance's eigenvectors."""
    x, k = _cloud(rng), 3
    mean, directions = parts(call(answer, x=x, k=k), ["mean", "components"])
    compare(
        mean,
        x.mean(axis=0),
        "The mean",
        [("This is one mean of everything. Each pixel has its own: `axis=0`.", x.mean())],
    )
    _compare_axes(
        directions,
        _axes(x, k),
        "The components",
        [
            (
                "The mean was not taken off before the decomposition, so that the first direction "
                "points to it.",
                np.linalg.svd(x, full_matrices=False)[2][:k],
            ),
            (
                "These are the directions of smallest variance. The largest come first.",
                _axes(x, 7)[::-1][:k],
            ),
            (
                "These are columns of V. NumPy returns the transpose of V, so the components are "
                "the rows of what it returns.",
                _axes_as_columns(x, k),
            ),
        ],
    )


def _axes_as_columns(x, k):
    return np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:, :k].T


def variances(answer, rng):
    """Variances by the singular values, compared with those of the codes."""
    x, k = _cloud(rng), 4
    n = len(x)
    expected = ((x - x.mean(axis=0)) @ _axes(x, k).T).var(axis=0)
    s = np.sqrt(n * expected)
    uncentred = np.linalg.svd(x, compute_uv=False)[:k] ** 2 / n
    compare(
        call(answer, x=x, k=k),
        expected,
        "The variances",
        [
            ("These are singular values. A variance is a square: s^2 / n.", s),
            ("These are the squares of the singular values. Divide by the number of rows.", s**2),
            ("These are standard deviations. Square them.", np.sqrt(expected)),
            ("The mean was not taken off before the decomposition.", uncentred),
            (
                "These are shares of all variance. Asked for are the variances themselves.",
                expected / x.var(axis=0).sum(),
            ),
        ],
    )


def largest_angle(answer, rng):
    """The largest principal angle, with bases that are not orthonormal."""
    d, k = 8, 3
    # Two subspaces with known angles, each with a random basis.
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    angles = np.sort(rng.uniform([5, 25, 50], [20, 45, 80]))
    radians = np.deg2rad(angles)
    first = turned[:, :k]
    second = first * np.cos(radians) + turned[:, k : 2 * k] * np.sin(radians)
    A, B = (basis @ rng.normal(size=(k, k)) for basis in (first, second))
    raw = np.linalg.svd(A.T @ B, compute_uv=False)
    units = [basis / np.linalg.norm(basis, axis=0) for basis in (A, B)]
    scaled = np.linalg.svd(units[0].T @ units[1], compute_uv=False)
    columns = np.abs(np.sum(units[0] * units[1], axis=0))
    no_basis = "Columns that are not at right angles to each other are no basis to measure in: "
    compare(
        call(answer, A=A, B=B),
        angles[-1],
        "The largest angle",
        [
            (
                "This is the smallest of the angles. The smallest cosine has the largest angle.",
                angles[0],
            ),
            ("This is in radians. Degrees are asked for.", radians[-1]),
            ("This is a cosine. Take its arccos, in degrees.", np.cos(radians[-1])),
            (
                no_basis + "orthonormalise A and B first (`np.linalg.qr`).",
                np.rad2deg(np.arccos(np.clip(raw.min(), -1, 1))),
            ),
            (
                no_basis + "to give them length 1 is not enough.",
                np.rad2deg(np.arccos(np.clip(scaled.min(), -1, 1))),
            ),
            (
                "You compare column with column. A subspace has many bases.",
                np.rad2deg(np.arccos(columns.min())),
            ),
        ],
        infinite="Rounding can make a cosine 1.0000001: `np.clip` it before `np.arccos`.",
        distinct=True,
    )
    same = call(answer, A=A, B=A @ rng.normal(size=(k, k)))
    value = as_numbers(
        same,
        (),
        "The angle of a subspace to itself",
        infinite="Rounding can make a cosine 1.0000001: `np.clip` it before `np.arccos`.",
    )
    if abs(value) > 0.01:
        raise Wrong(f"A subspace has an angle of 0 to itself, in any basis. Received: {value:.3g}.")


def axes(answer, rng):
    """PCA's axes from a linear autoencoder that has found PCA's plane."""
    k = 3
    x = _cloud(rng)
    x = x - x.mean(axis=0)
    principal = _axes(x, k)
    mix = rng.normal(size=(k, k))
    encoder, decoder = principal.T @ np.linalg.inv(mix), mix @ principal
    received = call(answer, x=x, encoder=encoder, decoder=decoder)
    if agrees(received, decoder / np.linalg.norm(decoder, axis=1, keepdims=True)):
        raise Unsolved
    _compare_axes(
        received,
        principal,
        "The axes",
        [
            (
                "These are the decoder's rows. Each is a mixture of components, by equation (5.3).",
                decoder,
            ),
            (
                "These are singular vectors of the decoder. Without a penalty on the weights they "
                "are as arbitrary as its rows (section 'Getting the axes back').",
                np.linalg.svd(decoder, full_matrices=False)[2],
            ),
            ("These are the encoder's columns, which are mixtures, too.", encoder.T),
            ("These are the directions of smallest variance first.", principal[::-1]),
            (
                "This is an orthonormal basis of the plane, but not its principal axes: no data "
                "went into it.",
                np.linalg.qr(decoder.T)[0].T,
            ),
        ],
    )


def looks_at_labels(answer, rng):
    """Tell methods that see labels from those that do not."""

    def mean_of_all(x, y):
        return x.mean(axis=0)

    def pca(x, y):
        return np.abs(_axes(x, 2))

    def means_of_classes(x, y):
        return np.stack([x[y == label].mean(axis=0) for label in np.unique(y)])

    def direction_between(x, y):
        return x[y == 1].mean(axis=0) - x[y == 0].mean(axis=0)

    def count(x, y):
        return np.bincount(y)

    x = _cloud(rng)
    y = np.arange(len(x)) % 3
    methods = [mean_of_all, pca, means_of_classes, direction_between]
    truth = [False, False, True, True]
    said = []
    for method in methods:
        value = call(answer, method=method, x=x, y=y, rng=rng)
        said.append(as_bool(value))
        if said[-1] is None:
            raise Wrong(
                f"Expected True or False for {method.__name__}. Received: a {type(value).__name__}."
            )
    if said == [not value for value in truth]:
        raise Wrong(
            "True and False are exchanged: a method that gives the same answer for "
            "shuffled labels has not looked at them."
        )
    if not any(said):
        raise Wrong(
            "Never True. Do the labels change at all between your two calls? A method has "
            "to be called with shuffled labels, and with the same x."
        )
    if all(said):
        raise Wrong(
            "Always True, even for the mean of all rows. Shuffle the labels alone, and "
            "leave x as it is: shuffled together, only the rows' order changes."
        )
    for method, value, right in zip(methods, said, truth, strict=True):
        if value != right:
            raise Wrong(f"For {method.__name__}, expected {right}. Received: {value}.")


def thirty_numbers(answer, rng):
    """Thirty numbers for a test digit, and less than PCA's error."""
    check_code(answer, rng, target=13.0, rival="PCA with 30 components has 13.87")
