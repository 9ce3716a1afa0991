"""One browser and one server for all tests in a browser, and the visits that they make.

They run after `make site`, by `make test-site`.
"""

import pytest

from tests.web.browser.visits import Visit
from tools.website.browser import NoBrowserError, browsing
from tools.website.server import served


@pytest.fixture(scope="session")
def browser():
    try:
        with browsing() as browser:
            yield browser
    except NoBrowserError as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def start():
    with served() as address:
        yield address


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
