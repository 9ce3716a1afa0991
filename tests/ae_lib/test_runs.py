"""Seeds make runs repeat; progress bars show themselves and leave nothing."""

import functools
import os
import random
import re
import subprocess
import sys

import numpy as np
import pytest

import ae_lib
from ae_lib import RBM, ProgressBar, progress, seeds, set_seed
from ae_lib._keras import keras


def train():
    set_seed(5)
    model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(4, activation="relu")])
    model.compile(loss="mse", optimizer="adam")
    x = np.random.rand(64, 6)
    history = model.fit(x, x[:, :4], batch_size=16, epochs=3, verbose=0)
    return history.history["loss"], model.get_weights(), random.random()


def test_a_seed_makes_training_repeat_exactly():
    losses, weights, drawn = train()
    losses_again, weights_again, drawn_again = train()
    assert losses == losses_again
    assert drawn == drawn_again
    for first, second in zip(weights, weights_again, strict=True):
        np.testing.assert_array_equal(first, second)


def test_another_seed_gives_other_numbers():
    draws = set()
    for seed in range(3):
        set_seed(seed)
        draws.add((random.random(), np.random.rand(), float(keras.random.uniform(()))))
    assert len({draw[0] for draw in draws}) == 3
    assert len({draw[1] for draw in draws}) == 3
    assert len({draw[2] for draw in draws}) == 3


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_environment_names_the_seed_of_the_course():
    code = "import ae_lib; print(ae_lib.SEED, ae_lib.set_seed())"
    assert run(code, AE_SEED="11").stdout.split() == ["11", "11"]
    refused = run(code, AE_SEED="-1")
    assert refused.returncode != 0
    assert "AE_SEED must be a whole number" in refused.stderr
    assert "'-1'" in refused.stderr


def test_without_the_environment_the_seed_is_zero():
    if "AE_SEED" not in os.environ:
        assert ae_lib.SEED == 0


@pytest.mark.slow
def test_importing_tensorflow_through_the_course_writes_nothing():
    done = run("from ae_lib import ProgressBar, set_seed; set_seed()")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (2**32, ValueError), (1.5, TypeError), ("1", TypeError)]
)
def test_bad_seeds_are_refused(seed, error):
    with pytest.raises(error, match=r"seed must be.*Received"):
        set_seed(seed)


@pytest.mark.parametrize("text", ["", " 1", "1.0", "٣", str(2**32)])
def test_bad_seeds_in_the_environment_are_refused(text):
    with pytest.raises(ValueError, match="AE_SEED must be"):
        seeds._read_seed(text)


def fit_with_bar():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    x = np.zeros((8, 2))
    model.fit(x, x[:, :1], validation_split=0.5, epochs=3, verbose=0, callbacks=[ProgressBar("hi")])


def test_progress_shows_epochs_and_losses_and_is_cleared(capsys, monkeypatch):
    monkeypatch.delenv("AE_PROGRESS", raising=False)
    # Every step is drawn, however quickly it follows the one before.
    monkeypatch.setattr(progress, "tqdm", functools.partial(progress.tqdm, mininterval=0))
    fit_with_bar()
    written = capsys.readouterr().err
    assert "hi" in written
    assert "3/3" in written
    assert "val_loss" in written
    # The last thing written overwrites the bar with spaces.
    assert written.split("\r")[-2].strip() == ""


def test_progress_can_be_silenced(capsys, monkeypatch):
    monkeypatch.setenv("AE_PROGRESS", "0")
    fit_with_bar()
    assert capsys.readouterr().err == ""


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


def interrupted(*callbacks):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    x = np.zeros((8, 2))
    with pytest.raises(KeyboardInterrupt) as kept:
        model.fit(x, x[:, :1], epochs=3, verbose=0, callbacks=[*callbacks, Stop()])
    return kept  # as IPython keeps the traceback, and the bar with it


def fit_machine():
    RBM(2, n_iter=3, batch_size=4, random_state=0, verbose=1).fit(np.zeros((8, 2)))


@pytest.mark.parametrize("again", [fit_with_bar, fit_machine])
def test_after_an_interruption_the_next_bar_has_a_clean_line(again, capsys, monkeypatch):
    monkeypatch.delenv("AE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "tqdm", functools.partial(progress.tqdm, mininterval=0))
    kept = [interrupted(ProgressBar("first")), interrupted(ProgressBar("second"))]
    capsys.readouterr()
    again()
    written = capsys.readouterr().err
    assert "3/3" in written
    assert "\n" not in written
    assert "\x1b" not in written
    assert kept


def test_a_bar_can_be_used_again_after_an_interruption(capsys, monkeypatch):
    monkeypatch.delenv("AE_PROGRESS", raising=False)
    bar = ProgressBar("again")
    kept = [interrupted(bar), interrupted(bar)]
    assert "\n" not in capsys.readouterr().err
    assert kept


def test_a_bar_comes_back_after_another_one_within_its_epoch(capsys, monkeypatch):
    class Inner(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            fit_machine()

    monkeypatch.delenv("AE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "tqdm", functools.partial(progress.tqdm, mininterval=0))
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    x = np.zeros((8, 2))
    model.fit(x, x[:, :1], epochs=4, verbose=0, callbacks=[Inner(), ProgressBar("outer")])
    written = capsys.readouterr().err
    assert "RBM" in written
    assert re.search(r"outer: +100%.* 4/4 ", written)
    assert "\n" not in written
    assert "\x1b" not in written
