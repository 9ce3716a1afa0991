"""The exercises: solutions pass, stubs are not solved yet, wrong answers get their own hints.

What a student may hand in by accident (exceptions, wrong types, NaN, a way out of Python) stops
nothing and is named. Whether the stored notebooks are up to date is tested with those of chapters.
"""

import copy
import importlib
import io
import os
import re
import sys
from contextlib import redirect_stdout

import nbformat
import numpy as np
import pytest

import ae_lib
from ae_lib._keras import keras, tf
from ae_lib.exercises import SOLVED, UNSOLVED, WRONG, check, exercise_names
from tests.book.test_notebooks import DIALECT, prose
from tools.course import ROOT, CourseError
from tools.notebooks import exercises, renewal, scripts
from tools.notebooks.__main__ import main
from tools.teaching.grading_notebook import HIDDEN, grading_notebook

SOURCES = sorted((ROOT / exercises.SOURCES).glob("*.py"))
NAMES = exercise_names()
LISTED = [(path, exercise) for path in SOURCES for exercise in exercises.exercises(path)]


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


@pytest.fixture(scope="module")
def solutions():
    return {name: answer for path in SOURCES for name, answer in answers(path, solved=True).items()}


@pytest.fixture(scope="module")
def stubs():
    return {
        name: answer for path in SOURCES for name, answer in answers(path, solved=False).items()
    }


# What the course has ------------------------------------------------------------------------------


def test_there_are_enough_of_them():
    assert len(LISTED) >= 30
    assert len(NAMES) >= 24
    for path in SOURCES:
        assert len(exercises.exercises(path)) >= 5, path.name


def test_each_check_belongs_to_one_exercise():
    assert sorted(item.check for _, item in LISTED if item.check) == sorted(NAMES)
    for path in SOURCES:
        stems = {item.check.partition(".")[0] for item in exercises.exercises(path) if item.check}
        assert stems == {path.stem[3:]}


def test_numbers_go_up_and_kinds_are_mixed():
    for path in SOURCES:
        listed = exercises.exercises(path)
        chapter = int(path.stem[:2])
        assert [item.number for item in listed] == [
            f"{chapter}.{number}" for number in range(1, len(listed) + 1)
        ]
        assert len({item.kind for item in listed}) >= 3, path.name
        assert listed[-1].kind == "explain"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_each_ends_with_questions_and_folded_answers(path):
    text = exercises.read_cells(path)[-1].source
    assert text.startswith("## Check yourself")
    count = text.count("<details>")
    assert 3 <= count <= 5
    assert count == text.count("</details>") == text.count("<summary>Answer</summary>")
    assert f"(../solutions/{path.stem}.ipynb)" in text
    assert text.count("wrong") + text.count("forgets") >= count


# Right, not yet, wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_is_solved(name, solutions):
    if name not in solutions:
        pytest.skip("its solution trains a network: see the stored notebook")
    for seed in seeds(name, 5):
        result = check(name, solutions[name], seed=seed, quiet=True)
        assert result.status == SOLVED, str(result)


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_is_not_solved_yet(name, stubs):
    for seed in seeds(name, 3):
        result = check(name, stubs[name], seed=seed, quiet=True)
        assert result.status == UNSOLVED, str(result)


@pytest.mark.parametrize("name", NAMES)
def test_each_wrong_answer_gets_its_own_hint(name):
    wrong = wrong_answers(name)
    assert len(wrong) >= 2
    for answer, words in wrong:
        for seed in seeds(name, 3):
            result = check(name, answer, seed=seed, quiet=True)
            assert result.status == WRONG, f"{words!r} was {result.status}"
            assert words in result.hint, f"seed {seed}: {words!r} is not in: {result.hint}"


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
        check("pretraining.gap", endless, quiet=True)


def test_dots_inside_a_function_are_named():
    result = check("pretraining.gap", lambda own, unseen: own.mean() - ..., quiet=True)
    assert "There is still a `...`" in result.hint


def test_an_exercise_that_is_not_there_is_named():
    result = check("pretraining.free_enrgy", ..., quiet=True)
    assert not result.passed
    assert "Did you mean 'pretraining.free_energy'" in result.hint


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
    for name in sorted(set(solutions) - SLOW - {"pretraining.cd1_change"}):
        result = check(
            name,
            lambda *x, name=name: deep(TURNS[turn], solutions[name](*x)),
            seed=1,
            quiet=True,
        )
        assert result, str(result)


def in_arrays(turn, value):
    """Turn each array among a function's arguments, also those in lists and tuples."""
    if isinstance(value, tuple | list):
        return type(value)(in_arrays(turn, part) for part in value)
    return turn(value) if isinstance(value, np.ndarray) else value


