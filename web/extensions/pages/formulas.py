"""Formulas drawn while the site is built.

MathJax is 2.3 MB of script, which a phone takes seconds to run, and the text jumps when it has. So
it runs here, in V8 as the package ``mini-racer`` brings it, and pages hold the finished SVG. MathML
for those who listen stands beside each formula, as MathJax puts it there in a browser. The shapes
of letters stand once in a page, however often it uses them.
"""

import contextlib
import json
from pathlib import Path

from bs4 import BeautifulSoup
from py_mini_racer import MiniRacer

STYLES = "_static/formulas.css"

# MathJax asks for what a browser or Node.js has: it uses none of it to draw.
SURROUNDINGS = """
var global = globalThis;
var process = {env: {}, versions: {}};
var require = () => ({
  DOMImplementation: function () { this.createDocument = () => ({}); }, install() {}, sep: "/"
});
globalThis.console = {log() {}, warn() {}, error() {}, info() {}};
globalThis.MathJax = {loader: {load: []}, startup: {typeset: false, ready() {}}};
0
"""

# One document for each page, so that each page has the shapes of its own letters.
PAGES = """
var parts = MathJax._;
var adaptor = parts.adaptors.liteAdaptor.liteAdaptor();
parts.a11y["assistive-mml"].AssistiveMmlHandler(
  parts.handlers.html_ts.RegisterHTMLHandler(adaptor)
);
// These two fetch others, and all are here.
var packages = parts.input.tex.AllPackages.AllPackages.filter(
  (name) => !["autoload", "require", "noerrors", "noundefined"].includes(name)
);
function drawPage(formulas) {
  const svg = new parts.output.svg_ts.SVG({fontCache: "global"});
  const tex = new parts.input.tex_ts.TeX({
    packages, formatError(jax, error) { throw new Error(error.message); }
  });
  const page = parts.mathjax.mathjax.document("", {InputJax: tex, OutputJax: svg});
  const drawn = formulas.map(([text, display]) => {
    try {
      return adaptor.outerHTML(page.convert(text, {display, em: 16, ex: 8}));
    } catch (error) {
      return "! " + error.message;
    }
  });
  const shapes = adaptor.outerHTML(svg.pageElements(page));
  return JSON.stringify([drawn, shapes, adaptor.textContent(svg.styleSheet(page))]);
}
0
"""


class FormulaError(ValueError):
    """A formula that MathJax cannot read; the message says which, and why."""


class Pen:
    """MathJax, ready to draw.

    Parameters
    ----------
    vendored : Path
        The folder of MathJax's scripts.
    """

    def __init__(self, vendored):
        self._engine = MiniRacer()
        for text in (
            SURROUNDINGS,
            (vendored / "tex-svg-full.js").read_text(encoding="utf-8") + "\n0",
            (vendored / "liteDOM.js").read_text(encoding="utf-8") + "\n0",
            PAGES,
        ):
            self._engine.eval(text)

    def close(self):
        """Stop the engine, whose thread would keep Python from ending."""
        self._engine.close()

    def draw(self, formulas):
        """Draw the formulas of one page.

        Parameters
        ----------
        formulas : list of (str, bool)
            TeX, and whether the formula has a line of its own.

        Returns
        -------
        drawn : list of str
            HTML, one for each formula.
        shapes : str
            HTML that has to stand in the same page: the shapes that they share.
        styles : str
            CSS.
        """
        drawn, shapes, styles = json.loads(self._engine.eval(f"drawPage({json.dumps(formulas)})"))
        for (text, _), html in zip(formulas, drawn, strict=True):
            if html.startswith("! "):
                raise FormulaError(f"MathJax cannot read {text!r}: {html[2:]}")
        return drawn, shapes, styles


def tex_of(tag):
    r"""Return the TeX of a formula as Sphinx writes it, and whether it has a line of its own.

    Examples
    --------
    >>> soup = BeautifulSoup(r'<span class="math">\(a &lt; b\)</span>', "html.parser")
    >>> tex_of(soup.span)
    ('a < b', False)
    """
    text = tag.get_text().strip()
    display = text.startswith(r"\[")
    return text[2:-2].strip(), display


def draw_formulas(app, pages):
    """Put drawn formulas in the place of TeX."""
    folder = Path(app.outdir)
    with contextlib.closing(Pen(Path(app.confdir).parent / "vendor" / "mathjax")) as pen:
        for name, soup in pages.items():
            tags = [
                tag
                for tag in soup.select(".math")
                if tag.get_text().strip().startswith(("\\(", "\\["))
            ]
            if not tags:
                continue
            try:
                drawn, shapes, styles = pen.draw([tex_of(tag) for tag in tags])
            except FormulaError as error:
                raise FormulaError(f"{name}: {error}") from None
            for tag, html in zip(tags, drawn, strict=True):
                tag.clear()
                tag.append(BeautifulSoup(html, "html.parser"))
            soup.body.append(BeautifulSoup(shapes, "html.parser"))
            (folder / STYLES).write_text(styles, encoding="utf-8")
            steps = "../" * name.count("/")
            soup.head.append(soup.new_tag("link", rel="stylesheet", href=f"{steps}{STYLES}"))
