"""Let other extensions change the finished pages: a Sphinx extension that they set up.

Templates of the theme put into a page what no handler of Sphinx can reach: scripts, style sheets,
icons. So once all pages are written, each is read as a tree, handed to whoever connected to the
event ``site-pages`` with ``(app, pages)``, and written again. ``pages`` is a dict from a page's
path, such as ``exercises/04_pca.html``, to its ``BeautifulSoup``. The order of the handlers:

=====  ==================================================================
50     links with a picture
100    what a page shows: pictures, formulas, icons
200    tables, which have room for all of that
300    what a page loads: scripts
500    how it is reached: names, landmarks, keyboard
900    styles, which keep the rules that all of the above need
=====  ==================================================================
"""

from pathlib import Path

from bs4 import BeautifulSoup

STATIC = "_static/"


def asset(url):
    """Return where an address inside ``_static`` leads, as a path from the site's root.

    Parameters
    ----------
    url : str
        As a page writes it: relative to the page, or from the server's root on the page 404.

    Returns
    -------
    str or None
        None where it leads elsewhere.

    Examples
    --------
    >>> asset("../_static/styles/theme.css?digest=55c2")
    '_static/styles/theme.css'
    >>> asset("searchindex.js")
    """
    _, found, rest = url.partition(STATIC)
    return STATIC + rest.partition("?")[0] if found else None


def change_pages(app, exception):
    """Read the pages, let them be changed, write them (``build-finished``)."""
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir)
    # The theme copies pieces of pages beside its scripts: no browser ever opens them.
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    names = [name for name in names if not name.startswith((STATIC, "reveal/"))]
    pages = {
        name: BeautifulSoup((folder / name).read_text(encoding="utf-8"), "html.parser")
        for name in names
    }
    app.emit("site-pages", pages)
    for name, soup in pages.items():
        (folder / name).write_text(str(soup), encoding="utf-8")


def setup(app):
    """Connect to Sphinx; called by Sphinx itself.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Returns
    -------
    dict
        That pages may be built in parallel.
    """
    app.add_event("site-pages")
    # After extensions that add files of their own when the build has finished.
    app.connect("build-finished", change_pages, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
