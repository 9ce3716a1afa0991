"""The page of demos as it is written, and its still pictures."""

import pytest
from bs4 import BeautifulSoup
from matplotlib.colors import to_rgb
from PIL import Image

from ae_lib import COLOURS
from tools.course import ROOT
from web.demos import files, stills

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


@pytest.mark.parametrize(
    ("name", "roles"), [("numbers", ["autoencoder"]), ("sizes", ["autoencoder", "pca"])]
)
def test_still_pictures_have_the_colours_of_the_palette(name, roles):
    with Image.open(ROOT / stills.STILLS / f"still_{name}.png") as picture:
        shown = {colour[:3] for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    for role in roles:
        wanted = tuple(round(255 * part) for part in to_rgb(COLOURS[role]))
        assert wanted in shown, f"{role} has another colour; run: python -m web.demos stills"


def test_programs_are_loaded_by_their_page_alone():
    # Jupyter Book puts every .js file below _static on every page.
    assert not list(FOLDER.rglob("*.js"))
    assert not BeautifulSoup(PAGE.read_text(), "html.parser").select("script")
