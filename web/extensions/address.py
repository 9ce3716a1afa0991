"""Where the website will stand, and what depends on it.

The address follows from the repository's in ``_config.yml``, so that a fork changes one line. It
is needed for the sitemap, for the cards that other sites show for a link, and for the page of
addresses that do not exist. Canonical links are written only where the repository has an owner:
they would send search engines away from a copy.
"""

from pathlib import Path
from urllib.parse import urlsplit

from tools.course import PLACEHOLDER, read_config, site_address

CARD = "_static/landing.png"
NOT_FOUND = """\
<h1>There is no such page</h1>
<p>The address may have a slip of the pen in it, or the page has moved.</p>
<ul>
<li><a href="{folder}index.html">The first page</a> shows the way through the course.</li>
<li><a href="{folder}search.html">Search</a> for what you had in mind.</li>
<li><a href="{repository}/issues/new">Tell us</a> which link led here.</li>
</ul>
"""


def setup(app):
    """Set up the extensions that need the address."""
    settings = read_config(Path(app.srcdir).parent)
    repository = settings["repository"]["url"]
    address = site_address(repository)
    app.setup_extension("notfound.extension")
    folder = urlsplit(address).path or "/"
    app.config.notfound_urls_prefix = folder
    body = NOT_FOUND.format(folder=folder, repository=repository.rstrip("/"))
    app.config.notfound_context = {"title": "There is no such page", "body": body}
    if address:
        for name in ("sphinx_sitemap", "sphinxext.opengraph"):
            app.setup_extension(name)
        app.config.site_url = app.config.ogp_site_url = address
        app.config.ogp_site_name = settings["title"]
        # Cards cannot show the logo, an SVG; without a small picture they show Sphinx's.
        app.config.ogp_social_cards = {"image": CARD, "image_mini": CARD}
        app.config.sitemap_url_scheme = "{link}"
        if f"/{PLACEHOLDER}/" not in repository:
            app.config.html_baseurl = address
