"""Chapter 4's race: pretrained and random initial weights, everybody tuned by the same search.

Eight ways to initialise one network, each fine-tuned by Adam and by momentum. Work is counted in
multiplications: what pretraining costs is taken from fine-tuning, and all end after equal work.
Each way has a number of its own (the learning rate of its pretraining, or a factor on its random
weights), which is searched jointly with the learning rate of fine-tuning, for each optimiser; then
the epochs of pretraining jointly with that rate. All this is decided on validation digits, with a
seed that is not used afterwards. The winners then run with new seeds.
"""

import dataclasses
import itertools
import json
import time

import numpy as np

from ae_lib._files import write_whole
from ae_lib.datasets import load_mnist
from ae_lib.paper.many import Many, cross_entropy, squared_error, train_many
from ae_lib.paper.run import describe
from ae_lib.paper.starts import PRETRAINED, batches_of, initial_network
from ae_lib.progress import epoch_bar

HEADER = {"unit": "squared error per picture", "published": {}}
_OPTIMIZERS = ("adam", "momentum")


def powers_of_two(middle, below, above):
    """Return a number times 2 to the powers from ``-below`` to ``above``.

    Examples
    --------
    >>> powers_of_two(0.1, 1, 2)
    (0.05, 0.1, 0.2, 0.4)
    """
    return tuple(middle * 2.0**power for power in range(-below, above + 1))


def multiplications(sizes):
    """Count the multiplications by weights that training costs for each training digit.

    Fine-tuning goes up and down the network, computes the gradient of each weight, and hands
    gradients down to each layer but the first, whose inputs need none. An RBM goes up, down and up,
    and collects two products for each weight; a shallow autoencoder goes up and down, has two
    gradients, and hands one down: five times its weights, both of them. Then each layer but the
    last goes up once more, to give the next one its data.

    Parameters
    ----------
    sizes : sequence of int
        Units from the pixels to the code.

    Returns
    -------
    fine_tuning : int
        Of an epoch.
    pretraining : int
        Of an epoch of all layers.
    handing_on : int
        Of pretraining as a whole, however many epochs it has.

    Examples
    --------
    >>> multiplications((784, 256, 128, 64, 30))
    (1260800, 1217920, 241664)
    """
    weights = [n_in * n_out for n_in, n_out in itertools.pairwise(sizes)]
    return 6 * sum(weights) - weights[0], 5 * sum(weights), sum(weights[:-1])


