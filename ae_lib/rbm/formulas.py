r"""The formulas of a restricted Boltzmann machine (RBM), in the order of a chapter on it.

Energy, conditional distributions and samples from them, free energy, the statistics that are the
gradient of the log-likelihood, and the update that follows them: one function each, of TensorFlow's
tensors.

An RBM has visible units :math:`v` (the data), hidden units :math:`h` (the code), weights :math:`W`
of shape (n_features, n_components), visible biases :math:`a` and hidden biases :math:`b`. Its
energy gives each pair of states a probability,

.. math:: E(v, h) = E_v(v) + E_h(h) - v W h^T, \qquad p(v, h) = e^{-E(v, h)} / Z,

and everything else follows from it. The kind of a unit decides its own part of the energy, and with
it the mean that it has given the other layer:

=============  ==============================  =====================================
kind           its part of the energy          mean, given its input :math:`x`
=============  ==============================  =====================================
bernoulli      :math:`-x_0 \cdot v`            logistic function of bias + :math:`x`
gaussian       :math:`\|v - x_0\|^2 / 2`       bias + :math:`x` (variance 1)
multinomial    :math:`-x_0 \cdot v`            length * softmax of bias + :math:`x`
=============  ==============================  =====================================

with :math:`x_0` for the bias. A multinomial visible layer holds the counts :math:`n` of a
document's words. Its length :math:`N = \sum_i n_i` is given, not modelled, and :math:`Z` depends
on it.

Seeds are pairs of integers, and the same pair gives the same random numbers. The papers
that are named by author and year are listed in :class:`ae_lib.RBM`.
"""

import math
from typing import NamedTuple

from ae_lib._keras import tf


class Kinds(NamedTuple):
    """The kinds of an RBM's units."""

    visible: str
    hidden: str

    @property
    def compiled(self):
        """Whether XLA can compile the graphs that sample; not if they draw documents.

        XLA wants to know all shapes beforehand, and how many words to draw shows only then.
        """
        return self.visible != "multinomial"

    @property
    def generator(self):
        """TensorFlow's name of the random generator: the fast one is there for XLA only."""
        return "threefry" if self.compiled else "philox"


class Parameters(NamedTuple):
    """What is learnt, or something of the same shapes: a gradient, a velocity."""

    weights: object  # (n_components, n_features), the transpose of the formulas' W
    visible_bias: object  # (n_features,)
    hidden_bias: object  # (n_components,)


# Energy ------------------------------------------------------------------------------------------


def energy(v, h, parameters, kinds):
    r"""Return the energy of each row of ``v`` together with the same row of ``h``, shape (n,).

    .. math:: E(v, h) = E_v(v) + E_h(h) - \sum_{ij} v_i w_{ij} h_j

    (Hinton & Salakhutdinov 2006, eq. 1, for Bernoulli units).
    """
    of_visible = _energy_of_units(v, parameters.visible_bias, kinds.visible)
    of_hidden = _energy_of_units(h, parameters.hidden_bias, kinds.hidden)
    return of_visible + of_hidden - tf.reduce_sum(hidden_input(v, parameters) * h, axis=1)


def _energy_of_units(states, bias, kind):
    """Return what units of a kind add to the energy by themselves, shape (n,)."""
    if kind == "gaussian":
        return tf.reduce_sum(tf.square(states - bias), axis=1) / 2
    return -tf.linalg.matvec(states, bias)


def hidden_input(v, parameters):
    """Return what hidden units receive from visible ones, ``v W``, shape (n, n_components)."""
    return tf.matmul(v, parameters.weights, transpose_b=True)


# Conditional distributions -----------------------------------------------------------------------


def hidden_mean(v, parameters, kinds):
    r"""Return the mean of the hidden units given visible ones, shape (n, n_components).

    :math:`p(h_j = 1 \mid v) = \sigma(b_j + \sum_i v_i w_{ij})` (Hinton 2010, eq. 7).
    """
    x = hidden_input(v, parameters) + parameters.hidden_bias
    return tf.sigmoid(x) if kinds.hidden == "bernoulli" else x


