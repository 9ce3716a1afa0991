"""Make the exercise notebooks from the scripts of ``chapters/exercises/``.

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
with its check, ``check("pretraining.conditionals", conditionals)``. An exercise to *explain* has a
Markdown cell with markers, and no check: a human grades it.

From this come, in the way of ``tools/notebooks.py`` (executed where the code is new, else renewed):

- ``book/exercises/NN_name.ipynb``, with stubs, executed unsolved;
- ``book/solutions/NN_name.ipynb``, with solutions, executed.

And for a class, to be written by whoever makes the class:

- ``grading_notebook(path, root)`` returns a notebook with nbgrader's metadata: a hidden test behind
  each check (``assert check(...).passed``), points from the line of facts, manual cells for
  *explain*. ``solved=True`` gives the same cells with the solutions in them, which must get all
  points. nbgrader's own ClearSolutions must not run over either, since it would replace the stubs
  by a stub of its own; ClearHiddenTests must.
- ``exercises(path)`` lists what there is: number, title, stars, minutes, points, kind and check.

    python tools/exercises.py                execute what is stale, renew the rest
    python tools/exercises.py 04_pca         the same for one chapter's exercises
    python tools/exercises.py --force        execute whether stale or not
    python tools/exercises.py --check        write nothing; exit code 1 where something would change
"""

import argparse
import dataclasses
import re
import sys
from pathlib import Path

import jupytext
from made import alone
from notebooks import BLANK, ROOT, ChapterError, fault, make_notebook, renew

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
_HEADING = re.compile(r"## (\d+\.\d+) (.+)")
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
                raise ChapterError(f"{words!r} without its counterpart in:\n{text}")
            inside = not inside
        elif words.startswith(STUB):
            if not solved:
                lines.append(line.replace(f"{STUB} ", "", 1).replace(STUB, "", 1).rstrip())
        elif solved or not inside:
            lines.append(line)
    if inside:
        raise ChapterError(f"{BEGIN!r} without its counterpart in:\n{text}")
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
    ChapterError
        If an exercise lacks its line of facts, its solution or its check.
    """
    found = []
    for heading, *cells in _sections(read_cells(path)):
        place = f"{path.name}, exercise {heading.source.splitlines()[0]!r}"
        number, title = _HEADING.match(heading.source).groups()
        facts = _FACTS.search(heading.source)
        if not facts or facts[4] not in KINDS:
            raise ChapterError(
                f"{place} needs a line like '★★ · 10 minutes · 2 points · derive and code' "
                f"(kinds: {', '.join(KINDS)})"
            )
        names = [checked(cell)[0] for cell in cells if checked(cell)]
        answers = [cell.cell_type for cell in cells if is_solution(cell)]
        explain = facts[4] == "explain"
        if answers != ["markdown" if explain else "code"] or len(names) != (not explain):
            raise ChapterError(
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
            current = [] if _HEADING.match(cell.source) else None
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


# For a class --------------------------------------------------------------------------------------


def grading_notebook(path, root=ROOT, *, solved=False):
    """Return the exercises as a notebook for nbgrader.

    Parameters
    ----------
    path : Path
        The source, ``chapters/exercises/NN_name.py``.
    root : Path
        The folder of the course.
    solved : bool, default=False
        With the solutions instead of the stubs: a submission that must get all points.

    Returns
    -------
    NotebookNode
        With nbgrader's metadata of schema version 3: answers (``solution``), locked checks with
        points (``grade``), and for *explain* answers with points (both). In each check, hidden
        tests stand between nbgrader's markers.
    """
    notebook = read_variant(path, root, solved=solved)
    # The install cell is the one that the source does not have.
    shown = notebook.cells[:1] + notebook.cells[2:]
    by_check = {exercise.check: exercise for exercise in exercises(path)}
    by_number = {exercise.number: exercise for exercise in exercises(path)}
    number = None
    for cell, source in zip(shown, read_cells(path), strict=True):
        heading = _HEADING.match(source.source)
        number = heading[1] if heading else number
        if is_solution(source):
            exercise = by_number[number]
            points = exercise.points if exercise.kind == "explain" else None
            cell.metadata.nbgrader = _nbgrader(f"answer-{number}", solution=True, points=points)
        elif checked(source):
            name, answer = checked(source)
            exercise = by_check[name]
            cell.source += "\n" + HIDDEN.format(name=name, answer=answer)
            cell.metadata.nbgrader = _nbgrader(f"check-{number}", points=exercise.points)
    return notebook


# Imported anew: a notebook may have given the name another meaning.
HIDDEN = """\
### BEGIN HIDDEN TESTS
from ae_lib.exercises import check as hidden_check

