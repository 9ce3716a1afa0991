"""Which runs a tally needs, and what is left of them when one fails or is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.tools.claims.made_up import CHAPTER, add, count_runs, edit, forbid_runs, run, stored
from tools.claims import runs
from tools.claims.tally import TALLY, complaints
from tools.course import ROOT


def test_a_tally_that_is_up_to_date_is_left_alone(course, monkeypatch, capsys):
    edit(course, "seed < 1 < 2", "seed < 5 < 7")
    assert run(course) == 0
    before = (course / TALLY).stat().st_mtime_ns
    forbid_runs(monkeypatch)
    capsys.readouterr()
    assert run(course) == 0
    assert "up to date" in capsys.readouterr().out
    assert (course / TALLY).stat().st_mtime_ns == before


def test_what_does_not_hold_is_reported_each_time(course, monkeypatch):
    assert run(course) == 1
    forbid_runs(monkeypatch)
    assert run(course) == 1


def test_new_words_and_moved_marks_need_no_run(course, monkeypatch):
    run(course)
    first = stored(course)
    forbid_runs(monkeypatch)
    edit(course, "# Claim: the autoencoder\n# beats PCA.\n", "# Claim: it is better.\n")
    edit(course, "# Another comment ends the claim.", "# Claim: seven is less.")
    edit(course, "    # Claim: errors are small.\n", "")
    assert complaints(course)
    run(course)
    tally = stored(course)
    assert [entry["claim"] for entry in tally["claims"]] == ["it is better.", "seven is less."]
    assert [entry["asserts"] for entry in tally["checks"]] == [[0], [4]]
    assert tally["claims"][0]["values"] == first["claims"][0]["values"]
    assert tally["chapters"] == first["chapters"]


def test_other_words_of_a_call_need_no_run_and_another_condition_does(course, monkeypatch):
    add(course, "02_two", 'from ae_lib.claims import claim\n\nclaim("it is small", 1 < 2)')
    run(course)
    with monkeypatch.context() as patch:
        forbid_runs(patch)
        edit(course, "it is small", "it is less than two", "02_two")
        run(course)
    assert told(course) == ("it is less than two", 2)
    edit(course, "1 < 2", "1 < 0", "02_two")
    run(course)
    assert told(course) == ("it is less than two", 0)


def told(course):
    """Return the words of the second chapter's claim, and how often it held."""
    (entry,) = [entry for entry in stored(course)["claims"] if entry["chapter"] == "02_two"]
    return entry["claim"], entry["held"]


def test_new_code_needs_new_runs_of_its_chapter_alone(course, monkeypatch):
    add(course, "02_two", "# Claim: one is less.\nassert 1 < 2\n")
    run(course)
    noted = count_runs(monkeypatch)
    edit(course, "7 + seed", "6 + seed")
    run(course)
    assert sorted(noted) == [("01_one", 0), ("01_one", 1)]
    assert stored(course)["claims"][0]["values"][0] == [[6, 13.87], [7, 13.87]]


def test_more_seeds_need_only_what_is_new(course, monkeypatch):
    run(course)
    noted = count_runs(monkeypatch)
    run(course, seeds=3)
    assert noted == [("01_one", 2)]
    assert stored(course)["seeds"] == [0, 1, 2]
    assert len(stored(course)["claims"][0]["values"][0]) == 3


def test_force_executes_everything(course, monkeypatch):
    run(course)
    noted = count_runs(monkeypatch)
    run(course, "--force")
    assert sorted(noted) == [("01_one", 0), ("01_one", 1)]


def test_one_chapter_leaves_the_tally_of_others(course, capsys):
    add(course, "02_two", "# Claim: one is less.\nassert 1 < 2\n")
    run(course)
    first = stored(course)
    edit(course, "1 < 2", "1 < 3", "02_two")
    edit(course, "7 + seed", "6 + seed")
    run(course, "--chapters", "02_two")
    tally = stored(course)
    assert tally["claims"][:2] == first["claims"][:2]
    assert tally["chapters"]["01_one"] == first["chapters"]["01_one"]
    assert tally["claims"][2]["values"] == [[[1, 3], [1, 3]]]
    capsys.readouterr()
    assert run(course, "--chapters", "02_two", seeds=3) == 1
    assert "claims.json has 2 seeds for 01_one" in capsys.readouterr().err
    assert stored(course) == tally


def test_a_crash_leaves_the_tally_and_keeps_the_other_runs(course, monkeypatch, capsys):
    run(course)
    before = (course / TALLY).read_bytes()
    edit(course, "7 + seed", "7 // (1 - seed)")
    add(course, "02_two", "# Claim: one is less.\nassert 1 < 2\n")
    capsys.readouterr()
    assert run(course) == 1
    said = capsys.readouterr().err
    assert "chapters/01_one.py under seed 1 failed" in said
    assert "ZeroDivisionError" in said
    assert (
        f'01_one.py", line {CHAPTER.splitlines().index("error, pca_error = 7 + seed, 13.87") + 1}'
        in said
    )
    assert (course / TALLY).read_bytes() == before
    noted = count_runs(monkeypatch)
    edit(course, "7 // (1 - seed)", "7 // 1")
    run(course)
    assert sorted(noted) == [("01_one", 0), ("01_one", 1)]
    assert not (course / runs.KEPT).exists()


def test_a_chapter_that_is_edited_while_it_runs_is_not_counted(course, capsys):
    path = course / "chapters" / "01_one.py"
    edit(course, 'print("the end")', f"open({str(path)!r}, 'a').write('x = 1\\n')")
    assert run(course, seeds=1) == 1
    assert "its code was changed while it ran" in capsys.readouterr().err
    assert not (course / TALLY).exists()
    assert not list((course / runs.KEPT).rglob("*.json"))


SLOW = """
import os, pathlib, time

seed = int(os.environ["AE_SEED"])
with open({log!r}, "a") as log:
    log.write(f"{{seed}} {{os.getpid()}}\\n")
while seed and pathlib.Path({hold!r}).exists():
    time.sleep(0.02)
# Claim: it ends.
assert seed < 3
"""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whoever_kills_it_loses_nothing_that_was_finished(course, tmp_path, sent):
    log, hold = tmp_path / "log", tmp_path / "hold"
    hold.touch()
    add(course, "01_one", SLOW.format(log=str(log), hold=str(hold)))
    code = (
        "import signal, sys, pathlib\n"
        "from tools.claims.__main__ import main\n"
        # A process in the background of a shell is started with SIGINT ignored.
        "for sent in (signal.SIGINT, signal.SIGTERM):\n"
        "    signal.signal(sent, signal.default_int_handler)\n"
        f"sys.exit(main(['--seeds', '2', '--jobs', '1'], pathlib.Path({str(course)!r})))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not log.exists() or len(log.read_text().splitlines()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(sent)
    assert process.wait(timeout=60) == (130 if sent != signal.SIGKILL else -sent)
    assert not (course / TALLY).exists()
    if sent != signal.SIGKILL:
        with pytest.raises(ProcessLookupError):
            os.kill(int(log.read_text().split()[-1]), 0)
    hold.unlink()
    assert run(course) == 0
    seeds = [line.split()[0] for line in log.read_text().splitlines()]
    assert seeds.count("0") == 1
    assert stored(course)["claims"][0]["held"] == 2
