"""A page is light, and its content keeps its place while it loads."""

import pytest

from tests.web.browser.visits import DESK, LISTED, PAGES, PHONE, scroll_through
from tests.web.pages import parse

TABLED = [name for name in LISTED if parse(f"{name}.html").select("article table.table")]
KILOBYTE = 1000


@pytest.fixture(scope="module")
def measured(request):
    """What was measured is said at the end, in a few lines."""
    lines = {}
    yield lines
    with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print()
        for what, values in lines.items():
            page = max(values, key=values.get)
            print(f"{what}: at most {values[page]:.3g}, of {page}")


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_keeps_still(visit, measured, name, width):
    one = visit(width=width, chosen=False)
    page = one.open(name)
    measured.setdefault("kB when a page is opened", {})[name] = one.bytes / KILOBYTE
    measured.setdefault("requests when a page is opened", {})[name] = len(one.requests)
    if name != "play":
        assert one.bytes <= 200 * KILOBYTE
    assert len(one.requests) <= 25
    scroll_through(page)
    if name != "play":
        measured.setdefault("kB when all was seen", {})[name] = one.bytes / KILOBYTE
        assert one.bytes <= 1000 * KILOBYTE
    assert len(one.requests) == len(set(one.requests))
    unsized = page.locator("img:not([width][height])").evaluate_all(
        "(tags) => tags.map((tag) => tag.outerHTML)"
    )
    assert unsized == []
    measured.setdefault(f"layout shift at {width}", {})[name] = one.shift()
    assert one.shift() <= 0.05, page.evaluate("window.shifts")


# The columns of the tables whose rows begin at a place and end at another.
COLUMNS = """
(tables) => tables.map((table) => [...table.rows[0].cells].map((cell) => {
    const { left, right } = cell.getBoundingClientRect();
    return [left, right];
}))
"""


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", TABLED)
def test_columns_are_where_they_will_be_before_a_tables_rows_arrive(visit, name, width):
    page = visit(width=width).open(name)
    tables = page.locator("article table.table")
    whole = tables.evaluate_all(COLUMNS)
    narrow = tables.locator("td, th").evaluate_all(
        "(cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1)"
        ".map((cell) => cell.textContent)"
    )
    assert narrow == []
    page.locator("article table.table tbody").evaluate_all(
        "(bodies) => bodies.forEach((body) => body.replaceChildren())"
    )
    first = tables.evaluate_all(COLUMNS)
    assert whole
    for before, after in zip(first, whole, strict=True):
        assert before == [pytest.approx(place, abs=0.5) for place in after]
