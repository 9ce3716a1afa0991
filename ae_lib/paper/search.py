"""Codes by search in place of an encoder, for the decoders of Fig. 2A and 2B.

In the experiments on curves and digits an encoder makes the codes: four layers or more in the
paper's autoencoder, one linear layer in logistic PCA. Here each picture gets the code with which
the decoder does best. The method that was first called logistic PCA is of this kind: it fits codes
and decoder together, and searches the code of a new picture with the decoder held fixed (A. I.
Schein, L. K. Saul, L. H. Ungar, "A generalized linear model for principal component analysis of
binary data", AISTATS 2003, PMLR R4:240-247, https://proceedings.mlr.press/r4/schein03a.html). The
autoencoders' decoders are those of the experiments ``curves`` and ``digits`` with the same seed:
they are taken from the checkpoints of these, and trained first if there are none.
"""

import dataclasses
import time

import numpy as np

from ae_lib._keras import keras, tf
from ae_lib.metrics import squared_error
from ae_lib.paper import curves, digits
from ae_lib.paper.images import trained_autoencoder
from ae_lib.paper.networks import Layer, Network
from ae_lib.paper.run import describe
from ae_lib.paper.training import cross_entropy, restore_state, store_state
from ae_lib.progress import epoch_bar

HEADER = {
    "unit": "squared error per picture",
    # The paper gives one number for each; its codes are an encoder's for the autoencoders.
    "published": {
        "curves_logistic_pca_6": 7.64,
        "curves_logistic_pca_18": 2.45,
        "curves_autoencoder_6": 1.44,
        "digits_logistic_pca_30": 8.01,
        "digits_autoencoder_30": 3.00,
    },
}
# Steps that are one call of a graph, and one step of the bar.
_STEPS = 20


