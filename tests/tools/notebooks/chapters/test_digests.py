"""Which changes of a chapter or of the library make stored outputs stale."""

import textwrap

import pytest

from tests.tools.notebooks.chapters.made_up import edit
from tools.notebooks import chapters, digests


def stale_after(course, path, old, new):
    """Tell whether the chapter's digest changes with an edit."""

    def current():
        return chapters.read_chapter(course / "chapters" / "01_one.py", course).metadata.ae.digest

    before = current()
    edit(course / path, old, new)
    return current() != before


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
