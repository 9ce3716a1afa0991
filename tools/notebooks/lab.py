"""Open JupyterLab on copies of all notebooks in ``work``, where readers work.

    python -m tools.notebooks.lab [options of jupyter lab]

A copy that was changed there is never written again: where the course has a new version of it, that
is put beside it.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from tools.course import ROOT, CourseError
from tools.made import LIST, alone, digest, listed_files, write
from tools.notebooks.copies import working_copies

WORK = "work"


def beside(path, ours):
    """Return where a new version goes beside a copy that is its reader's by now.

    Parameters
    ----------
    path : Path
        The reader's.
    ours : callable
        Tells of a path whether the file there is as it was copied.

    Returns
    -------
    Path
    """
    count = 1
    while True:
        suffix = "" if count == 1 else f"-{count}"
        new = path.with_name(f"{path.stem}.new{suffix}{path.suffix}")
        if ours(new) or not (new.exists() or new.is_symlink()):
            return new
        count += 1


def fill(folder, copies):
    """Put into a folder the copies that it lacks, and renew those that nobody has changed.

    Parameters
    ----------
    folder : Path
    copies : dict
        From names to bytes.

    Returns
    -------
    list of str
        What was done, a line for each file with which something was done.
    """
    said, listed = [], listed_files(folder)

    def ours(path):
        return listed.get(path.relative_to(folder).as_posix(), "") == digest(path)

    def put(path, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(content, path)
        listed[path.relative_to(folder).as_posix()] = digest(path)

    for name, content in copies.items():
        path, wanted = folder / name, hashlib.sha256(content).hexdigest()
        if not path.exists() and not path.is_symlink():
            put(path, content)
            said.append(f"{name}: copied")
        elif digest(path) == wanted:
            listed[name] = wanted
        elif ours(path):
            put(path, content)
            said.append(f"{name}: renewed, since you had not changed it")
        elif listed.get(name) != wanted:
            new = beside(path, ours)
            put(new, content)
            said.append(f"{name}: yours, and left as it is; the new version is {new.name}")
            # So that the same version is not put there again.
            listed[name] = wanted
    write((json.dumps(listed, indent=0) + "\n").encode(), folder / LIST)
    return said


def main(arguments=None, root=ROOT):
    """Copy, then become JupyterLab; return the exit code where something is in the way."""
    options = sys.argv[1:] if arguments is None else arguments
    folder = root / WORK
    if folder.exists() and not folder.is_dir():
        print(f"{folder} must be a folder, but is a file: move it away", file=sys.stderr)
        return 1
    try:
        copies = working_copies(root)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        folder.mkdir(exist_ok=True)
        with alone(root):
            for line in fill(folder, copies):
                print(f"{WORK}/{line}")
    except OSError as error:
        print(f"The copies could not be made: {error}", file=sys.stderr)
        return 1
    print(f"Your copies are in {folder}. Stop JupyterLab with Ctrl-C.", flush=True)
    program = str(Path(sys.executable).parent / "jupyter")
    # In this process's place, so that Ctrl-C reaches JupyterLab alone, which need not ask again:
    # everything is saved.
    os.execv(program, [program, "lab", "--ServerApp.answer_yes=True", *options, str(folder)])


if __name__ == "__main__":
    sys.exit(main())
