"""Run a command, and say all that it said if it fails."""

import os
import subprocess

from tools.course import CourseError
from tools.environment.packages import pip_variables


def run(command, **options):
    """Run a command without the user's settings of pip; return what it printed.

    Parameters
    ----------
    command : list
        Words, or paths.
    **options
        Of ``subprocess.run``.

    Returns
    -------
    str

    Raises
    ------
    CourseError
        If it fails, with all that it said.
    """
    command = [str(word) for word in command]
    options.setdefault("env", pip_variables(os.environ))
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise CourseError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
