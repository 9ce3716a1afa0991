"""The repository's own files agree: one address, exact pins, supported Pythons, licences."""

import itertools
import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.course import ROOT, read_address
from tools.environment.pythons import supported_pythons

SUPPORTED = supported_pythons(ROOT)
OLDEST = SUPPORTED[0]


def own_files():
    """Return the files of the course that a person writes, as git knows them."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the git repository")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix != ".ipynb"]


def test_the_repositorys_address_stands_in_one_place():
    short = read_address(ROOT).partition("://")[2]
    places = [
        f"{path.relative_to(ROOT)}"
        for path in own_files()
        for _ in range(path.read_bytes().count(short.encode()))
    ]
    assert places == ["_config.yml"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_first_pages_lead_somewhere(name):
    text = re.sub(r"^```.*?^```", "", (ROOT / name).read_text(), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert targets
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    for target in targets:
        known = target.startswith("https://") or target in anchors
        assert known or (ROOT / target).is_file(), target


def test_the_licences_stand_where_they_are_looked_for():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    digits = (ROOT / "ae_lib" / "data" / "README.md").read_text()
    assert "Attribution-ShareAlike 3.0" in digits
    for author in ("LeCun", "Cortes", "Burges"):
        assert author in digits


def pins():
    """Return requirements.txt as name -> requirements; several where a marker divides them."""
    found = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text:
            requirement = Requirement(text)
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def test_every_pin_is_exact():
    for requirement in itertools.chain(*pins().values()):
        (bound,) = requirement.specifier
        assert bound.operator == "==", str(requirement)
        assert "*" not in bound.version, str(requirement)


def test_pins_cover_what_the_course_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    exact = pins()
    for text in project["dependencies"] + project["optional-dependencies"]["course"]:
        wanted = Requirement(text)
        for pin in exact[canonicalize_name(wanted.name)]:
            (bound,) = pin.specifier
            assert wanted.specifier.contains(bound.version), f"{wanted} is not met by {pin}"


def test_the_environment_holds_what_is_pinned_for_building():
    # The course's own package is installed without build isolation, so pip fetches no setuptools.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (wanted,) = [Requirement(text) for text in project["build-system"]["requires"]]
    (pin,) = pins()[wanted.name]
    assert wanted.specifier.contains(next(iter(pin.specifier)).version)


def test_no_other_file_lists_the_supported_pythons():
    listing = re.compile(rf"{re.escape(OLDEST)}\W+(or\W+)?{re.escape(SUPPORTED[1])}\b")
    places = [
        f"{path.relative_to(ROOT)}"
        for path in own_files()
        if path.suffix in {".md", ".py", ".sh", ".toml", ".yml", ".html"}
        and listing.search(path.read_text(encoding="utf-8"))
    ]
    assert places == ["tools/environment/find_python.sh"]


def test_what_names_the_oldest_python_agrees():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == f">={OLDEST}"
    assert project["tool"]["ruff"]["target-version"] == f"py{OLDEST.replace('.', '')}"
    assert f"--python-version {OLDEST} " in (ROOT / "requirements.txt").read_text()
    for name in ("README.md", "CONTRIBUTING.md", "book/index.md"):
        assert f"Python {OLDEST} or newer" in (ROOT / name).read_text(encoding="utf-8"), name


def test_workflows_take_pythons_that_are_supported():
    named = [
        version
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
        for version in re.findall(r'python-version: "(.+)"', path.read_text())
    ]
    assert named
    assert set(named) <= set(SUPPORTED)


def clone_with(settings, folder):
    """Clone the course's own files with some settings of git, and return the clone."""
    source = folder / "source"
    source.mkdir()
    for name in (".gitattributes", "tools/environment/find_python.sh", "book/_static/logo.svg"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    (source / "data.npz").write_bytes(b"PK\r\n\n\r")
    for command in (["init", "--quiet"], ["add", "."], [*COMMIT]):
        subprocess.run(["git", *command], cwd=source, check=True)
    options = [word for setting in settings for word in ("-c", setting)]
    command = ["git", "clone", "--quiet", *options, str(source), str(folder / "clone")]
    subprocess.run(command, check=True)
    return folder / "clone"


COMMIT = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
COMMIT += ["commit", "--quiet", "--no-verify", "--message", "course"]


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf"])
def test_line_ends_do_not_depend_on_gits_settings(tmp_path, setting):
    clone = clone_with([setting], tmp_path)
    assert b"\r" not in (clone / "tools" / "environment" / "find_python.sh").read_bytes()
    assert (clone / "data.npz").read_bytes() == b"PK\r\n\n\r"
