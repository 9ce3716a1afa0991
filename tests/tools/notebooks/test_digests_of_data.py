"""Digests: notebooks depend on the data behind their code, and tallies not on what only draws."""

import ast
import subprocess

import pytest

from tools.course import ROOT
from tools.notebooks import digests

CELLS = [ast.parse("from ae_lib.results import load\nfrom ae_lib.plots import draw\n")]


@pytest.fixture
def package(tmp_path):
    """A library whose results are data, and which draws."""
    files = {
        "__init__.py": "_EXPORTS = {}\n",
        "colours.py": "blue = 1\n",
        "plots/__init__.py": "",
        "plots/draw.py": "from ae_lib.colours import blue\n",
        "results/__init__.py": "load = 1\n",
        "results/digits.json": "{}",
        "results/README.md": "words",
    }
    for name, text in files.items():
        path = tmp_path / "ae_lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", ["digits.json", "more.npz"])
def test_new_results_make_stale_what_was_computed_from_the_old(package, name):
    before = digests.digest(CELLS, package)
    (package / "ae_lib" / "results" / name).write_text('{"error": 1}')
    assert digests.digest(CELLS, package) != before


def test_a_new_search_makes_stale_the_chapter_that_names_it(package):
    searches = package / "ae_lib" / "searches"
    searches.mkdir()
    (searches / "01_one.csv").write_text("rate\n")
    named = [ast.parse('open("01_one.csv")')]
    before = digests.digest(named, package), digests.digest(CELLS, package)
    (searches / "01_one.csv").write_text("rate\n0.1\n")
    assert digests.digest(named, package) != before[0]
    assert digests.digest(CELLS, package) == before[1]


def test_words_beside_the_data_do_not(package):
    before = digests.digest(CELLS, package)
    (package / "ae_lib" / "results" / "README.md").write_text("other words")
    assert digests.digest(CELLS, package) == before


@pytest.mark.parametrize("name", ["plots/draw.py", "plots/__init__.py", "colours.py"])
def test_what_only_draws_is_in_the_notebooks_digest_and_not_in_the_tallys(package, name):
    whole = digests.digest(CELLS, package)
    numbers = digests.digest(CELLS, package, drawing=False)
    with (package / "ae_lib" / name).open("a") as file:
        file.write("line = 2\n")
    assert digests.digest(CELLS, package) != whole
    assert digests.digest(CELLS, package, drawing=False) == numbers


def test_what_draws_and_is_needed_elsewhere_is_in_both(package):
    cells = [*CELLS, ast.parse("from ae_lib.colours import blue\n")]
    numbers = digests.digest(cells, package, drawing=False)
    (package / "ae_lib" / "colours.py").write_text("blue = 3\n")
    assert digests.digest(cells, package, drawing=False) != numbers


def test_all_data_of_the_package_are_in_the_digest_of_whatever_reads_them():
    if not (ROOT / ".git").exists():
        pytest.skip("needs the git repository")
    command = ["git", "ls-files", "-z", digests.PACKAGE]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    data = {ROOT / name for name in listed.split("\0") if name}
    data = {path for path in data if path.suffix not in (".py", ".md")}
    known = {path for name in digests.DATA for path in digests.data_files(name, ROOT)}
    known.update((ROOT / digests.PACKAGE).glob(digests.NAMED))
    assert data
    assert data <= known