def visible_mean(h, parameters, kinds, length):
    r"""Return the mean of the visible units given hidden ones, shape (n, n_features).

    :math:`p(v_i = 1 \mid h) = \sigma(a_i + \sum_j h_j w_{ij})` (Hinton 2010, eq. 8). For documents
    these are the counts to be expected: ``length`` times the words' probabilities.
    """
    x = tf.matmul(h, parameters.weights) + parameters.visible_bias
    if kinds.visible == "bernoulli":
        return tf.sigmoid(x)
    return length * tf.nn.softmax(x) if kinds.visible == "multinomial" else x


def lengths(v, kinds):
    """Return each row's number of words, shape (n, 1); just 1 where rows are not documents."""
    return tf.reduce_sum(v, axis=1, keepdims=True) if kinds.visible == "multinomial" else 1.0


def sample_hidden(mean, kinds, seed):
    """Draw hidden units, independent of each other given their means."""
    return _sample(mean, kinds.hidden, seed, kinds.generator)


def sample_visible(mean, kinds, seed):
    """Draw visible units, independent of each other given their means; or whole documents."""
    return _sample(mean, kinds.visible, seed, kinds.generator)


def _sample(mean, kind, seed, generator):
    """Draw units of a kind."""
    if kind == "gaussian":
        return mean + tf.random.stateless_normal(tf.shape(mean), seed, alg=generator)
    if kind == "multinomial":
        return _sample_counts(mean, seed)
    uniform = tf.random.stateless_uniform(tf.shape(mean), seed, alg=generator)
    return tf.cast(uniform < mean, tf.float32)


def _sample_counts(mean, seed):
    """Draw for each row as many words as its means add up to, and count them."""
    n, n_features = tf.unstack(tf.shape(mean))
    length = tf.cast(tf.round(tf.reduce_sum(mean, axis=1)), tf.int32)
    longest = tf.reduce_max(length)
    words = tf.random.stateless_categorical(tf.math.log(mean), longest, seed, dtype=tf.int32)
    counted = tf.cast(tf.sequence_mask(length, longest), tf.float32)
    place = words + n_features * tf.range(n)[:, None]
    counts = tf.math.unsorted_segment_sum(
        tf.reshape(counted, [-1]), tf.reshape(place, [-1]), n * n_features
    )
    return tf.reshape(counts, tf.shape(mean))


def gibbs_step(v, parameters, kinds, seed):
    """Draw hidden units given ``v``, then visible units given those."""
    h = sample_hidden(hidden_mean(v, parameters, kinds), kinds, seed)
    mean = visible_mean(h, parameters, kinds, lengths(v, kinds))
    return sample_visible(mean, kinds, _seed_of_draw(seed, 1))


def _seed_of_draw(seed, number):
    """Return the seed of one of several draws; the first one, 0, has ``seed`` itself."""
    return seed + tf.stack([tf.constant(0, tf.int64), tf.cast(number, tf.int64)])


# Free energy -------------------------------------------------------------------------------------


def free_energy(v, parameters, kinds):
    r"""Return the free energy of each row, shape (n,): the energy with hidden units summed out.

    .. math:: F(v) = -\log \sum_h e^{-E(v, h)} = E_v(v) - \sum_j \log(1 + e^{b_j + \sum_i v_i
              w_{ij}})

    (Hinton 2010, section 16.1), so that :math:`p(v) = e^{-F(v)} / Z`. For Gaussian hidden units
    the sum is an integral.
    """
    x = hidden_input(v, parameters)
    of_visible = _energy_of_units(v, parameters.visible_bias, kinds.visible)
    if kinds.hidden == "gaussian":
        constant = math.log(2 * math.pi) / 2
        return of_visible - tf.reduce_sum(x * (parameters.hidden_bias + x / 2) + constant, axis=1)
    return of_visible - tf.reduce_sum(tf.nn.softplus(parameters.hidden_bias + x), axis=1)


# Statistics --------------------------------------------------------------------------------------


