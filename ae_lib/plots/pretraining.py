"""Pretraining, unrolling and fine-tuning side by side: the idea of the paper's Fig. 1."""

import itertools

from ae_lib._validation import check_integer
from ae_lib.plots.style import DRAWN

# All lengths are inches: the figure is 7.5 wide and as high as its layers need.
_WIDTH = 7.5
_COLUMNS = (1.25, 3.72, 6.27)  # centres of the three columns
_LAYER = 1.75  # width of the largest layer
_BAR = 0.3  # height of a layer
_GAP = 0.42  # between two layers, where the name of their weights stands
_FRAME = 0.1  # between an RBM's layers and the frame around it

_CODE = {"fontsize": 12, "fontweight": "bold", "color": DRAWN["code"]}


def plot_pretraining(sizes=(784, 1000, 500, 250, 30), *, title=None):
    """Draw how a stack of RBMs becomes a deep autoencoder, in three columns to be read upwards.

    *Pretraining*: each restricted Boltzmann machine (RBM) learns one matrix of weights, from what
    the one below has learnt. *Unrolling*: the matrices are laid out as an encoder, and their
    transposes as a decoder. *Fine-tuning*: every matrix changes by an epsilon of its own, so that
    encoder and decoder are no longer tied.

    A layer's width goes with the square root of its size, but none is narrower than its number.

    Parameters
    ----------
    sizes : sequence of int, default=(784, 1000, 500, 250, 30)
        Number of units of each layer from the data to the code; at least two. The default is the
        paper's network for digits.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
        With a text in ``alt_text``.

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive integer or there are fewer than two.

    References
    ----------
    G. E. Hinton, R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
    Science 313 (2006), Fig. 1, https://doi.org/10.1126/science.1127647.

    Examples
    --------
    >>> plot_pretraining([784, 256, 30]).alt_text
    'Three columns, read upwards. Pretraining: restricted Boltzmann machines 784-256, 256-30, ...'
    """
    sizes = [check_integer(size, "each of sizes", minimum=1) for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes must have at least two layers. Received: {sizes}")

    import matplotlib.pyplot as plt

    n = len(sizes) - 1
    height = (2 * n + 1) * _BAR + 2 * n * _GAP
    low, high = -0.42, height + (1.05 if title is None else 1.5)
    fig, ax = plt.subplots(figsize=(_WIDTH, high - low), layout="constrained")
    fig.get_layout_engine().set(w_pad=0, h_pad=0)
    ax.set(xlim=(0, _WIDTH), ylim=(low, high))
    ax.set_axis_off()

    encoder = [f"W_{{{k}}}" for k in range(1, n + 1)]
    decoder = [f"{weights}^{{\\top}}" for weights in reversed(encoder)]
    unrolled = encoder + decoder
    tuned = [f"{weights}+\\varepsilon_{{{k}}}" for k, weights in enumerate(unrolled, start=1)]
    _draw_rbms(ax, sizes, encoder, height)
    _draw_autoencoder(ax, _COLUMNS[1], sizes, unrolled)
    _draw_autoencoder(ax, _COLUMNS[2], sizes, tuned)
    _draw_parts(ax, height)
    _draw_heads(ax, height)
    if title is not None:
        _write(ax, _WIDTH / 2, height + 1.27, title, fontsize=14, fontweight="bold")
    fig.alt_text = _describe(sizes, title)
    return fig


def _width(size, sizes):
    """Return the width of a layer's bar."""
    return max(_LAYER * (size / max(sizes)) ** 0.5, 0.16 + 0.105 * len(f"{size:,}"))


def _write(ax, x, y, text, **style):
    """Write a text, centred on a point unless the style says otherwise."""
    ax.text(x, y, text, **{"ha": "center", "va": "center", "fontsize": 11, "zorder": 4, **style})


def _draw_layer(ax, x, y, size, sizes, *, is_code):
    """Draw one layer as a bar with its size inside; ``x`` is its centre, ``y`` its lower edge."""
    from matplotlib.patches import FancyBboxPatch

    width = _width(size, sizes)
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y),
            width,
            _BAR,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=DRAWN["code" if is_code else "layer"],
            edgecolor="none",
            zorder=3,
        )
    )
    number = {
        "color": DRAWN["paper"],
        "fontsize": 12,
        "fontweight": "bold",
        "va": "center_baseline",
    }
    _write(ax, x, y + _BAR / 2 - 0.01, f"{size:,}", **number)


def _draw_weights(ax, x, y, below, above, weights):
    """Draw the weights between two layers as a pale area with their name."""
    ax.fill(
        [x - below / 2, x + below / 2, x + above / 2, x - above / 2],
        [y, y, y + _GAP, y + _GAP],
        color=DRAWN["weights"],
        zorder=1,
    )
    _write(ax, x, y + _GAP / 2, f"${weights}$", fontsize=13)


