"""Pages are whole where there is no server, or no origin."""

from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import expect

from tests.web.browser.visits import KINDS
from tests.web.pages import SITE
from tools.website.browser import complaints_of, in_frame, new_context


@contextmanager
def alone(browser, address, folder, sandbox):
    """Open a page in a window or in a sandboxed frame; yield it, and what it complains of."""
    with closing(new_context(browser, chosen=False)) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        if sandbox:
            yield in_frame(page, address, sandbox, folder), complaints
        else:
            page.goto(address)
            yield page, complaints


# From a file, in a frame without storage and forms, and in one that may at least send forms.
ALONE = {"file": None, "frame": "allow-scripts", "frame with forms": "allow-scripts allow-forms"}


@pytest.mark.parametrize("where", ALONE)
@pytest.mark.parametrize("name", KINDS)
def test_a_page_is_whole_without_server_or_storage(browser, start, tmp_path, name, where):
    page_file = f"{name}.html"
    address = (SITE / page_file).as_uri() if where == "file" else f"{start}{page_file}"
    with alone(browser, address, tmp_path, ALONE[where]) as (page, complaints):
        root = page.locator("html")
        expect(root).to_have_attribute("data-theme", "light")
        page.locator(".theme-switch-button:visible").first.click()
        expect(root).to_have_attribute("data-theme", "dark")
        page.locator(".search-button-field:visible, .search-button:visible").first.click()
        field = page.locator("#pst-search-dialog input")
        expect(field).to_be_focused()
        field.fill("restricted Boltzmann machine")
        field.press("Enter")
        found = page.locator("#search-results")
        expect(found.locator(".search-summary")).to_contain_text("found")
        assert found.locator("li a[href*='03_rbm.html']").count() >= 1
        found.locator("li a[href*='03_rbm.html']").first.click()
        expect(page.locator("article h1")).to_contain_text("Boltzmann")
    assert complaints == []
