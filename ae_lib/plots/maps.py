"""A map of two-dimensional codes, as in the paper's Fig. 3."""

import numpy as np

from ae_lib._validation import check_codes
from ae_lib.plots._tiles import as_pictures
from ae_lib.plots.style import DIGIT_COLOURS, DRAWN


def plot_map(codes, labels, *, images=None, ax=None, title=None):
    """Draw two-dimensional codes as points coloured by digit.

    Each class's number stands at the median of its points, or beside it where two numbers would
    cover each other, so that the map can be read without colours. Where there is room between
    them, small pictures show the digit at that place.

    Parameters
    ----------
    codes : array-like of shape (n, 2)
    labels : array-like of shape (n,), integers from 0 to 9
    images : array-like of shape (n, side * side), (n, side, side) or (n, side, side, 1), optional
        The digits of the codes, ink from 0 to 1, for the small pictures.
    ax : matplotlib.axes.Axes, optional
        Where to draw, for several maps side by side. By default in a new figure.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
        With a text in ``alt_text``, if the figure was made here.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, values are not finite, or a label is not a digit.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> fig = plot_map(rng.normal(size=(50, 2)), np.arange(50) % 10)
    >>> fig.alt_text
    "Map of 50 codes in two dimensions, coloured by digit; the digits' numbers stand where ..."
    """
    codes, labels = check_codes(codes, labels, "")
    if codes.shape[1] != 2:
        raise ValueError(f"codes must have 2 columns. Received: shape {codes.shape}")
    if not np.isin(labels, range(10)).all():
        raise ValueError(f"labels must be digits from 0 to 9. Received: {np.unique(labels)}")
    pictures = None if images is None else as_pictures(images, "images")
    if pictures is not None and len(pictures) != len(codes):
        raise ValueError(
            f"images must hold one image for each of {len(codes)} codes. Received: {len(pictures)}"
        )

    import matplotlib.pyplot as plt

    made_here = ax is None
    if made_here:
        _, ax = plt.subplots(figsize=(7.5, 6.6), layout="constrained")
    colours = np.array(DIGIT_COLOURS)
    classes = [int(label) for label in np.unique(labels)]
    ax.scatter(*codes.T, c=colours[labels.astype(int)], s=5, alpha=0.7, linewidths=0)
    ax.set(xticks=[], yticks=[], title=title)
    ax.grid(False)
    ax.margins(0.03)
    axes_of_points = _AxesInPoints(ax, codes)
    medians = [np.median(codes[labels == label], axis=0) for label in classes]
    marks = _spread_out(axes_of_points.from_codes(medians), distance=24)
    if pictures is not None:
        _draw_pictures(ax, codes, axes_of_points, pictures, colours[labels.astype(int)], marks)
    for label, mark in zip(classes, axes_of_points.to_codes(marks), strict=True):
        ax.annotate(
            str(label),
            mark,
            ha="center",
            va="center",
            color=DRAWN["ink"],
            fontsize=12,
            fontweight="bold",
            bbox={
                "boxstyle": "circle,pad=0.25",
                "fc": DRAWN["paper"],
                "ec": colours[label],
                "lw": 2,
            },
            zorder=10,
        )
    if made_here:
        ax.figure.alt_text = (
            f"{title + ': ' if title else ''}Map of {len(codes):,} codes in two dimensions, "
            "coloured by digit; the digits' numbers stand where their codes lie."
        )
    return ax.figure


class _AxesInPoints:
    """Where codes lie in their axes, in points (1/72 inch), the unit in which things collide."""

    def __init__(self, ax, codes):
        self.low = codes.min(axis=0)
        extent = codes.max(axis=0) - self.low
        size = ax.get_window_extent().size * 72 / ax.figure.dpi
        self.scale = size / np.where(extent > 0, extent, 1)

    def from_codes(self, codes):
        return (np.asarray(codes) - self.low) * self.scale

    def to_codes(self, places):
        return places / self.scale + self.low


def _spread_out(places, distance):
    """Move places apart, a little at a time, until no two are closer than ``distance``."""
    places = places.copy()
    for _ in range(200):
        offset = places[:, None] - places[None]
        apart = np.linalg.norm(offset, axis=2)
        np.fill_diagonal(apart, np.inf)
        if apart.min() >= distance:
            break
        # Two places that coincide have no direction of their own: push them sideways.
        offset[apart == 0] = [1.0, 0.0]
        offset[np.tril(apart == 0)] = [-1.0, 0.0]
        push = np.clip(distance - apart, 0, None) / np.maximum(apart, 1.0)
        places += 0.3 * (offset * push[..., None]).sum(axis=1)
    return places


def _draw_pictures(ax, codes, axes_of_points, pictures, colours, marks):
    """Draw as many small pictures as fit without touching each other or a class's number."""
    from matplotlib.colors import Normalize
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    side = 19.0
    taken = list(marks)
    # First come, first drawn: the order of the data set is as good as random.
    for index, place in enumerate(axes_of_points.from_codes(codes)):
        if np.abs(np.array(taken) - place).max(axis=1).min() < 1.25 * side:
            continue
        taken.append(place)
        picture = pictures[index]
        image = OffsetImage(picture, zoom=side / len(picture), cmap="gray_r", norm=Normalize(0, 1))
        frame = {"boxstyle": "square,pad=0", "ec": colours[index], "lw": 1.4}
        ax.add_artist(AnnotationBbox(image, codes[index], pad=0, bboxprops=frame))
