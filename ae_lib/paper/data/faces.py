"""The faces: loaded or made up, divided between people, cut into patches and standardised."""

import dataclasses

import numpy as np

from ae_lib.paper.data.face_patches import make_patches
from ae_lib.paper.data.fetch import fetched
from ae_lib.paper.data.parts import Parts


def load_faces(data_home=None):
    """Return the Olivetti faces as (people, pictures, 64, 64), float32, from 0 to 1.

    Raises
    ------
    FileNotFoundError
        If they are not there: nothing is downloaded.
    """
    from sklearn.datasets import fetch_olivetti_faces

    faces = fetched(fetch_olivetti_faces, "the faces", data_home)
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


@dataclasses.dataclass(frozen=True)
class Standardisation:
    """What makes each pixel's mean 0, and the average of the pixels' variances 1.

    Parameters
    ----------
    mean : ndarray of shape (625,)
        Grey value of each pixel.
    factor : float
        The same for all pixels.
    """

    mean: np.ndarray
    factor: float

    @classmethod
    def of(cls, patches):
        """Return the one that standardises some patches."""
        mean = patches.mean(axis=0, dtype=np.float64)
        return cls(mean, 1 / np.sqrt(patches.var(axis=0, dtype=np.float64).mean()))

    def standardised(self, patches):
        """Return grey values as the experiment measures them."""
        return ((patches - self.mean) * self.factor).astype(np.float32)

    def grey(self, patches):
        """Return the grey values of standardised patches."""
        return (patches / self.factor + self.mean).astype(np.float32)


def load_patches(run):
    """Return the patches of a run as Parts, and the standardisation by its training patches.

    Test patches are not made while settings are chosen. The patches are the same for every seed.
    """
    settings = run.settings
    to_train, to_choose, to_test = np.split(
        faces_of(run)[: sum(settings.people)], np.cumsum(settings.people)[:-1]
    )
    train = make_patches(to_train, settings.patches, [0, 1])
    standardisation = Standardisation.of(train)
    validation = make_patches(to_choose, settings.patches, [0, 2])
    test = None if run.choose else make_patches(to_test, settings.patches, [0, 3])
    parts = (
        None if patches is None else standardisation.standardised(patches)
        for patches in (train, validation, test)
    )
    return Parts(*parts), standardisation
