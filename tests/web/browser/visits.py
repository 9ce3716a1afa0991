"""Visits to pages of the website in a browser, and all that went wrong during them."""

from urllib.parse import urlsplit

from tools.course import ROOT, listed_pages
from tools.website.browser import new_context, settle

LISTED = listed_pages(ROOT)
PAGES = [*LISTED, "search", "genindex", "404"]
PHONE, DESK = 390, 1300
# Kinds of page: prose, formulas and code, wide tables, demos, folded answers.
KINDS = ["index", "03_rbm", "08_paper", "play", "exercises/03_rbm"]
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


def scroll_through(page):
    """Come near everything, so that all pictures are loaded."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 600):
        page.evaluate(f"scrollTo({{top: {top}, behavior: 'instant'}})")
        settle(page)
    page.wait_for_load_state("networkidle")


def rest(page):
    """Wait until nothing moves any more: a sidebar comes in within a quarter of a second."""
    settle(page)
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
