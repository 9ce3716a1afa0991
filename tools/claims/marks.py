"""Claims as chapters make them: calls of ``claim``, or comments directly above assertions."""

import ast
import re
from dataclasses import dataclass

import jupytext

from ae_lib.claims import is_claim
from tools.claims.chapter_run import condition_of, find_asserts
from tools.course import ROOT, CourseError
from tools.notebooks.digests import digest, parse_cell

_CELL = re.compile(r"# %%(?P<rest>.*)")
_MARK = re.compile(r"#\s*claim\s*:\s*(?P<words>.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Assertion:
    """An assertion of a chapter: its condition as text, and where it stands."""

    code: str
    line: int
    cell: int


@dataclass(frozen=True)
class Group:
    """Assertions that follow on each other, as numbers, and the claim above them, if any."""

    claim: str | None
    numbers: list


@dataclass(frozen=True)
class Chapter:
    """What a tally has to know of a chapter."""

    name: str
    title: str
    digest: str
    assertions: list
    groups: list

    @property
    def claims(self):
        """The words of its claims, in order."""
        return [group.claim for group in self.groups if group.claim is not None]


def cells_of_lines(lines):
    """Return for each line of a script the number of its code cell, and None outside of these."""
    found, number, inside = [], 0, False
    for line in lines:
        mark = _CELL.match(line)
        if mark:
            inside = not re.search(r"\[(markdown|md|raw)\]", mark["rest"])
            number += inside
        found.append(number if inside and not mark else None)
    return found


def comment_above(lines, line):
    """Return where the comment begins that ends directly above a line (both count from 0)."""
    margin = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    first = line
    while first and lines[first - 1].startswith(f"{margin}#") and not _CELL.match(lines[first - 1]):
        first -= 1
    return first


def find_groups(source, name):
    """Find the assertions of a chapter, and the claims above them.

    Parameters
    ----------
    source : str
        The chapter's script.
    name : str
        Its name, for complaints.

    Returns
    -------
    list of Assertion
    list of Group

    Raises
    ------
    CourseError
        If a claim has no words, or a comment that states one has no assertion directly below it.

    Examples
    --------
    >>> _, groups = find_groups('''
    ... # %%
    ... assert x.shape == (3,)
    ... # Claim: one is less
    ... # than two.
    ... assert one < two
    ... assert 2 * one <= two
    ... ''', "05_pca")
    >>> for group in groups:
    ...     print(group)
    Group(claim=None, numbers=[0])
    Group(claim='one is less than two.', numbers=[1, 2])
    >>> _, groups = find_groups('claim("one is less", one < two)', "05_pca")
    >>> groups
    [Group(claim='one is less', numbers=[0])]
    """
    lines = source.splitlines()
    cells = cells_of_lines(lines)
    assertions, groups, used, last = [], [], set(), None
    for number, node in enumerate(find_asserts(ast.parse(source))):
        line = node.lineno - 1
        code = " ".join(ast.get_source_segment(source, condition_of(node)).split())
        assertions.append(Assertion(code, node.lineno, cells[line]))
        if is_claim(node):
            groups.append(Group(_stated(node, f"chapters/{name}.py, line {node.lineno}"), [number]))
            last = None
            continue
        if not _follows(node, last):
            first = comment_above(lines, line)
            comment = [text.strip() for text in lines[first:line]]
            marks = [place for place, text in enumerate(comment) if _MARK.match(text)]
            words = _words(comment[marks[-1] :]) if marks else None
            used |= {first + place for place in marks[-1:]}
            groups.append(Group(words, []))
        groups[-1].numbers.append(number)
        last = node
    for place, text in enumerate(lines):
        if cells[place] and _MARK.match(text.strip()):
            _check_mark(text.strip(), place in used, f"chapters/{name}.py, line {place + 1}")
    return assertions, groups


def _stated(node, place):
    """Return the words of a claim, which must be written where it is made."""
    words = node.value.args[0]
    if not isinstance(words, ast.Constant) or not isinstance(words.value, str):
        raise CourseError(
            f"{place}: the words of a claim must be a text in quotes, so that the tally can show "
            f"them. Received: {ast.unparse(words)}"
        )
    return " ".join(words.value.split())


def _follows(node, last):
    """Tell whether an assertion follows on another without a gap."""
    if last is None:
        return False
    below = node.lineno == last.end_lineno + 1 and node.col_offset == last.col_offset
    return below or node.lineno == last.end_lineno  # after a semicolon


def _words(comment):
    """Join the lines of a claim."""
    pieces = [_MARK.match(comment[0])["words"], *(line.lstrip("#") for line in comment[1:])]
    return " ".join(" ".join(pieces).split())


def _check_mark(text, used, place):
    """Refuse a claim that is not written as claims are."""
    if not re.match(r"# Claim: \S", text):
        raise CourseError(f'{place}: a claim is written "# Claim: words". Received: "{text}"')
    if not used:
        raise CourseError(f'{place}: no assertion stands directly below "{text}"')


def read_chapter(name, root=ROOT):
    """Read a chapter, its digest, and its claims.

    Parameters
    ----------
    name : str
        Such as ``05_pca``.
    root : Path
        The folder of the course.

    Returns
    -------
    Chapter
    """
    path = root / "chapters" / f"{name}.py"
    cells = jupytext.read(path, fmt="py:percent").cells
    title = cells[0].source.partition("\n")[0].removeprefix("# ")
    assertions, groups = find_groups(path.read_text(encoding="utf-8"), name)
    return Chapter(name, title, digest_of_numbers(path, root), assertions, groups)


def digest_of_numbers(path, root):
    """Return the digest of what a chapter's numbers depend on: what only draws is left out."""
    cells = jupytext.read(path, fmt="py:percent").cells
    trees = [
        parse_cell(cell.source, f"chapters/{path.name}")
        for cell in cells
        if cell.cell_type == "code"
    ]
    # Other words for the same condition cost no run.
    for node in (node for tree in trees for node in ast.walk(tree) if is_claim(node)):
        node.value.args[0] = ast.Constant("")
    return digest(trees, root, drawing=False)
