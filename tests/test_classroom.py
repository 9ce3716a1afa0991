"""The class with nbgrader itself: release, submissions of several kinds, marks, feedback.

Each submission is the release version, filled in by a program. `make test-classroom` runs it.
"""

import os
import subprocess
import sys
from pathlib import Path

import classroom
import exercises
import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NAME = "04_pca"
SOURCE = ROOT / exercises.SOURCES / f"{NAME}.py"
TIMEOUT = 30  # seconds for a cell, so that the endless loop ends soon
FIRST = "4-1"  # the exercise with which students do what they should not

LISTED = exercises.exercises(SOURCE)
POINTS = {f"check-{item.number.replace('.', '-')}": item.points for item in LISTED if item.check}
ALL = dict(POINTS)
NONE = dict.fromkeys(POINTS, 0)
WITHOUT_FIRST = POINTS | {f"check-{FIRST}": 0}

ENDLESS = "def components(x, k):\n    while True:\n        pass"
NOT_CENTRED = """\
import numpy as np


def components(x, k):
    return x.mean(axis=0), np.linalg.svd(x, full_matrices=False)[2][:k]"""


def nbgrader(course, *arguments):
    """Run nbgrader in the course's folder; return its exit code and what it said."""
    # nbgrader calls a program of its own environment (alembic), so that must be on the path.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        env={**os.environ, "PATH": path}, cwd=course, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def by_id(notebook):
    """Return the cells that nbgrader knows, by its name for them."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def fill_in(notebook):
    """Put the solutions into a release version."""
    solved = by_id(exercises.grading_notebook(SOURCE, ROOT, solved=True))
    for name, cell in by_id(notebook).items():
        if name.startswith("answer"):
            cell.source = solved[name].source


def replace_first(source):
    """Return what fills in all answers and gives the first one another source."""

    def change(notebook):
        fill_in(notebook)
        by_id(notebook)[f"answer-{FIRST}"].source = source

    return change


def edit_first_check(notebook):
    """Solve nothing, and let the first check say that all is well."""
    by_id(notebook)[f"check-{FIRST}"].source = "print('all right')"


def delete_first_check(notebook):
    """Solve everything, and delete the first check."""
    fill_in(notebook)
    notebook.cells.remove(by_id(notebook)[f"check-{FIRST}"])


STUDENTS = {
    "right": (fill_in, ALL),
    "nothing": (lambda notebook: None, NONE),
    "mistake": (replace_first(NOT_CENTRED), WITHOUT_FIRST),
    "endless": (replace_first(ENDLESS), WITHOUT_FIRST),
    "top_loop": (replace_first("while True:\n    pass"), WITHOUT_FIRST),
    "exit": (replace_first("import sys\nsys.exit()"), WITHOUT_FIRST),
    "exit_inside": (
        replace_first("import sys\n\n\ndef components(x, k):\n    sys.exit()"),
        WITHOUT_FIRST,
    ),
    "edited": (edit_first_check, NONE),
    "deleted": (delete_first_check, ALL),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with its release version."""
    folder = tmp_path_factory.mktemp("classroom")
    assert classroom.make(ROOT, folder, [NAME]) == {NAME: sum(item.points for item in LISTED)}
    settings = folder / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace(str(classroom.TIMEOUT), str(TIMEOUT)))
    code, said = nbgrader(folder, "generate_assignment", NAME)
    assert code == 0, said
    return folder


@pytest.fixture(scope="module")
def released(course):
    return nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def marks(course, released):
    """The marks of all submissions, student -> check -> points."""
    from nbgrader.api import Gradebook

    for student, (change, _) in STUDENTS.items():
        notebook = nbformat.from_dict(released)
        notebook = nbformat.reads(nbformat.writes(notebook), as_version=4)
        change(notebook)
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{NAME}.ipynb")
    code, said = nbgrader(course, "autograde", NAME)
    assert code == 0, said
    found = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for student in STUDENTS:
            grades = book.find_submission_notebook(NAME, NAME, student).grades
            found[student] = {grade.name: grade.auto_score for grade in grades}
    return found


def test_the_release_version_has_stubs_and_no_hidden_test(released):
    text = "\n".join(cell.source for cell in released.cells)
    assert "HIDDEN" not in text
    assert "hidden" not in text
    assert "SOLUTION" not in text
    stubs = by_id(exercises.grading_notebook(SOURCE, ROOT))
    for name, cell in by_id(released).items():
        if name.startswith("answer"):
            assert cell.source == stubs[name].source


@pytest.mark.parametrize("student", STUDENTS)
def test_marks_are_those_expected(marks, student):
    expected = STUDENTS[student][1]
    found = {name: score for name, score in marks[student].items() if name in POINTS}
    assert found == expected


def test_there_is_feedback_for_everybody(course, marks):
    code, said = nbgrader(course, "generate_feedback", NAME)
    assert code == 0, said
    for student in STUDENTS:
        assert (course / "feedback" / student / NAME / f"{NAME}.html").is_file()


def test_a_course_made_again_keeps_what_nbgrader_put_there(course, marks):
    before = (course / "gradebook.db").read_bytes()
    classroom.make(ROOT, course, [NAME])
    assert (course / "gradebook.db").read_bytes() == before
    assert (course / "submitted" / "right" / NAME / f"{NAME}.ipynb").is_file()
