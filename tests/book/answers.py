"""What the exercises have for answers: solutions, stubs, and typical wrong answers."""

import importlib

import pytest

import ae_lib
from ae_lib.exercises import exercise_names
from tools.course import ROOT
from tools.notebooks import exercises

SOURCES = sorted((ROOT / exercises.SOURCES).glob("*.py"))
NAMES = exercise_names()
# Whose page of exercises is not complete yet: few of them, none to explain, few questions. As long
# as it stands here, book/teaching.md and README.md say so too.
INCOMPLETE = set()
# Whose solutions train a network, or whose checks read all test digits.
SLOW = {"dense.thirty_numbers", "pca.thirty_numbers"}
# All others are functions that take seconds at most. What these two give are pairs of functions
# that hand digits on to Keras and scikit-learn, which decide what they take.
FUNCTIONS = [name for name in NAMES if name not in SLOW]


def seeds(name, count):
    return range(1 if name in SLOW else count)


def wrong_answers(name):
    module, _, function = name.partition(".")
    return importlib.import_module(f"tests.book.wrong_answers.{module}").WRONG[function]


def answers(path, *, solved):
    """Execute a source's first code cell and its answers; return each check's answer."""
    shown = exercises.variant_cells(path, solved=solved)
    namespace, found, begun = {}, {}, False
    for cell, source in zip(shown, exercises.read_cells(path), strict=True):
        if cell.cell_type == "code":
            needed = not begun or exercises.is_solution(source)
            # Training takes too long here. The stored notebook says that such answers are right.
            if needed and not (solved and "slow" in source.metadata.get("tags", [])):
                # No answer that is tested here needs digits, and reading them takes time.
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(ae_lib, "load_mnist", lambda **_: None, raising=False)
                    exec(compile(cell.source, path.name, "exec"), namespace)
            begun = True
            if exercises.checked(source):
                name, expression = exercises.checked(source)
                try:
                    found[name] = eval(expression, namespace)
                except NameError:
                    assert name in SLOW
    return found


def all_answers(*, solved):
    """Return the answers of all sources by the names of their checks: solutions, or stubs."""
    return {
        name: answer for path in SOURCES for name, answer in answers(path, solved=solved).items()
    }
