"""The Makefile: which settings of the user pass, and which checks it has."""

import os
import re
import subprocess

from tools.course import ROOT

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


def test_every_step_is_explained_in_its_order():
    makefile = (ROOT / "Makefile").read_text()
    steps = re.search(r"^STEPS = (.+)$", makefile, re.MULTILINE)[1].split()
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("| step of `make test` |")[2]
    assert re.findall(r"^\| `([\w-]+)` \|", table.partition("\n\n")[0], re.MULTILINE) == steps


def test_what_the_weekly_workflow_leaves_out_are_steps():
    makefile = (ROOT / "Makefile").read_text()
    steps = re.search(r"^STEPS = (.+)$", makefile, re.MULTILINE)[1].split()
    weekly = (ROOT / ".github" / "workflows" / "weekly.yml").read_text()
    left_out = " ".join(re.findall(r'SKIP="([^"]+)"', weekly)).split()
    assert left_out
    assert set(left_out) < set(steps)


def test_every_heavy_check_is_a_target_that_contributing_explains():
    makefile = (ROOT / "Makefile").read_text()
    heavy = re.search(r"^HEAVY = (.+)$", makefile, re.MULTILINE)[1].split()
    targets = re.findall(r"^(test-[a-z]+):", makefile, re.MULTILINE)
    assert set(heavy) == set(targets) - {"test-all"}
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    for target in heavy:
        assert f"| `make {target}` |" in contributing
