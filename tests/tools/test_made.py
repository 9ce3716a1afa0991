"""What commands made and may remove: everything else is left, or kept where it can be found."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import clean, made
from tools.course import ROOT


def put(root, **files):
    """Write files, by names in which __ stands for a slash and _ot_ for a dot."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_ot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def texts(folder):
    """Return the texts of all files below a folder, but of no list."""
    return sorted(path.read_text() for path in made.files_of(folder))


def built(root, name="build/slides", **files):
    """Fill a folder as a command does, and list it."""
    put(root / name, **(files or {"a_ot_html": "a", "sub__b_ot_html": "b"}))
    made.record(root / name)
    return root / name


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("disk full")

    target = tmp_path / "a.json"
    target.write_text("old")
    monkeypatch.setattr(type(target), "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        made.write(b"new", target)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_files_can_be_read_by_whoever_may_read_new_files(tmp_path):
    made.write(b"new", tmp_path / "ours")
    (tmp_path / "plain").write_text("new")
    ours, plain = (stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "plain"))
    assert ours == plain


def test_processes_that_write_one_file_at_once_do_not_disturb_each_other(tmp_path):
    code = (
        "import sys, pathlib, made\nfor _ in range(300): made.write(b'x' * 5000, pathlib.Path('f'))"
    )
    run = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    both = [
        subprocess.Popen(run, cwd=tmp_path, env=environment, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [one.communicate()[1] for one in both] == [b"", b""]
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_replacing_leaves_nothing_of_the_old_build(tmp_path):
    target = built(tmp_path)
    put(tmp_path / "new", a_ot_html="newer")
    made.replace(tmp_path / "new", target, tmp_path)
    assert texts(target) == ["newer"]
    assert not (tmp_path / "kept").exists()


def test_replacing_keeps_what_a_person_added_or_changed(tmp_path, capsys):
    target = built(tmp_path)
    put(target, sub__mine_ot_txt="mine", a_ot_html="a, corrected by hand")
    put(tmp_path / "new", a_ot_html="newer")
    made.replace(tmp_path / "new", target, tmp_path)
    assert texts(target) == ["newer"]
    assert texts(tmp_path / "kept") == ["a, corrected by hand", "mine"]
    assert "kept as kept/" in capsys.readouterr().out


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(tmp_path, monkeypatch):
    target = built(tmp_path)
    put(tmp_path / "new", a_ot_html="newer")
    rename = Path.rename

    def refuse(path, to):
        if path == tmp_path / "new":
            raise OSError("another file system")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="another file system"):
        made.replace(tmp_path / "new", target, tmp_path)
    assert texts(target) == ["a", "b"]
    assert [path.name for path in target.parent.iterdir()] == ["slides"]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_replacing_keeps_the_whole_of_what_no_command_listed(tmp_path, kind):
    target = tmp_path / "build" / "slides"
    put(tmp_path, elsewhere__mine_ot_txt="mine")
    if kind == "folder":
        put(target, mine_ot_txt="mine")
    else:
        target.parent.mkdir()
        target.write_text("mine") if kind == "file" else target.symlink_to(tmp_path / "elsewhere")
    put(tmp_path / "new", a_ot_html="newer")
    made.replace(tmp_path / "new", target, tmp_path)
    assert texts(target) == ["newer"]
    (kept,) = (tmp_path / "kept").glob("*/build/slides")
    assert kept.is_symlink() == (kind == "link")
    assert texts(tmp_path / "elsewhere") == ["mine"]


def test_copies_of_one_second_do_not_replace_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "strftime", lambda _: "20260101-000000")
    for text in ("one", "two", "three"):
        put(tmp_path, a_ot_txt=text)
        made.keep_copy(tmp_path / "a.txt", tmp_path)
    assert texts(tmp_path / "kept") == ["one", "three", "two"]


@pytest.mark.parametrize("damage", ["", "{", "[]", "null"])
def test_a_damaged_list_says_nothing_so_that_everything_is_kept(tmp_path, damage):
    target = built(tmp_path)
    (target / made.LIST).write_text(damage)
    assert made.remove(target) == sorted([target / "a.html", target / "sub" / "b.html"])


def test_clean_removes_what_was_built(tmp_path):
    for name in clean.BUILT:
        built(tmp_path, name)
    put(tmp_path, ae_lib__x_ot_py="x = 1", ae_lib____pycache____x_ot_pyc="")
    put(tmp_path, _ot_ruff_cache__CACHEDIR_ot_TAG="")
    (tmp_path / "build" / "webp").mkdir()
    (tmp_path / "build" / "webp" / f"{'0a' * 32}.webp").write_text("")
    (tmp_path / "build" / ".building-x" / "slides").mkdir(parents=True)
    (tmp_path / "build" / ".replaced-slides-7").mkdir()
    assert clean.clean(tmp_path) == []
    assert not (tmp_path / "_build").exists()
    assert not (tmp_path / "build").exists()


MINE = {
    "build/classroom/gradebook.db": "marks",
    "build/classroom/submitted/student_1/05_pca/05_pca.ipynb": "{}",
    "build/notes.txt": "my notes",
    "build/webp/holiday.webp": "a picture of mine",
    "build/slides/mine.html": "my slides",
    "build/bundle/for-ulm.zip": "a zip of my own",
    "_build/html/CNAME": "my address",
    "_build/thesis.tex": "a thesis",
    "dist/ae_lib-1.0.tar.gz": "a package that I built",
    "other.egg-info/PKG-INFO": "another package",
    "ae_lib/__pycache__/notes.txt": "my notes",
    ".ruff_cache/mine.txt": "no cache, since it has no tag",
    "classroom/gradebook.db": "marks",
    "work/05_pca.ipynb": "{}",
    "kept/20260101-000000/book/05_pca.ipynb": "{}",
    ".claims/05_pca-0.json": "an hour of computing",
}


def test_clean_leaves_everything_that_a_person_made_and_names_it(tmp_path, capsys):
    for name in clean.BUILT:
        built(tmp_path, name)
    for name, text in MINE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert clean.main(tmp_path) == 0
    assert {name: (tmp_path / name).read_text() for name in MINE} == MINE
    said = capsys.readouterr().out
    for name in (
        "build/classroom",
        "build/notes.txt",
        "build/slides/mine.html",
        "_build/html/CNAME",
    ):
        assert name in said
    assert not (tmp_path / "build/slides/a.html").exists()


def test_clean_does_not_follow_links(tmp_path):
    put(tmp_path, elsewhere__mine_ot_txt="mine")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "slides").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build" / ".doctrees").symlink_to(tmp_path / "elsewhere")
    folder = built(tmp_path, "build/bundle")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    clean.clean(tmp_path)
    assert texts(tmp_path / "elsewhere") == ["mine"]


def test_a_command_does_not_wait_for_itself(tmp_path, capsys):
    (tmp_path / "link").symlink_to(tmp_path)
    with made.alone(tmp_path, tmp_path / "link", tmp_path):
        assert capsys.readouterr().err == ""


def test_the_second_command_waits_for_the_first(tmp_path):
    code = "import sys, pathlib, made\nwith made.alone(pathlib.Path('.')): print('in', flush=True)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    options = {"cwd": tmp_path, "env": environment, "text": True}
    with made.alone(tmp_path):
        second = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        assert "waiting" in second.stderr.readline()
        assert second.poll() is None
    assert second.communicate()[0] == "in\n"
