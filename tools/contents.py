"""What ``_toc.yml`` lists, and whether the notebooks among it are as they were written."""

import notebooks
import yaml

# Folders of the book whose notebooks are made from the scripts of exercises.
FOLDERS = ("exercises", "solutions")


def listed_pages(root):
    """Return the pages of the website, in order and without suffixes.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    list of str
        Such as ``["index", "01_motivation", "exercises/01_motivation"]``.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    pages = [toc["root"]]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            pages += [chapter["file"], *(item["file"] for item in chapter.get("sections", []))]
    return pages


def script_of(page, root):
    """Return the script that a page of the website is made from; it need not exist."""
    folder, _, name = page.rpartition("/")
    return root / ("chapters/exercises" if folder in FOLDERS else "chapters") / f"{name}.py"


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
        ``notebooks.py --check`` answers.
    """
    found = []
    for name, path in listed_notebooks(root).items():
        stored = notebooks.read_notebook(path)
        noted = {} if stored is None else notebooks.noted_in(stored)
        if stored is None:
            what = "is missing or cannot be read"
        elif noted.get("outputs") != notebooks.digest_of_outputs(stored):
            what = "has other outputs than were written into it, or none"
        elif noted.get("cells") != notebooks.digest_of_cells(stored):
            what = "was edited"
        else:
            continue
        found.append(f"book/{name}.ipynb {what}")
    return [f"{text}. Run: make notebooks exercises" for text in found]
