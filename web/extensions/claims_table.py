"""The tally of claims on the website, made from ``book/claims.json``.

In a page of the website,

    ```{claims}
    ```

shows for each chapter a table of its claims: under how many seeds each held, and what numbers were
compared. Where a chapter's code is newer than its tally, the page says so.
"""

import ast
import statistics

from sphinx.util.docutils import SphinxDirective

from ae_lib.claims import comparisons
from tools.claims import tally as claims
from tools.claims.marks import read_chapter
from tools.course import ROOT, CourseError
from tools.notebooks import chapters

HEAD = """\
| claim | held | compared | room | condition |
|---|---|---|---|---|"""
TABLE = """\
:::{{table}}
:class: claims

{}
:::"""
NEWER = """\
:::{warning}
This chapter's code is newer than its tally, so the numbers below are those of an older version.
`make claims` makes the tally anew.
:::"""
MISSING = """\
:::{warning}
This chapter has claims but no tally yet. `make claims` makes it.
:::"""


def number(value):
    """Write a number for readers: four significant digits, more only before the point.

    Examples
    --------
    >>> [number(value) for value in (0.123456, 12.0, 13.8712, 48321, 2.5e-17)]
    ['0.1235', '12', '13.87', '48,321', '2.5e-17']
    """
    if 1000 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def spread(values):
    """Write the median of numbers, and the smallest and the largest where they differ.

    Examples
    --------
    >>> spread([8.2, 8.0, 8.1]), spread([17.5, 17.5])
    ('8.1 (8 to 8.2)', '17.5')
    """
    middle, low, high = (number(f(values)) for f in (statistics.median, min, max))
    return middle if low == high else f"{middle} ({low} to {high})"


def operands(condition, values):
    """Sort what an assertion compared by its comparisons and their operands.

    Parameters
    ----------
    condition : str
        The condition as it stands in the chapter.
    values : list of list of float
        What it compared under each seed, one number after the other. Where a loop came to the
        assertion more than once, all of it follows.

    Returns
    -------
    list of (list of list of float, list of str)
        For each comparison its operands, each as a list over seeds, and the symbols between them.

    Examples
    --------
    >>> operands("error < 9", [[7.5, 9], [7.9, 9]])
    [([[7.5, 7.9], [9, 9]], ['<'])]
    """
    parts = comparisons(ast.parse(condition, mode="eval").body)
    width = sum(len(nodes) for nodes, _ in parts)
    rows = [each[start : start + width] for each in values for start in range(0, len(each), width)]
    columns = list(zip(*rows, strict=True))
    found = []
    for nodes, symbols in parts:
        own, columns = columns[: len(nodes)], columns[len(nodes) :]
        found.append(([list(column) for column in own], symbols))
    return found


def compared(condition, values):
    """Write the numbers that an assertion compared, each as its spread over the seeds.

    Examples
    --------
    >>> compared("error < 0.6 * pca_error", [[7.5, 8.4], [7.9, 8.4], [7.8, 8.4]])
    '7.8 (7.5 to 7.9) < 8.4'
    >>> compared("all(found)", [])
    ''
    """
    texts = []
    for columns, symbols in operands(condition, values) if values else []:
        shown = [spread(column) if None not in column else "…" for column in columns]
        texts.append(shown[0])
        for symbol, text in zip(symbols, shown[1:], strict=True):
            texts[-1] += f" {symbol} {text}"
    return " and ".join(texts)


def room(condition, values):
    """Write by what factor the larger side was ahead of the smaller, under the worst seed.

    Examples
    --------
    >>> room("error < 0.6 * pca_error", [[7.5, 8.4], [7.0, 8.4]])
    '1.12'
    >>> room("low < error < high", [[2, 3, 5]]), room("error == 13.87", [[13.87, 13.87]])
    ('1.50', '')
    """
    ratios = []
    for columns, symbols in operands(condition, values) if values else []:
        for left, symbol, right in zip(columns[:-1], symbols, columns[1:], strict=True):
            small, large = (right, left) if symbol[0] == ">" else (left, right)
            positive = all(value is not None and value > 0 for value in small + large)
            if symbol[0] not in "<>" or not positive:
                return ""  # a factor says nothing there
            ratios += [more / less for less, more in zip(small, large, strict=True)]
    return _factor(min(ratios)) if ratios else ""


