"""The course's colours for style sheets and interactive demos.

What ``ae_lib/plots/palette.json`` says becomes one style sheet of custom properties, a colour for
each role: ``var(--colour-pca)`` in a style sheet, ``colour("--colour-pca")`` in a demo. Figures are
printed cards, so there is one set of colours for light and dark pages.
"""

from pathlib import Path

from ae_lib.plots.style import COLOURS, DIGIT_COLOURS, DRAWN

SHEET = "_static/palette.css"


def style_sheet():
    """Return the style sheet of the palette.

    Returns
    -------
    str

    Examples
    --------
    >>> print(style_sheet())
    :root {
      --colour-data: #...;
      --colour-pca: #...;
    ...
    """
    colours = {**COLOURS, **DRAWN, "digits": ", ".join(DIGIT_COLOURS)}
    lines = [f"  --colour-{role}: {colour};\n" for role, colour in colours.items()]
    return f":root {{\n{''.join(lines)}}}\n"


def add_sheet(app, pages):
    """Write the style sheet, and let each page load it."""
    (Path(app.outdir) / SHEET).write_text(style_sheet(), encoding="utf-8")
    for name, soup in pages.items():
        steps = "../" * name.count("/")
        soup.head.append(soup.new_tag("link", rel="stylesheet", href=f"{steps}{SHEET}"))
