"""What tests of the paper's experiments share."""

import numpy as np
import pytest


@pytest.fixture
def x():
    return np.random.default_rng(0).random((100, 12), np.float32)
