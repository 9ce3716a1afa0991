"""The buttons above a page: their icons, what they edit, a notebook without its outputs."""

from tools.course import BLANK

# The icons of the theme's buttons, by name as in Font Awesome, which the theme brings.
ICONS = {
    "download-buttons": "fas fa-download",
    "fullscreen-button": "fas fa-expand",
    "launch-buttons": "fas fa-rocket",
}


def script_of(url):
    """Turn the address at which a notebook is edited into that of the script it is made from.

    Parameters
    ----------
    url : str

    Returns
    -------
    str

    Examples
    --------
    >>> script_of("https://example.org/edit/main/book/05_pca.ipynb")
    'https://example.org/edit/main/chapters/05_pca.py'
    >>> script_of("https://example.org/edit/main/book/solutions/05_pca.ipynb")
    'https://example.org/edit/main/chapters/exercises/05_pca.py'
    >>> script_of("https://example.org/edit/main/book/notation.md")
    'https://example.org/edit/main/book/notation.md'
    """
    if not url.endswith(".ipynb"):
        return url
    start, _, name = url.removesuffix(".ipynb").rpartition("/book/")
    # Exercises and solutions come from one script.
    return f"{start}/chapters/{name.replace('solutions/', 'exercises/')}.py"


def lead_to_scripts(app, pagename, templatename, context, doctree):
    """Change the edit button of a chapter's page (``html-page-context``)."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("label") == "source-edit-button":
                button["url"] = script_of(button["url"])


def without_answers(buttons):
    """Return the button that opens a notebook without its outputs in Colab, or None.

    Parameters
    ----------
    buttons : list of dict
        The theme's launch buttons of a page.

    Examples
    --------
    >>> url = "https://colab.example/github/a/b/blob/main/book/05_pca.ipynb"
    >>> button = without_answers([{"text": "Binder", "url": ""}, {"text": "Colab", "url": url}])
    >>> button["text"], button["url"]
    ('Colab, without answers', 'https://colab.example/github/a/b/blob/main/book/without_answers/05_pca.ipynb')
    """
    for button in buttons:
        start, found, name = button.get("url", "").rpartition("/book/")
        # Solutions are answers.
        if button.get("text") == "Colab" and found and not name.startswith("solutions/"):
            return {
                **button,
                "text": "Colab, without answers",
                "tooltip": "Launch on Colab without outputs, to predict before you see",
                "url": f"{start}/book/{BLANK}/{name}",
            }
    return None


def lead_to_blank(app, pagename, templatename, context, doctree):
    """Add the button that opens a notebook without outputs (``html-page-context``)."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            button = without_answers(group["buttons"])
            group["buttons"] += [button] if button else []


def give_icons(app, pagename, templatename, context, doctree):
    """Give the theme's buttons their icons (``html-page-context``)."""
    for button in context.get("header_buttons", []):
        if button.get("label") in ICONS:
            button["icon"] = ICONS[button["label"]]


def setup(app):
    """Connect to Sphinx, after the theme, which puts the buttons there."""
    app.connect("html-page-context", give_icons, priority=900)
    app.connect("html-page-context", lead_to_scripts, priority=900)
    app.connect("html-page-context", lead_to_blank, priority=900)
