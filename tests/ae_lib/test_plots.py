"""Figures show what they were given, say it in words, and refuse what they cannot draw."""

import io

import IPython
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from ae_lib import (
    COLOURS,
    layer_shapes,
    plot_blocks,
    plot_features,
    plot_map,
    plot_network,
    plot_pretraining,
    plot_reconstructions,
    show,
    use_style,
)
from ae_lib.plots import maps
from ae_lib.plots.style import DIGIT_COLOURS


@pytest.fixture(autouse=True)
def fresh_figures():
    mpl.use("agg")
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def texts(fig):
    return {text.get_text() for text in fig.findobj(mpl.text.Text)}


def images():
    return np.random.default_rng(0).random((4, 784)).astype(np.float32)


def test_reconstructions_carry_their_errors_in_the_papers_unit():
    x = images()
    fig = plot_reconstructions(x, {"grey": x * 0, "same": x}, errors={"same": 0.125})
    drawn = texts(fig)
    assert {"original", "same\n0.12", f"grey\nmean {np.mean((x**2).sum(axis=1)):.2f}"} <= drawn
    assert {f"{error:.1f}" for error in (x**2).sum(axis=1)} <= drawn
    assert "same, squared error 0.12" in fig.alt_text
    assert "on these images" in fig.alt_text
    assert len([ax for ax in fig.axes if ax.images]) == 12


def test_reconstructions_draw_the_pictures_they_were_given():
    x = images()
    fig = plot_reconstructions(x.reshape(-1, 28, 28, 1), {"half": x / 2})
    drawn = [ax.images[0].get_array() for ax in fig.axes]
    np.testing.assert_array_equal(drawn[0], x[0].reshape(28, 28))
    np.testing.assert_array_equal(drawn[-1], x[3].reshape(28, 28) / 2)
    assert all(ax.images[0].get_clim() == (0, 1) for ax in fig.axes)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((np.zeros((2, 783)), {"a": np.zeros((2, 783))}), ValueError, r"Received: \(2, 783\)"),
        ((np.zeros((2, 784)), {"a": np.zeros((3, 784))}), ValueError, "one shape"),
        ((np.zeros((13, 784)), {"a": np.zeros((13, 784))}), ValueError, "1 to 12"),
        ((np.zeros((2, 784)), {}), TypeError, "dict"),
        ((np.full((2, 784), np.nan), {"a": np.zeros((2, 784))}), ValueError, "finite"),
    ],
)
def test_reconstructions_name_what_is_wrong(arguments, error, words):
    with pytest.raises(error, match=words):
        plot_reconstructions(*arguments)


def test_reconstructions_refuse_an_error_of_a_method_that_is_not_there():
    with pytest.raises(ValueError, match="PCA"):
        plot_reconstructions(images(), {"same": images()}, errors={"PCA": 1.0})


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


def test_network_shows_sizes_names_and_where_the_code_is():
    fig = plot_network([784, 1000, 30, 784], names=["in", "", "code", "out"], code=2, title="Net")
    assert {"784", "1,000", "30", "in", "code", "out", "encoder", "decoder"} <= texts(fig)
    bars = fig.axes[0].patches
    colours = [mpl.colors.to_hex(bar.get_facecolor()) for bar in bars if bar.get_zorder() == 2]
    assert colours.count(COLOURS["autoencoder"]) == 1
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


def texts_by_column(fig):
    """Return the texts of the three columns, each from bottom to top."""
    columns = [[], [], []]
    for text in fig.axes[0].texts:
        x, y = text.get_position()
        if text.get_text():
            columns[min(int(x / 2.5), 2)].append((y, text.get_text()))
    return [[said for _, said in sorted(column)] for column in columns]


def test_pretraining_is_laid_out_as_in_the_papers_figure():
    machines, unrolled, tuned = texts_by_column(plot_pretraining())
    layers = ["784", "1,000", "500", "250", "30", "250", "500", "1,000", "784"]
    up = ["$W_{1}$", "$W_{2}$", "$W_{3}$", "$W_{4}$"]
    down = [rf"$W_{{{k}}}^{{\top}}$" for k in (4, 3, 2, 1)]
    assert [said for said in unrolled if said in layers] == layers
    assert [said for said in unrolled if "$" in said] == up + down
    assert [said for said in machines if "$" in said] == up
    pairs = ["784", "1,000", "1,000", "500", "500", "250", "250", "30"]
    assert [said for said in machines if said in layers] == pairs
    assert [said for said in machines if "RBM" in said] == ["RBM 1", "RBM 2", "RBM 3", "RBM 4"]
    assert [said for said in tuned if said in layers] == layers
    changed = [f"{said[:-1]}+\\varepsilon_{{{k}}}$" for k, said in enumerate(up + down, start=1)]
    assert [said for said in tuned if "$" in said] == changed
    for column, name in zip((machines, unrolled, tuned), ("Pre", "Unr", "Fine-"), strict=True):
        assert column[0] == "data"
        assert name in column[-1]


