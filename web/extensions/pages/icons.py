"""The icons that pages use, and no others.

The theme loads Font Awesome's script and fonts, a megabyte, for some twenty icons. Here each icon
is drawn from the same script while the site is built, and stands in the page as SVG.
"""

import re
from pathlib import Path

SCRIPT = "_static/scripts/fontawesome.js"
# Words of a class that say how an icon is drawn, not which one it is.
STYLES = {"fa", "fas", "far", "fab", "fa-solid", "fa-regular", "fa-brands", "fa-lg", "fa-fw"}
_DEFINITION = re.compile(
    r"""["']?([a-z][a-z0-9-]*)["']?:\[(\d+),(\d+),\[([^\]]*)\],"[0-9a-f]+","([^"]+)"\]"""
)


def read_icons(script):
    """Return the icons that Font Awesome's script defines.

    Parameters
    ----------
    script : str

    Returns
    -------
    dict
        From name, other names included, to width, height and path. Where an icon is both solid
        and outlined, it is the solid one, which the script defines last.

    Examples
    --------
    >>> read_icons('{bars:[448,512,["navicon"],"f0c9","M0 96"]}')
    {'bars': (448, 512, 'M0 96'), 'navicon': (448, 512, 'M0 96')}
    """
    icons = {}
    for name, width, height, others, path in _DEFINITION.findall(script):
        for word in (name, *re.findall(r'"([a-z][a-z0-9-]*)"', others)):
            icons[word] = (int(width), int(height), path)
    return icons


def draw(soup, icon, classes):
    """Return an icon as an SVG element that assistive software passes over."""
    width, height, path = icon
    drawn = soup.new_tag("svg", attrs={"class": " ".join(["icon", *classes])})
    drawn["viewBox"] = f"0 0 {width} {height}"
    drawn["aria-hidden"] = "true"
    drawn["focusable"] = "false"
    drawn.append(soup.new_tag("path", attrs={"fill": "currentColor", "d": path}))
    return drawn


def draw_icons(app, pages):
    """Put SVG where Font Awesome's script would have put it."""
    icons = read_icons((Path(app.outdir) / SCRIPT).read_text(encoding="utf-8"))
    for name, soup in pages.items():
        for tag in soup.select("i[class*='fa-'], span[class*='fa-']"):
            classes = tag["class"]
            (icon,) = {word for word in classes if word.startswith("fa-")} - STYLES
            if icon.removeprefix("fa-") not in icons:
                raise ValueError(f"{name} uses the icon {icon}, which Font Awesome does not have")
            kept = [word for word in classes if word not in STYLES and word != icon]
            drawn = draw(soup, icons[icon.removeprefix("fa-")], kept)
            if "fa-lg" in classes:
                drawn["class"] += " icon-large"
            for attribute in ("data-mode",):
                if attribute in tag.attrs:
                    drawn[attribute] = tag[attribute]
            tag.replace_with(drawn)
