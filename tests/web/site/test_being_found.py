"""Titles, descriptions, addresses and the search index: what others, and lost readers, find."""

import re

from PIL import Image

from tests.web.pages import ADDRESS, CHAPTERS, SITE, parse
from tests.web.site.loading import loaded_by
from tools.course import PLACEHOLDER, ROOT, listed_pages, site_address
from tools.website.server import folder_of_site

WHERE = site_address(ADDRESS)
FOLDER = folder_of_site(ROOT)


def test_every_page_is_described(page, soup):
    (description,) = soup.select("meta[name=description]")
    assert 10 <= len(description["content"]) <= 300, page


def test_the_sites_address_is_derived():
    settings = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert WHERE.startswith("https://")
    assert WHERE.partition("://")[2].rstrip("/") not in settings


def test_a_link_to_a_page_is_shown_as_a_card():
    files = listed_pages(ROOT)
    for name in files:
        soup = parse(f"{name}.html")
        card = {tag["property"]: tag["content"] for tag in soup.select("meta[property^='og:']")}
        assert card["og:url"] == f"{WHERE}{name}.html"
        picture = SITE / card["og:image"].removeprefix(WHERE)
        with Image.open(picture) as shown:
            assert shown.size[0] > 1000
        assert card["og:title"]
        canonical = [tag["href"] for tag in soup.select("link[rel=canonical]")]
        known = f"/{PLACEHOLDER}/" not in ADDRESS
        assert canonical == ([f"{WHERE}{name}.html"] if known else [])


def test_the_sitemap_lists_every_page():
    listed = re.findall(r"<loc>([^<]+)</loc>", (SITE / "sitemap.xml").read_text(encoding="utf-8"))
    assert {f"{WHERE}{name}.html" for name in listed_pages(ROOT)} <= set(listed)
    assert all((SITE / url.removeprefix(WHERE)).is_file() for url in listed)


def test_the_page_404_helps_from_wherever_it_is_shown():
    soup = parse("404.html")
    for url in loaded_by(soup):
        assert url.startswith((FOLDER, "data:")), url
    targets = {tag["href"] for tag in soup.select("article a[href]")}
    assert {f"{FOLDER}index.html", f"{FOLDER}search.html", f"{ADDRESS}/issues/new"} <= targets


def test_the_install_cell_is_for_colab_only(soup):
    assert "google.colab" not in soup.get_text()


def test_a_search_finds_what_the_course_is_about():
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    for word in ("autoencod", "pca", "reconstruct", "glossari"):
        assert f'"{word}"' in index
    for name in CHAPTERS:
        assert f'"{name}"' in index


def test_a_page_says_its_language_and_has_one_title(page, soup):
    assert soup.html["lang"] == "en"
    assert soup.title.get_text(strip=True)
    titles = soup.find_all("h1")
    # The theme adds another one that only a printer sees.
    assert len([tag for tag in titles if not tag.find_parent(id="jb-print-docs-body")]) == 1, page
