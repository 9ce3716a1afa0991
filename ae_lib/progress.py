"""Progress bars that leave nothing behind in a stored notebook."""

import os
import weakref

from tqdm import tqdm

from ae_lib._keras import keras

# The bar that is open. Whoever interrupts `model.fit` leaves its bar open, because Keras
# does not say that training has ended, and IPython keeps it alive with the traceback.
_open = weakref.WeakSet()

_NO = ("0", "false", "no", "off")


def bars_hidden():
    """Tell whether the environment variable ``AE_PROGRESS`` says that no bar is to be seen.

    Returns
    -------
    bool
        True for ``0``, ``false``, ``no`` and ``off``, in small or capital letters.
    """
    return os.environ.get("AE_PROGRESS", "").strip().lower() in _NO


def epoch_bar(description, total, *, done=0, shown=True):
    """Open a bar over epochs, which is removed when it is closed.

    There is one bar at a time: one that is still open is removed. If it was left by a run that was
    interrupted, the new bar would otherwise be drawn in the line below, again and again.

    Parameters
    ----------
    description : str
        Text in front of the bar.
    total : int
        Number of epochs.
    done : int, default=0
        How many of them are behind already.
    shown : bool, default=True
        False gives a bar that is never seen, as :func:`bars_hidden` does.

    Returns
    -------
    tqdm.tqdm

    Examples
    --------
    >>> with epoch_bar("lesson", 2, shown=False) as bar:
    ...     _ = bar.update()
    """
    for bar in list(_open):
        bar.close()
    _open.clear()
    bar = tqdm(
        total=total,
        initial=done,
        desc=description,
        unit="epoch",
        leave=False,
        disable=not shown or bars_hidden(),
    )
    _open.add(bar)
    return bar


class ProgressBar(keras.callbacks.Callback):
    """Show one bar over the epochs of ``model.fit``, with the latest losses.

    The bar is removed when training ends, or when the next bar opens if training was interrupted.
    It is not shown at all where the environment variable ``AE_PROGRESS`` is ``0``, as it is while
    the course's notebooks are made.

    Parameters
    ----------
    description : str, default="training"
        Text in front of the bar.

    Examples
    --------
    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> x, y = np.zeros((8, 3)), np.zeros((8, 1))
    >>> history = model.fit(x, y, epochs=2, verbose=0, callbacks=[ProgressBar("lesson")])
    >>> len(history.history["loss"])
    2
    """

    def __init__(self, description="training"):
        super().__init__()
        self.description = description
        self._bar = None

    def on_train_begin(self, logs=None):
        """Open the bar."""
        self._bar = epoch_bar(self.description, self.params["epochs"])

    def on_epoch_end(self, epoch, logs=None):
        """Move the bar on by one epoch and show the losses."""
        if self._bar.disable:  # hidden; or a bar within this epoch took its place
            self._bar = epoch_bar(self.description, self.params["epochs"], done=epoch)
        losses = {name: f"{value:.4f}" for name, value in (logs or {}).items() if "loss" in name}
        self._bar.set_postfix(losses, refresh=False)
        self._bar.update()

    def on_train_end(self, logs=None):
        """Remove the bar."""
        self._bar.close()
