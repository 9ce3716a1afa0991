"""The zip with wheels, unpacked and installed as its start page says, without any index.

Run after `make bundle WHEELS=1`; `make test-bundle` does both.
"""

import html
import os
import re
import subprocess
import zipfile

import nbformat
import pytest

from tools.course import ROOT
from tools.teaching import zip as bundle

CELLS = [
    "from ae_lib import load_mnist, set_seed\nset_seed()\nprint(load_mnist().x_train.shape)",
    "import keras, matplotlib.pyplot, sklearn.decomposition\nkeras.layers.Dense(3)",
]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The zip's folder, outside of the repository."""
    path = bundle.archive_path(ROOT, wheels=True)
    assert path.is_file(), f"there is no {path}. Run: make bundle WHEELS=1"
    folder = tmp_path_factory.mktemp("room")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / bundle.TOP


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    """Variables under which no program finds an index, a cache or a configuration of pip."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    nowhere = "http://127.0.0.1:9"
    return kept | {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_INDEX_URL": nowhere,
        "PIP_NO_CACHE_DIR": "1",
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


@pytest.fixture(scope="module")
def run(unpacked, offline):
    """Run a line in the zip's folder; return what it printed."""

    def shell(line):
        done = subprocess.run(
            line, shell=True, cwd=unpacked, env=offline, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return shell


@pytest.fixture(scope="module")
def installed(unpacked, run):
    """The environment, made by the first two lines of the start page; the third one is returned."""
    page = (unpacked / "START.html").read_text(encoding="utf-8")
    (block,) = re.findall(r"<pre>(.*?)</pre>", page, flags=re.DOTALL)
    make, fill, start = html.unescape(block).splitlines()
    run(make)
    run(fill)
    return start


def test_jupyter_is_there(installed, run):
    assert "jupyterlab" in run("course/bin/jupyter --version")
    assert re.match(r"\d", run(f"{installed} --version"))


def test_the_library_is_there_with_its_digits(installed, run, unpacked):
    code = "import ae_lib; print(ae_lib.load_mnist().x_test.shape, ae_lib.__file__)"
    said = run(f"course/bin/python -I -c '{code}'")
    assert said.startswith("(10000, 784) ")
    assert str(unpacked) in said


def test_a_notebook_runs(installed, run, unpacked):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), unpacked / "notebooks" / "try.ipynb")
    run("course/bin/jupyter execute --inplace notebooks/try.ipynb")
    done = nbformat.read(unpacked / "notebooks" / "try.ipynb", as_version=4)
    assert done.cells[0].outputs[0].text == "(60000, 784)\n"
