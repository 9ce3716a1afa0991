"""The tree of a family: every word of it is drawn, and inside the figure."""

import matplotlib.pyplot as plt
import pytest

from ae_lib import plot_family

BRANCHES = {
    "with four\nlegs": {"dog": "barks", "cat": "does not"},
    "with two": {"hen": "cackles"},
}


def test_every_text_is_drawn_once_and_inside_the_figure():
    fig = plot_family("animals", BRANCHES, title="A family")
    fig.canvas.draw()
    drawn = [text for text in fig.axes[0].texts if text.get_text()]
    expected = ["animals", *BRANCHES, "dog", "cat", "hen", "A family"]
    expected += ["  barks", "  does not", "  cackles"]
    assert sorted(text.get_text() for text in drawn) == sorted(expected)
    for text in drawn:
        assert fig.bbox.padded(1).contains(*text.get_window_extent().min), text
        assert fig.bbox.padded(1).contains(*text.get_window_extent().max), text
    plt.close(fig)


def test_members_do_not_overlap():
    fig = plot_family("animals", BRANCHES)
    fig.canvas.draw()
    boxes = [text.get_window_extent() for text in fig.axes[0].texts]
    for k, box in enumerate(boxes):
        assert box.count_overlaps(boxes[k + 1 :]) == 0
    plt.close(fig)


def test_the_alternative_text_is_the_whole_tree():
    fig = plot_family("animals", BRANCHES, title="A family")
    assert fig.alt_text == (
        "A family: a tree. animals: with four legs: dog (barks), cat (does not); with two: hen "
        "(cackles)."
    )
    plt.close(fig)


@pytest.mark.parametrize("branches", [{}, {"none": {}}])
def test_a_branch_without_members_is_refused(branches):
    with pytest.raises(ValueError, match="at least one member"):
        plot_family("animals", branches)
