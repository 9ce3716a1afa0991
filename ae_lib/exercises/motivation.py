"""Checks for the exercises to chapter 1: errors, bits, and neighbours."""

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._comparing import agrees, as_numbers, compare
from ae_lib.exercises._findings import Wrong

# The checks, in the order of the exercises.
__all__ = ["squared_error", "bits_per_code", "right_neighbours", "break_even"]


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


def _entropy(values, log=np.log2):
    """Mean cost of the values of one array by an ideal code for their own shares."""
    shares = np.unique(values, return_counts=True)[1] / len(values)
    return -(shares * log(shares)).sum()


def bits_per_code(answer, rng):
    """The entropy of each column of rounded codes, added up."""
    n, columns = 300, 4
    step = rng.uniform(0.3, 0.9)
    # Columns of different spread and mean, so that one histogram for all is not the same.
    codes = rng.normal(size=(n, columns)) * rng.uniform(0.5, 3, columns) + rng.normal(size=columns)
    rounded = np.rint(codes / step)
    each = [_entropy(column) for column in rounded.T]
    used = [len(np.unique(column)) for column in rounded.T]
    floored, whole = np.floor(codes / step), np.rint(codes)
    compare(
        call(answer, codes=codes, step=step),
        sum(each),
        "The bits",
        [
            (
                "This is the mean over the columns. A code has all of them: add up.",
                np.mean(each),
            ),
            ("These are the bits of all codes together. Average over the codes.", n * sum(each)),
            (
                "The logarithm is the natural one. Bits need log2.",
                sum(_entropy(column, np.log) for column in rounded.T),
            ),
            ("A sign is missing: the logarithm of a share is negative.", -sum(each)),
            (
                "One histogram serves all columns here. Count the values of each column by "
                "themselves.",
                columns * _entropy(rounded.ravel()),
            ),
            (
                "You round down. The nearest multiple of the step is asked for.",
                sum(_entropy(column) for column in floored.T),
            ),
            (
                "The step does nothing: the codes are rounded to whole numbers.",
                sum(_entropy(column) for column in whole.T),
            ),
            (
                "The codes have to be rounded before values are counted.",
                columns * np.log2(n),
            ),
            (
                "This is what all values cost if they are equally frequent. Frequent values get "
                "shorter words.",
                np.log2(used).sum(),
            ),
            (
                "Each different value counts once here. Weight -log2(p) by p, since frequent "
                "values are sent more often.",
                sum(
                    -np.log2(np.unique(column, return_counts=True)[1] / n).mean()
                    for column in rounded.T
                ),
            ),
        ],
        distinct=True,
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
    # Each code occurs twice, once with each of two labels: the nearest other one is its double.
    twice = np.repeat(rng.normal(size=(n // 2, 3)), 2, axis=0)
    received = call(answer, codes=twice, labels=np.arange(n) % 2)
    if not agrees(received, 0.0):
        raise Wrong(
            "Two pictures may have the same code, at a distance of 0, and be each other's nearest "
            "neighbours. Leave out a code's distance to itself, not every distance of 0. Received: "
            f"{as_numbers(received, (), 'The share of right neighbours'):g} for codes that each "
            "occur twice, with two labels; expected: 0."
        )


def break_even(answer, rng):
    """From how many pictures on codes and decoder take fewer bits than the rival."""
    code = int(rng.integers(60, 200))
    saved = int(rng.integers(40, 300))
    rival = code + saved
    # Neither a whole number of pictures nor nearly one, so that each mistake gives another result.
    more = int(saved * (rng.integers(200, 900) + rng.uniform(0.3, 0.7)))
    rival_decoder = int(rng.integers(5, 20)) * saved + int(rng.integers(1, saved))
    decoder = more + rival_decoder
    received = call(
        answer,
        code_bits=code,
        decoder_bits=decoder,
        rival_bits=rival,
        rival_decoder_bits=rival_decoder,
    )
    compare(
        received,
        more // saved + 1,
        "The number of pictures",
        [
            ("The decoder has to be sent, too: once.", 1),
            ("The rival's decoder has to be sent as well: subtract it.", decoder // saved + 1),
            (
                "Compare the bits saved for each picture, not those of the code alone.",
                more // code + 1,
            ),
            (
                "The codes cost something as well: subtract their bits from the rival's.",
                more // rival + 1,
            ),
            (
                "This is a fraction. Asked for is the first whole number at which codes need "
                "fewer bits.",
                more / saved,
            ),
            (
                "With this number of pictures the codes do not yet need fewer bits. One more.",
                more // saved,
            ),
        ],
    )
    exact = call(answer, code_bits=code, decoder_bits=7 * saved, rival_bits=rival)
    if not agrees(exact, 8):
        raise Wrong(
            "Where both need the same number of bits, the codes do not yet need fewer. "
            f"Received: {as_numbers(exact, (), 'The number of pictures'):g} pictures where 7 "
            "give a draw and the rival needs no decoder."
        )
    for rival_bits in (code - 1, code):
        never = call(answer, code_bits=code, decoder_bits=decoder, rival_bits=rival_bits)
        if not agrees(never, 0):
            raise Wrong(
                "Where the rival needs no more bits for each picture, codes never pay: return 0. "
                f"Received: {as_numbers(never, (), 'The number of pictures'):g}."
            )
