"""Checks for the exercises to chapter 3: RBMs so small that all states can be listed."""

import itertools

import numpy as np

from ae_lib.exercises._calling import call
from ae_lib.exercises._comparing import agrees, as_array, as_numbers, compare, parts
from ae_lib.exercises._findings import Ambiguous, Wrong

# The checks, in the order of the exercises.
__all__ = ["conditionals", "free_energy", "cd1_change", "momentum_step", "gap"]


def _states(n):
    """List all states of n units that are 0 or 1, a row for each."""
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def _small_rbm(rng, scale=1.5):
    """Draw an RBM of 4 visible and 3 hidden units: W, a, b."""
    return (
        rng.normal(0, scale, (4, 3)),
        rng.normal(0, scale, 4),
        rng.normal(0, scale, 3),
    )


def _weights_of_states(v, W, a, b):
    """exp(-energy), a row for each picture of ``v``, a column for each hidden state."""
    hidden = _states(len(b))
    return np.exp((v @ a)[:, None] + hidden @ b + v @ W @ hidden.T)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def conditionals(answer, rng):
    """p(h = 1 | v), compared with the list of all states."""
    W, a, b = _small_rbm(rng)
    v = _states(4)[rng.permutation(16)[:10]]
    weight = _weights_of_states(v, W, a, b)
    expected = weight @ _states(3) / weight.sum(axis=1, keepdims=True)
    received = call(answer, v=v, W=W, b=b)
    compare(
        received,
        expected,
        "The probabilities of the hidden units",
        [
            ("The bias b is missing: a unit likes to be on, or not, on its own.", _sigmoid(v @ W)),
            ("This is the sum that comes in. The logistic function is missing.", v @ W + b),
            ("The sign within the exponential is wrong: this is p(h = 0 | v).", 1 - expected),
            (
                "These are states, 0 or 1. Asked for is the probability of a 1, without a draw.",
                (expected > 0.5).astype(float),
            ),
        ],
    )
    if np.isin(np.asarray(received), [0, 1]).all():
        raise Wrong("These are states, 0 or 1. Asked for are probabilities, without a draw.")


def free_energy(answer, rng):
    """F(v), compared with the sum over all hidden states; and without overflow."""
    W, a, b = _small_rbm(rng)
    v = _states(4)[rng.permutation(16)[:10]]
    if (v @ W).max() < 3:  # 400 times as much has to be too large for e^x
        raise Ambiguous
    expected = -np.log(_weights_of_states(v, W, a, b).sum(axis=1))
    hidden = np.log1p(np.exp(v @ W + b)).sum(axis=1)
    received = call(answer, v=v, W=W, a=a, b=b)
    compare(
        received,
        expected,
        "The free energy",
        [
            ("The sign is wrong: low free energy means a probable picture.", -expected),
            ("The visible biases are missing: the first sum of (3.5).", -hidden),
            ("The two sums have different signs here. In (3.5) both have a minus.", v @ a - hidden),
            (
                "The hidden biases are missing in the exponent.",
                -v @ a - np.log1p(np.exp(v @ W)).sum(axis=1),
            ),
            (
                "This is the energy with the most probable or the mean hidden states. The free "
                "energy sums over all of them: log(1 + e^...).",
                -v @ a - (_sigmoid(v @ W + b) * (v @ W + b)).sum(axis=1),
            ),
        ],
    )
    large = 400 * W
    received = call(answer, v=v, W=large, a=a, b=b)
    exact = -v @ a - np.logaddexp(0, v @ large + b).sum(axis=1)
    compare(
        received,
        exact,
        "The free energy for large weights",
        infinite="e to the power of 800 is too large for a float: `np.logaddexp(0, x)` computes "
        "log(1 + e^x) without it.",
    )


def _average_changes(v, W, a, b):
    """What CD-1 does to W on average, and what typical mistakes do, by listing hidden states."""
    hidden = _states(len(b))
    up = _sigmoid(v @ W + b)
    reached = np.where(hidden == 1, up[:, None], 1 - up[:, None]).prod(axis=2)
    down = _sigmoid(hidden @ W.T + a)
    data = v.T @ up / len(v)

    def change(pictures, weight):
        return data - (pictures * weight[:, None]).T @ _sigmoid(pictures @ W + b)

    pixels = _states(len(a))
    drawn = np.where(pixels == 1, down[:, None], 1 - down[:, None]).prod(axis=2)
    mean_down = _sigmoid(up @ W.T + a)
    share = np.full(len(v), 1 / len(v))
    return {
        "right": change(down, reached.mean(axis=0)),
        "not drawn": change(mean_down, share),
        "pixels drawn": change(pixels, reached.mean(axis=0) @ drawn),
        "visible bias": change(_sigmoid(hidden @ W.T), reached.mean(axis=0)),
    }


def cd1_change(answer, rng):
    """The change of W, averaged over many pictures, compared with an exact average."""
    n = 40_000
    # A standard error of an average is at most 0.0025 with so many pictures.
    tolerance = 0.015
    while True:
        W, a, b = _small_rbm(rng, scale=2.0)
        v = _states(4)[rng.choice(16, size=4, replace=False)]
        averages = _average_changes(v, W, a, b)
        right = averages.pop("right")
        # Where a mistake makes hardly a difference, take another RBM.
        if min(np.abs(wrong - right).max() for wrong in averages.values()) > 3 * tolerance:
            break
    batch = np.repeat(v, n // 4, axis=0)
    returned = call(answer, v=batch, W=W, a=a, b=b, rng=rng)
    received = as_array(returned)
    if received is None:
        as_numbers(returned, right.shape, "The change of W")

    def near(value, average):
        return value.shape == average.shape and np.abs(value - average).max() < tolerance

    if near(received, right):
        again = call(answer, v=batch, W=W, a=a, b=b, rng=rng)
        if agrees(received, again):
            raise Wrong(
                "Twice the same change: nothing is drawn, or always the same numbers. Draw the "
                "states with `rng.random`."
            )
        return
    if received.shape == right.shape:
        hints = [
            (-right, "The sign is wrong: data first, minus reconstruction."),
            (
                averages["not drawn"],
                "The hidden units hand down probabilities. Draw states: each unit may pass on no "
                "more than one bit.",
            ),
            (
                averages["pixels drawn"],
                "You draw the pixels, too. On the way down, take their probabilities: that makes "
                "less noise.",
            ),
            (
                averages["visible bias"],
                "The visible biases a are missing in the reconstruction.",
            ),
        ]
        for average, hint in hints:
            if near(received, average):
                raise Wrong(hint)
        if near(received / n, right):
            raise Wrong("This is a sum over the batch. Divide by its length: a mean is asked for.")
    value = as_numbers(received, right.shape, "The change of W")
    worst = np.unravel_index(np.abs(value - right).argmax(), right.shape)
    raise Wrong(
        f"The change of W, on average over {n} pictures: expected {right[worst]:.3f} at "
        f"{tuple(map(int, worst))}. Received: {value[worst]:.3f}."
    )


def momentum_step(answer, rng):
    """One step with momentum and weight decay, whose planted mistake is the decay's size."""
    W, step, slope = rng.normal(size=(3, 4, 3))
    rate, momentum, decay = rng.uniform(0.01, 0.1), rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.3)
    received = call(answer, W=W, step=step, slope=slope, rate=rate, momentum=momentum, decay=decay)
    new_W, new_step = parts(received, ["W", "step"])

    def result(change):
        return np.stack([W + change, change])

    value = np.stack(
        [
            as_numbers(new_W, (4, 3), "The new W"),
            as_numbers(new_step, (4, 3), "The new step"),
        ]
    )
    compare(
        value,
        result(momentum * step + rate * (slope - decay * W)),
        "The new W and step, one above the other",
        [
            (
                "The decay has the wrong sign: now weights grow.",
                result(momentum * step + rate * (slope + decay * W)),
            ),
            (
                "Without decay the weights are not held back at all. It belongs there, but in "
                "another place.",
                result(momentum * step + rate * slope),
            ),
            (
                "Now the momentum is multiplied by the rate as well. Only slope and decay are.",
                result(rate * (momentum * step + slope - decay * W)),
            ),
            (
                "The decay pulls at the step. It has to pull at the weights.",
                result(momentum * step + rate * (slope - decay * step)),
            ),
        ],
        planted=result(momentum * step + rate * slope - decay * W),
    )


def gap(answer, rng):
    """The difference of mean free energies, with sets of different sizes."""
    n_own, n_unseen = rng.choice(np.arange(20, 60), size=2, replace=False)
    own, unseen = rng.normal(-5, 2, n_own), rng.normal(3, 2, n_unseen)
    compare(
        call(answer, own=own, unseen=unseen),
        unseen.mean() - own.mean(),
        "The gap",
        [
            (
                "The sign is wrong: a machine that overfits gives unseen digits the higher free "
                "energy, and then the gap has to be positive.",
                own.mean() - unseen.mean(),
            ),
            (
                "These are sums. The two sets are not equally large, so compare means.",
                unseen.sum() - own.sum(),
            ),
            (
                "A gap is a difference, not a ratio: log Z cancels only there.",
                unseen.mean() / own.mean(),
            ),
        ],
    )
