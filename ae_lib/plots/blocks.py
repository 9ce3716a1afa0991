"""A convolutional network drawn as blocks: the arrays that its layers pass on, to scale."""

import math
import re
from dataclasses import dataclass

from ae_lib._validation import check_integer
from ae_lib.plots.style import COLOURS, INK, PAPER

# All lengths are inches. The figure is as wide as its longest row, within these bounds.
_WIDEST = 7.5
_NARROWEST = 4.3
_MARGIN = 0.12  # around the drawing
_LONGEST = 0.9  # the longest side of all blocks
_DEEPEST = 0.34  # the edge towards the back of the block with most channels
_SHRINKS = (1.0, 0.85, 0.7)  # sizes to try, until two rows are enough
_SLOPE = math.radians(35)  # of that edge
_SMALLEST = 0.04  # a face's sides: what is smaller cannot be seen
_COLUMN = 0.12  # width of a vector
_SHAFT = 0.06  # what an arrow has on either side of its text
_LIFT = 0.08  # from an arrow up to its text
_SPACE = 0.1  # between two texts, and between a block and its label
_LINE = 0.19  # from line to line of a text
_KEY = 0.23  # from line to line of the key
_BETWEEN = 0.36  # between two rows

_FONT = 11
_NOTE = "A column is as tall as a square map of as many values."


@dataclass(frozen=True)
class _Block:
    """One block: what it stands for, and its lengths in inches."""

    kind: str
    shape: tuple
    role: str
    width: float
    height: float
    depth: float

    @property
    def back(self):
        """How far to the right and up the back lies."""
        return _back(self.depth)

    @property
    def extent(self):
        """The width of the drawing, the part towards the back included."""
        return self.width + self.back[0]

    @property
    def label(self):
        """The lines below the block."""
        count = _count(math.prod(self.shape), "value")
        # A vector's size is its number of values: written once, on two lines.
        size = [_size(self.shape), count] if len(self.shape) > 1 else count.split()
        return [*size, self.role]

    @property
    def arrow(self):
        """The text at the arrow that leads here: MaxPooling2D on two lines, Dense on one."""
        return re.sub(r"(?<=[a-zD])(?=[A-Z][a-z])", "\n", self.kind)

    @property
    def above(self):
        """How far the block and the text at its arrow reach above the middle of the front."""
        text = _LIFT + _LINE * (self.arrow.count("\n") + 1)
        return max(self.height / 2 + self.back[1], text)


def layer_shapes(model):
    """List the shapes of what a network's layers pass on, as :func:`plot_blocks` takes them.

    Parameters
    ----------
    model : keras.Sequential
        A built model. The layers of a ``Sequential`` inside it are listed one by one.

    Returns
    -------
    list of (str, tuple of int)
        ``("input", shape)``, then for each layer the name of its class and the shape of its
        output; the batch is left out.

    Raises
    ------
    TypeError
        If ``model`` is not a ``keras.Sequential``.
    ValueError
        If the model does not know the shape of its input yet.

    Examples
    --------
    >>> from ae_lib._keras import keras
    >>> layers = [keras.Input((28, 28, 1)), keras.layers.Conv2D(16, 3, padding="same")]
    >>> layer_shapes(keras.Sequential(layers))
    [('input', (28, 28, 1)), ('Conv2D', (28, 28, 16))]
    """
    from ae_lib._keras import keras

    if not isinstance(model, keras.Sequential):
        raise TypeError(f"model must be a keras.Sequential. Received: {type(model).__name__}")
    if not model.built:
        raise ValueError(
            "model must know the shape of its input: begin it with keras.Input(shape). "
            f"Received: {model.name!r}, which is not built"
        )
    shape = tuple(model.input_shape)
    shapes = [("input", shape[1:])]
    for layer in _leaves(model, keras.Sequential):
        shape = tuple(layer.compute_output_shape(shape))
        shapes.append((type(layer).__name__, shape[1:]))
    return shapes


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
    rows, per_pixel, per_channel = _lay_out(shapes, roles, code)
    blocks = [block for row in rows for block in row]
    above = max(block.above for block in blocks)
    below = max(block.height / 2 for block in blocks) + _SPACE
    step = above + below + 3 * _LINE + _BETWEEN  # from row to row
    top = _MARGIN if title is None else 0.5
    title_width = _text_width(title or "", size=14, weight="bold")
    ends = [_place(row)[1] for row in rows]
    width = max(_NARROWEST, _MARGIN + title_width, *ends) + _MARGIN
    has_vectors = any(len(shape) == 1 for _, shape in shapes)
    height = top + len(rows) * step + (_KEY if has_vectors else 0) + _MARGIN

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


