"""The page for teachers: what it says about the exercises is what their sources say."""

import re

import pytest

from tests.book.answers import INCOMPLETE
from tools.course import ROOT
from tools.notebooks import exercises

PAGE = (ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
LISTED = {
    name: exercises.exercises(ROOT / exercises.SOURCES / f"{name}.py")
    for name in exercises.names(ROOT)
}


def section(title):
    """Return the text between a heading and the next one of its level."""
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)[1]


def test_every_exercise_tests_one_objective():
    rows = [line for line in section("What students can do afterwards").splitlines() if "|" in line]
    tested = [number for row in rows for number in re.findall(r"\[(\d\.\d)\]", row)]
    assert sorted(tested) == [item.number for items in LISTED.values() for item in items]


@pytest.mark.parametrize("name", LISTED)
def test_every_number_of_an_exercise_leads_to_it(name):
    targets = dict(re.findall(r"^\[(\d\.\d)\]: (\S+)$", PAGE, re.MULTILINE))
    for item in LISTED[name]:
        page, _, anchor = targets[item.number].partition("#")
        assert page == f"exercises/{name}.ipynb"
        # Whether the heading has this anchor is found out by `make site`.
        assert anchor.startswith(f"{item.number.replace('.', '')}-")


def test_minutes_and_points_are_those_of_the_exercises():
    rows = re.findall(
        r"^\| \[(\d)\]\(\S+\) \| (\d+) \| (\d+) \| (\d+) \|$", section("How to grade"), re.MULTILINE
    )
    expected = [
        (
            number,
            len(items),
            sum(item.minutes for item in items),
            sum(item.points for item in items),
        )
        for number, items in enumerate(LISTED.values(), 1)
    ]
    assert [tuple(map(int, row)) for row in rows] == expected
    totals = [sum(column) for column in list(zip(*expected, strict=True))[1:]]
    assert f"| all | {' | '.join(map(str, totals))} |" in PAGE


def test_the_last_exercise_of_each_chapter_is_marked_by_a_human():
    complete = [items for name, items in LISTED.items() if name not in INCOMPLETE]
    for items in complete:
        assert [item.number for item in items if item.kind == "explain"] == [items[-1].number]
        assert items[-1].points == 3
