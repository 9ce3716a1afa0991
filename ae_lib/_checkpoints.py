"""One file a trained machine, so that a run that was killed goes on where it stopped."""

import hashlib
import io
import json
import warnings

import numpy as np

from ae_lib._files import set_aside, write_whole
from ae_lib._rbm_math import Parameters

# The attributes that are kept, without the underscore at their ends.
_LEARNT = ("components", "intercept_hidden", "intercept_visible", "reconstruction_error")
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
        Their values count as float32, the type in which a machine sees them.

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
    """Return a number that changes when anything changes of what a machine has learnt."""
    learnt = rbm.components_, rbm.intercept_hidden_, rbm.intercept_visible_
    return digest(before, *learnt)


def store(path, rbm, trained_on):
    """Write a trained machine to a file, whole or not at all.

    A file that cannot be read is kept under another name, since nobody knows whose it is.

    Parameters
    ----------
    path : pathlib.Path
    rbm : RBM
    trained_on : str
        Digest of its training data.

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
    arrays = {
        "settings": json.dumps(_settings(rbm)),
        "trained_on": trained_on,
        **{name: getattr(rbm, f"{name}_") for name in _LEARNT},
        # For training that goes on with `partial_fit`.
        "n_batches": rbm._n_batches,
        **{f"velocity_of_{name}": value for name, value in rbm._velocity._asdict().items()},
    }
    write_whole(path, lambda file: np.savez(file, **arrays))


def _origin(file):
    """Return the settings and the digest of the training data that a file names."""
    return json.loads(str(file["settings"])), str(file["trained_on"])


def restore(path, rbm, trained_on):
    """Give a machine what it had learnt when its file was written, if there is such a file.

    Parameters
    ----------
    path : pathlib.Path
    rbm : RBM
        A machine that is not trained yet.
    trained_on : str
        Digest of the data that it would be trained on.

    Returns
    -------
    bool
        Whether the machine is trained now. If the file is damaged it is not.

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
        return False
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            settings, stored_for = _origin(file)
            learnt = {f"{name}_": file[name] for name in _LEARNT}
            n_batches = int(file["n_batches"])
            velocity = Parameters(*(file[f"velocity_of_{name}"] for name in Parameters._fields))
    except _UNREADABLE as error:
        warnings.warn(
            f"{path} is damaged, so its layer is trained again: {error}", UserWarning, stacklevel=4
        )
        return False
    _check_same(path, settings, _settings(rbm), stored_for == trained_on)
    rbm.n_features_in_ = learnt["components_"].shape[1]
    rbm._start(rbm.n_features_in_, rbm.batch_size)
    for name, value in learnt.items():
        setattr(rbm, name, value)
    rbm.reconstruction_error_ = rbm.reconstruction_error_.tolist()
    rbm.n_iter_ = len(rbm.reconstruction_error_)
    rbm._n_batches, rbm._velocity = n_batches, velocity
    return True


def _settings(rbm):
    """Return all that decides what a machine learns but its data, as it comes back from JSON."""
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
