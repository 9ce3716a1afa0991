"""Keras and TensorFlow, imported without TensorFlow's lines about the machine.

TensorFlow's C++ code writes to standard error while it is imported, about graphics cards that are
not there for example. In a stored notebook these lines would differ on every machine. Errors in
Python are raised as always.

Keras can also compute with JAX or PyTorch. The course needs TensorFlow, so that is what Keras gets
if it is imported here first, whatever the user's ``keras.json`` says.
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


@contextlib.contextmanager
def _tensorflow_chosen():
    """Choose TensorFlow for Keras while it is imported, and leave the user's choice as it was."""
    chosen = os.environ.get("KERAS_BACKEND")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        yield
    finally:
        del os.environ["KERAS_BACKEND"]
        if chosen is not None:
            os.environ["KERAS_BACKEND"] = chosen


# For what is written later, when the first graph is built; a level set by the user is kept.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

with _stderr_silenced(), _tensorflow_chosen():
    import keras
    import tensorflow as tf

if keras.config.backend() != "tensorflow":
    raise ImportError(
        "ae_lib needs Keras with the backend tensorflow. Received: "
        f"{keras.config.backend()}, which Keras was imported with before ae_lib. Set the "
        "environment variable KERAS_BACKEND=tensorflow, or import ae_lib's functions before "
        "keras, and start Python (in a notebook, the kernel) again"
    )


def use_defaults():
    """Set what the course's numbers depend on to Keras' and TensorFlow's own defaults.

    These are the types of numbers, the place of the channels, the small number that guards
    divisions, a limit of epochs, and whether functions are compiled. ``keras.json``, environment
    variables or code that ran before may have set them.
    """
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    keras.config.set_max_epochs(None)
    keras.config.set_max_steps_per_epoch(None)
    tf.config.run_functions_eagerly(False)


__all__ = ["keras", "tf", "use_defaults"]
