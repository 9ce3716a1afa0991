"""Execute one chapter, and write down what each of its assertions found.

``runs.py`` calls it, in a process of its own for each chapter and seed:

    python -P tools/claims/chapter_run.py chapters/05_pca.py result.json

An assertion that fails does not end the chapter here. Whatever else fails does, and then no result
is written.
"""

import ast
import contextlib
import json
import math
import numbers
import operator
import sys
import time
import types
from pathlib import Path

from ae_lib.claims import comparisons, is_claim

# The name under which a chapter knows its record. Nobody would use it for anything else.
RECORD = "__record__"

OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda item, container: item in container,
    "not in": lambda item, container: item not in container,
}


# What an assertion compares -----------------------------------------------------------------------


def find_asserts(tree):
    """Return the assertions and claims of a syntax tree, in the order in which they are written."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assert) or is_claim(node)]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def condition_of(node):
    """Return the condition of an assertion or of a claim."""
    return node.test if isinstance(node, ast.Assert) else node.value.args[1]


# What it found ------------------------------------------------------------------------------------


def as_number(value):
    """Return a number to six significant digits, and None for anything else.

    Examples
    --------
    >>> as_number(1 / 3), as_number(120.0), as_number(True), as_number("text")
    (0.333333, 120, None, None)
    """
    if hasattr(value, "numpy"):  # of TensorFlow
        value = value.numpy()
    if getattr(value, "shape", None) == ():  # of NumPy
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        return None
    value = float(f"{value:.6g}")
    return int(value) if value.is_integer() and abs(value) < 1e6 else value


class Record:
    """What the assertions of a chapter found, each with its number in their order.

    Parameters
    ----------
    count : int
        How many assertions there are.

    Attributes
    ----------
    found : list of dict
        For each whether it ``held`` (each time, if it was reached more than once), the ``values``
        that it compared, one after the other, and a ``message`` where it did not hold.

    Examples
    --------
    >>> record = Record(2)
    >>> with record.watching(0):
    ...     record.compare(0, [([1.5, 2, 3], ["<", ">"])])
    >>> record.found[0]
    {'held': False, 'values': [1.5, 2, 3], 'message': 'it was false'}
    >>> record.found[1]
    {'held': False, 'values': [], 'message': 'it was never reached'}
    """

    def __init__(self, count):
        self.found = [
            {"held": False, "values": [], "message": "it was never reached"} for _ in range(count)
        ]
        self._reached = set()

    @contextlib.contextmanager
    def watching(self, number):
        """Count an error in an assertion as one that did not hold."""
        try:
            yield
        except Exception as error:
            text = " ".join(f"{type(error).__name__}: {error}".split())
            self.note(number, False, text[:200])

    def compare(self, number, parts):
        """Note the comparisons that an assertion consists of, with all their operands."""
        for operands, _ in parts:
            self.found[number]["values"] += [as_number(operand) for operand in operands]
        held = all(
            OPERATORS[symbol](left, right)
            for operands, symbols in parts
            for left, symbol, right in zip(operands[:-1], symbols, operands[1:], strict=True)
        )
        self.note(number, held)

    def note(self, number, held, message="it was false"):
        """Note whether an assertion held."""
        found = self.found[number]
        first = number not in self._reached
        self._reached.add(number)
        if not held:
            found.update(held=False, message=message)
        elif first:
            found.update(held=True, message="")


# From a chapter to its record ---------------------------------------------------------------------


class Softener(ast.NodeTransformer):
    """Turn assertions into calls of a record. Each operand is evaluated once, in its own place."""

    def __init__(self, numbers):
        self.numbers = numbers

    def visit_Assert(self, node):
        """Replace an assertion."""
        return self._soft(node)

    def visit_Expr(self, node):
        """Replace a claim."""
        return self._soft(node) if is_claim(node) else self.generic_visit(node)

    def _soft(self, node):
        """Return a call of the record in the place of an assertion or a claim."""
        number = self.numbers[node]
        text = f"with {RECORD}.watching({number}):\n    {RECORD}.METHOD({number})"
        soft = ast.parse(text).body[0]
        for part in ast.walk(soft):
            ast.copy_location(part, node)
        call = soft.body[0].value
        condition = condition_of(node)
        parts = comparisons(condition)
        call.func.attr = "compare" if parts else "note"
        call.args.append(_listed(parts) if parts else condition)
        return ast.fix_missing_locations(soft)


def _listed(parts):
    """Write comparisons as an expression that evaluates their operands."""
    load = ast.Load()
    return ast.List(
        [
            ast.Tuple(
                [
                    ast.List(operands, load),
                    ast.List([ast.Constant(symbol) for symbol in symbols], load),
                ],
                load,
            )
            for operands, symbols in parts
        ],
        load,
    )


def run(path):
    """Execute a chapter as a program.

    Parameters
    ----------
    path : Path
        A Python script. Its markup of cells is comments to Python.

    Returns
    -------
    dict
        How many ``seconds`` it took, and what its ``asserts`` found.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    asserts = find_asserts(tree)
    record = Record(len(asserts))
    soft = Softener({node: number for number, node in enumerate(asserts)}).visit(tree)
    code = compile(soft, str(path), "exec", dont_inherit=True)

    # As in a notebook, what a chapter defines is found in the module __main__.
    chapter = types.ModuleType("__main__")
    chapter.__dict__[RECORD] = record
    sys.modules["__main__"] = chapter
    start = time.perf_counter()
    exec(code, chapter.__dict__)
    return {"seconds": round(time.perf_counter() - start, 1), "asserts": record.found}


def main(path, output):
    """Execute a chapter, and write its record in one step."""
    result = run(path)
    draft = output.with_suffix(".tmp")
    draft.write_text(json.dumps(result) + "\n", encoding="utf-8")
    draft.replace(output)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
