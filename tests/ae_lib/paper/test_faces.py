"""Patches of faces are cut and split as said; people stay apart."""

import dataclasses
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ae_lib._keras import tf
from ae_lib.metrics import squared_error
from ae_lib.paper import face_patches, faces
from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.face_patches import load_faces, make_faces, make_patches, places
from ae_lib.paper.faces import SETTINGS, load_parts
from ae_lib.paper.mixed_faces import MixedFaces, interpolated
from ae_lib.paper.run import Run
from ae_lib.paper.turned_faces import TurnedFaces


def make_run(tmp_path, *, preset="smoke", data_home=None, choose=False, **changes):
    settings = dataclasses.replace(SETTINGS[preset], **changes)
    return Run(
        "faces", preset, 0, settings, tmp_path / "out", tmp_path / "checkpoints", data_home,
        choose=choose,
    )  # fmt: skip


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


def test_people_are_apart_and_training_patches_decide_mean_and_factor(tmp_path, monkeypatch):
    # Each person is a grey value of their own.
    pictures = np.arange(5.0).reshape(5, 1, 1, 1) * np.ones((1, 10, 64, 64))
    monkeypatch.setattr(faces, "load_faces", lambda data_home: pictures)
    parts = load_parts(make_run(tmp_path, made_up=False))
    assert [len(x) for x in (parts.train, parts.validation, parts.test)] == [600, 200, 200]
    np.testing.assert_allclose(parts.train.mean(axis=0), 0, atol=1e-5)
    assert parts.train.var(axis=0).mean() == pytest.approx(1, rel=1e-5)
    greys = [set(np.unique(x.round(3))) for x in (parts.train, parts.validation, parts.test)]
    assert [len(values) for values in greys] == [3, 1, 1]
    assert len(set.union(*greys)) == 5


def test_while_settings_are_chosen_the_test_people_are_not_read(tmp_path):
    parts = load_parts(make_run(tmp_path, choose=True))
    assert parts.test is None
    assert set(parts.others()) == {"validation"}


def test_too_few_people_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "load_faces", lambda data_home: np.zeros((4, 10, 64, 64)))
    with pytest.raises(ValueError, match=r"at most 4\. Received: \(3, 1, 1\)"):
        load_parts(make_run(tmp_path, made_up=False))


def test_faces_are_put_in_the_order_of_people(monkeypatch):
    target = np.random.default_rng(0).permutation(np.repeat(np.arange(40), 10))
    images = target[:, None, None] * np.ones((1, 64, 64), np.float32)

    def fetch(**arguments):
        assert arguments == {"data_home": None, "download_if_missing": False}
        return SimpleNamespace(images=images, target=target)

    monkeypatch.setattr("sklearn.datasets.fetch_olivetti_faces", fetch)
    found = load_faces()
    assert found.shape == (40, 10, 64, 64)
    assert (found == np.arange(40).reshape(40, 1, 1, 1)).all()


def test_missing_faces_are_not_downloaded_and_the_message_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"fetch_olivetti_faces.*--data-home"):
        load_faces(tmp_path / "empty")


def test_mirrored_patches_are_input_and_target():
    rows = np.random.default_rng(0).normal(size=(200, 625)).astype(np.float32)
    turned_over = rows.reshape(-1, 25, 25)[:, :, ::-1].reshape(rows.shape)
    x, targets = map(np.asarray, faces.mirrored(rows, rows, [0, 1]))
    np.testing.assert_array_equal(x, targets)
    changed = (x == turned_over).all(axis=1)
    assert 60 < changed.sum() < 140
    np.testing.assert_array_equal(x[~changed], rows[~changed])


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


def test_new_patches_are_of_the_training_people_alone_and_standardised(tmp_path, monkeypatch):
    people = make_faces(5)
    others = people.copy()
    others[3:] = 1 - others[3:]
    drawn = []
    for pictures in (people, others):
        monkeypatch.setattr(faces, "load_faces", lambda data_home, pictures=pictures: pictures)
        run = make_run(tmp_path, made_up=False)
        change = faces._new_patches(run, load_parts(run), mixed=True)
        x, targets = change(tf.zeros((4000, 625)), None, tf.constant([0, 1]))
        np.testing.assert_array_equal(x, targets)
        drawn.append(x.numpy())
    np.testing.assert_array_equal(*drawn)
    assert drawn[0].mean() == pytest.approx(0, abs=0.1)
    assert drawn[0].var(axis=0).mean() == pytest.approx(1, abs=0.2)


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


@pytest.mark.slow
def test_a_modern_run_goes_on_where_it_was_killed(tmp_path, monkeypatch):
    settings = {
        "people": (3, 1, 1), "patches": 110, "n_components": 6, "n_train_measured": 1100,
        "made_up": True,
    }  # fmt: skip
    whole, arrays = faces.run_experiment(make_run(tmp_path / "a", preset="modern", **settings))
    transform, calls = TurnedFaces.transform, []

    def third_call_is_killed(self, patches):
        calls.append(len(patches))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return transform(self, patches)

    killed = make_run(tmp_path / "b", preset="modern", **settings)
    monkeypatch.setattr(TurnedFaces, "transform", third_call_is_killed)
    with pytest.raises(KeyboardInterrupt):
        faces.run_experiment(killed)
    records, arrays_again = faces.run_experiment(killed)
    # Three parts, the call that was killed, ten for the figure: nothing is done twice.
    assert sum(calls) == 3 * 1100 + 1000 + 10
    for one, other in zip(whole, records, strict=True):
        assert [one[part] for part in ("train", "validation", "test")] == [
            other[part] for part in ("train", "validation", "test")
        ]
    for name, array in arrays.items():
        np.testing.assert_array_equal(arrays_again[name], array)


@pytest.mark.slow
def test_a_run_gives_the_same_numbers_again_and_records_its_settings(tmp_path):
    records, arrays = faces.run_experiment(make_run(tmp_path / "one"))
    again, arrays_again = faces.run_experiment(make_run(tmp_path / "two"))
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, arrays_again[name])
    autoencoder, poses, recipe, pca = records
    assert [record["method"] for record in records] == [
        "autoencoder", "autoencoder_poses", "autoencoder_recipe", "pca_30",
    ]  # fmt: skip
    assert autoencoder["unrolled"] == poses["unrolled"] == recipe["unrolled"]
    assert len({record["test"] for record in records}) == 4
    assert autoencoder["test"] == again[0]["test"]
    assert autoencoder["ratio"]["test"] == autoencoder["test"] / pca["test"]
    assert autoencoder["settings"]["fine_tuning"]["epochs"] == 2
    assert arrays["patches"].shape == arrays["reconstructions_pca_30"].shape == (10, 625)
    assert len(np.unique(arrays["patches"], axis=0)) == 10


@pytest.mark.skipif("AE_DATA_HOME" not in os.environ, reason="AE_DATA_HOME names no data")
def test_pca_of_the_real_patches_has_about_the_error_of_the_paper(tmp_path):
    home = Path(os.environ["AE_DATA_HOME"])
    # A tenth of the patches of each face is enough for the error to be as good as that of all.
    parts = load_parts(make_run(tmp_path, preset="paper", patches=41, data_home=home))
    assert [len(x) for x in (parts.train, parts.validation, parts.test)] == [10_250, 2050, 4100]
    _, errors = pca_errors(parts.train, 30, parts.others())
    assert errors["test"] == pytest.approx(135, rel=0.03)
    assert errors["train"] < errors["validation"] < errors["test"]
