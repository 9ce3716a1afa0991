"""Each page of the website that was built; it is parsed once for all tests."""

import pytest

from tests.web.pages import PAGES, parse


@pytest.fixture(scope="session", params=PAGES)
def page(request):
    return request.param


@pytest.fixture(scope="session")
def soup(page):
    return parse(page)
