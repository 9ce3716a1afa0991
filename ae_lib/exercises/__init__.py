"""Checks for the exercises of the course: one line below a solution says whether it is right.

An exercise has a name such as ``rbm.free_energy``: a module of this package, and the
function in it that checks the answer. Each check tries the answer on new random inputs and compares
it with what is known about the right one: exact sums over small models, numerical slopes, shapes,
signs, invariances. An answer that is right gets float32 as well, since that is what digits come in.

What is said to the student is printed. :func:`check` never raises what a student's function raises,
so that "Run all" goes on to the end of a notebook. Only an interruption from outside
(``KeyboardInterrupt``) gets through: a notebook can always be stopped.
"""

from ae_lib.exercises._check import SOLVED, UNSOLVED, WRONG, Result, check, exercise_names

__all__ = ["SOLVED", "UNSOLVED", "WRONG", "Result", "check", "exercise_names"]
