"""One run of an experiment: where it keeps its state, and what it writes in the end."""

import dataclasses
import enum
import hashlib
import importlib.metadata
import json
import platform
import re
from pathlib import Path

import numpy as np

from ae_lib._files import locked, require_writable, write_whole
from ae_lib.paper import PRESETS
from ae_lib.results import check_results
from ae_lib.stack import pretrain

_ARRAY_NAME = re.compile(rf"({'|'.join(PRESETS)})_\d+_")


class Draw(enum.IntEnum):
    """What random numbers are drawn for. A run's generators begin with it, see :meth:`Run.rng`.

    These numbers are part of every result: with another one, a run gives other results.
    """

    RBM_SEED = 1
    PRETRAINING_ORDER = 2
    TRAINING_ORDER = 3
    # The same number, for two kinds of weights that no run has both of.
    MODERN_WEIGHTS = 4
    OUTPUT_LAYER_WEIGHTS = 4
    CLASSIFIER_WEIGHTS = 5
    AUTOENCODER_WEIGHTS = 6
    FITTED_CODES = 7


@dataclasses.dataclass(frozen=True)
class Run:
    """A run: which experiment, which preset and seed, and the folders that go with it.

    Parameters
    ----------
    name : str
        The experiment.
    preset : {"paper", "modern", "smoke"}
    seed : int
        Decides every random choice.
    settings : dataclass instance
        All that decides the result beside the seed and the data. What is recorded is this object.
    out : pathlib.Path
        Folder for the results.
    checkpoints : pathlib.Path
        Folder that keeps unfinished work.
    data_home : pathlib.Path or None
        Where scikit-learn's fetchers look for data.
    choose : bool, default=False
        Hold out validation data and leave the test set unread: for choosing settings.
    verbose : int, default=0
        1 shows progress bars.
    save_every : float, default=60
        Seconds after which state is saved, at the end of the epoch that is going on.
    """

    name: str
    preset: str
    seed: int
    settings: object
    out: Path
    checkpoints: Path
    data_home: Path | None = None
    choose: bool = False
    verbose: int = 0
    save_every: float = 60.0

    @property
    def folder(self):
        """Return the folder of this run's checkpoints, made if it is not there.

        Its name holds a digest of the settings: a run never goes on from another one's state.
        """
        described = json.dumps([describe(self.settings), self.choose], sort_keys=True)
        digest = hashlib.sha256(described.encode()).hexdigest()[:8]
        folder = self.checkpoints / self.name / f"{self.preset}_seed_{self.seed}_{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def rng(self, draw, *place):
        """Return a generator for one place in a run: ``rng(Draw.TRAINING_ORDER, epoch)``."""
        return np.random.default_rng([self.seed, draw, *place])

    def pretrain(self, data, layers, **settings):
        """Return what :func:`ae_lib.pretrain` makes of these, with checkpoints in the run's folder.

        Parameters
        ----------
        data : ndarray of shape (n, n_visible)
        layers : sequence of int
            Number of hidden units of each RBM.
        **settings
            Kinds of units, epochs, batch size and learning rates, as :func:`ae_lib.pretrain` has
            them.

        Returns
        -------
        Stack
        """
        return pretrain(
            data,
            layers,
            **settings,
            random_state=[
                int(self.rng(Draw.RBM_SEED, layer).integers(2**31)) for layer in range(len(layers))
            ],
            order=lambda layer, epoch: self.rng(Draw.PRETRAINING_ORDER, layer, epoch).permutation(
                len(data)
            ),
            checkpoint=self.folder,
            save_every=self.save_every,
            verbose=self.verbose,
            description=self.name,
        )

    def record(
        self, method, *, train=None, validation=None, test=None, seconds, settings, **details
    ):
        """Return what is kept of one method in this run, as it goes into the JSON.

        Parameters
        ----------
        method : str
        train, validation, test : float, optional
            The measure of the experiment on each part of the data. None where it was not read.
        seconds : float
            Time of training, interruptions left out.
        settings : dict
            The settings behind this number.
        **details : object
            Further results that JSON can hold.
        """
        return {
            "method": method,
            "preset": self.preset,
            "seed": self.seed,
            "train": train,
            "validation": validation,
            "test": test,
            "seconds": round(seconds, 1),
            "settings": settings,
            "versions": versions(),
            **details,
        }


