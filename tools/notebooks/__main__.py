"""Make the notebooks of ``book/`` from the scripts of ``chapters/``.

python -m tools.notebooks chapters            execute what is stale, renew the rest
python -m tools.notebooks exercises 05_pca    the same for one chapter's exercises
python -m tools.notebooks chapters --force    execute whether stale or not
python -m tools.notebooks chapters --check    write nothing; exit code 1 if something would change
"""

import argparse
import sys
from pathlib import Path

from tools import made
from tools.course import ROOT, CourseError
from tools.notebooks import chapters, exercises
from tools.notebooks.renewal import fault, renew

KINDS = {"chapters": chapters, "exercises": exercises}
# What makes a kind's notebooks, for advice.
COMMANDS = {"chapters": "make notebooks", "exercises": "make exercises"}


def orphans(kind, root=ROOT):
    """Return the stored notebooks that no script gives, as their paths in the book."""
    known = KINDS[kind].names(root)
    return [
        path.relative_to(root / "book").as_posix()
        for path in KINDS[kind].stored(root)
        if path.stem not in known
    ]


def check(kind, names, root=ROOT):
    """Return a list of all that is wrong with the stored notebooks of some scripts."""
    found = []
    for name in names:
        try:
            found += [fault(target, root) for target in KINDS[kind].targets(name, root)]
        except CourseError as error:
            found.append(str(error))
    found += [f"book/{name} has no script in {KINDS[kind].SOURCES}" for name in orphans(kind, root)]
    return [text for text in found if text]


def make(kind, names, root=ROOT, *, force=False):
    """Write the notebooks of some scripts, and say how it went; return the exit code."""
    failed = []
    for target in [target for name in names for target in KINDS[kind].targets(name, root)]:
        place = target.path.relative_to(root).as_posix()
        try:
            seconds = renew(target, root, force=force)
        except (CourseError, OSError) as error:
            print(error, file=sys.stderr)
            failed.append(place)
            continue
        done = "outputs kept" if seconds is None else f"executed in {seconds:.1f} s"
        print(f"{place}: {done}", flush=True)
    if failed:
        print(f"Not written: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.notebooks", description="Make the notebooks of book/."
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("names", nargs="*", help="scripts, such as 05_pca; all by default")
    parser.add_argument("--check", action="store_true", help="write nothing, report what is stale")
    parser.add_argument("--force", action="store_true", help="execute what is not stale, too")
    options = parser.parse_args(arguments)

    known = KINDS[options.kind].names(root)
    names = [Path(name).stem for name in options.names] or known
    for name in names:
        if name not in known:
            folder = KINDS[options.kind].SOURCES
            parser.error(f"there is no {folder}/{name}.py; there are {', '.join(known)}")

    if options.check:
        found = check(options.kind, names, root)
        for text in found:
            print(text)
        if found:
            print(f"Run: {COMMANDS[options.kind]}")
        return int(bool(found))

    with made.alone(root):
        return make(options.kind, names, root, force=options.force)


if __name__ == "__main__":
    sys.exit(main())
