"""Show chapters' readers which demo they can play with.

Where a chapter's text links to a demo, a small picture of it that leads there as well follows
the paragraph. Only the website has it: in Colab and in other viewers the link alone stands there.
"""

import copy
import posixpath
from pathlib import Path

from PIL import Image

PAGE = "play.html"
# Twice as many pixels as it takes on the page, for screens with fine ones.
WIDTH = 480


def find_demos(soup):
    """Return title and still picture of each demo, by the anchor of its section.

    Parameters
    ----------
    soup : bs4.BeautifulSoup
        The page of the demos.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> section = '<section id="map"><h2>A map<a>#</a></h2><div class="demo"><img/></div>'
    >>> find_demos(BeautifulSoup(section, "html.parser"))
    {'map': ('A map', <img/>)}
    """
    found = {}
    for image in soup.select(".demo img"):
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
    """Put a picture below each paragraph that leads to a demo."""
    folder = Path(app.outdir)
    if PAGE not in pages:
        return
    demos = find_demos(pages[PAGE])
    small = {anchor: small_picture(folder / image["src"]) for anchor, (_, image) in demos.items()}
    for name, soup in pages.items():
        here = posixpath.dirname(name)
        for link in soup.select(f"article p a[href*='{PAGE}#']"):
            anchor = link["href"].partition("#")[2]
            if name == PAGE or anchor not in demos:
                continue
            title, still = demos[anchor]
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
