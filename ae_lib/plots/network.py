"""A network drawn as its layers, from the input on the left to the output on the right."""

import numpy as np

from ae_lib._validation import check_integer
from ae_lib.plots.style import DRAWN

_BAR = 0.34  # width of a layer, where neighbouring layers are 1 apart


def plot_network(sizes, *, names=None, code=None, title=None):
    """Draw a network's layers as bars, with their sizes.

    A bar's height goes with the square root of the layer's size: in true proportion, 2 units
    beside 784 could not be seen.

    Parameters
    ----------
    sizes : sequence of int
        Number of units of each layer, input and output included; at least two layers.
    names : sequence of str, optional
        A name below each layer; a line break keeps long ones narrow.
    code : int, optional
        Index of the code layer, neither the first nor the last. With it, the code is marked and
        braces name the encoder and the decoder.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
        With a text in ``alt_text``.

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive integer, names are too many or too few, or ``code`` is not an
        inner layer.

    Examples
    --------
    >>> plot_network([784, 256, 30, 256, 784], code=2).alt_text
    'Network drawn as 5 layers of 784, 256, 30, 256, 784 units. The code layer has 30 units: ...'
    """
    sizes = [check_integer(size, "each of sizes", minimum=1) for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes must have at least two layers. Received: {sizes}")
    if names is not None and len(names) != len(sizes):
        raise ValueError(f"names must have {len(sizes)} texts. Received: {len(names)}")
    if code is not None:
        code = check_integer(code, "code", minimum=1)
        if code > len(sizes) - 2:
            raise ValueError(
                f"code must be the index of an inner layer, 1 to {len(sizes) - 2}. Received: {code}"
            )

    import matplotlib.pyplot as plt

    heights = np.sqrt(sizes) / np.sqrt(max(sizes))
    fig, ax = plt.subplots(figsize=(min(7.5, 1.5 + 1.15 * len(sizes)), 3.9), layout="constrained")
    for index, height in enumerate(heights):
        if index + 1 < len(sizes):
            _draw_connections(ax, index, height, heights[index + 1])
        _draw_layer(ax, index, height, sizes[index], index == code)
        if names is not None:
            ax.text(index, -0.58, names[index], ha="center", va="top", fontsize=10)
    below = -0.6 if names is None else -0.62 - 0.08 * max(name.count("\n") + 1 for name in names)
    if code is not None:
        _draw_brace(ax, -_BAR / 2, code - 0.1, below, "encoder")
        _draw_brace(ax, code + 0.1, len(sizes) - 1 + _BAR / 2, below, "decoder")
    ax.set_xlim(-0.6, len(sizes) - 0.4)
    ax.set_ylim(below - (0.22 if code is not None else 0), 0.66)
    ax.set_axis_off()
    if title is not None:
        fig.suptitle(title, fontweight="bold")
    listed = ", ".join(str(size) for size in sizes)
    fig.alt_text = (
        f"{title + ': ' if title else ''}Network drawn as {len(sizes)} layers of {listed} units."
    )
    if code is not None:
        fig.alt_text += (
            f" The code layer has {sizes[code]} units: the encoder leads to it, the decoder back."
        )
    return fig


def _draw_layer(ax, index, height, size, is_code):
    """Draw one layer as a bar with its size above."""
    from matplotlib.patches import FancyBboxPatch

    colour = DRAWN["code" if is_code else "layer"]
    # A layer of very few units would be thinner than the bar's outline.
    height = max(height, 0.05)
    ax.add_patch(
        FancyBboxPatch(
            (index - _BAR / 2, -height / 2),
            _BAR,
            height,
            boxstyle="round,pad=0,rounding_size=0.02",
            facecolor=colour,
            edgecolor="none",
            zorder=2,
        )
    )
    weight = "bold" if is_code else "normal"
    ax.text(index, height / 2 + 0.03, f"{size:,}", ha="center", va="bottom", fontweight=weight)


def _draw_connections(ax, index, height, next_height):
    """Draw the weights between two layers as one pale area."""
    left, right = index + _BAR / 2, index + 1 - _BAR / 2
    ax.fill(
        [left, right, right, left],
        [height / 2, next_height / 2, -next_height / 2, -height / 2],
        color=DRAWN["weights"],
        zorder=1,
    )


def _draw_brace(ax, left, right, y, text):
    """Draw a bracket below the layers from ``left`` to ``right`` with a text."""
    ax.plot(
        [left, left, right, right], [y + 0.04, y, y, y + 0.04], color=DRAWN["note"], linewidth=1.2
    )
    ax.text((left + right) / 2, y - 0.04, text, ha="center", va="top", color=DRAWN["ink"])
