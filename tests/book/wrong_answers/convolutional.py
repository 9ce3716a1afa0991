"""Typical wrong answers to the exercises of chapter 7, each with words of its hint."""

import math

import numpy as np
from scipy.ndimage import correlate


def sizes(same, valid):
    return lambda n, window, stride, padding: (same if padding == "same" else valid)(
        n, window, stride
    )


def up(n, window, stride):
    return -(-n // stride)


def fitting(n, window, stride):
    return (n - window) // stride + 1


def same_map(x, window, bias):
    return correlate(x, window, mode="constant") + bias


def counts(parameters, work):
    def costs(rows, columns, window, c_in, c_out):
        weights = window**2 * c_in * c_out
        return parameters(weights, c_out), work(weights, rows * columns)

    return costs


def covered(n, window, stride):
    found = np.zeros((n - 1) * stride + window)
    for i in range(n):
        found[i * stride : i * stride + window] += 1
    return found


def difference(still=False, axis=1, reduce=np.max):
    def moves_along(f, x, step):
        after = f(x) if still else np.roll(f(x), step, axis)
        return reduce(np.abs(f(np.roll(x, step, axis)) - after))

    return moves_along


WRONG = {
    "output_size": [
        (sizes(fitting, fitting), "does not depend on the window"),
        (sizes(lambda n, w, s: n // s, fitting), "Rounded down"),
        (sizes(up, up), "must not stick out"),
        (sizes(up, lambda n, w, s: (n - w) // s), "one more"),
        (sizes(lambda n, w, s: n / s, fitting), "whole numbers"),
    ],
    "convolve": [
        (lambda x, w, b: same_map(x, w, b)[1:-1, 1:-1], "border is missing"),
        (lambda x, w, b: same_map(x, w[::-1, ::-1], b), "turned over"),
        (lambda x, w, b: same_map(x, w, 0), "bias is missing"),
        (lambda x, w, b: same_map(x, w.T, b), "are exchanged"),
    ],
    "costs": [
        (counts(lambda w, c: w, lambda w, places: w * places), "biases are missing"),
        (counts(lambda w, c: w + 1, lambda w, places: w * places), "not one altogether"),
        (counts(lambda w, c: w + c, lambda w, places: w), "multiplies many times"),
        (lambda r, c, w, c_in, c_out: (w * w * c_out + c_out, r * c * w * w * c_out), "c_in is"),
    ],
    "coverage": [
        (lambda n, window, stride: np.ones((n - 1) * stride + window), "adds up"),
        (lambda n, window, stride: covered(n, window, 1), "places apart"),
        (lambda n, window, stride: covered(n, window, stride)[: n * stride], "sticks out"),
    ],
    "overcomplete": [
        (lambda picture, code: code[0] * code[1] * 3 > picture[0] * picture[1] * 3, "areas"),
        (lambda picture, code: math.prod(code) >= math.prod(picture), "as many values"),
        (lambda picture, code: math.prod(code) <= math.prod(picture), "exchanged"),
        (lambda picture, code: True, "Received: True"),
    ],
    "moves_along": [
        (difference(still=True), "invariance"),
        (difference(axis=0), "Move it by columns"),
        (difference(reduce=np.mean), "This is a mean"),
        (lambda f, x, step: 0.0, "expected"),
    ],
}
