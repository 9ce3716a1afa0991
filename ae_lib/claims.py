"""Claims: what a chapter states as a result, checked where it is stated.

In checks (environment variable ``AE_STRICT=1``) a claim that fails is an error. In a reader's
notebook it says so in a sentence and goes on, since readers change sizes, epochs and rates.
"""

import ast
import linecache
import os
import sys

import numpy as np

_SYMBOLS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


def claim(words, condition):
    """State a result, and say whether it holds here.

    Parameters
    ----------
    words : str
        The result in words, with room for other machines and other seeds.
    condition : bool
        What it comes down to, with all numbers in it: ``error < 0.6 * pca_error``. Several
        comparisons are joined by ``and``.

    Raises
    ------
    AssertionError
        If it does not hold and ``AE_STRICT=1`` is set.
    TypeError
        If ``words`` is no text, or ``condition`` is not one truth value.
    ValueError
        If ``words`` is empty.

    Examples
    --------
    >>> from ae_lib import claim
    >>> error, pca_error = 5.2, 13.9
    >>> claim("the autoencoder's error is less than half of PCA's", error < pca_error / 2)
    Holds: the autoencoder's error is less than half of PCA's.
    """
    if not isinstance(words, str):
        raise TypeError(f"words must be a text that states the result. Received: {words!r}")
    if not words.strip():
        raise ValueError("words must state the result, but they are empty")
    if hasattr(condition, "numpy"):  # a tensor
        condition = condition.numpy()
    if not isinstance(condition, bool | np.bool_) and not (
        isinstance(condition, np.ndarray) and condition.shape == () and condition.dtype == bool
    ):
        raise TypeError(
            "condition must be one truth value, such as error < 5 or np.all(errors < 5). "
            f"Received: {condition!r}"
        )
    words = words.strip().rstrip(".")
    if condition:
        print(f"Holds: {words}.")
        return
    numbers = _numbers_compared(sys._getframe(1))
    message = f"Does not hold here: {words}.{f' Compared: {numbers}.' if numbers else ''}"
    if os.environ.get("AE_STRICT") == "1":
        raise AssertionError(message)
    print(message)


def comparisons(condition):
    """Return the comparisons that a condition consists of, each as its operands and symbols.

    Parameters
    ----------
    condition : ast.expr

    Returns
    -------
    list of (list of ast.expr, list of str)
        One for a comparison, which may be a chain, several where ``and`` joins them, and none for
        any other condition.

    Examples
    --------
    >>> condition = ast.parse("0 < error <= 2 and done == True", mode="eval").body
    >>> for operands, symbols in comparisons(condition):
    ...     print([ast.unparse(operand) for operand in operands], symbols)
    ['0', 'error', '2'] ['<', '<=']
    ['done', 'True'] ['==']
    >>> comparisons(ast.parse("all(found)", mode="eval").body)
    []
    """
    joined = isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And)
    parts = condition.values if joined else [condition]
    if not all(isinstance(part, ast.Compare) for part in parts):
        return []
    return [
        ([part.left, *part.comparators], [_SYMBOLS[type(symbol)] for symbol in part.ops])
        for part in parts
    ]


def is_claim(node):
    """Tell whether a statement of a syntax tree calls :func:`claim` with its two arguments."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "claim"
        and len(node.value.args) == 2
    )


def _numbers_compared(frame):
    """Return what the claim on a frame's line compared, such as ``"11.2 < 10.1"``, or ``""``."""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    try:
        calls = [node for node in ast.walk(ast.parse("".join(lines))) if is_claim(node)]
        (call,) = [node for node in calls if node.lineno <= frame.f_lineno <= node.end_lineno]
        return " and ".join(
            _written(operands, symbols, frame)
            for operands, symbols in comparisons(call.value.args[1])
        )
    # Whatever stands in the way of the numbers, the sentence is what matters.
    except Exception:
        return ""


def _written(operands, symbols, frame):
    """Evaluate the operands of a comparison once more, and write it with their values."""
    values = [
        eval(compile(ast.Expression(operand), "<claim>", "eval"), frame.f_globals, frame.f_locals)
        for operand in operands
    ]
    text = _short(values[0])
    for symbol, value in zip(symbols, values[1:], strict=True):
        text += f" {symbol} {_short(value)}"
    return text


def _short(value):
    """Write a number with four significant digits, and anything else as it is."""
    try:
        return f"{value:.4g}"
    except (TypeError, ValueError):
        return str(value)
