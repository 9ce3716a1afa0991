"""A script of ``chapters/`` as a notebook without outputs: its cells, install cell and digest."""

import ast
import copy

import nbformat

from tools.course import CourseError, read_address
from tools.notebooks import links
from tools.notebooks.digests import digest, parse_cell

# Without versions, which would differ from machine to machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}

INSTALL = """\
# Google Colab does not have the course's helper library, so it is installed there.
# Everywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet "ae_lib @ git+{address}\""""


def code_cells(notebook):
    """Return the code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def make_notebook(cells, place, root, *, folder="", needs=()):
    """Return the cells of a script as a notebook without outputs.

    Parameters
    ----------
    cells : list of NotebookNode
        As jupytext reads them.
    place : str
        The script, for messages.
    root : Path
        The folder of the course.
    folder : str, default=""
        Where in ``book`` the notebook will lie.
    needs : iterable of str
        Modules of the package that the cells use without importing them by name.

    Returns
    -------
    NotebookNode
        With the install cell, and with the digest in its metadata.
    """
    if not cells or cells[0].cell_type != "markdown":
        raise CourseError(f"{place} must begin with a Markdown cell")
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(METADATA))
    trees = [
        parse_cell(cell.source, f"{place}, code cell {number}")
        for number, cell in enumerate(code_cells(notebook), 1)
    ]
    trees += [ast.parse(f"import {name}") for name in needs]
    notebook.metadata.ae = {"digest": digest(trees, root)}

    install = nbformat.v4.new_code_cell(INSTALL.format(address=read_address(root)))
    install.metadata.tags = ["remove-cell"]
    cells.insert(1, install)
    prefixes = links.read_prefixes(root)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:03d}"
        if cell.cell_type == "markdown":
            cell.source = links.lengthen(cell.source, folder, prefixes)
        # Jupytext notes the blank lines of the script, which are no business of a notebook.
        for key in [key for key in cell.metadata if key.startswith("lines_to_")]:
            del cell.metadata[key]
    return notebook


def as_text(notebook):
    """Return the bytes of a notebook's file, as text."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"
