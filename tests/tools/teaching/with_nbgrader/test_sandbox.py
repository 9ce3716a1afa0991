"""The sandbox: what a student's code may not do, and what happens where there is none."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from class_grading import sandbox
from tests.tools.teaching.with_nbgrader.nbgrader_class import (
    GRADE,
    TINY,
    WITHOUT,
    grade,
    hand_in,
    outputs,
    remarks,
    stored,
)
from tests.tools.teaching.with_nbgrader.students import SECOND_ONLY, TINY_ALL, tiny
from tools.course import ROOT

needs_sandbox = pytest.mark.skipif(WITHOUT, reason="SANDBOX=no: the sandbox was not tried")

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
    done = subprocess.run(line, env=poor, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Nothing was run, because there is no sandbox here" in done.stderr
    assert "SANDBOX=no" in done.stderr
    assert sorted((course / "autograded").glob("*")) == before
    hand_in(course, TINY, "trusted", tiny())
    line += ["--no-sandbox", "--student", "trusted"]
    done = subprocess.run(line, env=poor, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING: without a sandbox" in done.stdout
    assert stored(course, TINY, "trusted")[0] == TINY_ALL


def test_an_assignment_that_was_not_released_is_refused(course, teacher):
    code, said = grade(course, teacher, "06_dense")
    assert code == 2
    assert "no assignment '06_dense' that was released" in said[-1]
