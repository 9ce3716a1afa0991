"""One place for the seed of every random number in the course."""

import os
import random

import numpy as np

from ae_lib._validation import check_integer

_LARGEST_SEED = 2**32 - 1  # the largest that NumPy and Keras both take


def _read_seed(text):
    """Turn the text of ``AE_SEED`` into a seed.

    Parameters
    ----------
    text : str
        A whole number from 0 to 2**32 - 1.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the text is anything else.

    Examples
    --------
    >>> _read_seed("7")
    7
    """
    if not (text.isascii() and text.isdigit() and int(text) <= _LARGEST_SEED):
        raise ValueError(f"AE_SEED must be a whole number from 0 to 2**32 - 1. Received: {text!r}")
    return int(text)


#: The course's seed: environment variable ``AE_SEED``, or 0.
SEED = _read_seed(os.environ.get("AE_SEED", "0"))


def set_seed(seed=None):
    """Seed Python, NumPy and Keras, and ask TensorFlow for the same result every time.

    After this call the same program gives the same numbers again on the same machine. Another
    processor or another version of TensorFlow may round differently, so trained numbers differ
    there in later digits, and after long training more than that.

    What the course's numbers depend on besides is set to Keras' and TensorFlow's own defaults,
    whatever ``keras.json`` or an earlier call says: numbers of type float32, channels last, no
    limit of epochs, compiled functions. Whoever wants another setting makes it after this call.

    Parameters
    ----------
    seed : int, optional
        From 0 to 2**32 - 1. By default :data:`SEED`.

    Returns
    -------
    int
        The seed that was set.

    Raises
    ------
    TypeError
        If ``seed`` is not an integer.
    ValueError
        If ``seed`` is out of range.

    Examples
    --------
    >>> set_seed(3)
    3
    >>> first = np.random.rand()
    >>> _ = set_seed(3)
    >>> np.random.rand() == first
    True
    """
    seed = SEED if seed is None else check_integer(seed, "seed", minimum=0)
    if seed > _LARGEST_SEED:
        raise ValueError(f"seed must be at most 2**32 - 1. Received: {seed}")

    from ae_lib._keras import keras, tf, use_defaults

    use_defaults()
    random.seed(seed)
    np.random.seed(seed)
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    return seed
