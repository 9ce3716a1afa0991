"""Chapter 4's race: pretrained and random initial weights, everybody tuned by the same search.

Six ways to initialise one network, each fine-tuned by momentum and by Adam. Each way has one number
of its own (the learning rate of its pretraining, or a factor on its random weights), and
fine-tuning has a learning rate. Both are searched on validation digits with a seed that is not used
afterwards: first the number of the initialisation (with Adam), then the rate. The winners then run
with new seeds.
"""

import dataclasses
import itertools
import json
import time

import numpy as np

from ae_lib._files import write_whole
from ae_lib.datasets import load_mnist
from ae_lib.paper.many import Many, cross_entropy, squared_error, train_many
from ae_lib.paper.networks import Layer, Network, unrolled
from ae_lib.paper.run import Draw, describe
from ae_lib.progress import epoch_bar
from ae_lib.stack import pretrain

HEADER = {"unit": "squared error per picture", "published": {}}
_PRETRAINED = ("rbm", "shallow", "denoising")
# Adam's learning rate while the number of the initialisation is searched.
_FIRST_RATE = 0.004
_OPTIMIZERS = ("momentum", "adam")


def powers_of_two(middle, below, above):
    """Return a number times 2 to the powers from ``-below`` to ``above``.

    Examples
    --------
    >>> powers_of_two(0.1, 1, 2)
    (0.05, 0.1, 0.2, 0.4)
    """
    return tuple(middle * 2.0**power for power in range(-below, above + 1))


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    sizes : tuple of int
        Units of each layer, from the pixels to the code.
    n_train, n_validation, n_test, batch_size : int
    budgets : tuple of int
        Epochs of fine-tuning after which winners are chosen and errors recorded.
    pretraining_epochs : int
        Of each layer.
    masked : float
        Share of the inputs that a denoising layer does not see.
    n_seeds : int
        How many networks the winners train, each with new weights and new mini-batches.
    numbers : dict of tuple
        For each initialisation the values of its own number.
    rates : dict of tuple
        For each optimiser the learning rates; for a contestant that needs others, its own.
    """

    sizes: tuple
    n_train: int
    n_validation: int
    n_test: int
    batch_size: int
    budgets: tuple
    pretraining_epochs: int
    masked: float
    n_seeds: int
    numbers: dict
    rates: dict


_NUMBERS = {
    "rbm": powers_of_two(0.1, 2, 2),  # learning rate; a tenth of it for the linear code
    "shallow": powers_of_two(0.004, 3, 2),  # Adam's learning rate
    "denoising": powers_of_two(0.004, 3, 2),
    "glorot": powers_of_two(4.0, 2, 2),  # factor on the standard deviation of logistic layers
    "orthogonal": powers_of_two(4.0, 2, 2),
    "he": powers_of_two(1.0, 2, 2),  # factor on the standard deviation of all layers
}
SETTINGS = {
    "paper": Settings(
        sizes=(784, 256, 128, 64, 30),
        n_train=5000,
        n_validation=2000,
        n_test=10_000,
        batch_size=50,
        budgets=(6, 15),
        pretraining_epochs=6,
        masked=0.25,
        n_seeds=3,
        numbers=_NUMBERS,
        rates={
            "momentum": powers_of_two(0.005, 2, 3),
            "adam": powers_of_two(0.004, 3, 2),
            "he_momentum": powers_of_two(0.00125, 2, 3),  # its units have no upper bound
        },
    ),
    "smoke": Settings(
        sizes=(784, 20, 6),
        n_train=200,
        n_validation=100,
        n_test=100,
        batch_size=50,
        budgets=(1, 2),
        pretraining_epochs=1,
        masked=0.25,
        n_seeds=2,
        numbers={name: values[1:3] for name, values in _NUMBERS.items()},
        rates={"momentum": (0.005, 0.01), "adam": (0.002, 0.004)},
    ),
}


def run_experiment(run):
    """Run it: a record for each initialisation and optimiser; there are no arrays."""
    if run.choose:
        raise ValueError(f"{run.name} searches on validation digits by itself, without --choose")
    settings = run.settings
    digits = load_mnist(n_train=settings.n_train, n_validation=settings.n_validation)
    contestants = list(itertools.product(settings.numbers, _OPTIMIZERS))
    records, made = [], {}
    with epoch_bar(run.name, len(contestants), shown=bool(run.verbose)) as bar:
        for start, optimizer in contestants:
            label = f"{start}_{optimizer}"

            def compute(start=start, optimizer=optimizer, label=label):
                if start not in made:
                    made[start] = initialise(run, digits, start)
                rates = settings.rates.get(label, settings.rates[optimizer])
                return compete(run, digits, optimizer, rates, made[start])

            found = kept(run, label, compute)
            records.append(
                run.record(label, test=found["winners"][-1]["mean"], settings=describe(settings),
                           **found)
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


def initialise(run, digits, start):
    """Search the number of an initialisation, and use it for new seeds.

    Returns
    -------
    found : dict
        What was tried.
    tuning : Network
        With the weights of the seed that searches.
    networks : list of Network
        With the weights of the winners' seeds.
    """
    settings, numbers = run.settings, run.settings.numbers[start]
    tuning = settings.n_seeds  # the number of a seed that no winner has
    made = [initial_network(run, digits.x_train, start, number, tuning) for number in numbers]
    errors, _ = errors_by_epoch(
        run, [network for network, _ in made], digits.x_train, {"search": digits.x_validation},
        [_FIRST_RATE] * len(numbers), "adam", [tuning] * len(numbers), settings.budgets[:1],
    )  # fmt: skip
    best = int(np.nanargmin(errors["search"][0]))
    networks = [
        initial_network(run, digits.x_train, start, numbers[best], k)
        for k in range(settings.n_seeds)
    ]
    found = {
        "number": numbers[best],
        "numbers_tried": {"values": list(numbers), "errors": rounded(errors["search"][0])},
        "pretraining_seconds": rounded([seconds for _, seconds in networks]),
    }
    return found, made[best][0], [network for network, _ in networks]


def compete(run, digits, optimizer, rates, made):
    """Search the learning rate of one contestant, and train its winners with new seeds."""
    settings = run.settings
    found, tuned, networks = made
    tuning = settings.n_seeds
    began = time.monotonic()
    errors, _ = errors_by_epoch(
        run, [tuned] * len(rates), digits.x_train, {"search": digits.x_validation}, rates,
        optimizer, [tuning] * len(rates), settings.budgets,
    )  # fmt: skip
    best = [int(np.nanargmin(each)) for each in errors["search"]]
    winners = []
    watched = {"test": digits.x_test[: settings.n_test], "validation": digits.x_validation}
    for place, epochs in zip(best, settings.budgets, strict=True):
        measured, seconds = errors_by_epoch(
            run, networks, digits.x_train, watched, [rates[place]] * len(networks), optimizer,
            range(len(networks)), [0, epochs],
        )  # fmt: skip
        winners.append(
            {
                "epochs": epochs,
                "rate": rates[place],
                "mean": float(measured["test"][-1].mean()),
                "errors": rounded(measured["test"][-1]),
                "before": rounded(measured["test"][0]),
                "validation_curves": rounded(measured["curves"]),
                "seconds_per_epoch": round(seconds / len(networks) / epochs, 3),
            }
        )
    return found | {
        "rates_tried": {"values": list(rates), "errors": rounded(errors["search"])},
        "winners": winners,
        "seconds": time.monotonic() - began,
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
        Epochs after which to measure; the last one ends the training.

    Returns
    -------
    errors : dict of ndarray of shape (len(at), networks)
        And ``"curves"``, of shape (networks, epochs + 1), of validation digits.
    seconds : float
        Of processor time for all updates together.
    """
    many = Many(networks)
    errors, curves = {name: [] for name in watched}, []

    def measure(epoch):
        for name, rows in watched.items():
            if epoch in at or name == "validation":
                found = many.mean(squared_error, rows)
                if name == "validation":
                    curves.append(found)
                if epoch in at:
                    errors[name].append(found)

    measure(0)
    seconds = train_many(
        many, x, None, batches_of(run, len(x), seeds), rates, optimizer=optimizer, epochs=max(at),
        loss=cross_entropy, after_epoch=measure,
    )  # fmt: skip
    return {name: np.array(each) for name, each in errors.items()} | {
        "curves": np.array(curves).T
    }, seconds


