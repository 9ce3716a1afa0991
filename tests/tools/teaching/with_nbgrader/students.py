"""Who is in the class: what each student hands in, and the marks and remarks that are expected.

Marks are tried with the exercises of Chapter 2, because they train nothing. What students should
not do is tried with a tiny assignment that imports nothing: what takes the time is nbgrader.
"""

import copy

import nbformat

from tests.tools.teaching.with_nbgrader.nbgrader_class import SOURCE, WITHOUT, by_id, place
from tools.course import ROOT
from tools.notebooks import exercises
from tools.teaching.grading_notebook import grading_notebook

FIRST = "2-1"  # the exercise with which students do what they should not
LISTED = exercises.exercises(SOURCE)
POINTS = {f"check-{item.number.replace('.', '-')}": item.points for item in LISTED if item.check}
ALL = dict(POINTS)
NONE = dict.fromkeys(POINTS, 0)
WITHOUT_FIRST = POINTS | {f"check-{FIRST}": 0}

OF_THE_VALUE = "def slope(x):\n    return x * (1 - x)"  # where x is not yet a logistic value
ENDLESS = "def slope(x):\n    while True:\n        pass"

# Chapter 2 ----------------------------------------------------------------------------------------


def fill_in(notebook):
    """Put the solutions into a release version."""
    solved = by_id(grading_notebook(SOURCE, ROOT, solved=True))
    for name, cell in by_id(notebook).items():
        if name.startswith("answer"):
            cell.source = solved[name].source


def replace_first(source):
    """Return what fills in all answers and gives the first one another source."""

    def change(notebook):
        fill_in(notebook)
        by_id(notebook)[f"answer-{FIRST}"].source = source

    return change


def edit_first_check(notebook):
    """Solve nothing, and let the first check say that all is well."""
    by_id(notebook)[f"check-{FIRST}"].source = "print('all right')"


STUDENTS = {
    "right": (fill_in, ALL),
    "nothing": (lambda notebook: None, NONE),
    "mistake": (replace_first(OF_THE_VALUE), WITHOUT_FIRST),
    "endless": (replace_first(ENDLESS), WITHOUT_FIRST),
    "exit_inside": (replace_first("import sys\n\n\ndef slope(x):\n    sys.exit()"), WITHOUT_FIRST),
    "edited": (edit_first_check, NONE),
}


# The tiny assignment ------------------------------------------------------------------------------

TINY_CELLS = [
    ("answer-1", "one = ...", {}),
    ("check-1", "assert one == 1", {"points": 1}),
    ("answer-2", "two = ...", {}),
    ("check-2", "assert two == 2", {"points": 2}),
    ("answer-3", "Why?", {"points": 3}),
]
TINY_ALL = {"check-1": 1, "check-2": 2}
SECOND_ONLY = {"check-1": 0, "check-2": 2}
# nbgrader gives no mark to a check that is not there; a human has to.
FIRST_OPEN = {"check-1": None, "check-2": 2}


def tiny_source():
    """Return the tiny assignment as its teacher writes it."""
    notebook = nbformat.v4.new_notebook()
    for name, source, points in TINY_CELLS:
        explain = name == "answer-3"
        new = nbformat.v4.new_markdown_cell if explain else nbformat.v4.new_code_cell
        cell = new(source)
        cell.metadata.nbgrader = {
            "schema_version": 3, "grade_id": name, "task": False, "grade": bool(points),
            "solution": name.startswith("answer"), "locked": name.startswith("check"), **points,
        }  # fmt: skip
        notebook.cells.append(cell)
    return notebook


def tiny(first="one = 1", change=None):
    """Return what fills in the tiny assignment, with another first answer or another change."""

    def fill(notebook):
        cells = by_id(notebook)
        cells["answer-1"].source = first
        cells["answer-2"].source = "two = 2"
        cells["answer-3"].source = "Because."
        if change:
            change(notebook)

    return fill


def copied(name, source=None, before=False):
    """Return what copies a cell with its metadata, as JupyterLab does it."""

    def change(notebook):
        number = place(notebook, name)
        cell = copy.deepcopy(notebook.cells[number])
        cell.id = "copied"
        cell.source = cell.source if source is None else source
        notebook.cells.insert(number + (not before), cell)

    return change


def deleted(*names):
    def change(notebook):
        for name in names:
            del notebook.cells[place(notebook, name)]

    return change


