"""What the tests of the RBM share."""

import pytest

from ae_lib import set_seed


@pytest.fixture(scope="module", autouse=True)
def deterministic_operations():
    """Everything here has to work with TensorFlow's deterministic operations."""
    set_seed(0)
