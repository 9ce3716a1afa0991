"""Addresses of what pages load: style sheets, scripts and pictures below ``_static``."""

STATIC = "_static/"


def asset(url):
    """Return where an address inside ``_static`` leads, as a path from the site's root.

    Parameters
    ----------
    url : str
        As a page writes it: relative to the page, or from the server's root on the page 404.

    Returns
    -------
    str or None
        None where it leads elsewhere.

    Examples
    --------
    >>> asset("../_static/styles/theme.css?digest=55c2")
    '_static/styles/theme.css'
    >>> asset("searchindex.js")
    """
    _, found, rest = url.partition(STATIC)
    return STATIC + rest.partition("?")[0] if found else None
