"""Patches of faces are cut and split as said; people stay apart."""

import dataclasses
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ae_lib.paper import faces
from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.faces import SETTINGS, load_faces, load_parts, make_patches
from ae_lib.paper.run import Run


def make_run(tmp_path, *, preset="smoke", data_home=None, choose=False, **changes):
    settings = dataclasses.replace(SETTINGS[preset], **changes)
    return Run(
        "faces", preset, 0, settings, tmp_path / "out", tmp_path / "checkpoints", data_home,
        choose=choose,
    )  # fmt: skip


def test_patches_are_the_same_for_the_same_seed_and_differ_for_another():
    pictures = faces.make_faces(1)
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


def test_mirrors_change_input_and_target_and_noise_the_input_alone():
    rows = np.random.default_rng(0).normal(size=(200, 625)).astype(np.float32)
    mirrored = rows.reshape(-1, 25, 25)[:, :, ::-1].reshape(rows.shape)
    x, targets = map(np.asarray, faces.changed(rows, [0, 1], True, 0.0))
    np.testing.assert_array_equal(x, targets)
    turned = (x == mirrored).all(axis=1)
    assert 60 < turned.sum() < 140
    np.testing.assert_array_equal(x[~turned], rows[~turned])
    x, targets = map(np.asarray, faces.changed(rows, [0, 1], False, 0.5))
    np.testing.assert_array_equal(targets, rows)
    assert (x - rows).std() == pytest.approx(0.5, rel=0.01)


@pytest.mark.slow
def test_a_run_gives_the_same_numbers_again_and_records_its_settings(tmp_path):
    records, arrays = faces.run_experiment(make_run(tmp_path / "one"))
    again, arrays_again = faces.run_experiment(make_run(tmp_path / "two"))
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, arrays_again[name])
    autoencoder, pca = records
    assert (autoencoder["method"], pca["method"]) == ("autoencoder", "pca_30")
    assert autoencoder["test"] == again[0]["test"]
    assert autoencoder["ratio"]["test"] == autoencoder["test"] / pca["test"]
    assert autoencoder["settings"]["fine_tuning"]["epochs"] == 2
    assert autoencoder["settings"]["mirrored"] is True
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
