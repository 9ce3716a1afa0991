"""Codes by search in place of an encoder, for the decoders of Fig. 2A and 2B.

In the experiments on curves and digits an encoder makes the codes: four layers or more in the
paper's autoencoder, one linear layer in logistic PCA. Here the same decoders, held fixed, get the
code of each picture for which their cross-entropy is smallest. They are those of ``curves`` and
``digits`` with the same seed: they are taken from the checkpoints of these, and trained first if
there are none.

The method that was first called logistic PCA goes further. It has no encoder in training either:
codes and decoder are fitted together (A. I. Schein, L. K. Saul, L. H. Ungar, "A generalized linear
model for principal component analysis of binary data", AISTATS 2003, PMLR R4:240-247,
https://proceedings.mlr.press/r4/schein03a.html). That is ``logistic_pca_fitted``.
"""

import dataclasses

import numpy as np

from ae_lib._keras import keras, tf
from ae_lib.metrics import squared_error
from ae_lib.paper.baselines import logistic_pca
from ae_lib.paper.experiments import curves, digits
from ae_lib.paper.images import trained_autoencoder
from ae_lib.paper.networks import Layer, Network
from ae_lib.paper.run import Draw, describe
from ae_lib.paper.training import cross_entropy, train_resumably

HEADER = {
    "unit": "squared error per picture",
    # For the autoencoders with their encoders' codes; how logistic PCA's were found is not known.
    "published": {
        "curves_logistic_pca_6": 7.64,
        "curves_logistic_pca_18": 2.45,
        "curves_autoencoder": 1.44,
        "digits_logistic_pca_30": 8.01,
        "digits_autoencoder": 3.00,
    },
}
# Steps that are one call of a graph, which counts as an epoch.
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

    Raises
    ------
    ValueError
        If the number of steps is not a positive multiple of 20.
    """

    steps: int
    learning_rate: float

    def __post_init__(self):
        if self.steps <= 0 or self.steps % _STEPS:
            raise ValueError(
                f"steps must be a positive multiple of {_STEPS}. Received: {self.steps}"
            )


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    curves, digits : Settings
        Of the experiments whose autoencoders and sizes of the code these are.
    fit : Steps
        Of codes and decoder together, for logistic PCA without an encoder.
    search : Steps
        Of new pictures' codes for a decoder of one layer, from zero.
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
    """Run it: a record for each decoder, and no arrays.

    ``curves_logistic_pca_6``, ``curves_autoencoder`` and so on have the error with searched codes,
    and as ``encoded`` that with the encoder's. ``curves_logistic_pca_fitted_6`` and so on have no
    encoder; they alone have a training error, of the codes that were fitted. Seconds are those of
    fit and search, without the training of the decoders that are taken over.
    """
    records = []
    for name, experiment in (("curves", curves), ("digits", digits)):
        records += _records(run, name, experiment)
    return records, {}


def _records(run, name, experiment):
    """Return the records of one data set."""
    there = dataclasses.replace(run, name=name, settings=getattr(run.settings, name))
    parts = experiment.load_parts(there)
    part = "validation" if run.choose else "test"
    x = getattr(parts, part)
    records = []
    for n_components in there.settings.logistic_components:
        zeros = np.zeros((len(x), n_components))

        method = f"{name}_logistic_pca_{n_components}"
        network, _ = logistic_pca(
            there, f"logistic_pca_{n_components}", parts.train, n_components,
            there.settings.logistic_pca,
        )  # fmt: skip
        records.append(_searched(run, method, part, x, network, zeros, run.settings.search))

        method = f"{name}_logistic_pca_fitted_{n_components}"
        codes, decoder, seconds = fit(run, method, parts.train, n_components)
        found, searched = search_codes(
            run, f"{method}_codes", x, decoder, zeros, run.settings.search
        )
        errors = {
            "train": squared_error(parts.train, decoder.predict(codes)),
            part: squared_error(x, decoder.predict(found)),
        }
        records.append(
            run.record(
                method, **errors, seconds=seconds + searched, settings=describe(run.settings)
            )
        )

    network, *_ = trained_autoencoder(there, parts)
    encoded = network.encode(x)
    records.append(
        _searched(run, f"{name}_autoencoder", part, x, network, encoded, run.settings.search_deep)
    )
    return records


def _searched(run, method, part, x, network, initial, steps):
    """Return the record of a network whose decoder gets searched codes."""
    decoder = Network(network.layers[network.n_encoder :], 0)
    encoded = squared_error(x, network.predict(x))
    found, seconds = search_codes(run, f"{method}_codes", x, decoder, initial, steps)
    error = squared_error(x, decoder.predict(found))
    return run.record(
        method, **{part: error}, seconds=seconds, settings=describe(run.settings), encoded=encoded
    )


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

    Raises
    ------
    FloatingPointError
        If the loss is not finite any more.
    """
    rng = run.rng(Draw.FITTED_CODES, n_components)
    # A pixel that is always white has an infinite input; a hundredth is white enough.
    mean = np.clip(x.mean(axis=0, dtype=np.float64), 0.01, 0.99)
    weights = rng.normal(0, 0.1, (n_components, x.shape[1]))
    decoder = Network([Layer(weights, np.log(mean / (1 - mean)), "logistic")], 0)
    codes = tf.Variable(rng.normal(0, 0.1, (len(x), n_components)).astype(np.float32))
    seconds = _minimise(run, label, x, codes, decoder, decoder.variables, run.settings.fit)
    return codes.numpy(), decoder, seconds


def search_codes(run, label, x, decoder, initial, steps):
    """Search the codes of pictures, for a decoder that is held fixed.

    With one logistic layer this is a logistic regression for each picture, a convex problem; with
    more layers what is found depends on the initial codes.

    Parameters
    ----------
    run, label, x
        As :func:`fit` has them.
    decoder : Network
    initial : ndarray of shape (n, n_components)
        Codes from which the search begins.
    steps : Steps

    Returns
    -------
    codes : ndarray of shape (n, n_components), float32
    seconds : float

    Raises
    ------
    FloatingPointError
        If the loss is not finite any more.
    """
    codes = tf.Variable(np.asarray(initial, np.float32))
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

    # Without XLA, reading and writing all pixels of all pictures takes most of the time.
    @tf.function(jit_compile=True)
    def steps():
        loss = 0.0
        for _ in tf.range(_STEPS):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(variables)
                loss = tf.reduce_mean(cross_entropy(targets, decoder.inputs_of_output(codes)))
            optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_epoch(_):
        # The number of the epoch changes nothing: each step sees all pictures.
        return steps()

    _, seconds = train_resumably(
        run, label, [*variables, *optimizer.variables], settings.steps // _STEPS, train_epoch,
        learning_rate=settings.learning_rate,
    )  # fmt: skip
    return seconds
