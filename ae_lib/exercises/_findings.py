"""What a check may find out about an answer, and words for what a student handed in."""

import numpy as np


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
