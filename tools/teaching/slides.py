"""Make slides of the chapters: ``build/slides/NN_name.html``, and a page that lists them.

    python -m tools.teaching.slides

They are chosen from the notebooks as they are stored; nothing is executed. A chapter gives

- its title, and the list of what you will do;
- each question "Predict", and then what the next code printed or drew;
- each figure, with the heading above it; the text after it becomes the speaker's note;
- its summary;
- each cell with the tag ``slide``, as it stands.

Code is shown where it answers a question in a few lines, or where its cell has the tag.
"""

import html
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from traitlets.config import Config

from tools.course import ROOT, CourseError
from tools.made import alone, replace, write
from tools.notebooks.contents import listed_notebooks, unfit
from tools.notebooks.links import read_prefixes, shorten

HERE = Path(__file__).resolve().parent
TEMPLATE = "slides_template"
TAG = "slide"
SHORT = 6  # lines of code that an audience reads
ROOM = 16  # lines of code and of what it printed, together, that fit on a slide
LONG = 65  # words; beyond them the type is smaller

# What the slides need beside themselves, folder of the course -> folder of the slides.
PARTS = {"vendor/reveal": "reveal", "vendor/mathjax": "mathjax"}

_HEADING = re.compile(r"^(#{1,4}) +(.+?) *$", re.MULTILINE)
_PREDICT = re.compile(r"^> \*\*Predict\.\*\*.*(?:\n>.*)*", re.MULTILINE)
_DO = re.compile(r"^\*\*What you will do\*\*\n+((?:[-*] .*\n(?:  .*\n)*)+)", re.MULTILINE)
_NOTEBOOK_LINK = re.compile(r"\]\((\d\d_\w+)\.ipynb(#[^)]*)?\)")


# What is chosen ----------------------------------------------------------------------------------


def _markdown(source, kind="-"):
    """Return a Markdown cell of a slide; a link to a chapter leads to that chapter's slides."""
    cell = nbformat.v4.new_markdown_cell(_NOTEBOOK_LINK.sub(r"](\1.html)", source.strip()))
    cell.metadata.slideshow = {"slide_type": kind}
    return cell


def _slide(heading, *cells, kind=""):
    """Return the cells of one slide, the first of them its heading."""
    title = _markdown(heading, "slide")
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    title.metadata.slideshow.kind = f"{kind} long".strip() if words > LONG else kind
    return [title, *cells]


def _code(cell, outputs, *, show_code):
    """Return a code cell of a slide, with some of its outputs, with or without its source."""
    copy = nbformat.v4.new_code_cell(cell.source, outputs=outputs)
    copy.metadata.slideshow = {"slide_type": "-"}
    copy.metadata.hide_input = not show_code
    return copy


def _figures(cell):
    return [output for output in cell.outputs if "image/png" in output.get("data", {})]


def _note(cells, index):
    """Return the text after a cell as a speaker's note, up to the next heading or question."""
    following = cells[index + 1] if index + 1 < len(cells) else None
    if following is None or following.cell_type != "markdown":
        return []
    text = re.split(r"^(?:#|> \*\*Predict)", following.source, maxsplit=1, flags=re.MULTILINE)[0]
    return [_markdown(text, "notes")] if text.strip() else []


def _answer(heading, cell):
    """Return the slide that answers a question by what a code cell printed, if it printed."""
    printed = [output for output in cell.outputs if output.get("name") == "stdout"]
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if not printed:
        return []
    n_printed = sum(len(output["text"].splitlines()) for output in printed)
    show_code = len(lines) <= min(SHORT, ROOM - n_printed)
    return [_slide(heading, _code(cell, printed, show_code=show_code), kind="answer")]


