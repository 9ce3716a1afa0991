"""Calling a student's function safely: on copies, in float32 too, whatever it may do."""

import copy
import functools
import linecache
import traceback
import warnings

import numpy as np

from ae_lib.exercises._findings import Unsolved, Wrong, describe


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
    if "ellipsis" in describe(error):
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
