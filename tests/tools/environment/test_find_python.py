"""Which Python make takes, and what it says where there is none that will do."""

import json
import os
import re
import subprocess

import pytest
import yaml

from tools.course import ROOT
from tools.environment.pythons import supported_pythons

FIND_PYTHON = ROOT / "tools" / "environment" / "find_python.sh"
SUPPORTED = supported_pythons(ROOT)
OLDEST, NEWEST = SUPPORTED[0], SUPPORTED[-1]
TOO_NEW = f"3.{int(NEWEST.removeprefix('3.')) + 1}"
INSTALL = re.escape(f"Install Python {', '.join(SUPPORTED[:-1])} or {NEWEST} ")


def fake_python(folder, name, version, *, venv=True):
    """Write a program that answers as a Python of some version would."""
    lacking = "" if venv else 'case "$2" in *ensurepip*) exit 1;; esac\n'
    answer = f'case "$2" in *version_info*) echo {version};; *executable*) echo "$0";; esac\n'
    path = folder / name
    path.write_text(f"#!/bin/sh\n{lacking}{answer}")
    path.chmod(0o755)
    return path


def find_python(folder, *arguments, script=FIND_PYTHON):
    command = ["/bin/sh", str(script), *arguments]
    done = subprocess.run(
        command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_the_first_python_that_is_supported_is_taken(tmp_path):
    fake_python(tmp_path, "python3", TOO_NEW)
    lacking, best, *others = reversed(SUPPORTED)
    fake_python(tmp_path, f"python{lacking}", lacking, venv=False)
    expected = fake_python(tmp_path, f"python{best}", best)
    for version in others:
        fake_python(tmp_path, f"python{version}", version)
    assert find_python(tmp_path) == (0, str(expected), "")


def test_a_python_that_was_asked_for_is_taken(tmp_path):
    fake_python(tmp_path, "python3", "3.12")
    expected = fake_python(tmp_path, "python3.11", "3.11")
    assert find_python(tmp_path, "python3.11") == (0, str(expected), "")


def test_a_python_in_a_folder_with_a_space_is_taken(tmp_path):
    (tmp_path / "my tools").mkdir()
    expected = fake_python(tmp_path / "my tools", "python", OLDEST)
    assert find_python(tmp_path, str(expected)) == (0, str(expected), "")


def test_one_line_decides_which_pythons_are_supported(tmp_path):
    text = FIND_PYTHON.read_text()
    script = tmp_path / FIND_PYTHON.relative_to(ROOT)
    script.parent.mkdir(parents=True)
    script.write_text(text.replace(f'{NEWEST}"', f'{NEWEST} {TOO_NEW}"'))
    expected = fake_python(tmp_path, f"python{TOO_NEW}", TOO_NEW)
    assert find_python(tmp_path, script=script) == (0, str(expected), "")
    expected.unlink()
    assert f"{NEWEST} or {TOO_NEW} (" in find_python(tmp_path, script=script)[2]
    assert supported_pythons(tmp_path) == [*SUPPORTED, TOO_NEW]
    assert matrix_of_tests(tmp_path) == [*SUPPORTED, TOO_NEW]


def matrix_of_tests(folder):
    """Return the Pythons that the workflow ``test`` takes from the script in a folder."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())["jobs"]
    assert jobs["test"]["strategy"]["matrix"] == {
        "python": "${{ fromJSON(needs.pythons.outputs.supported) }}"
    }
    (step,) = [step for step in jobs["pythons"]["steps"] if "run" in step]
    output = folder / "output"
    environment = {**os.environ, "GITHUB_OUTPUT": str(output)}
    subprocess.run(["/bin/sh", "-c", step["run"]], cwd=folder, env=environment, check=True)
    name, _, value = output.read_text().partition("=")
    assert name == "supported"
    return json.loads(value)


@pytest.mark.parametrize(
    ("version", "venv", "arguments", "words"),
    [
        (None, True, [], f"{INSTALL}.*: none was found"),
        ("3.10", True, [], f"{INSTALL}.*: python3 is Python 3.10[.]$"),
        ("3.9", True, [], f"{INSTALL}.*: python3 is Python 3.9[.]$"),
        (TOO_NEW, True, [], f"python3 is Python {TOO_NEW}, which is newer than what TensorFlow"),
        (TOO_NEW, True, ["python3"], f"{INSTALL}.*: python3 is Python {TOO_NEW}, which is newer"),
        ("3.12", False, [], "Install venv for Python 3.12 .*apt install python3.12-venv"),
        ("3.12", True, ["python4"], "There is no Python that runs as python4"),
        ("3.10", True, ["python3"], "python3 is Python 3.10"),
    ],
)
def test_what_to_install_is_said_in_one_sentence(tmp_path, version, venv, arguments, words):
    if version:
        fake_python(tmp_path, "python3", version, venv=venv)
    code, path, message = find_python(tmp_path, *arguments)
    assert (code, path) == (1, "")
    assert re.search(words, message)
    assert len(message.splitlines()) == 1


def test_make_passes_the_sentence_on(tmp_path):
    wrong = fake_python(tmp_path, "python3", "3.10")
    done = subprocess.run(
        ["make", "book", f"PYTHON={wrong}", f"VENV={tmp_path}/venv"],
        cwd=ROOT,
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert re.match(INSTALL, done.stderr)
    assert not (tmp_path / "venv").exists()
