"""The website's build: complete or not at all, nothing left of an earlier one. Without Sphinx."""

from pathlib import Path

import nbformat
import pytest

from tools import made
from tools.notebooks import stored
from tools.notebooks.contents import unfit
from tools.website import build as website


@pytest.fixture
def course(tmp_path):
    """A course of one notebook, as it was written."""
    for folder in ("book", "chapters"):
        (tmp_path / folder).mkdir()
    (tmp_path / "chapters" / "01_one.py").write_text("")
    (tmp_path / "_toc.yml").write_text("root: index\nparts:\n  - chapters:\n    - file: 01_one\n")
    output = nbformat.v4.new_output("stream", text="1\n")
    notebook = nbformat.v4.new_notebook(metadata={"ae": {}})
    notebook.cells = [nbformat.v4.new_code_cell("print(1)", outputs=[output])]
    stored.seal(notebook)
    nbformat.write(notebook, tmp_path / "book" / "01_one.ipynb")
    return tmp_path


def builds(monkeypatch, code=0, **pages):
    """Let the next build write these pages and return this code."""

    def build(root, output):
        folder = Path(output) / "_build" / "html"
        folder.mkdir(parents=True)
        for name, text in pages.items():
            (folder / f"{name}.html").write_text(text)
        return code

    monkeypatch.setattr(website, "build", build)


def site(course):
    folder = course / "_build" / "html"
    return {path.stem: path.read_text() for path in made.files_of(folder)}


def test_a_page_that_was_removed_is_gone_and_nothing_else_is_left(course, monkeypatch):
    builds(monkeypatch, index="one", benchmarks="two")
    assert website.main(course) == 0
    builds(monkeypatch, index="one")
    assert website.main(course) == 0
    assert site(course) == {"index": "one"}
    assert [path.name for path in (course / "_build").iterdir()] == ["html"]
    assert not (course / "kept").exists()


def test_a_failing_build_leaves_the_website_as_it_was(course, monkeypatch):
    builds(monkeypatch, index="one")
    website.main(course)
    builds(monkeypatch, code=1, index="half")
    assert website.main(course) == 1
    assert site(course) == {"index": "one"}
    assert [path.name for path in (course / "_build").iterdir()] == ["html"]


def test_what_a_killed_build_left_is_removed(course, monkeypatch):
    (course / "_build" / f"{website.BUILDING}x" / "_build").mkdir(parents=True)
    builds(monkeypatch, index="one")
    assert website.main(course) == 0
    assert [path.name for path in (course / "_build").iterdir()] == ["html"]


def test_what_a_person_put_into_the_website_is_kept(course, monkeypatch):
    builds(monkeypatch, index="one")
    website.main(course)
    (course / "_build" / "html" / "CNAME").write_text("course.example")
    website.main(course)
    (kept,) = (course / "kept").rglob("CNAME")
    assert kept.read_text() == "course.example"


def rewrite(course, how):
    path = course / "book" / "01_one.ipynb"
    notebook = nbformat.read(path, as_version=4)
    how(notebook.cells)
    nbformat.write(notebook, path)


def test_notebooks_as_they_were_written_are_fit(course):
    assert unfit(course) == []


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (lambda cells: cells[0].update(outputs=[]), "has other outputs than were written"),
        (
            lambda cells: cells[0].outputs[0].update(text="2\n"),
            "has other outputs than were written",
        ),
        (lambda cells: cells.append(nbformat.v4.new_markdown_cell("notes")), "was edited"),
    ],
)
def test_notebooks_that_were_changed_do_not_reach_the_website(
    course, monkeypatch, capsys, how, words
):
    rewrite(course, how)
    builds(monkeypatch, index="one")
    assert website.main(course) == 1
    said = capsys.readouterr().err
    assert f"book/01_one.ipynb {words}" in said
    assert "Run: make notebooks exercises" in said
    assert not (course / "_build").exists()


def test_a_notebook_that_cannot_be_read_does_not_reach_the_website(course, capsys):
    (course / "book" / "01_one.ipynb").write_text("<<<<<<< HEAD")
    assert website.main(course) == 1
    assert "book/01_one.ipynb is missing or cannot be read" in capsys.readouterr().err


def test_a_notebook_of_somebodys_own_may_be_listed(course, monkeypatch):
    toc = (course / "_toc.yml").read_text()
    (course / "_toc.yml").write_text(f"{toc}    - file: mine\n")
    (course / "book" / "mine.ipynb").write_text("{}")
    assert unfit(course) == []
