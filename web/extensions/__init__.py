"""What the website needs beyond jupyter-book: one Sphinx extension, named in ``_config.yml``.

Each module does one job, and its ``setup`` connects it to Sphinx. Those in ``pages`` change the
finished pages, in the order that is listed there.
"""

from web.extensions import (
    address,
    alt_texts,
    benchmark_table,
    buttons,
    claims_table,
    errors_table,
    external_links,
    notebook_links,
    pages,
    unused_scripts,
)

PARTS = [
    notebook_links,
    alt_texts,
    buttons,
    unused_scripts,
    benchmark_table,
    claims_table,
    errors_table,
    address,
    external_links,
    pages,
]


def setup(app):
    """Set up all parts; called by Sphinx itself.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Returns
    -------
    dict
        That pages may be built in parallel.
    """
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
