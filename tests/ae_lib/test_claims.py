"""Claims: they hold or stop checks, and tell readers what does not hold for their own changes."""

import subprocess
import sys

import numpy as np
import pytest

from ae_lib import claim
from ae_lib._keras import tf


@pytest.fixture(autouse=True)
def reading(monkeypatch):
    """As a reader has it."""
    monkeypatch.delenv("AE_STRICT", raising=False)


TRUE = [True, np.True_, np.array(True), np.array([1, 2]).min() > 0]


@pytest.mark.parametrize("condition", TRUE)
def test_what_holds_is_said_in_a_sentence_without_numbers(condition, capsys):
    assert claim(" 1 is less than 2. ", condition) is None
    assert capsys.readouterr().out == "Holds: 1 is less than 2.\n"


def test_tensors_are_conditions_too(capsys):
    claim("one is less", tf.constant(1.0) < tf.constant(2.0))
    assert capsys.readouterr().out == "Holds: one is less.\n"


def test_what_does_not_hold_is_said_with_the_numbers_compared(capsys):
    error, pca_error = 11.21234, 13.87
    claim("the error is less than 0.6 of PCA's", error < 0.6 * pca_error)
    assert capsys.readouterr().out == (
        "Does not hold here: the error is less than 0.6 of PCA's. Compared: 11.21 < 8.322.\n"
    )


def test_all_comparisons_of_a_claim_are_said(capsys):
    a, b = 1, np.float32(2.5)
    claim(
        "they are in order",
        0 < b < a
        and a == 1,
    )  # fmt: skip
    assert "Compared: 0 < 2.5 < 1 and 1 == 1." in capsys.readouterr().out


def test_a_claim_without_comparisons_goes_on_without_numbers(capsys):
    claim("all are right", bool(np.all([True, False])))
    assert capsys.readouterr().out == "Does not hold here: all are right.\n"


def test_where_the_source_is_not_known_the_sentence_is_said_all_the_same():
    code = "from ae_lib import claim; claim('two is less', 2 < 1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "Does not hold here: two is less.\n"


def test_in_checks_a_claim_that_does_not_hold_is_an_error(monkeypatch, capsys):
    monkeypatch.setenv("AE_STRICT", "1")
    error = 3
    claim("it is less", error < 4)
    with pytest.raises(AssertionError, match=r"^Does not hold here: it is less. Compared: 3 < 2.$"):
        claim("it is less", error < 2)
    assert capsys.readouterr().out == "Holds: it is less.\n"


@pytest.mark.parametrize("condition", [np.array([True, False]), 3, None, "error < 4", [True]])
def test_a_condition_is_one_truth_value(condition):
    with pytest.raises(TypeError, match=r"condition must be one truth value.*Received"):
        claim("it is less", condition)


@pytest.mark.parametrize(("words", "error"), [("", ValueError), (" ", ValueError), (3, TypeError)])
def test_a_claim_has_words(words, error):
    with pytest.raises(error, match="words must"):
        claim(words, True)