INPUTS = {
    "float32": lambda value: value.astype(np.float32) if value.dtype.kind == "f" else value,
    "nested lists": np.ndarray.tolist,
    "lists of rows": list,
    "tensors": tf.constant,
    "tensors of float32": lambda value: tf.constant(INPUTS["float32"](value)),
}


@pytest.mark.parametrize("turn", INPUTS)
def test_the_solutions_are_right_for_inputs_of_any_type(turn, solutions):
    for name in FUNCTIONS:

        def turned(*arguments, name=name):
            return solutions[name](*(in_arrays(INPUTS[turn], value) for value in arguments))

        for seed in range(1 if name == "pretraining.cd1_change" else 3):
            result = check(name, turned, seed=seed, quiet=True)
            assert result, str(result)


def arguments_of(name, solution):
    """Return the arguments with which a check calls an answer first."""
    seen = []

    def watched(*arguments):
        seen.append(copy.deepcopy(arguments))
        return solution(*arguments)

    assert check(name, watched, seed=0, quiet=True)
    return seen[0]


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64])
@pytest.mark.parametrize("size", [1, 50])
def test_the_solutions_neither_wrap_round_nor_floor_whole_numbers(size, kind, solutions):
    def rounded(value):
        return np.clip(np.round(size * value.astype(float)), 0 if kind == np.uint8 else -100, 100)

    for name in FUNCTIONS:
        # It hands the picture on to a function of the check, which computes in the picture's type.
        if name == "convolutional.moves_along":
            continue
        drawn = in_arrays(rounded, arguments_of(name, solutions[name]))
        whole = in_arrays(lambda value: value.astype(kind), copy.deepcopy(drawn))
        with np.errstate(over="ignore"):  # of e^x, as in a check
            same(solutions[name](*whole), solutions[name](*drawn), name)


def same(found, expected, name):
    """Assert that two results agree, part by part where they have several."""
    if isinstance(expected, tuple | list):
        assert len(found) == len(expected), name
        for pair in zip(found, expected, strict=True):
            same(*pair, name)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=name)


def test_moves_along_measures_maps_of_bytes(solutions):
    x = np.arange(12, dtype=np.uint8).reshape(3, 4)
    mask = np.array([1, 0, 1, 0], np.uint8)
    assert solutions["convolutional.moves_along"](lambda x: x * mask, x, 1) == 11


def test_layers_may_have_sizes_of_few_bits(solutions):
    sizes = [784, 1000, 30]
    for found in (np.array(sizes, np.int16), tf.constant(sizes, tf.int16)):
        assert solutions["dense.n_parameters"](found) == 785 * 1000 + 1001 * 30


def test_several_results_may_come_in_one_array(solutions):
    for name in ("pretraining.momentum_step", "convolutional.costs"):
        assert check(name, lambda *x, name=name: np.array(solutions[name](*x)), seed=1, quiet=True)


def test_what_is_right_for_float64_alone_gets_a_hint():
    def loss_floor(x):
        x = np.clip(x, 1e-12, 1 - 1e-12)
        return -(x * np.log(x) + (1 - x) * np.log(1 - x)).sum(axis=1).mean()

    result = check("dense.loss_floor", loss_floor, seed=0, quiet=True)
    assert not result
    assert "For arrays of type float32, as the digits are: " in result.hint
    assert "0 times log 0" in result.hint


