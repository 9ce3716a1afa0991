"""The notebooks that the website has, and whether they are as they were written."""

from tools.course import listed_pages
from tools.notebooks import chapters, exercises, stored
from tools.notebooks.exercises import SOLUTION, STUDENT


def script_of(page, root):
    """Return the script that a page of the website is made from; it need not exist."""
    folder, _, name = page.rpartition("/")
    sources = exercises.SOURCES if folder in (STUDENT, SOLUTION) else chapters.SOURCES
    return root / sources / f"{name}.py"


def listed_notebooks(root):
    """Return those of the listed pages that are made from scripts: name -> path in ``book``.

    Other notebooks that somebody lists there are their own.
    """
    pages = [page for page in listed_pages(root) if script_of(page, root).is_file()]
    return {page: root / "book" / f"{page}.ipynb" for page in pages}


def unfit(root):
    """Say which notebooks are not as they were written, and so must not be shown.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    list of str
        A sentence for each. Whether they are stale is a longer question, which
        ``python -m tools.notebooks chapters --check`` answers.
    """
    found = []
    for name, path in listed_notebooks(root).items():
        notebook = stored.read_notebook(path)
        noted = {} if notebook is None else stored.noted_in(notebook)
        if notebook is None:
            what = "is missing or cannot be read"
        elif noted.get("outputs") != stored.digest_of_outputs(notebook):
            what = "has other outputs than were written into it, or none"
        elif noted.get("cells") != stored.digest_of_cells(notebook):
            what = "was edited"
        else:
            continue
        found.append(f"book/{name}.ipynb {what}")
    return [f"{text}. Run: make notebooks exercises" for text in found]
