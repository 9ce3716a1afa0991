"""The check that several chapters share: an encoder and a decoder with 30 numbers between them."""

import functools

import numpy as np

from ae_lib.datasets import load_mnist
from ae_lib.exercises._calling import call, holds_dots
from ae_lib.exercises._comparing import agrees, as_array, as_numbers, parts
from ae_lib.exercises._findings import Unsolved, Wrong
from ae_lib.metrics import squared_error

N_CODE = 30
_N_TEST = 2000


@functools.cache
def _test_digits():
    return load_mnist(n_train=10).x_test


def check_code(answer, rng, *, target, rival):
    """Pass where codes of 30 numbers give an error below the target on test digits.

    Parameters
    ----------
    answer : pair of callable
        Encoder, (n, 784) to (n, 30), and decoder, (n, 30) to (n, 784).
    rng : numpy.random.Generator
        Chooses which test digits are tried, and in which order.
    target : float
        The squared error per image has to be below it.
    rival : str
        What the error can be compared with, for the hint.

    Raises
    ------
    Unsolved, Wrong
        If there is no answer yet, or if it is not what was asked for.

    Examples
    --------
    >>> check_code((lambda x: x, lambda z: z), np.random.default_rng(0), target=9, rival="")
    Traceback (most recent call last):
        ...
    ae_lib.exercises._findings.Wrong: A code has 30 numbers. Received: 784.
    """
    if holds_dots(answer):
        raise Unsolved
    encode, decode = parts(answer, ["encoder", "decoder"])
    x = _test_digits()[rng.permutation(10_000)[:_N_TEST]]
    codes = _codes(encode, x)
    # What the decoder gets are numbers as they would be stored, and in another order.
    order = rng.permutation(len(x))
    pictures = as_numbers(call(decode, codes=codes[order]), (len(x), 784), "The reconstructions")[
        np.argsort(order)
    ]
    some = rng.choice(len(x), 20, replace=False)
    if not agrees(_codes(encode, x[some]), codes[some]):
        raise Wrong(
            "The code of a digit depends on the other digits in the batch, or on chance. Whatever "
            "the encoder has to know must be learnt beforehand, from training digits."
        )
    if not agrees(call(decode, codes=codes[some]), pictures[some]):
        raise Wrong(
            "The decoder answers one code differently each time, or knows the digits' order. It "
            "may use nothing but the code."
        )
    error = squared_error(x, pictures)
    if error >= target:
        nothing = (
            " That is what the mean image has: the decoder has learnt nothing about single digits."
            if 50 < error < 56
            else ""
        )
        raise Wrong(
            f"Error {error:.2f} on {len(x)} test digits; asked for is less than {target:g} "
            f"({rival}).{nothing}"
        )


def _codes(encode, x):
    """Return codes as float32, the precision in which numbers of a code count as one."""
    returned = call(encode, x=x)
    array = as_array(returned)
    if array is not None and array.ndim == 2 and array.shape[1] != N_CODE:
        raise Wrong(f"A code has {N_CODE} numbers. Received: {array.shape[1]}.")
    return as_numbers(returned, (len(x), N_CODE), "The codes").astype(np.float32)
