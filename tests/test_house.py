"""The house: which room uses which, how much stands in each, and what its map names."""

import ast
import re
import subprocess

import pytest

from tools.course import ROOT

# Who may import whom, beside itself; chapters are no package, and import what readers have.
USES = {
    "ae_lib": set(),
    "chapters": {"ae_lib"},
    "benchmarks": {"ae_lib"},
    "tools": {"ae_lib"},
    "web": {"ae_lib", "tools"},
    "tests": {"ae_lib", "tools", "web"},
}
LONGEST = 400  # lines
MOST = 12  # modules side by side
PAGES = ["CONTRIBUTING.md", "README.md"]


def modules():
    """Return the Python files of the course, as git knows them."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the git repository")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def rooms_imported(path):
    """Return the top-level names among the rooms that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found & set(USES)


@pytest.mark.parametrize("room", USES)
def test_imports_lead_one_way(room):
    for path in modules():
        if path.relative_to(ROOT).parts[0] == room:
            strangers = rooms_imported(path) - USES[room] - {room}
            assert not strangers, f"{path.relative_to(ROOT)} imports {strangers}"


def test_a_long_module_says_why_it_is_long():
    for path in modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        # Chapters are measured by their readers' minutes.
        if len(lines) > LONGEST and path.relative_to(ROOT).parts[0] != "chapters":
            assert "long" in lines[0], (
                f"{path.relative_to(ROOT)} has {len(lines)} lines: split it, or say in its first "
                "line why it is so long"
            )


def test_no_room_is_crowded():
    rooms = {}
    for path in modules():
        if path.name != "__init__.py":
            rooms.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path.name)
    crowded = {room: len(names) for room, names in rooms.items() if len(names) > MOST}
    assert not crowded


@pytest.mark.parametrize("page", PAGES)
def test_what_the_pages_name_exists(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    pattern = r"`((?:ae_lib|benchmarks|book|chapters|tests|tools|vendor|web)/[\w./-]+)`"
    for name in re.findall(pattern, text):
        if not re.search(r"NN_|NAME|DATE|\bname\.py|node_modules", name):
            assert (ROOT / name).exists(), f"{page} names {name}"


def test_the_map_names_every_room():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = re.search(r"^```text\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)[1]
    rooms = [path for top in ("tools", "web") for path in (ROOT / top).iterdir()]
    for room in rooms:
        if room.is_dir() and not room.name.startswith("__"):
            assert f"{room.name}/" in picture, f"the picture of the house lacks {room.name}/"
