"""Curves repeat for a seed, and no ink is lost."""

import numpy as np

from ae_lib.paper.data.curves import make_curves


def test_curves_are_the_same_for_a_seed_and_others_for_another():
    one = make_curves(20, 0)
    np.testing.assert_array_equal(one, make_curves(20, 0))
    assert not np.array_equal(one, make_curves(20, 1))
    assert one.shape == (20, 784)
    assert one.dtype == np.float32
    assert one.min() == 0
    assert one.max() <= 1


def test_ink_is_kept_where_nothing_is_cut_off():
    pictures = make_curves(200, 0, ink=0.05)
    # The blur's weights add up to one, and no drop falls outside.
    np.testing.assert_allclose(pictures.sum(axis=1), 60 * 0.05, rtol=1e-4)
