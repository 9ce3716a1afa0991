"""The tally of claims, on made-up chapters: what is found, counted, kept, repeated and shown.

The last tests are about the course's own tally.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tools.claims import chapter_run, marks, runs
from tools.claims.__main__ import main
from tools.claims.tally import (
    PACKAGES,
    SEEDS,
    TALLY,
    as_text,
    complaints,
    entries_of,
    not_held,
    read_tally,
)
from tools.course import ROOT, CourseError
from tools.notebooks import chapters
from web.extensions import claims_table

CHAPTER = """\
# %% [markdown]
# # 1. A chapter
#
# Claim: this is prose, and no claim.

# %%
import os

seed = int(os.environ["AE_SEED"])
error, pca_error = 7 + seed, 13.87
assert error > 0

# %% [markdown]
# Prose.

# %%
# Claim: the autoencoder
# beats PCA.
assert error < pca_error
assert seed < 1 < 2 <= pca_error
# Another comment ends the claim.
assert sorted([error, pca_error])[0] == error

# %%
for limit in (20, 30):
    # Claim: errors are small.
    assert error < limit
print("the end")
"""


@pytest.fixture
def course(tmp_path):
    """A course of one chapter."""
    for folder in ("chapters", "book", "ae_lib"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ae_lib" / "__init__.py").write_text("_EXPORTS = {}\n")
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://example.org/course\n")
    (tmp_path / "chapters" / "01_one.py").write_text(CHAPTER)
    return tmp_path


def edit(course, old, new, name="01_one"):
    path = course / "chapters" / f"{name}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def add(course, name, code):
    (course / "chapters" / f"{name}.py").write_text(
        f"# %% [markdown]\n# # A chapter\n\n# %%\n{textwrap.dedent(code)}"
    )


def run(course, *arguments, seeds=2):
    return main(["--seeds", str(seeds), "--jobs", "2", *arguments], course)


def stored(course):
    return json.loads((course / TALLY).read_text(encoding="utf-8"))


def forbid_runs(monkeypatch):
    def refuse(*_):
        raise AssertionError("executed, but nothing was missing")

    monkeypatch.setattr(runs.Runs, "execute", refuse)


def count_runs(monkeypatch):
    """Note which chapters are executed under which seeds."""
    noted = []
    execute = runs.Runs._run

    def note(self, chapter, seed, bar):
        noted.append((chapter.name, seed))
        return execute(self, chapter, seed, bar)

    monkeypatch.setattr(runs.Runs, "_run", note)
    return noted


# Marks --------------------------------------------------------------------------------------------


def test_marks_are_found_with_their_words_and_assertions():
    assertions, groups = marks.find_groups(CHAPTER, "01_one")
    assert [(group.claim, group.numbers) for group in groups] == [
        (None, [0]),
        ("the autoencoder beats PCA.", [1, 2]),
        (None, [3]),
        ("errors are small.", [4]),
    ]
    assert assertions[1] == marks.Assertion("error < pca_error", 19, 2)
    assert [assertion.cell for assertion in assertions] == [1, 2, 2, 2, 3]


def test_a_mark_belongs_to_the_assertions_below_it_alone():
    source = textwrap.dedent("""\
        # %%
        # An ordinary comment.
        # Claim: first.
        assert f(
            1,  # one
        ) < 2
        # Claim: second.
        assert a
        for x in y:
            assert x

        # Claim: third.
        assert b; assert c
        """)
    assertions, groups = marks.find_groups(source, "01_one")
    assert [group.claim for group in groups] == ["first.", "second.", None, "third."]
    assert groups[-1].numbers == [3, 4]
    assert assertions[0].code == "f( 1, # one ) < 2"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("# Claim: lonely.\nx = 1\n", "line 2: no assertion stands directly below"),
        ("# Claim: apart.\n\nassert x\n", "line 2: no assertion stands directly below"),
        ("# Claim: one.\n# Claim: two.\nassert x\n", "line 2: no assertion"),
        ("# Claim:\nassert x\n", 'line 2: a claim is written "# Claim: words"'),
        ("#claim : x\nassert x\n", 'Received: "#claim : x"'),
    ],
)
def test_marks_that_mean_nothing_are_refused(code, words):
    with pytest.raises(CourseError, match=words):
        marks.find_groups(f"# %%\n{code}", "01_one")


# One run ------------------------------------------------------------------------------------------


def record(tmp_path, code):
    """Execute code as a chapter, in a process of its own, and return what was found."""
    script, output = tmp_path / "chapter.py", tmp_path / "result.json"
    script.write_text(textwrap.dedent(code))
    command = [sys.executable, "-P", chapter_run.__file__, str(script), str(output)]
    subprocess.run(command, check=True, capture_output=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chapter.py", "result.json"]
    return json.loads(output.read_text())["asserts"]


def test_operands_are_noted_and_evaluated_once(tmp_path):
    found = record(
        tmp_path,
        """
        calls = []

        def number(x):
            calls.append(x)
            return x

        assert number(1) < number(3) < number(2) and number(4) >= 5
        assert calls == [1, 3, 2, 4]
        assert (n := 1 / 3) < 0.5, number(6)
        assert n > 0.3 and len(calls) == 4
        """,
    )
    assert [each["held"] for each in found] == [False, True, True, True]
    assert [each["values"] for each in found] == [
        [1, 3, 2, 4, 5],
        [None, None],
        [0.333333, 0.5],
        [0.333333, 0.3, 4, 4],
    ]


def test_numbers_of_numpy_are_numbers_and_arrays_are_not(tmp_path):
    found = record(
        tmp_path,
        """
        import numpy as np

        assert np.float32(0.5) < np.ones(()) == np.int64(1)
        assert np.bool_(True) == True
        assert np.allclose(np.ones(3), 1)
        assert np.ones(3) < 2
        assert np.nan < np.inf
        """,
    )
    assert [each["held"] for each in found] == [True, True, True, False, False]
    assert [each["values"] for each in found] == [
        [0.5, 1, 1],
        [None, None],
        [],
        [None, 2],
        [None, None],
    ]
    assert "ValueError: The truth value of an array" in found[3]["message"]


def test_errors_in_assertions_are_counted_and_the_chapter_goes_on(tmp_path):
    found = record(
        tmp_path,
        """
        assert 1 / 0 < 3
        for i in range(4):
            assert i != 2
        with open("/dev/null"):
            assert [i for i in range(3)][2] == 2
        def never():
            assert True
        class Thing:
            assert {"a": 1}["a"] == 1
        """,
    )
    messages = [each["message"] for each in found]
    assert messages[0] == "ZeroDivisionError: division by zero"
    assert messages[1:4] == ["it was false", "", "it was never reached"]
    assert found[1]["values"] == [0, 2, 1, 2, 2, 2, 3, 2]
    assert [each["held"] for each in found] == [False, False, True, False, True]


def test_functions_of_a_chapter_know_their_source_and_their_module(tmp_path):
    found = record(
        tmp_path,
        """
        import dataclasses, inspect, __main__

        def f(x):
            assert x
            return x

        @dataclasses.dataclass
        class Point:
            x: "int"

        assert inspect.getsource(f).splitlines()[1].strip() == "assert x"
        assert __main__.f is f and __name__ == "__main__" and Point(3).x == f(3)
        """,
    )
    assert all(each["held"] for each in found)


# The tally ----------------------------------------------------------------------------------------


def test_claims_are_counted_over_the_seeds(course, capsys):
    assert run(course, seeds=3) == 1
    tally = stored(course)
    assert tally["seeds"] == [0, 1, 2]
    assert set(tally["chapters"]) == {"01_one"}
    assert len(tally["chapters"]["01_one"]["seconds"]) == 3
    assert set(tally["environment"]) == {*PACKAGES, "python", "processor"}
    beats, small = tally["claims"]
    assert beats == {
        "chapter": "01_one",
        "claim": "the autoencoder beats PCA.",
        "asserts": [1, 2],
        "code": ["error < pca_error", "seed < 1 < 2 <= pca_error"],
        "held": 1,
        "of": 3,
        "failed": [{}, {"1": "it was false", "2": "it was false"}],
        "values": [
            [[7, 13.87], [8, 13.87], [9, 13.87]],
            [[0, 1, 2, 13.87], [1, 1, 2, 13.87], [2, 1, 2, 13.87]],
        ],
    }
    assert (small["held"], small["values"]) == (
        3,
        [[[7, 20, 7, 30], [8, 20, 8, 30], [9, 20, 9, 30]]],
    )
    assert [(check["asserts"], check["held"], check["of"]) for check in tally["checks"]] == [
        ([0], 3, 3),
        ([3], 3, 3),
    ]
    assert not (course / runs.KEPT).exists()
    said = capsys.readouterr().err
    assert 'chapters/01_one.py, code cell 2, line 20: claim "the autoencoder beats PCA."' in said
    assert "(seed 1: it was false; seed 2: it was false)" in said


def test_a_check_that_fails_is_reported(course, capsys):
    add(course, "01_one", "import os\nassert int(os.environ['AE_SEED']) != 1, 'why'\n")
    assert run(course) == 1
    assert [(check["held"], check["of"]) for check in stored(course)["checks"]] == [(1, 2)]
    said = capsys.readouterr().err
    assert "chapters/01_one.py, code cell 1, line 6: a check did not hold" in said
    assert "seed 1: it was false" in said


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


def test_a_chapter_without_claims_is_counted_as_checks(course):
    add(course, "01_one", "x = 1\n")
    assert run(course) == 0
    tally = stored(course)
    assert (tally["claims"], tally["checks"]) == ([], [])
    assert list(tally["chapters"]) == ["01_one"]
    assert complaints(course) == []
    assert "## " not in claims_table.page(course)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--chapters", "02_two"], "there is no chapter '02_two'; there are 01_one"),
        (["--seeds", "0"], "must be at least 1. Received: 0"),
        (["--jobs", "-1"], "must be at least 1. Received: -1"),
    ],
)
def test_what_cannot_be_is_refused_before_work_starts(course, arguments, words, capsys):
    with pytest.raises(SystemExit):
        run(course, *arguments)
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("text", ["<<<<<<< HEAD", "[]", '{"seeds": [0]}'])
def test_a_file_that_is_no_tally_is_refused(course, text, capsys):
    (course / TALLY).write_text(text)
    assert run(course) == 1
    assert "is not a tally of claims" in capsys.readouterr().err
    assert (course / TALLY).read_text() == text


def test_check_names_each_thing_that_is_wrong(course, capsys):
    def said():
        assert run(course, "--check") == 1
        return capsys.readouterr().err

    assert "book/claims.json is missing" in said()
    edit(course, "seed < 1 < 2", "seed < 5 < 7")
    run(course)
    assert run(course, "--check") == 0
    edit(course, "beats PCA.", "is ahead.")
    assert "the claims in chapters/01_one.py are not those in book/claims.json" in said()
    edit(course, "7 + seed", "6 + seed")
    assert "chapters/01_one.py is newer than its tally" in said()
    add(course, "02_two", "x = 1\n")
    assert "chapters/02_two.py has no tally" in said()
    (course / "chapters" / "01_one.py").unlink()
    assert "has a chapter 01_one, which does not exist" in said()


# The page -----------------------------------------------------------------------------------------


def test_the_page_has_a_table_for_each_chapter(course):
    run(course, seeds=3)
    lines = claims_table.page(course).splitlines()
    assert lines[0] == "## 1. A chapter"
    assert (
        "2 claims, tried under 3 seeds: 1 held under every one. Of 2 checks besides, all held."
        in lines[2]
    )
    start = lines.index(claims_table.HEAD.splitlines()[0])
    assert lines[start + 2 : start + 5] == [
        "| The autoencoder beats PCA. | 1 of 3 | 8 (7 to 9) < 13.87 | 1.54 | `error < pca_error` |",
        "|  |  | 1 (0 to 2) < 1 < 2 <= 13.87 |  | `seed < 1 < 2 <= pca_error` |",
        "| Errors are small. | 3 of 3 | 8 (7 to 9) < 25 (20 to 30) | 2.22 | `error < limit` |",
    ]
    assert lines[-1].startswith("Made with python 3.")


def test_the_page_says_what_is_not_up_to_date(course):
    assert claims_table.MISSING in claims_table.page(course)
    run(course)
    page = claims_table.page(course)
    assert "warning" not in page
    edit(course, "Prose.", "Better prose.")
    assert claims_table.page(course) == page
    edit(course, "7 + seed", "6 + seed")
    assert claims_table.NEWER in claims_table.page(course)
    add(course, "02_two", "# Claim: one is less.\nassert 1 < 2\n")
    assert claims_table.MISSING in claims_table.page(course)


def test_a_condition_of_many_parts_is_shown_in_full():
    condition, values = "a < b and set(c) == {1} and d > 2", [[1, 2, None, None, 5, 2]]
    assert claims_table.compared(condition, values) == "1 < 2 and … == … and 5 > 2"
    assert claims_table.room(condition, values) == ""
    assert claims_table.room("d > 2", [[5, 2], [], [3, 2]]) == "1.50"
    assert claims_table.room("d > 2", [[1, 2]]) == "0.50"
    assert claims_table.room("d > -2", [[1, -2]]) == ""


def test_a_bar_in_a_condition_does_not_end_its_cell():
    entry = {"claim": "x", "held": 1, "of": 1, "code": ["a | b"], "values": [[]]}
    assert "| `a \\| b` |" in claims_table.table([entry])


# The course's own tally ---------------------------------------------------------------------------

NAMES = chapters.names(ROOT)


@pytest.fixture(scope="module")
def tally():
    found = read_tally(ROOT)
    assert found is not None, f"{TALLY} is missing; run: make claims"
    return found


def test_the_tally_has_the_form_that_was_promised(tally):
    path = ROOT / TALLY
    assert path.stat().st_size < 300_000
    assert path.read_text(encoding="utf-8") == as_text(tally) + "\n"
    seeds = len(tally["seeds"])
    assert tally["seeds"] == list(range(seeds))
    assert seeds >= SEEDS
    assert set(tally["environment"]) == {*PACKAGES, "python", "processor"}
    for chapter in tally["chapters"].values():
        assert len(chapter["digest"]) == 64
        assert len(chapter["seconds"]) == seeds
    assert all("claim" in entry for entry in tally["claims"])
    for entry in tally["claims"] + tally["checks"]:
        assert entry["chapter"] in tally["chapters"]
        assert entry["of"] == seeds
        assert len(entry["asserts"]) == len(entry["code"]) == len(entry["failed"])
        assert len(entry["asserts"]) == len(entry["values"])
        assert all(len(values) in (0, seeds) for values in entry["values"])
    for name in tally["chapters"]:
        numbers = [n for entry in entries_of(tally, name) for n in entry["asserts"]]
        assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_and_every_check_of_a_chapter_held_under_every_seed(tally, name):
    chapter = marks.read_chapter(name)
    if tally["chapters"].get(name, {}).get("digest") != chapter.digest:
        # A tally takes an hour, so a chapter may be newer than its own; the website says so.
        pytest.skip(f"{name} is newer than its tally; run: make claims")
    entries = {
        key: [entry for entry in tally[key] if entry["chapter"] == name]
        for key in ("claims", "checks")
    }
    assert not_held(entries, {}) == []
    words = [entry["claim"] for entry in entries["claims"]]
    assert words == chapter.claims, "run: make claims"


@pytest.mark.parametrize("name", NAMES)
def test_marks_of_the_chapters_are_in_order(name):
    marks.read_chapter(name)
