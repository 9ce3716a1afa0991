"""Deep networks of dense layers, as plain weights: the autoencoder, and a classifier.

Keras' ``Sequential`` of ``Dense`` layers is as fast but ends with other last bits, with which a
stored result could not be computed again: the gradient of its biases adds up the rows in another
order, and ``Model.predict`` rounds otherwise than a call. Losses are computed from what comes into
the output units, so that they are exact where the outputs are 0 or 1, too.
"""

import dataclasses

import numpy as np

from ae_lib._keras import tf

_ACTIVATIONS = {
    "logistic": tf.sigmoid,
    "linear": tf.identity,
    "softmax": tf.nn.softmax,
    "gelu": tf.nn.gelu,
    "relu": tf.nn.relu,
}
_BLOCK_ROWS = 5000


@dataclasses.dataclass
class Layer:
    """A dense layer: ``activation(x @ weights + bias)``.

    Parameters
    ----------
    weights : ndarray of shape (n_in, n_out)
    bias : ndarray of shape (n_out,)
    activation : {"logistic", "linear", "softmax", "gelu", "relu"}
    """

    weights: object
    bias: object
    activation: str

    def __post_init__(self):
        self.weights = tf.Variable(np.asarray(self.weights, np.float32))
        self.bias = tf.Variable(np.asarray(self.bias, np.float32))

    def inputs(self, x):
        """Return what comes into the units."""
        return x @ self.weights + self.bias

    def __call__(self, x):
        """Return the units' values."""
        return _ACTIVATIONS[self.activation](self.inputs(x))


class Network:
    """Dense layers one after the other.

    Parameters
    ----------
    layers : list of Layer
    n_encoder : int
        How many of them belong to the encoder.
    """

    def __init__(self, layers, n_encoder):
        self.layers = layers
        self.n_encoder = n_encoder

    @property
    def variables(self):
        """Return weights and biases, from the first layer to the last."""
        return [variable for layer in self.layers for variable in (layer.weights, layer.bias)]

    def inputs_of_output(self, x):
        """Return what comes into the output units: losses are exact in it, also at 0 and 1."""
        for layer in self.layers[:-1]:
            x = layer(x)
        return self.layers[-1].inputs(x)

    def predict(self, x):
        """Return the output for an array of rows, as an array."""
        return self._pass(x, self.layers)

    def encode(self, x):
        """Return the codes of an array of rows."""
        return self._pass(x, self.layers[: self.n_encoder])

    def decode(self, codes):
        """Return the reconstructions of an array of codes."""
        return self._pass(codes, self.layers[self.n_encoder :])

    def arrays(self):
        """Return all weights by name: ``encoder_0_weights`` of shape (n_in, n_out), and so on."""
        named = {}
        for number, layer in enumerate(self.layers):
            half, place = "encoder", number
            if number >= self.n_encoder:
                half, place = "decoder", number - self.n_encoder
            named[f"{half}_{place}_weights"] = layer.weights.numpy()
            named[f"{half}_{place}_bias"] = layer.bias.numpy()
        return named

    @staticmethod
    def _pass(x, layers):
        results = []
        for start in range(0, len(x), _BLOCK_ROWS):
            rows = tf.constant(np.asarray(x[start : start + _BLOCK_ROWS], np.float32))
            for layer in layers:
                rows = layer(rows)
            results.append(rows.numpy())
        return np.concatenate(results)


def unrolled(stack):
    """Return the network that a stack of RBMs unrolls to; see :func:`ae_lib.unroll`."""
    names = {"bernoulli": "logistic", "gaussian": "linear", "multinomial": "softmax"}
    up = [Layer(rbm.components_.T, rbm.intercept_hidden_, names[rbm.hidden]) for rbm in stack.rbms]
    down = [
        Layer(rbm.components_, rbm.intercept_visible_, names[rbm.visible])
        for rbm in reversed(stack.rbms)
    ]
    return Network(up + down, len(up))


def random_autoencoder(sizes, deviation, rng, *, hidden="logistic", output="logistic"):
    """Return an autoencoder with random weights and zero biases.

    Parameters
    ----------
    sizes : sequence of int
        Units from the data to the code, such as (784, 1000, 500, 250, 30).
    deviation : float or {"glorot", "he"}
        Standard deviation of all weights, or the rule for it: 2 / (n_in + n_out) or 2 / n_in is
        the variance.
    rng : numpy.random.Generator
    hidden, output : str
        Activations of the hidden layers and of the output. The code is linear.
    """
    sizes = [*sizes, *reversed(sizes[:-1])]
    n_layers = len(sizes) - 1
    kinds = [hidden] * n_layers
    kinds[n_layers // 2 - 1] = "linear"
    kinds[-1] = output
    return Network(random_layers(sizes, kinds, deviation, rng), n_layers // 2)


def random_layers(sizes, kinds, deviation, rng):
    """Return layers with random weights; see :func:`random_autoencoder`."""
    layers = []
    for n_in, n_out, kind in zip(sizes[:-1], sizes[1:], kinds, strict=True):
        rules = {"glorot": np.sqrt(2 / (n_in + n_out)), "he": np.sqrt(2 / n_in)}
        weights = rng.normal(0, rules.get(deviation, deviation), (n_in, n_out))
        layers.append(Layer(weights, np.zeros(n_out), kind))
    return layers
