"""The still pictures that stand on the page until a demo runs, or without JavaScript."""

import io
import json
from pathlib import Path

import numpy as np

from tools.course import ROOT
from tools.made import write
from web.demos.files import DATA, load
from web.demos.networks import layers_of, run

STILLS = Path("book") / "_static" / "demos"


def save_still(fig, name, root):
    """Write a still picture."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    plt.close(fig)
    write(buffer.getvalue(), root / STILLS / f"still_{name}.png")


def draw_digit(ax, pixels, title):
    """Draw a digit without axes."""
    ax.imshow(pixels.reshape(28, 28), vmin=0, vmax=1)
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()


def draw_stills(root=ROOT):
    """Draw what three demos show before anybody plays, from the exported files.

    Parameters
    ----------
    root : Path
        The folder of the course.
    """
    import matplotlib.pyplot as plt

    from ae_lib import COLOURS, plot_map, use_style

    use_style()
    decoder, pca = layers_of(load("digits_decoder", root)), load("pca", root)
    chosen = load("digits", root)
    pixels, codes = chosen["pixels"] / 255, chosen["codes"]
    through_pca = pca["mean"] + (pixels - pca["mean"]) @ pca["components"].T @ pca["components"]

    fig, axes = plt.subplots(1, 4, figsize=(7.5, 2.1), width_ratios=[1, 2.4, 1, 1])
    draw_digit(axes[0], pixels[2], "the digit")
    axes[1].bar(range(1, len(codes[2]) + 1), codes[2], color=COLOURS["autoencoder"])
    axes[1].set_title("its 30 numbers", fontsize=10)
    axes[1].set(xticks=[1, 10, 20, 30])
    draw_digit(axes[2], run(decoder, codes[2:3])[0], "decoded")
    draw_digit(axes[3], through_pca[2].clip(0, 1), "PCA-30")
    save_still(fig, "numbers", root)

    fig, axes = plt.subplots(3, 7, figsize=(7.5, 3.3))
    start, end = 3, 4
    for column, t in zip(axes.T, np.linspace(0, 1, 7), strict=True):
        mixed = {
            "pixels": (1 - t) * pixels[start] + t * pixels[end],
            "PCA-30": (1 - t) * through_pca[start] + t * through_pca[end],
            "code": run(decoder, [(1 - t) * codes[start] + t * codes[end]])[0],
        }
        for ax, (name, picture) in zip(column, mixed.items(), strict=True):
            draw_digit(ax, picture.clip(0, 1), name if t == 0 else "")
    save_still(fig, "between", root)

    places = load("map", root)
    fig, ax = plt.subplots(figsize=(6, 5))
    plot_map(places["autoencoder"], places["labels"].astype(int), ax=ax)
    save_still(fig, "map", root)


def draw_still_of_sizes(root=ROOT):
    """Draw errors against code sizes, from the stored result.

    Parameters
    ----------
    root : Path
        The folder of the course.
    """
    import matplotlib.pyplot as plt

    from ae_lib import COLOURS, use_style

    use_style()
    result = json.loads((root / DATA / "sizes.json").read_text(encoding="utf-8"))
    fig, ax = plt.subplots(figsize=(7.5, 3.4))
    for name, label, style in (("pca", "PCA", "s-"), ("autoencoder", "autoencoder", "o-")):
        ax.plot(result["sizes"], result["errors"][name], style, color=COLOURS[name], label=label)
        for size, error in zip(result["sizes"], result["errors"][name], strict=True):
            below = name == "autoencoder"
            ax.annotate(
                f"{error:.1f}",
                (size, error),
                xytext=(0, -14 if below else 8),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color=COLOURS[name],
            )
    ax.set_xscale("log", base=2)
    ax.set(xticks=result["sizes"], xticklabels=result["sizes"], xlabel="numbers in the code")
    ax.set(ylabel="squared error per image", ylim=(-4, None))
    ax.minorticks_off()
    ax.legend()
    save_still(fig, "sizes", root)
