"""Networks that are trained at once end where each would have ended alone, and as Keras has it."""

import numpy as np
import pytest

from ae_lib._keras import keras
from ae_lib.paper.many import (
    Many,
    class_cross_entropy,
    cross_entropy,
    squared_error,
    squared_error_linear,
    train_many,
    wrong,
)
from ae_lib.paper.networks import Layer, Network

RATES = {"momentum": [0.05, 0.1], "adam": [0.01, 0.03]}


def network(seed, sizes=(12, 5, 12), code="linear", output="logistic"):
    rng = np.random.default_rng(seed)
    kinds = [code, output]
    layers = [
        Layer(rng.normal(size=(sizes[k], sizes[k + 1])), rng.normal(size=sizes[k + 1]), kinds[k])
        for k in range(2)
    ]
    return Network(layers, 1)


def batches(seeds):
    def of_epoch(epoch):
        orders = [np.random.default_rng([seed, epoch]).permutation(100) for seed in seeds]
        return np.stack(orders).reshape(len(seeds), 10, 10).swapaxes(0, 1)

    return of_epoch


def trained(networks, x, rates, optimizer, seeds):
    many = Many(networks)
    train_many(
        many, x, None, batches(seeds), rates, optimizer=optimizer, epochs=2, loss=cross_entropy
    )
    return many


@pytest.mark.parametrize("optimizer", RATES)
def test_networks_trained_at_once_end_where_each_ends_alone(optimizer, x):
    together = trained([network(0), network(1)], x, RATES[optimizer], optimizer, [5, 6])
    for place, rate in enumerate(RATES[optimizer]):
        alone = trained([network(place)], x, [rate], optimizer, [5 + place])
        for first, second in zip(
            together.network(place).variables, alone.network(0).variables, strict=True
        ):
            np.testing.assert_allclose(first, second, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("optimizer", RATES)
def test_optimisers_are_those_of_keras(optimizer, x):
    rate = RATES[optimizer][0]
    many = trained([network(0)], x, [rate], optimizer, [5])
    model = keras.Sequential(
        [keras.Input((12,)), keras.layers.Dense(5), keras.layers.Dense(12, "sigmoid")]
    )
    model.set_weights([item.numpy() for item in network(0).variables])
    made = {"momentum": keras.optimizers.SGD(rate, momentum=0.9),
            "adam": keras.optimizers.Adam(rate)}[optimizer]  # fmt: skip
    model.compile(made, lambda x, y: 12 * keras.losses.binary_crossentropy(x, y))
    for epoch in range(2):
        for rows in batches([5])(epoch)[:, 0]:
            model.train_on_batch(x[rows], x[rows])
    for first, second in zip(many.network(0).variables, model.get_weights(), strict=True):
        np.testing.assert_allclose(first, second, rtol=2e-3, atol=2e-4)


def test_measures_are_means_over_rows(x):
    networks = [network(0), network(1)]
    many = Many(networks)
    expected = [((each.predict(x) - x) ** 2).sum(axis=1).mean() for each in networks]
    np.testing.assert_allclose(many.mean(squared_error, x), expected, rtol=1e-5)
    classes = np.eye(12, dtype=np.float32)[np.argmax(x, axis=1)]
    expected = [np.mean(each.predict(x).argmax(1) != x.argmax(1)) for each in networks]
    np.testing.assert_allclose(many.mean(wrong, x, classes), expected, rtol=1e-5)


def test_classifiers_learn_their_classes(x):
    classes = np.eye(2, dtype=np.float32)[(x[:, 0] > 0.5).astype(int)]
    many = Many([network(0, (12, 8, 2), "relu", "softmax")])
    before = many.mean(wrong, x, classes)
    train_many(
        many, x, classes, batches([0]), [0.02], optimizer="adam", epochs=30,
        loss=class_cross_entropy,
    )  # fmt: skip
    assert many.mean(wrong, x, classes) < before / 2


def test_masked_inputs_are_hidden_from_the_network_and_not_from_the_loss(x):
    first, second = (Many([network(0)]) for _ in range(2))
    for many, masked in ((first, 0.0), (second, 1.0)):
        train_many(
            many, x, None, batches([0]), [0.05], optimizer="momentum", epochs=1,
            loss=cross_entropy, masked=masked,
        )  # fmt: skip
    # With everything masked no weight of the first layer gets a gradient; output biases do.
    np.testing.assert_array_equal(second.weights[0][0], network(0).layers[0].weights)
    assert not np.allclose(first.weights[0][0], network(0).layers[0].weights)
    assert not np.allclose(second.biases[1][0, 0], network(0).layers[1].bias)


def test_noise_has_a_number(x):
    ends = []
    for noise in (0, 0, 1):
        many = Many([network(0)])
        train_many(
            many, x, None, batches([0]), [0.05], optimizer="momentum", epochs=1,
            loss=cross_entropy, masked=0.5, noise=noise,
        )  # fmt: skip
        ends.append(many.weights[0].numpy())
    np.testing.assert_array_equal(ends[0], ends[1])
    assert not np.allclose(ends[0], ends[2])


def test_decay_is_the_gradient_of_half_the_squared_weights(x):
    many = Many([network(0), network(0)])
    train_many(
        many, x, None, lambda epoch: np.arange(100)[None, None], [0.01] * 2,
        optimizer="momentum", epochs=1, loss=cross_entropy, decay=[0.0, 0.5],
    )  # fmt: skip
    for weights, start in zip(many.weights, network(0).layers, strict=True):
        np.testing.assert_allclose(
            weights[1] - weights[0], -0.01 * 0.5 * start.weights, rtol=1e-3, atol=1e-5
        )
    for bias in many.biases:
        np.testing.assert_allclose(bias[0], bias[1], rtol=1e-6)


def test_linear_outputs_have_half_the_squared_error(x):
    inputs = np.zeros((1, *x.shape), np.float32)
    np.testing.assert_allclose(
        squared_error_linear(x, inputs)[0], (x**2).sum(axis=1) / 2, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("networks", "message"),
    [([], "at least one"), ([network(0), network(0, (12, 4, 12))], "the same layers")],
)
def test_networks_of_other_shapes_are_refused(networks, message):
    with pytest.raises(ValueError, match=message):
        Many(networks)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"rates": [0.1, 0.1]}, "rates must have 1"), ({"optimizer": "sgd"}, "optimizer must be")],
)
def test_settings_that_do_not_fit_are_refused(change, message, x):
    settings = {"rates": [0.1], "optimizer": "adam"} | change
    with pytest.raises(ValueError, match=message):
        train_many(
            Many([network(0)]), x, None, batches([0]), settings["rates"],
            optimizer=settings["optimizer"], epochs=1, loss=cross_entropy,
        )  # fmt: skip
