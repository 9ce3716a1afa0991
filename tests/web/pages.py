"""The pages of the website that was built, as files."""

import re

from bs4 import BeautifulSoup

from tools.course import ROOT, read_address
from tools.notebooks import chapters
from tools.website.server import SITE

ADDRESS = read_address(ROOT)
CHAPTERS = chapters.names(ROOT)
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
# Pieces that the theme copies beside its scripts: no browser ever opens them.
PAGES = [page for page in PAGES if not page.startswith("_static/")]


def parse(page):
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


def in_repository(url):
    """Return the file of this repository that an address names."""
    short = ADDRESS.partition("github.com")[2]
    found = re.search(rf"{re.escape(short)}/(?:blob|edit)/main/([^?#]+)", url)
    assert found, url
    return ROOT / found.group(1)
