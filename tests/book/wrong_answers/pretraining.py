"""Typical wrong answers to the exercises of chapter 4, each with words of its hint."""

import itertools

import numpy as np


def layers_of(rbms, *, turned=True, transposed=True, bias="a"):
    encoder = [(W, b) for W, _, b in rbms]
    down = list(reversed(rbms)) if turned else rbms
    chosen = {"a": lambda a, b: a, "b": lambda a, b: b, "zero": lambda a, b: 0 * a}[bias]
    return encoder + [(W.T if transposed else W, chosen(a, b)) for W, a, b in down]


def ratio(sizes, k, *, both=2, handed=5):
    """Cost of an epoch of CD-k; the first layer is counted as its share of 6 says."""
    matrices = [n_in * n_out for n_in, n_out in itertools.pairwise(sizes)]
    fine_tuning = 3 * both * sum(matrices) - (6 - handed) * matrices[0]
    return (3 + 2 * k) * sum(matrices) / fine_tuning


WRONG = {
    "unrolled": [
        (lambda rbms: layers_of(rbms, turned=False), "the last RBM comes first"),
        (lambda rbms: layers_of(rbms, transposed=False), "have to be transposed"),
        (lambda rbms: layers_of(rbms, bias="b"), "visible ones"),
        (lambda rbms: layers_of(rbms, bias="zero"), "visible ones"),
        (lambda rbms: layers_of(rbms)[:3], "six layers"),
    ],
    "masked": [
        (lambda x, share, rng: np.array(x), "Nothing is masked"),
        (lambda x, share, rng: x * (rng.random(np.shape(x)) < share), "was masked, and the share"),
        (lambda x, share, rng: x * (rng.random(np.shape(x)[1]) >= share), "the same pixels"),
        (lambda x, share, rng: x * (rng.random((len(x), 1)) >= share), "Whole digits"),
        (
            lambda x, share, rng: x * (rng.random(np.shape(x)) >= share) / (1 - share),
            "as dropout does",
        ),
        (
            lambda x, share, rng: x * (np.random.default_rng(0).random(np.shape(x)) >= share),
            "Twice the same",
        ),
        (lambda x, share, rng: x * rng.random(np.shape(x)), "Some have another value"),
    ],
    "winner": [
        (lambda rates, validation, test: (int(np.argmin(validation)), True), "place in the grid"),
        (lambda rates, validation, test: (min(validation), True), "smallest error"),
        (
            lambda rates, validation, test: (rates[int(np.argmax(validation))], True),
            "largest validation error",
        ),
        (
            lambda rates, validation, test: (
                rates[int(np.argmin(validation))],
                np.argmin(validation) in (0, 5),
            ),
            "neither the first nor the last",
        ),
    ],
    "equal_work": [
        (lambda sizes, epochs, k: epochs * ratio(sizes, 1), "`k` was not used"),
        (lambda sizes, epochs, k: k * epochs * ratio(sizes, 1), "done k times"),
        (lambda sizes, epochs, k: epochs * ratio(sizes, k / 2), "goes down and up"),
        (lambda sizes, epochs, k: epochs * ratio(sizes, k, handed=6), "the first layer"),
        (lambda sizes, epochs, k: epochs * ratio(sizes, k, both=1), "two matrices"),
        (lambda sizes, epochs, k: 1 / (epochs * ratio(sizes, k)), "other way round"),
        (lambda sizes, epochs, k: ratio(sizes, k), "one epoch of pretraining"),
    ],
}
