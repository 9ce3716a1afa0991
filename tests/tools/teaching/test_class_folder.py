"""Where a class may be, under which names, and where it was before."""

import subprocess

import pytest

from tests.tools.teaching.classes import NAME, NOTEBOOK, make, snapshot
from tools import clean
from tools.course import ROOT
from tools.teaching import classroom
from tools.teaching import grade as grade_command


def test_a_class_is_made_outside_of_what_clean_removes(tmp_path):
    folder = classroom.class_folder(classroom.FOLDER, ROOT)
    assert folder == ROOT / "classroom"
    assert "/classroom/" in (ROOT / ".gitignore").read_text().splitlines()
    make(tmp_path / "classroom")
    before = snapshot(tmp_path)
    assert clean.clean(tmp_path) == []
    assert snapshot(tmp_path) == before


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
