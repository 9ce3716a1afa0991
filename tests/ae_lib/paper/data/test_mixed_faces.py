"""Mixtures of faces vary as the training people's pictures do, and are cut as the recipe says."""

import numpy as np

from ae_lib._keras import tf
from ae_lib.paper.data import face_patches
from ae_lib.paper.data.face_patches import places
from ae_lib.paper.data.faces import make_faces
from ae_lib.paper.data.mixed_faces import MixedFaces, interpolated


def test_mixtures_vary_as_the_training_pictures_and_their_mirrors_do():
    pictures = make_faces(4).reshape(-1, 64, 64)
    drawn = MixedFaces(make_faces(4)).pictures(4000, [0, 1]).numpy()
    both = np.concatenate([pictures, pictures[:, :, ::-1]])
    np.testing.assert_allclose(drawn.mean(axis=0), both.mean(axis=0), atol=0.05)
    # Of the same energy in the same directions: the share along each principal component.
    components = np.linalg.svd((both - both.mean(axis=0)).reshape(len(both), -1))[2][:10]
    energy, expected = (
        np.square((x - both.mean(axis=0)).reshape(len(x), -1) @ components.T).mean(axis=0)
        for x in (drawn, both)
    )
    np.testing.assert_allclose(energy, expected, rtol=0.1)


def distances(drawn, pictures):
    """Of each drawn face to the nearest picture or its mirror, as a share of what is usual."""
    flat = np.concatenate([pictures, pictures[..., ::-1]]).reshape(-1, 64 * 64)
    usual = np.median(np.linalg.norm(flat[:, None] - flat, axis=2))
    return np.linalg.norm(drawn.reshape(-1, 1, 64 * 64) - flat, axis=2).min(axis=1) / usual


def test_mixtures_reach_from_near_a_picture_to_far_from_all():
    pictures = make_faces(4).reshape(40, 64, 64)
    found = distances(MixedFaces(make_faces(4)).pictures(300, [0, 1]).numpy(), pictures)
    assert found.min() < 0.15
    assert found.max() > 0.5
    assert (found > 0.01).all()


def test_faces_that_are_not_mixed_are_the_pictures_and_their_mirrors():
    pictures = make_faces(4).reshape(40, 64, 64)
    drawn = MixedFaces(make_faces(4), mixed=False).pictures(200, [0, 1]).numpy()
    assert distances(drawn, pictures).max() < 1e-5
    as_they_are = (np.abs(drawn[:, None] - pictures).max(axis=(2, 3)) < 1e-5).any(axis=1)
    assert 60 < as_they_are.sum() < 140


def test_grey_values_between_pixels_are_those_of_the_recipe():
    pictures = make_faces(1)[0, :4]
    rng = np.random.default_rng(0)
    angle, scale = rng.uniform(-1.5, 1.5, (4, 1)), rng.uniform(1.4, 1.8, (4, 1))
    rows, columns = (np.float32(values) for values in places(angle, scale, np, (64, 64)))
    found = interpolated(tf.constant(pictures), tf.constant(rows), tf.constant(columns))
    for picture, row, column, patch in zip(pictures, rows, columns, found, strict=True):
        expected = face_patches._interpolated(picture, row, column)
        np.testing.assert_allclose(patch, expected, atol=1e-5)


def test_patches_of_mixtures_are_cut_as_the_recipe_cuts(monkeypatch):
    # On a slope the grey value tells the place: the pose of a patch is read off its pixels.
    down, right = np.meshgrid(np.arange(64.0), np.arange(64.0), indexing="ij")
    cut = []
    for slope in (down - 31.5, right - 31.5):
        mixed = MixedFaces(make_faces(1))
        monkeypatch.setattr(
            mixed, "pictures", lambda n, seed, s=slope: tf.constant(np.float32([s] * n))
        )
        cut.append(mixed.patches(300, [0, 1]).numpy().reshape(-1, 25, 25))
    step = [np.diff(values, axis=1)[:, 0, 0] for values in cut]
    scale = 2 / np.hypot(*step)
    assert 1.4 <= scale.min() < 1.45
    assert 1.75 < scale.max() <= 1.8001
    angle = np.arctan2(step[1], step[0])
    assert -np.pi / 2 - 1e-3 <= angle.min() < -1.4
    assert 1.4 < angle.max() <= np.pi / 2 + 1e-3
    assert abs(np.corrcoef(angle, scale)[0, 1]) < 0.2
    for k in range(3):
        rows, columns = places(np.array([[angle[k]]]), np.array([[scale[k]]]), np, (64, 64))
        np.testing.assert_allclose(cut[0][k].ravel(), rows[0] - 31.5, atol=0.02)
        np.testing.assert_allclose(cut[1][k].ravel(), columns[0] - 31.5, atol=0.02)