def test_solutions_give_the_digits_the_same_numbers_in_float32_and_float64(solutions):
    x = ae_lib.datasets.load_mnist(n_train=200).x_train
    z = np.random.default_rng(0).normal(0, 30, x.shape)
    cases = {
        "motivation.squared_error": (x, 0.5 * x),
        "motivation.quantise": (x, 0.0, 1.0, 3),
        "motivation.right_neighbours": (x, np.arange(200) % 3),
        "pca.variances": (x, 30),
        "dense.loss_floor": (x,),
        "dense.cross_entropy": (x, z.astype(np.float32)),
        "convolutional.convolve": (x[0].reshape(28, 28), np.eye(3, dtype=np.float32), 0.5),
    }
    for name, arguments in cases.items():
        double = [
            value.astype(np.float64) if isinstance(value, np.ndarray) else value
            for value in arguments
        ]
        if name == "motivation.right_neighbours":
            double[1] = arguments[1]
        expected, found = solutions[name](*double), solutions[name](*arguments)
        assert np.isfinite(found).all(), name
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_and_wrong_are_told_apart_under_many_seeds(name, solutions, stubs):
    """``AE_CHECK_SEEDS=400`` tries 400 of them, some minutes; a fifth where checks take long."""
    count = int(os.environ.get("AE_CHECK_SEEDS", "40"))
    for seed in range(count // 5 if name == "pretraining.cd1_change" else count):
        assert check(name, solutions[name], seed=seed, quiet=True).status == SOLVED, seed
        assert check(name, stubs[name], seed=seed, quiet=True).status == UNSOLVED, seed
        for answer, words in wrong_answers(name):
            result = check(name, answer, seed=seed, quiet=True)
            assert result.status == WRONG, f"seed {seed}: {words!r} was {result.status}"
            assert words in result.hint, f"seed {seed}: {words!r} is not in: {result.hint}"
            assert "float32" not in result.hint, f"seed {seed}: {words!r} passed in float64"


@pytest.mark.parametrize(
    ("name", "words", "seed"),
    [
        ("motivation.right_neighbours", "neighbour is wrong", 98),
        ("pretraining.free_energy", "np.logaddexp", 97),
        ("pca.largest_angle", "length 1 is not enough", 57),
        ("pca.axes", "no data went into it", 7),
        ("dense.honest_error", "simply the last", 17),
        ("initialisation.fitting_std", "The smaller the slope", 387),
        ("initialisation.fitting_std", "He's rule", 194),
    ],
)
def test_inputs_for_which_mistakes_agree_are_not_used(name, words, seed):
    answers = [answer for answer, hint in wrong_answers(name) if hint == words]
    for answer in answers:
        result = check(name, answer, seed=seed, quiet=True)
        assert words in result.hint, str(result)
        assert "float32" not in result.hint


def test_what_is_said_is_printed_once(solutions):
    said = io.StringIO()
    with redirect_stdout(said):
        result = check("pretraining.gap", solutions["pretraining.gap"])
    assert said.getvalue() == "pretraining.gap: solved.\n"
    assert result
    assert result.passed


def test_inputs_are_new_every_time():
    seen = []
    for _ in range(2):
        check("pretraining.gap", lambda own, unseen: seen.append(own.sum()), quiet=True)
    assert seen[0] != seen[1]


# The notebooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_students_notebook_holds_no_solution(path):
    student = exercises.variant_cells(path, solved=False)
    solution = exercises.variant_cells(path, solved=True)
    text = "\n".join(cell.source for cell in student)
    assert "###" not in text.replace("####", "")
    for cell in exercises.read_cells(path):
        for block in cell.source.split(exercises.BEGIN)[1:]:
            for line in block.split(exercises.END)[0].splitlines():
                assert len(line.strip()) < 12 or line.strip() not in text, line
    assert "### " not in "\n".join(cell.source for cell in solution)
    for cell in student + solution:
        if cell.cell_type == "code":
            assert not [line for line in cell.source.splitlines() if len(line) > 88]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("folder", "status"), [(exercises.STUDENT, UNSOLVED), (exercises.SOLUTION, SOLVED)]
)
def test_the_stored_notebook_ran_to_its_end(path, folder, status):
    notebook = nbformat.read(ROOT / "book" / folder / f"{path.stem}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    said = "".join(output.get("text", "") for output in outputs)
    for exercise in exercises.exercises(path):
        assert not exercise.check or f"{exercise.check}: {status}.\n" in said, exercise.check


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize("solved", [False, True])
def test_the_grading_notebook_is_one_of_nbgrader(path, solved, monkeypatch):
    monkeypatch.setattr(scripts, "digest", lambda *_: "")  # takes time, and is not looked at
    notebook = grading_notebook(path, ROOT, solved=solved)
    nbformat.validate(notebook)
    listed = exercises.exercises(path)
    graded = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    marks = [cell.metadata.nbgrader for cell in graded]
    assert all(mark.schema_version == 3 for mark in marks)
    assert len({mark.grade_id for mark in marks}) == len(marks)
    assert sum(mark.get("points", 0) for mark in marks) == sum(item.points for item in listed)
    assert len(marks) == sum(2 if item.check else 1 for item in listed)
    for cell in graded:
        hidden = "### BEGIN HIDDEN TESTS" in cell.source
        assert hidden == (cell.metadata.nbgrader.grade and not cell.metadata.nbgrader.solution)


def test_hidden_tests_decide(solutions):
    for answer, passes in [(solutions["pretraining.gap"], True), (lambda *_: 0, False)]:
        code = HIDDEN.format(name="pretraining.gap", answer="gap")
        if passes:
            exec(code, {"gap": answer})
        else:
            with pytest.raises(AssertionError, match="not right yet"):
                exec(code, {"gap": answer})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## 3.1 A\n\n★ · 5 minutes · 1 point · guess", "needs a line like"),
        ("## 3.1 A\n\n★ · 5 minutes · 1 point · improve", "one cell with"),
    ],
)
def test_sources_that_are_not_in_order_are_refused(tmp_path, text, words):
    path = tmp_path / "03_a.py"
    lines = ["# Title", "", *text.splitlines()]
    path.write_text(
        "# %% [markdown]\n"
        + "\n".join(f"# {line}" for line in lines[:1])
        + "\n\n# %% [markdown]\n"
        + "\n".join(f"# {line}" for line in lines[2:])
        + "\n"
    )
    with pytest.raises(CourseError, match=words):
        exercises.exercises(path)


