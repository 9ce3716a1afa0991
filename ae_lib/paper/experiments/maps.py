"""Fig. 3: two-dimensional codes of digits, 784-1000-500-250-2, against the first two components."""

import dataclasses
import time

import numpy as np

from ae_lib._files import warn_if_unwritten
from ae_lib.datasets import load_mnist
from ae_lib.metrics import nearest_neighbour_accuracy, squared_error
from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.images import pretrained
from ae_lib.paper.run import describe, write_arrays
from ae_lib.paper.training import FineTuning, cross_entropy, train

HEADER = {
    "unit": "nearest-neighbour accuracy among the digits of the map, from 0 to 1",
    # The paper shows the two maps and gives no number for them.
    "published": {},
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    layers : tuple of int
    n_train, n_validation : int
        Validation digits are set aside only while settings are chosen.
    per_class : int
        Digits of each class on the map.
    fine_tuning : FineTuning
    pretraining_epochs, pretraining_batch_size : int
    learning_rate, code_learning_rate : float
        Of pretraining.
    """

    layers: tuple
    n_train: int
    n_validation: int
    per_class: int
    fine_tuning: FineTuning
    pretraining_epochs: int = 50
    pretraining_batch_size: int = 100
    learning_rate: float = 0.1
    code_learning_rate: float = 0.001


SETTINGS = {
    "paper": Settings(
        layers=(1000, 500, 250, 2),
        n_train=60_000,
        n_validation=10_000,
        per_class=500,
        fine_tuning=FineTuning(epochs=50),
        pretraining_epochs=20,
    ),
    "smoke": Settings(
        layers=(40, 2),
        n_train=500,
        n_validation=500,
        per_class=20,
        fine_tuning=FineTuning(epochs=2, batch_size=100),
        pretraining_epochs=2,
    ),
}


def run_experiment(run):
    """Run it: records, and the two maps as arrays.

    ``map_autoencoder`` and ``map_pca`` of shape (n, 2), float16, and ``labels``: the first digits
    of each class in the test set (in the validation set while settings are chosen). The trained
    weights are left in ``weights.npz`` in the folder of the run's checkpoints.
    """
    settings = run.settings
    described = describe(settings)
    n_validation = settings.n_validation if run.choose else 0
    n_train = min(settings.n_train, 60_000 - n_validation)
    digits = load_mnist(n_train=n_train, n_validation=n_validation)
    part = "validation" if run.choose else "test"
    x, y = getattr(digits, f"x_{part}"), getattr(digits, f"y_{part}")
    network, _, seconds_before = pretrained(run, digits.x_train, settings)
    history, seconds = train(
        run, "fine_tuning", network, digits.x_train, None, settings.fine_tuning, cross_entropy,
        measures={part: lambda: squared_error(x, network.predict(x))},
    )  # fmt: skip
    chosen = np.concatenate([np.flatnonzero(y == k)[: settings.per_class] for k in range(10)])
    x, y = x[chosen], y[chosen]
    started = time.monotonic()
    pca, _ = pca_errors(digits.x_train, 2, {})
    seconds_pca = time.monotonic() - started
    maps = {"autoencoder": network.encode(x), "pca": pca.transform(x)}
    back = {"autoencoder": network.predict(x), "pca": pca.inverse_transform(maps["pca"])}
    times = {"autoencoder": seconds_before + seconds, "pca": seconds_pca}
    records = [
        run.record(
            method, **{part: nearest_neighbour_accuracy(codes, y)}, seconds=times[method],
            settings=described, squared_error=squared_error(x, back[method]),
        )
        for method, codes in maps.items()
    ]  # fmt: skip
    with warn_if_unwritten():
        write_arrays(run.folder / "weights.npz", network.arrays())
    arrays = {
        "labels": y.astype(np.uint8),
        **{f"map_{method}": codes.astype(np.float16) for method, codes in maps.items()},
        **{f"epochs_{name}": np.float32(values) for name, values in history.items()},
    }
    return records, arrays
