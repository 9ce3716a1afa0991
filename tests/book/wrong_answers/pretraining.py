"""Typical wrong answers to the exercises of chapter 4, each with words of its hint."""

import numpy as np


def layers_of(rbms, *, turned=True, transposed=True, bias="a"):
    encoder = [(W, b) for W, _, b in rbms]
    down = list(reversed(rbms)) if turned else rbms
    chosen = {"a": lambda a, b: a, "b": lambda a, b: b, "zero": lambda a, b: 0 * a}[bias]
    return encoder + [(W.T if transposed else W, chosen(a, b)) for W, a, b in down]


WRONG = {
    "unrolled": [
        (lambda rbms: layers_of(rbms, turned=False), "the last machine comes first"),
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
    "equal_time": [
        (lambda curve, epochs, one, before: curve[epochs], "at equal updates"),
        (
            lambda curve, epochs, one, before: curve[epochs + int(np.ceil(before / one))],
            "one epoch too many",
        ),
        (
            lambda curve, epochs, one, before: curve[epochs + int(before / one) - 1],
            "one epoch too few",
        ),
        (lambda curve, epochs, one, before: curve[int(before / one)], "Only the time"),
    ],
}
