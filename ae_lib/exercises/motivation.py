"""Checks for the exercises to chapter 1: errors, bits, and neighbours."""

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._comparing import agrees, as_numbers, compare
from ae_lib.exercises._findings import Wrong

# The checks, in the order of the exercises.
__all__ = ["squared_error", "quantise", "right_neighbours", "break_even"]


def squared_error(answer, rng):
    """The unit of the course, computed pixel by pixel."""
    n, d = rng.integers(3, 7), rng.integers(9, 13)
    x, x_hat = rng.random((2, n, d))
    expected = sum((x[i, j] - x_hat[i, j]) ** 2 for i in range(n) for j in range(d)) / n
    compare(
        call(answer, x=x, x_hat=x_hat),
        expected,
        "The error",
        [
            (
                "You took the mean over the pixels. The unit of this course is the sum over the "
                "pixels; the mean is over the images.",
                expected / d,
            ),
            ("You added up the images, too. Their errors are averaged.", expected * n),
            ("There is no factor one half in (1.1).", expected / 2),
            (
                "These are distances: a root was taken. The unit is the square.",
                np.linalg.norm(x - x_hat, axis=1).mean(),
            ),
            ("One error for each image. Asked for is their mean.", ((x - x_hat) ** 2).sum(axis=1)),
            ("These are absolute differences. Square them.", np.abs(x - x_hat).sum() / n),
            (
                "The differences cancel each other. Square each before you add up.",
                (x - x_hat).sum() / n,
            ),
        ],
    )


def quantise(answer, rng):
    """Rounding to a few values: how many there are, and how far off."""
    bits = int(rng.integers(2, 5))
    low = rng.uniform(-3, -1)
    high = low + rng.uniform(2, 5)
    codes = rng.uniform(low, high, (400, 6))
    codes[0, :2] = low, high
    received = as_numbers(
        call(answer, codes=codes, low=low, high=high, bits=bits), codes.shape, "The codes"
    )
    step = (high - low) / (2**bits - 1)
    n_values = len(np.unique(received.round(9)))
    off = np.abs(received - codes)
    if np.allclose(received, received.round()) and received.min() >= 0 and n_values == 2**bits:
        raise Wrong(
            "These are whole numbers, as they would be sent. Turn them back into code values "
            "between low and high."
        )
    if n_values > 2**bits:
        raise Wrong(
            f"{bits} bits can tell {2**bits} values apart. Received: {n_values} different values."
            + (" Between n values there are n - 1 steps." if n_values == 2**bits + 1 else "")
        )
    if off.max() > 0.51 * step:
        if off.max() <= 1.01 * step and ((received <= codes + 1e-9).all()):
            raise Wrong("You always round down. The nearest value is off by half a step at most.")
        if n_values == 2:
            raise Wrong(
                f"Two values are what one bit can say. There are {bits} bits, so {2**bits}."
            )
        raise Wrong(
            f"The nearest of {2**bits} values between low and high, both included, is off by at "
            f"most {step / 2:.4f}. Received: off by {off.max():.4f}."
        )
    again = call(answer, codes=received, low=low, high=high, bits=bits)
    if not agrees(again, received):
        raise Wrong("What has been rounded changes when it is rounded again. It should stay.")
    outside = np.array([[low - 1, high + 1]])
    compare(
        call(answer, codes=outside, low=low, high=high, bits=bits),
        np.array([[low, high]]),
        "Codes below low and above high",
    )


def _nearest(codes, own):
    """Index of each code's nearest one; ``own`` says whether it may be itself."""
    distance = ((codes[:, None] - codes) ** 2).sum(axis=2)
    if not own:
        np.fill_diagonal(distance, np.inf)
    return distance.argmin(axis=1), distance


def right_neighbours(answer, rng):
    """How often the nearest *other* code has the same label."""
    n = 60
    labels = rng.integers(0, 4, n)
    codes = rng.normal(size=(n, 3)) + 0.8 * labels[:, None]
    nearest, distance = _nearest(codes, own=False)
    expected = (labels[nearest] == labels).mean()
    farthest = np.where(np.isinf(distance), -1, distance).argmax(axis=1)
    compare(
        call(answer, codes=codes, labels=labels),
        expected,
        "The share of right neighbours",
        [
            ("This is how often the neighbour is wrong.", 1 - expected),
            ("This is the number of right ones. Asked for is their share.", expected * n),
            (
                "Now it takes the farthest code. The smallest distance is asked for.",
                (labels[farthest] == labels).mean(),
            ),
            (
                "You leave out the first column. That is the distance to the first code, not to "
                "the code itself.",
                (
                    labels[np.where(np.isinf(distance), 0, distance)[:, 1:].argmin(axis=1)]
                    == labels
                ).mean(),
            ),
        ],
        planted=1.0,
        distinct=True,
    )


def break_even(answer, rng):
    """From how many pictures on codes and decoder take fewer bits than the rival."""
    values, bits = int(rng.integers(10, 40)), int(rng.integers(2, 9))
    rival = values * bits + int(rng.integers(100, 700))
    saved = rival - values * bits
    # Neither a whole number of pictures nor nearly one, so that each mistake gives another result.
    decoder = int(saved * (rng.integers(50, 300) + rng.uniform(0.3, 0.7)))
    received = call(answer, n_values=values, bits=bits, decoder_bits=decoder, rival_bits=rival)
    exact = decoder // saved + 1
    compare(
        received,
        exact,
        "The number of pictures",
        [
            (
                "You forgot that the decoder has to be sent, too: once.",
                1,
            ),
            (
                "Compare the bits saved for each picture, not those of the code alone.",
                decoder // (values * bits) + 1,
            ),
            (
                "The codes cost something as well: subtract their bits from the rival's.",
                decoder // rival + 1,
            ),
            ("One value has several bits. Multiply.", decoder // (rival - values) + 1),
            (
                "This is a fraction. Asked for is the first whole number at which codes need "
                "fewer bits.",
                decoder / saved,
            ),
            (
                "With this number of pictures the codes do not yet need fewer bits. One more.",
                decoder // saved,
            ),
        ],
    )
    never = call(
        answer, n_values=values, bits=bits, decoder_bits=decoder, rival_bits=values * bits - 1
    )
    if not agrees(never, 0):
        raise Wrong(
            "Where the rival needs fewer bits for each picture, codes never pay: return 0. "
            f"Received: {as_numbers(never, (), 'The number of pictures'):g}."
        )
