"""Networks compute what they are described to compute."""

import numpy as np
import pytest

from ae_lib import pretrain, unroll
from ae_lib.paper.networks import random_autoencoder, unrolled


def test_unrolled_network_is_the_one_that_the_library_unrolls(x):
    stack = pretrain(x, [6, 3], n_iter=2, random_state=0, batch_size=20)
    network = unrolled(stack)
    np.testing.assert_allclose(network.predict(x), unroll(stack).predict(x, verbose=0), atol=1e-6)
    np.testing.assert_allclose(network.encode(x), stack.encode(x), atol=1e-6)
    np.testing.assert_allclose(network.decode(stack.encode(x)), network.predict(x), atol=1e-6)


@pytest.mark.parametrize(
    ("deviation", "variance"), [(0.5, 0.25), ("glorot", 2 / 1400), ("he", 2 / 1000)]
)
def test_random_weights_have_the_variance_that_their_rule_says(deviation, variance):
    network = random_autoencoder((1000, 400, 3), deviation, np.random.default_rng(0))
    assert network.layers[0].weights.numpy().var() == pytest.approx(variance, rel=0.02)
    assert [layer.activation for layer in network.layers] == [
        "logistic", "linear", "logistic", "logistic",
    ]  # fmt: skip
    assert not network.layers[0].bias.numpy().any()
