"""What the course's commands made, so that they remove and replace nothing else.

A command that fills a folder lists its files in it, with a digest of each (:func:`record`). Such a
folder is replaced by a new one (:func:`replace`) or removed (:func:`remove`). What somebody else
put or changed there is never lost: before it is replaced it moves to the folder ``kept``, which no
command touches, and `make clean` leaves it where it is. A single file that a person may have edited
is copied to ``kept`` before it is written anew (:func:`keep_copy`).

Needs nothing but Python, because `make clean` may run without the course's environment.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

LIST = ".made-by-autoencoders.json"
KEPT = "kept"
REPLACED = ".replaced-"


# One file -----------------------------------------------------------------------------------------


def write(content, path):
    """Write bytes to a file in one step: whoever looks finds the old one or the new one.

    Parameters
    ----------
    content : bytes
    path : Path
    """
    # A name of its own, because two commands may write the same file at once.
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    draft = Path(draft)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files that nobody else may read.
        draft.chmod(0o666 & ~_umask())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _umask():
    """Return the permissions that new files do not get; it can be read by setting it only."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def digest(path):
    """Return the SHA-256 of a file, or of where a link leads; None for pipes and the like."""
    if path.is_symlink():
        return hashlib.sha256(str(path.readlink()).encode()).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def keep_copy(path, root, *, move=False):
    """Copy what a person may have made to a new place below ``kept``, and say so.

    Parameters
    ----------
    path : Path
        A file or a folder below the root.
    root : Path
        The folder of the course.
    move : bool, default=False
        Take it away from where it is.

    Returns
    -------
    Path
        The copy.
    """
    name = path.relative_to(root)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    copy, count = root / KEPT / stamp / name, 1
    while copy.exists() or copy.is_symlink():
        count += 1
        copy = root / KEPT / f"{stamp}-{count}" / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    if move:
        shutil.move(path, copy)
    elif path.is_dir():
        shutil.copytree(path, copy, symlinks=True)
    else:
        shutil.copy2(path, copy)
    print(f"{name} may hold something of your own: kept as {copy.relative_to(root)}")
    return copy


# A folder -----------------------------------------------------------------------------------------


def files_of(folder):
    """Return all files and links below a folder, but not its list; links are not followed."""
    found = []
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        found += [Path(place) / name for name in [*names, *links]]
    return sorted(path for path in found if path != folder / LIST)


def record(folder):
    """List the files of a folder that a command has just filled."""
    listed = {path.relative_to(folder).as_posix(): digest(path) for path in files_of(folder)}
    write((json.dumps(listed, indent=0) + "\n").encode(), folder / LIST)


def listed_files(folder):
    """Return what a folder's list says, name -> digest; nothing where there is no such list."""
    try:
        listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return listed if isinstance(listed, dict) else {}


def note(path):
    """Add a single file, which a command has just written, to the list of its folder."""
    listed = listed_files(path.parent) | {path.name: digest(path)}
    write((json.dumps(listed, indent=0) + "\n").encode(), path.parent / LIST)


def keep_unless_noted(path, root):
    """Move a file to ``kept`` unless it is as a command wrote it, before it is written anew."""
    if path.exists() and listed_files(path.parent).get(path.name) != digest(path):
        keep_copy(path, root, move=True)


def foreign(folder):
    """Return the files of a folder that no command wrote, or that were changed since."""
    listed = listed_files(folder)
    return [
        path
        for path in files_of(folder)
        if listed.get(path.relative_to(folder).as_posix(), "") != digest(path)
    ]


def replace(new, target, root):
    """Put a new folder in the place of an old one.

    Parameters
    ----------
    new : Path
        On the same file system; it is listed, and moves.
    target : Path
        Where it goes. What is there and was not made by a command moves to ``kept``.
    root : Path
        The folder of the course.
    """
    record(new)
    if target.is_symlink() or (target.exists() and not listed_files(target)):
        if target.is_symlink() or not target.is_dir() or any(target.iterdir()):
            keep_copy(target, root, move=True)
    elif target.exists():
        for path in foreign(target):
            keep_copy(path, root, move=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    # The old one stays whole until the new one is in its place.
    old = target.parent / f"{REPLACED}{target.name}-{os.getpid()}"
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    # This one, and what a killed command may have left.
    for left in target.parent.glob(f"{REPLACED}{target.name}-*"):
        shutil.rmtree(left, ignore_errors=True)


def remove(folder):
    """Remove from a folder what a command made there, and folders that are empty then.

    Returns
    -------
    list of Path
        What is left, because no command made it or because it was changed since.
    """
    if not folder.is_dir() or folder.is_symlink():
        return [folder] if folder.exists() else []
    left = foreign(folder)
    for path in set(files_of(folder)) - set(left):
        try:
            path.unlink()
        except OSError:
            left.append(path)
    if not left:
        (folder / LIST).unlink(missing_ok=True)
    remove_empty(folder)
    return sorted(left)


def remove_empty(folder):
    """Remove a folder and those below it, as far as they are empty."""
    for place, _, _ in sorted(os.walk(folder), reverse=True):
        with contextlib.suppress(OSError):
            Path(place).rmdir()


# Two commands at once -----------------------------------------------------------------------------


@contextlib.contextmanager
def alone(*folders):
    """Let one command at a time change what lies in some folders; others wait for their turn.

    Parameters
    ----------
    *folders : Path
        That of the course, and what else a command changes. They carry the locks themselves, which
        end with the process.
    """
    try:
        import fcntl
    except ImportError:  # Windows, where there is no make either
        yield
        return
    # Each folder once, since a process would wait for itself; in one order for all processes, since
    # two would wait for each other.
    places = {(place.stat().st_dev, place.stat().st_ino): place for place in folders}
    with contextlib.ExitStack() as locks:
        for _, place in sorted(places.items()):
            handle = os.open(place, os.O_RDONLY)
            locks.callback(os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"Another command is at work in {place}: waiting for it", file=sys.stderr)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
