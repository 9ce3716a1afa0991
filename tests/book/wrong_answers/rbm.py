"""Typical wrong answers to the exercises of chapter 3, each with words of its hint."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def zero_or_one(v, W, b):
    return (sigmoid(v @ W + b) > 0.5).astype(float)


def overflowing(v, W, a, b):
    return -v @ a - np.log(1 + np.exp(v @ W + b)).sum(axis=1)


def step_of_cd(v, W, a, b, rng, *, draw=True, draw_pixels=False, sign=1, divide=True, use_a=True):
    h = sigmoid(v @ W + b)
    states = (rng.random(h.shape) < h).astype(float) if draw else h
    v_1 = sigmoid(states @ W.T + (a if use_a else 0))
    if draw_pixels:
        v_1 = (rng.random(v_1.shape) < v_1).astype(float)
    change = sign * (v.T @ h - v_1.T @ sigmoid(v_1 @ W + b))
    return change / len(v) if divide else change


def cd(**mistake):
    return lambda v, W, a, b, rng: step_of_cd(v, W, a, b, rng, **mistake)


def always_the_same_draw(v, W, a, b, rng):
    return step_of_cd(v, W, a, b, np.random.default_rng(1))


def stepped(change):
    def momentum_step(W, step, slope, rate, momentum, decay):
        new = change(W, step, slope, rate, momentum, decay)
        return W + new, new

    return momentum_step


WRONG = {
    "conditionals": [
        (lambda v, W, b: sigmoid(v @ W), "bias b is missing"),
        (lambda v, W, b: v @ W + b, "logistic function is missing"),
        (lambda v, W, b: sigmoid(-v @ W - b), "p(h = 0 | v)"),
        (zero_or_one, "states, 0 or 1"),
        (lambda v, W, b: sigmoid(v @ W + b).T, "transpose of what is asked"),
    ],
    "free_energy": [
        (lambda v, W, a, b: v @ a + np.logaddexp(0, v @ W + b).sum(axis=1), "The sign is wrong"),
        (lambda v, W, a, b: -np.logaddexp(0, v @ W + b).sum(axis=1), "visible biases are missing"),
        (lambda v, W, a, b: v @ a - np.logaddexp(0, v @ W + b).sum(axis=1), "different signs"),
        (lambda v, W, a, b: -v @ a - np.logaddexp(0, v @ W).sum(axis=1), "hidden biases are"),
        (lambda v, W, a, b: -v @ a - np.logaddexp(0, v @ W + b).sum(), "expected"),
        (
            lambda v, W, a, b: -v @ a - (sigmoid(v @ W + b) * (v @ W + b)).sum(axis=1),
            "sums over all of them",
        ),
        (overflowing, "np.logaddexp"),
    ],
    "cd1_change": [
        (cd(draw=False), "Draw states"),
        (cd(draw_pixels=True), "You draw the pixels, too"),
        (cd(sign=-1), "The sign is wrong"),
        (cd(divide=False), "Divide by its length"),
        (cd(use_a=False), "visible biases a are missing"),
        (always_the_same_draw, "Twice the same change"),
    ],
    "momentum_step": [
        (stepped(lambda W, s, g, rate, m, decay: m * s + rate * (g + decay * W)), "weights grow"),
        (stepped(lambda W, s, g, rate, m, decay: m * s + rate * g), "not held back at all"),
        (
            stepped(lambda W, s, g, rate, m, decay: rate * (m * s + g - decay * W)),
            "momentum is multiplied",
        ),
        (
            stepped(lambda W, s, g, rate, m, decay: m * s + rate * (g - decay * s)),
            "pull at the weights",
        ),
    ],
    "gap": [
        (lambda own, unseen: own.mean() - unseen.mean(), "has to be positive"),
        (lambda own, unseen: unseen.sum() - own.sum(), "compare means"),
        (lambda own, unseen: unseen.mean() / own.mean(), "not a ratio"),
    ],
}
