"""The class as it is written, and written again. What nbgrader makes of it: ``with_nbgrader``."""

import re
import sys

import nbformat
import pytest

from tests.tools.teaching.classes import NAME, NOTEBOOK, make, snapshot
from tools.course import ROOT, CourseError
from tools.notebooks import exercises
from tools.teaching import classroom


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


def test_the_class_readme_names_the_limits_that_hold():
    template = classroom.TEMPLATE
    settings = (template / "class_grading" / "settings.py").read_text(encoding="utf-8")
    grade = (template / "class_grading" / "grade.py").read_text(encoding="utf-8")
    seconds = re.search(r"^c\.Execute\.timeout = (\d+)$", settings, re.MULTILINE)[1]
    minutes = re.search(r"^MINUTES = (\d+)\b", grade, re.MULTILINE)[1]
    readme = (template / "README.md").read_text(encoding="utf-8")
    assert f"{seconds} seconds for a cell and {minutes} minutes for a notebook" in readme
