"""What is counted over the seeds, and what is said of a claim or a check that does not hold."""

import pytest

from tests.tools.claims.made_up import add, run, stored
from tools.claims import runs
from tools.claims.tally import PACKAGES, TALLY, complaints
from web.extensions import claims_table


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


def test_a_chapter_without_claims_is_counted_as_checks(course):
    add(course, "01_one", "x = 1\n")
    assert run(course) == 0
    tally = stored(course)
    assert (tally["claims"], tally["checks"]) == ([], [])
    assert list(tally["chapters"]) == ["01_one"]
    assert complaints(course) == []
    assert "## " not in claims_table.page(course)


@pytest.mark.parametrize("text", ["<<<<<<< HEAD", "[]", '{"seeds": [0]}'])
def test_a_file_that_is_no_tally_is_refused(course, text, capsys):
    (course / TALLY).write_text(text)
    assert run(course) == 1
    assert "is not a tally of claims" in capsys.readouterr().err
    assert (course / TALLY).read_text() == text
