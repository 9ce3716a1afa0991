"""Every demo plays wherever the site is put."""

import re
import shutil
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.browser.demos.shown import READING, drawn_on
from tests.web.browser.visits import DEMOS
from tools.website.browser import come_near, complaints_of, in_frame, new_context
from tools.website.server import SITE, Handler, served


class PoorHandler(Handler):
    """A server that compresses nothing and knows only the oldest kinds of file."""

    kind_of_script = "text/plain"
    policy = ""

    def guess_type(self, path):
        known = {".html": "text/html", ".css": "text/css", ".js": self.kind_of_script}
        return known.get(Path(path).suffix, "application/octet-stream")

    def end_headers(self):
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


class StrictHandler(PoorHandler):
    """A server that forbids scripts inside of pages, and programs made of text."""

    kind_of_script = "application/octet-stream"
    policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"


@contextmanager
def as_file(folder):
    # As people name their folders, and unpack one into another.
    site = folder / "Kurs 100% für #1, Teil 2?" / "html"
    site.parent.mkdir()
    shutil.copytree(SITE, site)
    yield (site / "play.html").as_uri()


@contextmanager
def from_server(_, **options):
    with served(**options) as start:
        yield f"{start}play.html"


# Where the site may stand: its address, the sandbox of the frame around it, what is complained of.
PLACES = {
    "a file": (as_file, None, READING),
    "a frame without storage": (from_server, "allow-scripts", READING),
    "a folder of a folder": (partial(from_server, prefix="/a/b/"), None, READING),
    "a poor server": (partial(from_server, handler=PoorHandler, prefix="/"), None, READING),
    "a strict server": (
        partial(from_server, handler=StrictHandler, prefix="/"),
        None,
        # The theme's script in the page does not run.
        f"{READING}|Content Security Policy|invalid theme mode",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_every_demo_plays_wherever_the_site_is_put(browser, tmp_path, name):
    place, sandbox, expected = PLACES[name]
    with place(tmp_path) as address, closing(new_context(browser, chosen=False)) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        if sandbox:
            page = in_frame(page, address, sandbox, tmp_path)
        else:
            page.goto(address)
        for kind in DEMOS:
            element = come_near(page, kind)
            for canvas in element.locator("canvas.digit").all():
                # Whoever may not read a canvas gets an error.
                assert drawn_on(canvas).sum() > 10
        page.get_by_role("button", name="draw one").click()
        board = page.locator("canvas.board")
        for key in ["Space", *["Shift+ArrowDown"] * 3]:
            board.press(key)
        page.wait_for_function("document.querySelector('[data-demo]').demo.ms > 0")
        expect(page.locator("[data-demo] .failed:visible")).to_have_count(0)
    assert [text for text in complaints if not re.search(expected, text)] == []
