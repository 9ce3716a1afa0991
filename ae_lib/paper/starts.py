"""Initial weights of the networks in chapter 4's experiments: random by a rule, or pretrained."""

import itertools
import time

import numpy as np

from ae_lib.paper.many import Many, cross_entropy, squared_error_linear, train_many
from ae_lib.paper.networks import Layer, Network, unrolled
from ae_lib.paper.run import Draw
from ae_lib.stack import pretrain

_MASKED = ("denoising", "denoising_relu")
PRETRAINED = ("rbm", "shallow", *_MASKED)
_RELU = ("he", "denoising_relu")
# Mean values of units are kept this far from 0 and 1 before their logit becomes a bias.
_MARGIN = 0.01


def batches_of(run, n, seeds):
    """Return a function of the epoch that gives the rows of each mini-batch, for each seed."""
    size = run.settings.batch_size

    def batches(epoch):
        orders = [run.rng(Draw.TRAINING_ORDER, seed, epoch).permutation(n) for seed in seeds]
        steps = n // size
        return np.stack(orders)[:, : steps * size].reshape(len(orders), steps, size).swapaxes(0, 1)

    return batches


def initial_network(run, x, start, number, epochs, seed):
    """Return a network with its initial weights, and the processor seconds of pretraining."""
    sizes = run.settings.sizes
    if start == "rbm":
        return pretrained_rbms(run, x, sizes, number, epochs, seed, "gaussian")
    if start in PRETRAINED:
        return pretrained_shallow(run, x, sizes, start, number, epochs, seed)
    if start == "fitted":
        return fitted_network(run.rng(Draw.AUTOENCODER_WEIGHTS, seed), sizes, number, x), 0.0
    both = [*sizes, *reversed(sizes[:-1])]
    unit = unit_of(start)
    kinds = [unit] * (len(both) - 1)
    kinds[len(sizes) - 2], kinds[-1] = "linear", "logistic"
    rng = run.rng(Draw.AUTOENCODER_WEIGHTS, seed)
    layers = [
        Layer(hidden_weights(rng, start, number, *shape), np.zeros(shape[1]), kind)
        for shape, kind in zip(itertools.pairwise(both), kinds, strict=True)
    ]
    layers[len(sizes) - 2] = plain_layer(rng, *both[len(sizes) - 2 : len(sizes)], "linear")
    layers[-1] = output_layer(rng, sizes[1], x, "logistic")
    return Network(layers, len(sizes) - 1), 0.0


def fitted_network(rng, sizes, factor, x):
    """Return orthogonal weights with both of chapter 2's corrections, for logistic units.

    Glorot's rule gets the factor where logistic units feed a hidden layer or the code, and biases
    cancel their mean of 1/2.
    """
    both, code = [*sizes, *reversed(sizes[:-1])], len(sizes) - 2
    mean = np.clip(np.mean(x, axis=0), _MARGIN, 1 - _MARGIN)
    layers = []
    for place, (n_in, n_out) in enumerate(itertools.pairwise(both)):
        fed_by_logistic, output = place not in (0, code + 1), place == len(both) - 2
        scale = np.sqrt(2 / (n_in + n_out) * max(n_in, n_out))
        scale *= factor if fed_by_logistic and not output else 1
        weights = scale * orthogonal(rng, n_in, n_out)
        bias = -weights.sum(axis=0) / 2 if fed_by_logistic else np.zeros(n_out)
        if output:
            bias = bias + np.log(mean / (1 - mean))
        layers.append(Layer(weights, bias, "linear" if place == code else "logistic"))
    return Network(layers, len(sizes) - 1)


def unit_of(start):
    """Return what the hidden units of an initialisation are."""
    return "relu" if start in _RELU else "logistic"


def hidden_weights(rng, start, number, n_in, n_out):
    """Return random weights of hidden units: a rule, times the number of the initialisation."""
    if start == "orthogonal":
        return number * orthogonal(rng, n_in, n_out)
    scale = np.sqrt(2 / n_in) if start in _RELU else np.sqrt(2 / (n_in + n_out))
    return number * scale * rng.normal(size=(n_in, n_out))


def plain_layer(rng, n_in, n_out, unit):
    """Return a layer by Glorot's rule: for a linear code, and for classes."""
    weights = np.sqrt(2 / (n_in + n_out)) * rng.normal(size=(n_in, n_out))
    return Layer(weights, np.zeros(n_out), unit)


def output_layer(rng, n_in, x, unit):
    """Return a layer by Glorot's rule, with the mean of its targets ``x`` for small inputs."""
    layer = plain_layer(rng, n_in, x.shape[1], unit)
    mean = np.mean(x, axis=0)
    if unit == "logistic":
        mean = np.clip(mean, _MARGIN, 1 - _MARGIN)
        mean = np.log(mean / (1 - mean))
    layer.bias.assign(mean)
    return layer


def orthogonal(rng, n_in, n_out):
    """Return a random matrix whose shorter sides are orthonormal (Saxe et al. 2014)."""
    long, short = max(n_in, n_out), min(n_in, n_out)
    q, r = np.linalg.qr(rng.normal(size=(long, short)))
    q *= np.sign(np.diag(r))
    return q if n_in >= n_out else q.T


def pretrained_rbms(run, x, sizes, rate, epochs, seed, code):
    """Return the unrolled stack of RBMs."""
    started = time.process_time()
    stack = pretrain(
        x, sizes[1:], code=code, n_iter=epochs, learning_rate=rate, code_learning_rate=rate / 10,
        batch_size=run.settings.batch_size,
        random_state=int(run.rng(Draw.RBM_SEED, seed).integers(2**31)),
    )  # fmt: skip
    return unrolled(stack), time.process_time() - started


def pretrained_shallow(run, x, sizes, start, rate, epochs, seed, linear_code=True):
    """Return shallow autoencoders, trained one on the codes of another, put inside each other.

    Rectified units have no upper bound. To reconstruct them, a layer is trained as linear, on the
    squared error; rectifying it afterwards can only bring it nearer to targets that are at least 0.
    """
    rng = run.rng(Draw.AUTOENCODER_WEIGHTS, seed)
    unit, factor = unit_of(start), 1.0 if start in _RELU else 4.0
    up, down, seconds, data = [], [], 0.0, x
    for place, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        rectified = unit == "relu" and place > 0
        if linear_code and place == len(sizes) - 2:
            first = plain_layer(rng, n_in, n_out, "linear")
        else:
            weights = hidden_weights(rng, start, factor, n_in, n_out)
            first = Layer(weights, np.zeros(n_out), unit)
        last = output_layer(rng, n_out, data, "linear" if rectified else "logistic")
        if unit == "logistic" and place > 0:  # a hidden layer of the whole network
            last.weights.assign(hidden_weights(rng, start, factor, n_out, n_in))
        many = Many([Network([first, last], 1)])
        seconds += train_many(
            many, data, None, batches_of(run, len(x), [1000 * (place + 1) + seed]), [rate],
            optimizer="adam", epochs=epochs,
            loss=squared_error_linear if rectified else cross_entropy,
            masked=run.settings.masked if start in _MASKED else 0.0, noise=10 * seed + place,
        )  # fmt: skip
        shallow = many.network(0)
        data = shallow.encode(data)
        up.append(shallow.layers[0])
        shallow.layers[1].activation = "relu" if rectified else "logistic"
        down.insert(0, shallow.layers[1])
    return Network(up + down, len(up)), seconds
