"""The environment's folder, and pip's settings: nothing of the user's is emptied or followed."""

import os
import subprocess
import sys
import venv
from venv import EnvBuilder

import pytest

from tools.course import ROOT
from tools.environment import packages as install
from tools.environment import virtual_environment as environment


@pytest.fixture
def root(tmp_path, monkeypatch):
    """The folder of a course; environments are made without pip, which takes seconds."""

    def quick(*, with_pip, symlinks):
        assert with_pip
        return EnvBuilder(with_pip=False, symlinks=symlinks)

    monkeypatch.setattr(venv, "EnvBuilder", quick)
    monkeypatch.setattr(environment, "works", lambda folder: (folder / "bin" / "python").exists())
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


def tree(folder):
    """Return all files of a folder with their contents."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def foreign_environment(folder):
    EnvBuilder(with_pip=False, symlinks=True).create(folder)
    (folder / "lib" / "mine.txt").write_text("my own package")


@pytest.mark.parametrize("there", ["absent", "empty"])
def test_an_absent_or_empty_folder_is_filled_once(root, there):
    folder = root / "env"
    if there == "empty":
        folder.mkdir()
    assert environment.make(folder, root)
    assert (folder / "bin" / "python").exists()
    assert not environment.make(folder, root)


def test_a_folder_that_holds_anything_else_is_refused_untouched(root):
    folder = root.parent / "disk"
    (folder / "students work").mkdir(parents=True)
    (folder / "students work" / "marks.csv").write_text("1")
    before = tree(folder)
    with pytest.raises(environment.RefusedError, match=r"students work.*VENV=\S+course-environ"):
        environment.make(folder, root)
    assert tree(folder) == before


def test_an_environment_of_somebody_else_is_refused_untouched(root):
    folder = root.parent / "thesis"
    foreign_environment(folder)
    before = tree(folder)
    with pytest.raises(environment.RefusedError, match="that the course did not make"):
        environment.make(folder, root)
    (folder / "bin" / "python").unlink()
    before.pop(folder / "bin" / "python", None)
    with pytest.raises(environment.RefusedError, match="that the course did not make"):
        environment.make(folder, root)
    assert tree(folder) == {path: text for path, text in before.items() if path.is_file()}


def test_an_environment_that_was_made_by_hand_for_the_course_is_used_as_it_is(root):
    foreign_environment(root / ".venv")
    before = tree(root / ".venv")
    assert not environment.make(root / ".venv", root)
    after = tree(root / ".venv")
    assert after.pop(root / ".venv" / environment.MARK)
    assert after == before


def test_an_environment_of_the_first_edition_is_known(root):
    foreign_environment(root / "env")
    (root / "env" / environment.OLD_MARK).touch()
    assert not environment.make(root / "env", root)
    assert (root / "env" / environment.MARK).is_file()


@pytest.mark.parametrize("how", ["broken link", "interrupted"])
def test_a_broken_environment_of_the_course_is_made_again(root, how):
    folder = root / "env"
    environment.make(folder, root)
    (folder / "lib" / "left.txt").write_text("of the old environment")
    if how == "interrupted":
        # As a killed process leaves it: make sees that the mark is not there.
        (folder / environment.MARK).unlink()
        (folder / environment.UNFINISHED).touch()
    else:
        (folder / "bin" / "python").unlink()
    assert environment.make(folder, root)
    assert not (folder / "lib" / "left.txt").exists()
    assert (folder / environment.MARK).is_file()
    assert not (folder / environment.UNFINISHED).exists()
    assert not environment.make(folder, root)


def test_a_file_of_a_person_in_a_broken_environment_stops_its_renewal(root):
    folder = root / "env"
    environment.make(folder, root)
    (folder / "bin" / "python").unlink()
    (folder / "my notes").write_text("{}")
    before = tree(folder)
    with pytest.raises(environment.RefusedError, match="something else as well: my notes"):
        environment.make(folder, root)
    assert tree(folder) == before


def test_an_environment_made_by_hand_is_never_emptied(root):
    foreign_environment(root / ".venv")
    environment.make(root / ".venv", root)
    (root / ".venv" / "bin" / "python").unlink()
    before = tree(root / ".venv")
    with pytest.raises(environment.RefusedError, match="did not make, and it no longer works"):
        environment.make(root / ".venv", root)
    assert tree(root / ".venv") == before


def test_a_link_to_somebodys_environment_is_not_taken_for_the_courses(root):
    foreign_environment(root.parent / "thesis")
    before = tree(root.parent / "thesis")
    (root / ".venv").symlink_to(root.parent / "thesis")
    with pytest.raises(environment.RefusedError, match="that the course did not make"):
        environment.make(root / ".venv", root)
    assert tree(root.parent / "thesis") == before


def test_a_folder_named_like_the_parts_of_an_environment_is_refused(root):
    folder = root.parent / "programs"
    for name in ("bin", "lib", "installed"):
        (folder / name).mkdir(parents=True)
        (folder / name / "mine").write_text("mine")
    before = tree(folder)
    with pytest.raises(environment.RefusedError, match="holds something"):
        environment.make(folder, root)
    assert tree(folder) == before


def test_an_environment_that_was_moved_is_made_again(root):
    environment.make(root / "env", root)
    (root / "env").rename(root / "moved")
    assert environment.make(root / "moved", root)
    assert environment.read_mark(root / "moved")[1] == str(root / "moved")


def test_git_does_not_see_an_environment(root):
    environment.make(root / "env", root)
    assert (root / "env" / ".gitignore").read_text() == "*\n"


PLACES = [".", "..", "kept", "kept/env", "LICENSE", "book/env", "_build/html", "work", ".git/env"]


@pytest.mark.parametrize("place", PLACES)
def test_folders_that_cannot_be_an_environment_are_refused(root, place):
    (root / "LICENSE").write_text("MIT")
    with pytest.raises(environment.RefusedError, match="VENV must"):
        environment.make(root / place, root)
    assert [path.name for path in root.iterdir()] == ["LICENSE"]


def test_the_command_makes_an_environment_in_the_courses_own_folder(root, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment.make, "__defaults__", (root,))
    monkeypatch.chdir(root)
    assert environment.main([".venv"]) == 0
    assert environment.read_mark(root / ".venv") == (environment.MADE, str(root / ".venv"))


def test_a_folder_that_cannot_be_written_is_named(root, capsys):
    (root / "in the way").write_text("")
    assert environment.main([str(root / "in the way" / "env")]) == 1
    assert "could not be made in" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["my disk/env", "", "a:b", "a%b", "a#b", "*", "a;b", "a$b", "x$HOME/env", "-env", "a'b"]
)
def test_make_refuses_names_that_it_or_the_shell_would_misread(tmp_path, name):
    done = subprocess.run(
        ["make", "--no-print-directory", "install", "clean", "book", f"VENV={name}"],
        cwd=ROOT,
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "VENV must name one folder" in done.stderr
    assert done.stdout == ""


def test_make_takes_letters_of_every_language_and_the_home_folder(tmp_path):
    for name, meant in {"täglich/中": "täglich/中", "~/env": f"{tmp_path}/env"}.items():
        done = subprocess.run(
            ["make", "--dry-run", "install", f"VENV={name}"],
            cwd=ROOT,
            env={**os.environ, "MAKEFLAGS": "", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert f'tools.environment.virtual_environment "{meant}"' in done.stdout


# pip's settings -----------------------------------------------------------------------------------

HARMFUL = {
    "user": "true",
    "target": "/tmp/elsewhere",
    "prefix": "/tmp/elsewhere",
    "no-deps": "true",
    "dry-run": "true",
    "require-hashes": "true",
    "constraint": "/nowhere.txt",
    "only-binary": "none",
    "ignore-installed": "true",
    "no-such-option": "1",
    "quiet": "2",
}


@pytest.mark.parametrize("where", ["file", "variables"])
def test_only_settings_of_pip_that_reach_an_index_count(tmp_path, where):
    wanted = {"index-url": "https://mirror.example/simple", "timeout": "77"}
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    if where == "file":
        lines = [f"{name} = {value}" for name, value in (HARMFUL | wanted).items()]
        config = tmp_path / "pip.conf"
        config.write_text("\n".join(["[global]", *lines[::2], "[install]", *lines[1::2]]))
        variables["PIP_CONFIG_FILE"] = str(config)
    else:
        for name, value in (HARMFUL | wanted).items():
            variables[f"PIP_{name.replace('-', '_').upper()}"] = value
    variables["PYTHONPATH"] = "/somebody/elses/packages"
    ours = install.pip_variables(variables)
    assert "PYTHONPATH" not in ours
    pips = {name: value for name, value in ours.items() if name.startswith("PIP_")}
    assert pips["PIP_INDEX_URL"] == wanted["index-url"]
    assert pips["PIP_TIMEOUT"] == wanted["timeout"]
    known = {f"PIP_{name.replace('-', '_').upper()}" for name in install.REACH}
    assert set(pips) <= known | {"PIP_CONFIG_FILE", "PIP_REQUIRE_VIRTUALENV"}


def test_settings_of_pip_that_cannot_be_read_are_named_and_variables_count_all_the_same(
    tmp_path, capsys
):
    (tmp_path / "pip.conf").write_text("[global]\nindex-url\n= =\n[global]\n")
    variables = {**os.environ, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_NO_INPUT": "may"}
    ours = install.pip_variables({**variables, "PIP_ISOLATED": "1", "PIP_INDEX_URL": "https://a/s"})
    assert ours["PIP_INDEX_URL"] == "https://a/s"
    assert "PIP_ISOLATED" not in ours
    assert "pip's settings cannot be read" in capsys.readouterr().err


def test_pip_runs_under_these_settings_and_its_exit_code_counts(monkeypatch, capsys):
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_REQUIRE_HASHES", "1")
    assert install.main(["--dry-run", "pip"]) == 0
    assert install.main(["--no-index", "none-such-package"]) == 1
    capsys.readouterr()
    assert sys.prefix != sys.base_prefix, "the tests run in the course's environment"
