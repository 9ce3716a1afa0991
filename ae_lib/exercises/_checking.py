"""What all checks share: calling a student's function safely, and saying what is wrong with it."""

import copy
import functools
import itertools
import linecache
import traceback
import warnings

import numpy as np

# Students may compute in float32.
_RTOL, _ATOL = 1e-4, 1e-5


class Wrong(Exception):  # noqa: N818 (not an error of the program, but a finding)
    """The answer is wrong; the message is the hint for the student."""


class Unsolved(Exception):  # noqa: N818
    """There is no answer yet."""


class Ambiguous(Exception):  # noqa: N818
    """With the inputs that were drawn, mistakes cannot be told apart: others have to be drawn."""


def describe(value):
    """Say in a few words what a value is, whatever it is.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> describe(np.zeros((2, 3)))
    'an array of shape (2, 3)'
    >>> describe("abc")
    "str 'abc'"
    """
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, BaseException):
        return _short(str, value)
    return f"{type(value).__name__} {_short(repr, value)}"


def _short(write, value, length=80):
    """Write a value as one short line, even if its own methods fail."""
    try:
        text = " ".join(write(value).split())
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "that cannot be printed"
    return text if len(text) <= length else text[: length - 3] + "..."


def holds_dots(value):
    """Tell whether a value is ``...``, or a tuple or list with ``...`` in it.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool

    Examples
    --------
    >>> holds_dots((1, ...))
    True
    """
    if isinstance(value, tuple | list):
        return any(holds_dots(item) for item in value)
    return value is ...


def call(function, /, **arguments):
    """Call a student's function on copies of the arguments, and return what it returns.

    Parameters
    ----------
    function : callable
        The answer.
    **arguments : object
        By the names that the exercise gives them. They are handed over by position, so that the
        student may choose other names.

    Returns
    -------
    object

    Raises
    ------
    Unsolved
        If the function is ``...`` or returns it.
    Wrong
        If it is no function, stops with an exception or tries to leave Python, returns None, or
        changes one of its arguments.

    Examples
    --------
    >>> call(lambda x: x + 1, x=2)
    3
    """
    if holds_dots(function):
        raise Unsolved
    if not callable(function):
        raise Wrong(f"Expected a function. Received: {describe(function)}.")
    handed = {name: _copy(value) for name, value in arguments.items()}
    try:
        # Of overflow, for example, the result tells, whatever NumPy was told to say of it.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            returned = function(*handed.values())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, too
        raise Wrong(_explain(function, arguments, error)) from None
    if holds_dots(returned):
        raise Unsolved
    if returned is None:
        raise Wrong("Your function returns None. Is there a `return` in each of its ways?")
    for name, value in arguments.items():
        if not _same(handed[name], value):
            raise Wrong(
                f"Your function changes its argument {name}. Whoever calls it does not expect "
                f"that: work on a copy, or write `{name} = {name} + ...` instead of `+=`."
            )
    return returned


def _copy(value):
    """Copy what a function could change; functions and random generators stay what they are."""
    if callable(value) or isinstance(value, np.random.Generator):
        return value
    return copy.deepcopy(value)


def _same(first, second):
    if isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(second, np.ndarray):
        return np.array_equal(first, second)
    return True


def _explain(function, arguments, error):
    """Say with which exception a function stopped, where, and for which arguments."""
    if "ellipsis" in _short(str, error):
        return "There is still a `...` in your function, and Python cannot compute with it."
    frames = traceback.extract_tb(error.__traceback__)[1:]
    line = linecache.getline(frames[0].filename, frames[0].lineno).strip() if frames else ""
    place = f" in the line `{line}`" if line else ""
    inputs = ", ".join(
        f"{name} {value.shape}"
        for name, value in arguments.items()
        if isinstance(value, np.ndarray) and value.ndim
    )
    shapes = f" The shapes of the arguments: {inputs}." if inputs else ""
    said = f"{type(error).__name__}: {describe(error)}"
    return f"Your function stopped with {said}{place}.{shapes}"


def in_float32(answer):
    """Return an answer that gets its arrays in float32, the type of the course's digits.

    Parameters
    ----------
    answer : callable
        A student's function.

    Returns
    -------
    callable

    Examples
    --------
    >>> in_float32(lambda x: x.dtype)(np.zeros(2))
    dtype('float32')
    """

    @functools.wraps(answer)
    def changed(*arguments):
        return answer(*map(_as_float32, arguments))

    return changed


def _as_float32(value):
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value.astype(np.float32)
    if isinstance(value, tuple | list):
        return type(value)(map(_as_float32, value))
    return value


def as_bool(value):
    """Return a student's result as True or False, or None if it is neither.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool or None

    Examples
    --------
    >>> as_bool(np.array(True)), as_bool(1)
    (True, None)
    """
    array = as_array(value)
    if array is None or array.shape != () or np.asarray(value).dtype.kind != "b":
        return None
    return bool(array)


def as_array(value):
    """Return a student's result as an array, or None if it does not consist of real numbers.

    Parameters
    ----------
    value : object

    Returns
    -------
    ndarray of float64, or None

    Examples
    --------
    >>> as_array([True, 2])
    array([1., 2.])
    >>> as_array("two") is None
    True
    """
    try:
        array = np.asarray(value)
        return array.astype(np.float64) if array.dtype.kind in "fiub" else None
    except KeyboardInterrupt:
        raise
    except BaseException:  # an object's own conversion may do anything
        return None


