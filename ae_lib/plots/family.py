"""A family drawn as a tree: what its members share, the branches, and the members."""

from ae_lib.plots.style import DRAWN

# All lengths are inches.
_WIDTH = 7.5
_ROOT, _BRANCH, _MEMBER = 0.1, 1.75, 4.4  # left edges of the three columns
_ROOT_WIDTH, _BRANCH_WIDTH = 1.35, 2.2
_ROW, _GAP = 0.42, 0.2  # one member, and the extra space between branches


def plot_family(root, branches, *, title=None):
    """Draw a family as a tree with three columns: root, branches and members.

    Parameters
    ----------
    root : str
        What all members share. Line breaks keep it narrow.
    branches : dict of str to dict of str to str
        For each branch its members, and for each member a short note that follows its name. A
        branch may have line breaks. No branch is without a member.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
        With a text in ``alt_text``.

    Raises
    ------
    ValueError
        If there is no branch, or a branch without a member.

    Examples
    --------
    >>> branches = {"with four legs": {"dog": "barks", "cat": "does not"}}
    >>> plot_family("animals", branches).alt_text
    'A tree. animals: with four legs: dog (barks), cat (does not).'
    """
    if not branches or not all(branches.values()):
        raise ValueError(f"branches must each have at least one member. Received: {branches}")

    import matplotlib.pyplot as plt

    rows = sum(len(members) for members in branches.values())
    height = rows * _ROW + (len(branches) - 1) * _GAP
    top = height + (0.45 if title is not None else 0.1)
    # A box of two lines is higher than one member.
    fig, ax = plt.subplots(figsize=(_WIDTH, top + 0.2), layout="constrained")
    fig.get_layout_engine().set(w_pad=0, h_pad=0)
    ax.set(xlim=(0, _WIDTH), ylim=(-0.2, top))
    ax.set_axis_off()
    _draw_box(ax, _ROOT, height / 2, _ROOT_WIDTH, root, DRAWN["code"])
    y = height
    for branch, members in branches.items():
        middle = y - len(members) * _ROW / 2
        _connect(ax, _ROOT + _ROOT_WIDTH, height / 2, _BRANCH, middle)
        _draw_box(ax, _BRANCH, middle, _BRANCH_WIDTH, branch, DRAWN["layer"])
        for name, note in members.items():
            _connect(ax, _BRANCH + _BRANCH_WIDTH, middle, _MEMBER, y - _ROW / 2)
            text = ax.annotate(
                name, (_MEMBER + 0.08, y - _ROW / 2), va="center", fontsize=12, fontweight="bold"
            )
            ax.annotate(
                f"  {note}", (1, 0.5), xycoords=text, va="center", fontsize=11, color=DRAWN["note"]
            )
            y -= _ROW
        y -= _GAP
    if title is not None:
        ax.text(_WIDTH / 2, height + 0.25, title, ha="center", fontsize=14, fontweight="bold")
    fig.alt_text = _describe(root, branches, title)
    return fig


def _draw_box(ax, x, y, width, text, colour):
    """Draw a text in a box; ``x`` is its left edge, ``y`` its middle."""
    from matplotlib.patches import FancyBboxPatch

    height = 0.2 + 0.22 * (text.count("\n") + 1)
    shape = "round,pad=0,rounding_size=0.08"
    corner = (x, y - height / 2)
    ax.add_patch(
        FancyBboxPatch(corner, width, height, boxstyle=shape, facecolor=colour, edgecolor="none")
    )
    style = {"ha": "center", "va": "center", "fontsize": 12, "color": DRAWN["paper"]}
    ax.text(x + width / 2, y, text, **style)


def _connect(ax, x, y, to_x, to_y):
    """Draw a line that leaves and arrives horizontally."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    middle = (x + to_x) / 2
    points = [(x, y), (middle, y), (middle, to_y), (to_x, to_y)]
    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    ax.add_patch(PathPatch(path, facecolor="none", edgecolor=DRAWN["line"], linewidth=1.5))


def _describe(root, branches, title):
    """Put the tree into a sentence for each branch."""
    told = [
        f"{branch}: {', '.join(f'{name} ({note})' for name, note in members.items())}"
        for branch, members in branches.items()
    ]
    text = f"{title + ': a' if title else 'A'} tree. {root}: {'; '.join(told)}."
    return " ".join(text.split())
