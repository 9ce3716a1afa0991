"""Progress bars show epochs and losses, and leave nothing behind."""

import functools
import re

import numpy as np
import pytest

from ae_lib import RBM, ProgressBar, progress
from ae_lib._keras import keras


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


def fit_rbm():
    RBM(2, n_iter=3, batch_size=4, random_state=0, verbose=1).fit(np.zeros((8, 2)))


@pytest.mark.parametrize("again", [fit_with_bar, fit_rbm])
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
            fit_rbm()

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
