"""The paper's classifier of digits, 784-500-500-2000-10: with and without pretraining."""

import dataclasses

import numpy as np

from ae_lib._keras import tf
from ae_lib.datasets import load_mnist
from ae_lib.paper.networks import Layer, Network, random_layers
from ae_lib.paper.run import Draw, describe
from ae_lib.paper.training import FineTuning, train

HEADER = {
    "unit": "share of digits with a wrong label, in per cent",
    "published": {"pretrained": 1.2, "random": 1.6, "support_vector_machine": 1.4},
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    layers : tuple of int
        Hidden units of each RBM.
    n_train, n_validation, n_test : int
        Validation digits are set aside only while settings are chosen.
    output_layer : FineTuning
        Training of the output layer alone, before all layers (pretrained network only).
    pretrained, random : FineTuning
        Training of all layers, from pretrained and from random weights.
    pretraining_epochs, pretraining_batch_size : int
    learning_rate : float
        Of pretraining.
    start : float or {"glorot", "he"}
        Initial weights of the network without pretraining.
    """

    layers: tuple
    n_train: int
    n_validation: int
    n_test: int
    output_layer: FineTuning
    pretrained: FineTuning
    random: FineTuning
    pretraining_epochs: int
    pretraining_batch_size: int = 100
    learning_rate: float = 0.1
    start: float | str = "glorot"


SETTINGS = {
    "paper": Settings(
        layers=(500, 500, 2000),
        n_train=60_000,
        n_validation=10_000,
        n_test=10_000,
        output_layer=FineTuning(epochs=5),
        pretrained=FineTuning(epochs=30, learning_rate=0.0003),
        random=FineTuning(epochs=30, learning_rate=0.001),
        pretraining_epochs=30,
    ),
    "smoke": Settings(
        layers=(40, 30),
        n_train=500,
        n_validation=200,
        n_test=200,
        output_layer=FineTuning(epochs=1, batch_size=100),
        pretrained=FineTuning(epochs=2, batch_size=100),
        random=FineTuning(epochs=2, batch_size=100),
        pretraining_epochs=2,
    ),
}


def label_cross_entropy(targets, inputs):
    """Cross-entropy per row of labels given as numbers, from what comes into softmax units."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=inputs)


def error_rate(network, x, y):
    """Return how many labels are wrong, in per cent."""
    return 100 * float(np.mean(network.predict(x).argmax(axis=1) != y))


def run_experiment(run):
    """Run it: records for both kinds of initial weights, and the errors by epoch as arrays."""
    settings = run.settings
    n_validation = settings.n_validation if run.choose else 0
    n_train = min(settings.n_train, 60_000 - n_validation)
    digits = load_mnist(n_train=n_train, n_validation=n_validation)
    part = "validation" if run.choose else "test"
    x, y = getattr(digits, f"x_{part}"), getattr(digits, f"y_{part}")
    x, y = x[: settings.n_test], y[: settings.n_test]
    records, arrays = [], {}
    for method, make in (("pretrained", _pretrained), ("random", _random)):
        network, seconds_before = make(run, digits)
        history, seconds = train(
            run, method, network, digits.x_train, digits.y_train, getattr(settings, method),
            label_cross_entropy,
            measures={part: lambda network=network: error_rate(network, x, y)},
        )  # fmt: skip
        errors = {"train": error_rate(network, digits.x_train, digits.y_train)}
        errors[part] = error_rate(network, x, y)
        records.append(
            run.record(
                method, **errors, seconds=seconds_before + seconds, settings=describe(settings)
            )
        )
        arrays |= {f"epochs_{method}_{name}": np.float32(v) for name, v in history.items()}
    return records, arrays


def _pretrained(run, digits):
    """Return the network after pretraining and training of its output layer, and the seconds."""
    settings = run.settings
    stack = run.pretrain(
        digits.x_train, settings.layers, code="bernoulli",
        n_iter=settings.pretraining_epochs, batch_size=settings.pretraining_batch_size,
        learning_rate=settings.learning_rate,
    )  # fmt: skip
    layers = [Layer(rbm.components_.T, rbm.intercept_hidden_, "logistic") for rbm in stack.rbms]
    output = random_layers(
        (settings.layers[-1], 10), ["softmax"], 0.01, run.rng(Draw.OUTPUT_LAYER_WEIGHTS)
    )
    network = Network([*layers, *output], len(layers))
    # What the layers below give does not change while they are not trained.
    top = Network(output, 0)
    _, seconds_output = train(
        run, "output_layer", top, network.encode(digits.x_train), digits.y_train,
        settings.output_layer, label_cross_entropy,
    )  # fmt: skip
    return network, stack.seconds + seconds_output


def _random(run, digits):
    """Return the network with random weights, and no seconds."""
    settings = run.settings
    sizes = (digits.x_train.shape[1], *settings.layers, 10)
    kinds = [*["logistic"] * len(settings.layers), "softmax"]
    layers = random_layers(sizes, kinds, settings.start, run.rng(Draw.CLASSIFIER_WEIGHTS))
    return Network(layers, len(settings.layers)), 0.0