hidden_result = hidden_check("{name}", {answer}, quiet=True)
assert hidden_result.passed, str(hidden_result)
### END HIDDEN TESTS"""


def _nbgrader(name, *, solution=False, points=None):
    """Return the metadata of one cell: an answer, a locked check, or an answer with points."""
    metadata = {
        "schema_version": 3,
        "grade_id": name.replace(".", "-"),
        "grade": points is not None,
        "solution": solution,
        "locked": not solution,
        "task": False,
    }
    return metadata if points is None else metadata | {"points": points}


# Writing ------------------------------------------------------------------------------------------


def source_names(root=ROOT):
    """Return the names of all sources, in order."""
    return sorted(path.stem for path in (root / SOURCES).glob("*.py"))


def _target(name, folder, root):
    return root / "book" / folder / f"{name}.ipynb"


def _read(name, folder, root):
    return read_variant(root / SOURCES / f"{name}.py", root, solved=folder == SOLUTION)


def convert(name, folder, root=ROOT, *, force=False):
    """Write one notebook; execute it if it is stale.

    Parameters
    ----------
    name : str
        Such as ``04_pca``.
    folder : {"exercises", "solutions"}
    root : Path
        The folder of the course.
    force : bool
        Execute whether stale or not.

    Returns
    -------
    float or None
        How long the execution took in seconds, None if there was none.
    """
    notebook = _read(name, folder, root)
    title, blank = f"{SOURCES}/{name}", folder == STUDENT
    return renew(notebook, _target(name, folder, root), title, root, force=force, blank=blank)


def complaint(name, folder, root=ROOT):
    """Return what is wrong with a stored notebook, or None."""
    target, script = _target(name, folder, root), f"{SOURCES}/{name}.py"
    return fault(_read(name, folder, root), target, script, root, blank=folder == STUDENT)


def orphans(root=ROOT):
    """Return the stored notebooks that no source gives, as folder/name."""
    return [
        f"{folder}/{path.stem}"
        for folder in (STUDENT, SOLUTION, f"{BLANK}/{STUDENT}")
        for path in sorted((root / "book" / folder).glob("*.ipynb"))
        if path.stem not in source_names(root)
    ]


def check_stored(names, root=ROOT):
    """Return a list of all that is wrong with the stored notebooks."""
    found = []
    for name in names:
        try:
            found += [complaint(name, folder, root) for folder in (STUDENT, SOLUTION)]
        except ChapterError as error:
            found.append(str(error))
    found += [f"book/{name}.ipynb has no source in {SOURCES}" for name in orphans(root)]
    return [text for text in found if text]


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Make book/exercises and book/solutions.")
    parser.add_argument("names", nargs="*", help="sources, such as 04_pca; all by default")
    parser.add_argument("--check", action="store_true", help="write nothing, report what is stale")
    parser.add_argument("--force", action="store_true", help="execute what is not stale, too")
    options = parser.parse_args(arguments)

    known = source_names(root)
    names = [Path(name).stem for name in options.names] or known
    for name in names:
        if name not in known:
            parser.error(f"there are no exercises {name!r}; there are {', '.join(known)}")

    if options.check:
        found = check_stored(names, root)
        print("\n".join([*found, "Run: make exercises"] if found else []), end="\n" * bool(found))
        return int(bool(found))

    with alone(root):
        return convert_all(names, root, force=options.force)


def convert_all(names, root, *, force):
    """Write all notebooks of some sources, and say how it went; return the exit code."""
    failed = False
    for name in names:
        for folder in (STUDENT, SOLUTION):
            try:
                seconds = convert(name, folder, root, force=force)
            except (ChapterError, OSError) as error:
                print(f"Not written: book/{folder}/{name}.ipynb\n{error}", file=sys.stderr)
                failed = True
                continue
            done = "outputs kept" if seconds is None else f"executed in {seconds:.1f} s"
            print(f"book/{folder}/{name}.ipynb: {done}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
