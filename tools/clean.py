"""Remove what `make` built, and nothing else.

    python -m tools.clean

It removes what the lists in the built folders name (see ``made.py``), the caches of the tools that
`make` runs, and the environment of `make test-colab`. A file that somebody else put into such a
folder stays and is named. Never touched: `work/`, `classroom/`, `kept/`, `.claims/` and `.venv/`.
"""

import contextlib
import re
import shutil
import sys

from tools.course import ROOT
from tools.made import LIST, alone, files_of, remove, remove_empty

# Folders that commands fill, each with its list.
BUILT = ("_build/html", "build/slides", "build/bundle")
# Sphinx's, of the first edition; and what was interrupted.
SPHINX = ("_build/.doctrees", "_build/.jupyter_cache")
DRAFTS = ("_build/.building-*", "build/.building-*", "build/bundle/.building-*")
DRAFTS += ("_build/.replaced-*", "build/.replaced-*")
# Pictures that the website's build converted, by the digest of their originals.
WEBP = re.compile(r"[0-9a-f]{64}\.webp")
# The tools' own caches carry this file, so that everybody knows that they may be removed.
TAG = "CACHEDIR.TAG"
TAGGED = (".pytest_cache", ".ruff_cache")
# What building the package leaves.
EGG = "ae_lib.egg-info"
EGG_FILES = {"PKG-INFO", "SOURCES.txt", "dependency_links.txt", "requires.txt", "top_level.txt"}
CODE = ("ae_lib", "tests", "tools", "web")


def clean(root):
    """Remove what was built.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    list of Path
        What was left in the built folders, because no command had made it.
    """
    left = [path for name in BUILT for path in remove(root / name)]
    for pattern in SPHINX + DRAFTS:
        for path in root.glob(pattern):
            _remove_ours(path)
    for name in TAGGED:
        if (root / name / TAG).is_file():
            _remove_ours(root / name)
    _remove_files(root / EGG, lambda path: path.name in EGG_FILES)
    _remove_files(root / "build" / "webp", lambda path: WEBP.fullmatch(path.name))
    for name in CODE:
        for folder in sorted((root / name).rglob("__pycache__")):
            _remove_files(folder, lambda path: path.suffix == ".pyc")
    _remove_colab(root / "build" / "colab")
    for name in ("_build", "build"):
        remove_empty(root / name)
        if (root / name).is_dir():
            left += [path for path in files_of(root / name) if path.name != LIST]
    return sorted(set(left))


def _remove_ours(path):
    """Remove a file or a folder that a command made; what cannot be removed is named as left."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    elif path.is_file() and not path.is_symlink():
        with contextlib.suppress(OSError):
            path.unlink()


def _remove_files(folder, ours):
    """Remove some files of a folder, and it itself if it is empty then."""
    if folder.is_dir() and not folder.is_symlink():
        for path in filter(ours, files_of(folder)):
            _remove_ours(path)
        remove_empty(folder)


def _remove_colab(folder):
    """Remove the environment of Colab's versions, which has a note of what it was made from."""
    if (folder / "made-from").is_file() and (folder / "venv" / "pyvenv.cfg").is_file():
        _remove_ours(folder / "venv")
        _remove_ours(folder / "made-from")


def main(root=ROOT):
    """Clean; return the exit code."""
    with alone(root):
        left = clean(root)
    tops = sorted({_top(path, root) for path in left})
    if tops:
        print("Left where they are, because no command of the course made them or because they")
        print(f"were changed since: {', '.join(tops)}")
    return 0


def _top(path, root):
    """Return a short name: the third folder at most."""
    return "/".join(path.relative_to(root).parts[:3])


if __name__ == "__main__":
    sys.exit(main())
