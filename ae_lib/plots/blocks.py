"""A convolutional network drawn as blocks: the arrays that its layers pass on, to scale."""

import math

from ae_lib._validation import check_integer
from ae_lib.plots._block_layout import (
    FONT,
    LIFT,
    LINE,
    MARGIN,
    SPACE,
    lay_out,
    place,
    sides,
    text_width,
    towards_back,
    write_count,
    write_shape,
)
from ae_lib.plots.style import DRAWN

_NARROWEST = 4.3  # the figure: as wide as its longest row, but not narrower
_BETWEEN = 0.36  # between two rows
_KEY = 0.23  # from line to line of the key
_NOTE = "A column is as tall as a square map of as many values."


def plot_blocks(shapes, *, code=None, title=None):
    """Draw a convolutional network as blocks, each the array that one layer passes on.

    Height and width of the feature maps are to scale, and so is the number of channels, to a scale
    of its own: the figure shows both scales. A vector is a thin column, as tall as a square map of
    as many values. No face is smaller than can be seen.

    What is too long for one row goes on in the next, if possible after the code.

    Parameters
    ----------
    shapes : sequence of (str, tuple of int)
        For each block the name of the layer that it comes from, and its shape:
        ``(height, width, channels)``, ``(height, width)`` or ``(units,)``. The first is the input.
        At least two blocks; :func:`layer_shapes` lists those of a model.
    code : int, optional
        Index of the code, neither the first block nor the last, to mark it.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
        With a text in ``alt_text``.

    Raises
    ------
    TypeError, ValueError
        If there are fewer than two blocks, a shape is not one to three positive integers, or
        ``code`` is not an inner block.

    Examples
    --------
    >>> shapes = [("input", (28, 28, 1)), ("Conv2D", (14, 14, 8)), ("Flatten", (1568,))]
    >>> plot_blocks(shapes, code=1).alt_text
    'Network drawn as 3 blocks: input of 28 × 28 × 1 (784 values), Conv2D to 14 × 14 × 8 ...'
    """
    shapes = _check_shapes(shapes)
    if code is not None:
        code = check_integer(code, "code", minimum=1)
        if code > len(shapes) - 2:
            raise ValueError(
                "code must be the index of an inner block, 1 to "
                f"{len(shapes) - 2}. Received: {code}"
            )

    import matplotlib.pyplot as plt

    roles = ["input", *[""] * (len(shapes) - 2), "output"]
    if code is not None:
        roles[code] = "code"
    rows, per_pixel, per_channel = lay_out(shapes, roles, code)
    blocks = [block for row in rows for block in row]
    above = max(block.above for block in blocks)
    below = max(block.height / 2 for block in blocks) + SPACE
    step = above + below + 3 * LINE + _BETWEEN  # from row to row
    top = MARGIN if title is None else 0.5
    title_width = text_width(title or "", size=14, weight="bold")
    ends = [place(row)[1] for row in rows]
    width = max(_NARROWEST, MARGIN + title_width, *ends) + MARGIN
    has_vectors = any(len(shape) == 1 for _, shape in shapes)
    height = top + len(rows) * step + (_KEY if has_vectors else 0) + MARGIN

    fig, ax = plt.subplots(figsize=(width, height), layout="constrained")
    fig.get_layout_engine().set(w_pad=0, h_pad=0)
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_axis_off()
    for k, row in enumerate(rows):
        y = height - top - k * step - above
        _draw_row(ax, row, y, y - below)
        if k + 1 < len(rows):
            _draw_turn(ax, row, y, y - step + above + _BETWEEN / 2, y - step)
    _draw_key(ax, shapes, per_pixel, per_channel)
    if title is not None:
        style = {"ha": "center", "va": "center", "fontsize": 14, "fontweight": "bold"}
        ax.text(width / 2, height - 0.25, title, **style)
    for text in ax.texts:
        # All texts lie inside. If the layout made room for them, an inch would be less than one.
        text.set_in_layout(False)
    fig.alt_text = _describe(shapes, code, title)
    return fig


def _check_shapes(shapes):
    """Return the blocks' names and shapes with plain integers, or say what is wrong with them."""
    checked = []
    for item in shapes:
        if not isinstance(item, (tuple, list)) or len(item) != 2 or not isinstance(item[0], str):
            raise TypeError(f"each of shapes must be a name and a shape. Received: {item!r}")
        kind, shape = item
        if not isinstance(shape, (tuple, list)):
            raise TypeError(f"the shape of {kind!r} must be a tuple. Received: {shape!r}")
        if not 1 <= len(shape) <= 3:
            raise ValueError(f"the shape of {kind!r} must have 1 to 3 numbers. Received: {shape!r}")
        name = f"each number in the shape of {kind!r}"
        checked.append((kind, tuple(check_integer(size, name, minimum=1) for size in shape)))
    if len(checked) < 2:
        raise ValueError(f"shapes must have at least two blocks. Received: {shapes}")
    return checked


