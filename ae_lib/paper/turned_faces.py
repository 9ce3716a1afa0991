"""A code for faces that says apart how a face is turned, how large it is, and whose it is.

Most of what differs between two patches of faces is that one is turned. PCA has to describe that
by adding up pictures, and a network has to learn it from 25 people. Here the decoder knows it: it
adds up upright faces, as PCA does, then turns and enlarges the sum. That leaves 28 of 30 dimensions
for the face. There is no network that encodes: the code of a patch is the one whose decoded patch
is nearest to it, found by least squares. (Decoders without an encoder: J. J. Park et al., DeepSDF,
CVPR 2019, doi:10.1109/CVPR.2019.00025. Least squares that eliminates the linear unknowns, variable
projection: G. H. Golub & V. Pereyra, 1973, doi:10.1137/0710036.)
"""

import numpy as np

from ae_lib._keras import tf
from ae_lib.paper.data.face_patches import SIDE, places

# Patches for which equations are set up and solved at once: more need gigabytes.
_BLOCK = 100
_SMALLEST, _LARGEST = 1.2, 2.1


class TurnedFaces:
    """Upright faces by PCA, turned by an angle and enlarged.

    Parameters
    ----------
    n_components : int, default=30
        Dimension of the code: the angle in radians, the enlargement, and the rest for the face.
    n_angles : int, default=16
        Angles from -90 to 90 degrees at which the search for a code looks first.
    n_starts : int, default=2
        From how many of them it goes on.
    n_iter : int, default=8
        Steps of Gauss and Newton from each.

    Attributes
    ----------
    mean_ : ndarray of shape (height * width,)
    components_ : ndarray of shape (n_components - 2, height * width)
        In such a length that the numbers of the training faces have variance 1.

    Examples
    --------
    >>> faces = np.random.default_rng(0).random((3, 10, 64, 64), np.float32)
    >>> model = TurnedFaces(n_components=6).fit(faces)
    >>> codes = model.transform(np.full((2, 625), 0.5))
    >>> codes.shape, model.inverse_transform(codes).shape
    ((2, 6), (2, 625))
    """

    def __init__(self, n_components=30, n_angles=16, n_starts=2, n_iter=8):
        self.n_components = n_components
        self.n_angles = n_angles
        self.n_starts = n_starts
        self.n_iter = n_iter

    def fit(self, faces):
        """Find the upright faces' components, by PCA of what a patch can show of them.

        Each face counts twice, as it is and mirrored.

        Parameters
        ----------
        faces : ndarray of shape (people, pictures, height, width)

        Returns
        -------
        self : TurnedFaces

        Raises
        ------
        ValueError
            If there are fewer faces than components.
        """
        from sklearn.decomposition import PCA

        pictures = np.asarray(faces, np.float32).reshape(-1, *np.shape(faces)[2:])
        pictures = np.concatenate([pictures, pictures[:, :, ::-1]])
        n_faces = self.n_components - 2
        if not 1 <= n_faces < len(pictures):
            raise ValueError(
                "n_components must be at least 3, and less than twice the number of faces, "
                f"{len(pictures)}. Received: {self.n_components}"
            )
        self.shape_ = pictures.shape[1:]
        down, right = np.indices(self.shape_) - (np.reshape(self.shape_, (2, 1, 1)) - 1) / 2
        # No patch shows what is further from the middle; there is a margin for interpolation.
        seen = (np.hypot(down, right) < np.hypot(SIDE, SIDE) / 1.4 + 1).ravel()
        flat = pictures.reshape(len(pictures), -1) * seen
        pca = PCA(n_faces, svd_solver="full").fit(flat)
        self.mean_ = pca.mean_
        self.components_ = pca.components_ * np.sqrt(pca.explained_variance_)[:, None]
        # Pixels in rows: those that a patch needs are gathered.
        self._pixels = tf.constant(np.vstack([self.mean_, self.components_]).T, tf.float32)
        self._search = tf.function(self._refined, reduce_retracing=True)
        return self

    def transform(self, patches):
        """Return the codes whose decoded patches are nearest.

        Parameters
        ----------
        patches : ndarray of shape (n, 625)
            Grey values.

        Returns
        -------
        ndarray of shape (n, n_components), float32
            Angle, enlargement, and the numbers of the upright face.
        """
        patches = np.asarray(patches, np.float32)
        starts = self._starts(patches)
        codes = []
        for first in range(0, len(patches), _BLOCK):
            block = tf.constant(patches[first : first + _BLOCK])
            tried = [
                self._search(block, tf.constant(angle[first : first + _BLOCK])) for angle in starts
            ]
            costs, found = zip(*tried, strict=True)
            best = np.argmin(costs, axis=0)
            codes.append(np.stack(found)[best, np.arange(len(best))])
        return np.concatenate(codes)

    def inverse_transform(self, codes):
        """Return the patches that codes stand for.

        Parameters
        ----------
        codes : ndarray of shape (n, n_components)

        Returns
        -------
        ndarray of shape (n, 625), float32
        """
        codes = np.asarray(codes, np.float32)
        patches = [
            self._decoded(tf.constant(codes[first : first + _BLOCK])).numpy()
            for first in range(0, len(codes), _BLOCK)
        ]
        return np.concatenate(patches)

    def _decoded(self, codes):
        mean, drawn = self._drawn(codes[:, :2])
        return mean + tf.linalg.matvec(drawn, codes[:, 2:])

    def _drawn(self, poses):
        """Return mean and components, turned and enlarged: (n, 625) and (n, 625, components)."""
        rows, columns = places(poses[:, :1], poses[:, 1:], tf, self.shape_)
        height, width = self.shape_
        top = tf.clip_by_value(tf.floor(rows), 0, height - 2)
        left = tf.clip_by_value(tf.floor(columns), 0, width - 2)
        down, right = (rows - top)[..., None], (columns - left)[..., None]
        corner = tf.cast(top * width + left, tf.int32)
        above = self._mixed(corner, right)
        drawn = above + down * (self._mixed(corner + width, right) - above)
        return drawn[..., 0], drawn[..., 1:]

    def _mixed(self, corner, right):
        """Return grey values between a pixel and the one at its right."""
        one = tf.gather(self._pixels, corner)
        return one + right * (tf.gather(self._pixels, corner + 1) - one)

    def _fitted(self, patches, poses):
        """Return the best numbers for the face when the pose is given, and what they leave."""
        mean, drawn = self._drawn(poses)
        wanted = patches - mean
        normal = tf.matmul(drawn, drawn, transpose_a=True)
        # So little that it changes no result, but a component that no patch shows does no harm.
        little = 1e-6 * tf.linalg.trace(normal)[:, None, None] * tf.eye(normal.shape[-1])
        right = tf.matmul(drawn, wanted[..., None], transpose_a=True)
        numbers = tf.linalg.solve(normal + little, right)[..., 0]
        return numbers, wanted - tf.linalg.matvec(drawn, numbers)

    def _starts(self, patches):
        """Return the angles at which each patch is described best: ``n_starts`` arrays (n, 1).

        All patches share these angles, so that one projection for each is enough.
        """
        angles = np.linspace(-np.pi / 2, np.pi / 2, self.n_angles, dtype=np.float32)
        left = []
        for angle in angles:
            mean, drawn = self._drawn(tf.constant([[angle, 1.6]]))
            basis, _ = np.linalg.qr(drawn[0].numpy())
            wanted = patches - mean[0].numpy()
            left.append((wanted**2).sum(axis=1) - ((wanted @ basis) ** 2).sum(axis=1))
        order = np.argsort(left, axis=0)[: self.n_starts]
        return angles[order][..., None]

    def _refined(self, patches, angles):
        """Return what is left after the search from some angles, and the codes found.

        Each step solves for angle and enlargement as if what is left were linear in them, with
        the face's numbers chosen anew. It is halved for a patch that it did not improve.
        """
        poses = tf.concat([angles, tf.fill(tf.shape(angles), 1.6)], axis=1)
        numbers, left = self._fitted(patches, poses)
        share = tf.ones(tf.shape(angles))
        step = 0.01
        for _ in tf.range(self.n_iter):
            slopes = []
            for direction in ([step, 0.0], [0.0, step]):
                _, moved = self._fitted(patches, poses + tf.constant([direction]))
                slopes.append((moved - left) / step)
            slopes = tf.stack(slopes, axis=2)
            normal = tf.matmul(slopes, slopes, transpose_a=True)
            normal += 1e-4 * tf.linalg.trace(normal)[:, None, None] * tf.eye(2)
            gradient = tf.matmul(slopes, left[..., None], transpose_a=True)
            move = tf.clip_by_value(-tf.linalg.solve(normal, gradient)[..., 0], -0.15, 0.15)
            tried = poses + share * move
            size = tf.clip_by_value(tried[:, 1:], _SMALLEST, _LARGEST)
            tried = tf.concat([tried[:, :1], size], axis=1)
            tried_numbers, tried_left = self._fitted(patches, tried)
            better = (
                tf.reduce_sum(tf.square(tried_left), axis=1, keepdims=True)
                < tf.reduce_sum(tf.square(left), axis=1, keepdims=True)
            )  # fmt: skip
            poses = tf.where(better, tried, poses)
            numbers = tf.where(better, tried_numbers, numbers)
            left = tf.where(better, tried_left, left)
            share = tf.where(better, 1.0, share / 2)
        cost = tf.reduce_sum(tf.square(left), axis=1)
        return cost, tf.concat([poses, numbers], axis=1)