def cost(sizes, epochs):
    """Return what pretraining costs, in epochs of fine-tuning.

    Examples
    --------
    >>> round(cost((784, 256, 128, 64, 30), 6), 2)
    5.99
    """
    fine_tuning, pretraining, handing_on = multiplications(sizes)
    return (epochs * pretraining + bool(epochs) * handing_on) / fine_tuning


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    sizes : tuple of int
        Units of each layer, from the pixels to the code.
    n_train, n_validation, n_test, batch_size : int
    budgets : tuple of int
        Work after which winners are chosen, pretraining included, in epochs of fine-tuning.
    pretraining_epochs : tuple of int
        Of each layer: what is tried, in increasing order.
    masked : float
        Share of the inputs that a denoising layer does not see.
    n_seeds : int
        How many networks the winners train, each with new weights and new mini-batches.
    numbers : dict of tuple
        For each initialisation the values of its own number.
    rates : dict of tuple
        For each optimiser the learning rates; for a contestant that needs others, its own.
    more_seeds : dict of int
        For some contestants, how many networks more their winners train.
    """

    sizes: tuple
    n_train: int
    n_validation: int
    n_test: int
    batch_size: int
    budgets: tuple
    pretraining_epochs: tuple
    masked: float
    n_seeds: int
    numbers: dict
    rates: dict
    more_seeds: dict


_NUMBERS = {
    "denoising_relu": powers_of_two(0.008, 2, 1),  # Adam's learning rate
    "he": powers_of_two(1.0, 2, 1),  # factor on the standard deviation of hidden layers
    "denoising": powers_of_two(0.008, 1, 2),
    "glorot": powers_of_two(8.0, 2, 1),
    "rbm": powers_of_two(0.1, 1, 2),  # learning rate; a tenth of it for the linear code
    "shallow": powers_of_two(0.008, 1, 2),
    "orthogonal": powers_of_two(8.0, 2, 1),
    "fitted": powers_of_two(8.0, 2, 1),  # factor on what logistic units feed
}
SETTINGS = {
    "paper": Settings(
        sizes=(784, 256, 128, 64, 30),
        n_train=5000,
        n_validation=2000,
        n_test=10_000,
        batch_size=50,
        budgets=(6, 15),
        pretraining_epochs=(1, 2, 3, 6, 9),
        masked=0.25,
        n_seeds=3,
        numbers=_NUMBERS,
        rates={
            "adam": powers_of_two(0.004, 2, 2),
            "momentum": powers_of_two(0.005, 2, 3),
            "shallow_momentum": powers_of_two(0.0025, 2, 3),
            # Units without an upper bound.
            "denoising_relu_adam": powers_of_two(0.002, 2, 2),
            "he_adam": powers_of_two(0.002, 2, 2),
            "denoising_relu_momentum": powers_of_two(0.0003125, 2, 3),
            "he_momentum": powers_of_two(0.00125, 2, 3),
        },
        more_seeds={"denoising_relu_adam": 7, "he_adam": 7},
    ),
    "smoke": Settings(
        sizes=(784, 20, 6),
        n_train=200,
        n_validation=100,
        n_test=100,
        batch_size=50,
        budgets=(2, 3),
        pretraining_epochs=(1, 2),
        masked=0.25,
        n_seeds=2,
        numbers={name: values[1:3] for name, values in _NUMBERS.items()},
        rates={"momentum": (0.005, 0.01), "adam": (0.002, 0.004)},
        more_seeds={"he_adam": 1},
    ),
}


def run_experiment(run):
    """Run it: a record for each initialisation and optimiser; there are no arrays."""
    if run.choose:
        raise ValueError(f"{run.name} searches on validation digits by itself, without --choose")
    settings = run.settings
    digits = load_mnist(n_train=settings.n_train, n_validation=settings.n_validation)
    contestants = list(itertools.product(_OPTIMIZERS, settings.numbers))
    records = []
    with epoch_bar(run.name, len(contestants), shown=bool(run.verbose)) as bar:
        for optimizer, start in contestants:
            found = compete(run, digits, start, optimizer)
            records.append(
                run.record(f"{start}_{optimizer}", test=found["winners"][-1]["mean"],
                           settings=describe(settings), **found)
            )  # fmt: skip
            bar.update()
    return records, {}


def kept(run, label, compute):
    """Return what was computed under a label; from the run's folder, if it is there."""
    file = run.folder / f"{label}.json"
    if not file.exists():
        content = json.dumps(compute()).encode()
        write_whole(file, lambda opened: opened.write(content))
    return json.loads(file.read_text(encoding="utf-8"))


