"""The zip for a room without a network: what it holds and says, on a made-up course.

That it installs without a network is tested by `make test-bundle`.
"""

import shutil
import sys
import zipfile

import nbformat
import pytest

from tools import made
from tools.course import ROOT
from tools.environment.pythons import supported_pythons
from tools.notebooks import stored
from tools.teaching import zip as bundle

FILES = {
    "_build/html/index.html": "the site",
    "_build/html/_static/course.css": "body {}",
    "_build/html/.buildinfo": "not for readers",
    "book/.ipynb_checkpoints/01_one.ipynb": "{}",
    "book/02_removed.ipynb": "{}",
    "book/index.md": "only the site shows it",
    "build/slides/01_one.html": "slides",
    "_toc.yml": "root: index\nparts:\n  - chapters:\n    - file: 01_one\n",
    "_config.yml": "title: A & B\nrepository:\n  url: https://github.com/a/b\n",
    "requirements.txt": "numpy==2.4.6\n",
    "LICENSE": "MIT",
}
OUTPUT = nbformat.v4.new_output("stream", text="1")
EXPECTED = {
    "START.html",
    "LICENSE",
    "constraints.txt",
    "requirements.txt",
    "notebooks/01_one.ipynb",
    "notebooks/exercises/01_one.ipynb",
    "site/index.html",
    "site/_static/course.css",
    "slides/01_one.html",
    "wheels/ae_lib-1.0-py3-none-any.whl",
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A built course; building its wheel and collecting packages takes no time."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    notebook = nbformat.v4.new_notebook(metadata={"ae": {}})
    notebook.cells = [nbformat.v4.new_code_cell("1", outputs=[OUTPUT])]
    stored.seal(notebook)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "01_one.py").write_text("")
    nbformat.write(notebook, tmp_path / "book" / "01_one.ipynb")
    (tmp_path / "tools" / "environment").mkdir(parents=True)
    shutil.copy(
        ROOT / "tools" / "environment" / "find_python.sh", tmp_path / "tools" / "environment"
    )

    def build_wheel(folder, _):
        path = folder / "ae_lib-1.0-py3-none-any.whl"
        path.write_text("the library")
        return path

    def collect(folder):
        (folder / "wheels" / "numpy-2.4.6.whl").write_text("numbers")

    copies = {"01_one.ipynb": b"no outputs", "exercises/01_one.ipynb": b"stubs"}
    monkeypatch.setattr(bundle, "working_copies", lambda root: copies)
    monkeypatch.setattr(bundle, "build_wheel", build_wheel)
    monkeypatch.setattr(bundle, "collect_wheels", collect)
    return tmp_path


def read(path):
    """Return what a zip holds, name -> text, without the folder around it."""
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert all(name.startswith("autoencoders/") for name in texts)
    return {name.removeprefix("autoencoders/"): text for name, text in texts.items()}


def test_it_holds_what_a_class_needs_and_nothing_else(course):
    held = read(bundle.bundle(course, wheels=False))
    assert set(held) == EXPECTED
    assert held["constraints.txt"] == FILES["requirements.txt"]
    assert held["requirements.txt"].splitlines()[1:] == [
        "--constraint constraints.txt",
        "./wheels/ae_lib-1.0-py3-none-any.whl",
        "jupyterlab>=4",
    ]


def test_its_notebooks_are_the_copies_to_work_in(course):
    held = read(bundle.bundle(course, wheels=False))
    assert held["notebooks/01_one.ipynb"] == "no outputs"
    assert held["notebooks/exercises/01_one.ipynb"] == "stubs"


def test_a_zip_that_a_person_changed_is_kept(course):
    target = bundle.bundle(course, wheels=False)
    bundle.bundle(course, wheels=False)
    assert not (course / "kept").exists()
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("autoencoders/handout.txt", "my own handout")
    bundle.bundle(course, wheels=False)
    assert set(read(target)) == EXPECTED
    (kept,) = (course / "kept").rglob("*.zip")
    assert read(kept)["handout.txt"] == "my own handout"


def test_a_notebook_without_its_outputs_is_not_packed(course, capsys):
    path = course / "book" / "01_one.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].outputs = []
    nbformat.write(notebook, path)
    assert bundle.main([], course) == 1
    assert "book/01_one.ipynb has other outputs than were written" in capsys.readouterr().err


def test_with_wheels_it_holds_the_packages_and_installs_from_them_alone(course):
    path = bundle.bundle(course, wheels=True)
    held = read(path)
    assert set(held) == EXPECTED | {"wheels/numpy-2.4.6.whl"}
    assert "pip install --no-index --find-links wheels -r requirements.txt" in held["START.html"]
    assert "from the network" not in held["START.html"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"Python {version} on {bundle.sysconfig.get_platform()}" in held["START.html"]
    assert path.stem.endswith(f"python{version.replace('.', '')}")


def test_the_start_page_says_how_to_read_and_to_run(course):
    page = read(bundle.bundle(course, wheels=False))["START.html"]
    assert "<h1>A &amp; B</h1>" in page
    assert "$" not in page
    assert "--no-index" not in page
    for name in ("site/index.html", "slides/index.html"):
        assert f'href="{name}"' in page
    for line in ("python3 -m venv course", "course/bin/jupyter lab notebooks", "py -m venv course"):
        assert line in page
    for version in supported_pythons(ROOT):
        assert version in page
    assert "://" not in page, "no foreign host"
    assert "On Windows unpack it into a short folder" in page
    # All of the website comes alive when it is opened as a file.
    assert "http.server" not in page


def test_without_slides_the_page_does_not_promise_them(course):
    shutil.rmtree(course / "build" / "slides")
    held = read(bundle.bundle(course, wheels=False))
    assert set(held) == EXPECTED - {"slides/01_one.html"}
    assert "slides" not in held["START.html"]


@pytest.mark.parametrize(
    ("missing", "command"), [("_build", "make site"), ("book", "make notebooks")]
)
def test_what_is_missing_is_said_with_the_command_that_makes_it(
    course, missing, command, capsys, monkeypatch
):
    shutil.rmtree(course / missing)
    if missing == "book":
        monkeypatch.setattr(bundle, "working_copies", lambda root: {})
    assert bundle.main([], course) == 1
    assert f"Run: {command}" in capsys.readouterr().err
    assert not (course / "build" / "bundle").exists()


def test_a_failure_leaves_the_old_zip(course, monkeypatch):
    target = bundle.bundle(course, wheels=False)
    before = target.read_bytes()

    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr(zipfile.ZipFile, "write", refuse)
    with pytest.raises(OSError, match="disk full"):
        bundle.bundle(course, wheels=False)
    assert target.read_bytes() == before
    assert [path.name for path in target.parent.iterdir() if path.name != made.LIST] == [
        target.name
    ]
