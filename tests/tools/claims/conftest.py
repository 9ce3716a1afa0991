"""A made-up course, whose claims are counted."""

import pytest

from tests.tools.claims.made_up import write_course


@pytest.fixture
def course(tmp_path):
    """A course of one chapter."""
    return write_course(tmp_path)