def _factor(ratio):
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}" if ratio < 1e6 else f"{ratio:.0e}"


def row(cells):
    r"""Write a row of a table as Markdown.

    Examples
    --------
    >>> print(row(["a", "b | c"]))
    | a | b \| c |
    """
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def table(entries):
    """Write the claims of a chapter as a Markdown table, a line for each assertion.

    Parameters
    ----------
    entries : list of dict
        As in ``book/claims.json``.

    Returns
    -------
    str

    Examples
    --------
    >>> entry = {"claim": "it beats PCA.", "held": 2, "of": 2, "code": ["error < pca_error"]}
    >>> print(table([entry | {"values": [[[8, 13.87], [9, 13.87]]]}]))
    | claim | held | compared | room | condition |
    |---|---|---|---|---|
    | It beats PCA. | 2 of 2 | 8.5 (8 to 9) < 13.87 | 1.54 | `error < pca_error` |
    """
    lines = [HEAD]
    for entry in entries:
        words = entry["claim"][0].upper() + entry["claim"][1:]
        held = f"{entry['held']} of {entry['of']}"
        for code, values in zip(entry["code"], entry["values"], strict=True):
            cells = [words, held, compared(code, values), room(code, values), f"`{code}`"]
            lines.append(row(cells))
            words = held = ""
    return "\n".join(lines)


def summary(chapter, entries, seconds):
    """Say in a few sentences how a chapter did."""
    marked = [entry for entry in entries if "claim" in entry]
    checks = [entry for entry in entries if "claim" not in entry]
    text = (
        f"[This chapter]({chapter.name}.ipynb) makes {claims.count(len(marked), 'claim')}, tried "
    )
    text += f"under {claims.count(len(seconds), 'seed')}: {_how_many(marked)} held under every one."
    if checks:
        text += f" Of {claims.count(len(checks), 'check')} besides, {_how_many(checks)} held."
    return f"{text} A run took {statistics.median(seconds):.0f} seconds on one core (median)."


def _how_many(entries):
    held = sum(entry["held"] == entry["of"] for entry in entries)
    return "all" if held == len(entries) else str(held)


def section(chapter, tally):
    """Write what the page says about a chapter, or nothing if the chapter makes no claim.

    Parameters
    ----------
    chapter : claims.Chapter
    tally : dict or None
        As in ``book/claims.json``.

    Returns
    -------
    str
    """
    known = tally["chapters"].get(chapter.name) if tally else None
    entries = claims.entries_of(tally, chapter.name) if known else []
    marked = [entry for entry in entries if "claim" in entry]
    if not marked and not chapter.claims:
        return ""
    parts = [f"## {chapter.title}"]
    if not marked:
        parts.append(MISSING)
    else:
        if known["digest"] != chapter.digest:
            parts.append(NEWER)
        parts += [summary(chapter, entries, known["seconds"]), TABLE.format(table(marked))]
    return "\n\n".join(parts)


def origin(tally):
    """Say with which versions, and on what processor, a tally was made.

    Examples
    --------
    >>> origin({"environment": {"python": "3.11", "numpy": "2.1", "processor": "Chip"}})
    'Made with python 3.11, numpy 2.1 on Chip.'
    """
    versions = dict(tally["environment"])
    processor = versions.pop("processor")
    made = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"Made with {made} on {processor}."


def page(root=ROOT):
    """Write the whole tally as Markdown.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    str
    """
    tally = claims.read_tally(root)
    read = [read_chapter(name, root) for name in chapters.names(root)]
    parts = [section(chapter, tally) for chapter in read]
    return "\n\n".join([*filter(None, parts), *([origin(tally)] if tally else [])])


class Claims(SphinxDirective):
    """Show the tally of claims."""

    def run(self):
        """Return the nodes of a section for each chapter."""
        try:
            text = page()
        except CourseError as error:
            raise self.error(str(error)) from error
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("claims", Claims)
