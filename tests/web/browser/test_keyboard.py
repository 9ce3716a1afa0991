"""Keys reach everything, show where they are, open what is folded, and scroll."""

import pytest
from playwright.sync_api import expect

from tests.web.browser.visits import DEMOS, DESK, KINDS, PHONE
from tools.website.browser import come_near

# What Tab should come to, in a list; focus on something of the list is described by its place.
REACHABLE = """
() => {
    const selector = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    window.reachable = [...document.querySelectorAll(selector)].filter((tag) => {
        const shown = tag.checkVisibility({checkVisibilityCSS: true}) && !tag.closest("[inert]");
        // Arrow keys choose among radio buttons.
        const other = tag.type === "radio" && !tag.checked;
        return shown && !tag.disabled && tag.tabIndex >= 0 && !other;
    });
    window.shadows = window.reachable.map((tag) => getComputedStyle(tag).boxShadow);
    return window.reachable.map((tag) => tag.outerHTML.slice(0, 160));
}
"""
FOCUS = """
() => {
    const tag = document.activeElement;
    // Some show it on an icon inside, or on the card of which they are the link.
    const places = [tag, ...tag.querySelectorAll("*"), tag.closest(".sd-card") ?? tag];
    const seen = places.some((place) => {
        const style = getComputedStyle(place);
        const { width, height } = place.getBoundingClientRect();
        const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return outlined && width > 1 && height > 1;
    });
    const number = window.reachable.indexOf(tag);
    const shadow = getComputedStyle(tag).boxShadow;
    return [number, seen || (shadow !== "none" && shadow !== window.shadows[number])];
}
"""


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", KINDS)
def test_tab_reaches_everything_and_shows_where_it_is(visit, name, width):
    page = visit(width=width).open(name)
    if name == "play":
        for kind in DEMOS:
            come_near(page, kind)
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    expected = page.evaluate(REACHABLE)
    assert len(expected) > 10
    reached, unseen = set(), []
    for _ in range(len(expected) + 5):
        page.keyboard.press("Tab")
        place, seen = page.evaluate(FOCUS)
        reached.add(place)
        if place >= 0 and not seen:
            unseen.append(expected[place])
    assert [text for place, text in enumerate(expected) if place not in reached] == []
    assert unseen == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_first_key_leads_past_the_navigation(visit, width):
    page = visit(width=width).open("03_rbm")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_folded_answers_open_by_keys(visit):
    page = visit().open("exercises/03_rbm")
    fold = page.locator("article details").first
    fold.locator("summary").focus()
    for key, opened in (("Enter", True), ("Space", False), ("Space", True)):
        page.keyboard.press(key)
        assert fold.evaluate("(fold) => fold.open") == opened


def test_menus_open_by_keys(visit):
    page = visit().open("03_rbm")
    buttons = page.locator(".article-header-buttons button.dropdown-toggle")
    assert buttons.count() == 3
    for i in range(3):
        menu = page.locator(".article-header-buttons .dropdown-menu").nth(i)
        expect(menu).to_be_hidden()
        buttons.nth(i).focus()
        page.keyboard.press("Enter")
        expect(menu).to_be_visible()
        page.keyboard.press("ArrowDown")
        assert menu.evaluate("(menu) => menu.contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_sidebars_of_a_phone_open_and_close_by_keys(visit, side):
    page = visit(width=PHONE).open("03_rbm")
    toggle = page.locator(f".{side}-toggle")
    dialog = page.locator(f"#pst-{side}-sidebar-modal")
    expect(dialog).to_be_hidden()
    toggle.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    assert dialog.evaluate("(dialog) => dialog.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(toggle).to_be_focused()


@pytest.mark.parametrize("name", ["03_rbm", "08_paper", "notation"])
def test_what_scrolls_sideways_is_scrolled_by_keys(visit, name):
    page = visit(width=PHONE).open(name)
    boxes = page.locator("article *").evaluate_all(
        """(tags) => tags.filter((tag) => {
            const scrolls = /auto|scroll/.test(getComputedStyle(tag).overflowX);
            return scrolls && tag.scrollWidth > tag.clientWidth + 1;
        }).map((tag, i) => { tag.dataset.box = i; return tag.tabIndex; })"""
    )
    assert boxes
    assert set(boxes) == {0}
    first = page.locator("[data-box='0']")
    first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('[data-box=\\'0\\']').scrollLeft > 0")
