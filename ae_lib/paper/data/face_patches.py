"""The patches of faces, made by the recipe."""

import numpy as np

from ae_lib._keras import tf

# Pixels along an edge of a patch.
SIDE = 25


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
    angle = np.deg2rad(rng.uniform(-90, 90, (len(pictures), patches, 1)))
    scale = rng.uniform(1.4, 1.8, angle.shape)
    rows, columns = places(angle, scale, np, (height, width))
    found = np.empty((len(pictures), patches, SIDE * SIDE), np.float32)
    for number, picture in enumerate(pictures):
        found[number] = _interpolated(
            picture, np.float32(rows[number]), np.float32(columns[number])
        )
    return found.reshape(-1, SIDE * SIDE)


def places(angle, scale, library, shape):
    """Return where in an upright picture the pixels of a turned and enlarged patch lie.

    Parameters
    ----------
    angle, scale : ndarray or tf.Tensor of shape (..., 1)
        In radians; as a factor.
    library : module
        ``numpy`` or ``tensorflow``, whichever the arrays are of.
    shape : tuple of int
        Height and width of the picture.

    Returns
    -------
    rows, columns : ndarray or tf.Tensor of shape (..., 625)

    Examples
    --------
    >>> rows, columns = places(np.zeros((1, 1)), np.ones((1, 1)), np, (64, 64))
    >>> float(rows[0, 0]), float(columns[0, -1])
    (7.0, 55.0)
    """
    # Where every second of 50 pixels lies, seen from the middle of the 50.
    at = np.float32(2 * np.arange(SIDE) - 24.5)
    down, right = (values.ravel() for values in np.meshgrid(at, at, indexing="ij"))
    cos, sin = library.cos(angle) / scale, library.sin(angle) / scale
    height, width = shape
    rows = cos * down - sin * right + (height - 1) / 2
    columns = sin * down + cos * right + (width - 1) / 2
    return rows, columns


def _interpolated(picture, rows, columns):
    """Return grey values between the pixels of a picture, interpolated bilinearly."""
    top = np.clip(np.floor(rows).astype(int), 0, picture.shape[0] - 2)
    left = np.clip(np.floor(columns).astype(int), 0, picture.shape[1] - 2)
    down, right = rows - top, columns - left
    above = (1 - right) * picture[top, left] + right * picture[top, left + 1]
    below = (1 - right) * picture[top + 1, left] + right * picture[top + 1, left + 1]
    return (1 - down) * above + down * below


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
