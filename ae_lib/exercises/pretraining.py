"""Checks for the exercises to chapter 4: what a stack of RBMs becomes."""

import itertools

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._comparing import agrees, compare, parts
from ae_lib.exercises._findings import Wrong

# The checks, in the order of the exercises.
__all__ = ["unrolled"]


def unrolled(answer, rng):
    """A stack of three RBMs as the layers of an autoencoder."""
    sizes = rng.choice(np.arange(3, 9), size=4, replace=False)
    rbms = [
        (rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n))
        for m, n in itertools.pairwise(sizes)
    ]
    received = call(answer, machines=rbms)
    if not isinstance(received, tuple | list):
        raise Wrong(
            "Expected a list of layers, each a pair of a matrix and a bias. Received: "
            f"{type(received).__name__}."
        )
    if len(received) != 6:
        raise Wrong(f"Three machines give six layers, up and down. Received: {len(received)}.")
    layers = [parts(layer, ["matrix", "bias"]) for layer in received]
    expected = [(W, b) for W, _, b in rbms]
    expected += [(W.T, a) for W, a, _ in reversed(rbms)]
    if _same_layers(layers, expected[:3] + expected[:2:-1]):
        raise Wrong("The decoder begins at the code: the last machine comes first.")
    for number, ((matrix, bias), (W, c)) in enumerate(zip(layers, expected, strict=True), 1):
        if number > 3 and agrees(matrix, W.T):
            raise Wrong("On the way down the matrices have to be transposed.")
        compare(matrix, W, f"The matrix of layer {number}")
        if (number > 3 and np.shape(bias) != c.shape) or agrees(bias, 0 * c):
            raise Wrong(
                "The decoder's biases are the visible ones, a, of the machine that is turned "
                "over. Zeros or hidden biases will not do."
            )
        compare(bias, c, f"The bias of layer {number}")


def _same_layers(first, second):
    return all(
        agrees(x, y) for pair in zip(first, second, strict=True) for x, y in zip(*pair, strict=True)
    )
