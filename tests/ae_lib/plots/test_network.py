"""A network shows its sizes, its names and its code."""

import matplotlib as mpl
import pytest

from ae_lib import plot_network
from ae_lib.plots.style import DRAWN
from tests.ae_lib.plots.figures import texts


def test_network_shows_sizes_names_and_where_the_code_is():
    fig = plot_network([784, 1000, 30, 784], names=["in", "", "code", "out"], code=2, title="Net")
    assert {"784", "1,000", "30", "in", "code", "out", "encoder", "decoder"} <= texts(fig)
    bars = fig.axes[0].patches
    colours = [mpl.colors.to_hex(bar.get_facecolor()) for bar in bars if bar.get_zorder() == 2]
    assert colours.count(DRAWN["code"]) == 1
    assert "784, 1000, 30, 784 units" in fig.alt_text


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"sizes": [784]}, ValueError, "at least two"),
        ({"sizes": [784, 0]}, ValueError, "at least 1"),
        ({"sizes": [784, 2.5]}, TypeError, "2.5"),
        ({"sizes": [3, 2, 3], "names": ["a"]}, ValueError, "3 texts"),
        ({"sizes": [3, 2, 3], "code": 2}, ValueError, "inner layer, 1 to 1"),
    ],
)
def test_network_names_what_is_wrong(arguments, error, words):
    with pytest.raises(error, match=words):
        plot_network(**arguments)
