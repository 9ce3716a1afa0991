"""What the tests of stacks share."""

import pytest

from ae_lib import RBM, pretrain
from tests.ae_lib.stack.small_stacks import RUN, digits


@pytest.fixture(scope="module")
def uninterrupted():
    return pretrain(digits(), **RUN)


@pytest.fixture
def fitted(monkeypatch):
    """The sizes of the RBMs that were trained."""
    sizes, train = [], RBM.train

    def watched(rbm, x, **how):
        sizes.append(rbm.n_components)
        return train(rbm, x, **how)

    monkeypatch.setattr(RBM, "train", watched)
    return sizes
