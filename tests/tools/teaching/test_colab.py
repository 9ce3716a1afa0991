"""Colab's versions: the list of them, and what `make test-colab` makes of it. Nothing is run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.course import ROOT, CourseError
from tools.notebooks import scripts
from tools.teaching import colab

ADDRESS = "https://example.org/someone/course"


@pytest.fixture
def course(tmp_path):
    """The notebooks and lists of a course, with a repository around them."""
    for name in ("book/01_one.ipynb", "book/02_two.ipynb", "book/solutions/02_two.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / colab.LISTS).mkdir(parents=True)
    (tmp_path / colab.LISTS / "constraints-2026-01-01.txt").write_text("numpy==2.1.3\n")
    return tmp_path


def test_the_list_says_its_date_its_source_and_how_to_refresh_it():
    path = colab.constraints_file(ROOT)
    head = [line for line in path.read_text().splitlines() if line.startswith("#")]
    date = path.stem.partition("-")[2]
    assert f"# Date: {date}." in head[1]
    assert "https://" in head[1]
    assert head[2].startswith("# To refresh: ")


def test_the_list_names_exact_versions_and_what_the_course_touches():
    path = colab.constraints_file(ROOT)
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    pins = colab.read_pins(path)
    assert len(pins) == len(lines) > 500
    asked = {colab.canonicalize_name(name) for name in colab.FOUNDATION + colab.wanted(ROOT)}
    assert asked - pins.keys() == {"nbval"}


def test_exactly_one_list_is_expected(course):
    (course / colab.LISTS / "constraints-2026-02-02.txt").write_text("")
    with pytest.raises(CourseError, match=r"one constraints-DATE.txt, but holds .*-01-01.*-02"):
        colab.constraints_file(course)


def test_names_are_compared_as_pip_compares_them(tmp_path):
    (tmp_path / "list.txt").write_text("# a==1\nJupyter_Client==7.4.9\nzope.x==1\n")
    assert colab.read_pins(tmp_path / "list.txt") == {"jupyter-client": "7.4.9", "zope-x": "1"}


def test_every_difference_is_found():
    before = {"numpy": "2.1.3", "six": "1", "tqdm": "4"}
    after = {"ae-lib": "0.1", "numpy": "2.4.6", "tqdm": "4"}
    assert colab.differences(before, before) == []
    assert colab.differences(before, after) == [
        "ae-lib: missing -> 0.1",
        "numpy: 2.1.3 -> 2.4.6",
        "six: 1 -> missing",
    ]


def test_only_the_address_of_the_install_cell_changes(tmp_path):
    cell = scripts.INSTALL.format(address=ADDRESS)
    local = colab.with_local_address(cell, ADDRESS, tmp_path)
    assert f"git+file://{tmp_path}" in local
    assert local.replace(tmp_path.as_uri(), ADDRESS) == cell


@pytest.mark.parametrize("cell", ["import numpy", scripts.INSTALL.format(address="https://b.org")])
def test_a_cell_that_does_not_install_from_the_address_is_refused(cell, tmp_path):
    with pytest.raises(CourseError, match="expected an install cell"):
        colab.with_local_address(cell, ADDRESS, tmp_path)


def test_chapters_and_solutions_are_chosen_by_name(course):
    every = ["01_one", "02_two", "solutions/02_two"]
    assert list(colab.chosen_notebooks([], course)) == every
    assert list(colab.chosen_notebooks(["02_two"], course)) == every[1:]
    with pytest.raises(CourseError, match="no notebook '03_three'; there are 01_one, 02_two"):
        colab.chosen_notebooks(["03_three"], course)


def test_the_copy_of_the_repository_holds_what_git_would_hold(course, tmp_path_factory):
    subprocess.run(["git", "init", "--quiet", course], check=True)
    (course / ".gitignore").write_text("build/\n")
    (course / "build").mkdir()
    (course / "build" / "left.txt").write_text("x")
    copy = tmp_path_factory.mktemp("copy")
    colab.copy_repository(copy, course)
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "HEAD"],
        cwd=copy, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert "book/01_one.ipynb" in listed
    assert not any(name.startswith("build/") for name in listed)


def test_a_missing_python_is_answered_with_the_command_that_installs_it(
    course, monkeypatch, capsys
):
    monkeypatch.setenv("PATH", str(course))
    assert colab.main([], course) == 1
    assert "Install it: pyenv install 3.13" in capsys.readouterr().err


def test_notebooks_run_without_anything_of_this_repository(monkeypatch):
    for name in ("PYTHONPATH", "AE_SEED", "JUPYTER_PATH", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "x")
    kept = colab.environment(sys.executable)
    assert not {"PYTHONPATH", "AE_SEED", "JUPYTER_PATH", "VIRTUAL_ENV"} & kept.keys()
    assert kept["PATH"].startswith(str(Path(sys.executable).parent))
