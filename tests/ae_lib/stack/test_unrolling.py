"""A stack unrolls to an autoencoder that computes the same, and that Keras trains and stores."""

import numpy as np
import pytest

from ae_lib import pretrain, unroll
from ae_lib._keras import keras
from tests.ae_lib.stack.small_stacks import (
    KINDS,
    digits,
    down,
    inputs_for,
    random_rbm,
    stack_by_hand,
    up,
)


@pytest.mark.parametrize(("visible", "code"), KINDS)
def test_unrolled_and_not_trained_it_is_the_mean_field_pass(visible, code):
    stack, x = stack_by_hand(visible, code), inputs_for(visible)
    codes = up(stack, x.astype(np.float64))
    autoencoder = unroll(stack)
    encoder, decoder = autoencoder.get_layer("encoder"), autoencoder.get_layer("decoder")
    close = {"rtol": 2e-6, "atol": 2e-6}
    np.testing.assert_allclose(encoder.predict(x, verbose=0), codes, **close)
    np.testing.assert_allclose(decoder.predict(codes, verbose=0), down(stack, codes), **close)
    np.testing.assert_allclose(autoencoder.predict(x, verbose=0), down(stack, codes), **close)


def test_fine_tuning_unties_encoder_and_decoder_and_leaves_the_stack_alone():
    x = digits()
    stack = pretrain(x, [7, 3], n_iter=2, random_state=0)
    learnt = [rbm.components_.copy() for rbm in stack.rbms]
    autoencoder = unroll(stack)
    up_1, up_2 = autoencoder.get_layer("encoder").layers
    down_2, down_1 = autoencoder.get_layer("decoder").layers
    pairs = [(up_1, down_1), (up_2, down_2)]
    for above, below in pairs:
        np.testing.assert_array_equal(above.get_weights()[0], below.get_weights()[0].T)
    autoencoder.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    autoencoder.fit(x, x, epochs=2, batch_size=10, verbose=0)
    for (above, below), weights in zip(pairs, learnt, strict=True):
        kernel, back = above.get_weights()[0], below.get_weights()[0]
        assert np.abs(kernel - weights.T).max() > 1e-3
        assert np.abs(back - weights).max() > 1e-3
        assert np.abs(kernel - back.T).max() > 1e-3
    for rbm, weights in zip(stack.rbms, learnt, strict=True):
        np.testing.assert_array_equal(rbm.components_, weights)


# Keras asks NumPy for its variables in a way that NumPy warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_saved_and_loaded_it_is_the_same_and_has_the_same_halves(tmp_path):
    x = inputs_for("bernoulli")
    autoencoder = unroll(stack_by_hand("bernoulli", "gaussian"))
    autoencoder.compile("adam", "binary_crossentropy")
    autoencoder.fit(x, x, epochs=1, verbose=0)
    autoencoder.save(tmp_path / "autoencoder.keras")
    loaded = keras.models.load_model(tmp_path / "autoencoder.keras")
    encoder, decoder = loaded.get_layer("encoder"), loaded.get_layer("decoder")
    codes = encoder.predict(x, verbose=0)
    np.testing.assert_array_equal(codes, autoencoder.get_layer("encoder").predict(x, verbose=0))
    expected = autoencoder.predict(x, verbose=0)
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)
    np.testing.assert_array_equal(decoder.predict(codes, verbose=0), expected)
    assert isinstance(encoder, keras.Model)
    assert isinstance(decoder, keras.Model)
    # What is trained when the whole is trained are the halves' own weights.
    halves = [*encoder.trainable_variables, *decoder.trainable_variables]
    assert [id(weights) for weights in loaded.trainable_variables] == [id(part) for part in halves]


def test_only_a_stack_can_be_unrolled():
    with pytest.raises(TypeError, match="Received: list"):
        unroll([random_rbm(3, 2)])
