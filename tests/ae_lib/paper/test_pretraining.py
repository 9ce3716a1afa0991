"""Pretraining that is killed goes on with the same numbers."""

import numpy as np
import pytest

from ae_lib.paper.pretraining import pretrain_resumably
from tests.ae_lib.paper.runs import make_run

SHARED = {"n_iter": 2, "batch_size": 20, "learning_rate": 0.1, "code_learning_rate": 0.001}


def test_pretraining_resumes_in_the_middle_of_a_layer(x, tmp_path, monkeypatch):
    one, other = make_run(tmp_path / "one"), make_run(tmp_path / "other")
    whole, errors, _ = pretrain_resumably(one, x, [6, 3], **SHARED)

    from ae_lib import _checkpoints

    class KilledError(Exception):
        pass

    store = _checkpoints.store

    def store_then_die(path, rbm, trained_on):
        store(path, rbm, trained_on)
        if path.name == "layer_2.npz":
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(_checkpoints, "store", store_then_die)
        with pytest.raises(KilledError):
            pretrain_resumably(other, x, [6, 3], **SHARED)
    stored = []
    with monkeypatch.context() as patch:
        patch.setattr(
            _checkpoints,
            "store",
            lambda path, *rest: stored.append(path.name) or store(path, *rest),
        )
        resumed, errors_resumed, _ = pretrain_resumably(other, x, [6, 3], **SHARED)
    assert stored == ["layer_2.npz"]  # its second epoch, and nothing of the first layer
    assert errors_resumed == errors
    np.testing.assert_array_equal(resumed.encode(x), whole.encode(x))
