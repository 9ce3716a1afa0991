"""Typical wrong answers to the exercises of chapter 5, each with words of its hint."""

import numpy as np

from ae_lib import load_mnist


def svd_of(x):
    return np.linalg.svd(x, full_matrices=False)


def centred(x):
    return x - x.mean(axis=0)


def smallest_first(x, k):
    return x.mean(axis=0), np.linalg.eigh(np.cov(x.T))[1].T[:k]


def angles(A, B):
    return np.rad2deg(np.arccos(np.clip(np.linalg.svd(A.T @ B, compute_uv=False), -1, 1)))


def unit(A):
    return A / np.linalg.norm(A, axis=0)


def basis(A):
    return np.linalg.qr(A)[0]


def mean_only(x):
    return np.zeros((len(x), 30))


def mean_back(codes):
    return np.tile(MEAN_IMAGE, (len(codes), 1))


MEAN_IMAGE = load_mnist(n_train=1000).x_train.mean(axis=0)


class Memory:
    """A decoder that remembers what was encoded."""

    def encode(self, x):
        self.x = np.array(x)
        return np.repeat(np.arange(len(x), dtype=float)[:, None], 30, axis=1)

    def decode(self, codes):
        return self.x[codes[:, 0].astype(int) % len(self.x)]


def of_the_batch(x):
    return centred(x)[:, 300:330]


REMEMBERING = Memory()

WRONG = {
    "components": [
        (lambda x, k: (x.mean(axis=0), svd_of(x)[2][:k]), "mean was not taken off"),
        (smallest_first, "smallest variance"),
        (lambda x, k: (x.mean(axis=0), svd_of(centred(x))[2][:, :k].T), "columns of V"),
        (lambda x, k: (x.mean(), svd_of(centred(x))[2][:k]), "Each pixel has its own"),
        (lambda x, k: svd_of(centred(x))[2][:k], "Expected 2 results"),
        (lambda x, k: (x.mean(axis=0), svd_of(centred(x))[2][:k].T), "transpose"),
        (lambda x, k: (x.mean(axis=0), 2 * svd_of(centred(x))[2][:k]), "their lengths"),
    ],
    "variances": [
        (lambda x, k: svd_of(centred(x))[1][:k], "singular values. A variance"),
        (lambda x, k: svd_of(centred(x))[1][:k] ** 2, "Divide by the number"),
        (lambda x, k: svd_of(centred(x))[1][:k] / np.sqrt(len(x)), "standard deviations"),
        (lambda x, k: svd_of(x)[1][:k] ** 2 / len(x), "mean was not taken off"),
        (
            lambda x, k: svd_of(centred(x))[1][:k] ** 2 / len(x) / x.var(axis=0).sum(),
            "shares of all variance",
        ),
    ],
    "largest_angle": [
        (lambda A, B: angles(A, B).max(), "orthonormalise A and B"),
        (lambda A, B: angles(unit(A), unit(B)).max(), "length 1 is not enough"),
        (lambda A, B: angles(basis(A), basis(B)).min(), "smallest of the angles"),
        (lambda A, B: np.deg2rad(angles(basis(A), basis(B)).max()), "in radians"),
        (lambda A, B: np.cos(np.deg2rad(angles(basis(A), basis(B)).max())), "This is a cosine"),
    ],
    "axes": [
        (lambda x, encoder, decoder: svd_of(decoder)[2], "singular vectors of the decoder"),
        (lambda x, encoder, decoder: encoder.T, "encoder's columns"),
        (lambda x, encoder, decoder: basis(decoder.T).T, "no data went into it"),
        (lambda x, encoder, decoder: svd_of(x)[2][:3][::-1], "smallest variance first"),
    ],
    "looks_at_labels": [
        (lambda method, x, y, rng: True, "Always True"),
        (lambda method, x, y, rng: False, "Never True"),
        (
            lambda method, x, y, rng: not np.array_equal(method(x, y), method(x, y)),
            "Do the labels change at all",
        ),
        (
            lambda method, x, y, rng: np.array_equal(method(x, y), method(x, rng.permutation(y))),
            "True and False are exchanged",
        ),
    ],
    "thirty_numbers": [
        ((mean_only, mean_back), "what the mean image has"),
        ((lambda x: x, lambda z: z), "A code has 30 numbers"),
        ((REMEMBERING.encode, REMEMBERING.decode), "depends on the other digits"),
        ((of_the_batch, mean_back), "depends on the other digits"),
        (mean_only, "Expected 2 results"),
    ],
}
