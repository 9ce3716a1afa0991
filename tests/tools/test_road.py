"""The road from script to website: one address, exact versions, and messages that help."""

import itertools
import json
import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.course import ROOT, read_address
from tools.teaching.zip import supported_pythons

FIND_PYTHON = ROOT / "tools" / "environment" / "find_python.sh"
# From any folder, as if it were that of the course.
RUN = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('tools.steps', run_name='__main__')"
)
STEPS = [sys.executable, "-c", RUN, str(ROOT)]
SUPPORTED = supported_pythons(ROOT)
OLDEST, NEWEST = SUPPORTED[0], SUPPORTED[-1]
TOO_NEW = f"3.{int(NEWEST.removeprefix('3.')) + 1}"
INSTALL = re.escape(f"Install Python {', '.join(SUPPORTED[:-1])} or {NEWEST} ")


def own_files():
    """Return the files of the course that a person writes, as git knows them."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the git repository")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix != ".ipynb"]


def test_the_repositorys_address_stands_in_one_place():
    short = read_address(ROOT).partition("://")[2]
    places = [
        f"{path.relative_to(ROOT)}"
        for path in own_files()
        for _ in range(path.read_bytes().count(short.encode()))
    ]
    assert places == ["_config.yml"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_first_pages_lead_somewhere(name):
    text = re.sub(r"^```.*?^```", "", (ROOT / name).read_text(), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert targets
    for target in targets:
        assert target.startswith("https://") or (ROOT / target).is_file(), target


def test_the_licences_stand_where_they_are_looked_for():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    digits = (ROOT / "ae_lib" / "data" / "README.md").read_text()
    assert "Attribution-ShareAlike 3.0" in digits
    for author in ("LeCun", "Cortes", "Burges"):
        assert author in digits


def pins():
    """Return requirements.txt as name -> requirements; several where a marker divides them."""
    found = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text:
            requirement = Requirement(text)
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def test_every_pin_is_exact():
    for requirement in itertools.chain(*pins().values()):
        (bound,) = requirement.specifier
        assert bound.operator == "==", str(requirement)
        assert "*" not in bound.version, str(requirement)


def test_pins_cover_what_the_course_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    exact = pins()
    for text in project["dependencies"] + project["optional-dependencies"]["course"]:
        wanted = Requirement(text)
        for pin in exact[canonicalize_name(wanted.name)]:
            (bound,) = pin.specifier
            assert wanted.specifier.contains(bound.version), f"{wanted} is not met by {pin}"


def test_the_environment_holds_what_is_pinned_for_building():
    # The course's own package is installed without build isolation, so pip fetches no setuptools.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (wanted,) = [Requirement(text) for text in project["build-system"]["requires"]]
    (pin,) = pins()[wanted.name]
    assert wanted.specifier.contains(next(iter(pin.specifier)).version)


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
    script = tmp_path / "tools" / FIND_PYTHON.name
    script.parent.mkdir()
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


def test_no_other_file_lists_the_supported_pythons():
    listing = re.compile(rf"{re.escape(OLDEST)}\W+(or\W+)?{re.escape(SUPPORTED[1])}\b")
    places = [
        f"{path.relative_to(ROOT)}"
        for path in own_files()
        if path.suffix in {".md", ".py", ".sh", ".toml", ".yml", ".html"}
        and listing.search(path.read_text(encoding="utf-8"))
    ]
    assert places == ["tools/environment/find_python.sh"]


def test_what_names_the_oldest_python_agrees():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == f">={OLDEST}"
    assert project["tool"]["ruff"]["target-version"] == f"py{OLDEST.replace('.', '')}"
    assert f"--python-version {OLDEST} " in (ROOT / "requirements.txt").read_text()
    for name in ("README.md", "CONTRIBUTING.md", "book/index.md"):
        assert f"Python {OLDEST} or newer" in (ROOT / name).read_text(encoding="utf-8"), name


def test_workflows_take_pythons_that_are_supported():
    named = [
        version
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
        for version in re.findall(r'python-version: "(.+)"', path.read_text())
    ]
    assert named
    assert set(named) <= set(SUPPORTED)


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


def test_all_steps_run_and_one_failure_is_enough(tmp_path, monkeypatch):
    (tmp_path / "Makefile").write_text("good:\n\t@touch good-ran\nbad:\n\t@false\n")
    monkeypatch.delenv("MAKEFLAGS", raising=False)
    command = [*STEPS, "bad", "good"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (tmp_path / "good-ran").exists()
    last = [line.split()[:2] for line in done.stdout.splitlines()[-3:]]
    assert last == [["bad", "FAILED"], ["good", "passed"], ["all", "FAILED"]]
    done = subprocess.run([*STEPS, "good"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0


def repository(folder):
    """Make a repository with two targets, of which the first fails while a file is there."""
    (folder / "Makefile").write_text(
        "flaky:\n\t@echo flaky >> ran; test ! -e .git/broken\ngood:\n\t@echo good >> ran\n"
    )
    (folder / ".gitignore").write_text("ran\nstate.json\n")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    (folder / ".git" / "broken").touch()


def run_all(folder, *options):
    """Run both targets; return the exit code, what ran, and the last lines."""
    (folder / "ran").write_text("")
    command = [*STEPS, "--resume", "state.json", *options, "--"]
    command += ["flaky", "good"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, (folder / "ran").read_text().split(), done.stdout.splitlines()[-3:]


def test_what_passed_is_left_out_until_a_file_changes(tmp_path, monkeypatch):
    monkeypatch.delenv("MAKEFLAGS", raising=False)
    repository(tmp_path)
    code, ran, _ = run_all(tmp_path)
    assert (code, ran) == (1, ["flaky", "good"])
    (tmp_path / ".git" / "broken").unlink()
    code, ran, lines = run_all(tmp_path)
    assert (code, ran) == (0, ["flaky"])
    assert "in an earlier call" in lines[1]
    assert "in an earlier call" not in lines[0]
    assert run_all(tmp_path)[:2] == (0, [])
    (tmp_path / "chapter.py").write_text("x = 1")
    assert run_all(tmp_path)[:2] == (0, ["flaky", "good"])
    (tmp_path / "state.json").write_text("{")
    assert run_all(tmp_path)[:2] == (0, ["flaky", "good"])


def test_what_passed_under_other_settings_or_is_needed_again_runs_again(tmp_path, monkeypatch):
    monkeypatch.delenv("MAKEFLAGS", raising=False)
    repository(tmp_path)
    (tmp_path / ".git" / "broken").unlink()
    assert run_all(tmp_path)[:2] == (0, ["flaky", "good"])
    monkeypatch.setenv("MAKEFLAGS", " -- VENV=/elsewhere")
    assert run_all(tmp_path)[:2] == (0, [])
    assert run_all(tmp_path, "--again", "good")[:2] == (0, ["good"])
    monkeypatch.setenv("MAKEFLAGS", " -- SANDBOX=no")
    assert run_all(tmp_path)[:2] == (0, ["flaky", "good"])


def test_without_git_nothing_is_left_out(tmp_path, monkeypatch):
    monkeypatch.delenv("MAKEFLAGS", raising=False)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
    (tmp_path / "Makefile").write_text("flaky good:\n\t@echo $@ >> ran\n")
    for _ in range(2):
        assert run_all(tmp_path)[:2] == (0, ["flaky", "good"])


# The user's settings ------------------------------------------------------------------------------


def clone_with(settings, folder):
    """Clone the course's own files with some settings of git, and return the clone."""
    source = folder / "source"
    source.mkdir()
    for name in (".gitattributes", "tools/environment/find_python.sh", "book/_static/logo.svg"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    (source / "data.npz").write_bytes(b"PK\r\n\n\r")
    for command in (["init", "--quiet"], ["add", "."], [*COMMIT]):
        subprocess.run(["git", *command], cwd=source, check=True)
    options = [word for setting in settings for word in ("-c", setting)]
    command = ["git", "clone", "--quiet", *options, str(source), str(folder / "clone")]
    subprocess.run(command, check=True)
    return folder / "clone"


COMMIT = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
COMMIT += ["commit", "--quiet", "--no-verify", "--message", "course"]


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf"])
def test_line_ends_do_not_depend_on_gits_settings(tmp_path, setting):
    clone = clone_with([setting], tmp_path)
    assert b"\r" not in (clone / "tools" / "environment" / "find_python.sh").read_bytes()
    assert (clone / "data.npz").read_bytes() == b"PK\r\n\n\r"


STRAY = {
    "CDPATH": "/elsewhere",
    "COLUMNS": "40",
    "FORCE_COLOR": "1",
    "AE_SEED": "7",
    "AE_STRICT": "0",
    "JUPYTER_PATH": "/elsewhere",
    "KERAS_BACKEND": "jax",
    "MPLBACKEND": "none",
    "PYTEST_ADDOPTS": "--no-such-option",
    "PYTHONOPTIMIZE": "2",
    "PYTHONPATH": "/elsewhere",
    "PYTHONWARNINGS": "error",
    "TF_USE_LEGACY_KERAS": "1",
}


def makefile_with(folder, targets):
    """Write the course's Makefile with further targets into a folder."""
    (folder / "Makefile").write_text((ROOT / "Makefile").read_text() + targets)


def test_settings_of_the_user_do_not_reach_what_make_runs(tmp_path):
    makefile_with(tmp_path, "show:\n\t@env\n")
    done = subprocess.run(
        ["make", "--no-print-directory", "show"],
        cwd=tmp_path,
        env={**os.environ, **STRAY, "AE_CHROMIUM": "/my/browser", "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert not STRAY.keys() & shown.keys()
    assert shown["AE_CHROMIUM"] == "/my/browser"


def test_a_reader_may_choose_a_seed_for_the_notebooks(tmp_path):
    makefile_with(tmp_path, "lab:\n\t@env\n")
    done = subprocess.run(
        ["make", "--no-print-directory", "lab", "--old-file=.venv/lab-installed"],
        cwd=tmp_path,
        env={**os.environ, "AE_SEED": "7", "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "AE_SEED=7" in done.stdout.splitlines()


def test_the_server_builds_nothing(tmp_path):
    makefile_with(tmp_path, "")
    done = subprocess.run(
        ["make", "serve"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "There is no website yet. Run: make book" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]


def test_every_heavy_check_is_a_target_that_contributing_explains():
    makefile = (ROOT / "Makefile").read_text()
    heavy = re.search(r"^HEAVY = (.+)$", makefile, re.MULTILINE)[1].split()
    targets = re.findall(r"^(test-[a-z]+):", makefile, re.MULTILINE)
    assert set(heavy) == set(targets) - {"test-all"}
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    for target in heavy:
        assert f"| `make {target}` |" in contributing
