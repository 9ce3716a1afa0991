"""A made-up course, whose chapter becomes a notebook. Kernels are real."""

import textwrap

import pytest

from tests.tools.notebooks.chapters.made_up import ADDRESS, CHAPTER, LIBRARY


@pytest.fixture
def course(tmp_path):
    """A course of one chapter, not yet converted."""
    for folder in ("chapters", "book", "ae_lib/plots"):
        (tmp_path / folder).mkdir(parents=True)
    for name, text in LIBRARY.items():
        (tmp_path / "ae_lib" / name).write_text(textwrap.dedent(text))
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {ADDRESS}\n")
    (tmp_path / "chapters" / "01_one.py").write_text(CHAPTER)
    return tmp_path
