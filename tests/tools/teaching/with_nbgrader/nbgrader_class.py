"""What tests do in a class: run nbgrader, hand in, mark, read marks and remarks."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat

from tools.course import ROOT
from tools.notebooks import exercises

NAME = "02_initialisation"
TINY = "tiny"
SOURCE = ROOT / exercises.SOURCES / f"{NAME}.py"
GRADE = [sys.executable, "-E", "-s", "-m", "tools.teaching.grade"]  # as in the Makefile
TIMEOUT = 20  # seconds for a cell, so that the endless loops end soon

# make test-classroom SANDBOX=no: where there is none, what needs it is skipped, and says so.
WITHOUT = os.environ.get("CLASS_TEST_SANDBOX") == "no"


def nbgrader(course, *arguments):
    """Run nbgrader in the course's folder; return its exit code and what it said."""
    # nbgrader calls a program of its own environment (alembic), so that must be on the path.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        env={**os.environ, "PATH": path}, cwd=course, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def grade(course, environment, *arguments):
    """Mark as ``make grade`` does; return the exit code and the lines that were printed."""
    line = [*GRADE, f"--class={course}", *arguments, *["--no-sandbox"] * WITHOUT]
    done = subprocess.run(
        line, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout)  # what pytest shows of a test that fails
    return done.returncode, done.stdout.splitlines()


def remarks(said):
    """Return the closing table: from each student to the result and the remarks."""
    start = next(number for number, line in enumerate(said) if line.startswith("student "))
    head, found, student = said[start], {}, None
    second, third = head.index("result"), head.index("remarks")
    for line in said[start + 1 :]:
        if not line:
            break
        student = line[:second].strip() or student
        result, before = found.get(student, (line[second:third].strip(), []))
        found[student] = result, before + [line[third:].strip()] * bool(line[third:].strip())
    return found


def by_id(notebook):
    """Return the cells that nbgrader knows, by its name for them."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def place(notebook, name):
    """Return where a cell is."""
    return notebook.cells.index(by_id(notebook)[name])


def hand_in(course, name, student, change):
    """Put a changed release version where nbgrader looks for a student's."""
    notebook = nbformat.read(course / "release" / name / f"{name}.ipynb", as_version=4)
    change(notebook)
    folder = course / "submitted" / student / name
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def stored(course, name, student):
    """Return the stored marks of a student's checks, and the names of what waits for a human."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grades = book.find_submission_notebook(name, name, student).grades
        marks = {grade.name: grade.auto_score for grade in grades if grade.name.startswith("check")}
        return marks, {grade.name for grade in grades if grade.needs_manual_grade}


def outputs(course, name, student, cell):
    """Return what a cell printed when it was marked."""
    path = course / "autograded" / student / name / f"{name}.ipynb"
    found = by_id(nbformat.read(path, as_version=4))[cell].outputs
    return "".join(output.get("text", "") for output in found)
