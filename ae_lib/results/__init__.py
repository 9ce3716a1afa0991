"""Results of the paper's experiments as they were computed, for chapters 4 and 8.

Each ``NAME.json`` here was written by ``make paper NAME=...``, which is
``python -m ae_lib.paper``.
"""

import io
import json
import numbers
from importlib import resources

import numpy as np

_FIELDS = {
    "method": str,
    "preset": str,
    "seed": int,
    "train": numbers.Real | None,
    "validation": numbers.Real | None,
    "test": numbers.Real | None,
    "seconds": numbers.Real,
    "settings": dict,
    "versions": dict,
}


def load_results(name):
    """Load what an experiment gave: every run's numbers, and the arrays of its figures.

    Parameters
    ----------
    name : str
        An experiment, such as ``"digits"``.

    Returns
    -------
    results : dict
        ``name``, ``unit``, ``published`` (numbers of the paper) and ``runs``, a list with a
        dictionary for each method, preset and seed.
    arrays : dict of ndarray
        By name, which begins with preset and seed: ``paper_0_pictures``.

    Raises
    ------
    FileNotFoundError
        If there are no results of this name. The message says how they are made.
    ValueError
        If the file does not have the form that :func:`check_results` asks for.

    Examples
    --------
    >>> results, arrays = load_results("digits")
    >>> results["published"]["autoencoder"]
    3.0
    """
    folder = resources.files("ae_lib.results")
    file = folder.joinpath(f"{name}.json")
    if not file.is_file():
        there = sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".json"))
        raise FileNotFoundError(
            f"There are no results of {name!r}. Results here: {', '.join(there) or 'none'}. "
            f"They are made by: python -m ae_lib.paper NAME"
        )
    results = json.loads(file.read_text(encoding="utf-8"))
    check_results(results)
    content = io.BytesIO(folder.joinpath(f"{name}.npz").read_bytes())
    with np.load(content, allow_pickle=False) as arrays:
        return results, dict(arrays)


def check_results(results):
    """Refuse results that do not have the form that chapter 8 reads.

    Parameters
    ----------
    results : dict
        What is in a ``NAME.json``.

    Raises
    ------
    ValueError
        Naming the first field that is missing or of another type.

    Examples
    --------
    >>> check_results({"name": "digits", "unit": "error", "published": {}, "runs": [{}]})
    Traceback (most recent call last):
        ...
    ValueError: digits, run 1: method must be of type str. Received: nothing
    """
    for field, kind in (("name", str), ("unit", str), ("published", dict), ("runs", list)):
        if not isinstance(results.get(field), kind):
            raise ValueError(
                f"Results must have {field}, of type {kind.__name__}. "
                f"Received: {results.get(field, 'nothing')!r}"
            )
    for number, run in enumerate(results["runs"], 1):
        for field, kind in _FIELDS.items():
            if field not in run or not isinstance(run[field], kind):
                expected = getattr(kind, "__name__", "number or null")
                raise ValueError(
                    f"{results['name']}, run {number}: {field} must be of type {expected}. "
                    f"Received: {run.get(field, 'nothing')}"
                )
