"""Chapter 4's classifiers with few labels: pretrained on unlabelled digits, or random.

One network, several ways to initialise it, and for each number of labels the same search: first the
learning rate, then the L2 penalty, and with each of them the number of updates. What is searched
learns sets of labelled digits that no winner sees, and is judged on the same validation digits for
all. The winners then learn other sets with new seeds; no digit is in two sets, nor among those
without labels. A linear classifier on pixels, its penalty searched likewise, stands beside them.
"""

import dataclasses
import time

import numpy as np

from ae_lib.datasets import load_mnist
from ae_lib.paper import starts
from ae_lib.paper.experiments.race import kept, least, powers_of_two, rounded, timed
from ae_lib.paper.many import Many, class_cross_entropy, train_many, wrong
from ae_lib.paper.networks import Network
from ae_lib.paper.run import Draw, describe
from ae_lib.progress import epoch_bar

HEADER = {"unit": "test errors in percent", "published": {}}


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    sizes : tuple of int
        Units of each layer, from the pixels to the last hidden layer.
    labels : tuple of int
        How many labelled digits.
    n_train, n_validation, n_test : int
    n_unlabelled : int
        How many of the ``n_train`` are for pretraining; labelled sets are drawn from the others.
    batch_size, label_batch_size : int
        Of pretraining, and of the classifier.
    updates : tuple of int
        Of the classifier, what is tried, in increasing order; multiples of the first one.
    rate_updates : int
        The last of them that the search of the learning rate tries.
    pretraining_epochs : int
    masked : float
    n_tuning, n_seeds : int
        How many sets of labelled digits the search learns, and how many the winners.
    numbers : dict of float
        For each initialisation its own number, as the race chose it.
    rates : dict of tuple
        Learning rates of Adam for each initialisation, as many for each.
    decays : tuple of float
        L2 penalties of the networks; the search of the rate has none.
    penalties : tuple of float
        Values of C, for the linear classifier.
    """

    sizes: tuple
    labels: tuple
    n_train: int
    n_validation: int
    n_test: int
    n_unlabelled: int
    batch_size: int
    label_batch_size: int
    updates: tuple
    rate_updates: int
    pretraining_epochs: int
    masked: float
    n_tuning: int
    n_seeds: int
    numbers: dict
    rates: dict
    decays: tuple
    penalties: tuple


# Logistic units and rectified ones, each pretrained and random.
_NUMBERS = {"denoising_relu": 0.008, "he": 1.0, "rbm": 0.2, "glorot": 4.0, "fitted": 8.0}
SETTINGS = {
    "paper": Settings(
        sizes=(784, 256, 128, 64),
        labels=(100, 1000),
        n_train=34_000,
        n_validation=2000,
        n_test=10_000,
        n_unlabelled=10_000,
        batch_size=50,
        label_batch_size=20,
        updates=(50, 100, 200, 400, 750, 1500, 3000),
        rate_updates=750,
        pretraining_epochs=5,
        masked=0.25,
        n_tuning=8,
        n_seeds=12,
        numbers=_NUMBERS,
        rates={
            "rbm": powers_of_two(0.008, 2, 2),
            "he": powers_of_two(0.001, 2, 2),
            "denoising_relu": powers_of_two(0.002, 2, 2),
            "glorot": powers_of_two(0.004, 2, 2),
            "fitted": powers_of_two(0.002, 2, 2),
        },
        decays=(0.0, 1e-4, 1e-3, 1e-2),
        penalties=(0.001, 0.01, 0.1, 1, 10, 100, 1000),
    ),
    "smoke": Settings(
        sizes=(784, 20, 10),
        labels=(10, 20),
        n_train=500,
        n_validation=100,
        n_test=100,
        n_unlabelled=200,
        batch_size=50,
        label_batch_size=10,
        updates=(2, 4),
        rate_updates=2,
        pretraining_epochs=1,
        masked=0.25,
        n_tuning=1,
        n_seeds=2,
        numbers=_NUMBERS,
        rates=dict.fromkeys(_NUMBERS, (0.002, 0.004)),
        decays=(0.0, 1e-3),
        penalties=(0.1, 1),
    ),
}


def run_experiment(run):
    """Run it: a record for each initialisation and number of labels; there are no arrays."""
    if run.choose:
        raise ValueError(f"{run.name} searches on validation digits by itself, without --choose")
    settings = run.settings
    digits = load_mnist(n_train=settings.n_train, n_validation=settings.n_validation)
    records, contestants = [], (*settings.numbers, "linear")
    with epoch_bar(run.name, len(contestants), shown=bool(run.verbose)) as bar:
        for start in contestants:
            made = {}  # networks, the same for each number of labels
            for n in settings.labels:
                if start == "linear":
                    found = kept(run, f"linear_{n}", lambda n=n: linear(run, digits, n))
                else:
                    found = compete(run, digits, start, n, made)
                records.append(
                    run.record(f"{start}_{n}", test=float(np.mean(found["errors"])),
                               settings=describe(settings), **found)
                )  # fmt: skip
            bar.update()
    return records, {}


def labelled(run, digits, n, draw):
    """Return the places of labelled digits, as many of each class, and in random order.

    Sets of different draws have no digit in common. A smaller set is a part of a larger one.
    """
    rng, settings = run.rng(Draw.FITTED_CODES), run.settings
    share = max(settings.labels) // 10
    own = slice(draw * share, draw * share + n // 10)
    y = digits.y_train[settings.n_unlabelled :]
    of_class = [rng.permutation(np.flatnonzero(y == c))[own] for c in range(10)]
    if min(map(len, of_class)) < n // 10:
        raise ValueError(f"n_train must be larger: too few labelled digits for set {draw}")
    chosen = settings.n_unlabelled + np.concatenate(of_class)
    return run.rng(Draw.FITTED_CODES, draw).permutation(chosen)


def compete(run, digits, start, n, made):
    """Search for one initialisation with a number of labels, and train the winners."""
    settings, rates = run.settings, run.settings.rates[start]
    label = f"{start}_{n}"

    def networks(seeds):
        for seed in set(seeds).difference(made):
            made[seed] = classifier(run, digits.x_train[: settings.n_unlabelled], start, seed)
        return [made[seed] for seed in seeds]

    def search(pairs, updates):
        """Return mean validation errors, of shape (pairs, updates)."""
        tuning = range(settings.n_seeds, settings.n_seeds + settings.n_tuning)
        found = []
        for rate, decay in pairs:
            errors = percent_wrong(run, digits, networks(tuning), n, rate, decay, tuning,
                                   "validation", updates)  # fmt: skip
            found.append(errors.mean(axis=1))
        return rounded(found)

    def search_rate():
        updates = [each for each in settings.updates if each <= settings.rate_updates]
        return {"values": list(rates), "updates": updates,
                "errors": search([(rate, 0.0) for rate in rates], updates)}  # fmt: skip

    tried = kept(run, f"{label}_rates", lambda: timed(search_rate))
    rate = rates[least(tried["errors"])[0]]

    def search_decay():
        pairs = [(rate, decay) for decay in settings.decays]
        return {"values": list(settings.decays), "updates": list(settings.updates),
                "errors": search(pairs, settings.updates)}  # fmt: skip

    again = kept(run, f"{label}_decays", lambda: timed(search_decay))
    chosen, step = least(again["errors"])
    decay, updates = settings.decays[chosen], settings.updates[step]

    def train_winners():
        seeds = range(settings.n_seeds)
        errors = percent_wrong(
            run, digits, networks(seeds), n, rate, decay, seeds, "test", [updates]
        )
        return {"errors": rounded(errors[-1])}

    winners = kept(run, f"{label}_winners", lambda: timed(train_winners))
    return {
        "errors": winners["errors"],
        "number": settings.numbers[start],
        "rate": rate,
        "decay": decay,
        "updates": updates,
        "rates_tried": tried,
        "decays_tried": again,
        "seconds": sum(part["seconds"] for part in (tried, again, winners)),
    }


def percent_wrong(run, digits, networks, n, rate, decay, seeds, part, updates):
    """Train classifiers at once, each on its labelled set.

    Returns
    -------
    errors : ndarray of shape (len(updates), networks)
        In percent, on the ``part`` of the digits, ``"validation"`` or ``"test"``.
    """
    settings = run.settings
    many, errors = Many(networks), []
    classes = np.eye(10, dtype=np.float32)
    rows = [labelled(run, digits, n, seed) for seed in seeds]
    every = settings.updates[0]
    if part == "test":
        x, y = digits.x_test[: settings.n_test], digits.y_test[: settings.n_test]
    else:
        x, y = digits.x_validation, digits.y_validation

    def batches(epoch):
        shape = (every, settings.label_batch_size)
        return np.stack(
            [
                run.rng(Draw.TRAINING_ORDER, seed, epoch).choice(own, size=shape)
                for seed, own in zip(seeds, rows, strict=True)
            ],
            axis=1,
        )

    def measure(epoch):
        if epoch * every in updates:
            errors.append(100 * many.mean(wrong, x, classes[y]))

    train_many(
        many, digits.x_train, classes[digits.y_train], batches, [rate] * len(networks),
        optimizer="adam", epochs=max(updates) // every, loss=class_cross_entropy,
        after_epoch=measure, decay=decay,
    )  # fmt: skip
    return np.array(errors)


def classifier(run, x, start, seed):
    """Return a network with its initial weights and ten softmax units."""
    settings = run.settings
    sizes, number, epochs = settings.sizes, settings.numbers[start], settings.pretraining_epochs
    if start == "rbm":
        network, _ = starts.pretrained_rbms(run, x, sizes, number, epochs, seed, "bernoulli")
    elif start in starts.PRETRAINED:
        network, _ = starts.pretrained_shallow(
            run, x, sizes, start, number, epochs, seed, linear_code=False
        )
    else:
        # One layer more, which is cut off with the decoder, so that no hidden layer is the code.
        longer = dataclasses.replace(
            run, settings=dataclasses.replace(settings, sizes=(*sizes, sizes[-1]))
        )
        network, _ = starts.initial_network(longer, x, start, number, 0, seed)
    hidden = network.layers[: len(sizes) - 1]
    output = starts.plain_layer(run.rng(Draw.CLASSIFIER_WEIGHTS, seed), sizes[-1], 10, "softmax")
    return Network([*hidden, output], len(hidden))


def linear(run, digits, n):
    """Return what logistic regression on pixels does with the same labels."""
    from sklearn.linear_model import LogisticRegression

    settings, began = run.settings, time.monotonic()
    part = slice(settings.n_test)
    watched = {"validation": (digits.x_validation, digits.y_validation),
               "test": (digits.x_test[part], digits.y_test[part])}  # fmt: skip

    def percent(penalty, draws, name):
        found = []
        for draw in draws:
            own = labelled(run, digits, n, draw)
            model = LogisticRegression(C=penalty, max_iter=1000)
            model.fit(digits.x_train[own], digits.y_train[own])
            found.append(100 * (1 - model.score(*watched[name])))
        return found

    tuning = range(settings.n_seeds, settings.n_seeds + settings.n_tuning)
    tried = [float(np.mean(percent(each, tuning, "validation"))) for each in settings.penalties]
    chosen = settings.penalties[int(np.argmin(tried))]
    return {
        "errors": rounded(percent(chosen, range(settings.n_seeds), "test")),
        "chosen": chosen,
        "penalties_tried": {"values": list(settings.penalties), "errors": rounded(tried)},
        "seconds": round(time.monotonic() - began, 1),
    }
