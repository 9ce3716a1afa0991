"""Checks for the exercises to chapter 6: parameters, losses, and honest numbers."""

import itertools

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._codes import check_code
from ae_lib.exercises._comparing import as_numbers, compare, parts
from ae_lib.exercises._findings import Wrong

# The checks, in the order of the exercises.
__all__ = ["n_parameters", "loss_floor", "cross_entropy", "honest_error", "split", "thirty_numbers"]


def n_parameters(answer, rng):
    """Weights and biases of a chain of dense layers."""
    sizes = [int(n) for n in rng.integers(3, 60, size=rng.integers(4, 7))]
    pairs = list(itertools.pairwise(sizes))
    weights, biases = sum(m * n for m, n in pairs), sum(sizes[1:])
    compare(
        call(answer, sizes=sizes),
        weights + biases,
        "The number of parameters",
        [
            ("The biases are missing: one for each unit that computes something.", weights),
            ("The input has no biases. It computes nothing.", weights + sum(sizes)),
            ("Each unit has one bias, not one for each of its weights.", 2 * weights),
            (
                "Each layer has one bias for each of its units, not one altogether.",
                weights + len(pairs),
            ),
        ],
    )


def _entropy(x):
    inside = np.clip(x, 1e-300, 1)
    outside = np.clip(1 - x, 1e-300, 1)
    return -x * np.log(inside) - (1 - x) * np.log(outside)


def loss_floor(answer, rng):
    """The cross-entropy of perfect answers, with pixels of exactly 0 and 1."""
    x = np.clip(rng.uniform(-0.5, 1.5, (7, 20)), 0, 1)
    each = _entropy(x)
    exact = each.sum(axis=1).mean()
    compare(
        call(answer, x=x),
        exact,
        "The floor",
        [
            ("This is a mean over pixels, as Keras counts. Add the pixels up.", each.mean()),
            ("These are bits. With the natural logarithm it is in nats.", exact / np.log(2)),
            ("You added up the images, too. Take their mean.", each.sum()),
            (
                "The second term is missing: white has to be predicted as well.",
                (-x * np.log(np.clip(x, 1e-300, 1))).sum(axis=1).mean(),
            ),
            ("The sign is wrong: an entropy is not negative.", -exact),
            (
                "A pixel of 0 or 1 costs nothing. Here it costs something: how large is the "
                "number that guards the logarithm?",
                _guarded(x, 0.01),
            ),
        ],
        infinite="0 times log 0 is NaN for Python. It should count as 0, as for white pixels: clip "
        "them a little.",
    )


def _guarded(x, guard):
    x = np.clip(x, guard, 1 - guard)
    return _entropy(x).sum(axis=1).mean()


def cross_entropy(answer, rng):
    """The loss from what goes into the sigmoid; its slope must be (6.3), and nothing overflows."""
    x, z = rng.random((5, 8)), rng.normal(0, 2, (5, 8))
    answered = 1 / (1 + np.exp(-z))
    exact = (-x * np.log(answered) - (1 - x) * np.log(1 - answered)).sum(axis=1).mean()
    compare(
        call(answer, x=x, z=z),
        exact,
        "The cross-entropy",
        [
            ("This is a mean over pixels. Add them up, and average over images.", exact / 8),
            ("You added up the images, too. Take their mean.", exact * 5),
            ("The sign is wrong: a good answer has a small loss.", -exact),
            ("x and z have changed places: the pixel is x.", _swapped(x, answered)),
            ("The term of white pixels is missing.", (-x * np.log(answered)).sum(axis=1).mean()),
        ],
        infinite="z is not a probability: the sigmoid of it is.",
    )
    z = np.array([[-900.0, 900.0, -900.0, 900.0]])
    x = np.array([[0.0, 1.0, 1.0, 0.0]])
    compare(
        call(answer, x=x, z=z),
        1800.0,
        "The cross-entropy far out",
        [
            (
                "The answer was clipped: the loss of a badly wrong pixel stops growing, and with "
                "it the slope. Simplify (6.1) first: log(1 + e^z) - x z.",
                value,
            )
            for value in _clipped(x, z)
        ],
        infinite="The sigmoid of 900 is 1, and log 0 is infinite. Write the loss with z: "
        "log(1 + e^z) - x z, where `np.logaddexp(0, z)` does not overflow.",
    )


