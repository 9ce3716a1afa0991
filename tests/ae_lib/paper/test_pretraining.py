"""Pretraining that is killed goes on with the same numbers."""

import numpy as np
import pytest

from ae_lib.stack import checkpoints
from tests.ae_lib.paper.runs import make_run

SHARED = {"n_iter": 2, "batch_size": 20, "learning_rate": 0.1, "code_learning_rate": 0.001}


def test_pretraining_resumes_in_the_middle_of_a_layer(x, tmp_path, monkeypatch):
    one, other = make_run(tmp_path / "one"), make_run(tmp_path / "other")
    whole = one.pretrain(x, [6, 3], **SHARED)

    class KilledError(Exception):
        pass

    store = checkpoints.store

    def store_then_die(path, *rest):
        store(path, *rest)
        if path.name == "layer_2.npz":
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "store", store_then_die)
        with pytest.raises(KilledError):
            other.pretrain(x, [6, 3], **SHARED)
    stored = []
    with monkeypatch.context() as patch:
        patch.setattr(
            checkpoints,
            "store",
            lambda path, *rest: stored.append(path.name) or store(path, *rest),
        )
        resumed = other.pretrain(x, [6, 3], **SHARED)
    assert stored == ["layer_2.npz"]  # its second epoch, and nothing of the first layer
    for rbm, other in zip(resumed.rbms, whole.rbms, strict=True):
        assert rbm.reconstruction_error_ == other.reconstruction_error_
    np.testing.assert_array_equal(resumed.encode(x), whole.encode(x))
