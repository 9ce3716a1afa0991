"""Progress bars that leave nothing behind in a stored notebook."""

import os

from tqdm import tqdm

from ae_lib._keras import keras


def epoch_bar(description, total, *, shown=True):
    """Open a bar over epochs, which is removed when it is closed.

    Parameters
    ----------
    description : str
        Text in front of the bar.
    total : int
        Number of epochs.
    shown : bool, default=True
        False gives a bar that is never seen, as does the environment variable ``AE_PROGRESS=0``.

    Returns
    -------
    tqdm.tqdm

    Examples
    --------
    >>> with epoch_bar("lesson", 2, shown=False) as bar:
    ...     _ = bar.update()
    """
    return tqdm(
        total=total,
        desc=description,
        unit="epoch",
        leave=False,
        disable=not shown or os.environ.get("AE_PROGRESS") == "0",
    )


class ProgressBar(keras.callbacks.Callback):
    """Show one bar over the epochs of ``model.fit``, with the latest losses.

    The bar is removed when training ends. It is not shown at all where the environment variable
    ``AE_PROGRESS`` is ``0``, as it is while the course's notebooks are made.

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
        losses = {name: f"{value:.4f}" for name, value in (logs or {}).items() if "loss" in name}
        self._bar.set_postfix(losses, refresh=False)
        self._bar.update()

    def on_train_end(self, logs=None):
        """Remove the bar."""
        self._bar.close()
