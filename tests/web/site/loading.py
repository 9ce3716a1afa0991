"""What a browser loads for a page without being asked."""

import re
from urllib.parse import urlsplit

# Attributes by which a browser loads something without being asked.
LOADED = {
    "audio": ["src"],
    "embed": ["src"],
    "iframe": ["src"],
    "img": ["src", "srcset"],
    "input": ["src"],
    "object": ["data"],
    "script": ["src"],
    "source": ["src", "srcset"],
    "video": ["src", "poster"],
}
# Of a <link> only these are not loaded.
POINTERS = {"author", "canonical", "index", "license", "next", "prev", "search", "copyright"}


def is_foreign(url):
    return bool(urlsplit(url.strip()).netloc)


def loaded_by(soup):
    """Return what a browser loads for a page: scripts, styles, pictures, frames, icons."""
    urls = []
    for name, attributes in LOADED.items():
        for tag in soup.find_all(name):
            for attribute in attributes:
                value = tag.get(attribute) or ""
                parts = value.split(",") if attribute == "srcset" else [value]
                urls += [part.split()[0] for part in parts if part.strip()]
    for link in soup.find_all("link", href=True):
        if not set(link.get("rel", [])) & POINTERS:
            urls.append(link["href"])
    return urls


def loaded_by_css(text):
    """Return what a style sheet loads: imports, fonts and pictures."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.findall(r"""url\(\s*["']?([^"')]+)""", text)
    return found + re.findall(r"""@import\s+["']([^"']+)""", text)
