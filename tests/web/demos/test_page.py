"""The page of demos as it is written."""

from bs4 import BeautifulSoup

from tools.course import ROOT
from web.demos import files

FOLDER = ROOT / files.DATA
PAGE = ROOT / "book" / "play.md"


def test_each_demo_has_a_still_picture_that_says_what_it_shows():
    soup = BeautifulSoup(PAGE.read_text(), "html.parser")
    found = soup.select("[data-demo]")
    assert [tag["data-demo"] for tag in found] == ["thirty", "map", "between", "sizes"]
    for tag in found:
        assert (FOLDER.parent / f"{tag['data-demo']}.mjs").is_file()
        image = tag.find("img")
        assert (ROOT / "book" / image["src"]).is_file()
        assert len(image["alt"].split()) > 10
        assert tag.select_one(".without")


def test_programs_are_loaded_by_their_page_alone():
    # Jupyter Book puts every .js file below _static on every page.
    assert not list(FOLDER.rglob("*.js"))
    assert not BeautifulSoup(PAGE.read_text(), "html.parser").select("script")
