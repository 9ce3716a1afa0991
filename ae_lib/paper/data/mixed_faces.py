"""Patches of faces that no camera saw: mixtures of the training people's, in ever new poses.

Twenty-five people are few for a large network. A mixture is partly one of their pictures, and
partly the mean face with all pictures' deviations from it added in random amounts, which is
nobody's face. It is then turned, enlarged and cut as the recipe says, anew for each mini-batch, so
that no patch comes twice. Nothing enters but the training people's pictures. (Mixtures as training
data: H. Zhang et al., mixup, ICLR 2018, https://arxiv.org/abs/1710.09412.)
"""

import numpy as np

from ae_lib._keras import tf
from ae_lib.paper.data.face_patches import places


class MixedFaces:
    """Draws patches of mixtures of faces, or of the faces as they are.

    Parameters
    ----------
    faces : ndarray of shape (people, pictures, height, width)
        Grey values, of the training people.
    mixed : bool, default=True
        False leaves the pictures as they are: only their poses are new.

    Attributes
    ----------
    shape_ : tuple of int
        Height and width.

    Examples
    --------
    >>> faces = np.random.default_rng(0).random((3, 10, 64, 64), np.float32)
    >>> mixed = MixedFaces(faces)
    >>> mixed.pictures(5, tf.constant([0, 1])).shape.as_list()
    [5, 64, 64]
    >>> mixed.patches(5, tf.constant([0, 1])).shape.as_list()
    [5, 625]
    """

    def __init__(self, faces, mixed=True):
        pictures = np.asarray(faces, np.float32)
        self.shape_ = pictures.shape[2:]
        self.mixed = mixed
        flat = pictures.reshape(-1, np.prod(self.shape_))
        self._mean = tf.constant(flat.mean(axis=0))
        self._deviations = tf.constant(flat - flat.mean(axis=0))

    def pictures(self, n, seed):
        """Draw upright faces, as a graph's tensor.

        A share of each mixture's variance, uniform between 0 and 1, is that of a picture drawn at
        random, and the rest that of a sum of all deviations with normal weights of variance 1 / n.
        Both have the covariance of the training pictures, so that mixtures have it too. Then half
        of them are mirrored: the covariance is that of the pictures and their mirrors together.

        Parameters
        ----------
        n : int or tf.Tensor
        seed : tf.Tensor of two integers

        Returns
        -------
        tf.Tensor of shape (n, height, width)
        """
        seeds = tf.random.experimental.stateless_split(seed, 4)
        n_pictures = len(self._deviations)
        chosen = tf.random.stateless_uniform((n,), seeds[0], 0, n_pictures, tf.int32)
        own = tf.gather(self._deviations, chosen)
        if self.mixed:
            weights = tf.random.stateless_normal((n, n_pictures), seeds[1]) / np.sqrt(n_pictures)
            share = tf.random.stateless_uniform((n, 1), seeds[2])
            others = weights @ self._deviations
            flat = self._mean + tf.sqrt(share) * own + tf.sqrt(1 - share) * others
        else:
            flat = self._mean + own
        upright = tf.reshape(flat, (n, *self.shape_))
        mirrored = tf.random.stateless_uniform((n, 1, 1), seeds[3]) < 0.5
        return tf.where(mirrored, upright[:, :, ::-1], upright)

    def patches(self, n, seed):
        """Draw patches, as a graph's tensor.

        Parameters
        ----------
        n : int or tf.Tensor
        seed : tf.Tensor of two integers

        Returns
        -------
        tf.Tensor of shape (n, 625)
            Grey values; of mixtures a few lie below 0 or above 1.
        """
        seeds = tf.random.experimental.stateless_split(seed, 3)
        angle = tf.random.stateless_uniform((n, 1), seeds[0], -np.pi / 2, np.pi / 2)
        scale = tf.random.stateless_uniform((n, 1), seeds[1], 1.4, 1.8)
        rows, columns = places(angle, scale, tf, self.shape_)
        return interpolated(self.pictures(n, seeds[2]), rows, columns)


def interpolated(pictures, rows, columns):
    """Return grey values between pixels, bilinearly: of each picture at places of its own.

    Parameters
    ----------
    pictures : tf.Tensor of shape (n, height, width)
    rows, columns : tf.Tensor of shape (n, 625)

    Returns
    -------
    tf.Tensor of shape (n, 625)

    Examples
    --------
    >>> slope = tf.reshape(tf.range(4.0), (1, 2, 2))
    >>> interpolated(slope, tf.constant([[0.5]]), tf.constant([[0.0]])).numpy()
    array([[1.]], dtype=float32)
    """
    height, width = pictures.shape[1:]
    flat = tf.reshape(pictures, (-1, height * width))
    top = tf.clip_by_value(tf.floor(rows), 0, height - 2)
    left = tf.clip_by_value(tf.floor(columns), 0, width - 2)
    down, right = rows - top, columns - left
    corner = tf.cast(top * width + left, tf.int32)

    def along(shift):
        one = tf.gather(flat, corner + shift, batch_dims=1)
        return one + right * (tf.gather(flat, corner + shift + 1, batch_dims=1) - one)

    above = along(0)
    return above + down * (along(width) - above)
