"""PCA and logistic PCA are those of scikit-learn and of the paper."""

import numpy as np
import pytest

from ae_lib.datasets import load_mnist
from ae_lib.paper.baselines import logistic_pca, pca_errors
from ae_lib.paper.data.curves import make_curves
from ae_lib.paper.experiments import curves, digits
from ae_lib.paper.training import FineTuning
from tests.ae_lib.paper.runs import make_run


def test_logistic_pca_comes_to_the_regressions_that_scikit_learn_finds(tmp_path):
    """For its own codes, each pixel of the trained decoder is a logistic regression."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    # One number cannot tell six independent bits, so no regression is perfect.
    x = rng.integers(0, 2, (500, 6)).astype(np.float32)
    settings = FineTuning(epochs=400, batch_size=100, learning_rate=0.01)
    network, _ = logistic_pca(make_run(tmp_path), "test", x, 1, settings)
    found = network.encode(x)
    differences = []
    for pixel in range(6):
        model = LogisticRegression(C=np.inf).fit(found, x[:, pixel])
        expected = model.predict_proba(found)[:, 1]
        differences.append(np.abs(network.predict(x)[:, pixel] - expected).mean())
    # The bit that the code tells is certain: its regression has no finite weights.
    assert sorted(differences)[-2] < 0.002


def test_pca_of_digits_has_the_papers_error():
    data = load_mnist()
    _, errors = pca_errors(data.x_train, 30, {"test": data.x_test, "validation": None})
    assert errors["test"] == pytest.approx(digits.HEADER["published"]["pca_30"], abs=0.005)
    assert set(errors) == {"train", "test"}


def test_pca_of_curves_is_near_the_papers():
    x_train, x_test = make_curves(20_000, [0, 1]), make_curves(10_000, [0, 2])
    _, errors = pca_errors(x_train, 18, {"test": x_test})
    assert errors["test"] == pytest.approx(curves.HEADER["published"]["pca_18"], abs=0.15)
