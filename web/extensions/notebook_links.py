"""Links between notebooks, which lead to Colab, lead to the pages of the website."""

import posixpath
from pathlib import Path

from tools.notebooks import links


def link_pages(app, docname, source):
    """Shorten the links of a notebook before it is read (``source-read``)."""
    prefixes = links.read_prefixes(Path(app.srcdir).parent)
    source[0] = links.shorten(source[0], posixpath.dirname(docname), prefixes)


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", link_pages)
