"""A stack passes data up and codes down, unrolls without a change, and refuses what is none."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from ae_lib import RBM, Stack
from tests.ae_lib.stack.small_stacks import KINDS, down, inputs_for, random_rbm, stack_by_hand, up


@pytest.mark.parametrize(("visible", "code"), KINDS)
def test_encode_and_decode_are_the_mean_field_passes(visible, code):
    stack, x = stack_by_hand(visible, code), inputs_for(visible)
    codes = up(stack, x.astype(np.float64))
    np.testing.assert_allclose(stack.encode(x), codes, rtol=2e-6, atol=2e-6)
    np.testing.assert_allclose(stack.decode(codes), down(stack, codes), rtol=2e-6, atol=2e-6)
    assert stack.sizes == (9, 7, 5, 3)
    assert stack.encode(x).dtype == stack.decode(codes).dtype == np.float32


@pytest.mark.parametrize(
    ("rbms", "error", "words"),
    [
        (lambda: [], ValueError, "at least one RBM"),
        (lambda: [random_rbm(3, 2), "rbm"], TypeError, "Received: str"),
        (lambda: [random_rbm(3, 2), RBM(2)], NotFittedError, "not fitted"),
        (lambda: [random_rbm(5, 4), random_rbm(3, 2)], ValueError, "1 .*2 .*Received: 4 and 3"),
        (
            lambda: [random_rbm(5, 4, hidden="gaussian"), random_rbm(4, 2)],
            ValueError,
            "hidden='gaussian' and visible='bernoulli'",
        ),
        (
            lambda: [random_rbm(5, 4), random_rbm(4, 2, visible="gaussian")],
            ValueError,
            "hidden='bernoulli' and visible='gaussian'",
        ),
    ],
)
def test_rbms_that_are_no_stack_are_refused(rbms, error, words):
    with pytest.raises(error, match=words):
        Stack(rbms())
