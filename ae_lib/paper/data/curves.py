"""The pictures of curves, made by the recipe.

The authors' own pictures are not published as a program. These are made by the recipe as it is
known: a smooth curve through three random points, drawn with 60 drops of ink and blurred once. How
much ink a drop holds is not known; :data:`INK` is the value at which PCA with 18 components has the
error that the paper gives for it, 5.90.
"""

import numpy as np

INK = 0.443
N_DROPS = 60
_SIDE = 28
_LOW, _HIGH = 2, 26


def make_curves(n, seed, *, ink=INK):
    """Draw random smooth curves.

    Three points have coordinates from 2 to 26, each at least 2 further to the right than the one
    before. The cubic spline through three points, without conditions at its ends, is a parabola;
    one that leaves the range of its points' coordinates is drawn anew. Sixty drops of ink stand
    along it at equal distances. Each is shared by the four pixels around it, in proportion to how
    near they are, then all is blurred once with the weights (1 2 1; 2 6 2; 1 2 1) / 12 times one
    half, but for the middle, which is one half, and cut off at 1.

    Parameters
    ----------
    n : int
        Number of pictures.
    seed : int or sequence of int
    ink : float, default=INK
        How much ink a drop holds.

    Returns
    -------
    ndarray of shape (n, 784), float32
        Grey values from 0 to 1.

    Examples
    --------
    >>> curves = make_curves(3, seed=0)
    >>> curves.shape, float(curves.min()) >= 0, float(curves.max()) <= 1
    ((3, 784), True, True)
    """
    rng = np.random.default_rng(seed)
    pictures = np.empty((n, _SIDE, _SIDE), np.float32)
    for start in range(0, n, 1000):
        drops = _drops(min(1000, n - start), rng)
        pictures[start : start + len(drops)] = _draw(drops, ink)
    return pictures.reshape(n, -1)


def _drops(n, rng):
    """Return where the drops of n curves fall: (n, 60, 2), x and y."""
    found = np.empty((0, N_DROPS, 2))
    while len(found) < n:
        x = np.sort(rng.uniform(_LOW, _HIGH, (4 * n, 3)))
        y = rng.uniform(_LOW, _HIGH, (4 * n, 3))
        x, y = (values[(np.diff(x) >= 2).all(axis=1)] for values in (x, y))
        slope_1 = (y[:, 1] - y[:, 0]) / (x[:, 1] - x[:, 0])
        slope_2 = (y[:, 2] - y[:, 1]) / (x[:, 2] - x[:, 1])
        bend = (slope_2 - slope_1) / (x[:, 2] - x[:, 0])
        along = np.linspace(x[:, 0], x[:, 2], 200, axis=1)
        left, middle = along - x[:, :1], along - x[:, 1:2]
        height = y[:, :1] + slope_1[:, None] * left + bend[:, None] * left * middle
        inside = ((height >= _LOW) & (height <= _HIGH)).all(axis=1)
        along, height = along[inside], height[inside]
        length = np.hypot(np.diff(along), np.diff(height)).cumsum(axis=1)
        length = np.pad(length, ((0, 0), (1, 0)))
        at = np.linspace(0, length[:, -1], N_DROPS, axis=1)
        new = np.empty((len(at), N_DROPS, 2))
        for k in range(len(at)):
            new[k, :, 0] = np.interp(at[k], length[k], along[k])
            new[k, :, 1] = np.interp(at[k], length[k], height[k])
        found = np.concatenate([found, new])
    return found[:n]


def _draw(drops, ink):
    """Return pictures of drops: shared by four pixels each, blurred once, cut off at 1."""
    n = len(drops)
    pictures = np.zeros((n, _SIDE + 2, _SIDE + 2))  # with a margin for the blur
    corner = np.floor(drops).astype(int)
    part = drops - corner
    which = np.arange(n)[:, None]
    for right in (0, 1):
        for down in (0, 1):
            share_x = part[..., 0] if right else 1 - part[..., 0]
            share_y = part[..., 1] if down else 1 - part[..., 1]
            place = which, corner[..., 1] + down + 1, corner[..., 0] + right + 1
            np.add.at(pictures, place, ink * share_x * share_y)
    blurred = pictures[:, 1:-1, 1:-1] / 2
    for right in (-1, 0, 1):
        for down in (-1, 0, 1):
            if right or down:
                weight = (1 if right and down else 2) / 24
                blurred += (
                    weight * pictures[:, 1 + down : _SIDE + 1 + down, 1 + right : _SIDE + 1 + right]
                )
    return np.minimum(blurred, 1)
