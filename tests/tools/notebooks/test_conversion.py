"""From script to notebook, on made-up chapters: what is executed, what is kept, what is refused.

The made-up library and chapters stand in a temporary folder. Kernels are real.
"""

import json
import textwrap

import nbformat
import pytest

from tools.notebooks import chapters, digests, renewal, scripts
from tools.notebooks.__main__ import main
from tools.website import diagrams

ADDRESS = "https://example.org/someone/course"

LIBRARY = {
    "__init__.py": '''
        """The table of contents."""
        import importlib

        _EXPORTS = {"double": "numbers", "draw": "plots.draw", "SIZE": "sizes"}


        def __getattr__(name):
            return getattr(importlib.import_module(f"ae_lib.{_EXPORTS[name]}"), name)
        ''',
    "numbers.py": '''
        """Numbers."""
        from ae_lib.sizes import SIZE


        def double(x):
            """Return twice the number."""
            return 2 * x * SIZE
        ''',
    "sizes.py": "SIZE = 1\n",
    "plots/__init__.py": "",
    "plots/draw.py": "def draw():\n    return 'drawn'\n",
}

CHAPTER = '''\
# %% [markdown]
# # A chapter

# %%
from ae_lib import double

# %% [markdown]
# Some prose.

# %% tags=["nbval-ignore-output"]
import random

random.seed(3)
print(double(21), random.random())  # a comment

# %%
def thrice(x):
    """Return three times the number."""
    return 3 * x


thrice(2)
'''


@pytest.fixture
def course(tmp_path):
    """A course of one chapter, not yet converted."""
    for folder in ("chapters", "book", "ae_lib/plots"):
        (tmp_path / folder).mkdir(parents=True)
    for name, text in LIBRARY.items():
        (tmp_path / "ae_lib" / name).write_text(textwrap.dedent(text))
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {ADDRESS}\n")
    (tmp_path / "chapters" / "01_one.py").write_text(CHAPTER)
    return tmp_path


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def run(course, *arguments):
    return main(["chapters", *arguments], course)


def stored(course):
    return (course / "book" / "01_one.ipynb").read_bytes()


def code_cells(course):
    return scripts.code_cells(nbformat.read(course / "book" / "01_one.ipynb", as_version=4))


def change(path, how):
    """Do to a notebook's file what somebody does who opens and saves it."""
    notebook = nbformat.read(path, as_version=4)
    how(notebook)
    nbformat.write(notebook, path)


def clear(notebook):
    """What "Clear Outputs of All Cells" does."""
    for cell in scripts.code_cells(notebook):
        cell.outputs, cell.execution_count = [], None


def fail(notebook):
    """What an interrupted run leaves."""
    outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]
    scripts.code_cells(notebook)[2].outputs = outputs


def run_again(notebook):
    """What another machine prints."""
    scripts.code_cells(notebook)[2].outputs[0].text = "42 0.5\n"


def take_notes(notebook):
    """What a reader writes."""
    notebook.cells.append(nbformat.v4.new_markdown_cell("my own notes of two hours"))


def kept(course):
    """The copies of what would have been lost."""
    return [path for path in (course / "kept").rglob("*") if path.is_file()]


def forbid_execution(monkeypatch):
    def refuse(*_):
        raise AssertionError("executed, but nothing was stale")

    monkeypatch.setattr(renewal, "execute", refuse)


def stale_after(course, path, old, new):
    """Tell whether the chapter's digest changes with an edit."""

    def current():
        return chapters.read_chapter(course / "chapters" / "01_one.py", course).metadata.ae.digest

    before = current()
    edit(course / path, old, new)
    return current() != before


PICTURE_CELL = """
# %% tags=["picture-maps"]
from IPython.display import display

display({"image/png": b"a picture", "text/plain": "<figure>"}, raw=True)
"""


