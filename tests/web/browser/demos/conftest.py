"""Visits to the page of demos, and the networks that it should compute with."""

import pytest

from tools.website.browser import new_context
from web.demos import files
from web.demos.networks import layers_of


@pytest.fixture(scope="session")
def address(start):
    return f"{start}play.html"


@pytest.fixture
def visit(browser, address):
    """Open the page; when the test is over, nothing may have been complained of."""
    contexts, complaints = [], []

    def opened(*, width=1300, mode="light", expected="", **options):
        context = new_context(browser, width=width, mode=mode, **options)
        contexts.append(context)
        page = context.new_page()
        page.requested = []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def listen(message):
            if message.type in ("error", "warning") and not (expected and expected in message.text):
                complaints.append(message.text)

        page.on("console", listen)
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            foreign = [url for url in page.requested if not url.startswith(("http://127", "data:"))]
            assert foreign == []
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def shipped():
    return files.load("digits")


@pytest.fixture(scope="session")
def networks():
    names = ["digits_decoder", "digits_encoder", "map_decoder"]
    return {name: layers_of(files.load(name)) for name in names}
