"""The exercises: enough of them, in order, and notebooks that hold what they should.

Whether the stored notebooks are up to date is tested with those of chapters.
"""

import re

import nbformat
import pytest

from ae_lib.exercises import SOLVED, UNSOLVED
from tests.book.answers import INCOMPLETE, NAMES, SOURCES
from tests.book.test_notebooks import DIALECT, prose
from tools.course import ROOT
from tools.notebooks import exercises

LISTED = [(path, exercise) for path in SOURCES for exercise in exercises.exercises(path)]


# What the course has ------------------------------------------------------------------------------


def test_there_are_enough_of_them():
    assert len(LISTED) >= 30
    assert len(NAMES) >= 24
    # A page that has become complete is no longer listed as incomplete.
    few = {path.stem for path in SOURCES if len(exercises.exercises(path)) < 5}
    assert few == INCOMPLETE


def test_each_check_belongs_to_one_exercise():
    assert sorted(item.check for _, item in LISTED if item.check) == sorted(NAMES)
    for path in SOURCES:
        stems = {item.check.partition(".")[0] for item in exercises.exercises(path) if item.check}
        assert stems == {path.stem[3:]}


def test_numbers_go_up_and_kinds_are_mixed():
    for path in SOURCES:
        listed = exercises.exercises(path)
        chapter = int(path.stem[:2])
        assert [item.number for item in listed] == [
            f"{chapter}.{number}" for number in range(1, len(listed) + 1)
        ]
        if path.stem not in INCOMPLETE:
            assert len({item.kind for item in listed}) >= 3, path.name
            assert listed[-1].kind == "explain"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_each_ends_with_questions_and_folded_answers(path):
    text = exercises.read_cells(path)[-1].source
    assert text.startswith("## Check yourself")
    count = text.count("<details>")
    assert (1 if path.stem in INCOMPLETE else 3) <= count <= 5
    assert count == text.count("</details>") == text.count("<summary>Answer</summary>")
    assert f"(../solutions/{path.stem}.ipynb)" in text
    assert text.count("wrong") + text.count("forgets") >= count


# The notebooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_students_notebook_holds_no_solution(path):
    student = exercises.variant_cells(path, solved=False)
    solution = exercises.variant_cells(path, solved=True)
    text = "\n".join(cell.source for cell in student)
    assert "###" not in text.replace("####", "")
    for cell in exercises.read_cells(path):
        for block in cell.source.split(exercises.BEGIN)[1:]:
            for line in block.split(exercises.END)[0].splitlines():
                assert len(line.strip()) < 12 or line.strip() not in text, line
    assert "### " not in "\n".join(cell.source for cell in solution)
    for cell in student + solution:
        if cell.cell_type == "code":
            assert not [line for line in cell.source.splitlines() if len(line) > 88]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("folder", "status"), [(exercises.STUDENT, UNSOLVED), (exercises.SOLUTION, SOLVED)]
)
def test_the_stored_notebook_ran_to_its_end(path, folder, status):
    notebook = nbformat.read(ROOT / "book" / folder / f"{path.stem}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    said = "".join(output.get("text", "") for output in outputs)
    for exercise in exercises.exercises(path):
        assert not exercise.check or f"{exercise.check}: {status}.\n" in said, exercise.check


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_their_markdown_is_portable_and_links_lead_somewhere(path):
    for cell in exercises.variant_cells(path, solved=True) + exercises.variant_cells(
        path, solved=False
    ):
        if cell.cell_type == "markdown":
            text = prose(cell.source)
            for what, pattern in DIALECT.items():
                assert not re.search(pattern, text, flags=re.MULTILINE), f"{what}: {text}"
            for target in re.findall(r"\]\((\.\.[^)\s]+)\)", text):
                assert (ROOT / "book" / "exercises" / target).resolve().is_file(), target
