"""Keras and TensorFlow, imported without TensorFlow's lines about the machine.

TensorFlow's C++ code writes to standard error while it is imported, about graphics cards that are
not there for example. In a stored notebook these lines would differ on every machine. Errors in
Python are raised as always.
"""

import contextlib
import os
import sys


@contextlib.contextmanager
def _stderr_silenced():
    """Send what C++ code writes to standard error to nowhere, and put everything back after."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


# For what is written later, when the first graph is built; a level set by the user is kept.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

with _stderr_silenced():
    import keras
    import tensorflow as tf

__all__ = ["keras", "tf"]
