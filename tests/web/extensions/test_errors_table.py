"""The page of errors: a row for each error that a stored notebook lists."""

import nbformat
import pytest

from ae_lib.reported import MIME
from tests.tools.claims.made_up import write_course
from web.extensions import errors_table

ROW = {
    "network": "784-30-784", "learnt from": "100 digits", "layers": 2, "epochs": 3,
    "seeds": 1, "error": 20.0, "lowest": 20.0, "highest": 20.0,
}  # fmt: skip


@pytest.fixture
def course(tmp_path):
    """A course of one chapter, without a notebook."""
    return write_course(tmp_path)


def store(course, name, rows):
    output = nbformat.v4.new_output("display_data", {"text/plain": "", MIME: rows})
    cells = [nbformat.v4.new_markdown_cell("Text."), nbformat.v4.new_code_cell(outputs=[output])]
    (course / "book").mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), course / "book" / f"{name}.ipynb")


def test_the_smallest_error_comes_first(course):
    (name,) = [path.stem for path in (course / "chapters").glob("*.py")]
    small = ROW | {"seeds": 3, "error": 9.5, "lowest": 9.25, "highest": 9.75, "network": "a | b"}
    store(course, name, [ROW, small])
    lines = errors_table.page(course).splitlines()
    start = lines.index(errors_table.HEAD.splitlines()[0])
    chapter = f"[1]({name}.ipynb)"
    assert lines[start + 2 : start + 4] == [
        f"| 9.50 | 9.25 to 9.75 | a \\| b | 100 digits | 2 | 3 | {chapter} |",
        f"| 20.00 |  | 784-30-784 | 100 digits | 2 | 3 | {chapter} |",
    ]


def test_a_course_that_lists_nothing_yet_says_so(course):
    assert errors_table.page(course) == errors_table.NONE
