"""The exercises as notebooks for nbgrader: points, hidden tests, cells that a human grades.

nbgrader's own ClearSolutions must not run over them, since it would replace the stubs by a stub of
its own; ClearHiddenTests must.
"""

from tools.course import ROOT
from tools.notebooks.exercises import (
    HEADING,
    checked,
    exercises,
    is_solution,
    read_cells,
    read_variant,
)

# Imported anew: a notebook may have given the name another meaning.
HIDDEN = """\
### BEGIN HIDDEN TESTS
from ae_lib.exercises import check as hidden_check

hidden_result = hidden_check("{name}", {answer}, quiet=True)
assert hidden_result.passed, str(hidden_result)
### END HIDDEN TESTS"""


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
        heading = HEADING.match(source.source)
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
