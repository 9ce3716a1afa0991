"""Everybody can read a page: axe finds nothing, nothing stands outside, in light and dark."""

import pytest
from playwright.sync_api import expect

from tests.web.browser.visits import DEMOS, DESK, PAGES, PHONE, rest
from tools.course import ROOT
from tools.website.browser import come_near, new_context

AXE = ROOT / "tools" / "website" / "check" / "node_modules" / "axe-core" / "axe.min.js"

UNFOLD = """
() => {
    const folds = document.querySelectorAll("details:not([open])");
    for (const fold of folds) fold.open = true;
    return document.querySelectorAll("article details").length;
}
"""


def violations(page, part="html"):
    """Return what axe finds in a part of the page, as words."""
    found = page.evaluate("(part) => axe.run(part, {resultTypes: ['violations']})", part)
    return [
        f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]
    ]


def unfold(page):
    """Open all that is folded; say whether there was anything."""
    found = page.evaluate(UNFOLD)
    rest(page)
    return found


def open_sidebar(page, side):
    """Open a sidebar of a narrow window; return the dialog in which it stands."""
    page.locator(f".{side}-toggle").click()
    dialog = page.locator(f"#pst-{side}-sidebar-modal")
    expect(dialog).to_be_visible()
    rest(page)
    return dialog


def outside(page, width):
    """Return what makes the page wider than the window, or begins to the left of it."""
    return page.evaluate(
        """(width) => {
            const describe = (tags) => tags.slice(0, 5).map((tag) => tag.outerHTML.slice(0, 120));
            const tags = [...document.querySelectorAll("article *")];
            // Nobody can scroll to what begins outside.
            const seen = "p, img, canvas, pre, table, mjx-container, use";
            const before = tags.filter((tag) => {
                return tag.matches(seen) && tag.getBoundingClientRect().left < -1;
            });
            if (document.documentElement.scrollWidth <= width) return describe(before);
            const beyond = tags.filter((tag) => tag.getBoundingClientRect().right > width + 1);
            return ["the page scrolls sideways", ...describe([...before, ...beyond])];
        }""",
        width,
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody(visit, name, mode):
    one = visit(width=PHONE, mode=mode)
    page = one.open(name)
    assert page.locator("html").get_attribute("data-theme") == mode
    page.evaluate(AXE.read_text(encoding="utf-8"))
    if name == "play":
        for kind in DEMOS:
            come_near(page, kind)
        page.get_by_role("button", name="draw one").click()
    assert violations(page) == []
    if unfold(page):
        assert violations(page) == []
    for side in ("primary", "secondary"):
        if page.locator(f".{side}-toggle").is_visible():
            dialog = open_sidebar(page, side)
            assert violations(page, f"#pst-{side}-sidebar-modal") == []
            page.keyboard.press("Escape")
            expect(dialog).to_be_hidden()
            # The button's hint would stand over what is looked at next.
            page.evaluate("document.activeElement.blur()")
            expect(page.locator(".tooltip")).to_have_count(0)
    for width in (320, PHONE, 768, DESK):
        page.set_viewport_size({"width": width, "height": 844})
        rest(page)
        assert outside(page, width) == [], width
    # What the mouse is over can be read, too.
    page.locator("nav.bd-links a").last.hover()
    rest(page)
    assert violations(page) == []


CUT = """
() => [...document.querySelectorAll(".cell_input pre, mjx-container[display='true']")]
    .filter((tag) => tag.clientWidth && tag.scrollWidth > tag.clientWidth + 1)
    .map((tag) => `${tag.scrollWidth} of ${tag.clientWidth}: ${tag.textContent.slice(0, 120)}`)
"""


@pytest.mark.parametrize("name", PAGES)
def test_no_code_and_no_formula_is_cut_on_a_phone(visit, name):
    page = visit(width=PHONE).open(name)
    unfold(page)
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_first_visit_has_the_colours_of_the_readers_system_at_once(browser, start, mode):
    context = new_context(browser, mode=mode, chosen=False)
    page = context.new_page()
    # Before any script but those written into the page.
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(f"{start}03_rbm.html")
    assert page.locator("html").get_attribute("data-theme") == mode
    assert page.locator(".navbar-brand img:visible").count() == 1
    context.close()


@pytest.mark.parametrize("button", [".btn-fullscreen-button", ".search-button-field"])
def test_a_buttons_hint_can_be_read_by_everybody(visit, button):
    page = visit().open("03_rbm")
    page.locator(button).first.hover()
    expect(page.locator(".tooltip")).to_be_visible()
    rest(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []
