"""How many minutes a chapter takes to read, counted from its words, code and formulas.

The rates are rough: two chapters that a reader timed took 35 and 70 minutes, and by these rates
they take 33 and 51. Code that the website folds is not counted, and neither is what cells print or
draw.
"""

import re

WORDS_A_MINUTE = 200
LINES_A_MINUTE = 20
MINUTES_A_FORMULA = 1  # only those that stand on a line of their own


def minutes_of_reading(cells):
    r"""Return the minutes for the cells of a chapter.

    Parameters
    ----------
    cells : list of NotebookNode
        As jupytext reads them.

    Returns
    -------
    float

    Examples
    --------
    >>> import nbformat
    >>> text = nbformat.v4.new_markdown_cell("word " * 100 + "$$x = 1 \tag{1.1}$$")
    >>> minutes_of_reading([text, nbformat.v4.new_code_cell("x = 1\n\ny = 2")])
    1.6
    """
    words = lines = formulas = 0
    for cell in cells:
        if cell.cell_type == "markdown":
            text, found = re.subn(r"\$\$.*?\$\$", "", cell.source, flags=re.DOTALL)
            formulas += found
            text = re.sub(r"\]\([^)]*\)", "]", text)  # addresses of links
            words += len(re.findall(r"\w[\w'’.,-]*", text))
        elif cell.cell_type == "code" and "hide-input" not in cell.metadata.get("tags", []):
            lines += sum(bool(line.strip()) for line in cell.source.splitlines())
    return words / WORDS_A_MINUTE + lines / LINES_A_MINUTE + formulas * MINUTES_A_FORMULA
