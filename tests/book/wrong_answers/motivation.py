"""Typical wrong answers to the exercises of chapter 1, each with words of its hint."""

import numpy as np


def rounding(levels, turn=np.round, whole=False, clip=True):
    def quantise(codes, low, high, bits):
        n = levels(bits)
        numbers = turn((codes - low) / (high - low) * n)
        numbers = np.clip(numbers, 0, n) if clip else numbers
        return numbers if whole else low + numbers * (high - low) / n

    return quantise


def neighbours(own_distance, pick="argmin", what=np.mean):
    def right_neighbours(codes, labels):
        distance = ((codes[:, None] - codes) ** 2).sum(axis=2)
        np.fill_diagonal(distance, own_distance(distance))
        return what(labels[getattr(distance, pick)(axis=1)] == labels)

    return right_neighbours


def wrong_ones(codes, labels):
    return 1 - neighbours(lambda distance: np.inf)(codes, labels)


def first_column(codes, labels):
    distance = ((codes[:, None] - codes) ** 2).sum(axis=2)
    return np.mean(labels[distance[:, 1:].argmin(axis=1)] == labels)


WRONG = {
    "squared_error": [
        (lambda x, x_hat: ((x - x_hat) ** 2).mean(), "mean over the pixels"),
        (lambda x, x_hat: ((x - x_hat) ** 2).sum(), "added up the images"),
        (lambda x, x_hat: ((x - x_hat) ** 2).sum(axis=1).mean() / 2, "one half"),
        (lambda x, x_hat: ((x - x_hat) ** 2).sum(axis=1), "One error for each image"),
        (lambda x, x_hat: np.linalg.norm(x - x_hat, axis=1).mean(), "a root was taken"),
    ],
    "quantise": [
        (rounding(lambda bits: 2**bits), "n - 1 steps"),
        (rounding(lambda bits: 2**bits - 1, np.floor), "always round down"),
        (rounding(lambda bits: 2**bits - 1, whole=True), "as they would be sent"),
        (rounding(lambda bits: 1), "one bit can say"),
        (rounding(lambda bits: bits), "off by at most"),
        (lambda codes, low, high, bits: codes, "can tell"),
        (rounding(lambda bits: 2**bits - 1, clip=False), "Codes below low and above high"),
    ],
    "right_neighbours": [
        (wrong_ones, "neighbour is wrong"),
        (neighbours(lambda distance: -1.0, "argmax"), "farthest"),
        (neighbours(lambda distance: np.inf, what=np.sum), "number of right ones"),
        (first_column, "leave out the first column"),
    ],
    "break_even": [
        (lambda n, bits, decoder, rival: 1, "decoder has to be sent"),
        (lambda n, bits, decoder, rival: decoder // rival + 1, "codes cost something"),
        (lambda n, bits, decoder, rival: decoder / (rival - n * bits), "whole number"),
        (lambda n, bits, decoder, rival: decoder // (rival - n * bits), "One more"),
        (lambda n, bits, decoder, rival: decoder // (rival - n * bits) + 1, "never pay"),
    ],
}
