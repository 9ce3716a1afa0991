"""Copies to work in: complete, without outputs, and never written over what a reader did."""

import json

import nbformat
import pytest

from tests.tools.notebooks.chapters.made_up import CHAPTER
from tests.tools.notebooks.test_exercises import SOURCE
from tools import made
from tools.notebooks import lab, scripts
from tools.notebooks.copies import working_copies

NAMES = ["01_one.ipynb", "exercises/01_one.ipynb", "solutions/01_one.ipynb"]


@pytest.fixture
def course(tmp_path):
    """A course of one chapter with exercises, of which nothing is stored but the files' names."""
    for folder in ("chapters/exercises", "book/exercises", "book/solutions", "ae_lib/exercises"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ae_lib" / "__init__.py").write_text("_EXPORTS = {}\n")
    (tmp_path / "ae_lib" / "exercises" / "__init__.py").write_text("")
    (tmp_path / "ae_lib" / "exercises" / "pretraining.py").write_text("x = 1\n")
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://github.com/a/b\n")
    (tmp_path / "_toc.yml").write_text(
        "root: index\nparts:\n  - chapters:\n    - file: 01_one\n      sections:\n"
        "        - file: exercises/01_one\n    - file: solutions/01_one\n    - file: play\n"
    )
    text = CHAPTER.replace("Some prose.", "[A](exercises/01_one.ipynb#a), [P](play.md)")
    (tmp_path / "chapters" / "01_one.py").write_text(text)
    (tmp_path / "chapters" / "exercises" / "01_one.py").write_text(SOURCE)
    for name in NAMES:
        (tmp_path / "book" / name).write_text("{}")
    return tmp_path


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


def test_all_listed_notebooks_are_copied_without_outputs(course):
    copies = working_copies(course)
    assert list(copies) == NAMES
    for content in copies.values():
        notebook = nbformat.reads(content.decode(), as_version=4)
        assert all(not cell.outputs for cell in scripts.code_cells(notebook))
    assert b"one = ..." in copies[NAMES[1]]
    assert b"one = 1" in copies[NAMES[2]]


def test_copies_lead_to_each_other_and_pages_to_the_repository(course):
    chapter = nbformat.reads(working_copies(course)[NAMES[0]].decode(), as_version=4)
    source = chapter.cells[3].source
    assert (
        source
        == "[A](exercises/01_one.ipynb#a), [P](https://github.com/a/b/blob/main/book/play.md)"
    )


def texts(work):
    paths = sorted(path for path in work.rglob("*") if path.is_file() and path.name != made.LIST)
    return {path.relative_to(work).as_posix(): path.read_text() for path in paths}


def test_a_second_call_adds_what_is_new_and_leaves_what_was_changed(work):
    work.mkdir()
    lab.fill(work, {"a.ipynb": b"a", "b.ipynb": b"b", "sub/c.ipynb": b"c"})
    (work / "a.ipynb").write_text("a, solved")
    (work / "mine.ipynb").write_text("mine")
    (work / "sub" / "c.ipynb").unlink()
    said = lab.fill(work, {"a.ipynb": b"a", "b.ipynb": b"b2", "sub/c.ipynb": b"c", "d.ipynb": b"d"})
    assert texts(work) == {
        "a.ipynb": "a, solved",
        "b.ipynb": "b2",
        "d.ipynb": "d",
        "mine.ipynb": "mine",
        "sub/c.ipynb": "c",
    }
    assert [line.split(": ")[1].split(",")[0] for line in said] == ["renewed", "copied", "copied"]


def test_a_new_version_of_a_changed_copy_is_put_beside_it_once(work):
    work.mkdir()
    lab.fill(work, {"a.ipynb": b"a"})
    (work / "a.ipynb").write_text("a, solved")
    (said,) = lab.fill(work, {"a.ipynb": b"a2"})
    assert "yours, and left as it is; the new version is a.new.ipynb" in said
    assert lab.fill(work, {"a.ipynb": b"a2"}) == []
    assert texts(work) == {"a.ipynb": "a, solved", "a.new.ipynb": "a2"}
    # An untouched new version is renewed; one that was changed is a reader's as well.
    lab.fill(work, {"a.ipynb": b"a3"})
    assert texts(work) == {"a.ipynb": "a, solved", "a.new.ipynb": "a3"}
    (work / "a.new.ipynb").write_text("a3, solved")
    lab.fill(work, {"a.ipynb": b"a4"})
    assert texts(work) == {
        "a.ipynb": "a, solved",
        "a.new-2.ipynb": "a4",
        "a.new.ipynb": "a3, solved",
    }


@pytest.mark.parametrize("kind", ["folder", "link that leads nowhere"])
def test_whatever_stands_in_a_copys_place_stays(work, kind):
    work.mkdir()
    path = work / "a.ipynb"
    path.mkdir() if kind == "folder" else path.symlink_to(work / "none")
    lab.fill(work, {"a.ipynb": b"a"})
    assert path.is_dir() if kind == "folder" else path.is_symlink()
    assert (work / "a.new.ipynb").read_text() == "a"


@pytest.mark.parametrize("lost", ["missing", "damaged"])
def test_without_its_list_everything_counts_as_changed(work, lost):
    work.mkdir()
    lab.fill(work, {"a.ipynb": b"a", "b.ipynb": b"b"})
    (work / "a.ipynb").write_text("a, solved")
    if lost == "missing":
        (work / made.LIST).unlink()
    else:
        (work / made.LIST).write_text("{")
    lab.fill(work, {"a.ipynb": b"a", "b.ipynb": b"b"})
    assert texts(work)["a.ipynb"] == "a, solved"
    assert texts(work)["b.ipynb"] == "b"
    assert set(json.loads((work / made.LIST).read_text())) >= {"a.ipynb", "b.ipynb"}


def test_a_file_where_the_folder_should_be_is_refused(course, capsys):
    (course / "work").write_text("mine")
    assert lab.main([], course) == 1
    assert "must be a folder" in capsys.readouterr().err
    assert (course / "work").read_text() == "mine"


def test_jupyterlab_opens_on_the_copies_with_the_options_given(course, monkeypatch, capsys):
    called = []

    monkeypatch.setattr(lab.os, "execv", lambda _, command: called.append(command))
    lab.main(["--no-browser"], course)
    assert called[0][1] == "lab"
    assert called[0][-2:] == ["--no-browser", str(course / "work")]
    assert sorted(texts(course / "work")) == NAMES
    assert capsys.readouterr().out.count(": copied") == 3