def _draw_row(ax, row, y, label_y):
    """Draw blocks with their arrows and labels; ``y`` is the middle of their front faces."""
    edge = MARGIN
    for left, block in zip(place(row)[0], row, strict=True):
        if block.role != "input":
            _draw_arrow(ax, edge, left, y, block.arrow)
        _draw_block(ax, left, y, block)
        edge = left + block.extent
        _draw_label(ax, left + block.extent / 2, label_y, block)


def _draw_block(ax, left, y, block):
    """Draw the faces of a block that can be seen: front, top and side."""
    from matplotlib.patches import Polygon

    colour = DRAWN["code" if block.role == "code" else "layer"]
    low, high, right = y - block.height / 2, y + block.height / 2, left + block.width
    dx, dy = block.back
    faces = {
        "front": [(left, low), (right, low), (right, high), (left, high)],
        "top": [(left, high), (right, high), (right + dx, high + dy), (left + dx, high + dy)],
        "side": [(right, low), (right + dx, low + dy), (right + dx, high + dy), (right, high)],
    }
    shades = {
        "front": colour,
        "top": _mix(colour, DRAWN["paper"], 0.45),
        "side": _mix(colour, DRAWN["ink"], 0.35),
    }
    for name, corners in faces.items():
        if name == "front" or block.depth:
            ax.add_patch(Polygon(corners, facecolor=shades[name], gid=name, zorder=2))


def _mix(colour, other, part):
    """Mix a colour with a part of another."""
    from matplotlib.colors import to_rgb

    pairs = zip(to_rgb(colour), to_rgb(other), strict=True)
    return tuple((1 - part) * first + part * second for first, second in pairs)


def _draw_arrow(ax, left, right, y, text):
    """Draw the arrow to a block, with the layer's name above."""
    arrow = {"arrowstyle": "-|>,head_width=0.25,head_length=0.45", "color": DRAWN["ink"], "lw": 1.2}
    ends = {"shrinkA": 3, "shrinkB": 3, "snap": False}
    ax.annotate("", (right, y), (left, y), arrowprops=arrow | ends)
    ax.text((left + right) / 2, y + LIFT, text, ha="center", va="bottom", fontsize=FONT)


def _draw_label(ax, x, y, block):
    """Write the lines below a block."""
    colours = [DRAWN["ink"], DRAWN["note"], DRAWN["code" if block.role == "code" else "ink"]]
    for k, (line, colour) in enumerate(zip(block.label, colours, strict=True)):
        weight = "bold" if line == "code" else "normal"
        style = {"fontsize": FONT, "color": colour, "fontweight": weight}
        ax.text(x, y - k * LINE, line, ha="center", va="top", **style)


def _draw_turn(ax, row, y, between, next_y):
    """Draw the line from the end of a row to where the next begins."""
    lefts, right = place(row)
    start = lefts[-1] + row[-1].extent + 0.04
    ax.plot(
        [start, right, right, MARGIN, MARGIN, MARGIN + 0.05],
        [y, y, between, between, next_y, next_y],
        color=DRAWN["ink"],
        linewidth=1.2,
        snap=False,
        zorder=1,
    )


def _draw_key(ax, shapes, per_pixel, per_channel):
    """Show each scale by a line of half its longest, and say what a column's height is."""
    maps = [sides(shape) for _, shape in shapes if len(shape) > 1]
    style = {"fontsize": FONT, "color": DRAWN["note"], "va": "center_baseline"}
    x, y = MARGIN, MARGIN + 0.08
    if len(maps) < len(shapes):
        ax.text(x, y, _NOTE, **style)
        y += _KEY
    if not maps:
        return
    n_pixels = max(1, max(max(height, width) for height, width, _ in maps) // 2)
    n_channels = max(1, max(channels for _, _, channels in maps) // 2)
    pixels, channels = write_count(n_pixels, "pixel"), write_count(n_channels, "channel")
    line = {"color": DRAWN["note"], "linewidth": 2}
    ax.plot([x, x + n_pixels * per_pixel], [y, y], "|-", markersize=7, **line)
    x += n_pixels * per_pixel + SPACE
    ax.text(x, y, pixels, **style)
    x += text_width(pixels) + 4 * SPACE
    dx, dy = towards_back(n_channels * per_channel)
    ax.plot([x, x + dx], [y - dy / 2, y + dy / 2], **line)
    ax.text(x + dx + SPACE, y, channels, **style)


def _describe(shapes, code, title):
    """Say in words what the figure shows."""
    (first, shape), *rest = shapes
    steps = [f"{first} of {write_shape(shape)} ({write_count(math.prod(shape), 'value')})"]
    steps += [f"{kind} to {write_shape(shape)} ({math.prod(shape):,})" for kind, shape in rest]
    said = f"{title + ': ' if title else ''}Network drawn as {len(shapes)} blocks: "
    said += ", ".join(steps) + "."
    if code is not None:
        count = write_count(math.prod(shapes[code][1]), "value")
        said += f" The code is block {code + 1}, with {count}."
    return said
