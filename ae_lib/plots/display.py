"""Show a figure in a notebook together with a text for those who cannot see it."""

import io
import sys

# A figure 7.5 inches wide is shown 750 pixels wide, and stored at 1.6 times that for sharp screens.
_SHOWN_DPI = 100
_STORED_DPI = 160
_COLOURS = 256


def show(fig, alt=None):
    """Display a figure as a PNG with alternative text, and close it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure. Those that the ``plot_`` functions return know their own text.
    alt : str, optional
        What the figure shows, in a sentence or two, for readers who do not see it. By default the
        figure's own text, ``fig.alt_text``.

    Raises
    ------
    TypeError
        If ``fig`` is not a figure.
    ValueError
        If there is no text.

    Notes
    -----
    The text stands in the output's metadata, from where the website takes it. Outside a notebook
    the figure opens in a window if matplotlib has one to open.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> _ = ax.plot([4, 2, 1])
    >>> show(fig, alt="A falling curve.")
    """
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    if not isinstance(fig, Figure):
        raise TypeError(f"show expects a matplotlib figure. Received: {type(fig).__name__}")
    alt = getattr(fig, "alt_text", None) if alt is None else alt
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"A figure needs a text: show(fig, alt='...'). Received: alt={alt!r}")

    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        _display_png(fig, " ".join(alt.split()))
    elif plt.get_backend().lower() != "agg":
        plt.show()
    plt.close(fig)


def as_png(fig):
    """Return a figure as the bytes of a PNG with 256 colours at most.

    Every version of a notebook stays in the repository for good, and with a palette a figure of
    the course takes about a third of the bytes. Its colours change by 2 of 255 or less (root mean
    square). No date or program name is stored, so the same figure gives the same bytes.

    Parameters
    ----------
    fig : matplotlib.figure.Figure

    Returns
    -------
    bytes

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> as_png(fig)[1:4]
    b'PNG'
    """
    from PIL import Image

    drawn, stored = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, dpi=_STORED_DPI, format="png")
    with Image.open(drawn) as picture:
        few = picture.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE
        )
    few.save(stored, "PNG", optimize=True)
    return stored.getvalue()


def _display_png(fig, alt):
    """Send the figure to the notebook."""
    from IPython.display import display

    width, height = (round(inches * _SHOWN_DPI) for inches in fig.get_size_inches())
    display(
        {"image/png": as_png(fig), "text/plain": "<figure>"},
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
        raw=True,
    )
