"""Logistic PCA without an encoder: each picture gets the code with which the decoder does best.

The experiments on curves and digits compare the paper's autoencoder with a linear code that has a
logistic decoder, so that a picture's code is a linear function of the picture. The method that is
called logistic PCA elsewhere has no such function: the pictures' codes are fitted together with the
decoder, and the code of a new picture is searched, with the decoder held fixed (A. I. Schein, L. K.
Saul, L. H. Ungar, "A generalized linear model for principal component analysis of binary data",
AISTATS 2003, PMLR R4:240-247, https://proceedings.mlr.press/r4/schein03a.html). Here it is, on the
same pictures, in order to see how much hangs on the way in which codes are found.
"""

import dataclasses
import time

import numpy as np

from ae_lib._keras import keras, tf
from ae_lib.datasets import load_mnist
from ae_lib.metrics import squared_error
from ae_lib.paper.curve_pictures import make_curves
from ae_lib.paper.run import describe
from ae_lib.paper.training import cross_entropy, restore_state, store_state
from ae_lib.progress import epoch_bar

HEADER = {
    "unit": "squared error per picture",
    "published": {"curves_6": 7.64, "curves_18": 2.45, "digits_30": 8.01},
}
# Steps that are one call of a graph, and one step of the bar.
_STEPS = 20


@dataclasses.dataclass(frozen=True)
class Pictures:
    """One of the two data sets and its sizes of the code.

    Parameters
    ----------
    n_train, n_validation, n_test : int
        Validation pictures are set aside only while settings are chosen.
    n_components : tuple of int
    """

    n_train: int
    n_validation: int
    n_test: int
    n_components: tuple


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    curves, digits : Pictures
    fit_steps, search_steps : int
        Steps with all pictures at once: of codes and decoder together, and of the codes of other
        pictures. Multiples of 20.
    fit_rate, search_rate : float
        Adam's first learning rate, which falls to 0 along half a cosine.
    """

    curves: Pictures
    digits: Pictures
    fit_steps: int = 1500
    search_steps: int = 1000
    fit_rate: float = 0.1
    search_rate: float = 0.5


SETTINGS = {
    "paper": Settings(
        curves=Pictures(n_train=20_000, n_validation=2_000, n_test=10_000, n_components=(6, 18)),
        digits=Pictures(n_train=60_000, n_validation=10_000, n_test=10_000, n_components=(30,)),
    ),
    "smoke": Settings(
        curves=Pictures(n_train=200, n_validation=100, n_test=100, n_components=(6, 18)),
        digits=Pictures(n_train=200, n_validation=100, n_test=100, n_components=(30,)),
        fit_steps=40,
        search_steps=40,
    ),
}


def run_experiment(run):
    """Run it: a record for each data set and size of the code, named ``curves_6`` and so on.

    Arrays: ``reconstructions_*``, of the first ten pictures of the test set (of the validation set
    while settings are chosen), in float16.
    """
    settings, records, arrays = run.settings, [], {}
    for data in ("curves", "digits"):
        x_train, x_other = _load(data, getattr(settings, data), run.choose)
        for n_components in getattr(settings, data).n_components:
            method = f"{data}_{n_components}"
            codes, decoder, seconds = fit(run, method, x_train, n_components)
            other_codes, searched = search(run, f"{method}_codes", x_other, decoder)
            errors = {
                "train": squared_error(x_train, decoder.predict(codes)),
                "validation" if run.choose else "test": squared_error(
                    x_other, decoder.predict(other_codes)
                ),
            }
            records.append(
                run.record(
                    method, **errors, seconds=seconds + searched, settings=describe(settings)
                )
            )
            shown = decoder.predict(other_codes[:10])
            arrays[f"reconstructions_{method}"] = shown.astype(np.float16)
    return records, arrays


def _load(data, settings, choose):
    """Return pictures to train on, and those whose codes are searched."""
    if data == "curves":
        x = make_curves(settings.n_train + settings.n_validation * choose, [0, 1])
        if choose:
            return x[: settings.n_train], x[settings.n_train :]
        return x, make_curves(settings.n_test, [0, 2])
    n_validation = settings.n_validation if choose else 0
    n_train = min(settings.n_train, 60_000 - n_validation)
    digits = load_mnist(n_train=n_train, n_validation=n_validation)
    return digits.x_train, digits.x_validation if choose else digits.x_test[: settings.n_test]


class Decoder:
    """A logistic decoder: a picture is ``sigmoid(code @ weights + bias)``.

    Parameters
    ----------
    weights : ndarray of shape (n_components, n_features)
    bias : ndarray of shape (n_features,)
    """

    def __init__(self, weights, bias):
        self.weights = tf.Variable(np.asarray(weights, np.float32))
        self.bias = tf.Variable(np.asarray(bias, np.float32))

    @property
    def variables(self):
        """Return weights and bias."""
        return [self.weights, self.bias]

    def inputs(self, codes):
        """Return what comes into the output units."""
        return codes @ self.weights + self.bias

    def predict(self, codes):
        """Return the pictures of an array of codes, as an array."""
        return tf.sigmoid(self.inputs(tf.constant(codes))).numpy()


def fit(run, label, x, n_components):
    """Fit codes and decoder together, or go on where a killed run stopped.

    Parameters
    ----------
    run : Run
    label : str
        Name of this training, for its checkpoint and its bar.
    x : ndarray of shape (n, n_features), float32, in [0, 1]
    n_components : int

    Returns
    -------
    codes : ndarray of shape (n, n_components), float32
    decoder : Decoder
    seconds : float
    """
    rng = run.rng(7, n_components)
    # A pixel that is always white has an infinite input; a hundredth is white enough.
    mean = np.clip(x.mean(axis=0, dtype=np.float64), 0.01, 0.99)
    decoder = Decoder(
        rng.normal(0, 0.1, (n_components, x.shape[1])), np.log(mean / (1 - mean))
    )  # fmt: skip
    codes = tf.Variable(rng.normal(0, 0.1, (len(x), n_components)).astype(np.float32))
    settings = run.settings
    seconds = _minimise(
        run, label, x, codes, decoder, [codes, *decoder.variables], settings.fit_steps,
        settings.fit_rate,
    )  # fmt: skip
    return codes.numpy(), decoder, seconds


def search(run, label, x, decoder):
    """Search the codes of pictures for a decoder that is held fixed.

    For each picture this is logistic regression, a convex problem.

    Parameters
    ----------
    run, label, x
        As :func:`fit` has them.
    decoder : Decoder

    Returns
    -------
    codes : ndarray of shape (n, n_components), float32
    seconds : float
    """
    codes = tf.Variable(tf.zeros((len(x), decoder.weights.shape[0])))
    settings = run.settings
    seconds = _minimise(
        run, label, x, codes, decoder, [codes], settings.search_steps, settings.search_rate
    )
    return codes.numpy(), seconds


def _minimise(run, label, x, codes, decoder, variables, n_steps, learning_rate):
    """Minimise the cross-entropy in some variables; return the seconds."""
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, n_steps)
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
                loss = tf.reduce_mean(cross_entropy(targets, decoder.inputs(codes)))
            optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    state = [codes, *decoder.variables, *optimizer.variables]
    file = run.folder / f"{label}.npz"
    history, before = restore_state(file, state)
    started = saved = time.monotonic()
    calls = n_steps // _STEPS
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
