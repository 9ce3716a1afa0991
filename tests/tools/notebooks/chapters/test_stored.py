"""What a person did to a stored notebook or picture is kept before it is written anew."""

import pytest

from tests.tools.notebooks.chapters.made_up import (
    CHAPTER,
    PICTURE_CELL,
    change,
    clear,
    edit,
    fail,
    kept,
    run,
    run_again,
    stored,
    take_notes,
)
from tools.notebooks import scripts


def tag(notebook):
    """What somebody does who hides an output on the website."""
    scripts.code_cells(notebook)[2].metadata.tags = ["remove-output"]


@pytest.mark.parametrize("how", [take_notes, tag, run_again, fail])
@pytest.mark.parametrize("folder", ["", "without_answers/"])
def test_what_a_person_did_to_a_notebook_is_kept(course, how, folder, capsys):
    run(course)
    path = course / "book" / f"{folder}01_one.ipynb"
    original = path.read_bytes()
    # A person runs the one without outputs, or what has outputs, and goes on.
    path.write_bytes(stored(course))
    change(path, how)
    changed = path.read_bytes()
    assert run(course) == 0
    assert [copy.read_bytes() for copy in kept(course)] == [changed]
    said = capsys.readouterr().out
    assert f"kept as {kept(course)[0].relative_to(course)}" in said
    assert "make lab" in said
    assert path.read_bytes() == original
    assert run(course, "--check") == 0


UNREADABLE = [
    b"<<<<<<< HEAD",
    b"\xff\xfe",
    b"[]",
    b"",
    b'{"cells": 3}',
    b'{"nbformat": 5, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {"ae": "x"}, "cells": []}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
    b"[" * 20_000,
]


@pytest.mark.parametrize("content", UNREADABLE)
def test_a_notebook_that_cannot_be_read_is_kept(course, content):
    run(course)
    original = stored(course)
    (course / "book" / "01_one.ipynb").write_bytes(content)
    assert run(course) == 0
    assert [copy.read_bytes() for copy in kept(course)] == [content]
    assert stored(course) == original


def test_nothing_is_kept_where_nobody_changed_anything(course):
    run(course)
    edit(course / "chapters" / "01_one.py", "double(21)", "double(22)")
    run(course)
    change(course / "book" / "01_one.ipynb", clear)
    run(course)
    assert kept(course) == []


def test_a_copy_that_cannot_be_kept_leaves_the_notebook_as_it_is(course, capsys):
    run(course)
    change(course / "book" / "01_one.ipynb", take_notes)
    changed = stored(course)
    (course / "kept").write_text("a file in the way")
    assert run(course) == 1
    assert "kept" in capsys.readouterr().err
    assert stored(course) == changed


def test_a_picture_that_somebody_drew_is_kept(course):
    (course / "book" / "_static").mkdir()
    picture = course / "book" / "_static" / "maps.png"
    picture.write_bytes(b"mine")
    (course / "chapters" / "01_one.py").write_text(CHAPTER + PICTURE_CELL)
    assert run(course) == 0
    assert picture.read_bytes() == b"a picture"
    assert [copy.read_bytes() for copy in kept(course)] == [b"mine"]
