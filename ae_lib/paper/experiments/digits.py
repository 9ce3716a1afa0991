"""Fig. 2B: handwritten digits, 784-1000-500-250-30; and the best that is known today."""

import dataclasses

import numpy as np

from ae_lib._files import warn_if_unwritten
from ae_lib._keras import tf
from ae_lib.datasets import load_mnist
from ae_lib.metrics import squared_error
from ae_lib.paper.data.parts import Parts
from ae_lib.paper.images import Settings, autoencoder_against_pca
from ae_lib.paper.networks import random_autoencoder
from ae_lib.paper.run import Draw, describe, write_arrays
from ae_lib.paper.training import FineTuning, logistic_squared, train

HEADER = {
    "unit": "squared error per picture",
    "published": {"autoencoder": 3.00, "logistic_pca_30": 8.01, "pca_30": 13.87},
}


@dataclasses.dataclass(frozen=True)
class ModernSettings:
    """The same data, code and unit, and anything in between that is known today.

    Parameters
    ----------
    layers : tuple of int
        Hidden units of the encoder, the code last; the decoder mirrors them.
    n_train, n_validation, n_test : int
    training : FineTuning
    shift : int
        While training, pictures are moved at random by up to this many pixels each way.
    """

    layers: tuple
    n_train: int
    n_validation: int
    n_test: int
    training: FineTuning
    shift: int


SETTINGS = {
    "paper": Settings(
        layers=(1000, 500, 250, 30),
        n_train=60_000,
        n_validation=10_000,
        n_test=10_000,
        fine_tuning=FineTuning(epochs=60),
        logistic_pca=FineTuning(epochs=60, learning_rate=0.01),
        logistic_components=(30,),
        pca_components=(30,),
    ),
    "modern": ModernSettings(
        layers=(1500, 700, 300, 30),
        n_train=60_000,
        n_validation=10_000,
        n_test=10_000,
        training=FineTuning(epochs=100, optimizer="adamw", weight_decay=0.01),
        shift=1,
    ),
    "smoke": Settings(
        layers=(40, 30),
        n_train=500,
        n_validation=200,
        n_test=100,
        fine_tuning=FineTuning(epochs=2, batch_size=100),
        logistic_pca=FineTuning(epochs=2, batch_size=100),
        logistic_components=(30,),
        pca_components=(30,),
        pretraining_epochs=2,
    ),
}


def load_parts(run):
    """Return the digits of a run: while settings are chosen, validation and no test."""
    settings = run.settings
    n_validation = settings.n_validation if run.choose else 0
    n_train = min(settings.n_train, 60_000 - n_validation)
    digits = load_mnist(n_train=n_train, n_validation=n_validation)
    if run.choose:
        return Parts(digits.x_train, digits.x_validation, None)
    return Parts(digits.x_train, None, digits.x_test[: settings.n_test])


def run_experiment(run):
    """Run it: records and arrays, as :func:`ae_lib.paper.images.autoencoder_against_pca` has them.

    The trained weights are left in ``weights.npz`` in the folder of the run's checkpoints.
    """
    parts = load_parts(run)
    if isinstance(run.settings, ModernSettings):
        return _run_modern(run, parts)
    records, arrays, network = autoencoder_against_pca(run, parts)
    with warn_if_unwritten():
        write_arrays(run.folder / "weights.npz", network.arrays())
    return records, arrays


def _run_modern(run, parts):
    """Train an autoencoder as one would today, from random weights."""
    settings = run.settings
    sizes = (parts.train.shape[1], *settings.layers)
    network = random_autoencoder(sizes, "he", run.rng(Draw.MODERN_WEIGHTS), hidden="gelu")
    last = parts.last()
    history, seconds = train(
        run, "training", network, parts.train, None, settings.training, logistic_squared,
        measures={"watched": lambda: squared_error(last, network.predict(last))},
        change=lambda rows, targets, seed: shifted(rows, seed, settings.shift),
    )  # fmt: skip
    errors = parts.errors(network.predict)
    records = [run.record("autoencoder", **errors, seconds=seconds, settings=describe(settings))]
    arrays = {
        "pictures": last[:10].astype(np.float16),
        "reconstructions_autoencoder": network.predict(last[:10]).astype(np.float16),
        **{f"epochs_{name}": np.float32(values) for name, values in history.items()},
    }
    return records, arrays


def shifted(rows, seed, most):
    """Move each picture by up to ``most`` pixels each way; return it as input and as target.

    Parameters
    ----------
    rows : tf.Tensor of shape (n, 784)
    seed : tf.Tensor of two integers
    most : int

    Returns
    -------
    tuple of tf.Tensor
        The same pictures twice. What comes in at an edge is white.

    Examples
    --------
    >>> picture = np.zeros((1, 784), np.float32)
    >>> picture[0, 14 * 28 + 14] = 1
    >>> moved, _ = shifted(tf.constant(picture), tf.constant([0, 1]), 2)
    >>> float(tf.reduce_sum(moved))
    1.0
    """
    side = 28
    n = tf.shape(rows)[0]
    wide = tf.pad(tf.reshape(rows, (-1, side, side)), [[0, 0], [most, most], [most, most]])
    moves = tf.random.stateless_uniform((n, 2), seed, 0, 2 * most + 1, tf.int32)
    down = moves[:, :1] + tf.range(side)
    right = moves[:, 1:] + tf.range(side)
    moved = tf.gather(tf.gather(wide, down, batch_dims=1), right, axis=2, batch_dims=1)
    moved = tf.reshape(moved, (-1, side * side))
    return moved, moved