def choose(notebook):
    """Choose the slides of a chapter.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.

    Returns
    -------
    list of list of NotebookNode
        The cells of each slide. Where a slide begins is said in their metadata, as nbconvert
        expects it.
    """
    opening = notebook.cells[0].source
    title = _HEADING.search(opening)
    if title is None or title.group(1) != "#":
        raise CourseError(f"a chapter begins with its title, but this one with {opening[:60]!r}")
    slides = [_slide(title.group(), kind="title")]
    task = _DO.search(f"{opening}\n")
    if task:
        slides.append(_slide("## What you will do", _markdown(task.group(1))))

    heading, asked = f"## {title.group(2)}", False
    for index, cell in enumerate(notebook.cells[1:], 1):
        tagged = TAG in cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            found = list(_HEADING.finditer(cell.source))
            if tagged:
                text = _HEADING.sub("", cell.source) if found else cell.source
                heading = f"## {found[0].group(2)}" if found else heading
                slides.append(_slide(heading, _markdown(text)))
            # In the order of the text, because a question belongs to the heading above it.
            parts = sorted([*found, *_PREDICT.finditer(cell.source)], key=lambda part: part.start())
            for part in parts:
                if part.re is _HEADING:
                    heading = f"## {part.group(2)}"
                    if part.group(2) == "Summary":
                        text = re.split(r"^#", cell.source[part.end() :], flags=re.MULTILINE)[0]
                        slides.append(_slide(heading, _markdown(text)))
                elif not tagged:
                    slides.append(_slide(heading, _markdown(part.group()), kind="question"))
                    asked = True
            continue
        if tagged:
            slides.append(_slide(heading, _code(cell, cell.outputs, show_code=True)))
        else:
            slides += _answer(heading, cell) if asked else []
            for figure in _figures(cell):
                note = _note(notebook.cells, index)
                drawing = _code(cell, [figure], show_code=False)
                slides.append(_slide(heading, drawing, *note, kind="figure"))
        # A question is answered by the first cell after it that shows something.
        asked = asked and not cell.outputs
    return slides


# How it is written -------------------------------------------------------------------------------


def render(notebook):
    """Return a chapter's slides as an HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.

    Returns
    -------
    str
    """
    title = _HEADING.search(notebook.cells[0].source)
    deck = nbformat.v4.new_notebook(cells=[cell for slide in choose(notebook) for cell in slide])
    deck.metadata = {"title": title.group(2), "language_info": {"name": "python"}}
    config = Config()
    config.HTMLExporter.extra_template_basedirs = [str(HERE)]
    config.HTMLExporter.template_name = TEMPLATE
    page, _ = HTMLExporter(config=config).from_notebook_node(deck)
    return page


def list_page(titles):
    """Return the page that lists all slides.

    Parameters
    ----------
    titles : dict
        From a chapter's name to its title.

    Returns
    -------
    str
    """
    items = "\n".join(
        f'<li><a href="{name}.html">{html.escape(title)}</a></li>' for name, title in titles.items()
    )
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slides</title>
<link rel="stylesheet" href="slides.css">
</head>
<body class="list">
<h1>Slides</h1>
<ul style="list-style: none; padding: 0">
{items}
</ul>
<p>Keys: → and ← turn pages, F fills the screen, S opens the speaker's notes, Esc shows all slides.
To print: add <code>?print-pdf</code> to the address, then print.</p>
</body>
</html>
"""


def make(root, target):
    """Write the slides of all chapters into a folder, in one step.

    Parameters
    ----------
    root : Path
        The folder of the course.
    target : Path
        The folder of the slides. If it is there it is replaced, and what somebody else put into it
        is kept elsewhere.

    Returns
    -------
    dict
        From a chapter's name to its number of slides.
    """
    listed = listed_notebooks(root).items()
    paths = [path for name, path in listed if "/" not in name and path.is_file()]
    if not paths:
        raise CourseError(f"there are no notebooks in {root / 'book'}. Run: make notebooks")
    wrong = unfit(root)
    if wrong:
        raise CourseError("\n".join(wrong))
    target.parent.mkdir(parents=True, exist_ok=True)
    counts, titles, prefixes = {}, {}, read_prefixes(root)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=target.parent) as draft:
        folder = Path(draft) / "slides"
        folder.mkdir()
        for path in paths:
            text = shorten(path.read_text(encoding="utf-8"), "", prefixes)
            notebook = nbformat.reads(text, as_version=4)
            page = render(notebook)
            counts[path.stem] = page.count("<section")
            titles[path.stem] = _HEADING.search(notebook.cells[0].source).group(2)
            write(page.encode("utf-8"), folder / f"{path.stem}.html")
        write(list_page(titles).encode("utf-8"), folder / "index.html")
        shutil.copyfile(HERE / TEMPLATE / "slides.css", folder / "slides.css")
        for source, name in PARTS.items():
            shutil.copytree(root / source, folder / name)
        replace(folder, target, root)
    return counts


def main(root=ROOT):
    """Make the slides; return the exit code."""
    target = root / "build" / "slides"
    try:
        with alone(root):
            counts = make(root, target)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    for name, count in counts.items():
        print(f"build/slides/{name}.html: {count} slides")
    print(f"Open {target / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
