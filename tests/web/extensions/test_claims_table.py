"""The page of claims: a table for each chapter, and what is not up to date."""

import pytest

from tests.tools.claims.made_up import add, edit, run, write_course
from web.extensions import claims_table


@pytest.fixture
def course(tmp_path):
    """A course of one chapter."""
    return write_course(tmp_path)


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
