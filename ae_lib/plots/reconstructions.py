"""Originals above their reconstructions, as in the paper's Fig. 2."""

from ae_lib.metrics import squared_error
from ae_lib.plots._tiles import as_pictures, draw_tile


def plot_reconstructions(images, reconstructions, *, errors=None, title=None):
    """Draw originals in the first row and each method's reconstructions in a row below.

    Below each reconstruction stands its own squared error, at the left of a row the method's name
    and mean error.

    Parameters
    ----------
    images : array-like of shape (n, side * side), (n, side, side) or (n, side, side, 1)
        The originals, ink from 0 to 1; up to 12.
    reconstructions : dict of str to array-like of the shape of ``images``
        The reconstructions under the name of their method, in the order of the rows.
    errors : dict of str to float, optional
        Each method's mean error where it is known on more images, on a test set for example. By
        default the mean over the images drawn, and the label says ``mean``.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
        With a text in ``alt_text``.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, values are not finite, there are no or too many images, or
        ``errors`` names a method that is not drawn.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.zeros((3, 784))
    >>> fig = plot_reconstructions(images, {"half grey": images + 0.5})
    >>> fig.alt_text
    '3 original images above their reconstructions, a row each: half grey, squared error 196.00 ...'
    """
    images = as_pictures(images, "images")
    if not 1 <= len(images) <= 12:
        raise ValueError(f"images must hold 1 to 12 images. Received: {len(images)}")
    if not isinstance(reconstructions, dict) or not reconstructions:
        raise TypeError(
            f"reconstructions must be a dict of method to images. Received: {reconstructions!r}"
        )
    rows = {
        name: as_pictures(pictures, f"reconstructions[{name!r}]")
        for name, pictures in reconstructions.items()
    }
    each = {
        name: squared_error(images, pictures, per_image=True) for name, pictures in rows.items()
    }
    unknown = set(errors or {}) - set(rows)
    if unknown:
        raise ValueError(f"errors names methods that are not drawn: {sorted(unknown)}")

    import matplotlib.pyplot as plt

    # Never wider than a page, so that the texts keep their size on it.
    tile = min(0.82, 6.1 / len(images))
    fig, axes = plt.subplots(
        1 + len(rows),
        len(images),
        figsize=(tile * len(images) + 1.4, (tile + 0.16) * (1 + len(rows)) + 0.2),
        squeeze=False,
        layout="constrained",
    )
    fig.get_layout_engine().set(w_pad=0.02, h_pad=0.04, hspace=0, wspace=0)
    for ax, image in zip(axes[0], images, strict=True):
        draw_tile(ax, image)
    _label_row(axes[0, 0], "original")
    said = []
    for row, (name, pictures) in zip(axes[1:], rows.items(), strict=True):
        for ax, picture, error in zip(row, pictures, each[name], strict=True):
            draw_tile(ax, picture, below=f"{error:.1f}")
        known = errors is not None and name in errors
        mean = errors[name] if known else each[name].mean()
        _label_row(row[0], f"{name}\n{mean:.2f}" if known else f"{name}\nmean {mean:.2f}")
        said.append(f"{name}, squared error {mean:.2f}" + ("" if known else " on these images"))
    if title is not None:
        fig.suptitle(title, fontweight="bold")
    fig.alt_text = (
        f"{len(images)} original images above their reconstructions, a row each: "
        + "; ".join(said)
        + "."
    )
    return fig


def _label_row(ax, text):
    """Write a row's label to the left of its first picture."""
    ax.set_ylabel(text, rotation=0, ha="right", va="center", labelpad=8)
