"""Finding the check of an exercise, running it, and saying what came of it."""

import dataclasses
import difflib
import importlib

import numpy as np

from ae_lib.exercises._calling import in_float32
from ae_lib.exercises._findings import Ambiguous, Unsolved, Wrong, describe

# A module is imported when one of its exercises is checked: a change to one chapter's checks does
# not make the other chapters' notebooks stale.
_MODULES = ("motivation", "initialisation", "rbm", "pretraining", "pca", "dense", "convolutional")

SOLVED = "solved"
UNSOLVED = "not solved yet"
WRONG = "not right yet"


@dataclasses.dataclass(frozen=True)
class Result:
    """What a check found out. True where the exercise is solved.

    Parameters
    ----------
    name : str
        The exercise.
    status : {"solved", "not solved yet", "not right yet"}
    hint : str
        What to do about it; "" where there is nothing to say.

    Examples
    --------
    >>> result = Result("pca.components", "not right yet", "The mean is still there.")
    >>> print(result)
    pca.components: not right yet. The mean is still there.
    >>> result.passed
    False
    """

    name: str
    status: str
    hint: str = ""

    @property
    def passed(self):
        """Whether the exercise is solved (bool)."""
        return self.status == SOLVED

    def __bool__(self):
        return self.passed

    def __str__(self):
        return f"{self.name}: {self.status}. {self.hint}".rstrip()

    def _ipython_display_(self):
        """Show nothing at the end of a notebook's cell: what there is to say has been printed."""


def exercise_names():
    """Return the names of all exercises that can be checked, in the order of the chapters.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "rbm.free_energy" in exercise_names()
    True
    """
    return [f"{module}.{name}" for module in _MODULES for name in _load(module).__all__]


def _load(module):
    return importlib.import_module(f"ae_lib.exercises.{module}")


def _find(name):
    """Return the function that checks an exercise, or None if there is no such exercise."""
    module, _, function = str(name).partition(".")
    if module in _MODULES and function in _load(module).__all__:
        return getattr(_load(module), function)
    return None


def check(name, answer, *, seed=None, quiet=False):
    """Check the answer to an exercise, print what was found, and return it.

    Parameters
    ----------
    name : str
        The exercise, such as ``"rbm.free_energy"``.
    answer : object
        Mostly a function; the exercise says. ``...`` means that there is none yet.
    seed : int, optional
        Of the random inputs. By default they are new ones every time.
    quiet : bool, default=False
        Print nothing.

    Returns
    -------
    Result
        ``result.passed`` tells whether it is solved, ``result.hint`` what is wrong.

    Examples
    --------
    >>> result = check("motivation.squared_error", ...)
    motivation.squared_error: not solved yet.
    >>> def squared_error(x, x_hat):
    ...     return ((x - x_hat) ** 2).mean()
    >>> result = check("motivation.squared_error", squared_error)
    motivation.squared_error: not right yet. You took the mean over the pixels. ...
    >>> bool(result)
    False
    """
    result = _examine(name, answer, np.random.default_rng(seed))
    if not quiet:
        print(result)
    return result


def _examine(name, answer, rng):
    """Run one check and turn whatever happens in it into a result."""
    examine = _find(name)
    if examine is None:
        close = difflib.get_close_matches(str(name), exercise_names(), n=1)
        meant = f" Did you mean {close[0]!r}?" if close else ""
        return Result(str(name), WRONG, f"There is no exercise of this name.{meant}")
    kind = ""
    try:
        _with_clear_inputs(examine, answer, rng)
        if callable(answer):  # encoders and decoders get digits anyway
            kind = "For arrays of type float32, as the digits are: "
            _with_clear_inputs(examine, in_float32(answer), rng)
    except Unsolved:
        return Result(name, UNSOLVED)
    except Wrong as found:
        return Result(name, WRONG, f"{kind}{found}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an answer that no check foresaw must not stop a notebook
        said = f"{type(error).__name__}: {describe(error)}"
        return Result(name, WRONG, f"The answer could not be checked ({said}).")
    return Result(name, SOLVED)


def _with_clear_inputs(examine, answer, rng):
    """Run a check, again with other inputs where mistakes could not be told apart."""
    while True:
        try:
            # Whatever NumPy was told to do about overflow.
            with np.errstate(all="ignore"):
                return examine(answer, rng)
        except Ambiguous:
            continue