def test_a_tagged_picture_is_that_of_its_cell(course):
    (course / "book" / "_static").mkdir()
    chapter = course / "chapters" / "01_one.py"
    chapter.write_text(CHAPTER + PICTURE_CELL)
    assert run(course) == 0
    picture = course / "book" / "_static" / "maps.png"
    assert picture.read_bytes() == b"a picture"
    assert run(course, "--check") == 0
    for spoil in (lambda: picture.write_bytes(b"another"), picture.unlink):
        spoil()
        assert run(course, "--check") == 1
        assert run(course) == 0
        assert picture.read_bytes() == b"a picture"


def test_a_chapter_becomes_an_executed_notebook(course):
    assert run(course) == 0
    install, imports, prints, shows = code_cells(course)
    assert f'"ae_lib @ git+{ADDRESS}"' in install.source
    assert install.metadata == {"tags": ["remove-cell"]}
    assert imports.source == "from ae_lib import double"
    assert imports.outputs == []
    assert prints.outputs[0].text == "42 0.23796462709189137\n"
    assert prints.metadata == {"tags": ["nbval-ignore-output"]}
    assert shows.outputs[0].data["text/plain"] == "6"
    assert [cell.execution_count for cell in code_cells(course)] == [1, 2, 3, 4]
    assert shows.outputs[0].execution_count == 4
    notebook = json.loads(stored(course))
    assert [cell["cell_type"] for cell in notebook["cells"][:3]] == ["markdown", "code", "code"]
    assert set(notebook["metadata"]) == {"ae", "kernelspec", "language_info"}
    assert "version" not in notebook["metadata"]["language_info"]
    assert run(course, "--check") == 0


def test_converting_and_executing_again_give_the_same_bytes(course, monkeypatch):
    run(course)
    first = stored(course)
    run(course, "--force")
    assert stored(course) == first
    forbid_execution(monkeypatch)
    run(course)
    assert stored(course) == first


def test_prose_comments_docstrings_and_tags_keep_the_outputs(course, monkeypatch):
    run(course)
    chapter = course / "chapters" / "01_one.py"
    edit(chapter, "Some prose.", "Better prose.\n#\n# # A second cell\n\n# %% [markdown]\n# more.")
    edit(chapter, "# a comment", "# another comment")
    edit(chapter, "Return three times the number.", "Multiply by three.")
    edit(chapter, '"nbval-ignore-output"', '"nbval-check-output"')
    edit(course / "ae_lib" / "numbers.py", "Return twice the number.", "Double.")
    assert run(course, "--check") == 1
    forbid_execution(monkeypatch)
    assert run(course) == 0
    assert run(course, "--check") == 0
    _, _, prints, shows = code_cells(course)
    assert "# another comment" in prints.source
    assert prints.metadata.tags == ["nbval-check-output"]
    assert prints.outputs[0].text.startswith("42 ")
    assert "Multiply by three." in shows.source


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("chapters/01_one.py", "double(21)", "double(22)"),
        ("chapters/01_one.py", "import random\n", "import random\n\n# %%\n"),
        ("ae_lib/numbers.py", "2 * x", "x * 2"),
        ("ae_lib/sizes.py", "1", "1.0"),
        ("ae_lib/__init__.py", "return getattr", "print(name); return getattr"),
    ],
)
def test_code_that_the_outputs_depend_on_makes_them_stale(course, path, old, new):
    assert stale_after(course, path, old, new)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("ae_lib/plots/draw.py", "drawn", "painted"),
        ("ae_lib/__init__.py", '"SIZE": "sizes"', '"SIZE": "sizes", "paint": "plots.draw"'),
        ("ae_lib/__init__.py", "The table of contents.", "Contents."),
        ("ae_lib/sizes.py", "SIZE = 1", "SIZE = (\n    1  # one\n)"),
    ],
)
def test_what_the_outputs_do_not_depend_on_leaves_them_fresh(course, path, old, new):
    assert not stale_after(course, path, old, new)


