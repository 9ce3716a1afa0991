"""Colours and matplotlib settings that all figures of the course share."""

import json
from pathlib import Path

# The one table of the course's colours: hues by name, and the hue of each role. The website hands
# the roles on to style sheets and interactive demos, so a colour is changed there alone.
_PALETTE = json.loads(Path(__file__).with_name("palette.json").read_text(encoding="utf-8"))


def _colours(roles):
    """Return the colour of each role."""
    return {role: _PALETTE["hues"][hue] for role, hue in roles.items()}


#: Colours of what is compared, from the palette of Okabe and Ito, which people with any of the
#: common kinds of colour blindness can tell apart. One meaning keeps one colour in all chapters.
COLOURS = _colours(_PALETTE["compared"])

#: Colours of what figures are made of: paper and ink, the layers of a network, frames and lines.
DRAWN = _colours(_PALETTE["drawn"])

#: One colour a digit, 0 to 9: Matthew Petroff's ten colours, made for colour-blind readers too
#: (https://doi.org/10.48550/arXiv.2107.02270). Colours that resemble each other went to digits that
#: do not, such as 0 and 3, because similar digits are neighbours on maps.
DIGIT_COLOURS = tuple(_PALETTE["digits"])


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
            "axes.edgecolor": DRAWN["line"],
            "axes.grid": True,
            "axes.labelcolor": DRAWN["ink"],
            "axes.prop_cycle": plt.cycler(
                color=[_PALETTE["hues"][hue] for hue in _PALETTE["cycle"]]
            ),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": "medium",
            "axes.titleweight": "bold",
            "figure.constrained_layout.use": True,
            "figure.facecolor": DRAWN["paper"],
            "figure.figsize": (7.5, 4.0),
            "font.family": "DejaVu Sans",
            "font.size": 11,
            "grid.color": DRAWN["grid"],
            "image.cmap": "gray_r",
            "image.interpolation": "nearest",
            "legend.frameon": False,
            "lines.linewidth": 2.0,
            "lines.markersize": 6,
            "savefig.facecolor": DRAWN["paper"],
            "text.color": DRAWN["ink"],
            "xtick.color": DRAWN["ink"],
            "ytick.color": DRAWN["ink"],
        }
    )
