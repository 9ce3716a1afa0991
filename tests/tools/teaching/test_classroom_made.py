"""The class as it is written, and what is looked at before anything is run.

What nbgrader makes of it: `make test-classroom`.
"""

import json
import subprocess
import sys

import nbformat
import pytest

from tools import clean
from tools.course import ROOT, CourseError
from tools.notebooks import exercises
from tools.teaching import classroom
from tools.teaching import grade as grade_command

NAME = "04_pca"
NOTEBOOK = f"source/{NAME}/{NAME}.ipynb"

sys.path.insert(0, str(classroom.TEMPLATE))

from class_grading import submissions  # noqa: E402 (found after the line above)


def make(folder, names=(NAME,), asked=()):
    """Make a class; return what was said."""
    return classroom.make(ROOT, folder, list(names), asked)[1]


def snapshot(folder):
    """Return all files of a folder with their contents."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def course(tmp_path):
    """A class with one assignment."""
    folder = tmp_path / "class"
    assert make(folder) == []
    return folder


@pytest.fixture
def newer(monkeypatch):
    """The course has a newer version of every file of a class."""

    def contents(root, names):
        return {name: text + b"\n# newer\n" for name, text in original(root, names).items()}

    original = classroom.contents
    monkeypatch.setattr(classroom, "contents", contents)


# What a class holds -------------------------------------------------------------------------------


def test_it_holds_the_assignments_the_settings_and_the_commands(tmp_path):
    points, said = classroom.make(ROOT, tmp_path, [NAME])
    assert said == []
    listed = exercises.exercises(ROOT / exercises.SOURCES / f"{NAME}.py")
    assert points == {NAME: sum(item.points for item in listed)}
    notebook = nbformat.read(tmp_path / NOTEBOOK, as_version=4)
    marks = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sum(mark.get("points", 0) for mark in marks) == points[NAME]
    page = (tmp_path / "README.md").read_text()
    assert "make grade" in page
    assert "ENVIRONMENT" not in page
    assert "PROJECT" not in page


def test_the_settings_keep_the_stubs_and_limit_the_time_of_a_cell(course, monkeypatch):
    from traitlets.config import PyFileConfigLoader

    monkeypatch.setattr(sys, "path", [*sys.path])
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    steps = " ".join(config.GenerateAssignment.preprocessors)
    assert "ClearHiddenTests" in steps
    assert "ClearSolutions" not in steps
    assert config.Execute.timeout == 120
    assert config.Execute.interrupt_on_timeout
    assert config.Execute.iopub_timeout > 4


def test_a_source_that_is_not_in_order_writes_nothing(tmp_path, monkeypatch):
    def refuse(*_):
        raise CourseError("needs a line like")

    monkeypatch.setattr(classroom, "grading_notebook", refuse)
    with pytest.raises(CourseError):
        make(tmp_path / "course")
    assert not (tmp_path / "course").exists()


def test_a_name_without_exercises_is_refused(capsys):
    with pytest.raises(SystemExit):
        classroom.main(["09_none"])
    assert "there are no exercises '09_none'; there are 01_motivation" in capsys.readouterr().err


# Made again ---------------------------------------------------------------------------------------


def test_made_again_it_changes_nothing(course):
    before = snapshot(course)
    assert make(course) == []
    assert snapshot(course) == before


def test_what_was_not_edited_is_renewed(course, newer):
    assert make(course) == []
    for path, content in snapshot(course).items():
        assert content.endswith(b"# newer\n") or path.name == classroom.MANIFEST
    assert not (course / "new").exists()


@pytest.mark.parametrize(
    "name", ["nbgrader_config.py", "README.md", NOTEBOOK, "class_grading/grade.py"]
)
def test_an_edited_file_is_kept_and_its_new_version_lies_beside(course, newer, name):
    edited = (course / name).read_bytes() + b"# mine\n"
    (course / name).write_bytes(edited)
    assert make(course) == [f"{name}: kept, because you edited it; the new version is new/{name}"]
    assert (course / name).read_bytes() == edited
    assert (course / "new" / name).read_bytes().endswith(b"# newer\n")
    assert make(course) == [f"{name}: kept, because you edited it; there is nothing new"]


def test_an_edited_file_of_which_there_is_nothing_new_is_only_named(course):
    (course / "nbgrader_config.py").write_text("c.OverwriteCells.add_missing_cells = True")
    said = ["nbgrader_config.py: kept, because you edited it; there is nothing new"]
    assert make(course) == said
    assert make(course) == said
    assert not (course / "new").exists()


def test_an_edited_new_version_is_kept_too(course, monkeypatch, newer):
    (course / "README.md").write_text("mine")
    make(course)
    (course / "new" / "README.md").write_text("also mine")
    contents = classroom.contents
    monkeypatch.setattr(
        classroom, "contents", lambda *ask: dict.fromkeys(contents(*ask), b"newest")
    )
    said = make(course)
    assert (course / "README.md").read_text() == "mine"
    assert (course / "new" / "README.md").read_text() == "also mine"
    assert any("so is new/README.md" in line for line in said)


def test_a_removed_assignment_stays_away_until_it_is_named(course):
    (course / NOTEBOOK).unlink()
    assert make(course) == [
        f"{NOTEBOOK}: left out, because you removed it; name it to have it again"
    ]
    assert not (course / NOTEBOOK).exists()
    assert make(course, asked=[NAME]) == []
    assert (course / NOTEBOOK).exists()


def test_removed_settings_are_written_again(course):
    (course / "class_grading" / "settings.py").unlink()
    assert make(course) == []
    assert (course / "class_grading" / "settings.py").exists()


@pytest.mark.parametrize("damage", [None, "", "{", "[]", '{"files": 3}', '{"files": {"a": 1}}'])
def test_without_its_list_of_files_whatever_is_not_new_counts_as_edited(course, newer, damage):
    listed = course / classroom.MANIFEST
    listed.unlink()
    if damage is not None:
        listed.write_text(damage)
    before = (course / NOTEBOOK).read_bytes()
    said = make(course)
    assert (course / NOTEBOOK).read_bytes() == before
    assert any(line.startswith(f"{NOTEBOOK}: kept") for line in said)
    assert any("damaged" in line for line in said) == (damage is not None)


def test_a_run_that_was_killed_leaves_no_file_that_seems_edited(course, newer, monkeypatch):
    write = classroom.write_whole

    def killed(content, path):
        if path.suffix == ".ipynb":
            raise KeyboardInterrupt
        write(content, path)

    monkeypatch.setattr(classroom, "write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        make(course)
    monkeypatch.setattr(classroom, "write_whole", write)
    assert make(course) == []
    assert (course / NOTEBOOK).read_bytes().endswith(b"# newer\n")


def test_what_nbgrader_and_the_teacher_put_there_is_not_touched(course, newer):
    mine = {
        "gradebook.db": "marks",
        f"submitted/anna/{NAME}/{NAME}.ipynb": "{}",
        f"release/{NAME}/{NAME}.ipynb": "{}",
        "source/mine/mine.ipynb": "{}",
        f"source/{NAME}/{NAME}.tmp": "a draft",
        "notes.txt": "notes",
    }
    for name, text in mine.items():
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(text)
    make(course)
    assert {name: (course / name).read_text() for name in mine} == mine


def test_a_link_in_place_of_a_file_is_left_alone(course, newer, tmp_path):
    elsewhere = tmp_path / "elsewhere.md"
    (course / "README.md").rename(elsewhere)
    (course / "README.md").symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    assert any(line.startswith("README.md: kept") for line in make(course))
    assert elsewhere.read_bytes() == before
    assert (course / "README.md").is_symlink()


# Where --------------------------------------------------------------------------------------------


def test_a_class_is_made_outside_of_what_clean_removes(tmp_path):
    folder = classroom.class_folder(classroom.FOLDER, ROOT)
    assert folder == ROOT / "classroom"
    assert "/classroom/" in (ROOT / ".gitignore").read_text().splitlines()
    make(tmp_path / "classroom")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert clean.clean(tmp_path) == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["Meine Klasse", "Größe 7", "班级", "o'neill (2)", "Ame\u0301lie"])
def test_names_with_spaces_and_other_letters_work(tmp_path, name):
    folder = classroom.class_folder(str(tmp_path / name), ROOT)
    make(folder)
    assert (tmp_path / name / NOTEBOOK).is_file()


@pytest.mark.parametrize(
    "name",
    ["", " ", "a*b", "a[1]", "what?", "$HOME/x", "a%20b", 'a"b', "a\nb", "a{b}", "a\\b", "a#b"],
)
def test_a_name_that_nbgrader_cannot_take_is_refused(name, capsys, tmp_path):
    before = sorted(tmp_path.iterdir())
    assert classroom.main(["--class", f"{tmp_path}/{name}" if name.strip() else name, NAME]) == 1
    said = capsys.readouterr().err
    assert "A class cannot be in" in said
    assert "make classroom CLASS=" in said
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", [".", "..", "/", "build/class", "book", ".venv/x", "_build"])
def test_no_class_is_made_among_the_projects_own_files(name, capsys):
    assert classroom.main(["--class", name, NAME]) == 1
    assert "A class cannot be in" in capsys.readouterr().err


def test_a_folder_with_other_files_is_refused(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    assert classroom.main(["--class", str(tmp_path), NAME]) == 1
    said = capsys.readouterr().err
    assert "holds other files and is no class of this course" in said
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_place_of_a_folder_is_refused(tmp_path, capsys):
    (tmp_path / "class").write_text("a file")
    assert classroom.main(["--class", str(tmp_path / "class"), NAME]) == 1
    assert "is a file; a class needs a folder" in capsys.readouterr().err


def former_class(folder):
    """Make what a class used to be."""
    settings = (
        '"""nbgrader\'s settings for this course; see README.md beside this file."""\n# mine\n'
    )
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(settings)
    (folder / "gradebook.db").write_text("marks")


