"""What every test has in common."""

import pytest

# These execute or inspect notebooks, need a built website, a browser or nbgrader, or make an
# environment. Makefile names each, and so can you: pytest tests/web/site
collect_ignore = [
    "ae_lib/paper/test_command.py",
    "book/test_notebooks.py",
    "tools/notebooks/chapters",
    "tools/teaching/test_zip_install.py",
    "tools/teaching/with_nbgrader",
    "tools/test_package.py",
    "tools/website/test_diagrams.py",
    "web/browser",
    "web/site",
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
