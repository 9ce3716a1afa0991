"""The compiled loops of a restricted Boltzmann machine: training over mini-batches, and sampling.

One graph serves machines and data of all shapes; it is built once for each kind of machine.
"""

import functools

from ae_lib._keras import tf
from ae_lib._rbm_math import Parameters, contrastive_divergence, gibbs_step

_MATRIX = tf.TensorSpec((None, None), tf.float32)
_VECTOR = tf.TensorSpec((None,), tf.float32)
_FLOAT = tf.TensorSpec((), tf.float32)
_INTEGER = tf.TensorSpec((), tf.int64)
_PARAMETERS = Parameters(_MATRIX, _VECTOR, _VECTOR)


def _update(parameters, velocity, step, momentum, shrinkage):
    """Return parameters and velocity after one step; weights shrink, biases do not."""
    velocity = Parameters(
        momentum * velocity.weights + step.weights - shrinkage * parameters.weights,
        momentum * velocity.visible_bias + step.visible_bias,
        momentum * velocity.hidden_bias + step.hidden_bias,
    )
    moved = [value + change for value, change in zip(parameters, velocity, strict=True)]
    return Parameters(*moved), velocity


@functools.cache
def compiled_training(kinds, n_steps, persistent):
    """Return the graph that trains on the mini-batches of a block of rows, one after the other.

    Parameters
    ----------
    kinds : Kinds
    n_steps : int
    persistent : bool

    Returns
    -------
    function
        Of these tensors: the rows (n, n_features); parameters; velocity; chain (batch_size,
        n_components), which only persistent chains change; batch size; learning rate; momentum;
        weight decay; the seed's two numbers, of which the second counts mini-batches. It
        returns the new parameters, velocity and chain, and the sum of squared errors.
    """

    @tf.function(
        input_signature=[
            _MATRIX, _PARAMETERS, _PARAMETERS, _MATRIX,
            _INTEGER, _FLOAT, _FLOAT, _FLOAT, _INTEGER, _INTEGER,
        ]
    )  # fmt: skip
    def train(
        rows, parameters, velocity, chain,
        batch_size, learning_rate, momentum, weight_decay, seed, first_batch,
    ):  # fmt: skip
        # Divided by the batch size even where fewer rows are left for the last one: its step is
        # smaller in proportion, and every row counts the same.
        scale = learning_rate / tf.cast(batch_size, tf.float32)
        n_draws = 2 * n_steps + 1
        n_rows = tf.shape(rows, tf.int64)[0]
        error = 0.0
        for start in tf.range(0, n_rows, batch_size):
            v = rows[start : start + batch_size]
            batch = first_batch + start // batch_size
            gradient, batch_error, moved = contrastive_divergence(
                v, parameters, kinds, tf.stack([seed, batch * n_draws]),
                n_steps=n_steps, scale=scale, chain=chain[: tf.shape(v)[0]] if persistent else None,
            )  # fmt: skip
            if persistent:
                chain = tf.concat([moved, chain[tf.shape(v)[0] :]], axis=0)
            parameters, velocity = _update(
                parameters, velocity, gradient, momentum, learning_rate * weight_decay
            )
            error += batch_error
        return parameters, velocity, chain, error

    return train


@functools.cache
def compiled_gibbs(kinds):
    """Return the graph of Gibbs sampling: of rows, parameters, number of steps and a seed."""

    @tf.function(input_signature=[_MATRIX, _PARAMETERS, _INTEGER, _INTEGER])
    def gibbs(v, parameters, n_steps, seed):
        for step in tf.range(n_steps):
            v = gibbs_step(v, parameters, kinds, tf.stack([seed, 2 * step]))
        return v

    return gibbs
