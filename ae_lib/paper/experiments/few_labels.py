"""Chapter 4's classifiers with few labels: pretrained on unlabelled digits, or random.

One network, several ways to initialise it, and for each number of labels the same search: rate and
number of updates are chosen by cross-validation on labelled digits that no winner sees. The winners
then learn other labelled digits with new seeds. A linear classifier on pixels stands beside them.
"""

import dataclasses
import time

import numpy as np

from ae_lib.datasets import load_mnist
from ae_lib.paper.experiments import race
from ae_lib.paper.experiments.race import kept, powers_of_two, rounded
from ae_lib.paper.many import Many, class_cross_entropy, train_many, wrong
from ae_lib.paper.networks import Layer, Network
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
    n_train, n_test : int
        Digits without labels to pretrain on; digits to test on.
    batch_size, label_batch_size : int
        Of pretraining, and of the classifier.
    updates, measured_every : int
        Of the classifier.
    pretraining_epochs : int
    masked : float
    folds, n_tuning, n_seeds : int
        Of cross-validation; how many sets of labelled digits it sees; how many the winners learn.
    numbers : dict of float
        For each initialisation its own number, as the race chose it.
    rates : dict of tuple
        Learning rates of Adam for each initialisation, as many for each.
    penalties : tuple of float
        Values of C, for the linear classifier.
    """

    sizes: tuple
    labels: tuple
    n_train: int
    n_test: int
    batch_size: int
    label_batch_size: int
    updates: int
    measured_every: int
    pretraining_epochs: int
    masked: float
    folds: int
    n_tuning: int
    n_seeds: int
    numbers: dict
    rates: dict
    penalties: tuple


SETTINGS = {
    "paper": Settings(
        sizes=(784, 256, 128, 64),
        labels=(100, 1000),
        n_train=10_000,
        n_test=10_000,
        batch_size=100,
        label_batch_size=20,
        updates=400,
        measured_every=20,
        pretraining_epochs=10,
        masked=0.25,
        folds=3,
        n_tuning=2,
        n_seeds=6,
        numbers={"rbm": 0.1, "glorot": 4.0, "he": 1.0},
        rates={
            "rbm": powers_of_two(0.002, 3, 4),
            "glorot": powers_of_two(0.002, 3, 4),
            "he": powers_of_two(0.002, 6, 1),
        },
        penalties=(0.001, 0.01, 0.1, 1, 10),
    ),
    "smoke": Settings(
        sizes=(784, 20, 10),
        labels=(30,),
        n_train=200,
        n_test=100,
        batch_size=50,
        label_batch_size=10,
        updates=4,
        measured_every=2,
        pretraining_epochs=1,
        masked=0.25,
        folds=2,
        n_tuning=1,
        n_seeds=2,
        numbers={"rbm": 0.1, "denoising": 0.004, "glorot": 4.0, "he": 1.0},
        rates=dict.fromkeys(("rbm", "denoising", "glorot", "he"), (0.002, 0.004)),
        penalties=(0.1, 1),
    ),
}


def run_experiment(run):
    """Run it: a record for each initialisation and number of labels; there are no arrays."""
    if run.choose:
        raise ValueError(f"{run.name} searches on validation digits by itself, without --choose")
    settings = run.settings
    digits = load_mnist(n_train=settings.n_train)
    records, starts = [], (*settings.numbers, "linear")
    with epoch_bar(run.name, len(starts), shown=bool(run.verbose)) as bar:
        for start in starts:
            compute = linear if start == "linear" else compete
            found = kept(run, start, lambda f=compute, s=start: f(run, digits, s))
            for labels, each in zip(settings.labels, found, strict=True):
                records.append(
                    run.record(
                        f"{start}_{labels}", test=float(np.mean(each["errors"])),
                        settings=describe(settings), **each,
                    )
                )  # fmt: skip
            bar.update()
    return records, {}


def labelled(run, digits, n, draw):
    """Return the places of labelled digits, as many of each class, and in random order."""
    rng = run.rng(Draw.FITTED_CODES, draw)
    of_class = [rng.permutation(np.flatnonzero(digits.y_train == c)) for c in range(10)]
    return rng.permutation(np.concatenate([each[: n // 10] for each in of_class]))


def compete(run, digits, start):
    """Search for one initialisation with each number of labels, and train the winners."""
    settings, rates = run.settings, run.settings.rates[start]
    tuning = range(settings.n_seeds, settings.n_seeds + settings.n_tuning)
    began = time.monotonic()
    made = [classifier(run, digits.x_train, start, k) for k in range(tuning.stop)]
    found = []
    for n in settings.labels:
        tried = search(run, digits, made, n, rates, tuning)
        step, rate = np.unravel_index(np.nanargmin(tried), tried.shape)
        errors = percent_wrong(
            run, digits, made[: settings.n_seeds],
            [labelled(run, digits, n, k) for k in range(settings.n_seeds)],
            [rates[rate]] * settings.n_seeds, range(settings.n_seeds), None,
            updates=settings.measured_every * (int(step) + 1),
        )[-1]  # fmt: skip
        found.append(
            {
                "errors": rounded(errors), "number": settings.numbers[start],
                "rate": rates[rate],
                "updates": settings.measured_every * (int(step) + 1),
                "rates_tried": {
                    "values": list(rates), "errors": rounded(tried.min(axis=0))
                },
            }
        )  # fmt: skip
    return [each | {"seconds": (time.monotonic() - began) / len(found)} for each in found]


def search(run, digits, networks, n, rates, tuning):
    """Return errors by cross-validation in percent, of shape (measurements, rates)."""
    settings = run.settings
    trials = []
    for draw in tuning:
        chosen = labelled(run, digits, n, draw)
        for fold in np.array_split(chosen, settings.folds):
            rest = np.setdiff1d(chosen, fold, assume_unique=True)
            trials += [(rate, draw, fold, rest) for rate in rates]
    each_rate, draws, folds, rests = zip(*trials, strict=True)
    tried = percent_wrong(
        run,
        digits,
        [networks[draw] for draw in draws],
        rests,
        each_rate,
        draws,
        folds.__getitem__,
    )
    return tried.reshape(len(tried), -1, len(rates)).mean(axis=1)


def percent_wrong(run, digits, networks, rows, rates, seeds, held_out, updates=None):
    """Train classifiers at once; return errors in percent by measurement and network.

    ``held_out`` gives the rows to measure a network on. None stands for the test digits, which are
    measured at the end only.
    """
    settings = run.settings
    updates = settings.updates if updates is None else updates
    many, errors = Many(networks), []
    classes = np.eye(10, dtype=np.float32)
    epochs = updates // settings.measured_every

    def batches(epoch):
        shape = (settings.measured_every, settings.label_batch_size)
        return np.stack(
            [
                run.rng(Draw.TRAINING_ORDER, seed, epoch).choice(own, size=shape)
                for seed, own in zip(seeds, rows, strict=True)
            ],
            axis=1,
        )

    def measure(epoch):
        if held_out is None:
            if epoch == epochs:
                part = slice(settings.n_test)
                x, y = digits.x_test[part], classes[digits.y_test[part]]
                errors.append(100 * many.mean(wrong, x, y))
            return
        own = [held_out(k) for k in range(many.n)]
        least = min(map(len, own))
        x = np.stack([digits.x_train[each[:least]] for each in own])
        y = np.stack([classes[digits.y_train[each[:least]]] for each in own])
        missed = wrong(y, many.inputs_of_output(x))
        errors.append(100 * np.mean(missed, axis=1))

    train_many(
        many, digits.x_train, classes[digits.y_train], batches, rates, optimizer="adam",
        epochs=epochs, loss=class_cross_entropy, after_epoch=measure,
    )  # fmt: skip
    return np.array(errors)


def classifier(run, x, start, seed):
    """Return a network with its initial weights and ten softmax units."""
    settings = run.settings
    sizes, number = settings.sizes, settings.numbers[start]
    if start == "rbm":
        network, _ = race.pretrained_rbms(run, x, sizes, number, seed, "bernoulli")
    elif start == "denoising":
        network, _ = race.pretrained_shallow(
            run, x, sizes, number, seed, settings.masked, code="logistic"
        )
    else:
        # One layer more, which is cut off with the decoder, so that no hidden layer is the code.
        longer = dataclasses.replace(
            run, settings=dataclasses.replace(settings, sizes=(*sizes, sizes[-1]))
        )
        network, _ = race.initial_network(longer, x, start, number, seed)
    rng = run.rng(Draw.CLASSIFIER_WEIGHTS, seed)
    weights = np.sqrt(2 / (sizes[-1] + 10)) * rng.normal(size=(sizes[-1], 10))
    hidden = network.layers[: len(sizes) - 1]
    return Network([*hidden, Layer(weights, np.zeros(10), "softmax")], len(hidden))


def linear(run, digits, _):
    """Return what logistic regression on pixels does with the same labels."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    settings, found = run.settings, []
    part = slice(settings.n_test)
    for n in settings.labels:
        began, errors, chosen = time.monotonic(), [], []
        for k in range(settings.n_seeds):
            own = labelled(run, digits, n, k)
            search = GridSearchCV(
                LogisticRegression(max_iter=1000), {"C": list(settings.penalties)},
                cv=settings.folds,
            ).fit(digits.x_train[own], digits.y_train[own])  # fmt: skip
            score = search.score(digits.x_test[part], digits.y_test[part])
            errors.append(100 * (1 - score))
            chosen.append(search.best_params_["C"])
        found.append(
            {"errors": rounded(errors), "chosen": chosen, "seconds": time.monotonic() - began}
        )
    return found
