"""What Fig. 2A and 2B share: an autoencoder of grey pictures, PCA and logistic PCA."""

import dataclasses
import time

import numpy as np

from ae_lib.paper.baselines import logistic_pca, pca_errors
from ae_lib.paper.networks import unrolled
from ae_lib.paper.run import describe
from ae_lib.paper.training import FineTuning, cross_entropy, train


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    layers : tuple of int
        Hidden units of each RBM, the code last.
    n_train, n_validation, n_test : int
        Pictures in each part. Validation pictures are taken from the training set, and only while
        settings are chosen.
    pretraining_epochs, pretraining_batch_size : int
    learning_rate, code_learning_rate : float
        Of pretraining.
    fine_tuning, logistic_pca : FineTuning
    logistic_components, pca_components : tuple of int
        Sizes of the codes of logistic PCA and of PCA. The first is the autoencoder's own.
    """

    layers: tuple
    n_train: int
    n_validation: int
    n_test: int
    fine_tuning: FineTuning
    logistic_pca: FineTuning
    logistic_components: tuple
    pca_components: tuple
    pretraining_epochs: int = 50
    pretraining_batch_size: int = 100
    learning_rate: float = 0.1
    code_learning_rate: float = 0.001


def pretrained(run, x_train, settings):
    """Pretrain and unroll; return the network, the RBMs' errors by epoch, and the seconds."""
    stack = run.pretrain(
        x_train,
        settings.layers,
        n_iter=settings.pretraining_epochs,
        batch_size=settings.pretraining_batch_size,
        learning_rate=settings.learning_rate,
        code_learning_rate=settings.code_learning_rate,
    )
    errors = [rbm.reconstruction_error_ for rbm in stack.rbms]
    return unrolled(stack), errors, stack.seconds


def trained_autoencoder(run, parts):
    """Pretrain, unroll and fine-tune the paper's autoencoder, or take it from its checkpoint.

    Parameters
    ----------
    run : Run
        Its settings are :class:`Settings`.
    parts : Parts

    Returns
    -------
    network : Network
    errors_unrolled : dict of float
        Its errors before fine-tuning, by part.
    history : dict of list
        Of fine-tuning, and under ``layer_1`` and so on the RBMs' errors, by epoch.
    seconds : float
    """
    settings = run.settings
    network, pretraining_errors, seconds_before = pretrained(run, parts.train, settings)
    errors_unrolled = parts.errors(network.predict)
    history, seconds = train(
        run, "fine_tuning", network, parts.train, None, settings.fine_tuning, cross_entropy,
        measures=parts.measures(network.predict),
    )  # fmt: skip
    layers = {f"layer_{number}": values for number, values in enumerate(pretraining_errors, 1)}
    return network, errors_unrolled, {**history, **layers}, seconds_before + seconds


def autoencoder_against_pca(run, parts):
    """Train all that Fig. 2 compares, on one kind of picture.

    Parameters
    ----------
    run, parts
        As :func:`trained_autoencoder` has them.

    Returns
    -------
    records : list of dict
    arrays : dict of ndarray
        ``epochs_*``: errors by epoch; ``reconstructions_*``: of the first ten pictures of the test
        set (of the validation set while settings are chosen), in float16; ``pictures``: those
        pictures themselves.
    network : Network
        The trained autoencoder.
    """
    settings = run.settings
    described = describe(settings)
    shown = parts.last()[:10]
    network, errors_unrolled, history, seconds = trained_autoencoder(run, parts)
    records = [
        run.record(
            "autoencoder", **parts.errors(network.predict), seconds=seconds, settings=described,
            unrolled=errors_unrolled,
        )
    ]  # fmt: skip
    arrays = {
        "pictures": shown.astype(np.float16),
        "reconstructions_autoencoder": network.predict(shown).astype(np.float16),
        **{f"epochs_{name}": np.float32(values) for name, values in history.items()},
    }
    for n_components in settings.logistic_components:
        name = f"logistic_pca_{n_components}"
        logistic, seconds = logistic_pca(
            run, name, parts.train, n_components, settings.logistic_pca
        )
        errors = parts.errors(logistic.predict)
        records.append(run.record(name, **errors, seconds=seconds, settings=described))
        arrays[f"reconstructions_{name}"] = logistic.predict(shown).astype(np.float16)
    for n_components in settings.pca_components:
        name, started = f"pca_{n_components}", time.monotonic()
        pca, errors = pca_errors(parts.train, n_components, parts.held_out())
        seconds = time.monotonic() - started
        records.append(run.record(name, **errors, seconds=seconds, settings=described))
        reconstructions = pca.inverse_transform(pca.transform(shown))
        arrays[f"reconstructions_{name}"] = reconstructions.astype(np.float16)
    return records, arrays, network
