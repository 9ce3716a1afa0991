"""Typical wrong answers to the exercises of chapter 1, each with words of its hint."""

import numpy as np


def entropy(turn=np.rint, log=np.log2, divide=True, one=False, total=np.sum, weigh=True):
    def bits_per_code(codes, step):
        values = turn(codes / step if divide else codes)
        each = []
        for column in values.T:
            counted = values.ravel() if one else column
            counts = np.unique(counted, return_counts=True)[1]
            p = counts / counts.sum()
            each.append(-(p * log(p)).sum() if weigh else -log(p).mean())
        return total(each)

    return bits_per_code


def equally_frequent(codes, step):
    return sum(np.log2(len(np.unique(column))) for column in np.rint(codes / step).T)


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


def no_zeros(codes, labels):
    distance = ((codes[:, None] - codes) ** 2).sum(axis=2)
    distance[distance == 0] = np.inf
    return np.mean(labels[distance.argmin(axis=1)] == labels)


def pictures(whole=lambda fraction: int(fraction) + 1, rival_decoder=True, always=False):
    def break_even(code_bits, decoder_bits, rival_bits, rival_decoder_bits=0):
        saved = rival_bits - code_bits
        if saved <= 0 and not always:
            return 0
        more = decoder_bits - (rival_decoder_bits if rival_decoder else 0)
        return whole(more / (saved or 1))

    return break_even


WRONG = {
    "squared_error": [
        (lambda x, x_hat: ((x - x_hat) ** 2).mean(), "mean over the pixels"),
        (lambda x, x_hat: ((x - x_hat) ** 2).sum(), "added up the images"),
        (lambda x, x_hat: ((x - x_hat) ** 2).sum(axis=1).mean() / 2, "one half"),
        (lambda x, x_hat: ((x - x_hat) ** 2).sum(axis=1), "One error for each image"),
        (lambda x, x_hat: np.linalg.norm(x - x_hat, axis=1).mean(), "a root was taken"),
    ],
    "bits_per_code": [
        (entropy(total=np.mean), "mean over the columns"),
        (lambda codes, step: len(codes) * entropy()(codes, step), "Average over the codes"),
        (entropy(log=np.log), "natural one"),
        (lambda codes, step: -entropy()(codes, step), "sign is missing"),
        (entropy(one=True), "One histogram"),
        (entropy(np.floor), "round down"),
        (entropy(divide=False), "step does nothing"),
        (entropy(lambda codes: codes), "rounded before"),
        (equally_frequent, "equally frequent"),
        (entropy(weigh=False), "Weight"),
    ],
    "right_neighbours": [
        (wrong_ones, "neighbour is wrong"),
        (neighbours(lambda distance: -1.0, "argmax"), "farthest"),
        (neighbours(lambda distance: np.inf, what=np.sum), "number of right ones"),
        (first_column, "leave out the first column"),
        (no_zeros, "not every distance of 0"),
    ],
    "break_even": [
        (
            lambda code_bits, decoder_bits, rival_bits, rival_decoder_bits=0: 1,
            "decoder has to be sent",
        ),
        (pictures(rival_decoder=False), "rival's decoder"),
        (
            lambda code_bits, decoder_bits, rival_bits, rival_decoder_bits=0: (
                (decoder_bits - rival_decoder_bits) // rival_bits + 1
            ),
            "codes cost something",
        ),
        (pictures(lambda fraction: fraction), "whole number"),
        (pictures(int), "One more"),
        (pictures(lambda fraction: int(np.ceil(fraction))), "not yet need fewer"),
        (pictures(always=True), "never pay"),
    ],
}