def test_pretraining_marks_each_code_and_gives_a_layer_one_width():
    fig = plot_pretraining([50, 200, 8])
    bars = [bar for bar in fig.axes[0].patches if bar.get_zorder() == 3]
    codes = [bar for bar in bars if bar.get_facecolor() == mpl.colors.to_rgba("#d55e00")]
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
    numbers = [text.get_window_extent() for text in drawn if text.get_color() == "#ffffff"]
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


CONVOLUTIONAL = [
    ("input", (28, 28, 1)),
    ("Conv2D", (28, 28, 16)),
    ("Conv2D", (28, 28, 8)),
    ("MaxPooling2D", (14, 14, 8)),
    ("Conv2DTranspose", (14, 14, 8)),
    ("UpSampling2D", (28, 28, 8)),
    ("Conv2DTranspose", (28, 28, 1)),
]
DENSE_MIDDLE = [
    ("Flatten", (1568,)),
    ("Dense", (30,)),
    ("Dense", (1568,)),
    ("Reshape", (14, 14, 8)),
]
WITH_VECTORS = [*CONVOLUTIONAL[:4], *DENSE_MIDDLE, *CONVOLUTIONAL[4:]]


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
    assert colours == [COLOURS["autoencoder" if k == 2 else "pca"] for k in range(7)]
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


def test_layer_shapes_list_a_network_and_the_networks_inside_it():
    from ae_lib._keras import keras

    layers = keras.layers
    same = {"padding": "same"}
    encoder = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, **same),
            layers.Conv2D(8, 3, **same),
            layers.MaxPooling2D(),
        ]
    )
    middle = [layers.Flatten(), layers.Dense(30), layers.Dense(1568), layers.Reshape((14, 14, 8))]
    decoder = [
        layers.Conv2DTranspose(8, 3, **same),
        layers.UpSampling2D(),
        layers.Conv2DTranspose(1, 3, **same),
    ]
    whole = keras.Sequential([encoder, keras.Sequential(middle), *decoder])
    assert layer_shapes(encoder) == CONVOLUTIONAL[:4]
    assert layer_shapes(whole) == WITH_VECTORS


def test_layer_shapes_name_what_is_wrong():
    from ae_lib._keras import keras

    with pytest.raises(ValueError, match="'empty', which is not built"):
        layer_shapes(keras.Sequential([keras.layers.Dense(3)], name="empty"))
    with pytest.raises(TypeError, match=r"keras.Sequential. Received: list"):
        layer_shapes([1, 2])


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
        assert contrast(colour, "#ffffff") >= 3, name


def published(monkeypatch, fig, **arguments):
    """Return what ``show`` sends to a notebook."""
    sent = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: "a notebook")
    monkeypatch.setattr(
        IPython.display, "display", lambda data, metadata, raw: sent.append((data, metadata))
    )
    show(fig, **arguments)
    (output,) = sent
    return output


def test_show_sends_a_picture_with_its_text_and_closes_the_figure(monkeypatch):
    fig, ax = plt.subplots()
    ax.plot([1, 2, 4])
    data, metadata = published(monkeypatch, fig, alt="A rising\n   curve.")
    picture = Image.open(io.BytesIO(data["image/png"]))
    assert metadata["image/png"] == {"alt": "A rising curve.", "width": 750, "height": 400}
    assert picture.size == (1200, 640)
    assert picture.convert("L").getextrema()[0] < 100
    assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
    assert not plt.get_fignums()


def test_show_takes_the_figures_own_text(monkeypatch):
    _, metadata = published(monkeypatch, plot_network([3, 2]))
    assert metadata["image/png"]["alt"] == "Network drawn as 2 layers of 3, 2 units."


def test_the_same_figure_gives_the_same_bytes(monkeypatch):
    first, _ = published(monkeypatch, plot_network([9, 4]))
    second, _ = published(monkeypatch, plot_network([9, 4]))
    assert first == second


@pytest.mark.parametrize("alt", [None, "", "  ", 3])
def test_a_figure_without_a_text_is_refused(alt):
    fig, _ = plt.subplots()
    with pytest.raises(ValueError, match="needs a text"):
        show(fig, alt)


def test_show_refuses_what_is_not_a_figure():
    with pytest.raises(TypeError, match="Received: list"):
        show([1, 2])