def as_numbers(value, shape, what, *, infinite=""):
    """Return a student's result as an array of finite numbers of the right shape.

    Parameters
    ----------
    value : object
        The result.
    shape : tuple of int
        The shape that it has to have.
    what : str
        What it is, at the beginning of a sentence.
    infinite : str, default=""
        Hint for a result that is NaN or infinite somewhere.

    Returns
    -------
    ndarray of that shape, float64

    Raises
    ------
    Wrong
        If it is anything else.

    Examples
    --------
    >>> as_numbers([1, 2], (2,), "The sum")
    array([1., 2.])
    """
    array = as_array(value)
    if array is None:
        expected = f"numbers of shape {shape}" if shape else "a number"
        raise Wrong(f"{what}: expected {expected}. Received: {describe(value)}.")
    if array.shape != shape:
        raise Wrong(
            f"{what}: expected shape {shape}. Received: {array.shape}.{_about(array.shape, shape)}"
        )
    if not np.isfinite(array).all():
        hint = f" {infinite}" if infinite else ""
        raise Wrong(
            f"{what}: expected finite numbers. Received: NaN or infinity in "
            f"{int((~np.isfinite(array)).sum())} of {array.size} places.{hint}"
        )
    return array


def _about(received, expected):
    """Say how a shape could have come about, if it is one of the usual ways."""
    if received == expected[::-1]:
        return " It is the transpose of what is asked for."
    if received == () and len(expected) == 1:
        return " Did you sum over all axes instead of one?"
    if received[:1] == expected and received[1:] == (1,):
        return " There is an axis of length 1 too many: leave out `keepdims`."
    return ""


def agrees(value, expected):
    """Tell whether a result is the expected one: up to rounding, whole numbers exactly.

    Parameters
    ----------
    value, expected : array-like

    Returns
    -------
    bool

    Examples
    --------
    >>> agrees([1.0, 2.0], [1.0, 2.0 + 1e-9])
    True
    """
    value, expected = as_array(value), np.asarray(expected)
    if value is None or value.shape != expected.shape:
        return False
    # Counts are whole numbers, and of a million one more is wrong.
    rtol = 0 if expected.dtype.kind in "iu" else _RTOL
    return np.allclose(value, expected.astype(np.float64), rtol, _ATOL)


def compare(value, expected, what, mistakes=(), *, planted=None, infinite="", distinct=False):
    """Pass where a result is the expected one; else say which mistake it comes from.

    Parameters
    ----------
    value : object
        The student's result.
    expected : array-like
        The right one.
    what : str
        What it is, at the beginning of a sentence.
    mistakes : iterable of (str, array-like), optional
        What comes out of typical mistakes, each with its hint in front.
    planted : array-like, optional
        What comes out of the mistake that the exercise begins with.
    infinite : str, default=""
        Hint for a result that is NaN or infinite somewhere.
    distinct : bool, default=False
        Whether results may agree by chance. Then inputs for which they do are not used.

    Raises
    ------
    Ambiguous
        If ``distinct``, and the right result or mistakes with different hints agree.
    Unsolved
        If the planted mistake is still there.
    Wrong
        If the result is any other than the expected one.

    Examples
    --------
    >>> compare(2.0, 2.0, "The sum")
    >>> compare(4.0, 2.0, "The sum", [("Halve it.", 4.0)])
    Traceback (most recent call last):
        ...
    ae_lib.exercises._checking.Wrong: Halve it.
    """
    if distinct:
        for (hint, first), (other, second) in itertools.combinations(
            [("", expected), *mistakes], 2
        ):
            if hint != other and agrees(first, second):
                raise Ambiguous
    if agrees(value, expected):
        return
    if planted is not None and agrees(value, planted):
        raise Unsolved
    for hint, wrong in mistakes:
        if agrees(value, wrong):
            raise Wrong(hint)
    expected = np.asarray(expected, np.float64)
    value = as_numbers(value, expected.shape, what, infinite=infinite)
    place = np.unravel_index(np.abs(value - expected).argmax(), expected.shape)
    where = f" at {tuple(map(int, place))}" if place else ""
    raise Wrong(f"{what}: expected {expected[place]:.5g}{where}. Received: {value[place]:.5g}.")


def parts(value, names):
    """Return the parts of a result that has several.

    Parameters
    ----------
    value : object
        The student's result.
    names : sequence of str
        What its parts are.

    Returns
    -------
    tuple

    Raises
    ------
    Wrong
        If it is not a tuple or list of as many parts, nor an array with as many rows.

    Examples
    --------
    >>> parts((1, 2), ["mean", "components"])
    (1, 2)
    """
    array = None if isinstance(value, tuple | list) else as_array(value)
    if array is not None and array.ndim:
        value = list(array)
    if not isinstance(value, tuple | list) or len(value) != len(names):
        raise Wrong(
            f"Expected {len(names)} results: {', '.join(names)}. Received: {describe(value)}."
        )
    return tuple(value)