def _leaves(model, container):
    """Yield the layers of a model, those of the containers in it one by one."""
    for layer in model.layers:
        if isinstance(layer, container):
            yield from _leaves(layer, container)
        else:
            yield layer


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


def _sides(shape):
    """Return height, width and channels, in pixels; a vector has no width and no channels."""
    if len(shape) == 1:
        return math.sqrt(shape[0]), 0, 0
    return shape if len(shape) == 3 else (*shape, 1)


def _back(depth):
    """Return how far to the right and up an edge towards the back leads."""
    return depth * math.cos(_SLOPE), depth * math.sin(_SLOPE)


def _scales(shapes):
    """Return how many inches a pixel and a channel have."""
    sides = [_sides(shape) for _, shape in shapes]
    longest = max(max(height, width) for height, width, _ in sides)
    return _LONGEST / longest, _DEEPEST / max(1, *(channels for _, _, channels in sides))


def _lay_out(shapes, roles, code):
    """Return rows of blocks, and the scales; smaller blocks where that saves a third row."""
    for shrink in _SHRINKS:
        per_pixel, per_channel = (shrink * scale for scale in _scales(shapes))
        blocks = [
            _make_block(kind, shape, role, per_pixel, per_channel)
            for (kind, shape), role in zip(shapes, roles, strict=True)
        ]
        rows = _break_into_rows(blocks, code)
        if len(rows) <= 2:
            break
    return rows, per_pixel, per_channel


def _make_block(kind, shape, role, per_pixel, per_channel):
    """Turn a shape into a block with lengths in inches."""
    height, width, channels = _sides(shape)
    return _Block(
        kind=kind,
        shape=shape,
        role=role,
        height=max(height * per_pixel, _SMALLEST),
        width=max(width * per_pixel, _SMALLEST) if width else _COLUMN,
        depth=channels * per_channel,
    )


def _size(shape):
    """Write a shape as it stands below a block."""
    return " × ".join(f"{size:,}" for size in shape)


def _count(number, noun):
    """Write a number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _text_width(text, **style):
    """Measure the longest line of a text."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(**{"size": _FONT, **style})
    lines = [line for line in text.split("\n") if line]
    ends = [TextPath((0, 0), line, prop=font).get_extents().x1 for line in lines]
    return max(ends, default=0) / 72


def _place(row):
    """Put blocks beside each other, so that neither they nor their texts touch.

    Returns
    -------
    lefts : list of float
        The left edge of each block.
    right : float
        Where the row ends.
    """
    lefts, edge, label_edge = [], _MARGIN, _MARGIN
    for block in row:
        if block.role != "input":
            edge += _text_width(block.arrow) + 2 * _SHAFT
        half_label = max(_text_width(line) for line in block.label) / 2
        left = max(edge, label_edge + half_label - block.extent / 2)
        lefts.append(left)
        edge = left + block.extent
        label_edge = left + block.extent / 2 + half_label + _SPACE
    return lefts, max(edge, label_edge - _SPACE) + _SPACE


def _break_into_rows(blocks, code):
    """Divide the blocks into rows that fit: one, or else a new row after the code."""

    def fits(row):
        return _place(row)[1] <= _WIDEST - _MARGIN

    if fits(blocks):
        return [blocks]
    rows = []
    for part in [blocks] if code is None else [blocks[: code + 1], blocks[code + 1 :]]:
        row = []
        for block in part:
            if row and not fits([*row, block]):
                rows.append(row)
                row = []
            row.append(block)
        rows.append(row)
    return rows


def _draw_row(ax, row, y, label_y):
    """Draw blocks with their arrows and labels; ``y`` is the middle of their front faces."""
    edge = _MARGIN
    for left, block in zip(_place(row)[0], row, strict=True):
        if block.role != "input":
            _draw_arrow(ax, edge, left, y, block.arrow)
        _draw_block(ax, left, y, block)
        edge = left + block.extent
        _draw_label(ax, left + block.extent / 2, label_y, block)


