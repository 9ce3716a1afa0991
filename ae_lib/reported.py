"""Errors that a chapter reports, in one form: for its readers, and for the page of all errors."""

from ae_lib._validation import check_integer

#: What the list is stored as, beside the table that readers see.
MIME = "application/vnd.ae-errors+json"
_TEXTS = ("network", "learnt from")
_WHOLE = ("layers", "epochs")


def list_errors(rows):
    """Show the errors of a chapter as a table, and store them for the page of all errors.

    An error means little without what it was measured on. So each row names the network, the data
    that it learnt from, how many layers it has, and how long it was trained.

    Parameters
    ----------
    rows : list of dict
        Each with ``network`` and ``learnt from`` (texts), ``layers`` (layers of weights; 0 for a
        method without a network), ``epochs`` (of the whole network; 0 if it was not trained) and
        ``error``: the squared error per test image, or a sequence with one for each random seed.

    Raises
    ------
    TypeError, ValueError
        If a row has other fields, a text is empty, a number is negative or not finite, or there is
        no row.

    Notes
    -----
    Outside of a notebook the table is printed.

    Examples
    --------
    >>> from ae_lib import list_errors
    >>> list_errors([{"network": "PCA-30", "learnt from": "60,000 digits", "layers": 0, "epochs": 0,
    ...               "error": 13.87}])
      network    learnt from  layers  epochs  seeds  error  lowest  highest
    0  PCA-30  60,000 digits       0       0      1  13.87   13.87    13.87
    """
    import pandas as pd

    checked = [_check_row(row) for row in rows]
    if not checked:
        raise ValueError("rows must have at least one row. Received: none")
    table = pd.DataFrame(checked)
    _display(table.round(2), checked)


def _check_row(row):
    """Return a row as it is stored, or say what is wrong with it."""
    import numpy as np

    expected = {*_TEXTS, *_WHOLE, "error"}
    if not isinstance(row, dict) or set(row) != expected:
        received = sorted(row) if isinstance(row, dict) else type(row).__name__
        raise ValueError(f"A row must have the fields {sorted(expected)}. Received: {received}")
    for name in _TEXTS:
        if not isinstance(row[name], str) or not row[name].strip():
            raise TypeError(f"{name} must be a text. Received: {row[name]!r}")
    for name in _WHOLE:
        check_integer(row[name], name, minimum=0)
    errors = np.atleast_1d(np.asarray(row["error"], float))
    if errors.ndim != 1 or not len(errors) or not np.isfinite(errors).all() or (errors < 0).any():
        raise ValueError(
            f"error must be a number of at least 0, or several. Received: {row['error']!r}"
        )
    return {
        **{name: row[name] for name in _TEXTS},
        **{name: int(row[name]) for name in _WHOLE},
        "seeds": len(errors),
        "error": round(float(errors.mean()), 4),
        "lowest": round(float(errors.min()), 4),
        "highest": round(float(errors.max()), 4),
    }


def _display(table, rows):
    """Send the table to the notebook, with the rows beside it; or print it."""
    import sys

    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(table)
        return
    from IPython.display import display

    display({"text/html": table.to_html(), "text/plain": str(table), MIME: rows}, raw=True)
