"""Change the finished pages, one pass after the other.

Templates of the theme put into a page what no handler of Sphinx can reach: scripts, style sheets,
icons. So once all pages are written, each is read as a tree, handed to the passes below, and
written again.
"""

from pathlib import Path

from bs4 import BeautifulSoup

from web.extensions.pages import (
    claim_badges,
    demo_cards,
    demo_scripts,
    formulas,
    icons,
    landmarks,
    palette,
    pictures,
    scripts,
    styles,
    tables,
)
from web.extensions.pages.assets import STATIC

# Functions of ``(app, pages)``; ``pages`` is a dict from a page's path, such as
# ``exercises/05_pca.html``, to its ``BeautifulSoup``.
PASSES = [
    # Links with a picture, before pictures are told when to load.
    demo_cards.change_links,
    # What a page shows.
    claim_badges.change_claims,
    demo_scripts.add_scripts,
    pictures.change_pictures,
    formulas.draw_formulas,
    icons.draw_icons,
    # Tables have room for all of that; formulas are as wide as they are drawn.
    tables.change_tables,
    # What a page loads.
    palette.add_sheet,
    scripts.change_scripts,
    # How it is reached: names, landmarks, keyboard.
    landmarks.change_reach,
    # The rules that all of the above need.
    styles.change_styles,
]


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
    for change in PASSES:
        change(app, pages)
    for name, soup in pages.items():
        (folder / name).write_text(str(soup), encoding="utf-8")


def setup(app):
    """Connect to Sphinx, after extensions that add files of their own when the build has ended."""
    app.connect("build-finished", change_pages, priority=900)
