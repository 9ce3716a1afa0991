"""Blocks are drawn to scale, say what they show, and can be read."""

import matplotlib as mpl
import numpy as np
import pytest

from ae_lib import plot_blocks
from ae_lib.plots.style import DRAWN
from tests.ae_lib.plots.figures import CONVOLUTIONAL, WITH_VECTORS, texts


def faces(fig, name):
    """Return width and height of the blocks' faces of one kind, in the order of drawing."""
    drawn = [face for face in fig.axes[0].patches if face.get_gid() == name]
    return np.array([np.ptp(face.get_xy(), axis=0) for face in drawn])


def test_blocks_carry_their_sizes_their_layers_and_their_numbers_of_values():
    drawn = [text.get_text() for text in plot_blocks(WITH_VECTORS, code=5).axes[0].texts]
    for size in ("28 × 28 × 1", "28 × 28 × 16", "14 × 14 × 8", "1,568", "30"):
        assert size in drawn
    assert drawn.count("12,544 values") == 1
    assert drawn.count("1,568 values") == 3
    assert drawn.count("values") == 3
    layers = [text.replace("\n", "") for text in drawn if text.replace("\n", "").isalnum()]
    assert [name for name in layers if name in dict(WITH_VECTORS)] == [
        *["input", "Conv2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dense", "Reshape"],
        *["Conv2DTranspose", "UpSampling2D", "Conv2DTranspose"],
    ]
    assert [drawn.count(role) for role in ("input", "code", "output")] == [1, 1, 1]


def test_blocks_are_drawn_to_scale():
    fig = plot_blocks([("input", (28, 12, 1)), ("Conv2D", (14, 6, 4)), ("Conv2D", (7, 3, 64))])
    fronts, tops = faces(fig, "front"), faces(fig, "top")
    np.testing.assert_allclose(fronts / fronts[0], [[1, 1], [1 / 2, 1 / 2], [1 / 4, 1 / 4]])
    np.testing.assert_allclose(fronts[0, 1] / fronts[0, 0], 28 / 12)
    depths = np.hypot(tops[:, 0] - fronts[:, 0], tops[:, 1])
    np.testing.assert_allclose(depths / depths[0], [1, 4, 64])
    fig.draw_without_rendering()
    # An inch across is an inch up, and the key's lines are as long as they say.
    box = fig.axes[0].transData.transform([[0, 0], [1, 1]])
    np.testing.assert_allclose(np.ptp(box, axis=0), fig.dpi)
    pixels, channels = (np.ptp(line.get_xydata(), axis=0) for line in fig.axes[0].lines)
    assert {"14 pixels", "32 channels"} <= texts(fig)
    np.testing.assert_allclose(pixels, [fronts[0, 1] / 2, 0])
    np.testing.assert_allclose(np.hypot(*channels), depths[2] / 2)


def test_a_vector_is_a_flat_column_as_tall_as_a_square_of_as_many_values():
    fig = plot_blocks([("input", (28, 28, 1)), ("Flatten", (784,)), ("Dense", (49,))])
    heights = faces(fig, "front")[:, 1]
    np.testing.assert_allclose(heights / heights[0], [1, 1, 1 / 4])
    assert len(faces(fig, "top")) == len(faces(fig, "side")) == 1
    assert any("column" in text for text in texts(fig))
    assert not any("column" in text for text in texts(plot_blocks(CONVOLUTIONAL)))


def test_blocks_mark_the_code_and_begin_a_new_row_after_it():
    fig = plot_blocks(CONVOLUTIONAL, code=2)
    fronts = [face for face in fig.axes[0].patches if face.get_gid() == "front"]
    colours = [mpl.colors.to_hex(face.get_facecolor()) for face in fronts]
    assert colours == [DRAWN["code" if k == 2 else "layer"] for k in range(7)]
    middles = [round(face.get_xy()[:-1, 1].mean(), 6) for face in fronts]
    assert [middles.count(y) for y in dict.fromkeys(middles)] == [3, 4]


def test_blocks_say_what_they_show():
    fig = plot_blocks(CONVOLUTIONAL, code=3, title="A network")
    assert fig.alt_text.startswith(
        "A network: Network drawn as 7 blocks: input of 28 × 28 × 1 (784"
    )
    for said in ("MaxPooling2D to 14 × 14 × 8 (1,568)", "code is block 4, with 1,568 values."):
        assert said in fig.alt_text
    assert "A network" in texts(fig)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shapes", "code"),
    [
        (CONVOLUTIONAL, 3),
        (CONVOLUTIONAL, None),
        (WITH_VECTORS, 5),
        (WITH_VECTORS, None),
        ([("input", (3, 3)), ("GlobalAveragePooling2D", (1,)), ("Dense", (10,))], 1),
        ([("input", (4, 40, 1)), ("AboutAsLongAsNamesCanBe", (1,)), ("Dense", (1,))], 1),
        ([("input", (224, 224, 3)), ("Conv2D", (1, 1, 2048)), ("Conv2D", (112, 8, 64))], 1),
    ],
)
def test_blocks_can_be_read_and_nothing_lies_on_anything_else(shapes, code):
    fig = plot_blocks(shapes, code=code, title="All of it")
    fig.draw_without_rendering()
    ax = fig.axes[0]
    drawn = [text for text in ax.texts if text.get_text()]
    assert fig.get_size_inches()[0] <= 7.5
    assert min(text.get_fontsize() for text in drawn) >= 10
    boxes = [text.get_window_extent() for text in drawn]
    patches = [patch.get_window_extent() for patch in ax.patches]
    for index, box in enumerate(boxes):
        assert fig.bbox.contains(*box.min)
        assert fig.bbox.contains(*box.max)
        covered = [drawn[k].get_text() for k in range(index) if box.overlaps(boxes[k])]
        assert not covered, (drawn[index].get_text(), covered)
        assert not any(box.overlaps(patch) for patch in patches), drawn[index].get_text()
        for line in ax.lines:
            path = line.get_transform().transform_path(line.get_path())
            assert not path.intersects_bbox(box, filled=False), drawn[index].get_text()


@pytest.mark.parametrize(
    ("shapes", "code", "error", "words"),
    [
        ([("input", (28, 28, 1))], None, ValueError, "at least two"),
        ([(28, 28, 1), (14, 14, 8)], None, TypeError, r"name and a shape. Received: \(28, 28, 1\)"),
        ([("input", 784), ("Dense", (30,))], None, TypeError, "'input' must be a tuple.*784"),
        ([("a", (1, 2, 3, 4)), ("b", (3,))], None, ValueError, "1 to 3 numbers"),
        ([("a", ()), ("b", (3,))], None, ValueError, r"1 to 3 numbers. Received: \(\)"),
        ([("input", (None, 28, 1)), ("b", (3,))], None, TypeError, "'input' must be an integer"),
        ([("input", (28, 28, 0)), ("b", (3,))], None, ValueError, "at least 1. Received: 0"),
        (CONVOLUTIONAL, 6, ValueError, "inner block, 1 to 5. Received: 6"),
        (CONVOLUTIONAL, 0, ValueError, "code must be at least 1"),
        (CONVOLUTIONAL, "Conv2D", TypeError, "code must be an integer"),
    ],
)
def test_blocks_name_what_is_wrong(shapes, code, error, words):
    with pytest.raises(error, match=words):
        plot_blocks(shapes, code=code)