@pytest.mark.parametrize(
    ("statement", "modules"),
    [
        ("from ae_lib import SIZE", {"ae_lib", "ae_lib.sizes"}),
        ("def f():\n    import ae_lib.sizes as s", {"ae_lib", "ae_lib.sizes"}),
        ("from ae_lib.plots.draw import draw", {"ae_lib", "ae_lib.plots", "ae_lib.plots.draw"}),
        ("from ae_lib.plots import draw", {"ae_lib", "ae_lib.plots", "ae_lib.plots.draw"}),
        ("import numpy, ae_lib_of_another", set()),
        *(
            (
                statement,
                {"ae_lib", "ae_lib.numbers", "ae_lib.plots", "ae_lib.plots.draw", "ae_lib.sizes"},
            )
            for statement in ("import ae_lib", "from ae_lib import *")
        ),
    ],
)
def test_modules_that_a_cell_needs(course, statement, modules):
    tree = digests.parse_cell(statement, "a cell")
    assert set(digests.needed_modules([tree], course)) == modules


def test_relative_imports_are_followed(course):
    (course / "ae_lib" / "plots" / "draw.py").write_text("from ..sizes import SIZE\n")
    (course / "ae_lib" / "plots" / "__init__.py").write_text("from . import draw\n")
    tree = digests.parse_cell("import ae_lib.plots", "a cell")
    assert "ae_lib.sizes" in digests.needed_modules([tree], course)


def test_code_has_one_outline_on_every_python():
    code = """
        @f
        async def g(a, /, b: int = 1, *c, d=None, **e):
            \"\"\"Not part of it.\"\"\"
            return [f"{a!r:>{b}} {{}} é", u"x", b"y", {**e}, a[1:, ...], lambda: (yield)]
        """
    tree = digests.without_docstrings(digests.parse_cell(textwrap.dedent(code), "a cell"))
    assert digests.outline(tree) == OUTLINE


# As every supported Python writes it.
OUTLINE = (
    "Module(body=[AsyncFunctionDef(args=arguments(args=[arg(annotation=Name(id='int'), arg='b')], "
    "defaults=[Constant(value=1)], kw_defaults=[Constant()], kwarg=arg(arg='e'), "
    "kwonlyargs=[arg(arg='d')], posonlyargs=[arg(arg='a')], vararg=arg(arg='c')), "
    "body=[Return(value=List(elts=[JoinedStr(values=[FormattedValue(conversion=114, "
    "format_spec=JoinedStr(values=[Constant(value='>'), FormattedValue(conversion=-1, "
    "value=Name(id='b'))]), value=Name(id='a')), Constant(value=' {} \\xe9')]), "
    "Constant(value='x'), Constant(value=b'y'), Dict(keys=[None], values=[Name(id='e')]), "
    "Subscript(slice=Tuple(elts=[Slice(lower=Constant(value=1)), Constant(value=Ellipsis)]), "
    "value=Name(id='a')), Lambda(args=arguments(), body=Yield())]))], "
    "decorator_list=[Name(id='f')], name='g')])"
)


def test_a_string_at_a_cells_beginning_is_no_docstring(course):
    edit(course / "chapters" / "01_one.py", "from ae_lib", '"shown"\nfrom ae_lib')
    assert stale_after(course, "chapters/01_one.py", '"shown"', '"shown too"')


def test_another_address_is_written_without_execution(course, monkeypatch):
    run(course)
    forbid_execution(monkeypatch)
    edit(course / "_config.yml", ADDRESS, "https://example.org/a/fork")
    assert run(course, "--check") == 1
    assert run(course) == 0
    cells = code_cells(course)
    assert '"ae_lib @ git+https://example.org/a/fork"' in cells[0].source
    assert cells[2].outputs[0].text.startswith("42 ")
    assert ADDRESS.encode() not in stored(course)


def test_a_failing_cell_leaves_everything_as_it_was(course, capsys):
    run(course)
    before = stored(course)
    edit(course / "chapters" / "01_one.py", "thrice(2)", "thrice(1 / 0)")
    assert run(course) == 1
    assert stored(course) == before
    assert sorted(path.name for path in (course / "book").rglob("*.*")) == ["01_one.ipynb"] * 2
    message = capsys.readouterr().err
    assert "chapters/01_one.py: this cell failed" in message
    assert "thrice(1 / 0)" in message
    assert "ZeroDivisionError: division by zero" in message
    assert "\x1b[" not in message.partition("this cell failed")[2]


