"""Fig. 2C: patches of faces, 625-2000-1000-500-30, against PCA with 30 components.

The patches are made by the recipe as it is known from the 400 Olivetti faces (credit: AT&T
Laboratories Cambridge): turned by up to 90 degrees either way, enlarged 1.4 to 1.8 times, the
middle cut out, every second pixel kept. People are apart: 25 to train on, 5 to choose settings
with, 10 to test on. What makes this the hardest of the paper's data sets is that 25 people are few.
"""

import dataclasses
import time

import numpy as np

from ae_lib._keras import tf
from ae_lib.metrics import squared_error
from ae_lib.paper.baselines import pca_errors
from ae_lib.paper.networks import unrolled
from ae_lib.paper.pretraining import pretrain_resumably
from ae_lib.paper.run import describe
from ae_lib.paper.training import FineTuning, squared, train

HEADER = {
    "unit": "squared error per patch of 625 pixels, whose average variance is 1 in training",
    "published": {"autoencoder": 126, "pca_30": 135},
    "credit": "faces: AT&T Laboratories Cambridge",
}

_SIDE = 25


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
    fine_tuning : FineTuning
    pretraining_epochs : int
    visible_learning_rate, learning_rate, code_learning_rate : float
        Of pretraining: of the machine that sees pixels, of those above it, of the code's.
    pretraining_batch_size : int
    mirrored : bool
        While the whole network is trained, mirror patches with probability one half.
    noise : float
        While the whole network is trained, standard deviation of noise on its input, not on its
        target.
    n_components : int
        Of PCA.
    made_up : bool
        Smooth random pictures in place of faces.
    """

    layers: tuple
    people: tuple
    patches: int
    fine_tuning: FineTuning
    pretraining_epochs: int
    visible_learning_rate: float = 0.001
    learning_rate: float = 0.1
    code_learning_rate: float = 0.001
    pretraining_batch_size: int = 100
    mirrored: bool = False
    noise: float = 0.0
    n_components: int = 30
    made_up: bool = False


SETTINGS = {
    "paper": Settings(
        layers=(2000, 1000, 500, 30),
        people=(25, 5, 10),
        patches=414,
        fine_tuning=FineTuning(epochs=12, learning_rate=0.0003),
        pretraining_epochs=10,
        mirrored=True,
    ),
    "smoke": Settings(
        layers=(40, 30),
        people=(3, 1, 1),
        patches=20,
        fine_tuning=FineTuning(epochs=2, batch_size=100),
        pretraining_epochs=2,
        mirrored=True,
        made_up=True,
    ),
}


@dataclasses.dataclass(frozen=True)
class Parts:
    """Patches by part of the data: (n, 625), float32; None where a part is not read."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray | None

    def others(self):
        """Return what is there beside the training patches, by name."""
        parts = {"validation": self.validation, "test": self.test}
        return {name: x for name, x in parts.items() if x is not None}


