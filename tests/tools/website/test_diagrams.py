"""The diagrams of the first page, as they are stored."""

from tools.website import diagrams


def test_the_diagrams_of_the_first_page_are_those_that_are_drawn():
    assert diagrams.main(["--check"]) == 0
