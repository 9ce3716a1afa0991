"""Show chapters' readers what they can play with: a Sphinx extension.

Where a chapter's text links to a plaything, a small picture of it that leads there as well follows
the paragraph. Only the website has it: in Colab and in other viewers the link alone stands there.
"""

import copy
import posixpath
from pathlib import Path

from PIL import Image

PAGE = "play.html"
# Twice as many pixels as it takes on the page, for screens with fine ones.
WIDTH = 480


def find_playthings(soup):
    """Return title and still picture of each plaything, by the anchor of its section.

    Parameters
    ----------
    soup : bs4.BeautifulSoup
        The page of the playthings.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> section = '<section id="map"><h2>A map<a>#</a></h2><div class="plaything"><img/></div>'
    >>> find_playthings(BeautifulSoup(section, "html.parser"))
    {'map': ('A map', <img/>)}
    """
    found = {}
    for image in soup.select(".plaything img"):
        section = image.find_parent("section")
        heading = copy.copy(section.find(["h1", "h2"]))
        for anchor in heading.find_all("a"):
            anchor.decompose()
        found[section["id"]] = heading.get_text(strip=True), image
    return found


def small_picture(path):
    """Write a small copy of a picture beside it, and return its path and size."""
    target = path.with_name(f"{path.stem}_small.webp")
    with Image.open(path) as picture:
        height = round(picture.height * WIDTH / picture.width)
        picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS).save(
            target, "WEBP", quality=80
        )
    return target, (WIDTH // 2, height // 2)


def change_links(app, pages):
    """Put a picture below each paragraph that leads to a plaything (``site-pages``)."""
    folder = Path(app.outdir)
    if PAGE not in pages:
        return
    playthings = find_playthings(pages[PAGE])
    small = {
        anchor: small_picture(folder / image["src"]) for anchor, (_, image) in playthings.items()
    }
    for name, soup in pages.items():
        here = posixpath.dirname(name)
        for link in soup.select(f"article p a[href*='{PAGE}#']"):
            anchor = link["href"].partition("#")[2]
            if name == PAGE or anchor not in playthings:
                continue
            title, still = playthings[anchor]
            path, (width, height) = small[anchor]
            picture = soup.new_tag(
                "img",
                src=posixpath.relpath(path.relative_to(folder).as_posix(), here or "."),
                alt=still["alt"],
                width=str(width),
                height=str(height),
            )
            words = soup.new_tag("span")
            words.string = f"Play: {title}"
            card = soup.new_tag("a", attrs={"class": "to-play", "href": link["href"]})
            card.extend([picture, words])
            link.find_parent("p").insert_after(card)


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
    app.setup_extension("site_pages")
    # Before pictures are told when to load.
    app.connect("site-pages", change_links, priority=50)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
