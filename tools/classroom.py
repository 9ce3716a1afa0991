"""Make an nbgrader course of the exercises in ``build/classroom``.

    python tools/classroom.py              every chapter's exercises
    python tools/classroom.py 04_pca       those of one chapter

It holds ``source/NAME/NAME.ipynb`` for each chapter (stubs, points, hidden tests), nbgrader's
settings, and a page that says which command follows which. What nbgrader itself put there (its
database, submissions, marks) stays when the course is made again.
"""

import argparse
import shutil
import sys
from pathlib import Path

from exercises import SOURCES, ChapterError, exercises, grading_notebook, source_names
from notebooks import as_text, write

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 120  # seconds for a cell: the slowest check trains a network
TEMPLATE = "classroom_template"


def make(root, target, names):
    """Write the course.

    Parameters
    ----------
    root : Path
        The folder of this project.
    target : Path
        The folder of nbgrader's course.
    names : list of str
        The chapters whose exercises are assignments, such as ``04_pca``.

    Returns
    -------
    dict
        From each name to its points.
    """
    made = {}
    # All of them before anything is written, because a source may not be in order.
    for name in names:
        path = root / SOURCES / f"{name}.py"
        made[name] = as_text(grading_notebook(path, root)), exercises(path)
    for name, (text, _) in made.items():
        folder = target / "source" / name
        folder.mkdir(parents=True, exist_ok=True)
        write(text.encode("utf-8"), folder / f"{name}.ipynb")
    template = Path(__file__).resolve().parent / TEMPLATE
    shutil.copyfile(template / "README.md", target / "README.md")
    settings = (template / "nbgrader_config.py").read_text(encoding="utf-8")
    settings = settings.replace("TIMEOUT", str(TIMEOUT))
    write(settings.encode("utf-8"), target / "nbgrader_config.py")
    return {name: sum(item.points for item in listed) for name, (_, listed) in made.items()}


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Make an nbgrader course of the exercises.")
    parser.add_argument("names", nargs="*", help="chapters, such as 04_pca; all by default")
    known = source_names(root)
    names = [Path(name).stem for name in parser.parse_args(arguments).names] or known
    for name in names:
        if name not in known:
            parser.error(f"there are no exercises {name!r}; there are {', '.join(known)}")
    target = root / "build" / "classroom"
    try:
        points = make(root, target, names)
    except ChapterError as error:
        print(error, file=sys.stderr)
        return 1
    for name, count in points.items():
        print(f"build/classroom/source/{name}/{name}.ipynb: {count} points")
    print(f"Read {target / 'README.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
