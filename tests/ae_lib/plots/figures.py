"""What the tests of figures share: pictures and networks to draw, and what a figure says."""

import matplotlib as mpl
import numpy as np

CONVOLUTIONAL = [
    ("input", (28, 28, 1)),
    ("Conv2D", (28, 28, 16)),
    ("Conv2D", (28, 28, 8)),
    ("MaxPooling2D", (14, 14, 8)),
    ("Conv2DTranspose", (14, 14, 8)),
    ("UpSampling2D", (28, 28, 8)),
    ("Conv2DTranspose", (28, 28, 1)),
]
DENSE_MIDDLE = [
    ("Flatten", (1568,)),
    ("Dense", (30,)),
    ("Dense", (1568,)),
    ("Reshape", (14, 14, 8)),
]
WITH_VECTORS = [*CONVOLUTIONAL[:4], *DENSE_MIDDLE, *CONVOLUTIONAL[4:]]


def texts(fig):
    """Return all texts of a figure."""
    return {text.get_text() for text in fig.findobj(mpl.text.Text)}


def images():
    """Return four pictures of noise, shape (4, 784)."""
    return np.random.default_rng(0).random((4, 784)).astype(np.float32)
