"""The digest of a notebook: the code and the data that its stored outputs come from."""

import ast
import hashlib
import importlib.util

from tools.course import CourseError

PACKAGE = "ae_lib"
# What modules read, as patterns in the package: new data make stale what was computed from the old.
DATA = {
    "ae_lib.datasets": ("data/*.npz",),
    "ae_lib.plots.style": ("plots/*.json",),
    "ae_lib.results": ("results/*.json", "results/*.npz"),
}
# What chapters read themselves, by the names of files.
NAMED = "searches/*.csv"
# Modules below this one draw, and change no number.
DRAWING = "ae_lib.plots"

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
        raise CourseError(
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
    raise CourseError(f"{PACKAGE}/__init__.py has no table _EXPORTS of its public names")


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


def needed_modules(trees, root, *, drawing=True):
    """Return the names of all ``ae_lib`` modules that the cells import, directly or through others.

    Importing a module runs the ``__init__.py`` of the packages around it, so these count too.
    Without ``drawing``, modules that only draw are left out, and what only they import.
    """
    needed, left_out = set(), set()
    waiting = set().union(*(imported_modules(tree, "", root) for tree in trees))
    while waiting:
        name = waiting.pop()
        if draws(name) and not drawing:
            left_out.add(name)
            continue
        needed.add(name)
        if "." in name:
            waiting.add(name.rpartition(".")[0])
        file = module_file(name, root)
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        # The package's own table is read where a name is imported, not followed as a whole.
        if name != PACKAGE:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            waiting |= imported_modules(tree, package, root)
        waiting -= needed | left_out
    return sorted(needed)


def module_outline(name, root):
    """Return a module's code as text, without docstrings, comments and the table of names."""
    tree = without_docstrings(ast.parse(module_file(name, root).read_text(encoding="utf-8")))
    if name == PACKAGE:
        tree.body = [statement for statement in tree.body if not _is_exports_table(statement)]
    return f"{name}: {outline(tree)}"


def data_files(name, root):
    """Return the files of data that a module of the package reads."""
    patterns = DATA.get(name, ())
    return sorted(path for pattern in patterns for path in (root / PACKAGE).glob(pattern))


def data_outline(path, root):
    """Return a file of data as its place and the digest of its content."""
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{path.relative_to(root).as_posix()}: {content}"


def named_files(trees, root):
    """Return the files of data that cells name."""
    nodes = (node for tree in trees for node in ast.walk(tree))
    names = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return sorted(path for path in (root / PACKAGE).glob(NAMED) if path.name in names)


def draws(name):
    """Tell whether a module only draws."""
    return f"{name}.".startswith(f"{DRAWING}.")


def digest(trees, root, *, drawing=True):
    """Return the SHA-256 of cells, of the ``ae_lib`` modules behind them, and of what both read.

    Parameters
    ----------
    trees : list of ast.AST
        The cells.
    root : Path
        The folder that holds the package.
    drawing : bool, default=True
        With the modules that only draw, on which outputs depend, and numbers do not.

    Returns
    -------
    str
    """
    parts = [outline(tree) for tree in trees]
    for name in needed_modules(trees, root, drawing=drawing):
        parts.append(module_outline(name, root))
        parts += [data_outline(path, root) for path in data_files(name, root)]
    parts += [data_outline(path, root) for path in named_files(trees, root)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
