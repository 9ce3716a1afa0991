"""Comparing a student's result with the right one, and with what typical mistakes give."""

import itertools

import numpy as np

from ae_lib.exercises._findings import Ambiguous, Unsolved, Wrong, describe

# Students may compute in float32.
_RTOL, _ATOL = 1e-4, 1e-5


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
    ae_lib.exercises._findings.Wrong: Halve it.
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
