"""Formulas are drawn when the website is built, by programs of the repository."""

import re

from tests.web.pages import CHAPTERS, parse
from tools.course import ROOT


def test_formulas_are_drawn_already(page, soup):
    text = soup.select_one("main").get_text()
    assert not re.search(r"\\\(|\\\[", text), page
    assert not [tag for tag in soup.find_all("script") if "mathjax" in f"{tag}".lower()], page
    for formula in soup.select(".math"):
        assert formula.select("svg path, svg use"), f"{page}: {formula}"
        # What is heard instead of the picture.
        assert formula.select_one("mjx-assistive-mml math"), f"{page}: {formula}"
        assert not formula.select("[data-mml-node=merror]"), f"{page}: {formula}"
    shapes = {path["id"] for path in soup.select("svg defs path[id]")}
    used = {tag["xlink:href"].removeprefix("#") for tag in soup.select(".math use")}
    assert used <= shapes


def test_formulas_of_chapters_are_drawn():
    for name in CHAPTERS:
        source = (ROOT / "chapters" / f"{name}.py").read_text(encoding="utf-8")
        has_formulas = re.search(r"^# .*\$\$", source, flags=re.MULTILINE)
        assert bool(parse(f"{name}.html").select(".math svg")) == bool(has_formulas), name


def test_what_is_vendored_has_its_licence_and_version():
    folders = [path for path in (ROOT / "vendor").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert (folder / "LICENSE").is_file()
        assert re.search(r"\d+\.\d+\.\d+", (folder / "README.md").read_text())
