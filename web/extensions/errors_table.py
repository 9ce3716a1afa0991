"""Every error that the course reports, on one page of the website, made from stored notebooks.

In a page of the website,

    ```{errors}
    ```

shows a table with a row for each error that a chapter lists by :func:`ae_lib.list_errors`, the
smallest first.
"""

import nbformat
from sphinx.util.docutils import SphinxDirective

from ae_lib.reported import MIME
from tools.course import ROOT
from tools.notebooks import chapters

HEAD = """\
| error | range over seeds | network | learnt from | layers | epochs | chapter |
|--:|---|---|---|--:|--:|---|"""
TABLE = """\
:::{{table}}
:class: errors

{}
:::"""
NONE = "No chapter lists its errors yet."


def listed(notebook):
    """Return the rows that a notebook lists.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    list of dict
    """
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [row for output in outputs for row in output.get("data", {}).get(MIME, [])]


def line(row, name):
    """Write a row of the table.

    Examples
    --------
    >>> row = {"network": "784-30-784", "learnt from": "5,000 digits", "layers": 2, "epochs": 6,
    ...        "seeds": 3, "error": 13.2, "lowest": 13.1, "highest": 13.3}
    >>> line(row, "04_pretraining")
    '| 13.20 | 13.10 to 13.30 | 784-30-784 | 5,000 digits | 2 | 6 | [4](04_pretraining.ipynb) |'
    """
    several = row["seeds"] > 1
    cells = [
        f"{row['error']:.2f}",
        f"{row['lowest']:.2f} to {row['highest']:.2f}" if several else "",
        row["network"],
        row["learnt from"],
        str(row["layers"] or ""),
        str(row["epochs"] or ""),
        f"[{int(name.partition('_')[0])}]({name}.ipynb)",
    ]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def page(root=ROOT):
    """Write the table of all errors as Markdown, the smallest first.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    str
    """
    found = []
    for name in chapters.names(root):
        path = root / "book" / f"{name}.ipynb"
        if path.is_file():
            rows = listed(nbformat.read(path, as_version=4))
            found += [(row["error"], name, row) for row in rows]
    if not found:
        return NONE
    found.sort(key=lambda each: each[:2])
    return TABLE.format("\n".join([HEAD, *(line(row, name) for _, name, row in found)]))


class Errors(SphinxDirective):
    """Show every error that the course reports."""

    def run(self):
        """Return the nodes of the table."""
        return self.parse_text_to_nodes(page())


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("errors", Errors)