@dataclasses.dataclass(frozen=True)
class Steps:
    """How long codes are searched, with all pictures in each step.

    Parameters
    ----------
    steps : int
        A multiple of 20.
    learning_rate : float
        Adam's first one; it falls to 0 along half a cosine.
    """

    steps: int
    learning_rate: float


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    curves, digits : Settings
        Of the experiments whose autoencoders and sizes of the code these are.
    fit : Steps
        Of logistic PCA's codes and decoder together.
    search : Steps
        Of new pictures' codes for logistic PCA's decoder, from zero.
    search_deep : Steps
        Of new pictures' codes for an autoencoder's decoder, from its encoder's codes.
    """

    curves: object
    digits: object
    fit: Steps = Steps(1500, 0.1)
    search: Steps = Steps(1000, 0.5)
    search_deep: Steps = Steps(300, 0.1)


SETTINGS = {
    "paper": Settings(curves.SETTINGS["paper"], digits.SETTINGS["paper"]),
    "smoke": Settings(
        curves.SETTINGS["smoke"],
        digits.SETTINGS["smoke"],
        fit=Steps(40, 0.1),
        search=Steps(40, 0.5),
        search_deep=Steps(20, 0.1),
    ),
}


def run_experiment(run):
    """Run it: a record for each decoder, ``curves_logistic_pca_6`` and so on, and no arrays.

    An autoencoder's record has the error with its encoder's codes as well, as ``encoded``.
    """
    records = []
    for name, experiment in (("curves", curves), ("digits", digits)):
        own = dataclasses.replace(run, name=name, settings=getattr(run.settings, name))
        parts = experiment.load_parts(own)
        part = "validation" if run.choose else "test"
        x = getattr(parts, part)
        for n_components in own.settings.logistic_components:
            method = f"{name}_logistic_pca_{n_components}"
            codes, decoder, seconds = fit(run, method, parts.train, n_components)
            found, searched = search(
                run, f"{method}_codes", x, decoder, np.zeros((len(x), n_components)),
                run.settings.search,
            )  # fmt: skip
            errors = {
                "train": squared_error(parts.train, decoder.predict(codes)),
                part: squared_error(x, decoder.predict(found)),
            }
            records.append(
                run.record(
                    method, **errors, seconds=seconds + searched, settings=describe(run.settings)
                )
            )
        network, _, _, seconds = trained_autoencoder(own, parts)
        method = f"{name}_autoencoder_{own.settings.layers[-1]}"
        decoder = Network(network.layers[network.n_encoder :], 0)
        encoded = network.encode(x)
        found, searched = search(
            run, f"{method}_codes", x, decoder, encoded, run.settings.search_deep
        )
        records.append(
            run.record(
                method, **{part: squared_error(x, decoder.predict(found))},
                seconds=seconds + searched, settings=describe(run.settings),
                encoded=squared_error(x, decoder.predict(encoded)),
            )
        )  # fmt: skip
    return records, {}


def fit(run, label, x, n_components):
    """Fit codes and a decoder of one logistic layer together.

    Parameters
    ----------
    run : Run
    label : str
        Name of this training, for its checkpoint and its bar. It goes on where a killed run
        stopped.
    x : ndarray of shape (n, n_features), float32, in [0, 1]
    n_components : int

    Returns
    -------
    codes : ndarray of shape (n, n_components), float32
    decoder : Network
    seconds : float
    """
    rng = run.rng(7, n_components)
    # A pixel that is always white has an infinite input; a hundredth is white enough.
    mean = np.clip(x.mean(axis=0, dtype=np.float64), 0.01, 0.99)
    weights = rng.normal(0, 0.1, (n_components, x.shape[1]))
    decoder = Network([Layer(weights, np.log(mean / (1 - mean)), "logistic")], 0)
    codes = tf.Variable(rng.normal(0, 0.1, (len(x), n_components)).astype(np.float32))
    seconds = _minimise(run, label, x, codes, decoder, decoder.variables, run.settings.fit)
    return codes.numpy(), decoder, seconds


def search(run, label, x, decoder, start, steps):
    """Search the codes of pictures, for a decoder that is held fixed.

    With one logistic layer this is a logistic regression for each picture, a convex problem; with
    more layers what is found depends on the start.

    Parameters
    ----------
    run, label, x
        As :func:`fit` has them.
    decoder : Network
    start : ndarray of shape (n, n_components)
    steps : Steps

    Returns
    -------
    codes : ndarray of shape (n, n_components), float32
    seconds : float
    """
    codes = tf.Variable(np.asarray(start, np.float32))
    seconds = _minimise(run, label, x, codes, decoder, [], steps)
    return codes.numpy(), seconds


def _minimise(run, label, x, codes, decoder, trained, settings):
    """Minimise the cross-entropy in codes and in what else is trained; return the seconds."""
    variables = [codes, *trained]
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, settings.steps)
    # All pictures take part in each step: there is no noise that a longer memory would average.
    optimizer = keras.optimizers.Adam(rate, beta_2=0.99)
    optimizer.build(variables)
    targets = tf.constant(x)

    # Without XLA the passes over all pixels of all pictures take most of the time.
    @tf.function(jit_compile=True)
    def steps():
        loss = 0.0
        for _ in tf.range(_STEPS):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(variables)
                loss = tf.reduce_mean(cross_entropy(targets, decoder.inputs_of_output(codes)))
            optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    state = [codes, *decoder.variables, *optimizer.variables]
    file = run.folder / f"{label}.npz"
    history, before = restore_state(file, state)
    started = saved = time.monotonic()
    calls = settings.steps // _STEPS
    with epoch_bar(f"{run.name}: {label}", calls, shown=bool(run.verbose)) as bar:
        bar.update(len(history["loss"]))
        while len(history["loss"]) < calls:
            history["loss"].append(float(steps()))
            bar.set_postfix(loss=f"{history['loss'][-1]:.3f}", refresh=False)
            bar.update()
            now = time.monotonic()
            if len(history["loss"]) == calls or now - saved >= run.save_every:
                store_state(file, state, history, before + now - started)
                saved = now
    return before + time.monotonic() - started
