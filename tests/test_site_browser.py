"""The built website as readers use it: on phone and desk, in the dark, by keyboard, on paper.

Run after `make site`, by `make test-site`.
"""

from pathlib import Path
from urllib.parse import urlsplit

import notebooks
import pytest
from playwright.sync_api import expect
from site_browser import browsing, come_near, new_context, settle
from site_server import served
from test_site import listed_files

ROOT = Path(__file__).parent.parent
AXE = ROOT / "tools" / "site_check" / "node_modules" / "axe-core" / "axe.min.js"
ADDRESS = notebooks.read_address(ROOT)
LISTED = listed_files()
PAGES = [*LISTED, "search", "genindex", "404"]
CHAPTERS = notebooks.chapter_names(ROOT)
PHONE, DESK = 390, 1300
KILOBYTE = 1000
# Kinds of page: prose, formulas and code, wide tables, playthings, folded answers.
KINDS = ["index", "03_pretraining", "07_paper", "play", "exercises/03_pretraining"]

PLAYTHINGS = ["thirty", "map", "between", "sizes"]

# Where a page's content moved although its reader did nothing.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        const moved = entry.sources.map(({node}) => (node?.outerHTML ?? "text").slice(0, 80));
        window.shifts.push({value: entry.value, moved});
    }
}).observe({type: "layout-shift", buffered: true});
"""

UNFOLD = """
() => {
    const folds = document.querySelectorAll("details:not([open])");
    for (const fold of folds) fold.open = true;
    return document.querySelectorAll("article details").length;
}
"""


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def start():
    with served() as address:
        yield address


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


class Visit:
    """One look at one page, and all that went wrong during it."""

    def __init__(self, browser, start, **options):
        self.context = new_context(browser, **options)
        self.context.add_init_script(SHIFTS)
        self.page = self.context.new_page()
        self.start, self.requests, self.complaints, self.bytes = start, [], [], 0
        self.page.on("request", self.note)
        self.page.on("requestfailed", lambda one: self.complaints.append(f"failed: {one.url}"))
        self.page.on("response", self.check)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.listen)
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self.weigh)

    def note(self, request):
        if not request.url.startswith("data:"):
            self.requests.append(request.url)

    def weigh(self, event):
        self.bytes += event["encodedDataLength"]

    def check(self, response):
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def listen(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, name):
        self.page.goto(f"{self.start}{name}.html")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def check_all_is_well(self):
        host = urlsplit(self.start).netloc
        assert [url for url in self.requests if urlsplit(url).netloc != host] == []
        assert self.complaints == []

    def shift(self):
        return self.page.evaluate("window.shifts.reduce((sum, one) => sum + one.value, 0)")


@pytest.fixture
def visit(browser, start):
    """Make visits; when the test is over, none may have met an error or a foreign host."""
    visits = []

    def made(**options):
        visits.append(Visit(browser, start, **options))
        return visits[-1]

    yield made
    for one in visits:
        one.context.close()
    for one in visits:
        one.check_all_is_well()


def scroll_through(page):
    """Come near everything, so that all pictures are loaded."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 600):
        page.evaluate(f"scrollTo({{top: {top}, behavior: 'instant'}})")
        settle(page)
    page.wait_for_load_state("networkidle")


# Every page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_keeps_still(visit, measured, name, width):
    one = visit(width=width)
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


def violations(page, part="html"):
    """Return what axe finds in a part of the page, as words."""
    found = page.evaluate("(part) => axe.run(part, {resultTypes: ['violations']})", part)
    return [
        f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]
    ]


def unfold(page):
    """Open all that is folded; say whether there was anything."""
    found = page.evaluate(UNFOLD)
    settle(page)
    return found


def open_sidebar(page, side):
    """Open a sidebar of a narrow window; return the dialog in which it stands."""
    page.locator(f".{side}-toggle").click()
    dialog = page.locator(f"#pst-{side}-sidebar-modal")
    expect(dialog).to_be_visible()
    return dialog


def widest(page):
    """Return how wide the page is, and what reaches beyond the window."""
    return page.evaluate(
        """() => {
            const beyond = [...document.querySelectorAll("body *")].filter((tag) => {
                const { right, width } = tag.getBoundingClientRect();
                return width > 0 && right > innerWidth + 1;
            });
            const names = beyond.slice(0, 5).map((tag) => tag.outerHTML.slice(0, 120));
            return [document.documentElement.scrollWidth, names];
        }"""
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody(visit, name, mode):
    one = visit(width=PHONE, mode=mode)
    page = one.open(name)
    assert page.locator("html").get_attribute("data-theme") == mode
    page.evaluate(AXE.read_text(encoding="utf-8"))
    if name == "play":
        for kind in PLAYTHINGS:
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
    for width in (320, PHONE, 768, DESK):
        page.set_viewport_size({"width": width, "height": 844})
        settle(page)
        reached, beyond = widest(page)
        assert reached <= width, beyond
    assert violations(page) == []
