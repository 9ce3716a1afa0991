"""Typical wrong answers to the exercises of chapter 2, each with words of its hint."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def overflowing(x):
    return np.exp(-x) / (1 + np.exp(-x)) ** 2


def layer_slopes(x, W, b):
    h = sigmoid(x @ W + b)
    return h * (1 - h)


def back(*, slopes=(True, True), factor=1.0):
    """Backpropagation; ``slopes`` says whether hidden and output units have theirs."""

    def gradients(x, weights, target):
        values = [x]
        for W in weights:
            values.append(sigmoid(values[-1] @ W))
        delta, found = factor * (values[-1] - target), []
        for number in range(len(weights) - 1, -1, -1):
            h = values[number + 1]
            delta = delta * h * (1 - h) if slopes[number == len(weights) - 1] else delta
            found.append(values[number].T @ delta)
            delta = delta @ weights[number].T
        return found[::-1]

    return gradients


def glorot(n_in, n_out):
    return np.sqrt(2 / (n_in + n_out))


WRONG = {
    "slope": [
        (sigmoid, "function itself"),
        (lambda x: 1 - sigmoid(x), "product of two factors"),
        (lambda x: x * (1 - x), "not for x itself"),
        (overflowing, "e^-|x| will do"),
    ],
    "jacobian": [
        (lambda x, W, b: (layer_slopes(x, W, b)[:, None] * W.T).T, "Row and column"),
        (lambda x, W, b: W.T, "slopes of the units are missing"),
        (lambda x, W, b: sigmoid(x @ W + b)[:, None] * W.T, "not the values h"),
        (lambda x, W, b: layer_slopes(x, W, 0)[:, None] * W.T, "bias is missing"),
    ],
    "fitting_std": [
        (lambda n_in, n_out, slope: glorot(n_in, n_out), "for units of slope 1"),
        (lambda n_in, n_out, slope: (glorot(n_in, n_out) / slope) ** 2, "This is a variance"),
        (lambda n_in, n_out, slope: glorot(n_in, n_out) * slope, "The smaller the slope"),
        (lambda n_in, n_out, slope: np.sqrt(2 / n_in), "He's rule"),
        (lambda n_in, n_out, slope: np.sqrt(1 / (n_in + n_out)) / slope, "factor 2 is missing"),
    ],
    "gradients": [
        (back(slopes=(False, True)), "of the hidden units is missing"),
        (back(slopes=(True, False)), "of the output units is missing"),
        (back(factor=-1), "The sign is wrong"),
        (back(factor=2), "factor one half"),
        (back(factor=1 / 6), "means over the pictures"),
        (lambda x, weights, target: back()(x, weights, target)[::-1], "expected shape"),
    ],
    "difference": [
        (lambda x, y: ((x.astype(float) - y) ** 2).sum(axis=1).mean(), "Still in units of 0"),
        (lambda x, y: (((x - y) / 255) ** 2).sum(axis=1).mean(), "3 - 5 is 254"),
        (lambda x, y: ((x - y).astype(float) ** 2).sum(axis=1).mean(), "3 - 5 is 254"),
        (lambda x, y: ((x / 256 - y / 256) ** 2).sum(axis=1).mean(), "not by 256"),
    ],
}
