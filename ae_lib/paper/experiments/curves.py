"""Fig. 2A: curves, 784-400-200-100-50-25-6, drawn by :mod:`ae_lib.paper.data.curves`."""

from ae_lib.paper.data.curves import make_curves
from ae_lib.paper.data.parts import split
from ae_lib.paper.images import Settings, autoencoder_against_pca
from ae_lib.paper.training import FineTuning

HEADER = {
    "unit": "squared error per picture",
    "published": {
        "autoencoder": 1.44,
        "logistic_pca_6": 7.64,
        "logistic_pca_18": 2.45,
        "pca_18": 5.90,
    },
}

_LOGISTIC = FineTuning(epochs=200, batch_size=100, learning_rate=0.02)
SETTINGS = {
    "paper": Settings(
        layers=(400, 200, 100, 50, 25, 6),
        n_train=20_000,
        n_validation=2_000,
        n_test=10_000,
        fine_tuning=FineTuning(epochs=200, batch_size=100),
        logistic_pca=_LOGISTIC,
        logistic_components=(6, 18),
        pca_components=(6, 18),
    ),
    "smoke": Settings(
        layers=(40, 6),
        n_train=200,
        n_validation=100,
        n_test=100,
        fine_tuning=FineTuning(epochs=2, batch_size=100),
        logistic_pca=FineTuning(epochs=2, batch_size=100),
        logistic_components=(6,),
        pca_components=(6, 18),
        pretraining_epochs=2,
    ),
}


def load_parts(run):
    """Return the curves of a run as Parts: while settings are chosen, validation and no test."""
    n = run.settings.n_train + run.settings.n_validation * run.choose
    x_test = None if run.choose else make_curves(run.settings.n_test, [0, 2])
    return split(run, make_curves(n, [0, 1]), x_test, run.settings)


def run_experiment(run):
    """Run it: records and arrays, as :func:`ae_lib.paper.images.autoencoder_against_pca` has them.

    Training and test pictures are the same for every seed.
    """
    records, arrays, _ = autoencoder_against_pca(run, load_parts(run))
    return records, arrays
