"""Rows handed to TensorFlow some at a time, since it copies what it is handed."""

import math

import numpy as np

BLOCK_ROWS = 2000


def blocks(n, size):
    """Cut ``range(n)`` into slices of a size; the last may be shorter."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def mini_batches(X, order, batch_size):
    """Yield mini-batches, some at a time, as float32 of shape (n, batch_size, n_features).

    With them comes how many of them are to be used. Where fewer are left, the array is as large as
    before and its end is not used: for another shape the graph would be compiled once more. Rows
    that do not fill a mini-batch come last, as a smaller one.
    """
    n_full = len(X) // batch_size
    size = batch_size * max(1, min(n_full, math.ceil(BLOCK_ROWS / batch_size)))
    for block in blocks(n_full * batch_size, size):
        rows = np.empty((size, X.shape[1]), np.float32)
        n_rows = block.stop - block.start
        rows[:n_rows] = X[block] if order is None else X[order[block]]
        yield rows.reshape(-1, batch_size, X.shape[1]), n_rows // batch_size
    if len(X) % batch_size:
        rest = slice(n_full * batch_size, len(X))
        yield np.asarray(X[rest if order is None else order[rest]], np.float32)[None], 1


def by_blocks(function, X):
    """Apply a function to blocks of float32 rows, and put the results into one array."""
    results = None
    for block in blocks(len(X), BLOCK_ROWS):
        result = np.asarray(function(np.asarray(X[block], np.float32)))
        if results is None:
            results = np.empty((len(X), *result.shape[1:]), np.float32)
        results[block] = result
    return results