def describe(settings):
    """Return settings as JSON gives them back: lists for tuples, dictionaries for dataclasses."""
    return json.loads(json.dumps(dataclasses.asdict(settings)))


def versions():
    """Return the versions of what the numbers depend on, by name."""
    found = {
        name: importlib.metadata.version(name)
        for name in ("tensorflow", "keras", "numpy", "scikit-learn")
    }
    return {"python": platform.python_version(), **found}


def check_places(run):
    """Refuse, before anything is computed, places that the run could not or should not write to.

    What a run writes, and nothing else: ``NAME.json`` and ``NAME.npz`` in ``out``, if they are not
    there or hold results of this experiment; and its own folder in ``checkpoints``.

    Parameters
    ----------
    run : Run

    Raises
    ------
    OSError
        If a folder cannot be written to.
    ValueError
        If a file is there already that is not of this experiment, or is damaged.
    """
    require_writable(run.checkpoints, "--checkpoints")
    require_writable(run.folder, "--checkpoints")
    if not run.choose:
        new = [place for place in (run.out, *run.out.parents) if not place.exists()]
        require_writable(run.out, "--out")
        # A run that is refused later, for want of data say, leaves no empty folder.
        for place in new:
            place.rmdir()
        _read_results(run)


def save_results(run, header, records, arrays):
    """Add the records of a run to ``NAME.json`` and its arrays to ``NAME.npz``.

    Records of the same method, preset, seed and settings are replaced, all others are kept. The
    same goes for arrays of the same name. Other processes may do the same with the same files.

    Parameters
    ----------
    run : Run
    header : dict
        ``unit``, ``published`` and what else the file says once.
    records : list of dict
        As :meth:`Run.record` makes them.
    arrays : dict of ndarray
        What figures need. Their names begin with preset and seed, as ``paper_0_map``.

    Raises
    ------
    OSError
        If the files cannot be written.
    ValueError
        If the files are not results of this experiment.
    """
    run.out.mkdir(parents=True, exist_ok=True)
    new = {_identity(record) for record in records}
    named = {f"{run.preset}_{run.seed}_{key}": np.asarray(value) for key, value in arrays.items()}
    with locked(run.out):
        old, stored = _read_results(run)
        kept = [record for record in old if _identity(record) not in new]
        results = {"name": run.name, **header, "runs": kept + records}
        check_results(results)
        path = run.out / f"{run.name}.json"
        write_arrays(path.with_suffix(".npz"), {**stored, **named})
        content = (json.dumps(results, indent=1) + "\n").encode()
        write_whole(path, lambda file: file.write(content))


def _read_results(run):
    """Return the records and arrays that are there already, or refuse files that are not ours."""
    path = run.out / f"{run.name}.json"
    arrays_path = path.with_suffix(".npz")
    runs, arrays = [], {}
    try:
        if path.exists():
            results = json.loads(path.read_text(encoding="utf-8"))
            check_results(results)
            if results["name"] != run.name:
                raise ValueError(f"these are results of {results['name']}")
            runs = results["runs"]
        if arrays_path.exists():
            path = arrays_path
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                strange = [name for name in file if not _ARRAY_NAME.match(name)]
                if strange:
                    raise ValueError(f"no experiment writes an array {strange[0]!r}")
                arrays = dict(file)
    # zip, NumPy and JSON have a dozen ways to say that bytes are wrong.
    except Exception as error:
        raise ValueError(
            f"{path} is damaged, or it is not a file of this experiment, and would be overwritten: "
            f"{type(error).__name__}: {error}. Move it away, or take another folder for --out"
        ) from error
    return runs, arrays


def write_arrays(path, arrays):
    """Write arrays to a compressed file, whole or not at all."""
    write_whole(path, lambda file: np.savez_compressed(file, **arrays))


def _identity(record):
    """Return what makes two records the same reading."""
    settings = json.dumps(record["settings"], sort_keys=True)
    return record["method"], record["preset"], record["seed"], settings
