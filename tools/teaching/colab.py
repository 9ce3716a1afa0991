"""Run the notebooks under the versions that Google Colab has, installed as they install themselves.

    python -m tools.teaching.colab                  every chapter, and every solution there is
    python -m tools.teaching.colab 01_motivation    this one, and its solutions

Steps: an environment of Python 3.13 with exactly Colab's versions of everything that the course
touches (kept in ``build/colab``, so that only the first run downloads); the notebooks' install cell
as it is, except that it leads to a copy of this repository, uncommitted changes included; then each
notebook, outside of the repository, compared with its stored outputs by nbval. Installing must
change no version that was there, and take less than a minute of the processor.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.course import ROOT, CourseError, read_address
from tools.environment.commands import run
from tools.environment.packages import pip_variables
from tools.environment.settings import ONE_THREAD, neutral
from tools.notebooks.scripts import code_cells
from tools.steps import table

PYTHON = "3.13"
# Seconds for the install cell, since a reader waits for it in every new runtime. Seconds of the
# processor: how long the clock runs depends on what else this machine is doing.
LIMIT = 60

# First pip itself, so that Colab's does the rest.
FOUNDATION = ["pip", "setuptools", "wheel"]
# What runs a notebook in Colab, and what chapters import beside the dependencies of ae_lib.
RUNTIME = ["ipykernel", "nbclient", "nbformat", "scipy"]
CHECKERS = ["nbval", "pytest"]
# How many notebooks run at once, and what gives each of them one thread.
JOBS = 2

# Where the list of Colab's versions is.
LISTS = "tests/tools/teaching/colab"
# The cell that comes before the install cell: in Colab this module is loaded from the start.
STAND_IN = 'import sys, types; sys.modules["google.colab"] = types.ModuleType("google.colab")'


# Versions ----------------------------------------------------------------------------------------


def constraints_file(root=ROOT):
    """Return the list of Colab's versions; there must be exactly one."""
    found = sorted((root / LISTS).glob("constraints-*.txt"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise CourseError(f"{LISTS} must hold one constraints-DATE.txt, but holds {names}")
    return found[0]


def read_pins(path):
    """Return a constraints file as name -> version; names as pip compares them.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        From str to str.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if "==" in line and not line.startswith("#")]
    return {canonicalize_name(name): version.strip() for name, version in pairs}


def installed(python):
    """Return what an environment holds, name -> version."""
    listed = json.loads(run([python, "-m", "pip", "list", "--format", "json"]))
    return {canonicalize_name(item["name"]): item["version"] for item in listed}


def differences(before, after):
    """Say what differs between two environments.

    Parameters
    ----------
    before, after : dict
        Name -> version.

    Returns
    -------
    list of str
        Such as ``"numpy: 2.1.3 -> 2.4.6"``; sorted by name.
    """
    return [
        f"{name}: {before.get(name, 'missing')} -> {after.get(name, 'missing')}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


# The environment ---------------------------------------------------------------------------------


def find_python():
    """Return the path of a Python of Colab's version that runs and can make environments."""
    candidates = [f"python{PYTHON}"]
    if shutil.which("pyenv"):
        # What pyenv puts on the path runs only the versions that are switched on.
        found = subprocess.run(
            ["pyenv", "prefix", PYTHON], capture_output=True, text=True, check=False
        )
        candidates.append(f"{found.stdout.strip()}/bin/python{PYTHON}")
    probe = "import ensurepip, sys, venv; print(sys.executable)"
    for candidate in filter(shutil.which, candidates):
        done = subprocess.run([candidate, "-c", probe], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.strip()
    raise CourseError(
        f"Colab has Python {PYTHON}, and none was found here. Install it: "
        f"pyenv install {PYTHON} (or: uv python install {PYTHON}; "
        f"Debian, Ubuntu: sudo apt install python{PYTHON}-venv)"
    )


def wanted(root=ROOT):
    """Return the names of the packages that the environment needs beside the foundation."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [Requirement(text).name for text in project["dependencies"]]
    return [*needed, *RUNTIME, *CHECKERS]


def prepare(folder, root=ROOT):
    """Make the environment, or take the one that an earlier run made of the same list.

    Parameters
    ----------
    folder : Path
        Where environments are kept.
    root : Path
        The folder of the course.

    Returns
    -------
    Path
        The environment's Python.
    """
    base, constraints, names = find_python(), constraints_file(root), wanted(root)
    recipe = "\n".join([base, *names, constraints.read_text(encoding="utf-8")])
    key = hashlib.sha256(recipe.encode()).hexdigest()
    venv, stamp = folder / "venv", folder / "made-from"
    python = venv / "bin" / "python"
    if not (stamp.is_file() and stamp.read_text() == key and python.exists()):
        if venv.exists() and not (venv / "pyvenv.cfg").is_file():
            raise CourseError(f"{venv} is no environment: move it away, since one is made there")
        stamp.unlink(missing_ok=True)
        run([base, "-m", "venv", "--clear", venv])
        pip = [python, "-m", "pip", "install", "--quiet", "--constraint", constraints]
        run([*pip, *FOUNDATION])
        run([*pip, *names])
        stamp.write_text(key)
    run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "ae_lib"])

    pins, present = read_pins(constraints), installed(python)
    common = present.keys() & pins.keys()
    wrong = differences({name: pins[name] for name in common}, {n: present[n] for n in common})
    if wrong:
        raise CourseError(f"{venv} does not hold Colab's versions: {', '.join(wrong)}")
    others = ", ".join(f"{name} {present[name]}" for name in sorted(present.keys() - common))
    print(f"{len(common)} packages as in {constraints.name}; not in that list: {others}")
    return python


# The install cell --------------------------------------------------------------------------------


def copy_repository(target, root=ROOT):
    """Copy what git knows and what it would add into a repository of one commit."""
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root)
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    who = [
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "commit.gpgsign=false",
    ]
    run(["git", "init", "--quiet", target])
    run(["git", "add", "--all", "--force"], cwd=target)
    run(["git", *who, "commit", "--quiet", "--no-verify", "--message", "copy"], cwd=target)


def with_local_address(source, address, repository):
    """Turn the address of an install cell to a repository on this machine, and nothing else.

    Parameters
    ----------
    source : str
        The cell.
    address : str
        Where it leads.
    repository : Path
        Where it is to lead.

    Returns
    -------
    str
    """
    remote = f"git+{address}"
    if source.count(remote) != 1 or "google.colab" not in source:
        raise CourseError(f"expected an install cell for Colab with one {remote}, got:\n{source}")
    return source.replace(remote, f"git+{repository.as_uri()}")


def install(python, notebook, address, folder):
    """Run a notebook's install cell in a kernel of the environment.

    Parameters
    ----------
    python : Path
        The environment's.
    notebook : Path
        The notebook whose first code cell is run.
    address : str
        The repository that this cell names.
    folder : Path
        An empty folder outside of the repository, with the repository's copy in ``repository``.

    Returns
    -------
    float
        The time that the cell took, in seconds.
    """
    source = code_cells(nbformat.read(notebook, as_version=4))[0].source
    source = with_local_address(source, address, folder / "repository")
    cells = [nbformat.v4.new_code_cell(text) for text in (STAND_IN, source)]
    path = folder / "install.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)

    before = installed(python)
    start, worked_before = time.perf_counter(), _processor_seconds()
    run(
        [python, "-m", "jupyter", "execute", "--inplace", path], cwd=folder, env=environment(python)
    )
    seconds, worked = time.perf_counter() - start, _processor_seconds() - worked_before
    changed = differences(before, installed(python))
    # A failing %pip raises nothing, so what it printed is part of the message.
    said = "".join(
        out.get("text", "") for out in nbformat.read(path, as_version=4).cells[1].outputs
    )
    if [line.partition(":")[0] for line in changed] != ["ae-lib"]:
        raise CourseError(
            "the install cell must add ae-lib and change nothing else, but it changed: "
            f"{', '.join(changed) or 'nothing'}\n{said}"
        )
    if worked > LIMIT:
        raise CourseError(
            f"the install cell took {worked:.0f} s of the processor; at most {LIMIT} s are allowed"
        )
    print(f"install cell: {changed[0]}, {seconds:.1f} s, of the processor {worked:.1f} s")
    return seconds


def _processor_seconds():
    """Return the processor's time of all programs that were started from here and have ended."""
    times = os.times()
    return times.children_user + times.children_system


# The notebooks -----------------------------------------------------------------------------------


def environment(python):
    """Return the variables under which notebooks run: none of this repository's or the user's."""
    programs = Path(python).parent
    kept = {
        name: value
        for name, value in neutral(pip_variables(os.environ), programs.parent / "user").items()
        if not name.startswith(("MAKE", "VIRTUAL_ENV"))
    }
    return {**kept, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def chosen_notebooks(names, root=ROOT):
    """Return the notebooks to run: chapters and solutions, all or those with the given names.

    Parameters
    ----------
    names : list of str
        Such as ``05_pca``; empty for all.
    root : Path
        The folder of the course.

    Returns
    -------
    dict
        From a name such as ``solutions/05_pca`` to the notebook's path.
    """
    book = root / "book"
    paths = [*sorted(book.glob("*.ipynb")), *sorted((book / "solutions").glob("*.ipynb"))]
    if not paths:
        raise CourseError(f"{book} holds no notebooks. Run: make notebooks")
    known = {path.stem for path in paths}
    for name in names:
        if name not in known:
            raise CourseError(
                f"there is no notebook {name!r}; there are {', '.join(sorted(known))}"
            )
    return {
        path.relative_to(book).with_suffix("").as_posix(): path
        for path in paths
        if not names or path.stem in names
    }


def compare(python, notebook, outside):
    """Run a notebook with nbval and one thread; return seconds, whether it is as stored, words."""
    start = time.perf_counter()
    folder = Path(tempfile.mkdtemp(dir=outside))
    copy = folder / notebook.name
    shutil.copyfile(notebook, copy)
    command = [str(python), "-m", "pytest", "--quiet", "-p", "no:cacheprovider"]
    command += ["--nbval", "--nbval-current-env", copy.name]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(python) | ONE_THREAD,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return time.perf_counter() - start, done.returncode == 0, done.stdout


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Run the notebooks under Colab's versions.")
    parser.add_argument("names", nargs="*", help="chapters, such as 05_pca; all by default")
    names = [Path(name).stem for name in parser.parse_args(arguments).names]
    results = {}
    try:
        chosen = chosen_notebooks(names, root)
        folder = root / "build" / "colab"
        folder.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        python = prepare(folder, root)
        results["environment"] = (time.perf_counter() - start, True)
        with tempfile.TemporaryDirectory() as outside:
            outside = Path(outside)
            copy_repository(outside / "repository", root)
            first = next(iter(chosen.values()))
            seconds = install(python, first, read_address(root), outside)
            results["install cell"] = (seconds, True)
            with ThreadPoolExecutor(JOBS) as pool:
                compared = pool.map(lambda path: compare(python, path, outside), chosen.values())
                for name, (seconds, same, said) in zip(chosen, compared, strict=True):
                    print(f"\n== {name}\n{said}", flush=True)
                    results[name] = (seconds, same)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{table(results)}")
    return int(not all(passed for _, passed in results.values()))


if __name__ == "__main__":
    sys.exit(main())
