"""The parts of a data set: rows to train on, to choose settings with, and to test on."""

import dataclasses

import numpy as np

from ae_lib.metrics import squared_error


@dataclasses.dataclass(frozen=True)
class Parts:
    """Rows of each part of the data: (n, n_features), float32, or None where it is not read.

    While settings are chosen there are validation rows and no test rows.
    """

    train: np.ndarray
    validation: np.ndarray | None
    test: np.ndarray | None

    def held_out(self):
        """Return what is there beside the training rows, by name."""
        parts = {"validation": self.validation, "test": self.test}
        return {name: x for name, x in parts.items() if x is not None}

    def last(self):
        """Return the test rows if they are there, otherwise the validation rows."""
        return self.test if self.test is not None else self.validation

    def errors(self, reconstruct):
        """Return the squared error per row on each part that is there."""
        parts = {"train": self.train, **self.held_out()}
        return {name: squared_error(x, reconstruct(x)) for name, x in parts.items()}

    def measures(self, reconstruct):
        """Return functions of no arguments that measure the errors on the parts held out."""
        return {
            name: (lambda x=x: squared_error(x, reconstruct(x)))
            for name, x in self.held_out().items()
        }


def split(run, x_train, x_test, settings):
    """Return the parts of the data: while settings are chosen, validation and no test."""
    if not run.choose:
        return Parts(x_train[: settings.n_train], None, x_test[: settings.n_test])
    order = np.random.default_rng(0).permutation(len(x_train))
    held_out, kept = np.split(order, [settings.n_validation])
    return Parts(x_train[kept[: settings.n_train]], x_train[held_out], None)
