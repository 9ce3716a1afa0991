"""Colours and matplotlib settings that all figures of the course share."""

#: Colours of what is compared, from the palette of Okabe and Ito, which people with any of the
#: common kinds of colour blindness can tell apart. One meaning keeps one colour in all chapters.
COLOURS = {
    "data": "#4d4d4d",
    "pca": "#0072b2",
    "autoencoder": "#d55e00",
    "linear": "#009e73",
    "other": "#cc79a7",
    "good": "#009e73",
    "bad": "#a8324e",
}

#: One colour a digit, 0 to 9: Matthew Petroff's ten colours, made for colour-blind readers too
#: (https://doi.org/10.48550/arXiv.2107.02270).
DIGIT_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)

INK = "#1a1a1a"
PAPER = "#ffffff"


def use_style():
    """Set matplotlib's defaults to those of the course, for the rest of the session.

    The user's ``matplotlibrc``, styles and settings so far make no difference to the figures after
    this. Only what is no part of them is kept: the backend, the interactive mode and the like.

    Figures are opaque and white, also on a dark page: like a printed card, they read the same
    everywhere.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> use_style()
    >>> plt.rcParams["axes.spines.top"]
    False
    """
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.rcdefaults()
    plt.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": "#808080",
            "axes.grid": True,
            "axes.labelcolor": INK,
            "axes.prop_cycle": plt.cycler(
                color=[COLOURS[name] for name in ("autoencoder", "pca", "linear", "other", "data")]
            ),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": "medium",
            "axes.titleweight": "bold",
            "figure.constrained_layout.use": True,
            "figure.facecolor": PAPER,
            "figure.figsize": (7.5, 4.0),
            "font.family": "DejaVu Sans",
            "font.size": 11,
            "grid.color": "#e3e3e3",
            "image.cmap": "gray_r",
            "image.interpolation": "nearest",
            "legend.frameon": False,
            "lines.linewidth": 2.0,
            "lines.markersize": 6,
            "savefig.facecolor": PAPER,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )
