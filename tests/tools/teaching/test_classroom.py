"""The class with nbgrader itself: release, submissions of many kinds, marks, feedback, sandbox.

Each submission is the release version, filled in by a program. `make test-classroom` runs it.

Marks are tried with the exercises of Chapter 2, because they train nothing. What students should
not do is tried with a tiny assignment that imports nothing: what takes the time is nbgrader.

The teacher of this class has settings of all kinds, none of which may change a mark.
"""

import copy
import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import nbformat
import pytest

from tools.course import ROOT
from tools.notebooks import exercises
from tools.teaching import classroom
from tools.teaching.grading_notebook import grading_notebook

sys.path.insert(0, str(classroom.TEMPLATE))

from class_grading import sandbox

NAME = "02_initialisation"
TINY = "tiny"
SOURCE = ROOT / exercises.SOURCES / f"{NAME}.py"
GRADE = [sys.executable, "-E", "-s", str(ROOT / "tools" / "grade.py")]  # as in the Makefile
TIMEOUT = 20  # seconds for a cell, so that the endless loops end soon
FIRST = "2-1"  # the exercise with which students do what they should not

# make test-classroom SANDBOX=no: where there is none, what needs it is skipped, and says so.
WITHOUT = os.environ.get("CLASS_TEST_SANDBOX") == "no"
needs_sandbox = pytest.mark.skipif(WITHOUT, reason="SANDBOX=no: the sandbox was not tried")

LISTED = exercises.exercises(SOURCE)
POINTS = {f"check-{item.number.replace('.', '-')}": item.points for item in LISTED if item.check}
ALL = dict(POINTS)
NONE = dict.fromkeys(POINTS, 0)
WITHOUT_FIRST = POINTS | {f"check-{FIRST}": 0}

OF_THE_VALUE = "def slope(x):\n    return x * (1 - x)"  # where x is not yet a logistic value
ENDLESS = "def slope(x):\n    while True:\n        pass"


# The tools of this file ---------------------------------------------------------------------------


def nbgrader(course, *arguments):
    """Run nbgrader in the course's folder; return its exit code and what it said."""
    # nbgrader calls a program of its own environment (alembic), so that must be on the path.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        env={**os.environ, "PATH": path}, cwd=course, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def grade(course, environment, *arguments):
    """Mark as ``make grade`` does; return the exit code and the lines that were printed."""
    line = [*GRADE, f"--class={course}", *arguments, *["--no-sandbox"] * WITHOUT]
    done = subprocess.run(
        line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout)  # what pytest shows of a test that fails
    return done.returncode, done.stdout.splitlines()


def remarks(said):
    """Return the closing table: from each student to the result and the remarks."""
    start = next(number for number, line in enumerate(said) if line.startswith("student "))
    head, found, student = said[start], {}, None
    second, third = head.index("result"), head.index("remarks")
    for line in said[start + 1 :]:
        if not line:
            break
        student = line[:second].strip() or student
        result, before = found.get(student, (line[second:third].strip(), []))
        found[student] = result, before + [line[third:].strip()] * bool(line[third:].strip())
    return found


def by_id(notebook):
    """Return the cells that nbgrader knows, by its name for them."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def place(notebook, name):
    """Return where a cell is."""
    return notebook.cells.index(by_id(notebook)[name])


def hand_in(course, name, student, change):
    """Put a changed release version where nbgrader looks for a student's."""
    notebook = nbformat.read(course / "release" / name / f"{name}.ipynb", as_version=4)
    change(notebook)
    folder = course / "submitted" / student / name
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def stored(course, name, student):
    """Return the stored marks of a student's checks, and the names of what waits for a human."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grades = book.find_submission_notebook(name, name, student).grades
        marks = {grade.name: grade.auto_score for grade in grades if grade.name.startswith("check")}
        return marks, {grade.name for grade in grades if grade.needs_manual_grade}


def outputs(course, name, student, cell):
    """Return what a cell printed when it was marked."""
    path = course / "autograded" / student / name / f"{name}.ipynb"
    found = by_id(nbformat.read(path, as_version=4))[cell].outputs
    return "".join(output.get("text", "") for output in found)


# Students of Chapter 2 ----------------------------------------------------------------------------


def fill_in(notebook):
    """Put the solutions into a release version."""
    solved = by_id(grading_notebook(SOURCE, ROOT, solved=True))
    for name, cell in by_id(notebook).items():
        if name.startswith("answer"):
            cell.source = solved[name].source


def replace_first(source):
    """Return what fills in all answers and gives the first one another source."""

    def change(notebook):
        fill_in(notebook)
        by_id(notebook)[f"answer-{FIRST}"].source = source

    return change


def edit_first_check(notebook):
    """Solve nothing, and let the first check say that all is well."""
    by_id(notebook)[f"check-{FIRST}"].source = "print('all right')"


STUDENTS = {
    "right": (fill_in, ALL),
    "nothing": (lambda notebook: None, NONE),
    "mistake": (replace_first(OF_THE_VALUE), WITHOUT_FIRST),
    "endless": (replace_first(ENDLESS), WITHOUT_FIRST),
    "exit_inside": (replace_first("import sys\n\n\ndef slope(x):\n    sys.exit()"), WITHOUT_FIRST),
    "edited": (edit_first_check, NONE),
}


# Students of the tiny assignment ------------------------------------------------------------------

TINY_CELLS = [
    ("answer-1", "one = ...", {}),
    ("check-1", "assert one == 1", {"points": 1}),
    ("answer-2", "two = ...", {}),
    ("check-2", "assert two == 2", {"points": 2}),
    ("answer-3", "Why?", {"points": 3}),
]
TINY_ALL = {"check-1": 1, "check-2": 2}
SECOND_ONLY = {"check-1": 0, "check-2": 2}
# nbgrader gives no mark to a check that is not there; a human has to.
FIRST_OPEN = {"check-1": None, "check-2": 2}


def tiny_source():
    """Return the tiny assignment as its teacher writes it."""
    notebook = nbformat.v4.new_notebook()
    for name, source, points in TINY_CELLS:
        explain = name == "answer-3"
        new = nbformat.v4.new_markdown_cell if explain else nbformat.v4.new_code_cell
        cell = new(source)
        cell.metadata.nbgrader = {
            "schema_version": 3, "grade_id": name, "task": False, "grade": bool(points),
            "solution": name.startswith("answer"), "locked": name.startswith("check"), **points,
        }  # fmt: skip
        notebook.cells.append(cell)
    return notebook


def tiny(first="one = 1", change=None):
    """Return what fills in the tiny assignment, with another first answer or another change."""

    def fill(notebook):
        cells = by_id(notebook)
        cells["answer-1"].source = first
        cells["answer-2"].source = "two = 2"
        cells["answer-3"].source = "Because."
        if change:
            change(notebook)

    return fill


def copied(name, source=None, before=False):
    """Return what copies a cell with its metadata, as JupyterLab does it."""

    def change(notebook):
        number = place(notebook, name)
        cell = copy.deepcopy(notebook.cells[number])
        cell.id = "copied"
        cell.source = cell.source if source is None else source
        notebook.cells.insert(number + (not before), cell)

    return change


def deleted(*names):
    def change(notebook):
        for name in names:
            del notebook.cells[place(notebook, name)]

    return change


def merged(notebook):
    """Merge the first answer with its check: the first cell's metadata stay."""
    cells = by_id(notebook)
    cells["answer-1"].source += "\n\n" + cells["check-1"].source
    deleted("check-1")(notebook)


def split(notebook):
    """Split an answer in words into two cells, both of which keep the metadata."""
    copied("answer-3", "It continues here.")(notebook)


def metadata(value, name="answer-1"):
    def change(notebook):
        notebook.cells[place(notebook, name)].metadata["nbgrader"] = value

    return change


def as_markdown(notebook):
    cell = notebook.cells[place(notebook, "answer-1")]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def other_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "julia-9", "display_name": "Julia", "language": "julia"}


SWALLOW = """
import time
while True:
    try:
        time.sleep(100)
    except BaseException:
        pass
"""
MEMORY = """
import mmap
kept = []
while True:
    kept.append(mmap.mmap(-1, 100_000_000))
    kept[-1].write(b"x" * 100_000_000)
"""
FORKS = """
import os
while True:
    os.fork()
"""
THREADS = """
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(1000,)).start()
"""

# From each student to what is handed in, the marks, and words of the remark.
TINY_STUDENTS = {
    "a_right": (tiny(), TINY_ALL, None),
    "copied_answer": (
        tiny(change=copied("answer-1", "# scratch")),
        TINY_ALL,
        "answer-1 is there 2",
    ),
    "copied_check": (tiny(change=copied("check-1")), TINY_ALL, "check-1 is there 2"),
    "check_above": (tiny(change=copied("check-1", before=True)), TINY_ALL, "check-1 is there 2"),
    "split": (tiny(change=split), TINY_ALL, "answer-3 is there 2"),
    "merged": (tiny(change=merged), FIRST_OPEN, "check-1 is missing"),
    "deleted": (
        tiny(change=deleted("check-1")),
        FIRST_OPEN,
        "check-1 is missing",
    ),
    "deleted_both": (
        tiny(change=deleted("answer-1", "check-1")),
        FIRST_OPEN,
        "answer-1 is missing",
    ),
    "deleted_all": (
        tiny(change=deleted("check-1", "check-2")),
        {"check-1": None, "check-2": None},
        "check-2 is missing",
    ),
    "empty_metadata": (tiny(change=metadata({})), TINY_ALL, "answer-1 is missing"),
    "odd_metadata": (tiny(change=metadata([1, "x"])), TINY_ALL, "answer-1 is missing"),
    "renamed": (
        tiny(change=metadata({"grade_id": "mine", "points": "many"})),
        TINY_ALL,
        "answer-1 is missing",
    ),
    "other_points": (
        tiny(change=metadata({"grade_id": "check-1", "points": "many"}, "check-1")),
        TINY_ALL,
        None,
    ),
    "as_markdown": (tiny(change=as_markdown), TINY_ALL, None),
    "other_kernel": (tiny(change=other_kernel), TINY_ALL, None),
    "killed": (tiny("import os\nos._exit(0)"), SECOND_ONLY, "answer-1: its Python ended"),
    "killed_always": (
        tiny("import os, threading\nthreading.Timer(0, os._exit, [0]).start()\n" * 9),
        SECOND_ONLY,
        "answer-1",
    ),
    "top_loop": (tiny("while True:\n    pass"), SECOND_ONLY, "answer-1: was interrupted after"),
    "swallow": (tiny(SWALLOW), SECOND_ONLY, "answer-1: cannot be interrupted"),
    "output": (
        tiny("while True:\n    print('x' * 1_000_000)"),
        SECOND_ONLY,
        "answer-1: printed more than",
    ),
    "z_right": (tiny(), TINY_ALL, None),
}
# What only a sandbox holds back.
ATTACKS = {
    "memory": (tiny(MEMORY), SECOND_ONLY, "answer-1: more than 4 GiB of memory"),
    "forks": (tiny(FORKS), SECOND_ONLY, "answer-1: more than 64 processes"),
    "threads": (tiny(THREADS), SECOND_ONLY, "answer-1: more than 400 threads"),
    "kill_parent": (tiny("import os\nos.kill(os.getppid(), 9)"), SECOND_ONLY, None),
    "kill_all": (tiny("import os\nos.kill(-1, 9)"), SECOND_ONLY, None),
}
TINY_STUDENTS |= {} if WITHOUT else ATTACKS

# One more student tries all that is forbidden, and prints how far each attempt came.
SPY = """
import json, os, socket, urllib.request
from pathlib import Path

def unix(address):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        return "connected"

def internet(kind):
    with socket.socket(socket.AF_INET, kind) as line:
        line.settimeout(3)
        line.connect(("127.0.0.1", PORT))
        line.send(b"x")
        return "sent"

attempts = {
    "home": lambda: Path(HOME, "diary.txt").read_text(),
    "gradebook": lambda: Path(CLASS, "gradebook.db").read_bytes()[:9].decode(),
    "other student": lambda: Path(CLASS, "submitted/a_right/tiny/tiny.ipynb").read_text()[:9],
    "other assignment": lambda: os.listdir(Path(CLASS, "source")),
    "own hidden tests": lambda: Path("tiny.ipynb").read_text()[:9],
    "solutions": lambda: os.listdir(Path(ROOT, "book", "solutions")),
    "project": lambda: os.listdir(Path(ROOT, "chapters")),
    "token": lambda: os.environ["API_TOKEN"],
    "other processes": lambda: Path(f"/proc/{GRADER}/cmdline").read_text(),
    "signal": lambda: os.kill(GRADER, 0),
    "tcp": lambda: internet(socket.SOCK_STREAM),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    "abstract socket": lambda: unix("\\0" + ABSTRACT),
    "socket in a file": lambda: unix(SOCKET),
    "write to the library": lambda: Path(LIBRARY, "planted.py").write_text("x"),
    "write to the class": lambda: Path(CLASS, "planted.txt").write_text("x"),
    "write to the root": lambda: Path("/planted").write_text("x"),
    "write to devices": lambda: Path("/dev/planted").write_text("x"),
    "become root": lambda: os.setuid(0) or "root",
}
found = {}
for name, attempt in attempts.items():
    try:
        found[name] = str(attempt())
    except Exception as error:
        found[name] = f"refused: {type(error).__name__}"
Path("mine.txt").write_text("mine")  # the student's own folder
found["own file"] = Path("mine.txt").read_text()
found["handed in"] = Path("data.csv").read_text()
print(json.dumps(found))
"""


# The class ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def sandbox_is_there():
    """Fail where there is no sandbox and nobody said that this is known."""
    if not WITHOUT and sandbox.problem():
        pytest.fail(
            f"No sandbox: {sandbox.problem()} `make test-classroom SANDBOX=no` leaves it out.",
            pytrace=False,
        )


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def released(course):
    return nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def graded(course, teacher):
    """The exit code and the words of a run for Chapter 2."""
    return grade(course, teacher, NAME)


@pytest.fixture(scope="module")
def tiny_graded(course, teacher):
    """The same for the tiny assignment."""
    return grade(course, teacher, TINY)


def test_the_release_version_has_stubs_and_no_hidden_test(released):
    text = "\n".join(cell.source for cell in released.cells)
    for word in ("HIDDEN", "hidden_check", "hidden_result", "SOLUTION"):
        assert word not in text
    stubs = by_id(grading_notebook(SOURCE, ROOT))
    for name, cell in by_id(released).items():
        if name.startswith("answer"):
            assert cell.source == stubs[name].source


@pytest.mark.parametrize("student", STUDENTS)
def test_marks_are_those_expected(course, graded, student):
    found, for_a_human = stored(course, NAME, student)
    assert found == STUDENTS[student][1]
    assert not for_a_human & set(POINTS)


@pytest.mark.parametrize("student", TINY_STUDENTS)
def test_one_students_notebook_stops_neither_the_others_nor_its_own_other_cells(
    course, tiny_graded, student
):
    _, expected, words = TINY_STUDENTS[student]
    found, for_a_human = stored(course, TINY, student)
    assert found == expected
    # What has no mark is not lost: nbgrader lists it, beside the exercise to explain.
    assert for_a_human == {"answer-3"} | {name for name in found if found[name] is None}
    said = "\n".join(remarks(tiny_graded[1])[student][1])
    assert (words is None) == (said == "")
    assert (words or "") in said


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("other_file", f"found '{TINY} (1).ipynb'; expected '{TINY}.ipynb'"),
        ("web_page", "web page"),
    ],
)
def test_who_cannot_be_marked_is_named_with_the_reason(tiny_graded, student, words):
    code, said = tiny_graded
    result, reasons = remarks(said)[student]
    assert result == "not marked"
    assert words in reasons[0]
    assert code == 1


def test_nobody_is_told_to_update_notebooks(course, graded, tiny_graded):
    logs = [path.read_text() for path in course.glob("grading/*/*.log")]
    assert len(logs) == len(STUDENTS) + len(TINY_STUDENTS)
    for text in ["\n".join(graded[1] + tiny_graded[1]), *logs]:
        assert "nbgrader update" not in text


def test_nbgrader_alone_is_not_stopped_by_a_copied_cell(course, tiny_graded):
    code, said = nbgrader(course, "autograde", TINY, "--student", "copied_answer", "--force",
                          f"--SafeExecute.sandbox={not WITHOUT}")  # fmt: skip
    assert code == 0, said
    assert "nbgrader update" not in said
    assert stored(course, TINY, "copied_answer")[0] == TINY_ALL


def test_there_is_feedback_for_everybody_who_was_marked(course, graded):
    code, said = nbgrader(course, "generate_feedback", NAME)
    assert code == 0, said
    pages = {path.parent.parent.name for path in course.glob(f"feedback/*/{NAME}/{NAME}.html")}
    assert pages == set(STUDENTS)


