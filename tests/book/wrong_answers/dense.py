"""Typical wrong answers to the exercises of chapter 6, each with words of its hint."""

import itertools

import numpy as np

from tests.book.wrong_answers import pca


def weights(sizes):
    return sum(m * n for m, n in itertools.pairwise(sizes))


def entropy(x, guard=1e-12):
    x = np.clip(x, guard, 1 - guard)
    return -(x * np.log(x) + (1 - x) * np.log(1 - x))


def unguarded(x):
    return -(x * np.log(x) + (1 - x) * np.log(1 - x)).sum(axis=1).mean()


def loss(x, z, guard=0.0):
    answer = np.clip(1 / (1 + np.exp(-z)), guard, 1 - guard)
    return (-x * np.log(answer) - (1 - x) * np.log(1 - answer)).sum(axis=1).mean()


def stretches(n, n_validation, n_test, rng):
    rows = np.arange(n)
    first = n - n_validation - n_test
    return rows[:first], rows[first : n - n_test], rows[n - n_test :]


def cut(rows, n, n_validation, n_test):
    return rows[n_validation + n_test :], rows[:n_validation], rows[n_validation:][:n_test]


WRONG = {
    "n_parameters": [
        (weights, "biases are missing"),
        (lambda sizes: weights(sizes) + sum(sizes), "input has no biases"),
        (lambda sizes: weights(sizes) + len(sizes) - 1, "not one altogether"),
    ],
    "loss_floor": [
        (lambda x: entropy(x).mean(), "mean over pixels"),
        (lambda x: entropy(x).sum(axis=1).mean() / np.log(2), "These are bits"),
        (lambda x: entropy(x).sum(), "added up the images"),
        (unguarded, "0 times log 0"),
        (lambda x: entropy(x, 0.01).sum(axis=1).mean(), "guards the logarithm"),
    ],
    "cross_entropy": [
        (loss, "log 0 is infinite"),
        (lambda x, z: loss(x, z, 1e-7), "The answer was clipped"),
        (lambda x, z: loss(x, z) / x.shape[1], "mean over pixels"),
        (lambda x, z: -loss(x, z), "The sign is wrong"),
        (lambda x, z: loss(x, z) * len(x), "added up the images"),
    ],
    "honest_error": [
        (lambda train, validation, test: validation.min(), "too good by the choice"),
        (lambda train, validation, test: test[train.argmin()], "simply the last"),
        (lambda train, validation, test: validation.argmin(), "number of the epoch"),
        (lambda train, validation, test: train.min(), "nothing about new digits"),
    ],
    "split": [
        (stretches, "one stretch of rows"),
        (
            lambda n, n_v, n_t, rng: cut(rng.integers(0, n, n), n, n_v, n_t),
            "in two of the parts",
        ),
        (
            lambda n, n_v, n_t, rng: cut(rng.permutation(n) + 1, n, n_v, n_t),
            "from 0 to n - 1",
        ),
        (
            lambda n, n_v, n_t, rng: cut(np.random.default_rng(0).permutation(n), n, n_v, n_t),
            "Twice the same split",
        ),
        (lambda n, n_v, n_t, rng: (rng.permutation(n), rng.permutation(n)), "Expected 3 results"),
    ],
    "thirty_numbers": [
        ((pca.mean_only, pca.mean_back), "what the mean image has"),
        ((lambda x: x, lambda z: z), "A code has 30 numbers"),
        ((lambda x: pca.of_the_batch(x), pca.mean_back), "depends on the other digits"),
    ],
}
