"""Ask every external link of the website's pages whether it still leads somewhere.

    python -m tools.website.links

It needs the network, and the answers are other people's: so it runs once a week, and no test of
the course depends on it. Links that the theme makes, to the repository, Colab and Binder, are
not among them.
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tools.course import ROOT
from tools.website.build import build


def main(root=ROOT):
    """Ask, and print how many are of which state, in Sphinx's words; return the exit code."""
    with tempfile.TemporaryDirectory() as output:
        code = build(root, output, "linkcheck")
        answers = Path(output) / "_build" / "html" / "output.json"
        lines = answers.read_text(encoding="utf-8").splitlines() if answers.is_file() else []
    states = Counter(json.loads(line)["status"] for line in lines)
    # Inside the website, where make site-check follows every link.
    del states["unchecked"]
    print("External links:", ", ".join(f"{number} {state}" for state, number in states.items()))
    return code


if __name__ == "__main__":
    sys.exit(main())
