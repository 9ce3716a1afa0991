"""Seeds make runs repeat, and bad ones are refused."""

import os
import random
import subprocess
import sys

import numpy as np
import pytest

import ae_lib
from ae_lib import seeds, set_seed
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