def compete(run, digits, start, optimizer):
    """Search for one contestant, and train its winners with new seeds; each part is kept.

    Returns
    -------
    found : dict
        ``numbers_tried`` (validation errors by number and rate), ``number``, ``rates_tried``
        (validation errors by budget, epochs of pretraining and rate), ``winners`` and ``seconds``.
        Winners of a contestant with more seeds have their errors as ``more_errors``.
    """
    settings, label = run.settings, f"{start}_{optimizer}"
    numbers, tuning = settings.numbers[start], settings.n_seeds  # a seed that no winner has
    rates = settings.rates.get(label, settings.rates[optimizer])
    lengths = settings.pretraining_epochs if start in PRETRAINED else (0,)
    made = {}

    def network(number, epochs, seed):
        place = (number, epochs, seed)
        if place not in made:
            made[place] = initial_network(run, digits.x_train, start, *place)
        return made[place]

    def errors(number, epochs, budgets):
        """Return errors by budget and rate; null where pretraining costs more than the budget."""
        left = [budget - round(cost(settings.sizes, epochs)) for budget in budgets]
        found, _ = errors_by_epoch(
            run, [network(number, epochs, tuning)[0]] * len(rates), digits.x_train,
            {"search": digits.x_validation}, rates, optimizer, [tuning] * len(rates),
            [max(each, 0) for each in left],
        )  # fmt: skip
        found["search"][np.less(left, 0)] = np.nan
        return rounded(found["search"])

    def search_number():
        epochs = lengths[len(lengths) // 2]
        found = [errors(number, epochs, settings.budgets[:1])[0] for number in numbers]
        return {"values": list(numbers), "rates": list(rates), "pretraining_epochs": epochs,
                "errors": found}  # fmt: skip

    tried = kept(run, f"{label}_numbers", lambda: timed(search_number))
    number = numbers[least(tried["errors"])[0]]

    def search_rate():
        by_length = [errors(number, epochs, settings.budgets) for epochs in lengths]
        return {"values": list(rates), "pretraining_epochs": list(lengths),
                "errors": [list(each) for each in zip(*by_length, strict=True)]}  # fmt: skip

    again = kept(run, f"{label}_rates", lambda: timed(search_rate))

    def train_winners(seeds):
        found = []
        for budget, grid in zip(settings.budgets, again["errors"], strict=True):
            length, rate = least(grid)
            made = [network(number, lengths[length], seed) for seed in seeds]
            found.append(
                winner(run, digits, optimizer, rates[rate], budget, lengths[length], made, seeds)
            )
        return {"winners": found}

    seeds = range(settings.n_seeds)
    winners = kept(run, f"{label}_winners", lambda: timed(lambda: train_winners(seeds)))
    parts = [tried, again, winners]
    if more := settings.more_seeds.get(label):
        others = range(tuning + 1, tuning + 1 + more)
        parts.append(kept(run, f"{label}_more", lambda: timed(lambda: train_winners(others))))
        for won, found in zip(winners["winners"], parts[-1]["winners"], strict=True):
            won["more_errors"] = found["errors"]
    return {
        "number": number,
        "numbers_tried": tried,
        "rates_tried": again,
        "winners": winners["winners"],
        "seconds": sum(part["seconds"] for part in parts),
    }


def timed(compute):
    """Return what is computed, a dictionary, with the seconds that it took."""
    began = time.monotonic()
    found = compute()
    return found | {"seconds": round(time.monotonic() - began, 1)}


def least(errors):
    """Return the place of the least error in a grid, as JSON has it: null diverged.

    Examples
    --------
    >>> least([[3.0, 2.0], [None, 1.5]])
    (1, 1)
    """
    errors = np.array(errors, float)
    return tuple(int(place) for place in np.unravel_index(np.nanargmin(errors), errors.shape))


def winner(run, digits, optimizer, rate, budget, length, made, seeds):
    """Train networks with new seeds; measure them at equal work and, later, at equal updates."""
    settings = run.settings
    spent = cost(settings.sizes, length)
    equal_work = budget - round(spent)
    watched = {"test": digits.x_test[: settings.n_test], "validation": digits.x_validation}
    measured, seconds = errors_by_epoch(
        run, [network for network, _ in made], digits.x_train, watched, [rate] * len(made),
        optimizer, seeds, [0, equal_work, budget],
    )  # fmt: skip
    before, at_equal_work, at_equal_updates = measured["test"]
    return {
        "epochs": budget,
        "pretraining_epochs": length,
        "pretraining_cost": round(spent, 3),
        "fine_tuning_epochs": equal_work,
        "rate": rate,
        "mean": float(at_equal_work.mean()),
        "errors": rounded(at_equal_work),
        "errors_at_equal_updates": rounded(at_equal_updates),
        "before": rounded(before),
        "validation_curves": rounded(measured["curves"]),
        "seconds_per_epoch": round(seconds / len(made) / budget, 3),
        "pretraining_seconds": rounded([seconds for _, seconds in made]),
    }


def rounded(values, digits=2):
    """Return numbers for JSON; null where training diverged."""
    values = np.asarray(values, float)
    if values.ndim:
        return [rounded(item, digits) for item in values]
    return round(float(values), digits) if np.isfinite(values) else None


def errors_by_epoch(run, networks, x, watched, rates, optimizer, seeds, at):
    """Train networks at once, and measure them.

    Parameters
    ----------
    run : Run
    networks : list of Network
    x : ndarray
    watched : dict of ndarray
        Digits by name. ``"validation"`` is measured after every epoch.
    rates : sequence of float
    optimizer : str
    seeds : sequence of int
        Numbers of the networks' seeds, for their mini-batches.
    at : sequence of int
        Epochs after which to measure; the largest one ends the training.

    Returns
    -------
    errors : dict of ndarray of shape (len(at), networks)
        And ``"curves"``, of shape (networks, epochs + 1), of validation digits.
    seconds : float
        Of processor time for all updates together.
    """
    many = Many(networks)
    errors, curves = {name: {} for name in watched}, []

    def measure(epoch):
        for name, rows in watched.items():
            if epoch in at or name == "validation":
                errors[name][epoch] = many.mean(squared_error, rows)
        if "validation" in watched:
            curves.append(errors["validation"][epoch])

    measure(0)
    seconds = train_many(
        many, x, None, batches_of(run, len(x), seeds), rates, optimizer=optimizer, epochs=max(at),
        loss=cross_entropy, after_epoch=measure,
    )  # fmt: skip
    found = {name: np.array([each[epoch] for epoch in at]) for name, each in errors.items()}
    return found | {"curves": np.array(curves).T}, seconds