def test_a_class_in_the_former_place_is_named_and_not_touched(tmp_path, capsys):
    former_class(tmp_path / classroom.FORMER)
    before = snapshot(tmp_path)
    notice = classroom.former(tmp_path)
    assert str(tmp_path / classroom.FORMER) in notice
    assert "mv " in notice
    assert snapshot(tmp_path) == before
    assert classroom.former(tmp_path / "nothing") is None


def test_a_class_moved_from_the_former_place_is_brought_up_to_date(tmp_path):
    former_class(tmp_path / "class")
    before = snapshot(tmp_path)
    said = make(tmp_path / "class")
    assert said == ["nbgrader_config.py: kept, because you edited it; the new version is "
                    "new/nbgrader_config.py"]  # fmt: skip
    assert before.items() <= snapshot(tmp_path).items()


@pytest.mark.parametrize("name", ["My class é", "it's (mine)", "a$(touch x)b", "a;b"])
def test_make_hands_the_folders_name_on_as_it_was_typed(tmp_path, name):
    """The recipe's own words, with a program in Python's place that shows what it gets."""
    show = tmp_path / "show"
    show.write_text('#!/bin/sh\nfor word in "$@"; do printf \'%s\\n\' "$word"; done\n')
    show.chmod(0o755)
    command = ["make", "--no-print-directory", "-C", str(ROOT), "classroom", f"PY={show}"]
    ready = [f"{stamp}={show}" for stamp in ("READY", "NBGRADER")]
    done = subprocess.run(
        [*command, *ready, f"--old-file={show}", f"CLASS={name}"], capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["-m", "tools.teaching.classroom", f"--class={name}"], (
        done.stderr
    )


def test_grading_where_no_class_is_says_how_to_make_one(tmp_path, capsys):
    assert grade_command.main(["--class", str(tmp_path / "none"), NAME]) == 2
    assert "make classroom CLASS=" in capsys.readouterr().err


# Submissions --------------------------------------------------------------------------------------


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
        (lambda folder: (folder / "05_dense").mkdir(), ""),
    ],
)
def test_a_submission_that_cannot_be_marked_is_named_with_its_reason(tmp_path, put, words):
    folder = tmp_path / "anna"
    folder.mkdir()
    put(folder)
    found = submissions.problem(folder, NAME, ["05_dense"])
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
