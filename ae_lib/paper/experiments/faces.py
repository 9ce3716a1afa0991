"""Fig. 2C: patches of faces, 625-2000-1000-500-30, against PCA with 30 components.

The patches are made by the recipe as it is known from the 400 Olivetti faces (credit: AT&T
Laboratories Cambridge): turned by up to 90 degrees either way, enlarged 1.4 to 1.8 times, the
middle cut out, every second pixel kept. People are apart: 25 to train on, 5 to choose settings
with, 10 to test on. What makes this the hardest of the paper's data sets is that 25 people are few.

``paper`` trains the paper's network three times from the same pretrained weights: on mixtures of
the 25 people's faces, see :mod:`ae_lib.paper.data.mixed_faces`; as long, on the faces as they are,
in ever new poses; and on the recipe's patches alone. ``modern`` is a decoder that knows how faces
are turned, see :mod:`ae_lib.paper.turned_faces`.
"""

import dataclasses
import time

import numpy as np
from tqdm import tqdm

from ae_lib._files import warn_if_unwritten
from ae_lib._keras import tf
from ae_lib.metrics import squared_error
from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.data.face_patches import mirrored
from ae_lib.paper.data.faces import faces_of, load_patches
from ae_lib.paper.data.mixed_faces import MixedFaces
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
        Of the networks that see faces in new poses, mixed or not, as
        :class:`~ae_lib.paper.data.mixed_faces.MixedFaces` draws them; and of the one that sees the
        recipe's patches and nothing else, each mirrored with probability one half.
    pretraining_epochs : int
    visible_learning_rate, learning_rate, code_learning_rate : float
        Of pretraining: of the RBM that sees pixels, of those above it, of the code's.
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
    """The same patches and code dimension; the code is what :class:`TurnedFaces` finds.

    Parameters
    ----------
    people : tuple of int
    patches : int
        As in :class:`Settings`.
    n_components : int
        Dimension of the code, and components of PCA.
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
    parts, standardisation = load_patches(run)
    pca, pca_measured, seconds_pca = _fit_pca(parts, settings)
    stack = run.pretrain(
        parts.train, settings.layers, visible="gaussian",
        n_iter=settings.pretraining_epochs, batch_size=settings.pretraining_batch_size,
        visible_learning_rate=settings.visible_learning_rate, learning_rate=settings.learning_rate,
        code_learning_rate=settings.code_learning_rate,
    )  # fmt: skip
    changes = {
        "autoencoder": (settings.fine_tuning, _new_patches(run, standardisation, mixed=True)),
        "autoencoder_poses": (
            settings.fine_tuning,
            _new_patches(run, standardisation, mixed=False),
        ),
        "autoencoder_recipe": (settings.fine_tuning_recipe, mirrored),
    }

    errors_unrolled = parts.errors(unrolled(stack).predict)
    records, arrays, reconstructions = [], {}, {}
    for method, (fine_tuning, change) in changes.items():
        network = unrolled(stack)
        history, seconds = train(
            run, method, network, parts.train, None, fine_tuning, squared,
            measures=parts.measures(network.predict), change=change,
        )  # fmt: skip
        measured = parts.errors(network.predict)
        records.append(
            run.record(
                method, **measured, seconds=stack.seconds + seconds, settings=described,
                unrolled=errors_unrolled, ratio=ratios(measured, pca_measured),
            )
        )  # fmt: skip
        reconstructions[method] = network.predict
        suffix = method.removeprefix("autoencoder")
        arrays |= {f"epochs_{name}{suffix}": np.float32(v) for name, v in history.items()}
    method = f"pca_{settings.n_components}"
    records.append(run.record(method, **pca_measured, seconds=seconds_pca, settings=described))
    reconstructions[method] = lambda x: pca.inverse_transform(pca.transform(x))
    return records, {**_pictures(parts, standardisation, reconstructions), **arrays}


def _new_patches(run, standardisation, mixed):
    """Return the change that puts new patches of the training faces in a mini-batch's place."""
    source = MixedFaces(faces_of(run)[: run.settings.people[0]], mixed)
    mean, factor = standardisation.mean.astype(np.float32), np.float32(standardisation.factor)

    def change(rows, targets, seed):
        patches = (source.patches(tf.shape(rows)[0], seed) - mean) * factor
        return patches, patches

    return change


def _fit_pca(parts, settings):
    """Return PCA of the training patches, its error on each part, and the seconds."""
    started = time.monotonic()
    pca, errors = pca_errors(parts.train, settings.n_components, parts.held_out())
    return pca, errors, time.monotonic() - started


def _pictures(parts, standardisation, reconstructions):
    """Return as arrays ten patches for the figure and what each method makes of them."""
    last = parts.last()
    # Patches of one face stand together: these are of ten different faces.
    shown = last[:: len(last) // 10][:10]
    return {
        "mean": standardisation.mean.astype(np.float16),
        "factor": np.float32(standardisation.factor),
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
    parts, standardisation = load_patches(run)
    pca, errors_of_pca, seconds_pca = _fit_pca(parts, settings)
    started = time.monotonic()
    model = TurnedFaces(
        settings.n_components, settings.n_angles, settings.n_starts, settings.n_iter
    ).fit(faces_of(run)[: settings.people[0]])
    seconds = time.monotonic() - started

    def decode(codes):
        return standardisation.standardised(model.inverse_transform(codes))

    every = max(1, len(parts.train) // settings.n_train_measured)
    errors = {}
    for part, x in {"train": parts.train[::every], **parts.held_out()}.items():
        codes, searched = _codes(run, part, model, standardisation.grey(x))
        seconds += searched
        errors[part] = squared_error(x, decode(codes))
    method = f"pca_{settings.n_components}"
    records = [
        run.record(
            "autoencoder", **errors, seconds=seconds, settings=described,
            ratio=ratios(errors, errors_of_pca),
        ),
        run.record(method, **errors_of_pca, seconds=seconds_pca, settings=described),
    ]  # fmt: skip

    reconstructions = {
        "autoencoder": lambda x: decode(model.transform(standardisation.grey(x))),
        method: lambda x: pca.inverse_transform(pca.transform(x)),
    }
    return records, _pictures(parts, standardisation, reconstructions)


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