def contrastive_divergence(v, parameters, kinds, seed, *, n_steps=1, chain=None, scale=1.0):
    r"""Estimate the gradient of the log-likelihood as a difference of two statistics.

    .. math:: \partial \log p(v) / \partial w_{ij} =
              \langle v_i h_j \rangle_{data} - \langle v_i h_j \rangle_{model}

    (Hinton 2010, eq. 5); :math:`v_i` alone for the visible biases, :math:`h_j` for the hidden ones.
    The data's statistics use the hidden units' means. What stands for the model's:

    - one step: sampled hidden units, the mean of the visible units given them (the
      reconstruction), the mean of the hidden units given that, as in the program of
      Hinton & Salakhutdinov (2006). Little noise, but the mean of the visible units in place of a
      sample is a bias of its own, which no number of steps would remove;
    - more steps, or a chain: all units are sampled, only the hidden units at the end are means.
      The longer the chain, the nearer to the exact gradient.

    A document's contribution is divided by its length, so that the sum over rows is the gradient of
    the log-likelihood per word, the one in the perplexity of Salakhutdinov & Hinton (2009).

    Parameters
    ----------
    v : tensor of shape (n, n_features)
        Data.
    parameters : Parameters
    kinds : Kinds
    seed : int64 tensor of shape (2,)
        This one and ``2 * n_steps`` more are used, counted up in the second number.
    n_steps : int, default=1
        Steps of Gibbs sampling.
    chain : tensor of shape (n, n_components), optional
        Hidden states to start the steps from, instead of the data's (persistent chains).
    scale : float, default=1
        What the sum over rows is multiplied by, for example 1 / n.

    Returns
    -------
    gradient : Parameters
    error : scalar tensor
        Squared error of the reconstruction, summed over rows; for documents, of the words'
        frequencies.
    chain : tensor of shape (n, n_components) or None
        Where the chain has got to.
    """
    length = lengths(v, kinds)
    h_data = hidden_mean(v, parameters, kinds)
    h = sample_hidden(h_data, kinds, seed)
    v_model = reconstruction = visible_mean(h, parameters, kinds, length)
    if n_steps > 1 or chain is not None:
        start = h if chain is None else chain
        v_model = _gibbs_from_hidden(start, parameters, kinds, seed, n_steps, length)
    h_model = hidden_mean(v_model, parameters, kinds)
    if chain is not None:
        chain = sample_hidden(h_model, kinds, _seed_of_draw(seed, 2 * n_steps))

    # One product of twice the height is quicker than two and their difference.
    h_both = tf.concat([h_data, h_model], axis=0)
    v_both = tf.concat([v / length, -v_model / length], axis=0)
    gradient = Parameters(
        scale * tf.matmul(h_both, v_both, transpose_a=True),
        scale * tf.reduce_sum((v - v_model) / length, axis=0),
        scale * tf.reduce_sum((h_data - h_model) / length, axis=0),
    )
    return gradient, tf.reduce_sum(tf.square((v - reconstruction) / length)), chain


def _gibbs_from_hidden(h, parameters, kinds, seed, n_steps, length):
    """Draw visible units given ``h``, and go on with whole steps of Gibbs sampling."""
    mean = visible_mean(h, parameters, kinds, length)
    v = sample_visible(mean, kinds, _seed_of_draw(seed, 1))
    for step in tf.range(1, n_steps):
        v = gibbs_step(v, parameters, kinds, _seed_of_draw(seed, 2 * step))
    return v


# Update ------------------------------------------------------------------------------------------


def momentum_step(parameters, velocity, gradient, momentum, decay):
    r"""Return the next parameters and their velocity: part of the last change, and a step further.

    .. math:: \Delta w_{ij} \leftarrow m \, \Delta w_{ij} + \epsilon \, (\langle v_i h_j
              \rangle_{data} - \langle v_i h_j \rangle_{model} - \lambda \, w_{ij}),
              \qquad w_{ij} \leftarrow w_{ij} + \Delta w_{ij},

    the same without the decay :math:`\lambda` for the biases (Hinton & Salakhutdinov 2006, eq. 2).

    Parameters
    ----------
    parameters : Parameters
    velocity : Parameters
        The last change, :math:`\Delta w_{ij}`.
    gradient : Parameters
        Times the learning rate :math:`\epsilon`; see ``scale`` of :func:`contrastive_divergence`.
    momentum : float
        :math:`m`.
    decay : float
        Weight decay times learning rate, :math:`\epsilon \lambda`.

    Returns
    -------
    parameters : Parameters
    velocity : Parameters
    """
    velocity = Parameters(
        momentum * velocity.weights + gradient.weights - decay * parameters.weights,
        momentum * velocity.visible_bias + gradient.visible_bias,
        momentum * velocity.hidden_bias + gradient.hidden_bias,
    )
    return Parameters(*(a + b for a, b in zip(parameters, velocity, strict=True))), velocity
