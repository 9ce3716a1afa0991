"""The nbgrader course as it is written. What nbgrader makes of it: `make test-classroom`."""

from pathlib import Path
from types import SimpleNamespace

import classroom
import exercises
import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NAME = "04_pca"


def test_it_holds_the_assignments_the_settings_and_the_commands(tmp_path):
    points = classroom.make(ROOT, tmp_path, [NAME])
    listed = exercises.exercises(ROOT / exercises.SOURCES / f"{NAME}.py")
    assert points == {NAME: sum(item.points for item in listed)}
    notebook = nbformat.read(tmp_path / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    marks = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sum(mark.get("points", 0) for mark in marks) == points[NAME]
    assert "autograde" in (tmp_path / "README.md").read_text()


def test_the_settings_keep_the_stubs_and_limit_the_time_of_a_cell(tmp_path):
    classroom.make(ROOT, tmp_path, [NAME])
    config = SimpleNamespace(
        CourseDirectory=SimpleNamespace(),
        Execute=SimpleNamespace(),
        GenerateAssignment=SimpleNamespace(),
    )
    settings = (tmp_path / "nbgrader_config.py").read_text()
    exec(settings, {"get_config": lambda: config})
    steps = " ".join(config.GenerateAssignment.preprocessors)
    assert "ClearHiddenTests" in steps
    assert "ClearSolutions" not in steps
    assert config.Execute.timeout == classroom.TIMEOUT
    assert config.Execute.interrupt_on_timeout
    assert config.Execute.iopub_timeout > 4


def test_made_again_it_keeps_what_is_not_its_own(tmp_path):
    for _ in range(2):
        classroom.make(ROOT, tmp_path, [NAME])
        (tmp_path / "gradebook.db").write_text("marks")
    assert (tmp_path / "gradebook.db").read_text() == "marks"


def test_a_source_that_is_not_in_order_writes_nothing(tmp_path, monkeypatch):
    def refuse(*_):
        raise exercises.ChapterError("needs a line like")

    monkeypatch.setattr(classroom, "grading_notebook", refuse)
    with pytest.raises(exercises.ChapterError):
        classroom.make(ROOT, tmp_path / "course", [NAME])
    assert not (tmp_path / "course").exists()


def test_a_name_without_exercises_is_refused(capsys):
    with pytest.raises(SystemExit):
        classroom.main(["09_none"])
    assert "there are no exercises '09_none'; there are 01_motivation" in capsys.readouterr().err
