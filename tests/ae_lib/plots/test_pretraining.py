"""Pretraining is drawn as in the paper, and can be read."""

import matplotlib as mpl
import pytest

from ae_lib import plot_pretraining
from ae_lib.plots.style import DRAWN
from tests.ae_lib.plots.figures import texts


def texts_by_column(fig):
    """Return the texts of the three columns, each from bottom to top."""
    columns = [[], [], []]
    for text in fig.axes[0].texts:
        x, y = text.get_position()
        if text.get_text():
            columns[min(int(x / 2.5), 2)].append((y, text.get_text()))
    return [[said for _, said in sorted(column)] for column in columns]


def test_pretraining_is_laid_out_as_in_the_papers_figure():
    rbms, unrolled, tuned = texts_by_column(plot_pretraining())
    layers = ["784", "1,000", "500", "250", "30", "250", "500", "1,000", "784"]
    up = ["$W_{1}$", "$W_{2}$", "$W_{3}$", "$W_{4}$"]
    down = [rf"$W_{{{k}}}^{{\top}}$" for k in (4, 3, 2, 1)]
    assert [said for said in unrolled if said in layers] == layers
    assert [said for said in unrolled if "$" in said] == up + down
    assert [said for said in rbms if "$" in said] == up
    pairs = ["784", "1,000", "1,000", "500", "500", "250", "250", "30"]
    assert [said for said in rbms if said in layers] == pairs
    assert [said for said in rbms if "RBM" in said] == ["RBM 1", "RBM 2", "RBM 3", "RBM 4"]
    assert [said for said in tuned if said in layers] == layers
    changed = [f"{said[:-1]}+\\varepsilon_{{{k}}}$" for k, said in enumerate(up + down, start=1)]
    assert [said for said in tuned if "$" in said] == changed
    for column, name in zip((rbms, unrolled, tuned), ("Pre", "Unr", "Fine-"), strict=True):
        assert column[0] == "data"
        assert name in column[-1]


def test_pretraining_marks_each_code_and_gives_a_layer_one_width():
    fig = plot_pretraining([50, 200, 8])
    bars = [bar for bar in fig.axes[0].patches if bar.get_zorder() == 3]
    codes = [bar for bar in bars if bar.get_facecolor() == mpl.colors.to_rgba(DRAWN["code"])]
    widths = [round(bar.get_width(), 6) for bar in bars]
    assert len(codes) == 3
    assert (widths.count(1.75), widths.count(0.875)) == (2 + 2 + 2, 1 + 2 + 2)
    assert all(bar.get_width() < 0.5 for bar in codes)


def test_pretraining_says_what_it_shows():
    fig = plot_pretraining([6, 5, 2], title="A toy")
    assert fig.alt_text.startswith("A toy: Three columns")
    for said in ("machines 6-5, 5-2,", "6-5-2-5-6, with W1, W2 in", "code of 2", "its 4 matrices"):
        assert said in fig.alt_text
    assert "A toy" in texts(fig)


@pytest.mark.parametrize("sizes", [(784, 1000, 500, 250, 30), (6, 2), (2000, 500, 250, 125, 10, 2)])
def test_pretraining_can_be_read_and_nothing_lies_on_anything_else(sizes):
    fig = plot_pretraining(sizes, title="All of it")
    fig.draw_without_rendering()
    drawn = [text for text in fig.axes[0].texts if text.get_text()]
    assert fig.get_size_inches()[0] == 7.5
    assert min(text.get_fontsize() for text in drawn) >= 10
    boxes = [text.get_window_extent() for text in drawn]
    for index, box in enumerate(boxes):
        assert fig.bbox.contains(*box.min)
        assert fig.bbox.contains(*box.max)
        covered = [drawn[k].get_text() for k in range(index) if box.overlaps(boxes[k])]
        assert not covered, (drawn[index].get_text(), covered)
    bars = [bar.get_window_extent() for bar in fig.axes[0].patches if bar.get_zorder() == 3]
    numbers = [text.get_window_extent() for text in drawn if text.get_color() == DRAWN["paper"]]
    for bar, number in zip(bars, numbers, strict=True):
        assert bar.x0 < number.x0
        assert number.x1 < bar.x1
        assert bar.y0 < number.y0
        assert number.y1 < bar.y1


@pytest.mark.parametrize(
    ("sizes", "error", "words"),
    [([784], ValueError, "at least two"), ([784, 0], ValueError, "at least 1"),
     ([784, 30.0], TypeError, "30.0")],
)  # fmt: skip
def test_pretraining_names_what_is_wrong(sizes, error, words):
    with pytest.raises(error, match=words):
        plot_pretraining(sizes)
