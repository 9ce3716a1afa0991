"""A made-up course of one chapter with a library, and what tests do to its notebook."""

import nbformat

from tools.notebooks import renewal, scripts
from tools.notebooks.__main__ import main

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


PICTURE_CELL = """
# %% tags=["picture-maps"]
from IPython.display import display

display({"image/png": b"a picture", "text/plain": "<figure>"}, raw=True)
"""


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
