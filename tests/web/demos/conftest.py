"""Digits and their PCA, for the demos' data."""

import numpy as np
import pytest

from ae_lib import load_mnist
from web.demos import trained


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def digits():
    return load_mnist()


@pytest.fixture(scope="session")
def pca(digits):
    return trained.fit_pca(digits.x_train, 64)
