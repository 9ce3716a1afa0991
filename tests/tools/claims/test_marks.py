"""Which assertions of a chapter are claims, and with which words."""

import textwrap

import pytest

from tests.tools.claims.made_up import CHAPTER
from tools.claims import marks
from tools.course import CourseError


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


def test_a_call_of_claim_is_a_claim_by_itself():
    source = textwrap.dedent("""\
        # %%
        claim("one is less", one < two)
        assert x
        # %%
        claim(
            "the error is small, "
            "and so is the other",
            error < 3 and other < 4,
        )
        """)
    assertions, groups = marks.find_groups(source, "01_one")
    assert [(group.claim, group.numbers) for group in groups] == [
        ("one is less", [0]),
        (None, [1]),
        ("the error is small, and so is the other", [2]),
    ]
    assert [assertion.code for assertion in assertions] == [
        "one < two",
        "x",
        "error < 3 and other < 4",
    ]
    assert assertions[2].cell == 2


def test_words_of_a_claim_that_are_computed_are_refused():
    with pytest.raises(CourseError, match=r"01_one.py, line 2: the words of a claim must be"):
        marks.find_groups('# %%\nclaim(f"{x} is less", x < 2)\n', "01_one")


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
