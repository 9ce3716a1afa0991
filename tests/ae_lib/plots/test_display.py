"""A figure reaches the notebook with its text, and the same figure as the same bytes."""

import io

import IPython
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from ae_lib import plot_network, show
from ae_lib.plots.display import as_png


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


def test_a_picture_has_few_colours_takes_few_bytes_and_looks_the_same():
    fig, (left, right) = plt.subplots(1, 2)
    rng = np.random.default_rng(0)
    left.scatter(*rng.normal(size=(2, 2000)), c=rng.integers(10, size=2000), cmap="tab10")
    right.imshow(np.linspace(0, 1, 784).reshape(28, 28), cmap="magma")
    full = io.BytesIO()
    fig.savefig(full, dpi=160, format="png")
    stored = as_png(fig)
    with Image.open(io.BytesIO(stored)) as picture, Image.open(full) as drawn:
        assert picture.mode == "P"
        before, after = (np.asarray(each.convert("RGB"), float) for each in (drawn, picture))
    assert len(stored) < len(full.getvalue()) / 2
    assert np.sqrt(np.mean((after - before) ** 2)) < 2.5
    plt.close(fig)


@pytest.mark.parametrize("alt", [None, "", "  ", 3])
def test_a_figure_without_a_text_is_refused(alt):
    fig, _ = plt.subplots()
    with pytest.raises(ValueError, match="needs a text"):
        show(fig, alt)


def test_show_refuses_what_is_not_a_figure():
    with pytest.raises(TypeError, match="Received: list"):
        show([1, 2])