def merged(notebook):
    """Merge the first answer with its check: the first cell's metadata stay."""
    cells = by_id(notebook)
    cells["answer-1"].source += "\n\n" + cells["check-1"].source
    deleted("check-1")(notebook)


def split(notebook):
    """Split an answer in words into two cells, both of which keep the metadata."""
    copied("answer-3", "It continues here.")(notebook)


def metadata(value, name="answer-1"):
    def change(notebook):
        notebook.cells[place(notebook, name)].metadata["nbgrader"] = value

    return change


def as_markdown(notebook):
    cell = notebook.cells[place(notebook, "answer-1")]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def other_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "julia-9", "display_name": "Julia", "language": "julia"}


SWALLOW = """
import time
while True:
    try:
        time.sleep(100)
    except BaseException:
        pass
"""
MEMORY = """
import mmap
kept = []
while True:
    kept.append(mmap.mmap(-1, 100_000_000))
    kept[-1].write(b"x" * 100_000_000)
"""
FORKS = """
import os
while True:
    os.fork()
"""
THREADS = """
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(1000,)).start()
"""

# From each student to what is handed in, the marks, and words of the remark.
TINY_STUDENTS = {
    "a_right": (tiny(), TINY_ALL, None),
    "copied_answer": (
        tiny(change=copied("answer-1", "# scratch")),
        TINY_ALL,
        "answer-1 is there 2",
    ),
    "copied_check": (tiny(change=copied("check-1")), TINY_ALL, "check-1 is there 2"),
    "check_above": (tiny(change=copied("check-1", before=True)), TINY_ALL, "check-1 is there 2"),
    "split": (tiny(change=split), TINY_ALL, "answer-3 is there 2"),
    "merged": (tiny(change=merged), FIRST_OPEN, "check-1 is missing"),
    "deleted": (
        tiny(change=deleted("check-1")),
        FIRST_OPEN,
        "check-1 is missing",
    ),
    "deleted_both": (
        tiny(change=deleted("answer-1", "check-1")),
        FIRST_OPEN,
        "answer-1 is missing",
    ),
    "deleted_all": (
        tiny(change=deleted("check-1", "check-2")),
        {"check-1": None, "check-2": None},
        "check-2 is missing",
    ),
    "empty_metadata": (tiny(change=metadata({})), TINY_ALL, "answer-1 is missing"),
    "odd_metadata": (tiny(change=metadata([1, "x"])), TINY_ALL, "answer-1 is missing"),
    "renamed": (
        tiny(change=metadata({"grade_id": "mine", "points": "many"})),
        TINY_ALL,
        "answer-1 is missing",
    ),
    "other_points": (
        tiny(change=metadata({"grade_id": "check-1", "points": "many"}, "check-1")),
        TINY_ALL,
        None,
    ),
    "as_markdown": (tiny(change=as_markdown), TINY_ALL, None),
    "other_kernel": (tiny(change=other_kernel), TINY_ALL, None),
    "killed": (tiny("import os\nos._exit(0)"), SECOND_ONLY, "answer-1: its Python ended"),
    "killed_always": (
        tiny("import os, threading\nthreading.Timer(0, os._exit, [0]).start()\n" * 9),
        SECOND_ONLY,
        "answer-1",
    ),
    "top_loop": (tiny("while True:\n    pass"), SECOND_ONLY, "answer-1: was interrupted after"),
    "swallow": (tiny(SWALLOW), SECOND_ONLY, "answer-1: cannot be interrupted"),
    "output": (
        tiny("while True:\n    print('x' * 1_000_000)"),
        SECOND_ONLY,
        "answer-1: printed more than",
    ),
    "z_right": (tiny(), TINY_ALL, None),
}
# What only a sandbox holds back.
ATTACKS = {
    "memory": (tiny(MEMORY), SECOND_ONLY, "answer-1: more than 4 GiB of memory"),
    "forks": (tiny(FORKS), SECOND_ONLY, "answer-1: more than 64 processes"),
    "threads": (tiny(THREADS), SECOND_ONLY, "answer-1: more than 400 threads"),
    "kill_parent": (tiny("import os\nos.kill(os.getppid(), 9)"), SECOND_ONLY, None),
    "kill_all": (tiny("import os\nos.kill(-1, 9)"), SECOND_ONLY, None),
}
TINY_STUDENTS |= {} if WITHOUT else ATTACKS
