"""The stored notebooks: made from their chapters, complete, and the same in every viewer.

Numbers are compared elsewhere, when nbval runs the notebooks again.
"""

import ast
import base64
import io
import json
import re
import statistics

import nbformat
import numpy as np
import pytest
from PIL import Image

from tools.course import ROOT
from tools.notebooks import chapters, links, scripts
from tools.notebooks.__main__ import check, orphans

BOOK = ROOT / "book"
NAMES = chapters.names(ROOT)

OPENING = ["# ", "**What you will do", "**What you will learn", "**What you will need", "**Time:**"]
ENDING = ["## Summary", "## Further reading", "## Where to go next"]
TIME = re.compile(
    r"^\*\*Time:\*\* about \d+ minutes of reading, "
    r"(one|seconds).* of computing on\stwo CPU cores\.$",
    re.MULTILINE,
)

# What MyST, but not every viewer of notebooks, understands.
DIALECT = {
    "a directive": r"^\s*(`{3,}|~{3,}|:{3,})\s*\{",
    "a block of colons": r"^\s*:::",
    "a role": r"\{[\w:.+-]+\}`",
    "a target": r"^\([\w-]+\)=\s*$",
    "a comment": r"^%",
    "a substitution": r"\{\{ *\w+ *\}\}",
    "a footnote": r"\[\^\w+\]",
    "an equation outside dollars": r"^\s*\\(begin|\[)",
}
# Addresses in memory, paths of a machine, dates and times of day.
PASSING = re.compile(
    r"0x[0-9a-f]{6,}|/(tmp|home|Users|root)/|\b20\d\d-\d\d-\d\d\b|\b\d\d:\d\d:\d\d\b"
)
IMAGE = "image/png"


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(name):
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def texts(notebook):
    """The Markdown cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


@pytest.fixture(scope="module")
def code(notebook):
    """The code cells of the chapter, that is, all but the install cell."""
    return scripts.code_cells(notebook)[1:]


def prose(text):
    """Return Markdown without its code, fenced or inline, where anything may stand."""
    text = re.sub(r"^(`{3,})[^{\n]*\n.*?^\1`*$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<![`}])(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


def calls(cell, function):
    """Count the calls of a function in a cell, except in functions that it defines."""
    waiting, count = list(ast.parse(cell.source).body), 0
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            count += isinstance(node, ast.Call) and ast.unparse(node.func) == function
            waiting += ast.iter_child_nodes(node)
    return count


def pictures(cell):
    """Return the PNGs of a cell's outputs, each with its metadata."""
    return [
        (base64.b64decode(output.data[IMAGE]), output.metadata.get(IMAGE, {}))
        for output in cell.outputs
        if IMAGE in output.get("data", {})
    ]


def test_there_are_chapters():
    assert NAMES


def test_no_notebook_is_without_its_chapter():
    assert orphans("chapters", ROOT) == []


def test_it_is_what_its_chapter_gives(name):
    assert check("chapters", [name], ROOT) == [], "run: make notebooks"


def test_its_markdown_is_portable(texts):
    for text in texts:
        for what, pattern in DIALECT.items():
            found = re.search(pattern, prose(text), flags=re.MULTILINE)
            assert not found, f"{what}, {found.group()!r}, in:\n{text}"


def test_displayed_formulas_stand_on_one_line(texts):
    for line in "\n".join(map(prose, texts)).splitlines():
        assert line.count("$$") in (0, 2), line
        if "$$" in line:
            assert re.fullmatch(r"\$\$[^$]+\$\$", line.strip()), f"not alone on its line: {line}"


def test_it_opens_with_what_to_expect(texts):
    opening = texts[0]
    places = [opening.find(part) for part in OPENING]
    assert -1 not in places, f"the opening lacks {OPENING[places.index(-1)]!r}"
    assert places == sorted(places)
    assert places[0] == 0
    assert TIME.search(opening), "the line of times is not as CONTRIBUTING.md shows it"
    why = opening[: places[1]].partition("\n")[2]
    assert len(why.split()) >= 20, "a paragraph between title and 'do' says why it matters"


def test_it_has_one_title(texts):
    titles = [line for text in texts for line in prose(text).splitlines() if line.startswith("# ")]
    assert len(titles) == 1


def test_it_ends_with_a_summary_and_ways_on(notebook, texts):
    assert notebook.cells[-1].cell_type == "markdown"
    headings = [line for line in texts[-1].splitlines() if line.startswith("#")]
    assert headings == ENDING
    _, summary, reading, _ = re.split(r"^## .*$", texts[-1], flags=re.MULTILINE)
    points = re.findall(r"^- ", summary, flags=re.MULTILINE) or summary.strip().splitlines()
    assert 3 <= len(points) <= 5, "a summary has three to five points"
    assert "https://doi.org/" in reading


