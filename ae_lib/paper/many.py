"""Several networks of one shape, trained at once: a search over learning rates in one graph.

Weights get a leading axis, a place for each network. The networks share nothing but the graph: each
has a learning rate and mini-batches of its own, and ends where it would have ended alone.
"""

import time

import numpy as np

from ae_lib._keras import tf
from ae_lib.paper.networks import _ACTIVATIONS, Layer, Network

_BLOCK_ROWS = 500
_MOMENTUM = 0.9
_ADAM_MEAN, _ADAM_SQUARE, _ADAM_SMALL = 0.9, 0.999, 1e-7


class Many:
    """Networks of one shape.

    Parameters
    ----------
    networks : list of Network
        They are copied.

    Raises
    ------
    ValueError
        If there is no network, or if they differ in their units.
    """

    def __init__(self, networks):
        if not networks:
            raise ValueError("networks must have at least one network. Received: none")
        kinds = [_kinds(network) for network in networks]
        if any(kind != kinds[0] for kind in kinds):
            raise ValueError(f"networks must have the same layers. Received: {kinds}")
        self.n = len(networks)
        self.n_encoder = networks[0].n_encoder
        self.activations = [layer.activation for layer in networks[0].layers]
        by_layer = list(zip(*(network.layers for network in networks), strict=True))
        self.weights = [tf.Variable(np.stack([item.weights for item in each])) for each in by_layer]
        self.biases = [
            tf.Variable(np.stack([item.bias for item in each])[:, None]) for each in by_layer
        ]

    @property
    def variables(self):
        """Return weights and biases, from the first layer to the last."""
        return [item for pair in zip(self.weights, self.biases, strict=True) for item in pair]

    def inputs_of_output(self, x):
        """Return what comes into the output units, of shape (networks, rows, units).

        ``x`` has the shape (rows, units), or (networks, rows, units).
        """
        for weights, bias, kind in zip(self.weights, self.biases, self.activations, strict=True):
            inputs = tf.matmul(x, weights) + bias
            x = _ACTIVATIONS[kind](inputs)
        return inputs

    def mean(self, measure, x, targets=None):
        """Return the mean of a measure over rows, one for each network."""
        targets = x if targets is None else targets
        total = np.zeros(self.n)
        for start in range(0, len(x), _BLOCK_ROWS):
            rows = slice(start, start + _BLOCK_ROWS)
            inputs = self.inputs_of_output(tf.constant(x[rows]))
            total += tf.reduce_sum(measure(targets[rows], inputs), axis=1).numpy()
        return total / len(x)

    def network(self, place):
        """Return the network at a place, a copy."""
        layers = [
            Layer(weights[place].numpy(), bias[place, 0].numpy(), kind)
            for weights, bias, kind in zip(self.weights, self.biases, self.activations, strict=True)
        ]
        return Network(layers, self.n_encoder)


def _kinds(network):
    """Return what two networks must have in common."""
    return [(*layer.weights.shape, layer.activation) for layer in network.layers]


def cross_entropy(targets, inputs):
    """Binary cross-entropy, from what comes into logistic output units: (networks, rows)."""
    targets = tf.broadcast_to(targets, tf.shape(inputs))
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=inputs)
    return tf.reduce_sum(losses, axis=-1)


def squared_error(targets, inputs):
    """Squared error, from what comes into logistic output units: (networks, rows)."""
    return tf.reduce_sum(tf.square(targets - tf.sigmoid(inputs)), axis=-1)


def squared_error_linear(targets, inputs):
    """Half the squared error of linear output units: (networks, rows)."""
    return tf.reduce_sum(tf.square(targets - inputs), axis=-1) / 2


def class_cross_entropy(targets, inputs):
    """Cross-entropy with one class a row, from what comes into softmax units."""
    targets = tf.broadcast_to(targets, tf.shape(inputs))
    return tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=inputs)


def wrong(targets, inputs):
    """Return 1 where the largest output is not that of the row's class: (networks, rows)."""
    same = tf.argmax(targets, axis=-1) == tf.argmax(inputs, axis=-1)
    return 1 - tf.cast(same, tf.float32)


