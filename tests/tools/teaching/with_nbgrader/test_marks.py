"""Marks, remarks, feedback and the table of marks, as nbgrader stores them."""

import csv

import nbformat
import pytest

from tests.tools.teaching.with_nbgrader.nbgrader_class import (
    NAME,
    SOURCE,
    TINY,
    WITHOUT,
    by_id,
    grade,
    hand_in,
    nbgrader,
    remarks,
    stored,
)
from tests.tools.teaching.with_nbgrader.students import (
    ALL,
    POINTS,
    STUDENTS,
    TINY_ALL,
    TINY_STUDENTS,
    fill_in,
)
from tools.course import ROOT
from tools.teaching import classroom
from tools.teaching.grading_notebook import grading_notebook


@pytest.fixture(scope="module")
def released(course):
    return nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)


def test_the_release_version_has_stubs_and_no_hidden_test(released):
    text = "\n".join(cell.source for cell in released.cells)
    for word in ("HIDDEN", "hidden_check", "hidden_result", "SOLUTION"):
        assert word not in text
    stubs = by_id(grading_notebook(SOURCE, ROOT))
    for name, cell in by_id(released).items():
        if name.startswith("answer"):
            assert cell.source == stubs[name].source


@pytest.mark.parametrize("student", STUDENTS)
def test_marks_are_those_expected(course, graded, student):
    found, for_a_human = stored(course, NAME, student)
    assert found == STUDENTS[student][1]
    assert not for_a_human & set(POINTS)


@pytest.mark.parametrize("student", TINY_STUDENTS)
def test_one_students_notebook_stops_neither_the_others_nor_its_own_other_cells(
    course, tiny_graded, student
):
    _, expected, words = TINY_STUDENTS[student]
    found, for_a_human = stored(course, TINY, student)
    assert found == expected
    # What has no mark is not lost: nbgrader lists it, beside the exercise to explain.
    assert for_a_human == {"answer-3"} | {name for name in found if found[name] is None}
    said = "\n".join(remarks(tiny_graded[1])[student][1])
    assert (words is None) == (said == "")
    assert (words or "") in said


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("other_file", f"found '{TINY} (1).ipynb'; expected '{TINY}.ipynb'"),
        ("web_page", "web page"),
    ],
)
def test_who_cannot_be_marked_is_named_with_the_reason(tiny_graded, student, words):
    code, said = tiny_graded
    result, reasons = remarks(said)[student]
    assert result == "not marked"
    assert words in reasons[0]
    assert code == 1


def test_nobody_is_told_to_update_notebooks(course, graded, tiny_graded):
    logs = [path.read_text() for path in course.glob("grading/*/*.log")]
    assert len(logs) == len(STUDENTS) + len(TINY_STUDENTS)
    for text in ["\n".join(graded[1] + tiny_graded[1]), *logs]:
        assert "nbgrader update" not in text


def test_nbgrader_alone_is_not_stopped_by_a_copied_cell(course, tiny_graded):
    code, said = nbgrader(course, "autograde", TINY, "--student", "copied_answer", "--force",
                          f"--SafeExecute.sandbox={not WITHOUT}")  # fmt: skip
    assert code == 0, said
    assert "nbgrader update" not in said
    assert stored(course, TINY, "copied_answer")[0] == TINY_ALL


def test_there_is_feedback_for_everybody_who_was_marked(course, graded):
    code, said = nbgrader(course, "generate_feedback", NAME)
    assert code == 0, said
    pages = {path.parent.parent.name for path in course.glob(f"feedback/*/{NAME}/{NAME}.html")}
    assert pages == set(STUDENTS)


def test_the_table_of_marks_has_everybody(course, graded):
    code, said = nbgrader(course, "export")
    assert code == 0, said
    with (course / "grades.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == NAME]
    scores = {row["student_id"]: float(row["score"]) for row in rows if row["raw_score"]}
    expected = {student: sum(marks.values()) for student, (_, marks) in STUDENTS.items()}
    assert {student: scores[student] for student in STUDENTS} == expected


def test_a_second_run_marks_only_what_is_new(course, teacher, graded):
    log = course / "grading" / NAME / "right.log"
    before = log.stat().st_mtime_ns
    hand_in(course, NAME, "mistake", fill_in)
    code, said = grade(course, teacher, NAME)
    assert stored(course, NAME, "mistake")[0] == ALL
    assert log.stat().st_mtime_ns == before
    assert set(STUDENTS) <= set(remarks(said))
    # The endless loop is still something to look at.
    assert code == 1


def test_a_class_made_again_keeps_what_nbgrader_put_there(course, graded):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    classroom.make(ROOT, course, [NAME])
    assert {path: path.read_bytes() for path in before} == before
