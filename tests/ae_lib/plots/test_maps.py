"""A map shows every code, and nothing on it covers anything else."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from ae_lib import plot_map
from ae_lib.plots import maps
from ae_lib.plots.style import DIGIT_COLOURS
from tests.ae_lib.plots.figures import images, texts


def test_map_draws_every_code_in_its_digits_colour():
    rng = np.random.default_rng(2)
    codes, labels = rng.normal(size=(200, 2)), np.arange(200) % 10
    fig = plot_map(codes, labels, images=rng.random((200, 784)), title="Codes")
    points = fig.axes[0].collections[0]
    np.testing.assert_allclose(points.get_offsets(), codes)
    for label in range(10):
        expected = mpl.colors.to_rgb(DIGIT_COLOURS[label])
        np.testing.assert_allclose(points.get_facecolors()[label, :3], expected)
    assert set("0123456789") <= texts(fig)
    assert "Codes: Map of 200 codes" in fig.alt_text


def test_pictures_on_a_map_do_not_touch_each_other_or_the_numbers():
    rng = np.random.default_rng(3)
    codes, labels = rng.normal(size=(300, 2)), np.arange(300) % 10
    fig = plot_map(codes, labels, images=rng.random((300, 784)))
    fig.canvas.draw()
    boxes = [
        artist.get_window_extent()
        for artist in fig.axes[0].artists
        if isinstance(artist, mpl.offsetbox.AnnotationBbox)
    ]
    assert len(boxes) > 10
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:index])


def test_numbers_of_classes_that_coincide_are_moved_apart():
    places = np.zeros((4, 2))
    spread = maps._spread_out(places, distance=10)
    gaps = np.linalg.norm(spread[:, None] - spread[None], axis=2)[np.triu_indices(4, 1)]
    assert gaps.min() > 9
    np.testing.assert_allclose(spread.mean(axis=0), 0, atol=1e-6)


def test_map_draws_into_axes_that_it_was_given():
    fig, axes = plt.subplots(1, 2)
    assert plot_map(np.eye(2), [3, 4], ax=axes[1]) is fig
    assert not axes[0].collections
    assert axes[1].collections


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.zeros((3, 3)), [0, 1, 2]), r"2 columns. Received: shape \(3, 3\)"),
        ((np.zeros((3, 2)), [0, 1, 10]), "digits from 0 to 9"),
        ((np.zeros((3, 2)), [0, 1]), "one label for each of 3 codes"),
    ],
)
def test_map_names_what_is_wrong(arguments, words):
    with pytest.raises(ValueError, match=words):
        plot_map(*arguments)


def test_map_needs_a_picture_for_each_code():
    with pytest.raises(ValueError, match=r"each of 3 codes. Received: 4"):
        plot_map(np.eye(3)[:, :2], [1, 2, 3], images=images())
