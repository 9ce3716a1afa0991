"""Files that are written whole or not at all, also by several processes at the same time."""

import contextlib
import os
import re
import secrets
import time
import warnings
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None

# Writing takes seconds. What is this old was left by a process that was killed.
_LEFT_OVER_SECONDS = 3600


def as_folder(path):
    """Return a folder's path, where ``~`` stands for the user's home as in a shell.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> as_folder("~/results") == Path.home() / "results"
    True
    """
    path = Path(path)
    # Not every name that begins like this: "~name" would have to be a user of this machine.
    return path.expanduser() if path.parts[:1] == ("~",) else path


def require_writable(folder, what):
    """Make a folder if it is not there, and try whether files can be written into it.

    Parameters
    ----------
    folder : pathlib.Path
    what : str
        What the folder is for, at the beginning of the message.

    Raises
    ------
    OSError
        Of the same kind as the system's. The message says what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_left_over(folder / "trial")
        trial = _unfinished(folder / "trial")
        trial.touch(exist_ok=False)
        trial.unlink()
    except OSError as error:
        raise type(error)(
            f"{what} cannot be written to: {error}. Take a folder that is yours to write to"
        ) from error


def write_whole(path, write):
    """Write a file, whole or not at all: whatever happens, the file before stays or the new one.

    Any number of processes may do this with one path; the last one's file stays. If the path is a
    link, the file that it leads to is replaced.

    Parameters
    ----------
    path : pathlib.Path
    write : callable
        Called with a file that is open for writing bytes.

    Raises
    ------
    OSError
        If the file cannot be written. Nothing is left of it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "numbers")
    ...     write_whole(path, lambda file: file.write(b"1 2 3"))
    ...     [path.name for path in Path(folder).iterdir()], path.read_bytes()
    (['numbers'], b'1 2 3')
    """
    path = path.resolve()
    _remove_left_over(path)
    unfinished = _unfinished(path)
    try:
        with unfinished.open("xb") as file:
            write(file)
            file.flush()
            # Without this a power failure could leave the final name on an empty file.
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        if isinstance(error, OSError):
            raise type(error)(f"{path} cannot be written: {error}") from error
        raise


@contextlib.contextmanager
def warn_if_unwritten():
    """Turn a failure to write in the block into a warning, for computing goes on without the file.

    Warns
    -----
    UserWarning
        Instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        warnings.warn(
            f"A checkpoint is missing, and training goes on without it: {error}. If the run is "
            "killed, what the checkpoint would have kept is trained again",
            UserWarning,
            stacklevel=3,
        )


def set_aside(path):
    """Give a file that cannot be read another name, so that nothing takes its place.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    pathlib.Path
        The same name with ``.unreadable`` and, if need be, a number at its end.
    """
    for number in range(1, 1000):
        kept = path.with_name(f"{path.name}.unreadable{number if number > 1 else ''}")
        if not kept.exists():
            path.rename(kept)
            return kept
    raise FileExistsError(f"{path.parent} is full of files that cannot be read. Remove some")


@contextlib.contextmanager
def locked(folder):
    """Let one process at a time into the block; others wait. The lock ends with its process.

    Parameters
    ----------
    folder : pathlib.Path
        What is locked. Only those wait who lock the same folder, with this function.

    Notes
    -----
    Where the system has no such locks (Windows, some network drives), nobody waits.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _unfinished(path):
    """Return a name beside the path that no other process has."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.unfinished")


def _remove_left_over(path):
    """Remove what killed processes left when they wrote this very file."""
    ours = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{16}}\.unfinished")
    for found in path.parent.glob(".*.unfinished"):
        # Another process may be at the same.
        with contextlib.suppress(FileNotFoundError):
            old = time.time() - found.stat().st_mtime > _LEFT_OVER_SECONDS
            if old and ours.fullmatch(found.name):
                found.unlink()
