"""Pretraining: each RBM learns from the one below, with its own settings, seed and bar."""

import re
import warnings
import weakref
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ae_lib import RBM, Stack, pretrain, progress, set_seed
from ae_lib.stack import pretraining
from tests.ae_lib.stack.small_stacks import assert_same, digits


@pytest.mark.slow
def test_each_rbm_learns_from_the_probabilities_of_the_one_below():
    inputs = digits()
    stack = pretrain(inputs, [7, 5, 3], n_iter=2, batch_size=20, random_state=0)
    for rbm in stack.rbms:
        alone = RBM(**rbm.get_params()).fit(inputs)
        assert_same(Stack([rbm]), Stack([alone]))
        inputs = rbm.transform(inputs)


@pytest.mark.slow
def test_settings_reach_the_rbms_they_are_for():
    x = np.random.default_rng(0).normal(size=(100, 9))
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
    given = {"n_iter": 2, "momentum": 0.4, "weight_decay": 0.001, "batch_size": 30}
    rates = {"learning_rate": 0.05, "visible_learning_rate": 0.002, "code_learning_rate": 0.003}
    stack = pretrain(x, [7, 5, 3], visible="gaussian", **given, **rates)
    assert [rbm.n_components for rbm in stack.rbms] == [7, 5, 3]
    assert [rbm.visible for rbm in stack.rbms] == ["gaussian", "bernoulli", "bernoulli"]
    assert [rbm.hidden for rbm in stack.rbms] == ["bernoulli", "bernoulli", "gaussian"]
    assert [rbm.learning_rate for rbm in stack.rbms] == [0.002, 0.05, 0.003]
    for rbm in stack.rbms:
        assert given.items() <= rbm.get_params().items()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layers", "visible", "code", "rates"),
    [
        ([5, 4, 3], "bernoulli", "gaussian", [0.1, 0.1, 0.001]),
        ([5, 4, 3], "bernoulli", "bernoulli", [0.1, 0.1, 0.1]),
        ([5, 4, 3], "gaussian", "gaussian", [0.001, 0.1, 0.001]),
        ([3], "bernoulli", "gaussian", [0.001]),
        ([3], "bernoulli", "bernoulli", [0.1]),
        ([3], "gaussian", "bernoulli", [0.001]),
    ],
)
def test_gaussian_units_learn_at_a_smaller_rate_by_default(layers, visible, code, rates):
    x = digits()
    if visible == "gaussian":
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    stack = pretrain(x, layers, visible=visible, code=code, n_iter=1)
    assert [rbm.learning_rate for rbm in stack.rbms] == rates


def test_each_layer_has_a_seed_of_its_own_that_does_not_depend_on_the_layers_above():
    x = digits(n_visible=6)
    three = pretrain(x, [6, 6, 6], code="bernoulli", n_iter=1, random_state=5)
    two = pretrain(x, [6, 6], code="bernoulli", n_iter=1, random_state=5)
    other = pretrain(x, [6, 6], code="bernoulli", n_iter=1, random_state=6)
    seeds = [rbm.random_state for rbm in three.rbms]
    assert len({*seeds, *(rbm.random_state for rbm in other.rbms)}) == 5
    assert_same(two, Stack(three.rbms[:2]))
    first, second, third = (rbm.components_ for rbm in three.rbms)
    assert min(np.abs(a - b).max() for a, b in [(first, second), (second, third)]) > 0.01


def test_a_sequence_of_seeds_has_one_for_each_rbm():
    seeds = [rbm.random_state for rbm in pretrain(digits(), [5, 2], n_iter=1, random_state=5).rbms]
    given = pretrain(digits(), [5, 2], n_iter=1, random_state=np.array(seeds))
    assert_same(given, pretrain(digits(), [5, 2], n_iter=1, random_state=5))


def test_without_a_seed_the_courses_seed_decides():
    x, stacks = digits(), []
    for seed in (1, 1, 2):
        set_seed(seed)
        stacks.append(pretrain(x, [5, 2], n_iter=1))
    assert_same(stacks[0], stacks[1])
    assert np.abs(stacks[0].rbms[0].components_ - stacks[2].rbms[0].components_).max() > 0.01


@pytest.mark.slow
def test_activations_of_one_layer_at_a_time_are_kept(monkeypatch):
    made, alive = [], []

    class Watched(RBM):
        def train(self, inputs, **how):
            alive.append([reference() is not None for reference in made])
            return super().train(inputs, **how)

        def transform(self, inputs):
            outputs = super().transform(inputs)
            made.append(weakref.ref(outputs))
            return outputs

    monkeypatch.setattr(pretraining, "RBM", Watched)
    pretrain(digits(), [7, 6, 5, 3], n_iter=1, random_state=0)
    assert alive == [[], [True], [False, True], [False, False, True]]


