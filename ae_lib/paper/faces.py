"""Fig. 2C: patches of faces, 625-2000-1000-500-30, against PCA with 30 components.

The patches are made by the recipe as it is known from the 400 Olivetti faces (credit: AT&T
Laboratories Cambridge): turned by up to 90 degrees either way, enlarged 1.4 to 1.8 times, the
middle cut out, every second pixel kept. People are apart: 25 to train on, 5 to choose settings
with, 10 to test on. What makes this the hardest of the paper's data sets is that 25 people are few.

``paper`` trains the paper's network three times from the same pretrained weights: on mixtures of
the 25 people's faces, see :mod:`ae_lib.paper.mixed_faces`; as long, on the faces as they are, in
ever new poses; and on the recipe's patches alone. ``modern`` is a decoder that knows how faces are
turned, see :mod:`ae_lib.paper.turned_faces`.
"""

import dataclasses
import time

import numpy as np
from tqdm import tqdm

from ae_lib._files import warn_if_unwritten
from ae_lib._keras import tf
from ae_lib.metrics import squared_error
from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.face_patches import SIDE, load_faces, make_faces, make_patches
from ae_lib.paper.mixed_faces import MixedFaces
from ae_lib.paper.networks import unrolled
from ae_lib.paper.run import describe, write_arrays
from ae_lib.paper.training import FineTuning, squared, train
from ae_lib.paper.turned_faces import TurnedFaces
from ae_lib.progress import bars_hidden

