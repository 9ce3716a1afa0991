"""Digits are moved and divided as said."""

import numpy as np
import pytest

from ae_lib._keras import tf
from ae_lib.datasets import load_mnist
from ae_lib.paper.experiments import digits
from tests.ae_lib.paper.runs import make_run


@pytest.mark.parametrize("part", ["paper", "modern"])
def test_while_settings_are_chosen_the_test_set_is_not_read(tmp_path, part):
    run = make_run(tmp_path, digits.SETTINGS[part], choose=True)
    parts = digits.load_parts(run)
    assert parts.test is None
    assert len(parts.train) == 50_000
    assert len(parts.validation) == 10_000


def test_pictures_move_as_a_whole_by_at_most_the_shift():
    pictures = load_mnist(n_train=200).x_train.copy()
    moved, target = (value.numpy() for value in digits.shifted(pictures, tf.constant([0, 1]), 1))
    np.testing.assert_array_equal(moved, target)
    wide = np.pad(pictures.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)))
    moves = set()
    for k in range(200):
        found = [
            (down, right)
            for down in range(3)
            for right in range(3)
            if np.array_equal(
                wide[k, down : down + 28, right : right + 28], moved[k].reshape(28, 28)
            )
        ]
        assert found
        moves.add(found[0])
    assert len(moves) == 9
