"""The command line for notebooks: what it refuses, and what its check names."""

import pytest

from tests.tools.notebooks.chapters.made_up import change, clear, edit, fail, run, run_again


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
        words = "02_two.ipynb has no script in chapters"
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


def test_a_name_that_is_no_chapter_is_refused(course, capsys):
    with pytest.raises(SystemExit):
        run(course, "02_two")
    assert "there is no chapters/02_two.py; there are 01_one" in capsys.readouterr().err
