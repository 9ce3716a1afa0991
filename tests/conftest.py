"""What every test has in common."""

import pytest

# These execute or inspect notebooks, need a built website or a browser, or make an environment.
# Makefile names each, and so can you: pytest tests/tools/test_package.py
collect_ignore = [
    "ae_lib/paper/test_command.py",
    "book/test_notebooks.py",
    "tools/notebooks/test_conversion.py",
    "tools/teaching/test_classroom.py",
    "tools/teaching/test_zip_install.py",
    "tools/test_package.py",
    "web/test_demos_browser.py",
    "web/test_site.py",
    "web/test_site_browser.py",
]


@pytest.fixture(scope="session")
def solutions():
    """The solutions of the exercises, by the names of their checks."""
    from tests.book.answers import all_answers

    return all_answers(solved=True)


@pytest.fixture(scope="session")
def stubs():
    """What stands in the exercises before a student fills it in, by the names of their checks."""
    from tests.book.answers import all_answers

    return all_answers(solved=False)
