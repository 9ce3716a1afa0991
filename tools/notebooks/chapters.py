"""The notebooks of the chapters, ``book/NN_name.ipynb``, from ``chapters/NN_name.py``."""

import functools

import jupytext

from tools.course import BLANK, ROOT
from tools.notebooks.renewal import Target
from tools.notebooks.scripts import make_notebook

SOURCES = "chapters"


def names(root=ROOT):
    """Return the names of all chapters, in order."""
    return sorted(path.stem for path in (root / SOURCES).glob("*.py"))


def read_chapter(path, root):
    """Return a chapter as a notebook without outputs, with its install cell and its digest."""
    cells = jupytext.read(path, fmt="py:percent").cells
    return make_notebook(cells, f"{SOURCES}/{path.name}", root)


def targets(name, root=ROOT):
    """Return the notebooks that are made from a chapter: one.

    Parameters
    ----------
    name : str
        Such as ``05_pca``.
    root : Path
        The folder of the course.

    Returns
    -------
    list of Target
    """
    script = f"{SOURCES}/{name}.py"
    read = functools.partial(read_chapter, root / script, root)
    return [Target(root / "book" / f"{name}.ipynb", script, read, blank=True)]


def stored(root=ROOT):
    """Return the notebooks of the book that should come from chapters."""
    book = root / "book"
    return [*sorted(book.glob("*.ipynb")), *sorted((book / BLANK).glob("*.ipynb"))]
