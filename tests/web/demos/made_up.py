"""Networks that learnt nothing, and pictures as arrays."""

import itertools

import numpy as np
from PIL import Image

from web.demos import networks


def read_picture(path):
    """Return a picture's grey values, shape (height, width)."""
    with Image.open(path) as picture:
        return np.asarray(picture)


def write_weights(path, n_code, rng, **changed):
    """Write a network as the full-scale runs do."""
    arrays = {}
    sizes = [*networks.HIDDEN, n_code]
    for part, widths in (("encoder", sizes), ("decoder", sizes[::-1])):
        for i, shape in enumerate(itertools.pairwise(widths)):
            scale = shape[0] ** -0.5
            arrays[f"{part}_{i}_weights"] = scale * rng.normal(size=shape).astype(np.float32)
            arrays[f"{part}_{i}_bias"] = 0.1 * rng.normal(size=shape[1]).astype(np.float32)
    arrays |= changed
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return arrays
