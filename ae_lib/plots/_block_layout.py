"""Where the blocks of :func:`ae_lib.plot_blocks` stand and how large they are, in inches."""

import math
import re
from dataclasses import dataclass

MARGIN = 0.12  # around the drawing
SPACE = 0.1  # between two texts, and between a block and its label
LINE = 0.19  # from line to line of a text
LIFT = 0.08  # from an arrow up to its text
FONT = 11

_WIDEST = 7.5  # of all rows
_LONGEST = 0.9  # the longest side of all blocks
_DEEPEST = 0.34  # the edge towards the back of the block with most channels
_SLOPE = math.radians(35)  # of that edge
_SHRINKS = (1.0, 0.85, 0.7)  # sizes to try, until two rows are enough
_SMALLEST = 0.04  # a face's sides: what is smaller cannot be seen
_COLUMN = 0.12  # width of a vector
_SHAFT = 0.06  # what an arrow has on either side of its text


@dataclass(frozen=True)
class Block:
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
        return towards_back(self.depth)

    @property
    def extent(self):
        """The width of the drawing, the part towards the back included."""
        return self.width + self.back[0]

    @property
    def label(self):
        """The lines below the block."""
        count = write_count(math.prod(self.shape), "value")
        # A vector's size is its number of values: written once, on two lines.
        size = [write_shape(self.shape), count] if len(self.shape) > 1 else count.split()
        return [*size, self.role]

    @property
    def arrow(self):
        """The text at the arrow that leads here: MaxPooling2D on two lines, Dense on one."""
        return re.sub(r"(?<=[a-zD])(?=[A-Z][a-z])", "\n", self.kind)

    @property
    def above(self):
        """How far the block and the text at its arrow reach above the middle of the front."""
        text = LIFT + LINE * (self.arrow.count("\n") + 1)
        return max(self.height / 2 + self.back[1], text)


def sides(shape):
    """Return height, width and channels, in pixels; a vector has no width and no channels.

    Parameters
    ----------
    shape : tuple of int

    Returns
    -------
    tuple

    Examples
    --------
    >>> sides((28, 28, 8)), sides((28, 12)), sides((49,))
    ((28, 28, 8), (28, 12, 1), (7.0, 0, 0))
    """
    if len(shape) == 1:
        return math.sqrt(shape[0]), 0, 0
    return shape if len(shape) == 3 else (*shape, 1)


def towards_back(depth):
    """Return how far to the right and up an edge towards the back leads.

    Parameters
    ----------
    depth : float
        Its length.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> right, up = towards_back(1.0)
    >>> round(right, 3), round(up, 3)
    (0.819, 0.574)
    """
    return depth * math.cos(_SLOPE), depth * math.sin(_SLOPE)


def write_shape(shape):
    """Write a shape as it stands below a block.

    Parameters
    ----------
    shape : tuple of int

    Returns
    -------
    str

    Examples
    --------
    >>> write_shape((28, 28, 1024))
    '28 × 28 × 1,024'
    """
    return " × ".join(f"{size:,}" for size in shape)


def write_count(number, noun):
    """Write a number of things.

    Parameters
    ----------
    number : int
    noun : str

    Returns
    -------
    str

    Examples
    --------
    >>> write_count(1, "pixel"), write_count(1568, "value")
    ('1 pixel', '1,568 values')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def text_width(text, **style):
    """Measure the longest line of a text.

    Parameters
    ----------
    text : str
    **style : object
        Of the font, where it is not the usual one.

    Returns
    -------
    float

    Examples
    --------
    >>> text_width("Conv2D") < text_width("Conv2D", size=14)
    True
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(**{"size": FONT, **style})
    lines = [line for line in text.split("\n") if line]
    ends = [TextPath((0, 0), line, prop=font).get_extents().x1 for line in lines]
    return float(max(ends, default=0)) / 72


def lay_out(shapes, roles, code):
    """Make the blocks and divide them into rows; smaller blocks where that saves a third row.

    Parameters
    ----------
    shapes : list of (str, tuple of int)
        As :func:`ae_lib.plot_blocks` takes them.
    roles : list of str
        What each block is: "input", "code", "output" or "".
    code : int or None
        Index of the code.

    Returns
    -------
    rows : list of list of Block
    per_pixel, per_channel : float
        The scales.

    Examples
    --------
    >>> rows, _, _ = lay_out([("input", (28, 28)), ("Dense", (30,))], ["input", "output"], None)
    >>> [(block.kind, block.height) for block in rows[0]]
    [('input', 0.9...), ('Dense', 0.17...)]
    """
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


def _scales(shapes):
    """Return how many inches a pixel and a channel have."""
    all_sides = [sides(shape) for _, shape in shapes]
    longest = max(max(height, width) for height, width, _ in all_sides)
    return _LONGEST / longest, _DEEPEST / max(1, *(channels for _, _, channels in all_sides))


def _make_block(kind, shape, role, per_pixel, per_channel):
    """Turn a shape into a block with lengths in inches."""
    height, width, channels = sides(shape)
    return Block(
        kind=kind,
        shape=shape,
        role=role,
        height=max(height * per_pixel, _SMALLEST),
        width=max(width * per_pixel, _SMALLEST) if width else _COLUMN,
        depth=channels * per_channel,
    )


def place(row):
    """Put blocks beside each other, so that neither they nor their texts touch.

    Parameters
    ----------
    row : list of Block

    Returns
    -------
    lefts : list of float
        The left edge of each block.
    right : float
        Where the row ends.

    Examples
    --------
    >>> place([Block("Dense", (30,), "code", width=0.12, height=0.2, depth=0.0)])[0]
    [0.7...]
    """
    lefts, edge, label_edge = [], MARGIN, MARGIN
    for block in row:
        if block.role != "input":
            edge += text_width(block.arrow) + 2 * _SHAFT
        half_label = max(text_width(line) for line in block.label) / 2
        left = max(edge, label_edge + half_label - block.extent / 2)
        lefts.append(left)
        edge = left + block.extent
        label_edge = left + block.extent / 2 + half_label + SPACE
    return lefts, max(edge, label_edge - SPACE) + SPACE


def _break_into_rows(blocks, code):
    """Divide the blocks into rows that fit: one, or else a new row after the code."""

    def fits(row):
        return place(row)[1] <= _WIDEST - MARGIN

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
