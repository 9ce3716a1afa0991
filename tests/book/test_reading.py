"""The minutes of reading that pages promise are those counted from the chapters."""

import re

import jupytext
import pytest

from tools.course import ROOT
from tools.teaching.reading import minutes_of_reading

SCRIPTS = sorted((ROOT / "chapters").glob("*.py"))
LONGEST = 45


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_minutes_are_counted_and_the_first_page_says_the_same(script):
    notebook = jupytext.read(script)
    counted = minutes_of_reading(notebook.cells)
    said = int(re.search(r"about (\d+) minutes of reading", notebook.cells[0].source)[1])
    assert abs(said - counted) <= 2.5, f"{said} minutes said, {counted:.1f} counted"
    assert counted <= LONGEST
    index = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    row = re.search(rf"^\|.*\({script.stem}\.ipynb\).*\|$", index, re.MULTILINE)[0]
    assert f"| {said} min |" in row


def test_folded_code_and_addresses_are_not_counted():
    cells = jupytext.reads(
        '# %% [markdown]\n# one [two](three/four_five.html)\n\n# %% tags=["hide-input"]\nx = 1\n',
        fmt="py:percent",
    ).cells
    assert minutes_of_reading(cells) == 2 / 200