def batches_of(run, n, seeds):
    """Return a function of the epoch that gives the rows of each mini-batch, for each seed."""
    size = run.settings.batch_size

    def batches(epoch):
        orders = [run.rng(Draw.TRAINING_ORDER, seed, epoch).permutation(n) for seed in seeds]
        steps = n // size
        return np.stack(orders)[:, : steps * size].reshape(len(orders), steps, size).swapaxes(0, 1)

    return batches


def initial_network(run, x, start, number, seed):
    """Return a network with its initial weights, and the processor seconds of pretraining."""
    sizes, rng = run.settings.sizes, run.rng(Draw.AUTOENCODER_WEIGHTS, seed)
    if start == "rbm":
        return pretrained_rbms(run, x, sizes, number, seed, "gaussian")
    if start in _PRETRAINED:
        masked = run.settings.masked if start == "denoising" else 0.0
        return pretrained_shallow(run, x, sizes, number, seed, masked)
    both = [*sizes, *reversed(sizes[:-1])]
    code = len(sizes) - 2
    layers = []
    for place, (n_in, n_out) in enumerate(itertools.pairwise(both)):
        kind = "linear" if place == code else "relu" if start == "he" else "logistic"
        if place == len(both) - 2:
            kind = "logistic"
        if start == "he":
            weights = number * np.sqrt(2 / n_in) * rng.normal(size=(n_in, n_out))
        elif start == "glorot":
            factor = 1.0 if kind == "linear" else number
            weights = factor * np.sqrt(2 / (n_in + n_out)) * rng.normal(size=(n_in, n_out))
        else:
            factor = 1.0 if kind == "linear" else number
            weights = factor * orthogonal(rng, n_in, n_out)
        layers.append(Layer(weights, np.zeros(n_out), kind))
    return Network(layers, len(sizes) - 1), 0.0


