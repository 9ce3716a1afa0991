"""Solutions pass for inputs of any type, stubs are not solved, wrong answers get their hints."""

import copy
import os

import numpy as np
import pytest

import ae_lib
from ae_lib._keras import tf
from ae_lib.exercises import SOLVED, UNSOLVED, WRONG, check
from tests.book.answers import FUNCTIONS, NAMES, seeds, wrong_answers

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


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_and_wrong_are_told_apart_under_many_seeds(name, solutions, stubs):
    """``AE_CHECK_SEEDS=400`` tries 400 of them, some minutes; a fifth where checks take long."""
    count = int(os.environ.get("AE_CHECK_SEEDS", "40"))
    for seed in range(count // 5 if name == "rbm.cd1_change" else count):
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
        ("rbm.free_energy", "np.logaddexp", 97),
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


# Inputs of any type -------------------------------------------------------------------------------


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

        for seed in range(1 if name == "rbm.cd1_change" else 3):
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