def test_the_table_of_marks_has_everybody(course, graded):
    code, said = nbgrader(course, "export")
    assert code == 0, said
    with (course / "grades.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == NAME]
    scores = {row["student_id"]: float(row["score"]) for row in rows if row["raw_score"]}
    expected = {student: sum(marks.values()) for student, (_, marks) in STUDENTS.items()}
    assert {student: scores[student] for student in STUDENTS} == expected


def test_a_second_run_marks_only_what_is_new(course, teacher, graded):
    log = course / "grading" / NAME / "right.log"
    before = log.stat().st_mtime_ns
    hand_in(course, NAME, "mistake", fill_in)
    code, said = grade(course, teacher, NAME)
    assert stored(course, NAME, "mistake")[0] == ALL
    assert log.stat().st_mtime_ns == before
    assert set(STUDENTS) <= set(remarks(said))
    # The endless loop is still something to look at.
    assert code == 1


def test_a_class_made_again_keeps_what_nbgrader_put_there(course, graded):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    classroom.make(ROOT, course, [NAME])
    assert {path: path.read_bytes() for path in before} == before


# The sandbox --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spied(course, teacher):
    """What the student who tries everything came to, with a server and sockets that wait for it."""
    address = f"class-{uuid.uuid4()}"
    # A path that is short enough for a socket's name.
    beside = Path("/tmp") / address
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as named,
    ):
        abstract.bind(f"\0{address}")
        abstract.listen()
        named.bind(str(beside))
        named.listen()
        values = {
            "HOME": teacher["HOME"], "CLASS": str(course), "ROOT": str(ROOT),
            "LIBRARY": str(ROOT / "ae_lib"), "PORT": server.getsockname()[1],
            "ABSTRACT": address, "SOCKET": str(beside), "GRADER": os.getpid(),
        }  # fmt: skip
        given = "".join(f"{name} = {value!r}\n" for name, value in values.items())
        hand_in(course, TINY, "spy", tiny(given + SPY))
        (course / "submitted" / "spy" / TINY / "data.csv").write_text("1,2")
        _, said = grade(course, teacher, TINY, "--student", "spy")
        beside.unlink()
    return json.loads(outputs(course, TINY, "spy", "answer-1")), said


@needs_sandbox
def test_what_students_code_may_not_do_is_refused(course, spied):
    found = dict(spied[0])
    assert found.pop("own file") == "mine"
    assert found.pop("handed in") == "1,2"
    assert len(found) == 19
    assert {name: said for name, said in found.items() if not said.startswith("refused: ")} == {}
    assert stored(course, TINY, "spy")[0] == SECOND_ONLY
    assert remarks(spied[1])["spy"][1] == ["came with 'data.csv'"]
    assert not (course / "planted.txt").exists()
    assert not (ROOT / "ae_lib" / "planted.py").exists()


@needs_sandbox
def test_the_same_attempts_succeed_without_the_sandbox(tmp_path):
    """Otherwise the test above would not show that it is the sandbox that refuses them."""
    (tmp_path / "diary.txt").write_text("secret")
    code = f"from pathlib import Path\nprint(Path({str(tmp_path)!r}, 'diary.txt').read_text())"
    line = [sys.executable, "-c", code]
    assert subprocess.run(line, capture_output=True, text=True).stdout == "secret\n"
    private = sandbox.private_folder()
    inside = sandbox.command(line, private)
    done = subprocess.run(inside, env=sandbox.environment(), capture_output=True, text=True)
    shutil.rmtree(private)
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stderr


@needs_sandbox
def test_nothing_is_left_behind(tiny_graded, spied):
    left = re.compile(r"class-\w{8}")
    for folder in (Path("/dev/shm"), Path("/tmp")):
        assert [path for path in folder.iterdir() if left.fullmatch(path.name)] == []


def test_without_a_sandbox_nothing_is_run_unless_the_teacher_says_so(course, teacher, tmp_path):
    """A path without bubblewrap."""
    poor = teacher | {"PATH": str(tmp_path)}
    before = sorted((course / "autograded").glob("*"))
    line = [*GRADE, f"--class={course}", TINY]
    done = subprocess.run(line, env=poor, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Nothing was run, because there is no sandbox here" in done.stderr
    assert "SANDBOX=no" in done.stderr
    assert sorted((course / "autograded").glob("*")) == before
    hand_in(course, TINY, "trusted", tiny())
    line += ["--no-sandbox", "--student", "trusted"]
    done = subprocess.run(line, env=poor, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING: without a sandbox" in done.stdout
    assert stored(course, TINY, "trusted")[0] == TINY_ALL


def test_an_assignment_that_was_not_released_is_refused(course, teacher):
    code, said = grade(course, teacher, "05_dense")
    assert code == 2
    assert "no assignment '05_dense' that was released" in said[-1]