def test_chapters_run_alike_wherever_they_run(course, tmp_path, monkeypatch):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("raise SystemExit('a start-up file of the user ran')")
    for name, value in {
        "AE_SEED": "7",
        "COLUMNS": "20",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "KERAS_BACKEND": "jax",
        "MPLBACKEND": "none",
        "PYTHONWARNINGS": "error",
        "PYTHONOPTIMIZE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    (course / "chapters" / "01_one.py").write_text(
        "# %% [markdown]\n# # A\n\n# %%\nimport os\n\nfrom pathlib import Path\n\n"
        "users = {'COLUMNS', 'KERAS_BACKEND', 'PYTHONWARNINGS'} & set(os.environ)\n"
        "assert not users\n"
        "print(os.environ.get('AE_SEED'), os.environ['AE_PROGRESS'], os.listdir(Path.cwd()))\n"
        "Path('left.txt').write_text('x');\n"
    )
    assert run(course) == 0
    words = code_cells(course)[1].outputs[0].text.split(maxsplit=2)
    assert words[:2] == ["None", "0"]
    assert "chapters" not in words[2]
    assert not list(course.rglob("left.txt"))


@pytest.mark.parametrize(
    "broken",
    [
        "missing",
        "stale",
        "cleared",
        "failed",
        "run elsewhere",
        "without its copy",
        "edited",
        "unreadable",
        "orphan",
    ],
)
def test_check_names_each_thing_that_is_wrong(course, broken, capsys):
    run(course)
    capsys.readouterr()
    target = course / "book" / "01_one.ipynb"
    if broken == "missing":
        target.unlink()
        words = "01_one.ipynb is missing or unreadable"
    elif broken == "stale":
        edit(course / "ae_lib" / "sizes.py", "1", "2")
        words = "01_one.ipynb is stale: its outputs come from other code"
    elif broken == "cleared":
        change(target, clear)
        words = "01_one.ipynb is stale: its outputs were cleared"
    elif broken == "failed":
        change(target, fail)
        words = "01_one.ipynb is stale: its outputs hold an error"
    elif broken == "run elsewhere":
        change(target, run_again)
        words = "01_one.ipynb is stale: its outputs are not those that were written into it"
    elif broken == "without its copy":
        (course / "book" / "without_answers" / "01_one.ipynb").unlink()
        words = "book/without_answers/01_one.ipynb is not what chapters/01_one.py gives"
    elif broken == "edited":
        edit(target, "Some prose.", "Prose by hand.")
        words = "book/01_one.ipynb is not what chapters/01_one.py gives"
    elif broken == "unreadable":
        target.write_text("<<<<<<< HEAD")
        words = "01_one.ipynb is missing or unreadable"
    else:
        (course / "book" / "02_two.ipynb").write_bytes(target.read_bytes())
        words = "02_two.ipynb has no chapter"
    assert run(course, "--check") == 1
    said = capsys.readouterr().out
    assert words in said
    assert "make notebooks" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# %%\nx = 1\n", "must begin with a Markdown cell"),
        ("# %% [markdown]\n# # A\n\n# %%\n# !ls\n", "code cell 1 is not plain Python"),
    ],
)
def test_chapters_that_cannot_be_converted_are_refused(course, text, words, capsys):
    (course / "chapters" / "01_one.py").write_text(text)
    assert run(course) == 1
    assert words in capsys.readouterr().err
    assert run(course, "--check") == 1
    assert words in capsys.readouterr().out


def tag(notebook):
    """What somebody does who hides an output on the website."""
    scripts.code_cells(notebook)[2].metadata.tags = ["remove-output"]


