"""One file for each RBM of a stack: what a run that was killed goes on from."""

import hashlib
import io
import json
import math
import warnings

import numpy as np

from ae_lib._files import set_aside, write_whole

# What is kept of an RBM's state. The rest follows from its settings.
_KEPT = (
    "components",
    "intercept_hidden",
    "intercept_visible",
    "reconstruction_error",
    "n_batches",
    "velocity_of_weights",
    "velocity_of_visible_bias",
    "velocity_of_hidden_bias",
)
_BLOCK_ROWS = 2000
# zip, NumPy and JSON have a dozen ways to say that bytes are wrong.
_UNREADABLE = Exception


def digest(before, *arrays):
    """Return a number that changes when the shape or any value of the arrays changes.

    Parameters
    ----------
    before : str
        The digest of what came before, or ``""``.
    *arrays : ndarray
        Their values count as float32, the type in which an RBM sees them.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.

    Examples
    --------
    >>> digest("", np.zeros(2)) == digest("", np.zeros(2))
    True
    >>> digest("", np.zeros(2)) == digest("", np.zeros((2, 1)))
    False
    """
    found = hashlib.sha256(before.encode())
    for array in arrays:
        found.update(str(array.shape).encode())
        for start in range(0, len(array), _BLOCK_ROWS):
            block = array[start : start + _BLOCK_ROWS]
            found.update(np.ascontiguousarray(block, np.float32))
    return found.hexdigest()


def digest_of_learnt(before, rbm):
    """Return a number that changes when anything changes of what an RBM has learnt."""
    learnt = rbm.components_, rbm.intercept_hidden_, rbm.intercept_visible_
    return digest(before, *learnt)


def store(path, rbm, trained_on, seconds):
    """Write an RBM to a file, whole or not at all, after its last epoch or after an earlier one.

    A file that cannot be read is kept under another name, since nobody knows whose it is.

    Parameters
    ----------
    path : pathlib.Path
    rbm : RBM
    trained_on : str
        Digest of its training data.
    seconds : float
        How long it was trained.

    Raises
    ------
    OSError
        If the file cannot be written, or if a file of another run is there meanwhile. What was
        there before is still there.
    """
    if path.exists():
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                settings, stored_for = _origin(file)
        except _UNREADABLE:
            set_aside(path)
        else:
            try:
                _check_same(path, settings, _settings(rbm), stored_for == trained_on)
            except ValueError as error:
                raise FileExistsError(str(error)) from error
    state = rbm.get_state()
    arrays = {
        "settings": json.dumps(_settings(rbm)),
        "trained_on": trained_on,
        "seconds": seconds,
        **{name: state[name] for name in _KEPT},
    }
    write_whole(path, lambda file: np.savez(file, **arrays))


def _origin(file):
    """Return the settings and the digest of the training data that a file names."""
    return json.loads(str(file["settings"])), str(file["trained_on"])


def restore(path, rbm, trained_on):
    """Give an RBM what it had learnt when its file was written, if there is such a file.

    Parameters
    ----------
    path : pathlib.Path
    rbm : RBM
        With initial weights.
    trained_on : str
        Digest of the data that it would be trained on.

    Returns
    -------
    float or None
        How long the RBM was trained, in seconds; NaN if the file does not say. None if there is no
        file, or a damaged one: the RBM still has its initial weights.

    Raises
    ------
    ValueError
        If the file comes from other settings or other data.

    Warns
    -----
    UserWarning
        If the file is damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            settings, stored_for = _origin(file)
            state = {name: file[name] for name in _KEPT}
            # In files of earlier versions nothing else is missing.
            earlier = set(file.files) == {"settings", "trained_on", *_KEPT}
            seconds = _seconds_beside(path) if earlier else float(file["seconds"])
    except _UNREADABLE as error:
        warnings.warn(
            f"{path} is damaged, so its layer is trained again: {error}", UserWarning, stacklevel=4
        )
        return None
    _check_same(path, settings, _settings(rbm), stored_for == trained_on)
    rbm.set_state(rbm.get_state() | state)
    return seconds


def _seconds_beside(path):
    """Return how long an RBM was trained, where earlier versions wrote it; NaN if they did not."""
    clock = path.with_suffix(".seconds")
    return float(clock.read_text(encoding="ascii")) if clock.exists() else math.nan


def _settings(rbm):
    """Return all that decides what an RBM learns but its data, as it comes back from JSON."""
    settings = {name: value for name, value in rbm.get_params().items() if name != "verbose"}
    return json.loads(json.dumps(settings, default=lambda value: value.tolist()))


def _check_same(path, stored, wanted, same_data):
    """Refuse a file that was made by another run, and say what is different."""
    names = [name for name in sorted({*stored, *wanted}) if stored.get(name) != wanted.get(name)]
    different = [f"{name}={stored.get(name)} instead of {wanted.get(name)}" for name in names]
    if not same_data:
        different.append("other data, or other layers below")
    if different:
        raise ValueError(
            f"{path} was made by another run: {'; '.join(different)}. "
            "Take another folder as checkpoint, or remove the file to train its layer anew"
        )
