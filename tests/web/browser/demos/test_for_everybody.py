"""Demos load late, stand there without JavaScript, fit screens and fingers, and have names."""

import pytest
from playwright.sync_api import expect

from tests.web.browser.visits import DEMOS
from tools.website.browser import come_near


def test_nothing_is_loaded_before_a_reader_comes_near(visit):
    page = visit()
    page.wait_for_load_state("networkidle")
    far = ("map_decoder.bin.js", "sizes.json.js", "digits_encoder.bin.js")
    assert not [url for url in page.requested if url.endswith(far)]
    come_near(page, "sizes")
    assert [url for url in page.requested if url.endswith("sizes.json.js")]


def test_weights_are_loaded_once(visit):
    page = visit()
    for kind in DEMOS:
        come_near(page, kind)
    loaded = [url for url in page.requested if url.endswith((".bin.js", ".json.js", ".png.js"))]
    assert len(loaded) == len(set(loaded)) == 9


def test_without_javascript_still_pictures_stand_there(visit):
    page = visit(java_script_enabled=False)
    for kind in DEMOS:
        image = page.locator(f"[data-demo={kind}] img")
        image.scroll_into_view_if_needed()
        expect(image).to_be_visible()
        assert len(image.get_attribute("alt").split()) > 10
        expect(page.locator(f"[data-demo={kind}] .without")).to_be_visible()
    assert not [url for url in page.requested if url.endswith(".js")]


def test_what_does_not_load_is_said_and_can_be_tried_again(visit):
    page = visit(expected="503")
    page.route("**/map_decoder.bin.js", lambda route: route.fulfill(status=503))
    walk = page.locator("[data-demo=map]")
    walk.scroll_into_view_if_needed()
    alert = walk.get_by_role("alert")
    expect(alert).to_contain_text("map_decoder.bin.js could not be loaded from where this page")
    expect(walk.locator("img")).to_be_visible()
    page.unroute("**/map_decoder.bin.js")
    walk.get_by_role("button", name="Try again").click()
    page.wait_for_selector("[data-demo=map][data-ready]")
    expect(walk.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 1300])
def test_it_fits_the_screen_and_the_finger(visit, width):
    page = visit(width=width)
    for kind in DEMOS:
        come_near(page, kind)
    page.get_by_role("button", name="draw one").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = (
        page.locator(".demo")
        .locator("button, select, input, canvas.board")
        .evaluate_all(
            "(tags) => tags.filter((tag) => !(tag.type === 'radio') && "
            "tag.getBoundingClientRect().height < 24).map((tag) => tag.outerHTML)"
        )
    )
    assert small == []
    wide = page.locator(".demo *").evaluate_all(
        "(tags) => tags.filter((tag) => tag.getBoundingClientRect().right > innerWidth)"
        ".map((tag) => tag.outerHTML)"
    )
    assert wide == []


def test_whatever_is_used_has_a_name(visit):
    page = visit()
    for kind in DEMOS:
        come_near(page, kind)
    page.get_by_role("button", name="draw one").click()
    nameless = (
        page.locator(".demo")
        .locator("button, input, select, canvas")
        .evaluate_all(
            """(tags) => tags.filter((tag) => {
            const name = tag.getAttribute("aria-label") ||
                [...(tag.labels ?? [])].map((label) => label.textContent).join("") ||
                (tag.tagName === "BUTTON" && tag.textContent);
            return !(name || "").trim() && tag.getAttribute("aria-hidden") !== "true";
        }).map((tag) => tag.outerHTML)"""
        )
    )
    assert nameless == []
    for kind in DEMOS:
        assert page.locator(f"[data-demo={kind}] > [aria-live=polite]").count() == 1
