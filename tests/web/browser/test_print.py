"""A chapter can be printed."""

import pytest
from playwright.sync_api import expect

from tests.web.pages import CHAPTERS


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_can_be_printed(visit, name, mode):
    page = visit(mode=mode).open(name)
    page.emulate_media(media="print")
    for selector in ("#pst-primary-sidebar", ".bd-sidebar-secondary", ".bd-header-article"):
        expect(page.locator(selector)).to_be_hidden()
    expect(page.locator(".prev-next-footer")).to_be_hidden()
    expect(page.locator("article h2").last).to_be_visible()
    # Dark ink, whatever the screen had: paper is white.
    pale = page.locator("article :is(p, h1, h2, h3, pre, pre span, li)").evaluate_all(
        """(tags) => tags.filter((tag) => {
            const [red, green, blue] = getComputedStyle(tag).color.match(/[\\d.]+/g).map(Number);
            return 0.21 * red + 0.72 * green + 0.07 * blue > 140;
        }).map((tag) => tag.outerHTML.slice(0, 120))"""
    )
    assert pale == []
    assert page.pdf().count(b"/Type /Page\n") > 3
