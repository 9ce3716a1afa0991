"""Links lead somewhere, next and previous through the whole course, to demos by a picture too."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.web.pages import CHAPTERS, PAGES, SITE, in_repository, parse
from tests.web.site.loading import loaded_by
from tools.course import ROOT, listed_pages
from tools.website.server import folder_of_site

FOLDER = folder_of_site(ROOT)
EXERCISES = sorted(path.stem for path in (ROOT / "chapters" / "exercises").glob("*.py"))


@pytest.fixture(scope="module")
def anchors():
    """All ids of a page, found when it is first asked for."""
    known = {}

    def ids(path):
        if path not in known:
            tags = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").find_all(True)
            known[path] = {tag.get("id") for tag in tags} | {tag.get("name") for tag in tags}
        return known[path]

    return ids


def test_there_is_a_page_for_each_line_of_the_table_of_contents():
    files = listed_pages(ROOT)
    assert {f"{name}.html" for name in files} <= set(PAGES)
    assert [name for name in files if re.match(r"\d\d_", name)] == CHAPTERS


def test_previous_and_next_follow_the_table_of_contents():
    files = listed_pages(ROOT)
    for name, following in zip(files, [*files[1:], None], strict=True):
        link = parse(f"{name}.html").select_one("a.right-next")
        target = link and (SITE / name).parent.joinpath(link["href"]).resolve()
        assert target == (following and (SITE / f"{following}.html").resolve())


def test_every_internal_link_and_anchor_leads_somewhere(page, soup, anchors):
    here = SITE / page
    urls = [tag["href"] for tag in soup.find_all("a", href=True)] + loaded_by(soup)
    assert urls
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme or parts.netloc:
            continue
        # Addresses of the page 404 begin at the host, since that page stands for any other.
        inside = parts.path.removeprefix(FOLDER)
        start = SITE if inside != parts.path else here.parent
        target = (start / unquote(inside)).resolve() if parts.path else here
        assert target.is_file(), f"{page} leads to {url}"
        if parts.fragment and target.suffix == ".html":
            assert unquote(parts.fragment) in anchors(target), f"{page} leads to {url}"


def test_links_of_the_site_keep_a_readers_connection_safe(soup):
    for tag in soup.find_all("a", href=True):
        assert urlsplit(tag["href"]).scheme in ("", "https", "mailto"), tag


@pytest.mark.parametrize("name", EXERCISES)
def test_solutions_are_one_click_further_than_exercises(name):
    chapter, asked = parse(f"{name}.html"), parse(f"exercises/{name}.html")

    def leads_to(soup, address):
        return [tag for tag in soup.select("article a[href]") if tag["href"] == address]

    assert leads_to(chapter, f"exercises/{name}.html")
    assert not leads_to(chapter, f"solutions/{name}.html")
    assert leads_to(asked, f"../solutions/{name}.html")
    for soup in (asked, parse(f"solutions/{name}.html")):
        buttons = soup.select(".article-header-buttons a[href]")
        (edit,) = [link["href"] for link in buttons if link.get_text(strip=True) == "Suggest edit"]
        assert in_repository(edit) == ROOT / "chapters" / "exercises" / f"{name}.py"


def test_links_to_demos_have_a_picture_that_leads_there_too():
    leading = {}
    for name in CHAPTERS:
        soup = parse(f"{name}.html")
        said = [link["href"] for link in soup.select("article p a[href*='play.html#']")]
        cards = soup.select("article a.to-play")
        assert [card["href"] for card in cards] == said
        for card in cards:
            image = card.select_one("img[width][height]")
            assert (SITE / image["src"]).stat().st_size < 30_000
            assert card.get_text(strip=True).startswith("Play: ")
        leading |= {href.partition("#")[2]: name for href in said}
    # Each demo is linked where it teaches.
    assert len(leading) == len(parse("play.html").select(".demo"))
