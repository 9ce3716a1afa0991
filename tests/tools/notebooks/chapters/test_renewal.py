"""What is executed, what is renewed without execution, and what is written beside a notebook."""

import json

import nbformat
import pytest

from tests.tools.notebooks.chapters.made_up import (
    ADDRESS,
    CHAPTER,
    PICTURE_CELL,
    change,
    clear,
    code_cells,
    edit,
    fail,
    forbid_execution,
    run,
    run_again,
    stored,
)
from tools.notebooks import scripts


def test_a_chapter_becomes_an_executed_notebook(course):
    assert run(course) == 0
    install, imports, prints, shows = code_cells(course)
    assert f'"ae_lib @ git+{ADDRESS}"' in install.source
    assert install.metadata == {"tags": ["remove-cell"]}
    assert imports.source == "from ae_lib import double"
    assert imports.outputs == []
    assert prints.outputs[0].text == "42 0.23796462709189137\n"
    assert prints.metadata == {"tags": ["nbval-ignore-output"]}
    assert shows.outputs[0].data["text/plain"] == "6"
    assert [cell.execution_count for cell in code_cells(course)] == [1, 2, 3, 4]
    assert shows.outputs[0].execution_count == 4
    notebook = json.loads(stored(course))
    assert [cell["cell_type"] for cell in notebook["cells"][:3]] == ["markdown", "code", "code"]
    assert set(notebook["metadata"]) == {"ae", "kernelspec", "language_info"}
    assert "version" not in notebook["metadata"]["language_info"]
    assert run(course, "--check") == 0


def test_converting_and_executing_again_give_the_same_bytes(course, monkeypatch):
    run(course)
    first = stored(course)
    run(course, "--force")
    assert stored(course) == first
    forbid_execution(monkeypatch)
    run(course)
    assert stored(course) == first


def test_prose_comments_docstrings_and_tags_keep_the_outputs(course, monkeypatch):
    run(course)
    chapter = course / "chapters" / "01_one.py"
    edit(chapter, "Some prose.", "Better prose.\n#\n# # A second cell\n\n# %% [markdown]\n# more.")
    edit(chapter, "# a comment", "# another comment")
    edit(chapter, "Return three times the number.", "Multiply by three.")
    edit(chapter, '"nbval-ignore-output"', '"nbval-check-output"')
    edit(course / "ae_lib" / "numbers.py", "Return twice the number.", "Double.")
    assert run(course, "--check") == 1
    forbid_execution(monkeypatch)
    assert run(course) == 0
    assert run(course, "--check") == 0
    _, _, prints, shows = code_cells(course)
    assert "# another comment" in prints.source
    assert prints.metadata.tags == ["nbval-check-output"]
    assert prints.outputs[0].text.startswith("42 ")
    assert "Multiply by three." in shows.source


def test_another_address_is_written_without_execution(course, monkeypatch):
    run(course)
    forbid_execution(monkeypatch)
    edit(course / "_config.yml", ADDRESS, "https://example.org/a/fork")
    assert run(course, "--check") == 1
    assert run(course) == 0
    cells = code_cells(course)
    assert '"ae_lib @ git+https://example.org/a/fork"' in cells[0].source
    assert cells[2].outputs[0].text.startswith("42 ")
    assert ADDRESS.encode() not in stored(course)


def test_a_failing_cell_leaves_everything_as_it_was(course, capsys):
    run(course)
    before = stored(course)
    edit(course / "chapters" / "01_one.py", "thrice(2)", "thrice(1 / 0)")
    assert run(course) == 1
    assert stored(course) == before
    assert sorted(path.name for path in (course / "book").rglob("*.*")) == ["01_one.ipynb"] * 2
    message = capsys.readouterr().err
    assert "chapters/01_one.py: this cell failed" in message
    assert "thrice(1 / 0)" in message
    assert "ZeroDivisionError: division by zero" in message
    assert "\x1b[" not in message.partition("this cell failed")[2]


@pytest.mark.parametrize("how", [clear, fail, run_again])
def test_outputs_that_are_not_those_of_the_run_are_made_again(course, how):
    run(course)
    original = stored(course)
    change(course / "book" / "01_one.ipynb", how)
    assert run(course) == 0
    assert stored(course) == original


def test_the_copy_without_answers_has_all_cells_and_no_outputs(course):
    (course / "_config.yml").write_text("repository:\n  url: https://github.com/a/b\n")
    edit(course / "chapters" / "01_one.py", "Some prose.", "[2](02.ipynb), [3](notation.md)")
    run(course)
    blank = nbformat.read(course / "book" / "without_answers" / "01_one.ipynb", as_version=4)
    full = nbformat.read(course / "book" / "01_one.ipynb", as_version=4)
    assert all(not cell.outputs for cell in scripts.code_cells(blank))
    assert all(cell.execution_count is None for cell in scripts.code_cells(blank))
    assert [cell.source for cell in scripts.code_cells(blank)] == [
        cell.source for cell in scripts.code_cells(full)
    ]
    colab = "https://colab.research.google.com/github/a/b/blob/main/book"
    assert blank.cells[3].source == (
        f"[2]({colab}/without_answers/02.ipynb), [3](https://github.com/a/b/blob/main/book/notation.md)"
    )
    assert full.cells[3].source.startswith(f"[2]({colab}/02.ipynb)")


def test_a_tagged_picture_is_that_of_its_cell(course):
    (course / "book" / "_static").mkdir()
    chapter = course / "chapters" / "01_one.py"
    chapter.write_text(CHAPTER + PICTURE_CELL)
    assert run(course) == 0
    picture = course / "book" / "_static" / "maps.png"
    assert picture.read_bytes() == b"a picture"
    assert run(course, "--check") == 0
    for spoil in (lambda: picture.write_bytes(b"another"), picture.unlink):
        spoil()
        assert run(course, "--check") == 1
        assert run(course) == 0
        assert picture.read_bytes() == b"a picture"
