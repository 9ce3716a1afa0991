"""The handwritten digits, which ship with the package: nothing is downloaded."""

import dataclasses
import hashlib
import io
from importlib import resources

import numpy as np

from ae_lib._validation import check_integer

MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
N_TRAIN = 60_000


@dataclasses.dataclass(frozen=True)
class Digits:
    """The digits in their splits. Every array is read-only: take a ``.copy()`` to change one.

    Attributes
    ----------
    x_train, x_validation, x_test : ndarray of shape (n, 784) or (n, 28, 28, 1), float32
        Grey values from 0 (paper) to 1 (ink).
    y_train, y_validation, y_test : ndarray of shape (n,), int64
        Labels from 0 to 9.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load_mnist(*, n_train=None, n_validation=0, images=False, random_state=0):
    """Load the MNIST digits: 60,000 to train on and 10,000 to test on.

    Parameters
    ----------
    n_train : int, optional
        How many training digits to keep, at least 10. By default all that validation leaves over.
    n_validation : int, default=0
        How many of the 60,000 to set aside for validation: 0, or at least 10.
    images : bool, default=False
        False gives each digit as a row of 784 values, True as an image of shape (28, 28, 1).
    random_state : int, default=0
        Seed of the choice. With neither ``n_train`` nor ``n_validation`` nothing is chosen.

    Returns
    -------
    Digits
        Read-only arrays, newly made at each call. Both choices are stratified: each class keeps
        its share of the 60,000, to within one digit. Validation does not depend on ``n_train``.
        Chosen digits stay in the order of the file. The test set is always whole.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or asks for more digits than there are.
    OSError
        If the file in the package is damaged (its SHA-256 sum is checked).

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86 (1998), https://doi.org/10.1109/5.726791.
    Data by Y. LeCun, C. Cortes and C. J. C. Burges, CC BY-SA 3.0.

    Examples
    --------
    >>> digits = load_mnist(n_train=1000, n_validation=500)
    >>> digits.x_train.shape, digits.x_validation.shape, digits.x_test.shape
    ((1000, 784), (500, 784), (10000, 784))
    >>> digits.x_train.dtype, float(digits.x_train.min()), float(digits.x_train.max())
    (dtype('float32'), 0.0, 1.0)
    """
    n_validation = check_integer(n_validation, "n_validation", minimum=0)
    left = N_TRAIN - n_validation
    n_train = left if n_train is None else check_integer(n_train, "n_train", minimum=10)
    if 0 < n_validation < 10:
        raise ValueError(f"n_validation must be 0 or at least 10. Received: {n_validation}")
    if left < 10 or n_train > left:
        raise ValueError(
            f"n_train and n_validation share {N_TRAIN} digits. "
            f"Received: n_train={n_train}, n_validation={n_validation}"
        )
    if not isinstance(images, (bool, np.bool_)):
        raise TypeError(f"images must be True or False. Received: {images!r}")
    random_state = check_integer(random_state, "random_state", minimum=0)

    arrays = _read_mnist()
    labels = arrays["y_train"]
    rest = np.arange(N_TRAIN)
    validation, rest = _split_stratified(rest, labels, n_validation, random_state)
    train, _ = _split_stratified(rest, labels, n_train, random_state)
    shape = (-1, 28, 28, 1) if images else (-1, 784)
    return Digits(
        _grey(arrays["x_train"], train, shape),
        _frozen(labels[train].astype(np.int64)),
        _grey(arrays["x_train"], validation, shape),
        _frozen(labels[validation].astype(np.int64)),
        _grey(arrays["x_test"], slice(None), shape),
        _frozen(arrays["y_test"].astype(np.int64)),
    )


def _read_mnist():
    """Return the arrays of the package's file, after its checksum was found right."""
    name = "data/mnist.npz"
    content = resources.files("ae_lib").joinpath(name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != MNIST_SHA256:
        raise OSError(
            f"ae_lib/{name} is damaged: install the package again. "
            f"Expected SHA-256 {MNIST_SHA256}. Received: {found}, {len(content)} bytes"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return dict(file)


def _split_stratified(indices, labels, n, random_state):
    """Split sorted ``indices`` into ``n`` of them, each class with its share, and the others."""
    if n == 0:
        return indices[:0], indices
    if n == len(indices):
        return indices, indices[:0]
    rng = np.random.default_rng(random_state)
    shuffled = rng.permutation(indices)
    # Sorted by class, every (len/n)-th digit of a shuffled list: shares are right to within one.
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    chosen = by_class[np.arange(n) * len(by_class) // n]
    return np.sort(chosen), np.setdiff1d(indices, chosen, assume_unique=True)


def _grey(pixels, chosen, shape):
    """Return the chosen uint8 images as read-only float32 in [0, 1]."""
    return _frozen(np.divide(pixels[chosen], 255, dtype=np.float32).reshape(shape))


def _frozen(array):
    """Make an array read-only, so that no cell changes the data of the cells after it."""
    array.flags.writeable = False
    return array
