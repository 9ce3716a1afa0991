"""Make the notebooks of ``book/`` from the scripts of ``chapters/``.

A notebook is executed only where its code, or the code of an ``ae_lib`` module that it imports, is
not the code that its stored outputs came from. Everything else about it (prose, comments, tags, the
install cell) is renewed every time, so that a notebook is always exactly what its chapter gives.
The picture of a cell with a tag such as ``picture-maps`` is also written to
``book/_static/maps.png``, for the website's first page and the README. A copy without outputs goes
to ``book/without_answers/``, for readers who want to predict before they see.

Each notebook notes in its metadata what was written into it. Where a person has changed it since,
the changed notebook is kept in ``kept/`` before it is written anew.

    python tools/notebooks.py                execute what is stale, renew the rest
    python tools/notebooks.py 04_pca         the same for one chapter
    python tools/notebooks.py --force        execute whether stale or not
    python tools/notebooks.py --check        write nothing; exit code 1 where something would change
"""

import argparse
import ast
import base64
import copy
import hashlib
import importlib.util
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import jupytext
import links
import made
import nbformat
import settings
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "ae_lib"
PICTURES = "book/_static"
PICTURE_TAG = "picture-"
# What programs note in a cell about how it is seen or was run.
VIEW = {"collapsed", "editable", "execution", "scrolled", "trusted"}
BLANK = "without_answers"  # the folder of the book for copies without outputs
CELL_TIMEOUT = 600  # seconds; a chapter takes 90 at most

# Without versions, which would differ from machine to machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}

INSTALL = """\
# Google Colab does not have the course's helper library, so it is installed there.
# Everywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet "ae_lib @ git+{address}\""""


class ChapterError(Exception):
    """A chapter cannot be made into a notebook; the message says which and why."""


# The digest: what the stored outputs depend on ---------------------------------------------------

# Fields that say nothing about what code does, or that not every version of Python has.
_SILENT_FIELDS = {"ctx", "kind", "type_comment", "type_ignores", "type_params"}
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def outline(node):
    """Write a syntax tree as text that is the same under every supported version of Python.

    Comments and layout are not part of a tree. ``ast.dump`` and ``ast.unparse`` would do if they
    did not differ between versions. ``ascii`` does not know Unicode, whose version differs too.
    """
    if isinstance(node, ast.JoinedStr):
        # Python 3.12 ends some f-strings with an empty text, Python 3.11 does not.
        node = ast.JoinedStr([part for part in node.values if getattr(part, "value", None) != ""])
    if isinstance(node, ast.AST):
        fields = sorted(
            (name, value)
            for name, value in ast.iter_fields(node)
            if name not in _SILENT_FIELDS and value is not None and value != []
        )
        inner = ", ".join(f"{name}={outline(value)}" for name, value in fields)
        return f"{type(node).__name__}({inner})"
    if isinstance(node, list):
        return f"[{', '.join(outline(item) for item in node)}]"
    return ascii(node)


def without_docstrings(tree):
    """Remove the docstrings of functions and classes, and of the module, from a syntax tree."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return tree


def parse_cell(source, place):
    """Parse a code cell. A string at its beginning is shown, so it is no docstring."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ChapterError(
            f"{place} is not plain Python: {error.msg} (line {error.lineno} of the cell). "
            "Magics and shell commands do not belong into a chapter."
        ) from error
    for statement in tree.body:
        without_docstrings(statement)
    return tree


