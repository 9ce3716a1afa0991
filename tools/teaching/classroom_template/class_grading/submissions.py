"""What a student handed in, looked at before anything of it is run."""

import json
import os
import unicodedata
from pathlib import Path

import nbformat

NOTEBOOK_BYTES = 100_000_000
ALL_BYTES = 500_000_000
# nbgrader looks for files with patterns, in which these do not stand for themselves.
PATTERN = "*?["


def printable(text, most=300):
    r"""Return a text of unknown origin in a form that a terminal shows and does not obey.

    Examples
    --------
    >>> printable("a\x1b[2Jb\nc")
    'a?[2Jb c'
    """
    text = "".join(sign if sign.isprintable() else "?" for sign in " ".join(str(text).split()))
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= most else text[:most] + " ..."


def listed(names):
    """Return some names in one line."""
    names = sorted(names)
    return ", ".join(map(repr, names[:5])) + (f" and {len(names) - 5} more" if names[5:] else "")


def entries(folder):
    """Return the names in a folder, without those that systems and editors hide.

    Names are those that are stored: some systems find a file under a name in other letters too.
    """
    return {
        path.name
        for path in Path(folder).iterdir()
        if path.name[:1] != "." and path.name[:2] != "__"
    }


def students(submitted):
    """Return the names of the students who have a folder, in order."""
    if not submitted.is_dir():
        return []
    return sorted(name for name in entries(submitted) if (submitted / name).is_dir())


def strays(submitted, name):
    """Return what lies where no student's folder is, as pairs of a name and a reason."""
    if not submitted.is_dir():
        return []
    return [
        (found, f"is no folder of a student; expected submitted/STUDENT/{name}/{name}.ipynb")
        for found in sorted(entries(submitted))
        if not (submitted / found).is_dir()
    ]


def problem(folder, name, others=()):
    """Return why a submission cannot be marked.

    Parameters
    ----------
    folder : Path
        The student's folder, ``submitted/STUDENT``.
    name : str
        The assignment.
    others : iterable of str
        The other assignments, whose folders may be there too.

    Returns
    -------
    str or None
        None where the submission is in order; an empty text where there is none.
    """
    if any(sign in folder.name for sign in PATTERN) or folder.name != folder.name.strip():
        return (
            f"the folder's name holds one of {PATTERN} or outer spaces, which nbgrader cannot take"
        )
    if folder.is_symlink():
        return "the student's folder is a link to another place; put the files there themselves"
    expected = f"{name}.ipynb"
    try:
        there = entries(folder)
        if name not in there:
            strange = there - set(others)
            if not strange:
                return ""
            return f"found {listed(strange)}; expected the folder {name!r} with {expected!r}"
        place = folder / name
        if place.is_symlink() or not place.is_dir():
            return f"{name!r} is not a folder; expected a folder with {expected!r}"
        wrong = _wrong_files(place)
        if wrong:
            return wrong
        found = entries(place)
        if expected not in found:
            if not found:
                return f"the folder {name!r} is empty; expected {expected!r}"
            hint = _how_it_differs(found, expected)
            return f"found {listed(found)}; expected {expected!r}{hint}"
        return _wrong_notebook(place / expected)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def further(folder, name):
    """Return the names of what came beside the notebook."""
    return entries(folder / name) - {f"{name}.ipynb"}


def _how_it_differs(found, expected):
    """Return a hint where a name differs only in how it is written."""
    for name in found:
        if name.casefold() == expected.casefold():
            return " (capital and small letters differ)"
        if unicodedata.normalize("NFKD", name) == unicodedata.normalize("NFKD", expected):
            return " (the accents are stored in another way)"
    return ""


def _wrong_files(place):
    """Return what no submission should hold: links, devices, too much."""
    total = 0
    for folder, names, files in os.walk(place):
        for name in (*names, *files):
            path = Path(folder, name)
            # A link may lead to files of the teacher, a pipe keeps its reader waiting.
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                return f"holds {str(path.relative_to(place))!r}, which is a link or no usual file"
            total += path.stat().st_size
    if total > ALL_BYTES:
        return f"holds {total / 1e6:.0f} MB; at most {ALL_BYTES / 1e6:.0f} are marked"
    return None


def _wrong_notebook(path):
    """Return what keeps a file from being a notebook that nbgrader can read."""
    if not path.is_file():
        return f"{path.name!r} is a folder; expected a notebook"
    size = path.stat().st_size
    if not size:
        return "the file is empty"
    if size > NOTEBOOK_BYTES:
        return f"the notebook has {size / 1e6:.0f} MB; let the student clear its outputs"
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"the file is not UTF-8 text: {error.reason} at byte {error.start}"
    if text.startswith("\ufeff"):
        return "the file begins with a byte order mark, as some editors write it; save it without"
    if text.lstrip()[:1] == "<":
        return "the file is a web page (HTML), not a notebook"
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"the file is not JSON, as notebooks are: {error}"
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        return "the file is JSON, but no notebook"
    if notebook["nbformat"] != 4:
        return (
            f"the notebook has format {notebook['nbformat']}; expected 4: open it in a current "
            "Jupyter or in Colab and save it"
        )
    try:
        nbformat.reader.reads(text)
        nbformat.validate(nbformat.from_dict(notebook), relax_add_props=True)
    except Exception as error:  # nbformat raises what it meets in a damaged notebook
        return f"the notebook is damaged: {str(error).splitlines()[0]}"
    return None
