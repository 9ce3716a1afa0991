"""The experiment on faces sees the training people alone, repeats, and goes on."""

import numpy as np
import pytest

from ae_lib._keras import tf
from ae_lib.paper.data import faces as data
from ae_lib.paper.data.faces import load_patches, make_faces
from ae_lib.paper.experiments import faces
from ae_lib.paper.turned_faces import TurnedFaces
from tests.ae_lib.paper.runs import faces_run


def test_new_patches_are_of_the_training_people_alone_and_standardised(tmp_path, monkeypatch):
    people = make_faces(5)
    others = people.copy()
    others[3:] = 1 - others[3:]
    drawn = []
    for pictures in (people, others):
        monkeypatch.setattr(data, "load_faces", lambda data_home, pictures=pictures: pictures)
        run = faces_run(tmp_path, made_up=False)
        _, standardisation = load_patches(run)
        change = faces._new_patches(run, standardisation, mixed=True)
        x, targets = change(tf.zeros((4000, 625)), None, tf.constant([0, 1]))
        np.testing.assert_array_equal(x, targets)
        drawn.append(x.numpy())
    np.testing.assert_array_equal(*drawn)
    assert drawn[0].mean() == pytest.approx(0, abs=0.1)
    assert drawn[0].var(axis=0).mean() == pytest.approx(1, abs=0.2)


@pytest.mark.slow
def test_a_modern_run_goes_on_where_it_was_killed(tmp_path, monkeypatch):
    settings = {
        "people": (3, 1, 1), "patches": 110, "n_components": 6, "n_train_measured": 1100,
        "made_up": True,
    }  # fmt: skip
    whole, arrays = faces.run_experiment(faces_run(tmp_path / "a", preset="modern", **settings))
    transform, calls = TurnedFaces.transform, []

    def third_call_is_killed(self, patches):
        calls.append(len(patches))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return transform(self, patches)

    killed = faces_run(tmp_path / "b", preset="modern", **settings)
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
    records, arrays = faces.run_experiment(faces_run(tmp_path / "one"))
    again, arrays_again = faces.run_experiment(faces_run(tmp_path / "two"))
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
