"""Build the website in ``_build/html`` from the notebooks as they are; a warning is an error.

    python -m tools.website.build

It is built in a folder of its own, which takes the old one's place when it is complete: no page of
an earlier build survives, and an interrupted build leaves the old website as it was.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.course import ROOT
from tools.made import alone, replace
from tools.notebooks.contents import unfit

BUILDING = ".building-"


def build(root, output, builder="html"):
    """Let jupyter-book build the website; return its exit code.

    Parameters
    ----------
    root : Path
        The folder of the course.
    output : Path
        The website will be in ``_build/html`` there.
    builder : str
        Sphinx's: ``"html"``, or ``"linkcheck"``, which writes its answers instead of pages.
    """
    command = [Path(sys.executable).parent / "jupyter-book", "build", root / "book"]
    command += ["--config", root / "_config.yml", "--toc", root / "_toc.yml"]
    command += ["--path-output", output, "-W", "--keep-going", "-n", "--quiet"]
    command += ["--builder", builder]
    # What it prints names the folder that is about to move; warnings and errors are said apart.
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    return done.returncode


def main(root=ROOT):
    """Build the website and put it in its place; return the exit code."""
    wrong = unfit(root)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    folder = root / "_build"
    folder.mkdir(exist_ok=True)
    with alone(root):
        # Nobody else builds now, so these are of builds that were killed.
        for unfinished in folder.glob(f"{BUILDING}*"):
            shutil.rmtree(unfinished)
        with tempfile.TemporaryDirectory(prefix=BUILDING, dir=folder) as output:
            code = build(root, output)
            if code == 0:
                replace(Path(output) / "_build" / "html", folder / "html", root)
                print(f"The website is in {(folder / 'html').relative_to(root)}")
    return code


if __name__ == "__main__":
    sys.exit(main())
