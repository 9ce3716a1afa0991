"""Checks for the exercises to chapter 4: a stack unrolled, inputs masked, a race judged."""

import itertools

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._comparing import agrees, as_bool, as_numbers, compare, parts
from ae_lib.exercises._findings import Wrong

# The checks, in the order of the exercises.
__all__ = ["unrolled", "masked", "winner", "equal_work"]


def unrolled(answer, rng):
    """A stack of three RBMs as the layers of an autoencoder."""
    sizes = rng.choice(np.arange(3, 9), size=4, replace=False)
    rbms = [
        (rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n))
        for m, n in itertools.pairwise(sizes)
    ]
    received = call(answer, rbms=rbms)
    if not isinstance(received, tuple | list):
        raise Wrong(
            "Expected a list of layers, each a pair of a matrix and a bias. Received: "
            f"{type(received).__name__}."
        )
    if len(received) != 6:
        raise Wrong(f"Three RBMs give six layers, up and down. Received: {len(received)}.")
    layers = [parts(layer, ["matrix", "bias"]) for layer in received]
    expected = [(W, b) for W, _, b in rbms]
    expected += [(W.T, a) for W, a, _ in reversed(rbms)]
    if _same_layers(layers, expected[:3] + expected[:2:-1]):
        raise Wrong("The decoder begins at the code: the last RBM comes first.")
    for number, ((matrix, bias), (W, c)) in enumerate(zip(layers, expected, strict=True), 1):
        if number > 3 and agrees(matrix, W.T):
            raise Wrong("On the way down the matrices have to be transposed.")
        compare(matrix, W, f"The matrix of layer {number}")
        if (number > 3 and np.shape(bias) != c.shape) or agrees(bias, 0 * c):
            raise Wrong(
                "The decoder's biases are the visible ones, a, of the RBM that is turned "
                "over. Zeros or hidden biases will not do."
            )
        compare(bias, c, f"The bias of layer {number}")


def _same_layers(first, second):
    return all(
        agrees(x, y) for pair in zip(first, second, strict=True) for x, y in zip(*pair, strict=True)
    )


def masked(answer, rng):
    """Masking noise: a share of the pixels, drawn for each digit anew, is 0; the rest stays."""
    share = rng.uniform(0.2, 0.4)
    x = rng.uniform(0.2, 1, size=(400, 60))
    received = call(answer, x=x, share=share, rng=rng)
    value = as_numbers(received, x.shape, "The masked digits")
    hidden = value == 0
    if agrees(value, x):
        raise Wrong("Nothing is masked: the digits come back as they are.")
    if agrees(value, np.where(hidden, 0, x / (1 - share))):
        raise Wrong(
            "What is left was divided by 1 - share, as dropout does. Masking noise leaves it as it "
            "is."
        )
    if not agrees(value, np.where(hidden, 0, x)):
        raise Wrong("A pixel is either set to 0 or left as it is. Some have another value.")
    # The standard error of the share is 0.003.
    if (hidden == hidden[:1]).all():
        raise Wrong("All digits lose the same pixels. Draw anew for each digit: `x.shape`.")
    if (hidden == hidden[:, :1]).all():
        raise Wrong("Whole digits are masked or left. Draw for each pixel of each digit.")
    if abs(hidden.mean() - (1 - share)) < 0.02:
        raise Wrong("The share that is left was masked, and the share to be masked was left.")
    if abs(hidden.mean() - share) > 0.02:
        raise Wrong(
            f"The share of masked pixels: expected {share:.3f}. Received: {hidden.mean():.3f}."
        )
    again = call(answer, x=x, share=share, rng=rng)
    if agrees(value, again):
        raise Wrong("Twice the same pixels. Draw with the `rng` that you are given.")


def winner(answer, rng):
    """Choose a rate on validation errors, and say whether it is inside the grid."""
    n = 6
    rates = 0.001 * 2.0 ** np.arange(n)
    at = int(rng.choice([0, n - 1]) if rng.random() < 0.5 else rng.integers(1, n - 1))
    other, worst = rng.permutation([place for place in range(n) if place != at])[:2]
    validation, test = rng.uniform(11, 20, size=(2, n))
    validation[[at, worst]], test[other] = [10, 25], 9
    received = call(answer, rates=rates, validation=validation, test=test)
    rate, inside = parts(received, ["rate", "inside"])
    compare(
        rate,
        rates[at],
        "The rate",
        [
            ("This is the place in the grid. A rate is asked for.", at),
            ("This is the smallest error. The rate that it belongs to is asked for.", 10.0),
            ("This rate has the largest validation error.", rates[worst]),
        ],
        planted=rates[other],
    )
    if as_bool(inside) != (0 < at < n - 1):
        raise Wrong(
            "`inside` is to be True if the rate is neither the first nor the last of the grid, and "
            "False if it is one of them: then the best rate may be outside."
        )


def equal_work(answer, rng):
    """What pretraining by CD-k costs, in epochs of fine-tuning."""
    sizes = [int(units) for units in np.sort(rng.choice(np.arange(5, 60), 4, replace=False))[::-1]]
    epochs, k = int(rng.integers(2, 8)), int(rng.integers(2, 6))
    received = call(answer, sizes=sizes, epochs=epochs, k=k)
    matrices = [n_in * n_out for n_in, n_out in itertools.pairwise(sizes)]
    whole, first = sum(matrices), matrices[0]
    pretraining, fine_tuning = epochs * (3 + 2 * k) * whole, 6 * whole - first
    compare(
        received,
        pretraining / fine_tuning,
        "The cost",
        [
            ("This is the cost of CD-1: `k` was not used.", 5 * epochs * whole / fine_tuning),
            (
                "The whole of CD-1 was done k times. The chain starts once, and the two statistics "
                "are collected once.",
                5 * k * epochs * whole / fine_tuning,
            ),
            (
                "A step of the chain goes down and up: two multiplications by a weight, not one.",
                epochs * (3 + k) * whole / fine_tuning,
            ),
            (
                "Fine-tuning need not hand a gradient down through the first layer.",
                pretraining / (6 * whole),
            ),
            (
                "The autoencoder has two matrices for each RBM, one up and one down.",
                pretraining / (3 * whole - first),
            ),
            ("This is the other way round.", fine_tuning / pretraining),
            ("This is the cost of one epoch of pretraining.", pretraining / epochs / fine_tuning),
            ("These are multiplications, not epochs of fine-tuning.", pretraining),
        ],
        distinct=True,
    )
