"""One style sheet with the rules that the site uses, instead of ten with all.

A browser shows nothing before it has every style sheet of a page. The theme and its extensions
bring ten, of half a megabyte. Here they become one, in their order, and Lightning CSS shortens it
and takes out what neither a page nor a script names: classes, identifiers, variables.
"""

import posixpath
import re
from pathlib import Path

import lightningcss

from web.extensions.pages.assets import asset

SHEET = "_static/site.css"
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_VARIABLE = re.compile(r"--[\w-]+")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Rules with the fonts of icons, which are drawn instead.
_ICON_FONT = re.compile(r"[^{};]*\{[^{}]*(?:fa-font-|Font ?Awesome)[^{}]*\}")
_ANIMATION = re.compile(r"@(?:-\w+-)?keyframes\s+([\w-]+)")
_IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?["']?([^"')\s;]+)["']?\s*\)?\s*;""")


def used_names(pages, scripts):
    """Return every class and identifier of the pages, and every word of the scripts."""
    used = set()
    for soup in pages.values():
        for tag in soup.find_all(True):
            used.update(tag.get("class", []))
            used.add(tag.get("id"))
    for text in scripts:
        used.update(_WORD.findall(text))
    return used


def keep_used(css, used, others):
    """Return a sheet as short text, without what nothing uses.

    Parameters
    ----------
    css : str
    used : set of str
        Classes and identifiers that are there.
    others : str
        Scripts and pages, which may read variables too.

    Returns
    -------
    str

    Examples
    --------
    >>> keep_used("a { color: red } .x, .y { top: 0 } .z { --z: 1; left: 0 }", {"y", "z"}, "")
    'a{color:red}.x,.y{top:0}.z{left:0}'
    >>> keep_used(".x { left: 0 } .y:not(.x) { top: 0 }", {"y"}, "")
    '.y:not(.x){top:0}'
    >>> keep_used(".x, .y { animation: x 1s } @keyframes x { to { top: 0 } }", {"y"}, "")
    '.x,.y{animation:1s x}@keyframes x{to{top:0}}'
    >>> keep_used("a { --x: 1; --y: var(--x); color: red }", set(), "")
    'a{color:red}'
    """
    unused = set(re.findall(r"[.#](-?[A-Za-z_][\w-]*)", css)) - used
    elsewhere = set(_VARIABLE.findall(others))
    short, before = css, None
    # A variable may be read by another that nothing reads.
    while short != before:
        before = short
        read = set(re.findall(r"var\(\s*(--[\w-]+)", short)) | elsewhere
        unused |= set(_VARIABLE.findall(short)) - read
        short = lightningcss.process_stylesheet(short, unused_symbols=unused)
    # An animation goes, too, if it has the name of a class that is not there.
    moving = set(_WORD.findall(" ".join(re.findall(r"animation(?:-name)?:([^;}]*)", short))))
    lost = moving & set(_ANIMATION.findall(css)) - set(_ANIMATION.findall(short))
    return keep_used(css, used | lost, others) if lost else short


def rebase(css, sheet):
    """Make addresses in a sheet relative to the folder of the one sheet.

    Examples
    --------
    >>> rebase("a{background:url(../images/x.svg)}", "_static/styles/theme.css")
    'a{background:url(images/x.svg)}'
    """

    def moved(match):
        url = match[2]
        if url.startswith(("data:", "#", "http", "/")):
            return match[0]
        target = posixpath.relpath(posixpath.join(posixpath.dirname(sheet), url), "_static")
        return f"url({match[1]}{target}{match[1]})"

    return re.sub(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""", moved, css)


def read_sheet(folder, path):
    """Return a sheet, with the sheets that it imports.

    Parameters
    ----------
    folder : Path
        The site's.
    path : str

    Returns
    -------
    str
    """

    def imported(match):
        return read_sheet(folder, posixpath.normpath(f"{posixpath.dirname(path)}/{match[1]}"))

    return _IMPORT.sub(imported, rebase((folder / path).read_text(encoding="utf-8"), path))


def change_styles(app, pages):
    """Write the one sheet, and let each page load it."""
    folder = Path(app.outdir)
    sheets = []
    scripts = set()
    for soup in pages.values():
        for link in soup.select("link[rel=stylesheet]"):
            path = asset(link["href"])
            if path not in sheets:
                sheets.append(path)
        scripts |= {asset(script["src"]) for script in soup.select("script[src]")}
    texts = [(folder / path).read_text(encoding="utf-8") for path in sorted(scripts - {None})]
    used = used_names(pages, texts)
    inline = [tag.get_text() for soup in pages.values() for tag in soup.find_all("style")]
    inline += [tag["style"] for soup in pages.values() for tag in soup.find_all(style=True)]
    css = "\n".join(read_sheet(folder, path) for path in sheets)
    css = _ICON_FONT.sub("", _COMMENT.sub("", css))
    css = keep_used(css, used, "\n".join([*texts, *inline]))
    (folder / SHEET).write_text(css, encoding="utf-8")
    for soup in pages.values():
        first, *others = soup.select("link[rel=stylesheet]")
        start = first["href"].partition("_static/")[0]
        first.attrs = {"rel": "stylesheet", "href": f"{start}{SHEET}"}
        for link in others:
            link.decompose()
