"""The notebooks of exercises and of their solutions, from the scripts of ``chapters/exercises/``.

One script holds everything about the exercises to a chapter. In a cell of code or Markdown, what
stands between two markers belongs to the solution, and what follows a third one is what the student
finds in its place::

    def conditionals(v, W, b):
        ### BEGIN SOLUTION
        return sigmoid(v @ W + b)
        ### END SOLUTION
        ### STUB return ...

An exercise is a heading ``## 3.1 Upwards`` with a line of facts below it,
``★ · 5 minutes · 1 point · derive and code``. Then come the cell with the markers, and the cell
with its check, ``check("rbm.conditionals", conditionals)``. An exercise to *explain* has a
Markdown cell with markers, and no check: a human grades it.

From this come

- ``book/exercises/NN_name.ipynb``, with stubs, executed unsolved;
- ``book/solutions/NN_name.ipynb``, with solutions, executed;
- for a class, the notebooks of ``tools/teaching/grading_notebook.py``.
"""

import dataclasses
import functools
import re

import jupytext

from tools.course import BLANK, ROOT, CourseError
from tools.notebooks.renewal import Target
from tools.notebooks.scripts import make_notebook

SOURCES = "chapters/exercises"
STUDENT, SOLUTION = "exercises", "solutions"  # folders of book/
BEGIN, END, STUB = "### BEGIN SOLUTION", "### END SOLUTION", "### STUB"

KINDS = (
    "derive and code",
    "predict, then measure",
    "find the planted mistake",
    "improve",
    "explain",
)
HEADING = re.compile(r"## (\d+\.\d+) (.+)")
_FACTS = re.compile(r"(★{1,3}) · (\d+) minutes · (\d+) points? · (.+)")
_CHECK = re.compile(r"""\bcheck\(\s*"([a-z_]+\.[a-z0-9_]+)", (.+)\)\s*$""", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Exercise:
    """What the heading and the line of facts say, and the name of the check ("" for *explain*)."""

    number: str
    title: str
    stars: int
    minutes: int
    points: int
    kind: str
    check: str


# From the source to the two variants --------------------------------------------------------------


def variant(text, *, solved):
    r"""Return a cell's text with the solution, or with the stub in its place.

    Parameters
    ----------
    text : str
        The source of a cell.
    solved : bool

    Returns
    -------
    str

    Examples
    --------
    >>> cell = "\n".join([BEGIN, "x = 3", END, f"{STUB} x = ..."])
    >>> variant(cell, solved=True), variant(cell, solved=False)
    ('x = 3', 'x = ...')
    """
    lines, inside = [], False
    for line in text.splitlines():
        words = line.strip()
        if words in (BEGIN, END):
            if inside == (words == BEGIN):
                raise CourseError(f"{words!r} without its counterpart in:\n{text}")
            inside = not inside
        elif words.startswith(STUB):
            if not solved:
                lines.append(line.replace(f"{STUB} ", "", 1).replace(STUB, "", 1).rstrip())
        elif solved or not inside:
            lines.append(line)
    if inside:
        raise CourseError(f"{BEGIN!r} without its counterpart in:\n{text}")
    return "\n".join(lines)


def is_solution(cell):
    """Tell whether a cell of the source holds a solution."""
    return BEGIN in cell.source


def checked(cell):
    """Return the name of the exercise that a cell checks, and the answer's expression, or None."""
    found = cell.cell_type == "code" and _CHECK.search(cell.source)
    return found and (found[1], found[2])


def read_cells(path):
    """Return the cells of a source, markers included."""
    return jupytext.read(path, fmt="py:percent").cells


def exercises(path):
    """List the exercises of a source.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Exercise

    Raises
    ------
    CourseError
        If an exercise lacks its line of facts, its solution or its check.
    """
    found = []
    for heading, *cells in _sections(read_cells(path)):
        place = f"{path.name}, exercise {heading.source.splitlines()[0]!r}"
        number, title = HEADING.match(heading.source).groups()
        facts = _FACTS.search(heading.source)
        if not facts or facts[4] not in KINDS:
            raise CourseError(
                f"{place} needs a line like '★★ · 10 minutes · 2 points · derive and code' "
                f"(kinds: {', '.join(KINDS)})"
            )
        names = [checked(cell)[0] for cell in cells if checked(cell)]
        answers = [cell.cell_type for cell in cells if is_solution(cell)]
        explain = facts[4] == "explain"
        if answers != ["markdown" if explain else "code"] or len(names) != (not explain):
            raise CourseError(
                f"{place} needs one cell with {BEGIN!r}, and one check unless it is to be "
                f"explained. Received: {answers}, checks {names}"
            )
        stars, minutes, points = len(facts[1]), int(facts[2]), int(facts[3])
        found.append(Exercise(number, title, stars, minutes, points, facts[4], *(names or [""])))
    return found


def _sections(cells):
    """Return the cells of each exercise, its heading first."""
    sections, current = [], None
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            current = [] if HEADING.match(cell.source) else None
            if current is not None:
                sections.append(current)
        if current is not None:
            current.append(cell)
    return sections


def variant_cells(path, *, solved):
    """Return the cells of the student's notebook, or of the solution."""
    cells = read_cells(path)
    for cell in cells:
        cell.source = variant(cell.source, solved=solved)
    if solved:
        cells[0].source = cells[0].source.replace("# Exercises to", "# Solutions to", 1)
        kept = cells[-1].source.rpartition("\n\n")[0]
        cells[-1].source = f"{kept}\n\nBack to [the exercises](../{STUDENT}/{path.stem}.ipynb)."
    return cells


def read_variant(path, root, *, solved):
    """Return a source as a notebook without outputs: the student's, or the solution."""
    # A check imports the module of its chapter by itself.
    names = {exercise.check.partition(".")[0] for exercise in exercises(path) if exercise.check}
    needs = [f"ae_lib.exercises.{name}" for name in sorted(names)]
    cells = variant_cells(path, solved=solved)
    folder = SOLUTION if solved else STUDENT
    return make_notebook(cells, f"{SOURCES}/{path.name}", root, folder=folder, needs=needs)


# The notebooks ------------------------------------------------------------------------------------


def names(root=ROOT):
    """Return the names of all sources, in order."""
    return sorted(path.stem for path in (root / SOURCES).glob("*.py"))


def targets(name, root=ROOT):
    """Return the notebooks that are made from a source: exercises and solutions.

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
    return [
        Target(
            root / "book" / folder / f"{name}.ipynb",
            script,
            functools.partial(read_variant, root / script, root, solved=folder == SOLUTION),
            blank=folder == STUDENT,
        )
        for folder in (STUDENT, SOLUTION)
    ]


def stored(root=ROOT):
    """Return the notebooks of the book that should come from exercises."""
    folders = (STUDENT, SOLUTION, f"{BLANK}/{STUDENT}")
    return [path for name in folders for path in sorted((root / "book" / name).glob("*.ipynb"))]