def orthogonal(rng, n_in, n_out):
    """Return a random matrix whose shorter sides are orthonormal (Saxe et al. 2014)."""
    long, short = max(n_in, n_out), min(n_in, n_out)
    q, r = np.linalg.qr(rng.normal(size=(long, short)))
    q *= np.sign(np.diag(r))
    return q if n_in >= n_out else q.T


def pretrained_rbms(run, x, sizes, rate, seed, code):
    """Return the unrolled stack of RBMs."""
    started = time.process_time()
    stack = pretrain(
        x, sizes[1:], code=code, n_iter=run.settings.pretraining_epochs, learning_rate=rate,
        code_learning_rate=rate / 10, batch_size=run.settings.batch_size,
        random_state=int(run.rng(Draw.RBM_SEED, seed).integers(2**31)),
    )  # fmt: skip
    return unrolled(stack), time.process_time() - started


def pretrained_shallow(run, x, sizes, rate, seed, masked, code="linear"):
    """Return shallow autoencoders, trained one on the codes of another, put inside each other."""
    rng = run.rng(Draw.AUTOENCODER_WEIGHTS, seed)
    up, down, seconds, data = [], [], 0.0, x
    for place, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        kind = code if place == len(sizes) - 2 else "logistic"
        deviation = np.sqrt(2 / (n_in + n_out))
        layers = [
            Layer((1 if unit == "linear" else 4) * deviation * rng.normal(size=shape),
                  np.zeros(shape[1]), unit)
            for shape, unit in [((n_in, n_out), kind), ((n_out, n_in), "logistic")]
        ]  # fmt: skip
        many = Many([Network(layers, 1)])
        seconds += train_many(
            many, data, None, batches_of(run, len(x), [1000 * (place + 1) + seed]), [rate],
            optimizer="adam", epochs=run.settings.pretraining_epochs, loss=cross_entropy,
            masked=masked,
        )  # fmt: skip
        shallow = many.network(0)
        data = shallow.encode(data)
        up.append(shallow.layers[0])
        down.insert(0, shallow.layers[1])
    return Network(up + down, len(up)), seconds
