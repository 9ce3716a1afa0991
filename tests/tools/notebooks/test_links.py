"""Links between notebooks lead to Colab in Colab, and to what lies beside them everywhere else."""

import pytest

from tools.course import ROOT
from tools.notebooks import links

PREFIXES = links.read_prefixes(ROOT)
TEXT = (
    "[a](05_pca.ipynb), [b](05_pca.ipynb#maps), [c](exercises/06_dense.ipynb) and [d](index.md); "
    "not [e](https://example.org/a.ipynb), [f](#here), `x[0](1)`."
)


def test_full_addresses_are_those_of_colab_and_of_the_repository(tmp_path):
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://github.com/a/b\n")
    text = links.lengthen(TEXT, "", links.read_prefixes(tmp_path))
    for name in ("05_pca.ipynb", "05_pca.ipynb#maps", "exercises/06_dense.ipynb"):
        assert f"(https://colab.research.google.com/github/a/b/blob/main/book/{name})" in text
    assert "(https://github.com/a/b/blob/main/book/index.md)" in text
    for kept in ("[e](https://example.org/a.ipynb)", "[f](#here)", "`x[0](1)`"):
        assert kept in text


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        (TEXT, ""),
        (
            "[a](../05_pca.ipynb#maps) [b](../solutions/05_pca.ipynb) [c](06_dense.ipynb)",
            "exercises",
        ),
    ],
)
def test_made_short_again_they_are_what_they_were(text, folder):
    longer = links.lengthen(text, folder, PREFIXES)
    assert longer != text
    assert links.shorten(longer, folder, PREFIXES) == text


def test_a_repository_that_colab_cannot_read_keeps_short_links(tmp_path):
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://example.org/a/b\n")
    prefixes = links.read_prefixes(tmp_path)
    assert links.lengthen(TEXT, "", prefixes) == TEXT
    assert links.shorten(TEXT, "", prefixes) == TEXT


def test_a_branch_of_another_name_is_followed(tmp_path):
    (tmp_path / "_config.yml").write_text(
        "repository:\n  url: https://github.com/a/b/\n  branch: trunk\n"
    )
    text = links.lengthen("[x](01_one.ipynb)", "", links.read_prefixes(tmp_path))
    address = "https://colab.research.google.com/github/a/b/blob/trunk/book/01_one.ipynb"
    assert text == f"[x]({address})"
