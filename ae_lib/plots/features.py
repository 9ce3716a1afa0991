"""A grid of pictures: images, principal components, or the weights of units."""

import numpy as np

from ae_lib._validation import check_integer
from ae_lib.plots._tiles import as_pictures, draw_tile


def plot_features(features, *, n_columns=10, titles=None, symmetric=False, title=None):
    """Draw features as small pictures in a grid.

    Parameters
    ----------
    features : array-like of shape (n, side * side), (n, side, side) or (n, side, side, 1)
        Images with ink from 0 to 1, or features with values of both signs.
    n_columns : int, default=10
    titles : sequence of str, optional
        A short text below each picture.
    symmetric : bool, default=False
        For features: orange is negative, white zero, purple positive, each picture scaled to its
        own largest value.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
        With a text in ``alt_text``.

    Raises
    ------
    TypeError, ValueError
        If the shape is another one, values are not finite, or the titles are too many or too few.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> plot_features(rng.normal(size=(12, 784)), n_columns=6, symmetric=True).alt_text
    '12 features of 28 x 28 pixels, 6 in a row, positive and negative values in two colours.'
    """
    pictures = as_pictures(features, "features")
    n_columns = min(check_integer(n_columns, "n_columns", minimum=1), len(pictures))
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(
            f"titles must have {len(pictures)} texts, one for each. Received: {len(titles)}"
        )

    import matplotlib.pyplot as plt

    n_rows = -(-len(pictures) // n_columns)
    tile = min(7.5 / n_columns, 1.5)
    height = (
        tile * n_rows + (0.22 * n_rows if titles is not None else 0) + (title is not None) * 0.3
    )
    fig, axes = plt.subplots(
        n_rows, n_columns, figsize=(tile * n_columns, height), squeeze=False, layout="constrained"
    )
    fig.get_layout_engine().set(w_pad=0.02, h_pad=0.02, hspace=0, wspace=0)
    for index, ax in enumerate(axes.flat):
        if index >= len(pictures):
            ax.set_axis_off()
            continue
        # A feature that is zero everywhere has no largest value to be scaled by.
        limit = (np.abs(pictures[index]).max() or 1.0) if symmetric else None
        draw_tile(ax, pictures[index], limit=limit, below=None if titles is None else titles[index])
    if title is not None:
        fig.suptitle(title, fontweight="bold")
    side = pictures.shape[1]
    kind = ", positive and negative values in two colours" if symmetric else ""
    fig.alt_text = (
        f"{title + ': ' if title else ''}{len(pictures)} {'features' if symmetric else 'images'} "
        f"of {side} x {side} pixels, {n_columns} in a row{kind}."
    )
    return fig
