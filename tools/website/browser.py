"""A browser for the checks of the website: which one, and how pages are opened in it.

The browser is the one that the environment variable ``AE_CHROMIUM`` names, else Chromium or Chrome
as the machine has it, else the one that Playwright brought.
"""

import os
import shutil
import statistics
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MISSING = (
    "Install Chromium or Google Chrome, or run .venv/bin/playwright install chromium, or name a "
    "browser in the environment variable AE_CHROMIUM."
)
# A root user, as in a container, has no sandbox; a machine without a screen no graphics card.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HEIGHT = 844


class NoBrowserError(RuntimeError):
    """There is no browser; the message says what to install."""


def find_browser(own=None):
    """Return the path of the browser to use.

    Parameters
    ----------
    own : str, optional
        Where Playwright would have put its own.

    Returns
    -------
    str
    """
    named = os.environ.get("AE_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), own)
    if not found or not Path(found).is_file():
        raise NoBrowserError(f"There is no browser at {found}. {MISSING}")
    return found


@contextmanager
def browsing():
    """Run a browser while the block runs.

    Yields
    ------
    playwright.sync_api.Browser
        With the attribute ``path``, for programs that start it themselves.
    """
    with sync_playwright() as program:
        path = find_browser(program.chromium.executable_path)
        browser = program.chromium.launch(executable_path=path, args=ARGUMENTS)
        browser.path = path
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser, *, width=1300, mode="light", chosen=True, **options):
    """Return a context of its own, with an empty cache, for a reader who likes a colour mode.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    width : int
        Of the window, in pixels.
    mode : str
        ``"light"`` or ``"dark"``, which the reader's system says.
    chosen : bool
        Whether the reader also chose it on the website before; False for a first visit.
    **options
        As ``Browser.new_context`` takes them.

    Returns
    -------
    playwright.sync_api.BrowserContext
    """
    viewport = {"width": width, "height": HEIGHT}
    context = browser.new_context(**{"viewport": viewport, "color_scheme": mode, **options})
    if chosen:
        context.add_init_script(
            f"localStorage.setItem('mode', '{mode}'); localStorage.setItem('theme', '{mode}');"
        )
    return context


def complaints_of(page):
    """Return a list that fills with the errors and warnings of a page and of its frames."""
    complaints = []

    def listen(message):
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def in_frame(page, address, sandbox, folder):
    """Open an address in a sandboxed frame of a page, as learning platforms do.

    Parameters
    ----------
    page : playwright.sync_api.Page
    address : str
    sandbox : str
        What the frame may do.
    folder : Path
        For the page around the frame.

    Returns
    -------
    playwright.sync_api.Frame
    """
    host = folder / "host.html"
    size = 'width="1280" height="800"'
    host.write_text(f'<iframe sandbox="{sandbox}" src="{address}" {size}></iframe>')
    page.goto(host.as_uri())
    (frame,) = page.main_frame.child_frames
    return frame


def come_near(page, kind):
    """Scroll to a demo; return it when it can be played with."""
    element = page.locator(f"[data-demo={kind}]")
    element.scroll_into_view_if_needed()
    page.wait_for_selector(f"[data-demo={kind}][data-ready]")
    settle(page)
    return element


def settle(page):
    """Wait until what was changed is drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def decoding_times(page, moves=40):
    """Return how long the decoder of the page of demos takes, in milliseconds.

    Parameters
    ----------
    page : playwright.sync_api.Page
    moves : int
        How often a number of the code is changed.

    Returns
    -------
    list of float
    """
    thirty = come_near(page, "thirty")
    times = []
    for i in range(moves):
        thirty.locator("input[type=range]").nth(i % 30).focus()
        page.keyboard.press("ArrowRight")
        settle(page)
        times.append(thirty.evaluate("(element) => element.demo.ms"))
    return times


def decoding_line(times):
    """Say in words what ``decoding_times`` found."""
    return f"decoded in {statistics.median(times):.2f} ms, the slowest in {max(times):.2f} ms"
