"""The course's own tally: its form, and that every claim held."""

import pytest

from tools.claims import marks
from tools.claims.tally import PACKAGES, SEEDS, TALLY, as_text, entries_of, not_held, read_tally
from tools.course import ROOT
from tools.notebooks import chapters

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