@pytest.mark.parametrize("how", [take_notes, tag, run_again, fail])
@pytest.mark.parametrize("folder", ["", "without_answers/"])
def test_what_a_person_did_to_a_notebook_is_kept(course, how, folder, capsys):
    run(course)
    path = course / "book" / f"{folder}01_one.ipynb"
    original = path.read_bytes()
    # A person runs the one without outputs, or what has outputs, and goes on.
    path.write_bytes(stored(course))
    change(path, how)
    changed = path.read_bytes()
    assert run(course) == 0
    assert [copy.read_bytes() for copy in kept(course)] == [changed]
    said = capsys.readouterr().out
    assert f"kept as {kept(course)[0].relative_to(course)}" in said
    assert "make lab" in said
    assert path.read_bytes() == original
    assert run(course, "--check") == 0


UNREADABLE = [
    b"<<<<<<< HEAD",
    b"\xff\xfe",
    b"[]",
    b"",
    b'{"cells": 3}',
    b'{"nbformat": 5, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {"ae": "x"}, "cells": []}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
    b"[" * 20_000,
]


@pytest.mark.parametrize("content", UNREADABLE)
def test_a_notebook_that_cannot_be_read_is_kept(course, content):
    run(course)
    original = stored(course)
    (course / "book" / "01_one.ipynb").write_bytes(content)
    assert run(course) == 0
    assert [copy.read_bytes() for copy in kept(course)] == [content]
    assert stored(course) == original


def test_nothing_is_kept_where_nobody_changed_anything(course):
    run(course)
    edit(course / "chapters" / "01_one.py", "double(21)", "double(22)")
    run(course)
    change(course / "book" / "01_one.ipynb", clear)
    run(course)
    assert kept(course) == []


@pytest.mark.parametrize("how", [clear, fail, run_again])
def test_outputs_that_are_not_those_of_the_run_are_made_again(course, how):
    run(course)
    original = stored(course)
    change(course / "book" / "01_one.ipynb", how)
    assert run(course) == 0
    assert stored(course) == original


def test_a_copy_that_cannot_be_kept_leaves_the_notebook_as_it_is(course, capsys):
    run(course)
    change(course / "book" / "01_one.ipynb", take_notes)
    changed = stored(course)
    (course / "kept").write_text("a file in the way")
    assert run(course) == 1
    assert "kept" in capsys.readouterr().err
    assert stored(course) == changed


def test_the_copy_without_answers_has_all_cells_and_no_outputs(course):
    (course / "_config.yml").write_text("repository:\n  url: https://github.com/a/b\n")
    edit(course / "chapters" / "01_one.py", "Some prose.", "[2](02.ipynb), [3](notation.md)")
    run(course)
    blank = nbformat.read(course / "book" / "without_answers" / "01_one.ipynb", as_version=4)
    full = nbformat.read(course / "book" / "01_one.ipynb", as_version=4)
    assert all(not cell.outputs for cell in scripts.code_cells(blank))
    assert all(cell.execution_count is None for cell in scripts.code_cells(blank))
    assert [cell.source for cell in scripts.code_cells(blank)] == [
        cell.source for cell in scripts.code_cells(full)
    ]
    colab = "https://colab.research.google.com/github/a/b/blob/main/book"
    assert blank.cells[3].source == (
        f"[2]({colab}/without_answers/02.ipynb), [3](https://github.com/a/b/blob/main/book/notation.md)"
    )
    assert full.cells[3].source.startswith(f"[2]({colab}/02.ipynb)")


def test_a_picture_that_somebody_drew_is_kept(course):
    (course / "book" / "_static").mkdir()
    picture = course / "book" / "_static" / "maps.png"
    picture.write_bytes(b"mine")
    (course / "chapters" / "01_one.py").write_text(CHAPTER + PICTURE_CELL)
    assert run(course) == 0
    assert picture.read_bytes() == b"a picture"
    assert [copy.read_bytes() for copy in kept(course)] == [b"mine"]


def test_a_name_that_is_no_chapter_is_refused(course, capsys):
    with pytest.raises(SystemExit):
        run(course, "02_two")
    assert "there is no chapter '02_two'; there are 01_one" in capsys.readouterr().err


def test_the_diagrams_of_the_first_page_are_those_that_are_drawn():
    assert diagrams.main(["--check"]) == 0
