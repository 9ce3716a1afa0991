"""Notebooks: from scripts to ``book/``, and copies of them to work in."""
