"""Light pictures that keep their place.

Every picture of a page gets its width and height, so that text does not jump when it arrives, and
those that are not seen at once are loaded when they come near. PNG becomes WebP where that is
smaller: lossless, but for maps of thousands of dots, which losses that nobody sees make half as
heavy. Notebooks keep their PNG; this happens in the built pages only.
"""

import hashlib
import io
import posixpath
import re
from pathlib import Path

from PIL import Image

from tools.made import write
from web.extensions.pages.assets import asset

# How WebP is written without and with losses, and what share of the lossless size is worth a loss.
LOSSLESS = {"lossless": True, "quality": 90, "method": 5, "exact": False}
LOSSY = {"quality": 90, "method": 5}
WORTH = 0.6
# What is seen without scrolling: these are loaded at once.
FIRST = 1


def svg_size(text):
    """Return the size that an SVG picture states, in pixels.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of int
        Width and height.

    Examples
    --------
    >>> svg_size('<svg height="20pt" viewBox="0 0 30 20" width="30pt">')
    (40, 27)
    >>> svg_size('<svg viewBox="0 0 30 20">')
    (30, 20)
    """
    head = re.search(r"<svg\b[^>]*>", text)[0]
    stated = [re.search(rf'\s{side}="([\d.]+)(pt|px)?"', head) for side in ("width", "height")]
    if all(stated):
        # A point is 4/3 pixels.
        return tuple(
            round(float(found[1]) * (4 / 3 if found[2] == "pt" else 1)) for found in stated
        )
    box = re.search(r'viewBox="([^"]+)"', head)[1].split()
    return round(float(box[2])), round(float(box[3]))


def size(path):
    """Return a picture's width and height in pixels."""
    if path.suffix == ".svg":
        return svg_size(path.read_text(encoding="utf-8"))
    with Image.open(path) as picture:
        return picture.size


def written(picture, options):
    """Return a picture as the bytes of a WebP file."""
    content = io.BytesIO()
    picture.save(content, "WEBP", **options)
    return content.getvalue()


def as_webp(path, cache):
    """Write a PNG as WebP beside it.

    Parameters
    ----------
    path : Path
    cache : Path
        A folder for what was converted once, since that takes a second for a large picture.

    Returns
    -------
    Path
        The smaller of the two files.
    """
    original = path.read_bytes()
    how = repr((LOSSLESS, LOSSY, WORTH)).encode()
    kept = cache / f"{hashlib.sha256(original + how).hexdigest()}.webp"
    if not kept.exists():
        with Image.open(io.BytesIO(original)) as picture:
            exact, near = (written(picture, options) for options in (LOSSLESS, LOSSY))
        cache.mkdir(parents=True, exist_ok=True)
        # In one step, because what is half written here would be taken for good ever after.
        write(near if len(near) < WORTH * len(exact) else exact, kept)
    if kept.stat().st_size >= len(original):
        return path
    target = path.with_suffix(".webp")
    target.write_bytes(kept.read_bytes())
    return target


def size_theme(soup, folder):
    """Give the theme's own pictures, the logo for example, their size.

    Parameters
    ----------
    soup : bs4.BeautifulSoup
        A page.
    folder : Path
        The site's.
    """
    for image in soup.select("img[src*='_static/']:not([width])"):
        image["width"], image["height"] = map(str, size(folder / asset(image["src"])))


def change_pictures(app, pages):
    """Give the pictures of all pages size, time and format."""
    folder = Path(app.outdir)
    cache = Path(app.confdir).parent / "build" / "webp"
    lighter = {}
    for name, soup in pages.items():
        here = posixpath.dirname(name)
        for number, image in enumerate(soup.select("article img[src]")):
            target = posixpath.normpath(posixpath.join(here, image["src"]))
            path = folder / target
            if not path.is_file():
                continue
            if not (image.get("width") and image.get("height")):
                image["width"], image["height"] = map(str, size(path))
            if number >= FIRST:
                image["loading"] = "lazy"
            image["decoding"] = "async"
            if path.suffix == ".png":
                if path not in lighter:
                    lighter[path] = as_webp(path, cache)
                image["src"] = image["src"].removesuffix(".png") + lighter[path].suffix
        size_theme(soup, folder)
    for name, soup in pages.items():
        for link in soup.select("a[href$='.png']"):
            path = folder / posixpath.normpath(
                posixpath.join(posixpath.dirname(name), link["href"])
            )
            if path in lighter:
                link["href"] = link["href"].removesuffix(".png") + lighter[path].suffix
    for path, kept in lighter.items():
        # What Sphinx copied for the pages; files in _static have an address that others know.
        if kept != path and path.parent.name == "_images":
            path.unlink()
