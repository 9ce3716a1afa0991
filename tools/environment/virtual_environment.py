"""Make the environment of the course in a folder, or make sure that the one there is the course's.

    python -m tools.environment.virtual_environment .venv

Run by the Python that the environment is made from; it needs nothing else. A folder is filled if
it is absent or empty, and emptied only if it is an environment that the course made and that holds
nothing else. Anything else is refused in one sentence, before it is touched.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tools.course import ROOT
from tools.made import KEPT, alone

# The first line of the mark says who made the environment; the second one where, because an
# environment that was moved or copied does not work.
MARK = "made-by-autoencoders"
MADE = "The course's Makefile made this folder, and may remove it."
ADOPTED = "The course was installed into this environment, which somebody else had made."
# Instead of the mark while the environment is made. Another file, because make asks for files.
UNFINISHED = "unfinished-by-autoencoders"
# What the first edition left, empty, in its environments, which had no mark.
OLD_MARK = "installed"
OWN = ".venv"

# What making an environment, pip and this course's Makefile put at its top.
PARTS = {"bin", "include", "lib", "lib64", "share", "etc", "pyvenv.cfg", ".gitignore", "ipython"}
STAMPS = {
    MARK,
    UNFINISHED,
    OLD_MARK,
    "lab-installed",
    "nbgrader-installed",
    "site-check-installed",
    "test-all.json",
    "test-site-installed",
}

# Folders of the course, in which no environment must lie.
TAKEN = {
    "_build",
    ".claims",
    ".git",
    ".github",
    "ae_lib",
    "benchmarks",
    "book",
    "build",
    "chapters",
}
TAKEN |= {"classroom", KEPT, "tests", "tools", "vendor", "web", "work"}


class RefusedError(Exception):
    """The folder cannot be used; the message says why and what to do."""


def works(folder):
    """Tell whether a folder has a Python that runs and has pip."""
    probe = [str(folder / "bin" / "python"), "-c", "import pip"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def check_name(folder, root):
    """Refuse folders that belong to the course or that hold it.

    Parameters
    ----------
    folder : Path
        Resolved.
    root : Path
        The folder of the course, resolved.
    """
    if root.is_relative_to(folder):
        raise RefusedError(
            f"VENV must be a folder of its own, but {folder} holds the course. "
            f"Name a new folder in it: VENV={folder / 'course-environment'}"
        )
    if folder.is_relative_to(root) and folder.relative_to(root).parts[0] in TAKEN:
        raise RefusedError(
            f"VENV must not lie in {root / folder.relative_to(root).parts[0]}, which has another "
            "purpose. Name a new folder elsewhere."
        )


def read_mark(folder):
    """Return who made an environment and where, as its mark says; two empty texts without one."""
    try:
        who, where, *_ = [*(folder / MARK).read_text(encoding="utf-8").splitlines(), "", ""]
    except (OSError, UnicodeDecodeError):
        return "", ""
    return who, where


def write_mark(folder, who):
    """Write who made an environment, and where it is."""
    (folder / MARK).write_text(f"{who}\n{folder}\n", encoding="utf-8")


def is_ours(folder, held):
    """Tell whether a folder is an environment that the course made, to its end or not."""
    if UNFINISHED in held or read_mark(folder)[0] == MADE:
        return True
    old = folder / OLD_MARK
    return {"pyvenv.cfg", OLD_MARK} <= held and old.is_file() and old.stat().st_size == 0


def make(folder, root=ROOT):
    """Make an environment in a folder, or accept the one that is there.

    Parameters
    ----------
    folder : Path
        Absent, empty, or an environment of the course.
    root : Path
        The folder of the course.

    Returns
    -------
    bool
        Whether anything was made.

    Raises
    ------
    RefusedError
        If the folder is anything else. Nothing was changed then.
    """
    root = root.resolve()
    own = Path(folder).absolute() == root / OWN and not Path(folder).is_symlink()
    folder = Path(folder).resolve()
    check_name(folder, root)
    if folder.exists() and not folder.is_dir():
        raise RefusedError(f"VENV must be a folder, but {folder} is a file.")
    held = {path.name for path in folder.iterdir()} if folder.exists() else set()
    who, where = read_mark(folder)
    if where == str(folder) and works(folder):
        return False
    ours = is_ours(folder, held)
    if ours and not who and UNFINISHED not in held and works(folder):
        write_mark(folder, MADE)
        return False
    if own and not ours and not who and "pyvenv.cfg" in held and works(folder):
        # People make .venv by hand, or an editor does, and expect that the course is put into it.
        write_mark(folder, ADOPTED)
        print(f"Using the environment that was there: {folder}", flush=True)
        return False
    if "pyvenv.cfg" in held and not ours:
        raise RefusedError(
            f"{folder} is an environment that the course did not make"
            f"{', and it no longer works' if who else ', so nothing is installed in it'}. "
            "Name a new folder with VENV=…, or remove that one if nobody needs it."
        )
    if held and not ours:
        raise RefusedError(
            f"{folder} holds something that the course did not put there "
            f"({', '.join(sorted(held)[:5])}), so nothing is installed in it. "
            f"Name a new folder in it: VENV={folder / 'course-environment'}"
        )
    others = held - PARTS - STAMPS
    if others:
        raise RefusedError(
            f"The environment in {folder} has to be made again, but the folder holds something "
            f"else as well: {', '.join(sorted(others))}. Move it away, or name a new folder with "
            "VENV=…"
        )
    fill(folder, held)
    return True


def fill(folder, held):
    """Remove the parts of an earlier environment, and make a new one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / UNFINISHED).touch()
    for name in held - {UNFINISHED}:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    print(f"Making {folder} with {sys.executable}", flush=True)
    venv.EnvBuilder(with_pip=True, symlinks=True).create(folder)
    # Wherever it lies, git does not see it.
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    write_mark(folder, MADE)
    (folder / UNFINISHED).unlink()


def main(arguments):
    """Run the command line; return the exit code."""
    folder = Path(arguments[0]).absolute()
    # Two clones may share an environment.
    shared = next(place for place in folder.parents if place.exists())
    try:
        with alone(ROOT, shared):
            make(folder)
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, RuntimeError) as error:
        print(f"The environment could not be made in {folder}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
