"""How ``make links`` looks at links that leave the website (Sphinx's builder linkcheck)."""

import re
from pathlib import Path

from tools.course import PLACEHOLDER, read_address

DOI = "https://doi.org/"


def registered(app, uri):
    """Return where to ask whether a DOI exists (``linkcheck-process-uri``).

    Publishers refuse programs, so that following a DOI to its article says nothing.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    uri : str

    Returns
    -------
    str or None
        None for all other addresses, which are asked themselves.

    Examples
    --------
    >>> registered(None, "https://doi.org/10.1126/science.1127647")
    'https://doi.org/api/handles/10.1126/science.1127647'
    """
    return f"{DOI}api/handles/{uri.removeprefix(DOI)}" if uri.startswith(DOI) else None


def setup(app):
    """Connect to Sphinx; leave out the repository while it has no owner."""
    app.connect("linkcheck-process-uri", registered)
    repository = read_address(Path(app.srcdir).parent)
    if f"/{PLACEHOLDER}/" in repository:
        app.config.linkcheck_ignore.append(re.escape(repository))
