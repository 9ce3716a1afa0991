"""Pictures of notebooks get the alternative text that ``ae_lib.show`` stored, and their size."""

import re

from myst_nb.core.render import NbElementRenderer
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


def setup(app):
    """Connect to MyST-NB and to Sphinx."""
    NbElementRenderer.render_image = render_image_with_alt
    app.connect("html-page-context", size_pictures, priority=900)
