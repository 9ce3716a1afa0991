"""Write the notebooks of ``book/``: execute what is stale, renew the rest, complain about faults.

Everything about a notebook but its outputs (prose, comments, tags, the install cell) is renewed
every time, so that it is always exactly what its script gives. The picture of a cell with a tag
such as ``picture-maps`` is also written to ``book/_static/maps.png``, for the website's first page
and the README. A copy without outputs goes to ``book/without_answers/``.
"""

import base64
import copy
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools.course import BLANK
from tools.notebooks import links
from tools.notebooks.execution import execute, normalise_outputs
from tools.notebooks.scripts import as_text, code_cells
from tools.notebooks.stored import (
    keep_outputs,
    read_notebook,
    seal,
    staleness,
    write_notebook,
    write_picture,
)

PICTURES = "book/_static"
PICTURE_TAG = "picture-"


class Target(NamedTuple):
    """A notebook of the book, and what it is made from."""

    path: Path
    script: str  # such as chapters/05_pca.py, as messages name it
    read: Callable  # returns the notebook without outputs
    blank: bool  # whether it has a copy without outputs


def without_outputs(notebook, root):
    """Return a copy of a notebook without outputs, whose links lead to others without outputs.

    Parameters
    ----------
    notebook : NotebookNode
    root : Path
        The folder of the course.

    Returns
    -------
    NotebookNode
    """
    blank = copy.deepcopy(notebook)
    prefixes = links.read_prefixes(root)
    for cell in blank.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = links.towards(BLANK, cell.source, prefixes)
    seal(blank)
    return blank


def tagged_pictures(notebook):
    """Return the PNGs of cells with tags such as ``picture-maps``, by the names in the tags."""
    return {
        tag.removeprefix(PICTURE_TAG): _picture(cell)
        for cell in code_cells(notebook)
        for tag in cell.metadata.get("tags", [])
        if tag.startswith(PICTURE_TAG)
    }


def _picture(cell):
    """Return the first PNG among a cell's outputs, None if there is none."""
    pictures = [output.get("data", {}).get("image/png") for output in cell.outputs]
    return next((base64.b64decode(picture) for picture in pictures if picture), None)


def _picture_path(name, root):
    return root / PICTURES / f"{name}.png"


def _files(notebook, target, root):
    """Return the notebooks to write, with their outputs, by their paths."""
    normalise_outputs(notebook)
    seal(notebook)
    files = {target.path: notebook}
    if target.blank:
        blank = root / "book" / BLANK / target.path.relative_to(root / "book")
        files[blank] = without_outputs(notebook, root)
    return files


def renew(target, root, *, force=False):
    """Write a notebook, its copy without outputs and its pictures; execute it if it is stale.

    Parameters
    ----------
    target : Target
    root : Path
        The folder of the course.
    force : bool, default=False
        Execute whether stale or not.

    Returns
    -------
    float or None
        How long the execution took in seconds, None if there was none.
    """
    notebook, stored = target.read(), read_notebook(target.path)
    before = tagged_pictures(stored) if stored else {}
    seconds = None
    if force or staleness(notebook, stored):
        start = time.perf_counter()
        execute(notebook, target.script.removesuffix(".py"), root)
        seconds = time.perf_counter() - start
    else:
        keep_outputs(notebook, stored)
    for path, one in _files(notebook, target, root).items():
        write_notebook(one, path, root)
    for name, content in tagged_pictures(notebook).items():
        write_picture(content, _picture_path(name, root), root, before=before.get(name))
    return seconds


def fault(target, root):
    """Return what is wrong with a stored notebook, its copy or its pictures, or None.

    Parameters
    ----------
    target : Target
    root : Path
        The folder of the course.

    Returns
    -------
    str or None
    """
    notebook, stored = target.read(), read_notebook(target.path)
    place = target.path.relative_to(root).as_posix()
    if stored is None:
        return f"{place} is missing or unreadable"
    stale = staleness(notebook, stored)
    if stale:
        return f"{place} is stale: {stale}"
    keep_outputs(notebook, stored)
    for path, one in _files(notebook, target, root).items():
        if not path.is_file() or as_text(one) != path.read_bytes().decode("utf-8"):
            return f"{path.relative_to(root).as_posix()} is not what {target.script} gives"
    for name, content in tagged_pictures(notebook).items():
        path = _picture_path(name, root)
        if not (path.is_file() and path.read_bytes() == content):
            return f"{PICTURES}/{path.name} is not the picture in {place}"
    return None
