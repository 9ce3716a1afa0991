"""The command line of the tally: what it refuses, and what its check names."""

import pytest

from tests.tools.claims.made_up import add, edit, run


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