def module_file(name, root):
    """Return the file of a module of the package, or None if there is no such module."""
    path = root.joinpath(*name.split("."))
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def read_exports(root):
    """Return the package's table of public names, name -> module that defines it."""
    tree = ast.parse((root / PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    for statement in tree.body:
        if _is_exports_table(statement):
            table = ast.literal_eval(statement.value)
            return {name: f"{PACKAGE}.{module}" for name, module in table.items()}
    raise ChapterError(f"{PACKAGE}/__init__.py has no table _EXPORTS of its public names")


def _is_exports_table(statement):
    return isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "_EXPORTS"


def imported_modules(tree, package, root):
    """Return the modules of ``ae_lib`` that a syntax tree imports by name.

    Parameters
    ----------
    tree : ast.AST
        A cell or a module.
    package : str
        The package in which relative imports start; "" for a cell.
    root : Path
        The folder that holds the package.

    Returns
    -------
    set of str
        Full names. ``import ae_lib`` alone may use any public name, so it counts as all of them.
    """
    exports = read_exports(root)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found |= set(exports.values()) if alias.name == PACKAGE else {alias.name}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = importlib.util.resolve_name("." * node.level + base, package)
            for alias in node.names:
                if base == PACKAGE and alias.name == "*":
                    found |= set(exports.values())
                elif base == PACKAGE and alias.name in exports:
                    found.add(exports[alias.name])
                else:
                    found |= {base, f"{base}.{alias.name}"}
    return {name for name in found if name.split(".")[0] == PACKAGE and module_file(name, root)}


def needed_modules(trees, root):
    """Return the names of all ``ae_lib`` modules that the cells import, directly or through others.

    Importing a module runs the ``__init__.py`` of the packages around it, so these count too.
    """
    needed = set()
    waiting = set().union(*(imported_modules(tree, "", root) for tree in trees))
    while waiting:
        name = waiting.pop()
        needed.add(name)
        if "." in name:
            waiting.add(name.rpartition(".")[0])
        file = module_file(name, root)
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        # The package's own table is read where a name is imported, not followed as a whole.
        if name != PACKAGE:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            waiting |= imported_modules(tree, package, root)
        waiting -= needed
    return sorted(needed)


def module_outline(name, root):
    """Return a module's code as text, without docstrings, comments and the table of names."""
    tree = without_docstrings(ast.parse(module_file(name, root).read_text(encoding="utf-8")))
    if name == PACKAGE:
        tree.body = [statement for statement in tree.body if not _is_exports_table(statement)]
    return f"{name}: {outline(tree)}"


def digest(trees, root):
    """Return the SHA-256 of the code of the cells and of the ``ae_lib`` modules behind them."""
    parts = [outline(tree) for tree in trees]
    parts += [module_outline(name, root) for name in needed_modules(trees, root)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# From a chapter to its notebook ------------------------------------------------------------------


def read_address(root):
    """Return the repository's address, which stands in ``_config.yml`` and nowhere else."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return config["repository"]["url"].rstrip("/")


def code_cells(notebook):
    """Return the code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def read_chapter(path, root):
    """Return a chapter as a notebook without outputs, with its install cell and its digest."""
    return make_notebook(jupytext.read(path, fmt="py:percent").cells, f"chapters/{path.name}", root)


def make_notebook(cells, place, root, *, folder="", needs=()):
    """Return the cells of a script as a notebook without outputs.

    Parameters
    ----------
    cells : list of NotebookNode
        As jupytext reads them.
    place : str
        The script, for messages.
    root : Path
        The folder of the course.
    folder : str, default=""
        Where in ``book`` the notebook will lie.
    needs : iterable of str
        Modules of the package that the cells use without importing them by name.

    Returns
    -------
    NotebookNode
        With the install cell, and with the digest in its metadata.
    """
    if not cells or cells[0].cell_type != "markdown":
        raise ChapterError(f"{place} must begin with a Markdown cell")
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(METADATA))
    trees = [
        parse_cell(cell.source, f"{place}, code cell {number}")
        for number, cell in enumerate(code_cells(notebook), 1)
    ]
    trees += [ast.parse(f"import {name}") for name in needs]
    notebook.metadata.ae = {"digest": digest(trees, root)}

    install = nbformat.v4.new_code_cell(INSTALL.format(address=read_address(root)))
    install.metadata.tags = ["remove-cell"]
    cells.insert(1, install)
    prefixes = links.read_prefixes(root)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:03d}"
        if cell.cell_type == "markdown":
            cell.source = links.lengthen(cell.source, folder, prefixes)
        # Jupytext notes the blank lines of the script, which are no business of a notebook.
        for key in [key for key in cell.metadata if key.startswith("lines_to_")]:
            del cell.metadata[key]
    return notebook


def read_notebook(path):
    """Return the stored notebook, or None if there is none that can be read."""
    try:
        stored = nbformat.read(path, as_version=4)
        digest_of_cells(stored), digest_of_outputs(stored), noted_in(stored)
    except PermissionError:
        raise
    except Exception:  # a file can be no notebook in a dozen ways, each with its own error
        return None
    return stored


def noted_in(notebook):
    """Return what was noted in a notebook when it was written."""
    return dict(notebook.metadata.get("ae", {}))


def digest_of_cells(notebook):
    """Return the SHA-256 of what a person writes into a notebook: its cells, tags included."""
    written = [
        (
            cell.cell_type,
            cell.source,
            cell.get("attachments", {}),
            {name: value for name, value in cell.metadata.items() if name not in VIEW},
        )
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


def digest_of_outputs(notebook):
    """Return the SHA-256 of a notebook's outputs."""
    outputs = [cell.outputs for cell in code_cells(notebook)]
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def staleness(notebook, stored):
    """Say why stored outputs cannot be kept.

    Parameters
    ----------
    notebook : NotebookNode
        What the script gives.
    stored : NotebookNode or None

    Returns
    -------
    str or None
        The reason, such as ``"its outputs come from other code"``; None where they can be kept.
    """
    if stored is None:
        return "it is missing or unreadable"
    noted = noted_in(stored)
    if noted.get("digest") != notebook.metadata.ae.digest or len(code_cells(stored)) != len(
        code_cells(notebook)
    ):
        return "its outputs come from other code"
    if noted.get("outputs") == digest_of_outputs(stored):
        return None
    outputs = [output for cell in code_cells(stored) for output in cell.outputs]
    if not outputs:
        return "its outputs were cleared"
    if any(output.output_type == "error" for output in outputs):
        return "its outputs hold an error"
    return "its outputs are not those that were written into it"


def keep_outputs(notebook, stored):
    """Give a notebook the stored outputs, cell by cell in the order of the code cells."""
    for cell, old in zip(code_cells(notebook), code_cells(stored), strict=True):
        cell.outputs = old.outputs


def normalise_outputs(notebook):
    """Remove from outputs what says how and where they were made."""
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
            data = output.get("data", {})
            for kind in data:
                if kind.startswith("image/") and isinstance(data[kind], str):
                    data[kind] = data[kind].strip()


def execute(notebook, name, root):
    """Execute a notebook in a fresh kernel, in an empty folder, with a progress bar over cells."""
    with tempfile.TemporaryDirectory() as folder:
        # The library whose code is in the digest.
        environment = {**settings.neutral(os.environ, folder), "PYTHONPATH": str(root)}
        client = NotebookClient(
            notebook,
            kernel_name=METADATA["kernelspec"]["name"],
            timeout=CELL_TIMEOUT,
            record_timing=False,
            coalesce_streams=True,
            # Without a warning about the connection to the kernel, which is on this machine.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        bar = tqdm(notebook.cells, desc=name, unit="cell", leave=False)
        with bar, client.setup_kernel(env=environment):
            for index, cell in enumerate(bar):
                try:
                    client.execute_cell(cell, index)
                except (CellControlSignal, DeadKernelError) as error:
                    raise ChapterError(_explain(name, cell, error)) from error
    # The kernel writes its own version into the metadata.
    notebook.metadata = NotebookNode(METADATA | {"ae": notebook.metadata.ae})


def _explain(name, cell, error):
    """Say which cell failed and how, in text that is readable without a terminal's colours."""
    failed = [output for output in cell.outputs if output.output_type == "error"]
    trace = "\n".join(failed[0].traceback) if failed else str(error)
    trace = re.sub(r"\x1b\[[0-9;]*m", "", trace)
    rule = "-" * 70
    return f"{name}.py: this cell failed\n{rule}\n{cell.source}\n{rule}\n{trace}"


def tagged_pictures(notebook):
    """Return the PNGs of cells with tags such as ``picture-maps``, by the names in the tags."""
    return {
        tag.removeprefix(PICTURE_TAG): _picture(cell)
        for cell in code_cells(notebook)
        for tag in cell.metadata.get("tags", [])
        if tag.startswith(PICTURE_TAG)
    }


def _picture(cell):
    """Return the first PNG among a cell's outputs, None if there is none."""
    pictures = [output.get("data", {}).get("image/png") for output in cell.outputs]
    return next((base64.b64decode(picture) for picture in pictures if picture), None)


def as_text(notebook):
    """Return the bytes of a notebook's file, as text."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def seal(notebook):
    """Note in a notebook what is written into it, so that later changes are seen."""
    notebook.metadata.ae.cells = digest_of_cells(notebook)
    notebook.metadata.ae.outputs = digest_of_outputs(notebook)


def without_outputs(notebook, root):
    """Return a copy of a notebook without outputs, whose links lead to others without outputs.

    Parameters
    ----------
    notebook : NotebookNode
    root : Path
        The folder of the course.

    Returns
    -------
    NotebookNode
    """
    blank = copy.deepcopy(notebook)
    prefixes = links.read_prefixes(root)
    for cell in blank.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = links.towards(BLANK, cell.source, prefixes)
    seal(blank)
    return blank


def was_changed(path):
    """Tell whether a notebook's file holds what a person made: other cells, or other outputs.

    Outputs that were only cleared are nobody's work.
    """
    if not path.exists():
        return False
    stored = read_notebook(path)
    if stored is None:
        return True
    noted = noted_in(stored)
    if noted.get("cells") != digest_of_cells(stored):
        return True
    shown = any(cell.outputs for cell in code_cells(stored))
    return shown and noted.get("outputs") != digest_of_outputs(stored)


def write_notebook(notebook, path, root):
    """Write a notebook; keep a copy of the one that is there if a person has changed it."""
    content = as_text(notebook).encode("utf-8")
    if path.is_dir():
        made.keep_copy(path, root, move=True)
    elif was_changed(path) and path.read_bytes() != content:
        made.keep_copy(path, root)
        print("To work on a notebook, use the copies of: make lab")
    path.parent.mkdir(parents=True, exist_ok=True)
    made.write(content, path)


def write_picture(content, path, root, *, before=None):
    """Write a picture; keep a copy of the one that is there unless it is the one of before."""
    if path.exists() and path.read_bytes() not in (content, before):
        made.keep_copy(path, root)
    made.write(content, path)


def blank_path(target, root):
    """Return where a notebook's copy without outputs lies."""
    return root / "book" / BLANK / target.relative_to(root / "book")


def renew(notebook, target, name, root, *, force=False, blank=True):
    """Write a notebook, and its copy without outputs; execute it if it is stale.

    Parameters
    ----------
    notebook : NotebookNode
        Without outputs, as :func:`make_notebook` returns it.
    target : Path
        Its file.
    name : str
        Its name in messages and beside the progress bar.
    root : Path
        The folder of the course.
    force : bool, default=False
        Execute whether stale or not.
    blank : bool, default=True
        Write the copy without outputs as well.

    Returns
    -------
    float or None
        How long the execution took in seconds, None if there was none.
    """
    stored = read_notebook(target)
    seconds = None
    if force or staleness(notebook, stored):
        start = time.perf_counter()
        execute(notebook, name, root)
        seconds = time.perf_counter() - start
    else:
        keep_outputs(notebook, stored)
    normalise_outputs(notebook)
    seal(notebook)
    write_notebook(notebook, target, root)
    if blank:
        write_notebook(without_outputs(notebook, root), blank_path(target, root), root)
    return seconds


def fault(notebook, target, script, root, *, blank=True):
    """Return what is wrong with a stored notebook or with its copy, or None.

    Parameters
    ----------
    notebook, target, root, blank
        As for :func:`renew`; with the right outputs afterwards, if they can be kept.
    script : str
        What the notebook is made from, for messages.

    Returns
    -------
    str or None
    """
    place, stored = target.relative_to(root).as_posix(), read_notebook(target)
    if stored is None:
        return f"{place} is missing or unreadable"
    stale = staleness(notebook, stored)
    if stale:
        return f"{place} is stale: {stale}"
    keep_outputs(notebook, stored)
    normalise_outputs(notebook)
    seal(notebook)
    wanted = {target: notebook}
    if blank:
        wanted[blank_path(target, root)] = without_outputs(notebook, root)
    for path, one in wanted.items():
        if not path.is_file() or as_text(one) != path.read_bytes().decode("utf-8"):
            return f"{path.relative_to(root).as_posix()} is not what {script} gives"
    return None


def convert(name, root=ROOT, *, force=False):
    """Write one chapter's notebook and pictures; execute it if it is stale.

    Parameters
    ----------
    name : str
        Such as ``04_pca``.
    root : Path
        The folder of the course.
    force : bool
        Execute whether stale or not.

    Returns
    -------
    float or None
        How long the execution took in seconds, None if there was none.
    """
    notebook = read_chapter(root / "chapters" / f"{name}.py", root)
    target = root / "book" / f"{name}.ipynb"
    stored = read_notebook(target)
    before = tagged_pictures(stored) if stored else {}
    seconds = renew(notebook, target, f"chapters/{name}", root, force=force)
    for picture, content in tagged_pictures(notebook).items():
        path = root / PICTURES / f"{picture}.png"
        write_picture(content, path, root, before=before.get(picture))
    return seconds


def complaint(name, root=ROOT):
    """Return what is wrong with a chapter's stored notebook, or None."""
    script = f"chapters/{name}.py"
    notebook = read_chapter(root / script, root)
    found = fault(notebook, root / "book" / f"{name}.ipynb", script, root)
    if found:
        return found
    for picture, content in tagged_pictures(notebook).items():
        path = root / PICTURES / f"{picture}.png"
        if not (path.is_file() and path.read_bytes() == content):
            return f"{PICTURES}/{picture}.png is not the picture in book/{name}.ipynb"
    return None


def chapter_names(root=ROOT):
    """Return the names of all chapters, in order."""
    return sorted(path.stem for path in (root / "chapters").glob("*.py"))


def orphans(root=ROOT):
    """Return the notebooks that no chapter gives, as their paths in the book."""
    book, known = root / "book", chapter_names(root)
    stored = [*book.glob("*.ipynb"), *(book / BLANK).glob("*.ipynb")]
    return sorted(path.relative_to(book).as_posix() for path in stored if path.stem not in known)


def check(names, root=ROOT):
    """Return a list of all that is wrong with the stored notebooks."""
    found = [complaint(name, root) for name in names]
    found += [f"book/{name} has no chapter in chapters" for name in orphans(root)]
    return [text for text in found if text]


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Make book/*.ipynb from chapters/*.py.")
    parser.add_argument("names", nargs="*", help="chapters, such as 04_pca; all by default")
    parser.add_argument("--check", action="store_true", help="write nothing, report what is stale")
    parser.add_argument("--force", action="store_true", help="execute what is not stale, too")
    options = parser.parse_args(arguments)

    known = chapter_names(root)
    names = [Path(name).stem for name in options.names] or known
    for name in names:
        if name not in known:
            parser.error(f"there is no chapter {name!r}; there are {', '.join(known)}")

    if options.check:
        try:
            found = check(names, root)
        except ChapterError as error:
            found = [str(error)]
        for text in found:
            print(text)
        if found:
            print("Run: make notebooks")
        return int(bool(found))

    with made.alone(root):
        return convert_all(names, root, force=options.force)


def convert_all(names, root, *, force):
    """Write the notebooks of some chapters, and say how it went; return the exit code."""
    failed = []
    for name in names:
        try:
            seconds = convert(name, root, force=force)
        except (ChapterError, OSError) as error:
            print(error, file=sys.stderr)
            failed.append(name)
            continue
        done = "outputs kept" if seconds is None else f"executed in {seconds:.1f} s"
        print(f"book/{name}.ipynb: {done}", flush=True)
    if failed:
        print(f"Not written: {', '.join(f'book/{name}.ipynb' for name in failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
