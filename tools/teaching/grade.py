"""Mark an assignment of a class, with the programs that are in the class.

python -m tools.teaching.grade --class FOLDER 05_pca
    [--student NAME] [--all] [--no-sandbox] [--minutes 20]
"""

import argparse
import subprocess
import sys

from tools.course import ROOT, CourseError
from tools.teaching.classroom import FOLDER, class_folder, former


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Mark an assignment of a class.", add_help=False)
    parser.add_argument("--class", dest="folder", default=FOLDER)
    options, others = parser.parse_known_args(arguments)
    try:
        program = class_folder(options.folder, root) / "class_grading" / "grade.py"
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    if not program.is_file():
        print(
            f"There is no class in {program.parent.parent}, or an older one. "
            f"Run: make classroom CLASS='{options.folder}'",
            former(root) or "",
            sep="\n",
            file=sys.stderr,
        )
        return 2
    # -I: neither PYTHONPATH nor packages of the user's decide about marks.
    return subprocess.run([sys.executable, "-I", program, *others], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
