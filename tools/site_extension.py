"""What the website needs beyond jupyter-book: a Sphinx extension, named in ``_config.yml``.

- Pictures of notebooks get the alternative text that ``ae_lib.show`` stored with them.
- They keep their proportions on a narrow screen, and their place while they are loading.
- "Suggest edit" leads to the chapter's script, the file that people edit, not to its notebook.
- Links between notebooks, which lead to Colab, lead to the pages of the website.
- A second button for Colab opens the notebook without its outputs.
- Pages do not name the foreign host of a program (Thebe) that this book does not use.
"""

import posixpath
import re
from pathlib import Path

import links
from myst_nb.core.render import NbElementRenderer
from notebooks import BLANK
from sphinx.util import logging

logger = logging.getLogger(__name__)

_render_image = NbElementRenderer.render_image


def render_image_with_alt(self, data):
    """Render a picture of a notebook with its alternative text; warn where there is none.

    Parameters
    ----------
    self : NbElementRenderer
    data : MimeData

    Returns
    -------
    list of docutils.nodes.Element
    """
    elements = _render_image(self, data)
    alt = data.output_metadata.get(data.mime_type, {}).get("alt")
    if not alt:
        logger.warning("A picture of a notebook has no alternative text: use ae_lib.show")
        return elements
    for element in elements:
        for image in element.findall(lambda node: node.tagname == "image"):
            image["alt"] = alt
    return elements


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
    >>> script_of("https://example.org/edit/main/book/04_pca.ipynb")
    'https://example.org/edit/main/chapters/04_pca.py'
    >>> script_of("https://example.org/edit/main/book/solutions/04_pca.ipynb")
    'https://example.org/edit/main/chapters/exercises/04_pca.py'
    >>> script_of("https://example.org/edit/main/book/notation.md")
    'https://example.org/edit/main/book/notation.md'
    """
    if not url.endswith(".ipynb"):
        return url
    start, _, name = url.removesuffix(".ipynb").rpartition("/book/")
    # Exercises and solutions come from one script.
    return f"{start}/chapters/{name.replace('solutions/', 'exercises/')}.py"


def link_pages(app, docname, source):
    """Shorten the links of a notebook before it is read (``source-read``)."""
    prefixes = links.read_prefixes(Path(app.srcdir).parent)
    source[0] = links.shorten(source[0], posixpath.dirname(docname), prefixes)


def sized_by_attributes(body):
    """Give pictures their size as attributes, which reserve room, instead of as a fixed style.

    Parameters
    ----------
    body : str
        HTML.

    Returns
    -------
    str

    Examples
    --------
    >>> sized_by_attributes('<img src="a.png" style="width: 750px; height: 400px;" />')
    '<img src="a.png" width="750" height="400" />'
    """
    return re.sub(r'style="width: (\d+)px; height: (\d+)px;?"', r'width="\1" height="\2"', body)


def size_pictures(app, pagename, templatename, context, doctree):
    """Change how the pictures of a page are sized (``html-page-context``)."""
    if "body" in context:
        context["body"] = sized_by_attributes(context["body"])


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
    >>> url = "https://colab.example/github/a/b/blob/main/book/04_pca.ipynb"
    >>> button = without_answers([{"text": "Binder", "url": ""}, {"text": "Colab", "url": url}])
    >>> button["text"], button["url"]
    ('Colab, without answers', 'https://colab.example/github/a/b/blob/main/book/without_answers/04_pca.ipynb')
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


def drop_thebe(app, pagename, templatename, context, doctree):
    """Take out scripts that name Thebe's host (``html-page-context``)."""
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "thebe" not in f"{script}{getattr(script, 'attributes', '')}".lower()
    ]


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
    NbElementRenderer.render_image = render_image_with_alt
    app.connect("source-read", link_pages)
    # After the theme and its extensions, which put buttons and scripts there.
    app.connect("html-page-context", size_pictures, priority=900)
    app.connect("html-page-context", lead_to_scripts, priority=900)
    app.connect("html-page-context", lead_to_blank, priority=900)
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
