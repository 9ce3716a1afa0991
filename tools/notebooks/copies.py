"""Copies of all notebooks to work in: without outputs, and linked to one another."""

from tools.notebooks import links
from tools.notebooks.chapters import read_chapter
from tools.notebooks.contents import listed_notebooks, script_of
from tools.notebooks.exercises import SOLUTION, STUDENT, read_variant
from tools.notebooks.scripts import as_text


def working_copies(root):
    """Return the notebooks of the course as people work in them.

    Made from the scripts, so that nothing which somebody did to ``book`` gets into them.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    dict
        From names, such as ``exercises/05_pca.ipynb``, to the bytes of the files.
    """
    # Pages that are no notebooks are on the website alone, so links to them stay as they are.
    prefixes = {
        ending: prefix for ending, prefix in links.read_prefixes(root).items() if ending == "ipynb"
    }
    copies = {}
    for page in listed_notebooks(root):
        folder, script = page.rpartition("/")[0], script_of(page, root)
        if folder in (STUDENT, SOLUTION):
            notebook = read_variant(script, root, solved=folder == SOLUTION)
        else:
            notebook = read_chapter(script, root)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = links.shorten(cell.source, folder, prefixes)
        copies[f"{page}.ipynb"] = as_text(notebook).encode("utf-8")
    return copies
