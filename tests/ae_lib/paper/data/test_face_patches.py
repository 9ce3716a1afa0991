"""Patches of faces are cut as the recipe says."""

import numpy as np

from ae_lib.paper.data.face_patches import make_patches, mirrored
from ae_lib.paper.data.faces import make_faces


def test_patches_are_the_same_for_the_same_seed_and_differ_for_another():
    pictures = make_faces(1)
    first, again = (make_patches(pictures, 5, [0, 1]) for _ in range(2))
    assert first.shape == (50, 625)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, make_patches(pictures, 5, [0, 2]))
    # Between pixels values lie between those of the pixels.
    assert first.min() >= pictures.min()
    assert first.max() <= pictures.max()


def test_patches_show_the_middle_turned_and_enlarged():
    # On a slope the grey value tells the place, and bilinear interpolation is exact.
    middle = 31.5
    down, right = np.meshgrid(np.arange(64.0), np.arange(64.0), indexing="ij")
    patches = make_patches(np.array([[down - middle]]), 200, 0).reshape(-1, 25, 25)
    across = make_patches(np.array([[right - middle]]), 200, 0).reshape(-1, 25, 25)
    # One step in a patch is two pixels of the enlarged picture.
    step = np.hypot(np.diff(patches, axis=1), np.diff(across, axis=1))
    np.testing.assert_allclose(step, np.broadcast_to(step[:, :1, :1], step.shape), rtol=1e-3)
    scales = 2 / step[:, 0, 0]
    assert 1.4 <= scales.min() < 1.45
    assert 1.75 < scales.max() <= 1.8001
    angles = np.rad2deg(
        np.arctan2(np.diff(across, axis=1)[:, 0, 0], np.diff(patches, axis=1)[:, 0, 0])
    )
    assert -90.01 <= angles.min() < -85
    assert 85 < angles.max() <= 90.01
    # Every second of 50 pixels: the middle of those kept is half a pixel off that of the 50.
    offset = np.hypot(patches[:, 12, 12], across[:, 12, 12])
    np.testing.assert_allclose(offset, np.hypot(0.5, 0.5) / scales, rtol=1e-2)


def test_mirrored_patches_are_input_and_target():
    rows = np.random.default_rng(0).normal(size=(200, 625)).astype(np.float32)
    turned_over = rows.reshape(-1, 25, 25)[:, :, ::-1].reshape(rows.shape)
    x, targets = map(np.asarray, mirrored(rows, rows, [0, 1]))
    np.testing.assert_array_equal(x, targets)
    changed = (x == turned_over).all(axis=1)
    assert 60 < changed.sum() < 140
    np.testing.assert_array_equal(x[~changed], rows[~changed])
