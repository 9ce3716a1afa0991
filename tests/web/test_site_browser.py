"""The built website as readers use it: on phone and desk, in the dark, by keyboard, on paper.

Run after `make site`, by `make test-site`.
"""

import re
from contextlib import closing, contextmanager
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.test_site import in_repository, parse
from tools.course import ROOT, listed_pages, read_address
from tools.notebooks import chapters
from tools.website.browser import (
    NoBrowserError,
    browsing,
    come_near,
    complaints_of,
    in_frame,
    new_context,
    settle,
)
from tools.website.server import SITE, folder_of_site, served

AXE = ROOT / "tools" / "website" / "check" / "node_modules" / "axe-core" / "axe.min.js"
ADDRESS = read_address(ROOT)
LISTED = listed_pages(ROOT)
PAGES = [*LISTED, "search", "genindex", "404"]
CHAPTERS = chapters.names(ROOT)
TABLED = [name for name in LISTED if parse(f"{name}.html").select("article table.table")]
PHONE, DESK = 390, 1300
KILOBYTE = 1000
# Kinds of page: prose, formulas and code, wide tables, demos, folded answers.
KINDS = ["index", "03_pretraining", "07_paper", "play", "exercises/03_pretraining"]

DEMOS = ["thirty", "map", "between", "sizes"]

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
    try:
        with browsing() as browser:
            yield browser
    except NoBrowserError as error:
        pytest.exit(str(error), returncode=1)


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
        self.page.on("requestfailed", self.regret)
        self.page.on("response", self.check)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.listen)
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self.weigh)

    def note(self, request):
        if not request.url.startswith("data:"):
            self.requests.append(request.url)

    def regret(self, request):
        # Who leaves a page breaks off what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.failure}: {request.url}")

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


def violations(page, part="html"):
    """Return what axe finds in a part of the page, as words."""
    found = page.evaluate("(part) => axe.run(part, {resultTypes: ['violations']})", part)
    return [
        f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]
    ]


def rest(page):
    """Wait until nothing moves any more: a sidebar comes in within a quarter of a second."""
    settle(page)
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")


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


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_first_visit_has_the_colours_of_the_readers_system_at_once(browser, start, mode):
    context = new_context(browser, mode=mode, chosen=False)
    page = context.new_page()
    # Before any script but those written into the page.
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(f"{start}03_pretraining.html")
    assert page.locator("html").get_attribute("data-theme") == mode
    assert page.locator(".navbar-brand img:visible").count() == 1
    context.close()


# By keyboard -------------------------------------------------------------------------------------

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
    page = visit(width=width).open("03_pretraining")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_folded_answers_open_by_keys(visit):
    page = visit().open("exercises/03_pretraining")
    fold = page.locator("article details").first
    fold.locator("summary").focus()
    for key, opened in (("Enter", True), ("Space", False), ("Space", True)):
        page.keyboard.press(key)
        assert fold.evaluate("(fold) => fold.open") == opened


@pytest.mark.parametrize("button", [".btn-fullscreen-button", ".search-button-field"])
def test_a_buttons_hint_can_be_read_by_everybody(visit, button):
    page = visit().open("03_pretraining")
    page.locator(button).first.hover()
    expect(page.locator(".tooltip")).to_be_visible()
    rest(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []


def test_menus_open_by_keys(visit):
    page = visit().open("03_pretraining")
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
    page = visit(width=PHONE).open("03_pretraining")
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


@pytest.mark.parametrize("name", ["03_pretraining", "07_paper", "notation"])
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


# Finding the way ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("restricted Boltzmann machine", "03_pretraining"),
        ("PCA", "04_pca"),
        ("max pooling", "06_convolutional"),
        ("vanishing gradient", "02_initialisation"),
        ("contrastive divergence", "03_pretraining"),
        ("denoising", "06_convolutional"),
        ("Colab", "index"),
        ("squared error", "glossary"),
        ("MNIST", "01_motivation"),
        ("curves", "07_paper"),
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


# Where there is no server, or no origin ---------------------------------------------------------


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
        assert found.locator("li a[href*='03_pretraining.html']").count() >= 1
        found.locator("li a[href*='03_pretraining.html']").first.click()
        expect(page.locator("article h1")).to_contain_text("one layer")
    assert complaints == []


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


# On paper ----------------------------------------------------------------------------------------


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
