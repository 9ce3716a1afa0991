"""Features fill a grid, and signed ones have zero in the middle of the colours."""

import numpy as np
import pytest

from ae_lib import plot_features
from tests.ae_lib.plots.figures import images, texts


def test_features_fill_a_grid_and_leave_the_rest_empty():
    fig = plot_features(np.ones((7, 784)), n_columns=3, titles=list("abcdefg"), title="Seven")
    assert [bool(ax.images) for ax in fig.axes] == [True] * 7 + [False] * 2
    assert set("abcdefg") <= texts(fig)
    assert fig.alt_text.startswith("Seven: 7 images of 28 x 28 pixels, 3 in a row")


def test_signed_features_have_zero_in_the_middle_of_the_colours():
    features = np.zeros((2, 784))
    features[0, :2] = -3, 1
    fig = plot_features(features, symmetric=True)
    assert fig.axes[0].images[0].get_clim() == (-3, 3)
    assert fig.axes[1].images[0].get_clim() == (-1, 1)


def test_features_need_one_title_each():
    with pytest.raises(ValueError, match=r"4 texts.*Received: 1"):
        plot_features(images(), titles=["a"])