def test_the_bar_says_which_layer_and_which_epoch(capsys, monkeypatch):
    monkeypatch.delenv("AE_PROGRESS", raising=False)
    # By default a bar is drawn ten times a second at most, and this training is faster.
    monkeypatch.setattr(progress, "tqdm", partial(progress.tqdm, mininterval=0))
    pretrain(digits(), [7, 5, 3], n_iter=4, random_state=0, verbose=1)
    written = capsys.readouterr().err
    for layer in (1, 2, 3):
        assert re.search(rf"layer {layer} of 3: 100%\|\S* 4/4 ", written)
    pretrain(digits(), [3], n_iter=4, random_state=0, verbose=1, description="digits")
    assert re.search(r"digits: layer 1 of 1: 100%", capsys.readouterr().err)
    pretrain(digits(), [7, 5, 3], n_iter=4, random_state=0)
    assert capsys.readouterr() == ("", "")


def test_data_that_are_not_standardised_are_warned_of_once_at_the_callers_line():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pretrain(digits(), [5, 2], visible="gaussian", n_iter=1)
    assert [warning.filename for warning in caught] == [__file__]
    assert "X should be standardised" in str(caught[0].message)


def test_a_batch_larger_than_the_data_is_warned_of_once_at_the_callers_line():
    with pytest.warns(UserWarning, match="batch_size should be at most 50") as caught:
        pretrain(digits()[:50], [4, 3], n_iter=1, random_state=0)
    assert len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.filterwarnings("ignore:X should be standardised")
def test_a_layer_that_diverges_is_named():
    x = 1000 * digits()
    with pytest.raises(FloatingPointError, match=r"layer 1 of 2: .*diverged in epoch \d"):
        pretrain(x, [5, 2], visible="gaussian", visible_learning_rate=1)
    with pytest.raises(FloatingPointError, match=r"layer 2 of 2: .*diverged in epoch \d"):
        pretrain(digits(), [5, 2], code_learning_rate=1000.0)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"layers": 30}, TypeError, r"layers must be a sequence.*Received: 30"),
        ({"layers": "30"}, TypeError, r"layers must be a sequence.*Received: '30'"),
        ({"layers": []}, ValueError, "layers must have at least one size"),
        ({"layers": [7, 0]}, ValueError, "each of layers must be at least 1. Received: 0"),
        ({"layers": [7, 3.0]}, TypeError, r"each of layers must be an integer. Received: 3.0"),
        ({"code": "multinomial"}, ValueError, "code must be .*Received: 'multinomial'"),
        ({"visible": "binary"}, ValueError, "visible must be .*Received: 'binary'"),
        ({"visible": "gaussian", "layers": [3]}, ValueError, "[Gg]aussian"),
        ({"learning_rate": -0.1}, ValueError, "-0.1"),
        ({"code_learning_rate": -0.1}, ValueError, "-0.1"),
        ({"visible_learning_rate": np.nan}, ValueError, "nan"),
        ({"n_iter": 1.5}, TypeError, "n_iter.*1.5"),
        ({"momentum": 1.5}, ValueError, "momentum.*1.5"),
        ({"weight_decay": -1}, ValueError, "weight_decay.*-1"),
        ({"batch_size": 0}, ValueError, "batch_size.*0"),
        ({"random_state": -1}, ValueError, "random_state must be at least 0. Received: -1"),
        ({"random_state": 0.5}, TypeError, "random_state must be an integer. Received: 0.5"),
        ({"random_state": [1, 2, 3]}, ValueError, r"one for each of 2 layers. Received: \[1, 2, 3"),
        ({"random_state": [1, -2]}, ValueError, "each of random_state must be at least 0"),
        ({"save_every": -1}, ValueError, "save_every must be at least 0. Received: -1"),
        ({"data": digits()[0]}, ValueError, "2D array, got 1D"),
        ({"data": np.rint(255 * digits())}, ValueError, "divided by 255"),
        ({"data": digits() * np.nan}, ValueError, "NaN|finite"),
        ({"data": digits(0)}, ValueError, "empty|0 sample|at least"),
        ({"checkpoint": "folder", "random_state": None}, ValueError, "needs a random_state"),
    ],
)
def test_what_is_wrong_is_named_before_any_work(arguments, error, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(RBM, "train", lambda *_, **__: pytest.fail("work began"))
    settings = {"data": digits(), "layers": [7, 3], "random_state": 0, "batch_size": 20}
    settings |= {"checkpoint": "folder"} | arguments
    with pytest.raises(error, match=words):
        pretrain(**settings)
    assert not Path("folder").exists()


def test_a_refused_call_draws_no_random_number():
    np.random.seed(0)
    with pytest.raises(ValueError, match="n_iter"):
        pretrain(digits(), [3], n_iter=-1)
    drawn = np.random.rand()
    np.random.seed(0)
    assert drawn == np.random.rand()
