"""Trained autoencoders as the demos compute with them: weights in 8 bits.

A file of weights holds arrays ``encoder_0_weights`` of shape (784, 1000), ``encoder_0_bias`` of
shape (1000,), and so on to ``decoder_3_bias``. All units are logistic but those of the code, which
are linear.
"""

import itertools

import numpy as np

from web.demos.files import DemoError

HIDDEN = [784, 1000, 500, 250]
# What 8 bits may add to the squared error, as a fraction of it.
DEAREST = 0.05


def read_network(path, n_code):
    """Read a trained autoencoder.

    Parameters
    ----------
    path : Path
        Of an ``.npz`` file, see the head of this module.
    n_code : int
        Numbers in its code.

    Returns
    -------
    dict
        ``"encoder"`` and ``"decoder"``, each a list of (weights, bias) of float32, weights of shape
        (units, inputs): a row for each unit.

    Raises
    ------
    DemoError
        If an array is missing, has another shape, or is not finite.
    """
    sizes = [*HIDDEN, n_code]
    network = {}
    with np.load(path, allow_pickle=False) as file:
        for part, widths in (("encoder", sizes), ("decoder", sizes[::-1])):
            network[part] = []
            for i, shape in enumerate(itertools.pairwise(widths)):
                names = {f"{part}_{i}_weights": shape, f"{part}_{i}_bias": shape[1:]}
                for name, expected in names.items():
                    if name not in file:
                        raise DemoError(f"{path} lacks the array {name}. It has {file.files}")
                    if file[name].shape != expected or not np.isfinite(file[name]).all():
                        raise DemoError(
                            f"{name} in {path} must be finite and of shape {expected}. "
                            f"Received: shape {file[name].shape}"
                        )
                weights, bias = (file[name].astype(np.float32) for name in names)
                network[part].append((weights.T, bias))
    return network


def quantise(weights):
    """Write weights in 8 bits, with a scale for each unit.

    Parameters
    ----------
    weights : ndarray of shape (units, inputs), float32

    Returns
    -------
    steps : ndarray of the same shape, int8
    scales : ndarray of shape (units,), float32
        A weight is its step times its unit's scale.

    Examples
    --------
    >>> steps, scales = quantise(np.array([[1.27, -0.5], [0.0, 0.0]], dtype=np.float32))
    >>> steps
    array([[127, -50],
           [  0,   0]], dtype=int8)
    >>> scales.round(2)
    array([0.01, 0.  ], dtype=float32)
    """
    scales = (np.abs(weights).max(axis=1) / 127).astype(np.float32)
    safe = np.where(scales > 0, scales, 1)
    return np.rint(weights / safe[:, None]).clip(-127, 127).astype(np.int8), scales


def in_eight_bits(layers):
    """Return what readers' browsers compute with: layers whose weights went through 8 bits.

    Parameters
    ----------
    layers : list of (weights, bias)

    Returns
    -------
    list of (weights, bias)
        float32.
    """
    rounded = []
    for weights, bias in layers:
        steps, scales = quantise(weights)
        rounded.append((steps.astype(np.float32) * scales[:, None], bias))
    return rounded


def run(layers, x, *, linear=False):
    """Pass data through dense layers of logistic units, in float64.

    Parameters
    ----------
    layers : list of (weights, bias)
        Weights of shape (units, inputs).
    x : array-like of shape (n, inputs)
    linear : bool, default=False
        Whether the last layer is linear, as a code is.

    Returns
    -------
    ndarray of shape (n, units), float64

    Examples
    --------
    >>> run([(np.array([[1.0, -1.0]]), np.array([0.0]))], [[2.0, 2.0]])
    array([[0.5]])
    """
    x = np.asarray(x, dtype=np.float64)
    for i, (weights, bias) in enumerate(layers):
        x = x @ weights.T.astype(np.float64) + bias
        if not (linear and i == len(layers) - 1):
            x = 1 / (1 + np.exp(-x))
    return x


def layers_of(arrays):
    """Return the layers in a file of weights, as :func:`run` takes them.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Of :func:`unpack`.

    Returns
    -------
    list of (weights, bias)
    """
    return [
        (
            arrays[f"weights_{i}"].astype(np.float32) * arrays[f"scales_{i}"][:, None],
            arrays[f"bias_{i}"],
        )
        for i in range(len(HIDDEN))
    ]


def arrays_of(layers):
    """Return layers in 8 bits, as arrays for :func:`pack`."""
    arrays = {}
    for i, (weights, bias) in enumerate(layers):
        arrays[f"weights_{i}"], arrays[f"scales_{i}"] = quantise(weights)
        arrays[f"bias_{i}"] = bias
    return arrays


def measure(network, rounded, x_test, name):
    """Return a network's errors on the test digits, before and after 8 bits.

    Parameters
    ----------
    network, rounded : dict
        Its encoder and decoder, as they were and in 8 bits.
    x_test : ndarray of shape (n, 784)
    name : str
        For the message.

    Returns
    -------
    dict
        ``error``, ``error_8_bits`` and ``cost``, the fraction that 8 bits add.

    Raises
    ------
    DemoError
        If 8 bits cost more than they may.
    """
    from ae_lib import squared_error

    error, error_8_bits = (
        squared_error(x_test, run(half["decoder"], run(half["encoder"], x_test, linear=True)))
        for half in (network, rounded)
    )
    cost = error_8_bits / error - 1
    if cost > DEAREST:
        raise DemoError(
            f"8 bits may raise the error of {name} by {DEAREST:.0%} at most. "
            f"Received: from {error:.3f} to {error_8_bits:.3f}, {cost:.1%}"
        )
    return {
        "error": round(error, 4),
        "error_8_bits": round(error_8_bits, 4),
        "cost": round(cost, 4),
    }