def test_its_code_cells_are_short(code):
    lengths = [len([line for line in cell.source.splitlines() if line.strip()]) for cell in code]
    assert statistics.median(lengths) <= 6, sorted(lengths)
    assert np.mean(np.array(lengths) <= 15) >= 0.9, sorted(lengths)


def test_its_code_does_not_scroll(code):
    for line in "\n".join(cell.source for cell in code).splitlines():
        assert len(line) <= 88, line


def test_it_asks_before_it_measures_and_asserts_what_it_says(texts, code):
    assert any("> **Predict.**" in text for text in texts)
    trees = [ast.parse(cell.source) for cell in code]
    assert any(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree))


def test_its_links_lead_somewhere(texts):
    # From Colab, where nothing lies beside the notebook, to other notebooks in Colab.
    prefixes = links.read_prefixes(ROOT).values()
    for target in re.findall(r"\]\(([^)\s]+)\)", "\n".join(map(prose, texts))):
        for prefix in prefixes:
            if target.startswith(prefix):
                file = BOOK / target.removeprefix(prefix).partition("#")[0]
                assert file.is_file(), target
        assert re.match(r"(https?:|mailto:|#)", target), f"leads nowhere in Colab: {target}"


def test_what_it_cites_stands_among_the_references(texts):
    references = (BOOK / "references.bib").read_text(encoding="utf-8")
    cited = re.findall(r"https://doi\.org/(10\.\S+?)[>)]*[.,;:]?(?:\s|$)", "\n".join(texts))
    assert cited
    for doi in cited:
        assert doi in references or f"{doi})" in references, f"{doi} is not in references.bib"


def test_every_cell_was_executed(notebook):
    cells = scripts.code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_outputs_are_stored(code):
    for cell in code:
        if calls(cell, "print"):
            assert any(output.get("name") == "stdout" for output in cell.outputs), cell.source
        last = ast.parse(cell.source).body[-1]
        if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call):
            assert any(output.output_type == "execute_result" for output in cell.outputs)


def test_outputs_hold_no_error_and_no_warning(notebook):
    for cell in scripts.code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", f"{cell.source}\n{output.text}"


def test_outputs_hold_nothing_that_passes(notebook):
    assert set(notebook.metadata) == {"ae", "kernelspec", "language_info"}
    for cell in scripts.code_cells(notebook):
        assert set(cell.metadata) <= {"tags"}, cell.metadata
        for output in cell.outputs:
            data = output.get("data", {})
            assert set(data) <= {"text/plain", "text/html", IMAGE}, sorted(data)
            shown = [output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")]
            found = PASSING.search("\n".join(shown))
            assert not found, f"{found.group()!r} in the output of:\n{cell.source}"


def test_each_figure_shows_something(code):
    for cell in code:
        stored = pictures(cell)
        expected = calls(cell, "show")
        assert len(stored) >= expected, f"{len(stored)} of {expected} figures of:\n{cell.source}"
        for data, _ in stored:
            grey = np.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=float)
            paper = np.median(grey)
            ink = np.mean(np.abs(grey - paper) > 30)
            assert ink > 0.005, f"{100 * ink:.2f} % of the pixels differ from the paper's colour"
            assert np.ptp(grey) > 100, "black on white has 255"


def test_each_figure_says_what_it_shows(code):
    for cell in code:
        for _, metadata in pictures(cell):
            words = metadata.get("alt", "").split()
            assert len(words) >= 5, f"alt text {metadata.get('alt')!r} of:\n{cell.source}"
            assert not re.search(r"\.png|_images|Figure size|<figure>", metadata["alt"])


def test_figures_go_through_show(code):
    for cell in code:
        assert not calls(cell, "plt.show"), cell.source


@pytest.mark.parametrize("experiment", ["curves", "digits"])
def test_the_papers_table_is_that_of_the_stored_results(experiment):
    notebook = nbformat.read(BOOK / "08_paper.ipynb", as_version=4)
    printed = "".join(
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )
    table = printed.partition(f"{experiment}, test")[2].splitlines()[1:]
    runs = json.loads((ROOT / "ae_lib" / "results" / f"{experiment}.json").read_text())["runs"]
    tests = {}
    for run in runs:
        if run["preset"] == "paper":
            tests.setdefault(run["method"], {})[run["seed"]] = run["test"]
    for line, (method, by_seed) in zip(table, tests.items(), strict=False):
        columns = line.split()
        assert columns[0] == method
        assert columns[-4:-1] == [
            f"{np.mean(list(by_seed.values())):.2f}",
            f"{np.ptp(list(by_seed.values())):.2f}",
            str(len(by_seed)),
        ]
