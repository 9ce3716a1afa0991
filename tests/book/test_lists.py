"""Pages that list the chapters: none is forgotten, and each leads to the next."""

import itertools
import re

import pytest

from tools.course import ROOT, listed_pages
from tools.notebooks import chapters

NAMES = chapters.names(ROOT)


def test_the_website_lists_every_chapter_in_order():
    assert [page for page in listed_pages(ROOT) if page in NAMES] == NAMES


@pytest.mark.parametrize("page", ["index.md", "teaching.md"])
@pytest.mark.parametrize("name", NAMES)
def test_the_path_and_the_page_for_teachers_name_every_chapter(page, name):
    assert f"({name}.ipynb" in (ROOT / "book" / page).read_text(encoding="utf-8")


def test_the_readme_has_a_row_for_every_chapter():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| chapter |")[2].partition("\n\n")[0]
    numbers = re.findall(r"^\| (\d+) ", table, re.MULTILINE)
    assert numbers == [str(int(name.partition("_")[0])) for name in NAMES]


@pytest.mark.parametrize(("name", "following"), list(itertools.pairwise(NAMES)))
def test_each_chapter_leads_to_the_next(name, following):
    script = (ROOT / "chapters" / f"{name}.py").read_text(encoding="utf-8")
    assert f"({following}.ipynb" in script.partition("## Where to go next")[2]
