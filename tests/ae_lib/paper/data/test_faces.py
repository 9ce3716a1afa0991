"""People stay apart, and training patches alone standardise all patches."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.data import faces
from ae_lib.paper.data.faces import load_faces, load_patches
from tests.ae_lib.paper.runs import faces_run


def test_people_are_apart_and_training_patches_decide_mean_and_factor(tmp_path, monkeypatch):
    # Each person is a grey value of their own.
    pictures = np.arange(5.0).reshape(5, 1, 1, 1) * np.ones((1, 10, 64, 64))
    monkeypatch.setattr(faces, "load_faces", lambda data_home: pictures)
    parts, _ = load_patches(faces_run(tmp_path, made_up=False))
    assert [len(x) for x in (parts.train, parts.validation, parts.test)] == [600, 200, 200]
    np.testing.assert_allclose(parts.train.mean(axis=0), 0, atol=1e-5)
    assert parts.train.var(axis=0).mean() == pytest.approx(1, rel=1e-5)
    greys = [set(np.unique(x.round(3))) for x in (parts.train, parts.validation, parts.test)]
    assert [len(values) for values in greys] == [3, 1, 1]
    assert len(set.union(*greys)) == 5


def test_while_settings_are_chosen_the_test_people_are_not_read(tmp_path):
    parts, _ = load_patches(faces_run(tmp_path, choose=True))
    assert parts.test is None
    assert set(parts.held_out()) == {"validation"}


def test_too_few_people_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "load_faces", lambda data_home: np.zeros((4, 10, 64, 64)))
    with pytest.raises(ValueError, match=r"at most 4\. Received: \(3, 1, 1\)"):
        load_patches(faces_run(tmp_path, made_up=False))


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


@pytest.mark.skipif("AE_DATA_HOME" not in os.environ, reason="AE_DATA_HOME names no data")
def test_pca_of_the_real_patches_has_about_the_error_of_the_paper(tmp_path):
    home = Path(os.environ["AE_DATA_HOME"])
    # A tenth of the patches of each face is enough for the error to be as good as that of all.
    parts, _ = load_patches(faces_run(tmp_path, preset="paper", patches=41, data_home=home))
    assert [len(x) for x in (parts.train, parts.validation, parts.test)] == [10_250, 2050, 4100]
    _, errors = pca_errors(parts.train, 30, parts.held_out())
    assert errors["test"] == pytest.approx(135, rel=0.03)
    assert errors["train"] < errors["validation"] < errors["test"]
