"""Checks for the exercises to chapter 2: slopes, Jacobians, and weights of the right size."""

import itertools

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._comparing import compare, parts

# The checks, in the order of the exercises.
__all__ = ["slope", "jacobian", "fitting_std", "gradients", "difference"]


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(answer, rng):
    """The logistic function's slope, compared with a numerical one."""
    x = rng.normal(0, 2, 12)
    expected = (_sigmoid(x + 1e-5) - _sigmoid(x - 1e-5)) / 2e-5
    compare(
        call(answer, x=x),
        expected,
        "The slope",
        [
            ("This is the logistic function itself.", _sigmoid(x)),
            ("The sign is wrong: the function rises everywhere.", -expected),
            ("This is 1 - sigma. The slope is a product of two factors.", 1 - _sigmoid(x)),
            (
                "The formula sigma (1 - sigma) holds for the function's value, not for x itself.",
                x * (1 - x),
            ),
        ],
    )
    compare(
        call(answer, x=np.array([-800.0, 800.0])),
        np.zeros(2),
        "The slope far out",
        infinite="e to the power of 800 is too large for a float, and infinity times 0 is NaN. "
        "The slope at -x is that at x, so e^-|x| will do.",
    )


def jacobian(answer, rng):
    """The Jacobian of a logistic layer, compared with a numerical one."""
    n_in, n_out = 4, 3
    W, b, x = rng.normal(size=(n_in, n_out)), rng.normal(size=n_out), rng.normal(size=n_in)

    def layer(x):
        return _sigmoid(x @ W + b)

    steps = 1e-5 * np.eye(n_in)
    expected = np.stack([(layer(x + s) - layer(x - s)) / 2e-5 for s in steps], axis=1)
    h = layer(x)
    compare(
        call(answer, x=x, W=W, b=b),
        expected,
        "The Jacobian",
        [
            ("Row and column are exchanged: row i belongs to the i-th *output*.", expected.T),
            ("The slopes of the units are missing: the matrix D in (2.7).", W.T),
            ("D holds slopes h (1 - h), not the values h.", h[:, None] * W.T),
            (
                "The slope is taken of the sum that comes in. h (1 - h) needs the unit's value h.",
                ((x @ W + b) * (1 - x @ W - b))[:, None] * W.T,
            ),
            (
                "The bias is missing where the slope is computed.",
                (_sigmoid(x @ W) * (1 - _sigmoid(x @ W)))[:, None] * W.T,
            ),
        ],
    )


def fitting_std(answer, rng):
    """The rule for units of any slope, by its values and by what signals do."""
    n_in, n_out = (int(n) for n in rng.integers(50, 400, size=2))
    unit_slope = rng.uniform(0.2, 0.8)
    glorot = np.sqrt(2 / (n_in + n_out))
    compare(
        call(answer, n_in=n_in, n_out=n_out, slope=unit_slope),
        glorot / unit_slope,
        "The standard deviation",
        [
            (
                "This is Glorot's rule for units of slope 1. At a slope of 1/4 weights are four "
                "times as large.",
                glorot,
            ),
            ("This is a variance. The standard deviation is its root.", (glorot / unit_slope) ** 2),
            ("This is the variance of Glorot's rule.", glorot**2),
            ("The smaller the slope, the larger the weights have to be.", glorot * unit_slope),
            ("This is He's rule, which looks at the inputs alone.", np.sqrt(2 / n_in)),
            ("This is He's rule, which looks at the inputs alone.", np.sqrt(2 / n_in) / unit_slope),
            (
                "The middle of both is (n_in + n_out) / 2, so a factor 2 is missing.",
                glorot / unit_slope / np.sqrt(2),
            ),
        ],
        distinct=True,
    )


def _loss(x, weights, target):
    for W in weights:
        x = _sigmoid(x @ W)
    return ((x - target) ** 2).sum() / 2


def gradients(answer, rng):
    """Backpropagation through a chain of layers, compared with numerical slopes."""
    sizes = [4, 5, 3, 2]
    weights = [rng.normal(0, 1, (m, n)) for m, n in itertools.pairwise(sizes)]
    x, target = rng.normal(size=(6, 4)), rng.random((6, 2))
    received = call(answer, x=x, weights=weights, target=target)
    parts(received, [f"gradient of matrix {n}" for n in range(1, len(weights) + 1)])
    exact = _backpropagation(x, weights, target)
    mistakes = {
        "The slope h (1 - h) of the hidden units is missing on the way back.": _backpropagation(
            x, weights, target, hidden_slope=False
        ),
        "The slope of the output units is missing. The error passes them, too.": _backpropagation(
            x, weights, target, output_slope=False
        ),
        "These are means over the pictures. The loss is a sum.": [g / len(x) for g in exact],
        "The sign is wrong: a gradient points to where the loss grows.": [-g for g in exact],
        "The loss has a factor one half, which cancels the 2 of the square.": [
            2 * g for g in exact
        ],
    }
    for number in reversed(range(len(weights))):
        # The exact slopes are numerical; the formulas are only for mistakes.
        compare(
            received[number],
            _numerical(x, weights, target, number),
            f"The gradient of matrix {number + 1}",
            [(hint, wrong[number]) for hint, wrong in mistakes.items()],
        )


def _numerical(x, weights, target, number):
    slope = np.empty_like(weights[number])
    for index in np.ndindex(slope.shape):
        up, down = ([W.copy() for W in weights] for _ in range(2))
        up[number][index] += 1e-5
        down[number][index] -= 1e-5
        slope[index] = (_loss(x, up, target) - _loss(x, down, target)) / 2e-5
    return slope


def _backpropagation(x, weights, target, *, hidden_slope=True, output_slope=True):
    values = [x]
    for W in weights:
        values.append(_sigmoid(values[-1] @ W))
    delta = values[-1] - target
    found = []
    for number in reversed(range(len(weights))):
        h = values[number + 1]
        is_output = number == len(weights) - 1
        if output_slope if is_output else hidden_slope:
            delta = delta * h * (1 - h)
        found.insert(0, values[number].T @ delta)
        delta = delta @ weights[number].T
    return found


def difference(answer, rng):
    """The error between pictures of bytes, which must be neither wrapped round nor 0..255."""
    x, y = rng.integers(0, 256, (2, 5, 9)).astype(np.uint8)
    exact = ((x / 255 - y / 255) ** 2).sum(axis=1).mean()
    bytes_only = ((x - y) ** 2).sum(axis=1).mean()
    wrapped = (x - y) / 255
    compare(
        call(answer, x=x, y=y),
        exact,
        "The error",
        [
            (
                "Still in units of 0 to 255: divide by 255 before you square, or by 255^2 after.",
                exact * 255**2,
            ),
            ("You divide by 255 once, but the square needs it twice.", exact * 255),
            (
                "The difference is still one of bytes, and 3 - 5 is 254 for bytes. Convert first.",
                (wrapped**2).sum(axis=1).mean(),
            ),
            (
                "The difference is still one of bytes, and 3 - 5 is 254 for bytes. Convert first.",
                ((x - y).astype(float) ** 2).sum(axis=1).mean(),
            ),
            (
                "A byte of 255 is ink, that is, 1. Divide by 255, not by 256.",
                exact * (255 / 256) ** 2,
            ),
        ],
        planted=bytes_only,
    )
