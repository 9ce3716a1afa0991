"""A made-up course of one chapter with claims, and what tests do to it."""

import json
import shutil
import textwrap

from tools.claims import runs
from tools.claims.__main__ import main
from tools.claims.tally import TALLY
from tools.course import ROOT

CHAPTER = """\
# %% [markdown]
# # 1. A chapter
#
# Claim: this is prose, and no claim.

# %%
import os

seed = int(os.environ["AE_SEED"])
error, pca_error = 7 + seed, 13.87
assert error > 0

# %% [markdown]
# Prose.

# %%
# Claim: the autoencoder
# beats PCA.
assert error < pca_error
assert seed < 1 < 2 <= pca_error
# Another comment ends the claim.
assert sorted([error, pca_error])[0] == error

# %%
for limit in (20, 30):
    # Claim: errors are small.
    assert error < limit
print("the end")
"""


def write_course(folder):
    """Write a course of one chapter into a folder; return the folder."""
    for name in ("chapters", "book", "ae_lib"):
        (folder / name).mkdir()
    (folder / "ae_lib" / "__init__.py").write_text("_EXPORTS = {}\n")
    shutil.copy(ROOT / "ae_lib" / "claims.py", folder / "ae_lib")
    (folder / "_config.yml").write_text("repository:\n  url: https://example.org/course\n")
    (folder / "chapters" / "01_one.py").write_text(CHAPTER)
    return folder


def edit(course, old, new, name="01_one"):
    path = course / "chapters" / f"{name}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def add(course, name, code):
    (course / "chapters" / f"{name}.py").write_text(
        f"# %% [markdown]\n# # A chapter\n\n# %%\n{textwrap.dedent(code)}"
    )


def run(course, *arguments, seeds=2):
    return main(["--seeds", str(seeds), "--jobs", "2", *arguments], course)


def stored(course):
    return json.loads((course / TALLY).read_text(encoding="utf-8"))


def forbid_runs(monkeypatch):
    def refuse(*_):
        raise AssertionError("executed, but nothing was missing")

    monkeypatch.setattr(runs.Runs, "execute", refuse)


def count_runs(monkeypatch):
    """Note which chapters are executed under which seeds."""
    noted = []
    execute = runs.Runs._run

    def note(self, chapter, seed, bar):
        noted.append((chapter.name, seed))
        return execute(self, chapter, seed, bar)

    monkeypatch.setattr(runs.Runs, "_run", note)
    return noted
