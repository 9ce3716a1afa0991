"""From a source of exercises to its notebooks: the student's, the solution, the one for grading."""

import nbformat
import pytest

from tests.book.answers import SOURCES
from tools.course import ROOT, CourseError
from tools.notebooks import exercises, renewal, scripts
from tools.notebooks.__main__ import main
from tools.teaching.grading_notebook import HIDDEN, grading_notebook

SOURCE = """\
# %% [markdown]
# # Exercises to chapter 3

# %% [markdown]
# ## 3.1 One
#
# ★ · 5 minutes · 1 point · derive and code

# %%
### BEGIN SOLUTION
one = 1
### END SOLUTION
### STUB one = ...

# %%
check("pretraining.one", one)

# %% [markdown]
# ## Check yourself
#
# The solutions are elsewhere.
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one exercise, whose notebooks are not executed."""
    for folder in ("chapters/exercises", "book", "ae_lib/exercises"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ae_lib" / "__init__.py").write_text("_EXPORTS = {}\n")
    (tmp_path / "ae_lib" / "exercises" / "__init__.py").write_text("")
    (tmp_path / "ae_lib" / "exercises" / "pretraining.py").write_text("x = 1\n")
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://example.org/a/b\n")
    (tmp_path / "chapters" / "exercises" / "03_one.py").write_text(SOURCE)
    executed = []
    monkeypatch.setattr(renewal, "execute", lambda _, name, __: executed.append(name))
    assert main(["exercises"], tmp_path) == 0
    assert executed == ["chapters/exercises/03_one"] * 2
    executed.clear()
    return tmp_path, executed


# From a source to its notebooks -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## 3.1 A\n\n★ · 5 minutes · 1 point · guess", "needs a line like"),
        ("## 3.1 A\n\n★ · 5 minutes · 1 point · improve", "one cell with"),
    ],
)
def test_sources_that_are_not_in_order_are_refused(tmp_path, text, words):
    path = tmp_path / "03_a.py"
    lines = ["# Title", "", *text.splitlines()]
    path.write_text(
        "# %% [markdown]\n"
        + "\n".join(f"# {line}" for line in lines[:1])
        + "\n\n# %% [markdown]\n"
        + "\n".join(f"# {line}" for line in lines[2:])
        + "\n"
    )
    with pytest.raises(CourseError, match=words):
        exercises.exercises(path)


def test_a_marker_alone_is_refused():
    for text in (exercises.BEGIN, exercises.END, f"{exercises.BEGIN}\n{exercises.BEGIN}"):
        with pytest.raises(CourseError, match="without its counterpart"):
            exercises.variant(text, solved=True)


def test_both_notebooks_are_written_and_then_kept(course, capsys):
    root, executed = course
    assert main(["exercises", "--check"], root) == 0
    assert main(["exercises"], root) == 0
    assert executed == []
    assert capsys.readouterr().out.count("outputs kept") == 2
    text = {
        folder: (root / "book" / folder / "03_one.ipynb").read_text()
        for folder in (exercises.STUDENT, exercises.SOLUTION)
    }
    assert "one = ..." in text["exercises"]
    assert "one = 1" in text["solutions"]
    assert "# Solutions to chapter 3" in text["solutions"]


@pytest.mark.parametrize(
    ("path", "old", "new", "words", "runs"),
    [
        ("chapters/exercises/03_one.py", "are elsewhere", "are here", "is not what", 0),
        ("chapters/exercises/03_one.py", "one = 1", "one = 2", "solutions/03_one.ipynb is", 1),
        ("ae_lib/exercises/pretraining.py", "1", "2", "is stale", 2),
    ],
)
def test_what_changed_is_named_and_mended(course, path, old, new, words, runs, capsys):
    root, executed = course
    text = (root / path).read_text()
    (root / path).write_text(text.replace(old, new))
    assert main(["exercises", "--check"], root) == 1
    said = capsys.readouterr().out
    assert words in said
    assert "make exercises" in said
    assert main(["exercises"], root) == 0
    assert len(executed) == runs
    assert main(["exercises", "--check"], root) == 0


def test_orphans_and_broken_sources_are_named(course, capsys):
    root, _ = course
    (root / "book" / "solutions" / "09_gone.ipynb").write_text("{}")
    assert main(["exercises", "--check"], root) == 1
    assert "book/solutions/09_gone.ipynb has no script" in capsys.readouterr().out
    (root / "chapters" / "exercises" / "03_one.py").write_text(SOURCE.replace("★", "*"))
    assert main(["exercises"], root) == 1
    assert "needs a line like" in capsys.readouterr().err


# For a class --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize("solved", [False, True])
def test_the_grading_notebook_is_one_of_nbgrader(path, solved, monkeypatch):
    monkeypatch.setattr(scripts, "digest", lambda *_: "")  # takes time, and is not looked at
    notebook = grading_notebook(path, ROOT, solved=solved)
    nbformat.validate(notebook)
    listed = exercises.exercises(path)
    graded = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    marks = [cell.metadata.nbgrader for cell in graded]
    assert all(mark.schema_version == 3 for mark in marks)
    assert len({mark.grade_id for mark in marks}) == len(marks)
    assert sum(mark.get("points", 0) for mark in marks) == sum(item.points for item in listed)
    assert len(marks) == sum(2 if item.check else 1 for item in listed)
    for cell in graded:
        hidden = "### BEGIN HIDDEN TESTS" in cell.source
        assert hidden == (cell.metadata.nbgrader.grade and not cell.metadata.nbgrader.solution)


def test_hidden_tests_decide():
    def gap(own, unseen):
        return unseen.mean() - own.mean()

    for answer, passes in [(gap, True), (lambda *_: 0, False)]:
        code = HIDDEN.format(name="rbm.gap", answer="gap")
        if passes:
            exec(code, {"gap": answer})
        else:
            with pytest.raises(AssertionError, match="not right yet"):
                exec(code, {"gap": answer})
