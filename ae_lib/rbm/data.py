"""Which data an RBM takes: ranges, counts, number of rows; and the advice on data that are none."""

import warnings

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from ae_lib._validation import check_finite
from ae_lib.rbm.blocks import BLOCK_ROWS, blocks

# A hundredth of the step between two of 256 grey values: rounding adds no more to scaled data.
_ROUNDING = 1 / 25_500


def check_training_data(rbm, X, *, reset):
    """Check data to train on, and warn if Gaussian units get such as are not standardised.

    The warning points to the line that called the caller.

    Parameters
    ----------
    rbm : RBM
    X : array-like of shape (n, n_features)
    reset : bool
        Whether a new RBM begins with these data; otherwise they must have its columns.

    Returns
    -------
    ndarray of shape (n, n_features)

    Raises
    ------
    TypeError, ValueError
        If the data are not what ``visible`` says.
    """
    X = check_data(rbm, X, reset=reset)
    if rbm.visible == "gaussian":
        _warn_unless_standardised(X)
    return X


def check_data(rbm, X, *, reset=False):
    """Return ``X`` as an array in two dimensions, after the checks that go with its kind."""
    if not reset:
        check_is_fitted(rbm)
    X = validate_data(rbm, X, reset=reset, dtype="numeric", ensure_all_finite=False)
    # NaN goes through min and max, which need no memory. The long way is for the message.
    low, high = X.min(), X.max()
    if not np.isfinite([low, high]).all():
        check_finite(X, "X")
    if rbm.visible == "bernoulli":
        return _within_unit_interval(X, "X")
    return _as_counts(X) if rbm.visible == "multinomial" else X


def check_codes(rbm, H):
    """Return ``H`` as an array in two dimensions, if it can be states or means of hidden units."""
    check_is_fitted(rbm)
    H = check_finite(H, "H", ndim=2)
    if H.shape[1] != len(rbm.components_):
        raise ValueError(
            f"H must have {len(rbm.components_)} columns, one for each hidden unit. "
            f"Received: shape {H.shape}"
        )
    return _within_unit_interval(H, "H") if rbm.hidden == "bernoulli" else H


def reduced_batch_size(rbm, n_rows):
    """Return the number of rows in a mini-batch, and warn if it is not what was asked for.

    The warning points to the line that called the caller.
    """
    if rbm.batch_size > n_rows:
        warnings.warn(
            f"batch_size should be at most {n_rows}, the number of rows. Received: "
            f"{rbm.batch_size}. All rows are one mini-batch now, so each epoch is one step",
            UserWarning,
            stacklevel=3,
        )
    return min(rbm.batch_size, n_rows)


def _within_unit_interval(X, name):
    """Return values in [0, 1]: what lies outside by rounding is clipped, anything else refused."""
    low, high = X.min(), X.max()
    if low >= 0 and high <= 1:
        return X
    # A type of few digits, float16 for example, rounds more coarsely.
    rounding = max(_ROUNDING, 8 * np.finfo(X.dtype).eps) if X.dtype.kind == "f" else 0
    if low >= -rounding and high <= 1 + rounding:
        return np.clip(X, 0, 1)
    advice = "" if name == "H" else f". {_advice_on_range(X, low, high)}"
    raise ValueError(
        f"{name} must be from 0 to 1 for Bernoulli units. "
        f"Received: values from {low:.7g} to {high:.7g}{advice}"
    )


def _advice_on_range(X, low, high):
    """Say how such values get into [0, 1]."""
    if low >= 0 and not any(np.any(X[block] % 1) for block in blocks(len(X), BLOCK_ROWS)):
        if 128 <= high <= 255:
            return "Pixels from 0 to 255 must be divided by 255"
        return (
            "These are whole numbers: divide by the largest possible one, or take "
            "visible='multinomial' if they are counts of words"
        )
    if low >= -0.5 and high <= 1.5:
        return (
            "Values that a scaler has not seen may lie outside its range: "
            "MinMaxScaler(clip=True) keeps them inside"
        )
    return (
        "Scale each column, with MinMaxScaler(clip=True) for example; standardised data goes with "
        "visible='gaussian'"
    )


def _as_counts(X):
    """Return rows as counts of words, rounding undone; refuse what are none, and empty rows."""
    rounded = None
    for block in blocks(len(X), BLOCK_ROWS):
        rows = X[block]
        counts = np.rint(rows)
        off = np.abs(rows - counts)
        if rows.min() < -_ROUNDING:
            raise ValueError(
                f"X must hold counts of words, at least 0. Received: values down to {X.min():g}"
            )
        if np.any(off > _ROUNDING * np.maximum(1, counts)):
            raise ValueError(
                "X must hold counts of words, not frequencies or weights. Received: "
                f"{rows.flat[off.argmax()]:.7g}, in rows {block.start} to {block.stop}"
            )
        empty = np.flatnonzero(~counts.any(axis=1))
        if len(empty):
            raise ValueError(
                "Each row of X must have at least one word. "
                f"Received: none in row {block.start + empty[0]}"
            )
        if off.any():
            rounded = X.copy() if rounded is None else rounded
            rounded[block] = counts
    return X if rounded is None else rounded


def _warn_unless_standardised(X):
    """Warn of data that does not have mean 0 and variance 1, as an average over its columns."""
    mean = X.mean(axis=0, dtype=np.float64)
    square = np.einsum("ij,ij->j", X, X, dtype=np.float64) / len(X)
    variance = (square - mean**2).mean()
    if np.mean(mean**2) <= 0.1 and 0.5 <= variance <= 2:
        return
    warnings.warn(
        "X should be standardised for Gaussian units: each column near mean 0, their average "
        f"variance near 1. Received: means from {mean.min():.3g} to {mean.max():.3g}, average "
        f"variance {variance:.3g}",
        UserWarning,
        stacklevel=4,
    )