def _draw_rbms(ax, sizes, weights, height):
    """Draw the RBMs above each other, as high together as the autoencoder beside them."""
    from matplotlib.patches import FancyBboxPatch

    x, n = _COLUMNS[0], len(weights)
    left, own_height = x - _LAYER / 2, 2 * _BAR + _GAP
    # A single RBM has none above it, and stands at the bottom, where the data come in.
    step = (height - own_height) / max(n - 1, 1)
    for k, (below, above) in enumerate(itertools.pairwise(sizes)):
        y = k * step
        top = y + own_height + _FRAME
        ax.add_patch(
            FancyBboxPatch(
                (left - _FRAME, y - _FRAME),
                _LAYER + 2 * _FRAME,
                own_height + 2 * _FRAME,
                boxstyle="round,pad=0,rounding_size=0.1",
                facecolor=DRAWN["paper"],
                edgecolor=DRAWN["frame"],
                linewidth=1.2,
            )
        )
        _write(ax, left, top, f"RBM {k + 1}", ha="left", zorder=2, bbox=_on_line(1))
        _draw_weights(ax, x, y + _BAR, _width(below, sizes), _width(above, sizes), weights[k])
        _draw_layer(ax, x, y, below, sizes, is_code=False)
        _draw_layer(ax, x, y + _BAR + _GAP, above, sizes, is_code=k == n - 1)
        if k < n - 1:
            end = y + step - _FRAME
            arrow = {
                "arrowstyle": "-|>,head_width=0.3,head_length=0.5",
                "color": DRAWN["ink"],
                "lw": 1.4,
            }
            ax.annotate("", (x, end), (x, top), arrowprops=arrow | {"shrinkA": 2, "shrinkB": 2})
            said = {"ha": "left", "fontsize": 10}
            _write(ax, x + 0.12, (top + end) / 2, "probabilities\nas data", **said)
    _write(ax, x, top + 0.05, "code", va="bottom", **_CODE)


def _draw_autoencoder(ax, x, sizes, weights):
    """Draw encoder, code and decoder above each other."""
    layers = [*sizes, *sizes[-2::-1]]
    for k, size in enumerate(layers):
        _draw_layer(ax, x, k * (_BAR + _GAP), size, sizes, is_code=k == len(sizes) - 1)
    for k, (below, above) in enumerate(itertools.pairwise(layers)):
        y = k * (_BAR + _GAP) + _BAR
        _draw_weights(ax, x, y, _width(below, sizes), _width(above, sizes), weights[k])


def _draw_parts(ax, height):
    """Name data, code and reconstruction, and the two parts that the autoencoders consist of."""
    for x in _COLUMNS:
        _write(ax, x, -_FRAME - 0.05, "data", va="top")
    for x in _COLUMNS[1:]:
        _write(ax, x, height + 0.05, "reconstruction", va="bottom")
    x, middle = (_COLUMNS[1] + _COLUMNS[2]) / 2, height / 2
    _write(ax, x, middle, "code", **_CODE)
    for low, high, name in [(0, middle - _BAR, "encoder"), (middle + _BAR, height, "decoder")]:
        ax.plot([x, x], [low, high], "_-", color=DRAWN["frame"], linewidth=1.2, markersize=10)
        _write(ax, x, (low + high) / 2, name, fontsize=12, rotation=90, bbox=_on_line(3))


def _draw_heads(ax, height):
    """Write above each column what it shows."""
    heads = [
        ("1  Pretraining", "one layer at a time"),
        ("2  Unrolling", "transposes as decoder"),
        ("3  Fine-tuning", "all layers at once"),
    ]
    for x, (name, how) in zip(_COLUMNS, heads, strict=True):
        _write(ax, x, height + 0.79, name, fontsize=14, fontweight="bold")
        _write(ax, x, height + 0.52, how)


def _on_line(pad):
    """Return the style of a text that interrupts the line it stands on."""
    return {"facecolor": DRAWN["paper"], "edgecolor": "none", "pad": pad}


def _describe(sizes, title):
    """Say in words what the figure shows."""
    rbms = ", ".join(f"{below}-{above}" for below, above in itertools.pairwise(sizes))
    layers = "-".join(str(size) for size in [*sizes, *sizes[-2::-1]])
    matrices = ", ".join(f"W{k}" for k in range(1, len(sizes)))
    return (
        f"{title + ': ' if title else ''}Three columns, read upwards. Pretraining: restricted "
        f"Boltzmann machines {rbms}, trained one at a time, each with the probabilities of "
        f"the one below as its data; the last gives the code of {sizes[-1]} units. Unrolling: one "
        f"network {layers}, with {matrices} in the encoder and their transposes in the decoder. "
        f"Fine-tuning: the same network; to each of its {2 * len(sizes) - 2} matrices an epsilon "
        "of its own is added."
    )
