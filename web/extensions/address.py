"""Where the website will stand, and what depends on it.

The address follows from the repository's in ``_config.yml``, so that a fork changes one line. It
is needed for the sitemap, for the cards that other sites show for a link, and for the page of
addresses that do not exist. Canonical links are written only where the repository has an owner:
they would send search engines away from a copy.
"""

from pathlib import Path
from urllib.parse import urlsplit

from tools.course import PLACEHOLDER, read_config

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


def site_address(repository):
    """Return where GitHub Pages shows the website of a repository.

    Parameters
    ----------
    repository : str
        The repository's address.

    Returns
    -------
    str
        Empty where the repository is not on GitHub, and the address therefore not known.

    Examples
    --------
    >>> site_address("https://github.com/Someone/course/")
    'https://someone.github.io/course/'
    >>> site_address("https://github.com/Someone/someone.github.io")
    'https://someone.github.io/'
    >>> site_address("https://git.example.org/someone/course")
    ''
    """
    host, _, name = repository.rstrip("/").removesuffix(".git").partition("://")[2].partition("/")
    owner, _, project = name.partition("/")
    if host != "github.com" or not project:
        return ""
    start = f"https://{owner.lower()}.github.io/"
    return start if project.lower() == f"{owner.lower()}.github.io" else f"{start}{project}/"


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
