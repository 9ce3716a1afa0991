"""Make the data of the website's demos, from trained weights.

    python -m web.demos export --digits digits.npz --map map.npz
    python -m web.demos sizes
    python -m web.demos stills

``export`` reads two trained autoencoders, 784-1000-500-250-30 and 784-1000-500-250-2, writes their
weights in 8 bits and what else three of the demos need. ``sizes`` trains six small ones, in some
minutes, for the fourth. Both write to ``web/demos/data``, and draw the still pictures that stand in
``book/_static/demos`` for readers without JavaScript. ``stills`` draws these from the data as they
are, with new colours for example.
"""

import argparse
import json
import sys
from pathlib import Path

from tools.course import ROOT
from web.demos.files import DemoError
from web.demos.sizes import sizes
from web.demos.stills import draw_still_of_sizes, draw_stills
from web.demos.trained import export


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    import matplotlib

    matplotlib.use("agg")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    exporting = commands.add_parser("export", help="write the data of trained networks")
    exporting.add_argument("--digits", type=Path, required=True, help="weights, 30 numbers")
    exporting.add_argument("--map", type=Path, required=True, help="weights, 2 numbers")
    commands.add_parser("sizes", help="train small networks with codes of several sizes")
    commands.add_parser("stills", help="draw the still pictures again")
    options = parser.parse_args(arguments)
    try:
        if options.command == "export":
            manifest = export(options.digits, options.map, root)
            for name in ("digits", "map"):
                facts = manifest[name]
                print(
                    f"{name}: error {facts['error']:.3f}, in 8 bits {facts['error_8_bits']:.3f} "
                    f"({facts['cost']:+.2%}), PCA {facts['pca_error']:.3f}"
                )
        elif options.command == "sizes":
            print(json.dumps(sizes(root)["errors"]))
        else:
            draw_stills(root)
            draw_still_of_sizes(root)
    except (DemoError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