def run_experiment(run):
    """Run it: records of both methods, and what the figure needs as arrays.

    The autoencoder's record has the errors as they were before fine-tuning (``unrolled``) and its
    error divided by that of PCA (``ratio``). Arrays: ``patches``, ten of the test set (of the
    validation set while settings are chosen) in float16, ``reconstructions_autoencoder`` and
    ``reconstructions_pca_30``; ``epochs_*``: errors by epoch.

    Raises
    ------
    FileNotFoundError
        If the faces are not in the run's ``data_home``.
    """
    settings = run.settings
    described = describe(settings)
    parts = load_parts(run)
    others = parts.others()
    last = "test" if parts.test is not None else "validation"
    # Patches of one face stand together: these are of ten different faces.
    shown = others[last][:: len(others[last]) // 10][:10]

    started = time.monotonic()
    pca, pca_measured = pca_errors(parts.train, settings.n_components, others)
    seconds_pca = time.monotonic() - started
    stack, _, seconds_before = pretrain_resumably(
        run, parts.train, settings.layers, visible="gaussian",
        n_iter=settings.pretraining_epochs, batch_size=settings.pretraining_batch_size,
        visible_learning_rate=settings.visible_learning_rate, learning_rate=settings.learning_rate,
        code_learning_rate=settings.code_learning_rate,
    )  # fmt: skip
    network = unrolled(stack)

    def errors():
        measured = {"train": parts.train, **others}
        return {name: squared_error(x, network.predict(x)) for name, x in measured.items()}

    at_start = errors()
    history, seconds = train(
        run, "fine_tuning", network, parts.train, None, settings.fine_tuning, squared,
        measures={
            name: (lambda x=x: squared_error(x, network.predict(x))) for name, x in others.items()
        },
        change=lambda rows, targets, seed: changed(rows, seed, settings.mirrored, settings.noise),
    )  # fmt: skip
    measured = errors()
    ratio = {name: measured[name] / pca_measured[name] for name in measured}
    method = f"pca_{settings.n_components}"
    records = [
        run.record(
            "autoencoder", **measured, seconds=seconds_before + seconds, settings=described,
            unrolled=at_start, ratio=ratio,
        ),
        run.record(method, **pca_measured, seconds=seconds_pca, settings=described),
    ]  # fmt: skip
    arrays = {
        "patches": shown.astype(np.float16),
        "reconstructions_autoencoder": network.predict(shown).astype(np.float16),
        f"reconstructions_{method}": pca.inverse_transform(pca.transform(shown)).astype(np.float16),
        **{f"epochs_{name}": np.float32(values) for name, values in history.items()},
    }
    return records, arrays


def load_parts(run):
    """Return the patches of a run, standardised by its training patches.

    Each pixel has mean 0 over the training patches, and one factor for all pixels makes their
    average variance 1. Test patches are not made while settings are chosen. The patches are the
    same for every seed.
    """
    settings = run.settings
    faces = make_faces(sum(settings.people)) if settings.made_up else load_faces(run.data_home)
    if len(faces) < sum(settings.people):
        raise ValueError(f"people must add up to at most {len(faces)}. Received: {settings.people}")
    ends = np.cumsum(settings.people)
    train_patches = make_patches(faces[: ends[0]], settings.patches, [0, 1])
    mean = train_patches.mean(axis=0, dtype=np.float64)
    factor = 1 / np.sqrt(train_patches.var(axis=0, dtype=np.float64).mean())

    def standardised(patches):
        return ((patches - mean) * factor).astype(np.float32)

    validation = standardised(make_patches(faces[ends[0] : ends[1]], settings.patches, [0, 2]))
    test = None
    if not run.choose:
        test = standardised(make_patches(faces[ends[1] : ends[2]], settings.patches, [0, 3]))
    return Parts(standardised(train_patches), validation, test)


def load_faces(data_home=None):
    """Return the Olivetti faces as (people, pictures, 64, 64), float32, from 0 to 1.

    Raises
    ------
    FileNotFoundError
        If they are not there: nothing is downloaded.
    """
    from sklearn.datasets import fetch_olivetti_faces

    try:
        faces = fetch_olivetti_faces(data_home=data_home, download_if_missing=False)
    except OSError as error:
        place = "scikit-learn's folder" if data_home is None else data_home
        raise FileNotFoundError(
            f"the faces are not in {place}, and nothing is downloaded unasked. "
            "sklearn.datasets.fetch_olivetti_faces(data_home=...) brings them; then name the same "
            "folder by --data-home"
        ) from error
    order = np.argsort(faces.target, kind="stable")
    return faces.images[order].reshape(40, 10, 64, 64)


def make_faces(n_people):
    """Make up pictures of the form of :func:`load_faces`: smooth, and alike for each person."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(7)
    person = gaussian_filter(rng.normal(size=(n_people, 1, 64, 64)), (0, 0, 6, 6))
    own = gaussian_filter(rng.normal(size=(n_people, 10, 64, 64)), (0, 0, 3, 3))
    pictures = 0.5 + 3 * person + 0.5 * own
    return np.clip(pictures, 0, 1).astype(np.float32)


def make_patches(faces, patches, seed):
    """Cut patches out of faces.

    Each patch is turned by an angle from -90 to 90 degrees and enlarged 1.4 to 1.8 times, both
    uniform at random; of the result the middle 50 x 50 pixels are taken, and of those every second
    one. Between pixels the grey value is interpolated bilinearly, once: turning and enlarging one
    after the other, with two interpolations, smooths more, and PCA then has smaller errors than the
    paper's.

    Parameters
    ----------
    faces : ndarray of shape (people, pictures, height, width)
    patches : int
        Of each picture.
    seed : int or sequence of int

    Returns
    -------
    ndarray of shape (people * pictures * patches, 625), float32
        Patches of one picture stand together.

    Examples
    --------
    >>> make_patches(np.full((1, 2, 64, 64), 0.25), 3, seed=0).shape
    (6, 625)
    """
    faces = np.asarray(faces, np.float32)
    height, width = faces.shape[2:]
    pictures = faces.reshape(-1, height, width)
    rng = np.random.default_rng(seed)
    angle = np.deg2rad(rng.uniform(-90, 90, (len(pictures), patches, 1, 1)))
    scale = rng.uniform(1.4, 1.8, angle.shape)
    # Where every second of 50 pixels lies, seen from the middle of the 50.
    at = 2 * np.arange(_SIDE) - 24.5
    y, x = (values / scale for values in np.meshgrid(at, at, indexing="ij"))
    rows = np.float32(np.cos(angle) * y - np.sin(angle) * x + (height - 1) / 2)
    columns = np.float32(np.sin(angle) * y + np.cos(angle) * x + (width - 1) / 2)
    found = np.empty((len(pictures), patches, _SIDE, _SIDE), np.float32)
    for number, picture in enumerate(pictures):
        found[number] = _interpolated(picture, rows[number], columns[number])
    return found.reshape(-1, _SIDE * _SIDE)


def _interpolated(picture, rows, columns):
    """Return grey values between the pixels of a picture, interpolated bilinearly."""
    top = np.clip(np.floor(rows).astype(int), 0, picture.shape[0] - 2)
    left = np.clip(np.floor(columns).astype(int), 0, picture.shape[1] - 2)
    down, right = rows - top, columns - left
    above = (1 - right) * picture[top, left] + right * picture[top, left + 1]
    below = (1 - right) * picture[top + 1, left] + right * picture[top + 1, left + 1]
    return (1 - down) * above + down * below


def changed(rows, seed, mirrored, noise):
    """Mirror patches at random and put noise on the input; return input and target.

    Parameters
    ----------
    rows : tf.Tensor of shape (n, 625)
    seed : tf.Tensor of two integers
    mirrored : bool
        Each patch with probability one half.
    noise : float
        Standard deviation.

    Examples
    --------
    >>> rows, targets = changed(tf.zeros((2, 625)), tf.constant([0, 1]), True, 0.5)
    >>> float(tf.math.reduce_std(rows)) > 0.4, float(tf.reduce_max(targets))
    (True, 0.0)
    """
    targets = rows
    if mirrored:
        pictures = tf.reshape(rows, (-1, _SIDE, _SIDE))
        chosen = tf.random.stateless_uniform((tf.shape(rows)[0], 1, 1), seed) < 0.5
        targets = tf.reshape(tf.where(chosen, pictures[:, :, ::-1], pictures), tf.shape(rows))
    if not noise:
        return targets, targets
    # The seed of the noise is none that another mini-batch uses for its mirrors.
    drawn = tf.random.stateless_normal(tf.shape(rows), tf.stack([seed[0] + 2**30, seed[1]]))
    return targets + noise * drawn, targets