def _swapped(x, answered):
    return (-answered * np.log(x) - (1 - answered) * np.log(1 - x)).sum(axis=1).mean()


def _clipped(x, z):
    """Losses with an answer that is kept away from 0 and 1 by one of the usual small numbers."""
    found = []
    for guard in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
        with np.errstate(over="ignore"):
            answered = np.clip(1 / (1 + np.exp(-z)), guard, 1 - guard)
        found.append((-x * np.log(answered) - (1 - x) * np.log(1 - answered)).sum())
    return found


def honest_error(answer, rng):
    """The error to report, where validation and test are best at different epochs."""
    train = np.sort(rng.uniform(2, 9, 12))[::-1].copy()
    best, luckiest = rng.choice(np.arange(2, 9), 2, replace=False)
    validation = rng.uniform(6, 7, 12)
    test = rng.uniform(6, 7, 12)
    validation[best], test[luckiest] = 5.3, 4.1
    compare(
        call(answer, train=train, validation=validation, test=test),
        test[best],
        "The error to report",
        [
            (
                "This is the validation error of the chosen epoch. It is too good by the choice: "
                "report the test error there.",
                validation[best],
            ),
            ("The training error says nothing about new digits.", train[best]),
            ("The training error says nothing about new digits.", train.min()),
            (
                "The epoch with the smallest training error is simply the last. Choose by "
                "validation.",
                test[train.argmin()],
            ),
            ("This is the number of the epoch. Report its test error.", best),
            ("This is the mean over all epochs. Only one network is kept.", test.mean()),
        ],
        planted=test[luckiest],
        distinct=True,
    )


def split(answer, rng):
    """Shuffled row numbers, in three parts without overlap."""
    n = int(rng.integers(80, 120))
    n_validation, n_test = 17, 13
    sizes = [n - n_validation - n_test, n_validation, n_test]
    names = ["train", "validation", "test"]
    arguments = {"n": n, "n_validation": n_validation, "n_test": n_test, "rng": rng}
    found = []
    for part, size, name in zip(parts(call(answer, **arguments), names), sizes, names, strict=True):
        count = np.size(part) if not isinstance(part, str) else None
        if isinstance(part, np.ndarray | list) and count != size:
            raise Wrong(f"{name}: expected {size} row numbers. Received: {count}.")
        found.append(as_numbers(part, (size,), f"The row numbers of {name}"))
    together = np.concatenate(found)
    if len(np.unique(together)) < n:
        raise Wrong(
            "Some rows stand in two of the parts, or twice in one. What was trained on must not "
            "be tested on. (Draw without replacement: `rng.permutation`.)"
        )
    if together.min() < 0 or together.max() >= n:
        raise Wrong(
            f"Row numbers go from 0 to n - 1 = {n - 1}. Received: from "
            f"{together.min():g} to {together.max():g}."
        )
    if any(np.array_equal(np.sort(part), np.arange(part.min(), part.max() + 1)) for part in found):
        raise Wrong(
            "A part is one stretch of rows. Files are often sorted, by class or by date: shuffle "
            "the rows first."
        )
    again = np.concatenate([np.asarray(part) for part in call(answer, **arguments)])
    if np.array_equal(again, together):
        raise Wrong("Twice the same split: draw from the generator `rng` that is handed over.")


def thirty_numbers(answer, rng):
    """Thirty numbers for a test digit, and less than two thirds of PCA's error."""
    check_code(answer, rng, target=9.0, rival="PCA with 30 components has 13.87")