HEADER = {
    "unit": "squared error per patch of 625 pixels, whose average variance is 1 in training",
    "published": {"autoencoder": 126, "pca_30": 135},
    "credit": "faces: AT&T Laboratories Cambridge",
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    layers : tuple of int
    people : tuple of int
        How many people there are to train on, to choose settings with and to test on.
    patches : int
        Of each face.
    fine_tuning, fine_tuning_recipe : FineTuning
        Of the networks that see faces in new poses, :class:`~ae_lib.paper.mixed_faces.MixedFaces`,
        mixed or not; and of the one that sees the recipe's patches and nothing else, each mirrored
        with probability one half.
    pretraining_epochs : int
    visible_learning_rate, learning_rate, code_learning_rate : float
        Of pretraining: of the machine that sees pixels, of those above it, of the code's.
    pretraining_batch_size : int
    n_components : int
        Of PCA.
    made_up : bool
        Smooth random pictures in place of faces.
    """

    layers: tuple
    people: tuple
    patches: int
    fine_tuning: FineTuning
    fine_tuning_recipe: FineTuning
    pretraining_epochs: int
    visible_learning_rate: float = 0.001
    learning_rate: float = 0.1
    code_learning_rate: float = 0.001
    pretraining_batch_size: int = 100
    n_components: int = 30
    made_up: bool = False


@dataclasses.dataclass(frozen=True)
class ModernSettings:
    """The same patches and as many numbers in a code, which :class:`TurnedFaces` finds.

    Parameters
    ----------
    people : tuple of int
    patches : int
        As in :class:`Settings`.
    n_components : int
        Numbers in a code, and of PCA.
    n_angles, n_starts, n_iter : int
        How long the search for a code is; see :class:`TurnedFaces`.
    n_train_measured : int
        Training patches whose error is measured: all of them would take longer than the rest.
    made_up : bool
    """

    people: tuple
    patches: int
    n_components: int = 30
    n_angles: int = 16
    n_starts: int = 2
    n_iter: int = 8
    n_train_measured: int = 5000
    made_up: bool = False


SETTINGS = {
    "paper": Settings(
        layers=(2000, 1000, 500, 30),
        people=(25, 5, 10),
        patches=414,
        fine_tuning=FineTuning(epochs=24),
        fine_tuning_recipe=FineTuning(epochs=12, learning_rate=0.0003),
        pretraining_epochs=10,
    ),
    "modern": ModernSettings(people=(25, 5, 10), patches=414),
    "smoke": Settings(
        layers=(40, 30),
        people=(3, 1, 1),
        patches=20,
        fine_tuning=FineTuning(epochs=2, batch_size=100),
        fine_tuning_recipe=FineTuning(epochs=2, batch_size=100),
        pretraining_epochs=2,
        made_up=True,
    ),
}


@dataclasses.dataclass(frozen=True)
class Parts:
    """Patches by part of the data: (n, 625), float32; None where a part is not read.

    ``mean`` (625 grey values) and ``factor`` standardise them, as :func:`load_parts` says.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray | None
    mean: np.ndarray
    factor: float

    def standardised(self, patches):
        """Return grey values as the experiment measures them."""
        return ((patches - self.mean) * self.factor).astype(np.float32)

    def grey(self, patches):
        """Return the grey values of standardised patches."""
        return (patches / self.factor + self.mean).astype(np.float32)

    def unit(self):
        """Return what turns standardised patches into grey values, as arrays for the figure."""
        return {"mean": self.mean.astype(np.float16), "factor": np.float32(self.factor)}

    def shown(self):
        """Return ten patches, of the test set if it is there, for the figure."""
        last = self.test if self.test is not None else self.validation
        # Patches of one face stand together: these are of ten different faces.
        return last[:: len(last) // 10][:10]

    def others(self):
        """Return what is there beside the training patches, by name."""
        parts = {"validation": self.validation, "test": self.test}
        return {name: x for name, x in parts.items() if x is not None}


def run_experiment(run):
    """Run it: records of the methods, and what the figure needs as arrays.

    The autoencoder's records have the errors as they were before fine-tuning (``unrolled``) and
    its errors divided by those of PCA (``ratio``). ``autoencoder`` is trained on mixtures,
    ``autoencoder_poses`` on the faces in new poses, ``autoencoder_recipe`` on the recipe's patches.
    Their seconds all contain the pretraining that they share. Arrays: ``patches``, ten of the test
    set (of the validation set while settings are chosen) in float16, ``reconstructions_*``;
    ``mean`` and ``factor`` by which they were standardised; ``epochs_*``: errors by epoch
    (``paper`` only).

    Raises
    ------
    FileNotFoundError
        If the faces are not in the run's ``data_home``.
    """
    if isinstance(run.settings, ModernSettings):
        return _run_modern(run)
    settings = run.settings
    described = describe(settings)
    parts = load_parts(run)
    others = parts.others()

    pca, pca_measured, seconds_pca = _fit_pca(parts, settings)
    stack = run.pretrain(
        parts.train, settings.layers, visible="gaussian",
        n_iter=settings.pretraining_epochs, batch_size=settings.pretraining_batch_size,
        visible_learning_rate=settings.visible_learning_rate, learning_rate=settings.learning_rate,
        code_learning_rate=settings.code_learning_rate,
    )  # fmt: skip
    changes = {
        "autoencoder": (settings.fine_tuning, _new_patches(run, parts, mixed=True)),
        "autoencoder_poses": (settings.fine_tuning, _new_patches(run, parts, mixed=False)),
        "autoencoder_recipe": (settings.fine_tuning_recipe, mirrored),
    }

    def errors(network):
        measured = {"train": parts.train, **others}
        return {name: squared_error(x, network.predict(x)) for name, x in measured.items()}

    at_start = errors(unrolled(stack))
    records, arrays, reconstructions = [], {}, {}
    for method, (fine_tuning, change) in changes.items():
        network = unrolled(stack)
        history, seconds = train(
            run, method, network, parts.train, None, fine_tuning, squared,
            measures={
                name: (lambda x=x, network=network: squared_error(x, network.predict(x)))
                for name, x in others.items()
            },
            change=change,
        )  # fmt: skip
        measured = errors(network)
        records.append(
            run.record(
                method, **measured, seconds=stack.seconds + seconds, settings=described,
                unrolled=at_start, ratio=ratios(measured, pca_measured),
            )
        )  # fmt: skip
        reconstructions[method] = network.predict
        suffix = method.removeprefix("autoencoder")
        arrays |= {f"epochs_{name}{suffix}": np.float32(v) for name, v in history.items()}
    method = f"pca_{settings.n_components}"
    records.append(run.record(method, **pca_measured, seconds=seconds_pca, settings=described))
    reconstructions[method] = lambda x: pca.inverse_transform(pca.transform(x))
    return records, {**_pictures(parts, reconstructions), **arrays}


def _new_patches(run, parts, mixed):
    """Return the change that puts new patches of the training faces in a mini-batch's place."""
    source = MixedFaces(faces_of(run)[: run.settings.people[0]], mixed)
    mean, factor = parts.mean.astype(np.float32), np.float32(parts.factor)

    def change(rows, targets, seed):
        patches = (source.patches(tf.shape(rows)[0], seed) - mean) * factor
        return patches, patches

    return change


def _fit_pca(parts, settings):
    """Return PCA of the training patches, its error on each part, and the seconds."""
    started = time.monotonic()
    pca, errors = pca_errors(parts.train, settings.n_components, parts.others())
    return pca, errors, time.monotonic() - started


def _pictures(parts, reconstructions):
    """Return as arrays the patches of the figure and what each method makes of them."""
    shown = parts.shown()
    return {
        **parts.unit(),
        "patches": shown.astype(np.float16),
        **{
            f"reconstructions_{method}": reconstruct(shown).astype(np.float16)
            for method, reconstruct in reconstructions.items()
        },
    }


def ratios(errors, errors_of_pca):
    """Return errors divided by those of PCA, by part of the data."""
    return {part: errors[part] / errors_of_pca[part] for part in errors}


def _run_modern(run):
    """Fit upright faces, then find the codes of all patches."""
    settings = run.settings
    described = describe(settings)
    parts = load_parts(run)
    pca, errors_of_pca, seconds_pca = _fit_pca(parts, settings)
    started = time.monotonic()
    model = TurnedFaces(
        settings.n_components, settings.n_angles, settings.n_starts, settings.n_iter
    ).fit(faces_of(run)[: settings.people[0]])
    seconds = time.monotonic() - started

    every = max(1, len(parts.train) // settings.n_train_measured)
    errors = {}
    for part, x in {"train": parts.train[::every], **parts.others()}.items():
        codes, searched = _codes(run, part, model, parts.grey(x))
        seconds += searched
        errors[part] = squared_error(x, parts.standardised(model.inverse_transform(codes)))
    method = f"pca_{settings.n_components}"
    records = [
        run.record(
            "autoencoder", **errors, seconds=seconds, settings=described,
            ratio=ratios(errors, errors_of_pca),
        ),
        run.record(method, **errors_of_pca, seconds=seconds_pca, settings=described),
    ]  # fmt: skip

    def reconstruct(x):
        return parts.standardised(model.inverse_transform(model.transform(parts.grey(x))))

    reconstructions = {
        "autoencoder": reconstruct,
        method: lambda x: pca.inverse_transform(pca.transform(x)),
    }
    return records, _pictures(parts, reconstructions)


def _codes(run, part, model, patches):
    """Return the codes of patches, from where a killed run stopped, and the seconds."""
    file = run.folder / f"codes_{part}.npz"
    codes, seconds = np.empty((0, model.n_components), np.float32), 0.0
    if file.exists():
        with np.load(file) as stored:
            codes, seconds = stored["codes"], float(stored["seconds"])
    hidden = not run.verbose or bars_hidden()
    with tqdm(
        total=len(patches), initial=len(codes), desc=f"{run.name}: codes, {part}", unit="patch",
        leave=False, disable=hidden,
    ) as bar:  # fmt: skip
        while len(codes) < len(patches):
            started = time.monotonic()
            new = model.transform(patches[len(codes) : len(codes) + 1000])
            codes = np.concatenate([codes, new])
            seconds += time.monotonic() - started
            with warn_if_unwritten():
                write_arrays(file, {"codes": codes, "seconds": seconds})
            bar.update(len(new))
    return codes, seconds


def load_parts(run):
    """Return the patches of a run, standardised by its training patches.

    Each pixel has mean 0 over the training patches, and one factor for all pixels makes their
    average variance 1. Test patches are not made while settings are chosen. The patches are the
    same for every seed.
    """
    settings = run.settings
    faces = faces_of(run)
    ends = np.cumsum(settings.people)
    train_patches = make_patches(faces[: ends[0]], settings.patches, [0, 1])
    mean = train_patches.mean(axis=0, dtype=np.float64)
    factor = 1 / np.sqrt(train_patches.var(axis=0, dtype=np.float64).mean())
    parts = Parts(train_patches, None, None, mean, factor)
    validation = make_patches(faces[ends[0] : ends[1]], settings.patches, [0, 2])
    test = None
    if not run.choose:
        test = parts.standardised(make_patches(faces[ends[1] : ends[2]], settings.patches, [0, 3]))
    return dataclasses.replace(
        parts,
        train=parts.standardised(train_patches),
        validation=parts.standardised(validation),
        test=test,
    )


def faces_of(run):
    """Return the pictures of a run's people.

    Raises
    ------
    ValueError
        If there are fewer people than its settings name.
    """
    settings = run.settings
    faces = make_faces(sum(settings.people)) if settings.made_up else load_faces(run.data_home)
    if len(faces) < sum(settings.people):
        raise ValueError(f"people must add up to at most {len(faces)}. Received: {settings.people}")
    return faces


def mirrored(rows, targets, seed):
    """Mirror patches, each with probability one half.

    Parameters
    ----------
    rows, targets : tf.Tensor of shape (n, 625)
    seed : tf.Tensor of two integers

    Returns
    -------
    tuple of tf.Tensor
        The same patches twice: as input and as target.

    Examples
    --------
    >>> left = np.zeros((6, 25, 25), np.float32)
    >>> left[:, :, 0] = 1
    >>> rows, _ = mirrored(left.reshape(6, 625), None, tf.constant([0, 1]))
    >>> sorted(set(np.asarray(rows).reshape(6, 25, 25)[:, 0, 0].tolist()))
    [0.0, 1.0]
    """
    pictures = tf.reshape(rows, (-1, SIDE, SIDE))
    chosen = tf.random.stateless_uniform((tf.shape(rows)[0], 1, 1), seed) < 0.5
    changed = tf.reshape(tf.where(chosen, pictures[:, :, ::-1], pictures), tf.shape(rows))
    return changed, changed
