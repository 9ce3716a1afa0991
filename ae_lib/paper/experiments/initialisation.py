"""The paper's reason to exist: deep autoencoders from pretrained and from random weights."""

import dataclasses

import numpy as np

from ae_lib.datasets import load_mnist
from ae_lib.metrics import squared_error
from ae_lib.paper.data.curves import make_curves
from ae_lib.paper.images import pretrained
from ae_lib.paper.networks import random_autoencoder
from ae_lib.paper.run import Draw, describe
from ae_lib.paper.training import FineTuning, cross_entropy, train

HEADER = {
    "unit": "squared error per picture",
    # The paper reports in words: without pretraining, deep autoencoders reconstruct the mean.
    "published": {},
}


@dataclasses.dataclass(frozen=True)
class DataSettings:
    """One of the two networks and its data.

    Parameters
    ----------
    layers : tuple of int
    n_train, n_validation, n_test : int
        Validation pictures are set aside only while settings are chosen.
    momentum, adam : FineTuning
        The same training from all initial weights: gradient descent with momentum, then Adam.
    pretraining_epochs, pretraining_batch_size : int
    learning_rate, code_learning_rate : float
        Of pretraining.
    """

    layers: tuple
    n_train: int
    n_validation: int
    n_test: int
    momentum: FineTuning
    adam: FineTuning
    pretraining_epochs: int
    pretraining_batch_size: int = 100
    learning_rate: float = 0.1
    code_learning_rate: float = 0.001


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    curves, digits : DataSettings
    starts : dict
        By name: standard deviation of the random weights, or the rule for it.
    """

    curves: DataSettings
    digits: DataSettings
    starts: dict


_DEVIATIONS = {"small": 0.01, "large": 1.0, "glorot": "glorot"}
_MOMENTUM = FineTuning(epochs=20, batch_size=100, learning_rate=0.01, optimizer="momentum")
SETTINGS = {
    "paper": Settings(
        curves=DataSettings(
            layers=(400, 200, 100, 50, 25, 6),
            n_train=20_000,
            n_validation=2_000,
            n_test=10_000,
            momentum=_MOMENTUM,
            adam=FineTuning(epochs=20, batch_size=100),
            pretraining_epochs=20,
        ),
        digits=DataSettings(
            layers=(1000, 500, 250, 30),
            n_train=60_000,
            n_validation=10_000,
            n_test=10_000,
            momentum=dataclasses.replace(_MOMENTUM, epochs=8),
            adam=FineTuning(epochs=8),
            pretraining_epochs=10,
        ),
        starts=_DEVIATIONS,
    ),
    "smoke": Settings(
        curves=DataSettings(
            layers=(40, 6),
            n_train=200,
            n_validation=100,
            n_test=100,
            momentum=dataclasses.replace(_MOMENTUM, epochs=1),
            adam=FineTuning(epochs=1, batch_size=100),
            pretraining_epochs=1,
        ),
        digits=DataSettings(
            layers=(40, 30),
            n_train=200,
            n_validation=100,
            n_test=100,
            momentum=dataclasses.replace(_MOMENTUM, epochs=1),
            adam=FineTuning(epochs=1, batch_size=100),
            pretraining_epochs=1,
        ),
        starts=_DEVIATIONS,
    ),
}


def run_experiment(run):
    """Run it: a record for each data set, optimiser and kind of initial weights.

    Methods are named ``curves_adam_pretrained`` and so on. Arrays have the errors by epoch; the
    first is that before any training.
    """
    records, arrays = [], {}
    for data in ("curves", "digits"):
        settings = getattr(run.settings, data)
        # Each data set has layers and checkpoints of its own.
        own = dataclasses.replace(run, checkpoints=run.folder / data, settings=settings)
        x_train, x_watched = _load(data, settings, run.choose)
        part = "validation" if run.choose else "test"
        for kind in ("pretrained", *run.settings.starts):
            for optimizer in ("momentum", "adam"):
                network, seconds_before = _initial_network(own, kind, run.settings.starts, x_train)

                def measure(network=network, x=x_watched):
                    return squared_error(x, network.predict(x))

                first = measure()
                history, seconds = train(
                    own, f"{optimizer}_{kind}", network, x_train, None,
                    getattr(settings, optimizer), cross_entropy, measures={part: measure},
                )  # fmt: skip
                method = f"{data}_{optimizer}_{kind}"
                records.append(
                    run.record(
                        method, **{part: history[part][-1]}, seconds=seconds_before + seconds,
                        settings=describe(run.settings),
                    )
                )  # fmt: skip
                arrays[f"epochs_{method}"] = np.float32([first, *history[part]])
    return records, arrays


def _load(data, settings, choose):
    """Return pictures to train on and pictures to watch, of curves or of digits."""
    if data == "curves":
        if choose:
            x = make_curves(settings.n_train + settings.n_validation, [0, 1])
            return x[: settings.n_train], x[settings.n_train :]
        x_test = make_curves(settings.n_test, [0, 2])
        return make_curves(settings.n_train, [0, 1]), x_test
    n_validation = settings.n_validation if choose else 0
    n_train = min(settings.n_train, 60_000 - n_validation)
    digits = load_mnist(n_train=n_train, n_validation=n_validation)
    return digits.x_train, digits.x_validation if choose else digits.x_test[: settings.n_test]


def _initial_network(own, kind, deviations, x_train):
    """Return a network with its initial weights, and the seconds of pretraining."""
    if kind == "pretrained":
        network, _, seconds = pretrained(own, x_train, own.settings)
        return network, seconds
    sizes = (x_train.shape[1], *own.settings.layers)
    return random_autoencoder(sizes, deviations[kind], own.rng(Draw.AUTOENCODER_WEIGHTS)), 0.0
