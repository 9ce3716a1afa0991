"""Pictures say what they show, keep their place, and are those of the notebooks."""

import base64
import io
import re

import pytest
from PIL import Image

from tests.web.pages import CHAPTERS, SITE, parse
from tests.web.site.loading import loaded_by
from tools.course import ROOT
from tools.notebooks import stored
from tools.notebooks.scripts import code_cells


def test_every_picture_says_what_it_shows(page, soup):
    for image in soup.find_all("img"):
        alt = image.get("alt")
        if image.get("class", [""])[0] == "logo__image":
            continue  # its text stands beside it, so the picture itself says nothing
        assert (alt or "").strip(), f"{page}: {image}"
        assert not re.search(r"_images|\.(png|svg|jpe?g|webp)\b|<figure>", alt), f"{page}: {image}"
        if "_images" in image["src"]:
            assert len(alt.split()) >= 5, f"{page}: {image}"


def test_pictures_keep_their_place_and_come_when_they_are_near(page, soup):
    pictures = soup.select("article img")
    for image in pictures:
        assert image["width"].isdigit(), f"{page}: {image}"
        assert image["height"].isdigit(), f"{page}: {image}"
    waiting = [image.get("loading") == "lazy" for image in pictures]
    assert waiting == [number >= 1 for number in range(len(pictures))], page


def test_light_pictures_show_the_same_pixels():
    light = sorted((SITE / "_images").glob("*.webp"))
    assert light
    heavy = {path.stem for path in (SITE / "_images").glob("*.png")}
    assert not heavy & {path.stem for path in light}
    notebook = stored.read_notebook(ROOT / "book" / f"{CHAPTERS[0]}.ipynb")
    (first, *_) = [
        output.data["image/png"]
        for cell in code_cells(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    shown = parse(f"{CHAPTERS[0]}.html").select_one(".cell_output img")["src"]
    with Image.open(io.BytesIO(base64.b64decode(first))) as one, Image.open(SITE / shown) as other:
        # Where a pixel is transparent, its colour is nobody's.
        pair = [Image.alpha_composite(white(one.size), two.convert("RGBA")) for two in (one, other)]
    assert pair[0].tobytes() == pair[1].tobytes()


def white(size):
    return Image.new("RGBA", size, "white")


def test_icons_are_drawn_in_the_page(page, soup):
    assert soup.select("svg.icon path"), page
    assert not soup.select("[class*='fa-']"), page
    assert not [url for url in loaded_by(soup) if "awesome" in url.lower()], page


def test_pictures_of_chapters_keep_their_place_and_proportions(soup):
    for image in soup.select(".cell_output img"):
        assert image["width"].isdigit(), image
        assert image["height"].isdigit(), image
        assert "style" not in image.attrs, image


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_page_shows_the_texts_of_its_notebook(name):
    notebook = stored.read_notebook(ROOT / "book" / f"{name}.ipynb")
    expected = [
        output.metadata["image/png"]["alt"]
        for cell in code_cells(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    shown = [image["alt"] for image in parse(f"{name}.html").select(".cell_output img")]
    assert shown == expected
    assert expected
