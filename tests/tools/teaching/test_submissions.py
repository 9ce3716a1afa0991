"""What students handed in is looked at before anything is run."""

import json

import nbformat
import pytest

from class_grading import submissions
from tests.tools.teaching.classes import NAME


def write(content, name=f"{NAME}.ipynb"):
    """Return what puts a file into a submission."""

    def put(folder):
        (folder / NAME).mkdir()
        (folder / NAME / name).write_bytes(content)

    return put


GOOD = nbformat.writes(nbformat.v4.new_notebook()).encode()
OLD = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}).encode()


def other_place(folder):
    write(GOOD)(folder)
    (folder / NAME).rename(folder / f"{NAME} (1)")


def loose(folder):
    (folder / f"{NAME}.ipynb").write_bytes(GOOD)


def link(folder):
    write(GOOD)(folder)
    (folder / NAME / "data.txt").symlink_to("/etc/hostname")


def folder_of_that_name(folder):
    (folder / NAME / f"{NAME}.ipynb").mkdir(parents=True)


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (write(GOOD, f"{NAME} (1).ipynb"), f"found '{NAME} (1).ipynb'; expected '{NAME}.ipynb'"),
        (write(GOOD, f"{NAME.upper()}.ipynb"), "capital and small letters differ"),
        (lambda folder: (folder / NAME).mkdir(), "is empty"),
        (other_place, f"found '{NAME} (1)'; expected the folder '{NAME}'"),
        (loose, f"found '{NAME}.ipynb'; expected the folder '{NAME}'"),
        (lambda folder: (folder / NAME).write_text("x"), "is not a folder"),
        (folder_of_that_name, "is a folder; expected a notebook"),
        (link, "holds 'data.txt', which is a link"),
        (write(b""), "the file is empty"),
        (write(b"<!DOCTYPE html><html></html>"), "a web page"),
        (write(b"print('hello')"), "is not JSON"),
        (write(GOOD[:-20]), "is not JSON"),
        (write(b"[" * 100_000), "is not JSON"),
        (write(b"[1, 2]"), "no notebook"),
        (write(b'{"nbformat": "four"}'), "no notebook"),
        (write(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'), "is damaged"),
        (
            write(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}'),
            "is damaged",
        ),
        (write(OLD), "has format 3; expected 4"),
        (write(GOOD.decode().encode("utf-16")), "is not UTF-8"),
        (write(b"\xef\xbb\xbf" + GOOD), "byte order mark"),
        (write(GOOD), None),
        (lambda folder: None, ""),
        (lambda folder: (folder / "06_dense").mkdir(), ""),
    ],
)
def test_a_submission_that_cannot_be_marked_is_named_with_its_reason(tmp_path, put, words):
    folder = tmp_path / "anna"
    folder.mkdir()
    put(folder)
    found = submissions.problem(folder, NAME, ["06_dense"])
    if not words:
        assert found == words
    else:
        assert words in found


def test_accents_that_are_stored_in_another_way_are_recognised(tmp_path):
    (tmp_path / "größe").mkdir()
    (tmp_path / "größe" / "gro\u0308ße.ipynb").write_bytes(GOOD)
    assert "accents are stored in another way" in submissions.problem(tmp_path, "größe")


@pytest.mark.parametrize("student", ["a*b", "a[1]", " a"])
def test_a_student_whom_nbgrader_would_take_for_others_is_named(tmp_path, student):
    (tmp_path / student).mkdir()
    assert "which nbgrader cannot take" in submissions.problem(tmp_path / student, NAME)


def test_what_lies_in_no_students_folder_is_named(tmp_path):
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna.ipynb").write_bytes(GOOD)
    assert submissions.students(tmp_path) == ["anna"]
    [(name, reason)] = submissions.strays(tmp_path, NAME)
    assert name == "anna.ipynb"
    assert f"submitted/STUDENT/{NAME}/{NAME}.ipynb" in reason


def test_texts_of_students_do_not_command_the_teachers_terminal():
    assert submissions.printable("a\x1b]0;x\x07b\r\nc\ud800") == "a?]0;x?b c?"
    assert len(submissions.printable("x" * 10_000)) < 400
