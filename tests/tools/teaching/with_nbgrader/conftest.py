"""The class with nbgrader itself: made and marked once for all tests.

Each submission is the release version, filled in by a program. `make test-classroom` runs this
folder in the order of its files' names: the tests of the sandbox add students.

The teacher of this class has settings of all kinds, none of which may change a mark.
"""

import os

import nbformat
import pytest

from class_grading import sandbox
from tests.tools.teaching.with_nbgrader.nbgrader_class import (
    NAME,
    TIMEOUT,
    TINY,
    WITHOUT,
    grade,
    hand_in,
    nbgrader,
)
from tests.tools.teaching.with_nbgrader.students import (
    LISTED,
    STUDENTS,
    TINY_STUDENTS,
    tiny,
    tiny_source,
)
from tools.course import ROOT
from tools.teaching import classroom


@pytest.fixture(scope="session", autouse=True)
def sandbox_is_there():
    """Fail where there is no sandbox and nobody said that this is known."""
    if not WITHOUT and sandbox.problem():
        pytest.fail(
            f"No sandbox: {sandbox.problem()} `make test-classroom SANDBOX=no` leaves it out.",
            pytrace=False,
        )


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A class with two assignments and submissions of all kinds."""
    folder = tmp_path_factory.mktemp("Klasse é") / "my class"
    points, _ = classroom.make(ROOT, folder, [NAME])
    assert points == {NAME: sum(item.points for item in LISTED)}
    (folder / "source" / TINY).mkdir()
    nbformat.write(tiny_source(), folder / "source" / TINY / f"{TINY}.ipynb")
    with (folder / "nbgrader_config.py").open("a") as settings:
        settings.write(f"c.Execute.timeout = {TIMEOUT}\nc.Execute.iopub_timeout = 10\n")
    for name in (NAME, TINY):
        code, said = nbgrader(folder, "generate_assignment", name)
        assert code == 0, said
    for student, (change, _) in STUDENTS.items():
        hand_in(folder, NAME, student, change)
    for student, (change, _, _) in TINY_STUDENTS.items():
        hand_in(folder, TINY, student, change)
    hand_in(folder, TINY, "other_file", tiny())
    path = folder / "submitted" / "other_file" / TINY / f"{TINY}.ipynb"
    path.rename(path.with_name(f"{TINY} (1).ipynb"))
    hand_in(folder, TINY, "web_page", tiny())
    (folder / "submitted" / "web_page" / TINY / f"{TINY}.ipynb").write_text("<html></html>")
    return folder


@pytest.fixture(scope="session")
def teacher(tmp_path_factory):
    """The environment of a teacher with settings of all kinds, and with secrets."""
    home = tmp_path_factory.mktemp("home")
    (home / "diary.txt").write_text("secret")
    (home / ".jupyter").mkdir()
    spoilt = "c = get_config()\nc.Autograde.autograde_preprocessors = []\nc.Execute.timeout = 1\n"
    (home / ".jupyter" / "nbgrader_config.py").write_text(spoilt)
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("import builtins\nbuiltins.abs = None\nprint(1 / 0)")
    (home / "modules").mkdir()
    (home / "modules" / "sitecustomize.py").write_text("import sys\nsys.exit('sitecustomize')")
    (home / "modules" / "numpy.py").write_text("raise ImportError('not this one')")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_CONFIG_PATH": str(home / ".jupyter"),
        "IPYTHONDIR": str(home / ".ipython"),
        "PYTHONPATH": str(home / "modules"),
        "PYTHONWARNINGS": "always",
        "MPLBACKEND": "no-such-backend",
        "AE_SEED": "seven",
        "API_TOKEN": "secret",
    }


@pytest.fixture(scope="session")
def graded(course, teacher):
    """The exit code and the words of a run for Chapter 2."""
    return grade(course, teacher, NAME)


@pytest.fixture(scope="session")
def tiny_graded(course, teacher):
    """The same for the tiny assignment."""
    return grade(course, teacher, TINY)
