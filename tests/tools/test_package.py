"""The package alone: what it holds, what it asks for, and that it works without the course."""

import os
import shutil
import subprocess
import sys
import time
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.course import ROOT
from tools.environment.packages import pip_variables
from tools.teaching import colab

BUILT = (".git", ".venv", "_build", "build", "dist", "*.egg-info", "__pycache__", ".*_cache")

# What Google Colab has; installing ae_lib there must change none of it.
COLAB_PYTHON = "3.13.0"
COLAB = colab.read_pins(colab.constraints_file(ROOT))
NEEDED = {"keras", "matplotlib", "numpy", "pandas", "scikit-learn", "tensorflow", "tqdm"}

# Code, the digits, the paper's results, and texts that say whose the digits are.
SUFFIXES = {".py", ".npz", ".json", ".md", ".txt"}

LOAD = """
import sys, ae_lib
digits = ae_lib.load_mnist()
print(digits.x_train.shape, digits.x_train.dtype, digits.x_test.shape, digits.y_test.shape)
print(ae_lib.__file__)
"""


def run(*command, **options):
    """Run a command; return what it printed, or fail with all that it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy so that nothing built earlier slips in."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*BUILT))
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    run(*build, "--outdir", str(folder), str(folder / "source"))
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def metadata(wheel):
    """The wheel's own description of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


@pytest.fixture(scope="module")
def requirements(metadata):
    """What installing the package installs: no extras."""
    found = [Requirement(text) for text in metadata.get_all("Requires-Dist")]
    return {item.name: item for item in found if "extra" not in str(item.marker)}


def pinned(name):
    """Return the requirement of a package from requirements.txt, as pip takes it."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    found = [Requirement(line.split("#")[0]) for line in lines if line.startswith(f"{name}==")]
    (requirement,) = [item for item in found if not item.marker or item.marker.evaluate()]
    return f"{name}{requirement.specifier}"


def test_the_wheel_holds_the_library_and_the_digits_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        stored = archive.read("ae_lib/data/mnist.npz")
    assert stored == (ROOT / "ae_lib" / "data" / "mnist.npz").read_bytes()
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "ae_lib").rglob("*.py")}
    assert modules <= names
    results = {str(path.relative_to(ROOT)) for path in (ROOT / "ae_lib/results").glob("*.*")}
    assert results <= names
    description = {name for name in names if ".dist-info/" in name}
    assert any(name.endswith("/LICENSE") for name in description)
    library = names - description
    assert all(name.startswith("ae_lib/") for name in library)
    # What chapters 2 and 3 read, in Colab too; no other file of this kind.
    searches = {str(path.relative_to(ROOT)) for path in (ROOT / "ae_lib/searches").glob("*.csv")}
    assert searches
    assert searches <= library
    assert {Path(name).suffix for name in library - searches} <= SUFFIXES


def test_alone_in_a_fresh_environment_it_loads_the_digits(wheel, tmp_path):
    run(sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv"))
    python = str(tmp_path / "venv" / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
    run(*pip, pinned("numpy"), str(wheel), env=pip_variables(os.environ))
    # Isolated (-I): no environment variable and no current folder adds to the path.
    shapes, place = run(python, "-I", "-c", LOAD, cwd=tmp_path).splitlines()
    assert shapes == "(60000, 784) float32 (10000, 784) (10000,)"
    assert Path(place).is_relative_to(tmp_path)


def test_importing_it_loads_nothing_heavy():
    code = "import sys; before = set(sys.modules); import ae_lib; print(*set(sys.modules) - before)"
    start = time.perf_counter()
    loaded = {name.split(".")[0] for name in run(sys.executable, "-c", code).split()}
    print(f"a new Python that imports ae_lib: {time.perf_counter() - start:.2f} s")
    assert "ae_lib" in loaded
    assert not loaded & {"tensorflow", "keras", "sklearn", "scipy", "matplotlib", "numpy", "tqdm"}


def test_it_asks_for_lower_bounds_only(requirements):
    assert set(requirements) == NEEDED
    for requirement in requirements.values():
        assert [bound.operator for bound in requirement.specifier] == [">="], str(requirement)
        assert requirement.marker is None


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_colab_has_what_it_asks_for(requirements, name):
    assert requirements[name].specifier.contains(COLAB[name])


def test_colab_has_a_python_that_it_runs_on(metadata):
    python = Requirement(f"python{metadata['Requires-Python']}")
    assert python.specifier.contains(COLAB_PYTHON)
    assert [bound.operator for bound in python.specifier] == [">="]
