"""Whatever a student hands in stops nothing, is named, and is right in any type.

Exceptions, wrong types, NaN, a way out of Python: all of it happens by accident.
"""

import io
import sys
from contextlib import redirect_stdout

import numpy as np
import pytest

from ae_lib._keras import keras, tf
from ae_lib.exercises import WRONG, check
from tests.book.answers import NAMES, SLOW

# Whatever comes -----------------------------------------------------------------------------------


class Unprintable:
    def __repr__(self):
        raise ValueError("no")

    def __array__(self, *_, **__):
        raise SystemExit(3)


def fails(*_):
    raise ZeroDivisionError("by hand")


def leaves(*_):
    sys.exit(0)


def recurses(*arguments):
    return recurses(*arguments)


def raises_unprintable(*_):
    class OddError(Exception):
        def __str__(self):
            raise ValueError("no")

    raise OddError


STRANGE = {
    "no function": (3, ""),
    "text": ("abc", ""),
    "a class": (dict, ""),
    "an exception": (fails, "ZeroDivisionError"),
    "an exception without words": (raises_unprintable, "Odd"),
    "sys.exit": (leaves, "SystemExit"),
    "endless recursion": (recurses, "RecursionError"),
    "None": (lambda *_: None, "None"),
    "a string": (lambda *_: "seven", "Received"),
    "a dictionary": (lambda *_: {"x": 1}, "Received"),
    "NaN": (lambda *_: np.nan, ""),
    "a wrong shape": (lambda *_: np.zeros((2, 3, 5, 7)), ""),
    "ragged": (lambda *_: [[1, 2], [3]], "Received"),
    "too few parameters": (lambda: 1, "TypeError"),
    "unprintable": (lambda *_: Unprintable(), ""),
    "complex": (lambda *_: 1j, "Received"),
}


@pytest.mark.parametrize("what", STRANGE)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_stops_a_notebook(name, what):
    answer, words = STRANGE[what]
    if name in SLOW and callable(answer):
        answer = (answer, answer)
    result = check(name, answer, seed=0, quiet=True)
    assert result.status == WRONG, str(result)
    assert words in result.hint, str(result)
    assert "could not be checked" not in result.hint, str(result)


def spoiling(function):
    """The same function, but it leaves its first array changed."""

    def spoiled(*arguments):
        returned = function(*arguments)
        for argument in arguments:
            if isinstance(argument, np.ndarray) and argument.size:
                argument[...] = 1 - argument
                break
        return returned

    return spoiled


def test_a_changed_argument_is_noticed(solutions):
    noticed = 0
    for name in solutions:
        if callable(solutions[name]):
            result = check(name, spoiling(solutions[name]), seed=0, quiet=True)
            noticed += "changes its argument" in result.hint
            assert result.passed or "changes its argument" in result.hint, str(result)
    assert noticed > len(NAMES) / 2


def test_an_interruption_gets_through():
    def endless(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("rbm.gap", endless, quiet=True)


def test_dots_inside_a_function_are_named():
    result = check("rbm.gap", lambda own, unseen: own.mean() - ..., quiet=True)
    assert "There is still a `...`" in result.hint


def test_an_exercise_that_is_not_there_is_named():
    result = check("rbm.free_enrgy", ..., quiet=True)
    assert not result.passed
    assert "Did you mean 'rbm.free_energy'" in result.hint


# A right answer in any type -----------------------------------------------------------------------


def deep(turn, value):
    """Turn every part of a result that has several."""
    if isinstance(value, tuple | list):
        return type(value)(deep(turn, part) for part in value)
    return turn(value)


TURNS = {
    "float32": lambda value: np.float32(value) if np.asarray(value).dtype.kind == "f" else value,
    "a list": lambda value: np.asarray(value).tolist(),
    "an array without axes": np.asarray,
    "read-only": lambda value: np.broadcast_to(value, np.shape(value)),
    "a tensor": tf.constant,
    "a tensor of Keras": keras.ops.convert_to_tensor,
}


@pytest.mark.parametrize("turn", TURNS)
def test_the_right_answer_may_come_in_any_type(turn, solutions):
    for name in sorted(set(solutions) - SLOW - {"rbm.cd1_change"}):
        result = check(
            name,
            lambda *x, name=name: deep(TURNS[turn], solutions[name](*x)),
            seed=1,
            quiet=True,
        )
        assert result, str(result)


def test_several_results_may_come_in_one_array(solutions):
    for name in ("rbm.momentum_step", "convolutional.costs"):
        assert check(name, lambda *x, name=name: np.array(solutions[name](*x)), seed=1, quiet=True)


def test_what_is_right_for_float64_alone_gets_a_hint():
    def loss_floor(x):
        x = np.clip(x, 1e-12, 1 - 1e-12)
        return -(x * np.log(x) + (1 - x) * np.log(1 - x)).sum(axis=1).mean()

    result = check("dense.loss_floor", loss_floor, seed=0, quiet=True)
    assert not result
    assert "For arrays of type float32, as the digits are: " in result.hint
    assert "0 times log 0" in result.hint


# What is said, and for which inputs ---------------------------------------------------------------


def test_what_is_said_is_printed_once(solutions):
    said = io.StringIO()
    with redirect_stdout(said):
        result = check("rbm.gap", solutions["rbm.gap"])
    assert said.getvalue() == "rbm.gap: solved.\n"
    assert result
    assert result.passed


def test_inputs_are_new_every_time():
    seen = []
    for _ in range(2):
        check("rbm.gap", lambda own, unseen: seen.append(own.sum()), quiet=True)
    assert seen[0] != seen[1]
