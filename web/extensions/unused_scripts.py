"""Pages do not load programs that draw formulas in the browser (MathJax) or run code (Thebe).

Formulas are drawn while the site is built, and Thebe's script names a foreign host.
"""

UNUSED = ("mathjax", "thebe")


def drop_unused(app, pagename, templatename, context, doctree):
    """Take out the scripts of programs that the book does not use (``html-page-context``)."""
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if not any(
            name in f"{script}{getattr(script, 'attributes', '')}".lower() for name in UNUSED
        )
    ]


def setup(app):
    """Connect to Sphinx, after its extensions, which add the scripts."""
    app.connect("html-page-context", drop_unused, priority=900)
