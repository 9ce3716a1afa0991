"""No script where nothing needs it, and none that keeps a page waiting.

- Every script waits until the page is read (``defer``), in the order in which it stands.
- The search index is for the page that searches; the button to copy for pages with code.
- Font Awesome's script is not needed, since ``icons.py`` draws the icons.
- Where a browser refuses storage, as in a sandboxed frame, scripts get some that lasts as long as
  the page: the theme's would stop at once, and with them its buttons and its search.
- The colours of a first visit are known before anything is drawn. The theme would leave them to a
  script that comes later, and show both logos until then.
"""

import re

from web.extensions.pages.assets import asset

# Never needed: icons are drawn already, and notebooks run elsewhere.
DROPPED = {"_static/scripts/fontawesome.js", "_static/sphinx-thebe.js"}
# Needed only where a page has what this selector finds.
WANTED_BY = {
    "_static/clipboard.min.js": "div.highlight pre",
    "_static/copybutton.js": "div.highlight pre",
    "_static/design-tabs.js": ".sd-tab-set",
    "_static/togglebutton.js": ".toggle, .admonition.dropdown, [class*='tag_hide']",
    "_static/searchtools.js": "#search-results",
    "_static/language_data.js": "#search-results",
}
# Settings written into the page for scripts that are not there, or that have them as a default.
_SETTINGS = re.compile(r"\s*(DOCUMENTATION_OPTIONS\.|kernelName|(var|let|const)\s+(thebe_|toggle))")

# In the script that the theme writes into the head of each page.
_LATE = 'localStorage.getItem("theme") || "auto"'
_AT_ONCE = (
    'localStorage.getItem("theme") || '
    '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")'
)

# Goes before the script above. Storage may be refused, absent, or full before anything is in it.
GUARD = """
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].setItem("tried", "");
    window[name].removeItem("tried");
  } catch {
    const kept = new Map();
    const value = {
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, item) => void kept.set(String(key), String(item)),
      removeItem: (key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
      key: (i) => [...kept.keys()][i] ?? null,
      get length() { return kept.size; },
    };
    Object.defineProperty(window, name, { value });
  }
}
"""


def is_needed(script, soup):
    """Say whether a page needs one of its scripts.

    Parameters
    ----------
    script : bs4.Tag
    soup : bs4.BeautifulSoup
        The page.

    Returns
    -------
    bool
    """
    if not script.get("src"):
        if "toggle" in script.get_text()[:40]:
            return bool(soup.select_one(WANTED_BY["_static/togglebutton.js"]))
        return (
            not _SETTINGS.match(script.get_text()) and script.get("type") != "text/x-thebe-config"
        )
    if script["src"].partition("?")[0].endswith("searchindex.js"):
        return bool(soup.select_one("#search-results"))
    path = asset(script["src"])
    if path in DROPPED:
        return False
    return path not in WANTED_BY or bool(soup.select_one(WANTED_BY[path]))


def change_scripts(app, pages):
    """Take scripts out, and let the others wait."""
    for soup in pages.values():
        for script in soup.find_all("script"):
            if not is_needed(script, soup):
                script.decompose()
            elif script.get("src"):
                script["defer"] = ""
            elif _LATE in script.get_text():
                script.string = GUARD + script.get_text().replace(_LATE, _AT_ONCE)
        # They would fetch scripts before the style sheet, which comes first.
        for link in soup.select("link[rel=preload][as=script]"):
            link.decompose()