def _draw_block(ax, left, y, block):
    """Draw the faces of a block that can be seen: front, top and side."""
    from matplotlib.patches import Polygon

    colour = COLOURS["autoencoder" if block.role == "code" else "pca"]
    low, high, right = y - block.height / 2, y + block.height / 2, left + block.width
    dx, dy = block.back
    faces = {
        "front": [(left, low), (right, low), (right, high), (left, high)],
        "top": [(left, high), (right, high), (right + dx, high + dy), (left + dx, high + dy)],
        "side": [(right, low), (right + dx, low + dy), (right + dx, high + dy), (right, high)],
    }
    shades = {"front": colour, "top": _mix(colour, PAPER, 0.45), "side": _mix(colour, INK, 0.35)}
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
    arrow = {"arrowstyle": "-|>,head_width=0.25,head_length=0.45", "color": INK, "lw": 1.2}
    ends = {"shrinkA": 3, "shrinkB": 3, "snap": False}
    ax.annotate("", (right, y), (left, y), arrowprops=arrow | ends)
    ax.text((left + right) / 2, y + _LIFT, text, ha="center", va="bottom", fontsize=_FONT)


def _draw_label(ax, x, y, block):
    """Write the lines below a block."""
    colours = [INK, COLOURS["data"], COLOURS["autoencoder"] if block.role == "code" else INK]
    for k, (line, colour) in enumerate(zip(block.label, colours, strict=True)):
        weight = "bold" if line == "code" else "normal"
        style = {"fontsize": _FONT, "color": colour, "fontweight": weight}
        ax.text(x, y - k * _LINE, line, ha="center", va="top", **style)


def _draw_turn(ax, row, y, between, next_y):
    """Draw the line from the end of a row to where the next begins."""
    lefts, right = _place(row)
    start = lefts[-1] + row[-1].extent + 0.04
    ax.plot(
        [start, right, right, _MARGIN, _MARGIN, _MARGIN + 0.05],
        [y, y, between, between, next_y, next_y],
        color=INK,
        linewidth=1.2,
        snap=False,
        zorder=1,
    )


def _draw_key(ax, shapes, per_pixel, per_channel):
    """Show each scale by a line of half its longest, and say what a column's height is."""
    maps = [_sides(shape) for _, shape in shapes if len(shape) > 1]
    style = {"fontsize": _FONT, "color": COLOURS["data"], "va": "center_baseline"}
    x, y = _MARGIN, _MARGIN + 0.08
    if len(maps) < len(shapes):
        ax.text(x, y, _NOTE, **style)
        y += _KEY
    if not maps:
        return
    n_pixels = max(1, max(max(height, width) for height, width, _ in maps) // 2)
    n_channels = max(1, max(channels for _, _, channels in maps) // 2)
    pixels, channels = _count(n_pixels, "pixel"), _count(n_channels, "channel")
    line = {"color": COLOURS["data"], "linewidth": 2}
    ax.plot([x, x + n_pixels * per_pixel], [y, y], "|-", markersize=7, **line)
    x += n_pixels * per_pixel + _SPACE
    ax.text(x, y, pixels, **style)
    x += _text_width(pixels) + 4 * _SPACE
    dx, dy = _back(n_channels * per_channel)
    ax.plot([x, x + dx], [y - dy / 2, y + dy / 2], **line)
    ax.text(x + dx + _SPACE, y, channels, **style)


def _describe(shapes, code, title):
    """Say in words what the figure shows."""
    (first, shape), *rest = shapes
    steps = [f"{first} of {_size(shape)} ({_count(math.prod(shape), 'value')})"]
    steps += [f"{kind} to {_size(shape)} ({math.prod(shape):,})" for kind, shape in rest]
    said = f"{title + ': ' if title else ''}Network drawn as {len(shapes)} blocks: "
    said += ", ".join(steps) + "."
    if code is not None:
        said += (
            f" The code is block {code + 1}, with {_count(math.prod(shapes[code][1]), 'value')}."
        )
    return said
