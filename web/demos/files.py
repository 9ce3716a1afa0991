"""The files that the demos load: arrays in one file, and sprites of digits."""

import io
import json
from pathlib import Path

import numpy as np

from tools.course import ROOT

DATA = Path("web") / "demos" / "data"


class DemoError(Exception):
    """Data cannot be made; the message says what was received and expected."""


def pack(arrays):
    """Put arrays into one file, and say where each of them is.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Of int8, uint8, or float32.

    Returns
    -------
    content : bytes
        Little-endian; each array begins at a multiple of four bytes.
    index : list of dict
        For each array its ``name``, ``type``, ``shape`` and ``offset`` in bytes.

    Examples
    --------
    >>> content, index = pack({"a": np.array([1, 2], np.uint8), "b": np.array([1], np.float32)})
    >>> len(content), index[1]
    (8, {'name': 'b', 'type': 'float32', 'shape': [1], 'offset': 4})
    """
    content, index = b"", []
    for name, array in arrays.items():
        if array.dtype.name not in ("int8", "uint8", "float32"):
            raise DemoError(f"{name} must be int8, uint8 or float32. Received: {array.dtype}")
        content += bytes(-len(content) % 4)
        index.append(
            {
                "name": name,
                "type": array.dtype.name,
                "shape": list(array.shape),
                "offset": len(content),
            }
        )
        content += array.astype(array.dtype.newbyteorder("<")).tobytes()
    return content, index


def unpack(content, index):
    """Return the arrays of :func:`pack`.

    Parameters
    ----------
    content : bytes
    index : list of dict

    Returns
    -------
    dict of str to ndarray

    Examples
    --------
    >>> unpack(*pack({"a": np.array([[1, 2]], np.int8)}))
    {'a': array([[1, 2]], dtype=int8)}
    """
    return {
        entry["name"]: np.frombuffer(
            content,
            np.dtype(entry["type"]).newbyteorder("<"),
            int(np.prod(entry["shape"])),
            entry["offset"],
        ).reshape(entry["shape"])
        for entry in index
    }


def load(name, root=ROOT):
    """Read one of the exported files.

    Parameters
    ----------
    name : str
        ``"digits_decoder"`` for example.
    root : Path
        The folder of the course.

    Returns
    -------
    dict of str to ndarray
    """
    folder = root / DATA
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return unpack((folder / f"{name}.bin").read_bytes(), manifest["files"][name]["arrays"])


def sprite(rows):
    """Draw rows of digits into one picture, ink on paper.

    Parameters
    ----------
    rows : array-like of shape (rows, columns, 784)
        Ink from 0 to 1.

    Returns
    -------
    bytes
        A PNG; each digit takes 28 by 28 pixels.
    """
    from PIL import Image

    rows = np.asarray(rows)
    n_rows, n_columns = rows.shape[:2]
    ink = rows.reshape(n_rows, n_columns, 28, 28).transpose(0, 2, 1, 3)
    grey = np.rint(255 * (1 - ink)).astype(np.uint8).reshape(28 * n_rows, 28 * n_columns)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
