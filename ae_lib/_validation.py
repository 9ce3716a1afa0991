"""Checks of arguments that several modules share."""

import math
import numbers

import numpy as np


def check_integer(value, name, *, minimum):
    """Return ``value`` as an int, or say what was received and what was expected.

    Parameters
    ----------
    value : object
        What the caller was given.
    name : str
        The argument's name, for the message.
    minimum : int
        Smallest value allowed.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If ``value`` is not an integer (``True`` and ``False`` are not).
    ValueError
        If ``value`` is below ``minimum``.

    Examples
    --------
    >>> check_integer(3, "n_columns", minimum=1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be an integer. Received: {value!r}")
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}. Received: {value}")
    return int(value)


def check_real(value, name):
    """Return ``value`` as a float, or say what was received and what was expected.

    Parameters
    ----------
    value : object
        What the caller was given.
    name : str
        The argument's name, for the message.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If ``value`` is not a real number (``True`` and ``False`` are not).
    ValueError
        If ``value`` is NaN or infinite.

    Examples
    --------
    >>> check_real(1, "learning_rate")
    1.0
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a real number. Received: {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite. Received: {value}")
    return float(value)


def check_finite(array, name, *, ndim=None):
    """Return ``array`` as a non-empty NumPy array of finite numbers, or say what is wrong with it.

    Parameters
    ----------
    array : array-like of numbers
        What the caller was given.
    name : str
        The argument's name, for the message.
    ndim : int, optional
        Number of dimensions that is expected.

    Returns
    -------
    ndarray
        The same data; floating-point types are kept, others become float64.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the array is empty, has another number of dimensions, or holds NaN or infinity.

    Examples
    --------
    >>> check_finite([[1, 2]], "codes", ndim=2)
    array([[1., 2.]])
    """
    array = np.asarray(array)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers. Received: dtype {array.dtype}")
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimensions. Received: shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty. Received: shape {array.shape}")
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        raise ValueError(
            f"{name} must be finite. Received: {count} values that are NaN or infinite"
        )
    return array


def check_codes(codes, labels, suffix=""):
    """Return codes and labels as arrays that fit each other, or say what does not.

    Parameters
    ----------
    codes : array-like of shape (n, n_components)
    labels : array-like of shape (n,)
    suffix : str, default=""
        What follows ``codes`` and ``labels`` in the arguments' names, for the message.

    Returns
    -------
    codes : ndarray of shape (n, n_components)
    labels : ndarray of shape (n,)

    Raises
    ------
    TypeError, ValueError
        If the codes are not finite numbers in two dimensions, or labels are too many or too few.

    Examples
    --------
    >>> codes, labels = check_codes([[0.5, 1.0]], [7])
    >>> labels
    array([7])
    """
    codes = check_finite(codes, f"codes{suffix}", ndim=2)
    labels = np.asarray(labels)
    if labels.shape != codes.shape[:1]:
        raise ValueError(
            f"labels{suffix} must have one label for each of {len(codes)} codes. "
            f"Received: shape {labels.shape}"
        )
    return codes, labels
