"""The compiled loops of an RBM: training over mini-batches, and Gibbs sampling.

One graph serves RBMs and data of all shapes; it is built once for each kind of RBM. XLA turns it
into a program once for each shape, in some tenths of a second. In that program the weights are
changed where they are, and all that is done to an array beside a matrix product is done in one
pass.
"""

import functools
import warnings
from typing import NamedTuple

from ae_lib._keras import tf
from ae_lib.rbm.formulas import Parameters, contrastive_divergence, gibbs_step, momentum_step

MATRIX = tf.TensorSpec((None, None), tf.float32)
VECTOR = tf.TensorSpec((None,), tf.float32)
_BATCHES = tf.TensorSpec((None, None, None), tf.float32)
_FLOAT = tf.TensorSpec((), tf.float32)
INTEGER = tf.TensorSpec((), tf.int64)
PARAMETERS = Parameters(MATRIX, VECTOR, VECTOR)


class TrainingState(NamedTuple):
    """What a mini-batch changes."""

    parameters: Parameters
    velocity: Parameters  # the last change of the parameters
    chain: object  # (at least batch_size, n_components); only persistent chains change it


class Step(NamedTuple):
    """The numbers that decide how far the parameters move."""

    scale: object  # learning rate over batch size
    momentum: object
    decay: object  # weight decay times learning rate


def built(function):
    """Build the graph of a function, also for a user who has warnings raised as errors.

    It is asked for by itself, because TensorFlow's eager mode would run the Python code instead.
    TensorFlow writes notes of its own into syntax trees, which Python deprecates since 3.13. That
    warning as an error would leave the loop in Python, where it cannot run.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*___pyct_anno", DeprecationWarning)
        return function.get_concrete_function()


@functools.cache
def compiled_training(kinds, n_steps, persistent):
    """Return the graph that trains on mini-batches, one after the other.

    Parameters
    ----------
    kinds : Kinds
    n_steps : int
    persistent : bool

    Returns
    -------
    function
        Of the mini-batches (n, batch_size, n_features) and how many of them to use; a
        TrainingState; a Step; and the seed's two numbers, of which the second counts mini-batches.
        It returns the new TrainingState and the sum of squared errors.
    """

    @tf.function(
        jit_compile=kinds.compiled,
        input_signature=[
            _BATCHES,
            INTEGER,
            TrainingState(PARAMETERS, PARAMETERS, MATRIX),
            Step(_FLOAT, _FLOAT, _FLOAT),
            INTEGER,
            INTEGER,
        ],
    )
    def train(batches, n_batches, state, step, seed, first_batch):
        parameters, velocity, chain = state
        n_draws = 2 * n_steps + 1
        n_rows = tf.shape(batches)[1]
        number, error = tf.constant(0, tf.int64), 0.0
        while number < n_batches:
            gradient, batch_error, moved = contrastive_divergence(
                batches[number], parameters, kinds,
                tf.stack([seed, (first_batch + number) * n_draws]),
                n_steps=n_steps, scale=step.scale, chain=chain[:n_rows] if persistent else None,
            )  # fmt: skip
            if persistent:
                chain = tf.concat([moved, chain[n_rows:]], axis=0)
            parameters, velocity = momentum_step(
                parameters, velocity, gradient, step.momentum, step.decay
            )
            error += batch_error
            number += 1
        return TrainingState(parameters, velocity, chain), error

    return built(train)


@functools.cache
def compiled_gibbs(kinds):
    """Return the graph of Gibbs sampling: of rows, parameters, number of steps and a seed."""

    @tf.function(jit_compile=kinds.compiled, input_signature=[MATRIX, PARAMETERS, INTEGER, INTEGER])
    def gibbs(v, parameters, n_steps, seed):
        step = tf.constant(0, tf.int64)
        while step < n_steps:
            v = gibbs_step(v, parameters, kinds, tf.stack([seed, 2 * step]))
            step += 1
        return v

    return built(gibbs)
