"""The shapes of layers are listed, those of networks inside a network too."""

import pytest

from ae_lib import layer_shapes
from tests.ae_lib.plots.figures import CONVOLUTIONAL, WITH_VECTORS


def test_layer_shapes_list_a_network_and_the_networks_inside_it():
    from ae_lib._keras import keras

    layers = keras.layers
    same = {"padding": "same"}
    encoder = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, **same),
            layers.Conv2D(8, 3, **same),
            layers.MaxPooling2D(),
        ]
    )
    middle = [layers.Flatten(), layers.Dense(30), layers.Dense(1568), layers.Reshape((14, 14, 8))]
    decoder = [
        layers.Conv2DTranspose(8, 3, **same),
        layers.UpSampling2D(),
        layers.Conv2DTranspose(1, 3, **same),
    ]
    whole = keras.Sequential([encoder, keras.Sequential(middle), *decoder])
    assert layer_shapes(encoder) == CONVOLUTIONAL[:4]
    assert layer_shapes(whole) == WITH_VECTORS


def test_layer_shapes_name_what_is_wrong():
    from ae_lib._keras import keras

    with pytest.raises(ValueError, match="'empty', which is not built"):
        layer_shapes(keras.Sequential([keras.layers.Dense(3)], name="empty"))
    with pytest.raises(TypeError, match=r"keras.Sequential. Received: list"):
        layer_shapes([1, 2])
