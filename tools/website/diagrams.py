"""Draw the diagrams of the website's first page, as SVG, which is sharp at any size.

    python -m tools.website.diagrams            write what is not as it should be
    python -m tools.website.diagrams --check    write nothing; exit code 1 if something would change

Letters are drawn as outlines, so that every reader sees the same picture, and no date is stored, so
that the same program gives the same bytes.
"""

import argparse
import io
import sys

import matplotlib

from tools.course import ROOT
from tools.notebooks.renewal import PICTURES
from tools.notebooks.stored import write_picture

# The networks of the paper's figure 1 and of chapters 6 and 7.
DENSE = [784, 256, 128, 30, 128, 256, 784]
PAPER = [784, 1000, 500, 250, 30]
CONVOLUTIONAL = [
    ("input", (28, 28, 1)),
    ("Conv2D", (28, 28, 8)),
    ("Conv2D", (28, 28, 1)),
    ("MaxPooling2D", (14, 14, 1)),
    ("Conv2DTranspose", (14, 14, 8)),
    ("UpSampling2D", (28, 28, 8)),
    ("Conv2DTranspose", (28, 28, 1)),
]


def draw():
    """Draw all diagrams; return them as figures by name."""
    from ae_lib import plot_blocks, plot_network, plot_pretraining, use_style

    use_style()
    return {
        "network": plot_network(DENSE, code=3),
        "pretraining": plot_pretraining(PAPER),
        "convolutional": plot_blocks(CONVOLUTIONAL, code=3),
    }


def as_svg(fig):
    """Return a figure as the bytes of an SVG file, with its text as the title."""
    buffer = io.BytesIO()
    # A salt of its own: otherwise names inside the file are random.
    with matplotlib.rc_context({"svg.hashsalt": "autoencoders", "svg.fonttype": "path"}):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def main(arguments=None, root=ROOT):
    """Write the pictures, or check them; return the exit code."""
    matplotlib.use("agg")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(arguments).check
    wrong = 0
    for name, fig in draw().items():
        path, content = root / PICTURES / f"{name}.svg", as_svg(fig)
        if path.is_file() and path.read_bytes() == content:
            continue
        if check:
            wrong += 1
            print(
                f"{PICTURES}/{path.name} is not what tools/website/diagrams.py draws",
                file=sys.stderr,
            )
        else:
            write_picture(content, path, root)
            print(f"{PICTURES}/{path.name}: drawn")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
