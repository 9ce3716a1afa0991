"""Stored notebooks: are the outputs those of the code, and did a person change anything?

Each notebook notes in its metadata what was written into it (:func:`seal`). Where a person has
changed it since, the changed notebook is kept in ``kept/`` before it is written anew.
"""

import hashlib
import json

import nbformat

from tools import made
from tools.notebooks.scripts import as_text, code_cells

# What programs note in a cell about how it is seen or was run.
VIEW = {"collapsed", "editable", "execution", "scrolled", "trusted"}


def read_notebook(path):
    """Return the stored notebook, or None if there is none that can be read."""
    try:
        stored = nbformat.read(path, as_version=4)
        digest_of_cells(stored), digest_of_outputs(stored), noted_in(stored)
    except PermissionError:
        raise
    except Exception:  # a file can be no notebook in a dozen ways, each with its own error
        return None
    return stored


def noted_in(notebook):
    """Return what was noted in a notebook when it was written."""
    return dict(notebook.metadata.get("ae", {}))


def digest_of_cells(notebook):
    """Return the SHA-256 of what a person writes into a notebook: its cells, tags included."""
    written = [
        (
            cell.cell_type,
            cell.source,
            cell.get("attachments", {}),
            {name: value for name, value in cell.metadata.items() if name not in VIEW},
        )
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


def digest_of_outputs(notebook):
    """Return the SHA-256 of a notebook's outputs."""
    outputs = [cell.outputs for cell in code_cells(notebook)]
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def staleness(notebook, stored):
    """Say why stored outputs cannot be kept.

    Parameters
    ----------
    notebook : NotebookNode
        What the script gives.
    stored : NotebookNode or None

    Returns
    -------
    str or None
        The reason, such as ``"its outputs come from other code"``; None where they can be kept.
    """
    if stored is None:
        return "it is missing or unreadable"
    noted = noted_in(stored)
    if noted.get("digest") != notebook.metadata.ae.digest or len(code_cells(stored)) != len(
        code_cells(notebook)
    ):
        return "its outputs come from other code"
    if noted.get("outputs") == digest_of_outputs(stored):
        return None
    outputs = [output for cell in code_cells(stored) for output in cell.outputs]
    if not outputs:
        return "its outputs were cleared"
    if any(output.output_type == "error" for output in outputs):
        return "its outputs hold an error"
    return "its outputs are not those that were written into it"


def keep_outputs(notebook, stored):
    """Give a notebook the stored outputs, cell by cell in the order of the code cells."""
    for cell, old in zip(code_cells(notebook), code_cells(stored), strict=True):
        cell.outputs = old.outputs


def seal(notebook):
    """Note in a notebook what is written into it, so that later changes are seen."""
    notebook.metadata.ae.cells = digest_of_cells(notebook)
    notebook.metadata.ae.outputs = digest_of_outputs(notebook)


def was_changed(path):
    """Tell whether a notebook's file holds what a person made: other cells, or other outputs.

    Outputs that were only cleared are nobody's work.
    """
    if not path.exists():
        return False
    stored = read_notebook(path)
    if stored is None:
        return True
    noted = noted_in(stored)
    if noted.get("cells") != digest_of_cells(stored):
        return True
    shown = any(cell.outputs for cell in code_cells(stored))
    return shown and noted.get("outputs") != digest_of_outputs(stored)


def write_notebook(notebook, path, root):
    """Write a notebook; keep a copy of the one that is there if a person has changed it."""
    content = as_text(notebook).encode("utf-8")
    if path.is_dir():
        made.keep_copy(path, root, move=True)
    elif was_changed(path) and path.read_bytes() != content:
        made.keep_copy(path, root)
        print("To work on a notebook, use the copies of: make lab")
    path.parent.mkdir(parents=True, exist_ok=True)
    made.write(content, path)


def write_picture(content, path, root, *, before=None):
    """Write a picture; keep a copy of the one that is there unless it is the one of before."""
    if path.exists() and path.read_bytes() not in (content, before):
        made.keep_copy(path, root)
    made.write(content, path)
