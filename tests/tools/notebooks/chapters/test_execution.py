"""A chapter is executed without the user's settings."""

from tests.tools.notebooks.chapters.made_up import code_cells, run


def test_chapters_run_alike_wherever_they_run(course, tmp_path, monkeypatch):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("raise SystemExit('a start-up file of the user ran')")
    for name, value in {
        "AE_SEED": "7",
        "COLUMNS": "20",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "KERAS_BACKEND": "jax",
        "MPLBACKEND": "none",
        "PYTHONWARNINGS": "error",
        "PYTHONOPTIMIZE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    (course / "chapters" / "01_one.py").write_text(
        "# %% [markdown]\n# # A\n\n# %%\nimport os\n\nfrom pathlib import Path\n\n"
        "users = {'COLUMNS', 'KERAS_BACKEND', 'PYTHONWARNINGS'} & set(os.environ)\n"
        "assert not users\n"
        "print(os.environ.get('AE_SEED'), os.environ['AE_PROGRESS'], os.listdir(Path.cwd()))\n"
        "Path('left.txt').write_text('x');\n"
    )
    assert run(course) == 0
    words = code_cells(course)[1].outputs[0].text.split(maxsplit=2)
    assert words[:2] == ["None", "0"]
    assert "chapters" not in words[2]
    assert not list(course.rglob("left.txt"))