def test_a_marker_alone_is_refused():
    for text in (exercises.BEGIN, exercises.END, f"{exercises.BEGIN}\n{exercises.BEGIN}"):
        with pytest.raises(CourseError, match="without its counterpart"):
            exercises.variant(text, solved=True)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_their_markdown_is_portable_and_links_lead_somewhere(path):
    for cell in exercises.variant_cells(path, solved=True) + exercises.variant_cells(
        path, solved=False
    ):
        if cell.cell_type == "markdown":
            text = prose(cell.source)
            for what, pattern in DIALECT.items():
                assert not re.search(pattern, text, flags=re.MULTILINE), f"{what}: {text}"
            for target in re.findall(r"\]\((\.\.[^)\s]+)\)", text):
                assert (ROOT / "book" / "exercises" / target).resolve().is_file(), target


SOURCE = """\
# %% [markdown]
# # Exercises to chapter 3

# %% [markdown]
# ## 3.1 One
#
# ★ · 5 minutes · 1 point · derive and code

# %%
### BEGIN SOLUTION
one = 1
### END SOLUTION
### STUB one = ...

# %%
check("pretraining.one", one)

# %% [markdown]
# ## Check yourself
#
# The solutions are elsewhere.
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one exercise, whose notebooks are not executed."""
    for folder in ("chapters/exercises", "book", "ae_lib/exercises"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ae_lib" / "__init__.py").write_text("_EXPORTS = {}\n")
    (tmp_path / "ae_lib" / "exercises" / "__init__.py").write_text("")
    (tmp_path / "ae_lib" / "exercises" / "pretraining.py").write_text("x = 1\n")
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://example.org/a/b\n")
    (tmp_path / "chapters" / "exercises" / "03_one.py").write_text(SOURCE)
    executed = []
    monkeypatch.setattr(renewal, "execute", lambda _, name, __: executed.append(name))
    assert main(["exercises"], tmp_path) == 0
    assert executed == ["chapters/exercises/03_one"] * 2
    executed.clear()
    return tmp_path, executed


def test_both_notebooks_are_written_and_then_kept(course, capsys):
    root, executed = course
    assert main(["exercises", "--check"], root) == 0
    assert main(["exercises"], root) == 0
    assert executed == []
    assert capsys.readouterr().out.count("outputs kept") == 2
    text = {
        folder: (root / "book" / folder / "03_one.ipynb").read_text()
        for folder in (exercises.STUDENT, exercises.SOLUTION)
    }
    assert "one = ..." in text["exercises"]
    assert "one = 1" in text["solutions"]
    assert "# Solutions to chapter 3" in text["solutions"]


@pytest.mark.parametrize(
    ("path", "old", "new", "words", "runs"),
    [
        ("chapters/exercises/03_one.py", "are elsewhere", "are here", "is not what", 0),
        ("chapters/exercises/03_one.py", "one = 1", "one = 2", "solutions/03_one.ipynb is", 1),
        ("ae_lib/exercises/pretraining.py", "1", "2", "is stale", 2),
    ],
)
def test_what_changed_is_named_and_mended(course, path, old, new, words, runs, capsys):
    root, executed = course
    text = (root / path).read_text()
    (root / path).write_text(text.replace(old, new))
    assert main(["exercises", "--check"], root) == 1
    said = capsys.readouterr().out
    assert words in said
    assert "make exercises" in said
    assert main(["exercises"], root) == 0
    assert len(executed) == runs
    assert main(["exercises", "--check"], root) == 0


def test_orphans_and_broken_sources_are_named(course, capsys):
    root, _ = course
    (root / "book" / "solutions" / "09_gone.ipynb").write_text("{}")
    assert main(["exercises", "--check"], root) == 1
    assert "book/solutions/09_gone.ipynb has no script" in capsys.readouterr().out
    (root / "chapters" / "exercises" / "03_one.py").write_text(SOURCE.replace("★", "*"))
    assert main(["exercises"], root) == 1
    assert "needs a line like" in capsys.readouterr().err