def train_many(
    many, x, targets, batches, rates, *, optimizer, epochs, loss, after_epoch=None, masked=0.0,
    noise=0, decay=0.0,
):  # fmt: skip
    """Train networks at once, each with its own learning rate, constant all along.

    Parameters
    ----------
    many : Many
        Holds the trained weights afterwards.
    x : ndarray of shape (n, n_in), float32
    targets : ndarray of shape (n, n_out) or None
        None stands for ``x`` itself.
    batches : callable
        Of the epoch, from 0 on; returns the rows of each mini-batch, of shape (steps, networks,
        rows), or (steps, 1, rows) if all networks see the same.
    rates : sequence of float
        A learning rate for each network.
    optimizer : {"momentum", "adam"}
        Gradient descent with momentum 0.9, or Adam with its usual constants.
    epochs : int
    loss : callable
        Of targets and inputs of the output units; returns (networks, rows).
    after_epoch : callable, optional
        Called with the number of epochs that are done. Its time is not counted.
    masked : float, default=0
        Share of the inputs, drawn anew in each step, that are set to 0 (not in the targets).
    noise : int, default=0
        Which inputs those are: with another number, others.
    decay : float or sequence of float, default=0
        L2 penalty, one for each network: half of it times the sum of squared weights, without
        biases, is added to the loss.

    Returns
    -------
    seconds : float
        Processor time of the updates, without that of building the graph.
    """
    if len(rates) != many.n:
        raise ValueError(f"rates must have {many.n} values. Received: {len(rates)}")
    if optimizer not in ("momentum", "adam"):
        raise ValueError(f"optimizer must be 'momentum' or 'adam'. Received: {optimizer!r}")
    x = tf.constant(x)
    targets = x if targets is None else tf.constant(targets)
    step = _step(many, loss, optimizer, rates, decay)

    @tf.function(
        input_signature=[tf.TensorSpec([None, None, None], tf.int32), tf.TensorSpec([], tf.int32)]
    )
    def train_epoch(rows, seed):
        for number in tf.range(len(rows)):
            inputs = tf.gather(x, rows[number])
            wanted = tf.gather(targets, rows[number])
            if masked:
                place = tf.stack([seed + 1000 * noise, number])
                drawn = tf.random.stateless_uniform(tf.shape(inputs), place)
                inputs *= tf.cast(drawn >= masked, tf.float32)
            step(inputs, wanted)

    train_epoch(tf.constant(batches(0)[:0], tf.int32), tf.constant(0))  # builds the graph
    seconds = 0.0
    for epoch in range(epochs):
        rows = tf.constant(batches(epoch), tf.int32)
        started = time.process_time()
        train_epoch(rows, tf.constant(epoch))
        seconds += time.process_time() - started
        if after_epoch is not None:
            after_epoch(epoch + 1)
    return seconds


def _step(many, loss, optimizer, rates, decay):
    """Return a function that makes one update, of rows and targets.

    TensorFlow's updates, each a single pass over the weights, know one learning rate for all
    networks. So they make steps of rate 1, whose sum is kept beside the weights at the start, and
    the weights are ``start + rate * sum``.
    """
    variables = many.variables
    rate = tf.constant(np.reshape(np.float32(rates), (-1, 1, 1)))
    penalty = tf.constant(np.reshape(np.float32(np.broadcast_to(decay, many.n)), (-1, 1, 1)))
    starts = [tf.identity(item) for item in variables]
    sums, means = ([tf.Variable(tf.zeros_like(item)) for item in variables] for _ in range(2))
    squares = [tf.Variable(tf.zeros_like(item)) for item in variables if optimizer == "adam"]
    count = tf.Variable(0.0)

    def step(inputs, wanted):
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(tf.reduce_mean(loss(wanted, many.inputs_of_output(inputs)), 1))
        gradients = tape.gradient(value, variables)
        if np.any(decay):  # every other variable is a bias
            gradients[::2] = [
                gradient + penalty * item
                for gradient, item in zip(gradients[::2], many.weights, strict=True)
            ]
        count.assign_add(1)
        for place, gradient in enumerate(gradients):
            state = {"var": sums[place].handle, "lr": 1.0, "grad": gradient}
            if optimizer == "momentum":
                tf.raw_ops.ResourceApplyKerasMomentum(
                    accum=means[place].handle, momentum=_MOMENTUM, **state
                )
            else:
                tf.raw_ops.ResourceApplyAdam(
                    m=means[place].handle, v=squares[place].handle, beta1=_ADAM_MEAN,
                    beta2=_ADAM_SQUARE, beta1_power=_ADAM_MEAN**count,
                    beta2_power=_ADAM_SQUARE**count, epsilon=_ADAM_SMALL, **state
                )  # fmt: skip
            variables[place].assign(starts[place] + rate * sums[place])

    return step
