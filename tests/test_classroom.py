"""The class with nbgrader itself: release, submissions of several kinds, marks, feedback.

Each submission is the release version, filled in by a program. `make test-classroom` runs it.

The exercises are those of Chapter 2, because they train nothing: what takes the time is nbgrader.
"""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import classroom
import exercises
import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NAME = "02_initialisation"
SOURCE = ROOT / exercises.SOURCES / f"{NAME}.py"
TIMEOUT = 20  # seconds for a cell, so that the endless loops end soon
FIRST = "2-1"  # the exercise with which students do what they should not

LISTED = exercises.exercises(SOURCE)
POINTS = {f"check-{item.number.replace('.', '-')}": item.points for item in LISTED if item.check}
ALL = dict(POINTS)
NONE = dict.fromkeys(POINTS, 0)
WITHOUT_FIRST = POINTS | {f"check-{FIRST}": 0}
# nbgrader gives no mark to a check that is not there; a human has to.
FIRST_OPEN = POINTS | {f"check-{FIRST}": None}
# What is stored of a notebook that could not be run to its end.
OPEN = dict.fromkeys(POINTS)

KILLING = "import os\n\nos._exit(1)"
ENDLESS = "def slope(x):\n    while True:\n        pass"
OF_THE_VALUE = "def slope(x):\n    return x * (1 - x)"  # where x is not yet a logistic value


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


def delete(*names):
    """Return what fills in all answers and deletes some cells."""

    def change(notebook):
        fill_in(notebook)
        for name in names:
            notebook.cells.remove(by_id(notebook)[name])

    return change


STUDENTS = {
    "right": (fill_in, ALL),
    "nothing": (lambda notebook: None, NONE),
    "mistake": (replace_first(OF_THE_VALUE), WITHOUT_FIRST),
    "endless": (replace_first(ENDLESS), WITHOUT_FIRST),
    "top_loop": (replace_first("while True:\n    pass"), WITHOUT_FIRST),
    "exit": (replace_first("import sys\nsys.exit()"), WITHOUT_FIRST),
    "exit_inside": (
        replace_first("import sys\n\n\ndef slope(x):\n    sys.exit()"),
        WITHOUT_FIRST,
    ),
    "edited": (edit_first_check, NONE),
    "deleted": (delete(f"check-{FIRST}"), FIRST_OPEN),
    "deleted_both": (delete(f"answer-{FIRST}", f"check-{FIRST}"), FIRST_OPEN),
    "killed": (replace_first(KILLING), OPEN),
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


def hand_in(course, released, student, change):
    """Put a changed release version where nbgrader looks for a student's."""
    notebook = nbformat.reads(nbformat.writes(released), as_version=4)
    change(notebook)
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


def stored(course, student):
    """Return the stored marks of a student's checks, and the names of what waits for a human."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grades = book.find_submission_notebook(NAME, NAME, student).grades
        marks = {grade.name: grade.auto_score for grade in grades if grade.name in POINTS}
        return marks, {grade.name for grade in grades if grade.needs_manual_grade}


@pytest.fixture(scope="module")
def graded(course, released):
    """What nbgrader said when it had marked everybody, and its exit code."""
    for student, (change, _) in STUDENTS.items():
        hand_in(course, released, student, change)
    return nbgrader(course, "autograde", NAME)


def test_the_release_version_has_stubs_and_no_hidden_test(released):
    text = "\n".join(cell.source for cell in released.cells)
    for word in ("HIDDEN", "hidden_check", "hidden_result", "SOLUTION"):
        assert word not in text
    stubs = by_id(exercises.grading_notebook(SOURCE, ROOT))
    for name, cell in by_id(released).items():
        if name.startswith("answer"):
            assert cell.source == stubs[name].source


@pytest.mark.parametrize("student", STUDENTS)
def test_marks_are_those_expected(course, graded, student):
    expected = STUDENTS[student][1]
    found, for_a_human = stored(course, student)
    assert found == expected
    # What has no mark is not lost: nbgrader lists it, beside the exercises to explain.
    assert {name for name in for_a_human if name in POINTS} == {
        name for name, points in expected.items() if points is None
    }


def test_a_notebook_that_kills_its_python_is_named_and_stops_no_other(graded):
    code, said = graded
    assert code == 1
    failed = re.findall(r"There was an error processing assignment '\S+' for student '(\w+)'", said)
    assert failed == ["killed"]


def test_there_is_feedback_for_everybody_who_was_marked(course, graded):
    code, said = nbgrader(course, "generate_feedback", NAME)
    assert code == 0, said
    pages = {path.parent.parent.name for path in course.glob(f"feedback/*/{NAME}/{NAME}.html")}
    assert pages == set(STUDENTS) - {"killed"}


def test_the_table_of_marks_has_everybody(course, graded):
    code, said = nbgrader(course, "export")
    assert code == 0, said
    with (course / "grades.csv").open(newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {
        student: sum(points or 0 for points in expected.values())
        for student, (_, expected) in STUDENTS.items()
    }


def test_a_failed_second_run_leaves_the_old_marks(course, released, graded):
    hand_in(course, released, "right", replace_first(KILLING))
    code, said = nbgrader(course, "autograde", NAME, "--student", "right", "--force")
    assert code == 1, said
    assert stored(course, "right")[0] == ALL


def test_a_course_made_again_keeps_what_nbgrader_put_there(course, graded):
    before = (course / "gradebook.db").read_bytes()
    classroom.make(ROOT, course, [NAME])
    assert (course / "gradebook.db").read_bytes() == before
    assert (course / "submitted" / "right" / NAME / f"{NAME}.ipynb").is_file()
