"""Small pictures in a grid, which several figures are made of."""

import numpy as np

from ae_lib._validation import check_finite
from ae_lib.plots.style import DRAWN


def as_pictures(images, name):
    """Return flat or channelled square images as an array of shape (n, side, side).

    Parameters
    ----------
    images : array-like of shape (n, side * side), (n, side, side) or (n, side, side, 1)
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray of shape (n, side, side)

    Raises
    ------
    TypeError, ValueError
        If the values are not finite numbers or the shape is another one.

    Examples
    --------
    >>> as_pictures(np.zeros((5, 784)), "images").shape
    (5, 28, 28)
    """
    images = check_finite(images, name)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim == 2:
        side = int(np.sqrt(images.shape[1]))
        if side * side == images.shape[1]:
            images = images.reshape(-1, side, side)
    if images.ndim != 3 or images.shape[1] != images.shape[2]:
        raise ValueError(
            f"{name} must have shape (n, side * side), (n, side, side) or (n, side, side, 1). "
            f"Received: {images.shape}"
        )
    return images


def draw_tile(ax, picture, *, limit=None, below=None):
    """Draw one picture in its axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    picture : ndarray of shape (side, side)
        Ink from 0 (white) to 1 (black), or signed values if ``limit`` is given.
    limit : float, optional
        Draw values from ``-limit`` (orange) over 0 (white) to ``limit`` (purple).
    below : str, optional
        A short text below the picture.
    """
    if limit is None:
        ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    else:
        ax.imshow(picture, cmap="PuOr", vmin=-limit, vmax=limit)
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set(visible=True, color=DRAWN["tile"], linewidth=0.6)
    if below is not None:
        ax.set_xlabel(below, fontsize=10, labelpad=2)
