"""Tables whose columns stay where they are while rows arrive.

A browser shows a table as soon as its first rows are there, and would lay out its columns anew for
each wider row that follows: the text jumps, the more the slower the connection and the machine.
So the width of each column is found here from all rows, and stands before the first. It is said
twice, since a phone has less to share out. A table that needs more room than there is scrolls.
"""

from bs4 import BeautifulSoup

# How many letters have room beside each other, on a desk and on a phone.
WIDE, NARROW = 70, 36
# A longer word is broken, a shorter text is not.
WORD, SHORT = 16, 8
# On a phone a long text has lines of so many letters, though the table scrolls for it.
LINE = 14
# The space on both sides of a column, in letters.
SPACE = 2


def formula_width(formula):
    """Return the width of a drawn formula in letters, each as wide as the font's x is high.

    Examples
    --------
    >>> soup = BeautifulSoup('<span class="math"><svg width="3.5ex"></svg></span>', "html.parser")
    >>> formula_width(soup.span)
    3.5
    """
    return sum(float(svg["width"].removesuffix("ex")) for svg in formula.select("svg[width$=ex]"))


def measure(cell):
    """Return how long the content of a cell is, and what of it cannot be broken, in letters.

    Parameters
    ----------
    cell : bs4.Tag

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> measure(BeautifulSoup("<td>an image: its pixels</td>", "html.parser").td)
    (20, 6)
    >>> measure(BeautifulSoup("<td>10 of 10</td>", "html.parser").td)
    (8, 8)
    """
    formulas = cell.select(".math")
    words = [
        word
        for text in cell.find_all(string=True)
        if not any(formula in text.parents for formula in formulas)
        for word in text.split()
    ]
    widths = [formula_width(formula) for formula in formulas]
    length = sum(map(len, words)) + sum(widths) + max(len(words) + len(widths) - 1, 0)
    if length <= SHORT:
        return length, length
    return length, max([min(len(word), WORD) for word in words] + widths)


def share_out(lengths, least, room):
    """Say what share of a table's width each column takes, in percent.

    Parameters
    ----------
    lengths : list of float
        Letters in all cells of a column.
    least : list of float
        How many letters a column needs beside each other.
    room : int
        How many letters there is room for.

    Returns
    -------
    list of float

    Examples
    --------
    >>> share_out([100, 300], [10, 10], 40)
    [37.5, 62.5]
    >>> share_out([100, 300], [30, 90], 40)
    [25.0, 75.0]
    """
    rest = max(room - sum(least), 0)
    widths = [
        need + rest * length / sum(lengths) for need, length in zip(least, lengths, strict=True)
    ]
    return [round(100 * width / sum(widths), 1) for width in widths]


def fix_columns(table):
    """Say how wide the columns of a table are.

    Parameters
    ----------
    table : bs4.Tag

    Examples
    --------
    >>> rows = "<tr><th>a</th><th>b</th></tr><tr><td>ab</td><td>abcdef gh</td></tr>"
    >>> table = BeautifulSoup(f"<table>{rows}</table>", "html.parser").table
    >>> fix_columns(table)
    >>> table["class"], table["style"]
    (['fixed'], '--wide: 12ch; --narrow: 12ch')
    >>> [column["style"] for column in table.select("col")]
    ['--wide: 24.8%; --narrow: 26.5%', '--wide: 75.2%; --narrow: 73.5%']
    """
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    if len({len(row) for row in rows}) != 1 or table.select("[colspan], [rowspan], col"):
        return
    columns = [[measure(cell) for cell in column] for column in zip(*rows, strict=True)]
    lengths = [sum(length for length, _ in column) or 1 for column in columns]
    words = [max(word for _, word in column) + SPACE for column in columns]
    lines = [
        max(word, min(max(length for length, _ in column) / 3, LINE) + SPACE)
        for word, column in zip(words, columns, strict=True)
    ]
    table["class"] = [*table.get("class", []), "fixed"]
    table["style"] = f"--wide: {round(sum(words))}ch; --narrow: {round(sum(lines))}ch"
    both = share_out(lengths, words, WIDE), share_out(lengths, lines, NARROW)
    group = BeautifulSoup("<colgroup></colgroup>", "html.parser").colgroup
    for wide, narrow in zip(*both, strict=True):
        style = f"--wide: {wide}%; --narrow: {narrow}%"
        group.append(BeautifulSoup(f'<col style="{style}"/>', "html.parser"))
    # The only thing that may stand before it.
    if table.caption:
        table.caption.insert_after(group)
    else:
        table.insert(0, group)


def change_tables(app, pages):
    """Do this for the tables of all pages."""
    for soup in pages.values():
        for table in soup.select("article table.table"):
            fix_columns(table)
