"""The colours can be told from the paper, and each has one meaning."""

import matplotlib as mpl
import numpy as np

from ae_lib import COLOURS, plot_blocks, plot_network, plot_pretraining, use_style
from ae_lib.plots.style import DRAWN
from tests.ae_lib.plots.figures import CONVOLUTIONAL


def contrast(first, second):
    def luminance(colour):
        channels = np.array(mpl.colors.to_rgb(colour))
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722]

    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_lines_stand_out_from_the_paper():
    # WCAG 2.2, 1.4.11: graphical objects need a contrast of 3 to 1.
    for name, colour in COLOURS.items():
        assert contrast(colour, DRAWN["paper"]) >= 3, name


def faces(fig):
    """Return the colours of all that is filled."""
    return [mpl.colors.to_hex(patch.get_facecolor()) for patch in fig.axes[0].patches]


def test_another_colour_for_pca_or_the_autoencoder_changes_no_drawing(monkeypatch):
    def draw():
        use_style()
        figures = [
            plot_blocks(CONVOLUTIONAL, code=3),
            plot_network([3, 2, 3], code=1),
            plot_pretraining([3, 2]),
        ]
        return [faces(fig) for fig in figures], mpl.rcParams["axes.prop_cycle"]

    before = draw()
    monkeypatch.setitem(COLOURS, "pca", "#ff00ff")
    monkeypatch.setitem(COLOURS, "autoencoder", "#00ff00")
    assert draw() == before
