"""Checks for the exercises to chapter 7: sizes, costs, overlaps, and what moves along."""

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._comparing import agrees, as_bool, as_numbers, compare
from ae_lib.exercises._findings import Unsolved, Wrong

# The checks, in the order of the exercises.
__all__ = [
    "output_size",
    "convolve",
    "costs",
    "coverage",
    "overcomplete",
    "moves_along",
]


def output_size(answer, rng):
    """The side of a map, by counting where the windows begin."""
    for padding in ("same", "valid"):
        # Windows that are larger than two strides, and a picture at whose end something is left
        # over, so that each mistake gives another size.
        window, stride = int(rng.choice([7, 9])), int(rng.choice([2, 3]))
        taken_off = 0 if padding == "same" else window
        sizes = np.arange(20, 40)
        n = int(rng.choice(sizes[(sizes - taken_off) % stride > 0]))
        last = n - 1 if padding == "same" else n - window
        expected = len(range(0, last + 1, stride))
        received = call(answer, n=n, window=window, stride=stride, padding=padding)
        what = f"The size for n={n}, window={window}, stride={stride}, padding={padding!r}"
        valid = (n - window) // stride + 1
        mistakes = [
            (
                "With padding, the size does not depend on the window: there is a place for every "
                "pixel, or for every second one.",
                valid,
            ),
            (
                "Rounded down. With padding, the last pixels get a window as well: round up.",
                n // stride,
            ),
            ("The stride is not in it: windows stand that far apart.", n),
            ("Sizes are whole numbers.", n / stride),
        ]
        if padding == "valid":
            mistakes = [
                ("Count the windows, not the gaps between them: one more.", valid - 1),
                (
                    "Without padding the window must not stick out: it has fewer places.",
                    -(-n // stride),
                ),
                ("Rounded up. The last window has to fit.", -(-(n - window) // stride) + 1),
                ("Sizes are whole numbers.", (n - window) / stride + 1),
                ("The stride is not in it: windows stand that far apart.", n - window + 1),
            ]
        compare(received, expected, what, mistakes)


def _correlate(x, window, bias):
    """Equation (7.1) for one channel, place by place."""
    padded = np.pad(x, 1)
    rows, columns = x.shape
    return np.array(
        [
            [(padded[r : r + 3, s : s + 3] * window).sum() + bias for s in range(columns)]
            for r in range(rows)
        ]
    )


def convolve(answer, rng):
    """One map from one picture, compared with the sum at every place."""
    x = rng.normal(size=(6, 9))
    window, bias = rng.normal(size=(3, 3)), rng.normal()
    received = call(answer, x=x, window=window, bias=bias)
    exact = _correlate(x, window, bias)
    compare(
        received,
        exact,
        "The map",
        [
            (
                "The border is missing: put a row or column of zeros around the picture first.",
                exact[1:-1, 1:-1],
            ),
            (
                "The window is turned over. Mathematicians convolve like this, networks do not: "
                "(7.1) has x at r + i.",
                _correlate(x, window[::-1, ::-1], bias),
            ),
            ("The bias is missing.", exact - bias),
            (
                "The bias is added once for each weight. It is added once for each place.",
                exact + 8 * bias,
            ),
            ("Rows and columns of the window are exchanged.", _correlate(x, window.T, bias)),
        ],
    )


def costs(answer, rng):
    """Parameters and multiplications of a layer."""
    rows, columns, c_in, c_out = (int(k) for k in rng.choice(np.arange(5, 30), 4, replace=False))
    window = int(rng.choice([3, 5]))
    weights = window**2 * c_in * c_out
    exact = np.array([weights + c_out, rows * columns * weights])
    compare(
        call(answer, rows=rows, columns=columns, window=window, c_in=c_in, c_out=c_out),
        exact,
        "Parameters and multiplications",
        [
            (
                "The biases are missing: one for each output channel.",
                np.subtract(exact, [c_out, 0]),
            ),
            (
                "There is one bias for each output channel, not one altogether.",
                np.add(exact, [1 - c_out, 0]),
            ),
            (
                "A window reaches through all the input channels: c_in is missing.",
                [window**2 * c_out + c_out, rows * columns * window**2 * c_out],
            ),
            (
                "Each output channel has windows of its own: c_out is missing.",
                [window**2 * c_in + 1, rows * columns * window**2 * c_in],
            ),
            (
                "The same weights are used at every place. They are counted once.",
                [rows * columns * (weights + c_out), rows * columns * weights],
            ),
            (
                "The same weights are used at every place, so each multiplies many times.",
                [weights + c_out, weights],
            ),
            ("Parameters first, then multiplications.", exact[::-1]),
        ],
    )


def coverage(answer, rng):
    """How many windows lie on each place of a strided transposed convolution."""
    n, window, stride = int(rng.integers(5, 9)), int(rng.choice([3, 4, 5])), 2
    exact = np.zeros((n - 1) * stride + window)
    for i in range(n):
        exact[i * stride : i * stride + window] += 1
    dense = np.convolve(np.ones(n), np.ones(window))
    compare(
        call(answer, n=n, window=window, stride=stride),
        exact,
        "The coverage",
        [
            ("The windows stand side by side here. They are `stride` places apart.", dense),
            (
                "Ones everywhere: neighbouring windows overlap, and what overlaps adds up.",
                np.ones(len(exact)),
            ),
            (
                "This only says whether a place is covered. Count the windows.",
                (exact > 0).astype(float),
            ),
            (
                "The last window sticks out beyond n stride: (n - 1) stride + window.",
                exact[: n * stride],
            ),
        ],
    )


def overcomplete(answer, rng):
    """Whether a code has more values than the picture, for shapes that differ in channels."""
    cases = [
        ((28, 28, 1), (14, 14, 8)),
        ((28, 28, 1), (14, 14, 3)),
        ((32, 32, 3), (8, 8, 64)),
        ((32, 32, 3), (4, 4, 64)),
        ((28, 28, 1), (30, 1, 1)),
        ((16, 16, 1), (8, 8, 4)),
    ]
    order = rng.permutation(len(cases))
    truth = [int(np.prod(code)) > int(np.prod(picture)) for picture, code in cases]
    said = {}
    for index in order.tolist():
        picture, code = cases[index]
        value = call(answer, picture_shape=picture, code_shape=code)
        said[index] = as_bool(value)
        if said[index] is None:
            as_numbers(value, (), "The answer")
            raise Wrong(f"Expected True or False. Received: {value}.")
    answered = [said[index] for index in range(len(cases))]
    if answered == truth:
        return
    by_sides = [code[0] > picture[0] for picture, code in cases]
    if answered == by_sides:
        raise Unsolved
    by_area = [int(np.prod(code[:2])) > int(np.prod(picture[:2])) for picture, code in cases]
    if answered == by_area:
        raise Wrong("You compare the areas. The channels count as well: 14 x 14 x 8 is 1568.")
    at_least = [int(np.prod(code)) >= int(np.prod(picture)) for picture, code in cases]
    if answered == at_least:
        raise Wrong("A code with as many values as the picture is not yet larger than it.")
    if answered == [not value for value in truth]:
        raise Wrong("True and False are exchanged.")
    worst = next(i for i in range(len(cases)) if said[i] != truth[i])
    raise Wrong(
        f"For a picture {cases[worst][0]} and a code {cases[worst][1]}, expected "
        f"{truth[worst]}. Received: {said[worst]}."
    )


def moves_along(answer, rng):
    """How far f(moved) is from moved f, for functions of which this is known."""
    x = rng.normal(size=(7, 8))
    step = int(rng.integers(2, 4))
    place = rng.normal(size=x.shape)

    # A circular convolution; weights that belong to a place; an answer that stays where it is.
    functions = {
        "convolution": lambda x: np.tanh(x + 2 * np.roll(x, 1, axis=1) - np.roll(x, 1, axis=0)),
        "function with weights for each place": lambda x: x * place,
        "function whose answer stays": lambda x: place + (x**2).sum(),
    }

    def moved(x):
        return np.roll(x, step, axis=1)

    for name, f in functions.items():
        received = call(answer, f=f, x=x, step=step)
        exact = np.abs(f(moved(x)) - moved(f(x))).max()
        compare(
            received,
            exact,
            f"The difference for a {name}",
            [
                (
                    "You compare f(moved) with f(x). That asks whether the answer stays, which is "
                    "invariance. Here the answer has to move along.",
                    np.abs(f(moved(x)) - f(x)).max(),
                ),
                (
                    "The picture moves along its rows here. Move it by columns: `axis=1`.",
                    _by_axis(f, x, step, 0),
                ),
                ("Without an axis, `np.roll` moves from row to row.", _by_axis(f, x, step, None)),
                (
                    "This is a mean. Asked for is the largest difference.",
                    np.abs(f(moved(x)) - moved(f(x))).mean(),
                ),
                (
                    "The largest difference, whatever its sign: `np.abs`.",
                    (f(moved(x)) - moved(f(x))).max(),
                ),
            ],
        )
    if agrees(call(answer, f=lambda x: x, x=x, step=step), 0):
        return
    raise Wrong("A function that returns its input moves along perfectly: the difference is 0.")


def _by_axis(f, x, step, axis):
    return np.abs(f(np.roll(x, step, axis)) - np.roll(f(x), step, axis)).max()
