"""The steps of make test: all run, one failure is enough, what passed is left out."""

import subprocess
import sys

from tools.course import ROOT

# From any folder, as if it were that of the course.
RUN = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('tools.steps', run_name='__main__')"
)
STEPS = [sys.executable, "-c", RUN, str(ROOT)]


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
