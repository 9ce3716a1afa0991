"""One style sheet with the rules that the site uses, instead of ten with all.

A browser shows nothing before it has every style sheet of a page. The theme and its extensions
bring ten, of half a megabyte. Here they become one, in their order, without the rules that match
nothing: a rule stays if every name in its selector is used in a page or in a script.
"""

import posixpath
import re
from pathlib import Path

import tinycss2

from web.extensions.pages.assets import asset

SHEET = "_static/site.css"
# Fonts for icons, which site_icons draws.
_ICON_FONT = re.compile(r"fa-font-|Font Awesome|FontAwesome")
_NAME = re.compile(r"(::?)?([#.]|\[)?(-?[A-Za-z_](?:[\w-]|\\.)*)")
_FUNCTION = re.compile(r":[\w-]+\((?:[^()]|\([^()]*\))*\)")
_STRING = re.compile(r"""=\s*("[^"]*"|'[^']*'|[\w-]+)(?:\s+[is])?""")
_VARIABLE = re.compile(r"--[\w-]+")


def names_of(selector):
    """Return the elements, classes, identifiers and attributes that a selector asks for.

    Parameters
    ----------
    selector : str

    Returns
    -------
    set of str

    Examples
    --------
    >>> sorted(names_of("div.cell:not(.x) > pre#a[data-mode='light']::before"))
    ['a', 'cell', 'data-mode', 'div', 'pre']
    """
    plain = _STRING.sub("", _FUNCTION.sub("", selector))
    found = _NAME.finditer(plain)
    return {match[3].replace("\\", "") for match in found if not match[1]}


def used_names(pages, scripts):
    """Return every name that a selector may ask for, and that is there."""
    used = {"html", "body", "root"}
    for soup in pages.values():
        for tag in soup.find_all(True):
            used.add(tag.name)
            used.update(tag.attrs)
            used.update(tag.get("class", []))
            used.add(tag.get("id"))
    for text in scripts:
        used.update(re.findall(r"[A-Za-z_][\w-]*", text))
    return used


def keep_used(rules, used):
    """Return rules as short text, without those that match nothing.

    Parameters
    ----------
    rules : list of tinycss2.ast.Node
    used : set of str

    Returns
    -------
    str
    """
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [text.strip() for text in split(rule.prelude)]
            selectors = [text for text in selectors if names_of(text) <= used]
            body = shorten(tinycss2.serialize(rule.content))
            if selectors and body and not _ICON_FONT.search(body):
                kept.append(f"{shorten(','.join(selectors))}{{{body}}}")
        elif rule.type == "at-rule":
            start = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}".strip()
            if rule.content is None:
                kept += [] if rule.lower_at_keyword == "charset" else [f"{start};"]
                continue
            if rule.lower_at_keyword in ("media", "supports", "layer", "container"):
                inner = tinycss2.parse_rule_list(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                body = keep_used(inner, used)
            else:
                body = shorten(tinycss2.serialize(rule.content))
            if body and not _ICON_FONT.search(body):
                kept.append(f"{shorten(start)}{{{body}}}")
    return "".join(kept)


def split(prelude):
    """Split a selector list at its commas, those inside brackets aside."""
    parts = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part) for part in parts]


def shorten(text):
    """Take out line breaks, comments and last semicolons.

    Examples
    --------
    >>> shorten("  color: red;  /* why */ width: 1px; ")
    'color: red; width: 1px'
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text).strip(" ;")


def drop_unread_variables(css, others):
    """Take out custom properties that nothing reads, until none is left.

    Parameters
    ----------
    css : str
    others : str
        Scripts and pages, which may read them too.

    Returns
    -------
    str

    Examples
    --------
    >>> drop_unread_variables("a{--x:1;--y:var(--x);color:red}", "")
    'a{color:red}'
    """
    elsewhere = set(_VARIABLE.findall(others))
    while True:
        read = set(re.findall(r"var\(\s*(--[\w-]+)", css)) | elsewhere

        def without(match, read=read):
            return match[0] if match[2] in read else match[1]

        # A value may hold strings and brackets, with semicolons in them.
        shorter = re.sub(
            r"""(?<=[{;])(\s*)(--[\w-]+)\s*:(?:[^;{}"'()]|"[^"]*"|'[^']*'|\((?:[^()"']|"[^"]*"|'[^']*'|\([^()]*\))*\))*(?:;|(?=}))""",
            without,
            css,
        )
        if shorter == css:
            return re.sub(r"[^{};]+\{\s*\}", "", css)
        css = shorter


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
    """Return the rules of a sheet, those of sheets that it imports included.

    Parameters
    ----------
    folder : Path
        The site's.
    path : str

    Returns
    -------
    list of tinycss2.ast.Node
    """
    text = rebase((folder / path).read_text(encoding="utf-8"), path)
    rules = []
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            (url,) = [token.value for token in rule.prelude if token.type in ("string", "url")]
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), url))
            rules += read_sheet(folder, target)
        else:
            rules.append(rule)
    return rules


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
    css = ""
    for path in sheets:
        css += keep_used(read_sheet(folder, path), used)
    inline = [tag.get_text() for soup in pages.values() for tag in soup.find_all("style")]
    inline += [tag["style"] for soup in pages.values() for tag in soup.find_all(style=True)]
    css = drop_unread_variables(css, "\n".join([*texts, *inline]))
    (folder / SHEET).write_text(css, encoding="utf-8")
    for soup in pages.values():
        first, *others = soup.select("link[rel=stylesheet]")
        start = first["href"].partition("_static/")[0]
        first.attrs = {"rel": "stylesheet", "href": f"{start}{SHEET}"}
        for link in others:
            link.decompose()
