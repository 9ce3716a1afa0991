"""Search, next and previous, buttons, and the page for addresses that do not exist."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.browser.visits import LISTED
from tests.web.pages import ADDRESS, CHAPTERS, SITE, in_repository, parse
from tools.course import ROOT
from tools.website.server import folder_of_site


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("restricted Boltzmann machine", "03_rbm"),
        ("PCA", "05_pca"),
        ("max pooling", "07_convolutional"),
        ("vanishing gradient", "02_initialisation"),
        ("contrastive divergence", "03_rbm"),
        ("denoising", "07_convolutional"),
        ("Colab", "index"),
        ("squared error", "glossary"),
        ("MNIST", "01_motivation"),
        ("curves", "08_paper"),
    ],
)
def test_search_finds_the_page_that_a_reader_has_in_mind(visit, words, name):
    page = visit().open("index")
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input")
    expect(field).to_be_focused()
    field.fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    expect(page.locator("#search-results .search-summary")).to_contain_text("found")
    links = page.locator("#search-results li a").evaluate_all("(tags) => tags.map((a) => a.href)")
    first = [urlsplit(url).path.rpartition("/")[2] for url in links[:3]]
    assert f"{name}.html" in first


def listed_here(url):
    """Return which page of the table of contents an address shows."""
    path = urlsplit(url).path.removeprefix(folder_of_site())
    return path.removesuffix(".html")


def test_next_and_previous_lead_through_the_whole_course(visit):
    page = visit().open(LISTED[0])
    for steps, link in ((LISTED[1:], "a.right-next"), (LISTED[-2::-1], "a.left-prev")):
        for name in steps:
            page.locator(link).click()
            page.wait_for_load_state("domcontentloaded")
            assert listed_here(page.url) == name
        expect(page.locator(link)).to_have_count(0)


@pytest.mark.parametrize("name", LISTED)
def test_buttons_lead_to_files_that_exist(name):
    soup = parse(f"{name}.html")
    links = soup.select(".article-header-buttons a[href]")
    buttons = {link.get_text(strip=True): link["href"] for link in links}
    source = next(path for path in ROOT.glob(f"book/{name}.*") if path.suffix in (".md", ".ipynb"))
    names = {"Repository", "Suggest edit", "Open issue", source.suffix}
    notebook = source.suffix == ".ipynb"
    names |= {"Colab", "Binder"} if notebook else set()
    # Solutions are answers.
    blank = notebook and not name.startswith("solutions/")
    assert set(buttons) == names | ({"Colab, without answers"} if blank else set())
    assert buttons["Repository"] == ADDRESS
    assert buttons["Open issue"].startswith(f"{ADDRESS}/issues/new?")
    assert in_repository(buttons["Suggest edit"]).is_file()
    downloaded = (SITE / f"{name}.html").parent / buttons[source.suffix]
    assert downloaded.read_bytes() == source.read_bytes()
    if notebook:
        assert in_repository(buttons["Colab"]) == source
        binder = unquote(urlsplit(buttons["Binder"]).query)
        assert ROOT / binder.removeprefix("urlpath=lab/tree/") == source


def test_an_address_that_does_not_exist_is_answered(visit, start):
    one = visit()
    page = one.page
    answer = page.goto(f"{start}chapters/no_such_page.html")
    page.wait_for_load_state("networkidle")
    assert answer.status == 404
    expect(page.locator("h1:visible")).to_have_text(re.compile("There is no such page"))
    # It looks as other pages do.
    assert page.locator(".bd-sidebar-primary").bounding_box()["x"] == 0
    assert page.locator("article").bounding_box()["x"] > 200
    links = page.locator("a[href]:visible").evaluate_all("(tags) => tags.map((a) => a.href)")
    inside = {url.partition("#")[0] for url in links if url.startswith(start)}
    assert len(inside) > len(CHAPTERS)
    for url in inside - {page.url}:
        assert page.request.get(url).ok, url
    page.get_by_role("link", name="The first page").click()
    assert listed_here(page.url) == "index"
    # The browser says that this address was not found, and nothing else.
    assert len(one.complaints) == 2
    assert all("404" in complaint for complaint in one.complaints)
    one.complaints.clear()
