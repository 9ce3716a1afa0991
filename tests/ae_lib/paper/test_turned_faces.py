"""Codes of turned faces are the nearest ones, and better than as many components."""

import numpy as np
import pytest

from ae_lib.metrics import squared_error
from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.data.face_patches import make_patches
from ae_lib.paper.data.faces import make_faces
from ae_lib.paper.turned_faces import TurnedFaces


@pytest.fixture(scope="module")
def turned():
    return TurnedFaces(n_components=12).fit(make_faces(4))


def test_a_turned_face_is_drawn_as_the_recipe_cuts_it(turned):
    # The upright face of a code, cut by the recipe at the pose that the code names.
    numbers = np.random.default_rng(1).normal(size=10)
    upright = (turned.mean_ + numbers @ turned.components_).reshape(1, 1, 64, 64)
    patch = make_patches(upright, 1, 5)
    rng = np.random.default_rng(5)
    pose = [np.deg2rad(rng.uniform(-90, 90)), rng.uniform(1.4, 1.8)]
    drawn = turned.inverse_transform([[*pose, *numbers]])
    np.testing.assert_allclose(drawn, patch, atol=1e-4)


def test_the_code_of_a_face_that_can_be_drawn_is_found_again(turned):
    rng = np.random.default_rng(2)
    angle = rng.uniform(-1.5, 1.5, (40, 1))
    codes = np.hstack([angle, rng.uniform(1.4, 1.8, (40, 1)), rng.normal(size=(40, 10))])
    patches = turned.inverse_transform(codes)
    found = turned.transform(patches)
    error = ((turned.inverse_transform(found) - patches) ** 2).sum(axis=1)
    assert np.median(error) < 1e-3 * patches.var(axis=0).sum()
    assert np.median(abs(found[:, 0] - codes[:, 0])) < 0.02


def test_no_code_nearby_is_better(turned):
    patches = make_patches(make_faces(5)[4:], 3, 0)
    codes = turned.transform(patches).astype(float)
    best = ((turned.inverse_transform(codes) - patches) ** 2).sum(axis=1)
    rng = np.random.default_rng(3)
    for size in (0.003, 0.03):
        moved = codes + size * rng.normal(size=codes.shape)
        error = ((turned.inverse_transform(moved) - patches) ** 2).sum(axis=1)
        assert (error >= best).mean() > 0.95


def test_new_faces_are_described_better_than_by_pca_with_as_many_numbers(turned):
    pictures = make_faces(6)
    pca, _ = pca_errors(make_patches(pictures[:4], 40, 0), 12, {})
    patches = make_patches(pictures[4:], 10, 1)
    error = squared_error(patches, turned.inverse_transform(turned.transform(patches)))
    assert error < squared_error(patches, pca.inverse_transform(pca.transform(patches)))


@pytest.mark.parametrize("n_components", [2, 82])
def test_turned_faces_refuse_a_code_that_cannot_be(n_components):
    with pytest.raises(ValueError, match=f"number of faces, 80. Received: {n_components}"):
        TurnedFaces(n_components).fit(make_faces(4))
