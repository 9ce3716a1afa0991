"""Make an nbgrader course of the exercises, a class.

    python -m tools.teaching.classroom                     every chapter's exercises, in classroom/
    python -m tools.teaching.classroom 05_pca              those of one chapter
    python -m tools.teaching.classroom --class /some/one   in another folder

It holds ``source/NAME/NAME.ipynb`` for each chapter (stubs, points, hidden tests), nbgrader's
settings, the programs that grade, and a page that says which command follows which.

A class belongs to its teacher. Made again, it is brought up to date, and nothing that a person
changed is touched: a file is renewed only while it is what this program wrote. The file
``.made-files.json`` remembers that. Where a file was edited, its new version goes to ``new/``.
"""

import argparse
import hashlib
import json
import sys
import unicodedata
from pathlib import Path

from tools.course import ROOT, CourseError
from tools.made import write
from tools.notebooks.exercises import SOURCES, exercises
from tools.notebooks.exercises import names as source_names
from tools.notebooks.scripts import as_text
from tools.teaching.grading_notebook import grading_notebook

FOLDER = "classroom"
FORMER = "build/classroom"
TEMPLATE = Path(__file__).resolve().parent / "classroom_template"
MANIFEST = ".made-files.json"
# By these nbgrader's settings are known to be those of a class of ours, the second in former ones.
SIGNS = ("class_grading/settings.py", "nbgrader's settings for this course; see README.md beside")
# Folders of the project in which no class may live.
OWN = (
    "ae_lib",
    "benchmarks",
    "book",
    "build",
    "chapters",
    "dist",
    "tests",
    "tools",
    "vendor",
    "work",
)
SIGNS_ALLOWED = " /._-+(),@=~'"


# Where --------------------------------------------------------------------------------------------


def class_folder(name, root=ROOT):
    """Return the folder of a class.

    Parameters
    ----------
    name : str
        What the user typed; a relative path begins at the project.
    root : Path
        The folder of this project.

    Returns
    -------
    Path

    Raises
    ------
    CourseError
        If no class can live there.

    Examples
    --------
    >>> class_folder("my class", Path("/project")).as_posix()
    '/project/my class'
    """
    folder = (root / Path(name).expanduser()).resolve()
    shown = folder.as_posix().removeprefix(folder.drive)
    # nbgrader makes patterns, addresses and formats of the path.
    strange = sorted(
        {
            sign
            for sign in shown
            if not (sign.isalnum() or sign in SIGNS_ALLOWED or unicodedata.combining(sign))
        }
    )
    if strange or not name.strip():
        raise CourseError(
            f"A class cannot be in {str(folder)!r}: {', '.join(map(repr, strange)) or 'no name'} "
            "was received; letters, digits, spaces and signs such as - _ . are expected. "
            "Choose another folder: make classroom CLASS=/some/folder"
        )
    if folder == root.resolve() or root.resolve().is_relative_to(folder):
        raise CourseError(f"A class cannot be in {folder}, which holds this project.")
    if folder.is_relative_to(root.resolve()):
        first = folder.relative_to(root.resolve()).parts[0]
        if first in OWN or first.startswith((".", "_")):
            raise CourseError(
                f"A class cannot be in {folder}: the project's own folder {first!r} is cleaned or "
                "built again. Choose another: make classroom CLASS=/some/folder"
            )
    return folder


def check_free(folder):
    """Refuse a folder with files of somebody else's.

    Raises
    ------
    CourseError
        If the folder is not empty and no class, or is no folder.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise CourseError(f"{folder} is a file; a class needs a folder.")
    if not any(folder.iterdir()) or (folder / MANIFEST).is_file() or is_class(folder):
        return
    raise CourseError(
        f"{folder} holds other files and is no class of this course, so nothing was written. "
        "Name an empty or a new folder: make classroom CLASS=/some/folder"
    )


def is_class(folder):
    """Return whether a folder has nbgrader's settings for a class of this course."""
    try:
        text = (folder / "nbgrader_config.py").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return any(sign in text for sign in SIGNS)


def former(root=ROOT):
    """Return what to say of a class where they used to be, or None."""
    place = root / FORMER
    if not is_class(place):
        return None
    return (
        f"There is a class in {place}, where classes used to be and `make clean` may remove it. "
        f"Nothing was changed there. To keep it: mv '{place}' '{root / FOLDER}' (if {FOLDER} does "
        "not exist yet), then make classroom."
    )


# What ---------------------------------------------------------------------------------------------


def contents(root, names):
    """Return all that a class is made of.

    Parameters
    ----------
    root : Path
        The folder of this project.
    names : list of str
        The chapters whose exercises are assignments, such as ``05_pca``.

    Returns
    -------
    dict
        From each file's path in the class to its bytes.
    """
    made = {}
    for path in sorted(TEMPLATE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8")
            if path.name == "README.md":
                text = text.replace("ENVIRONMENT", str(Path(sys.prefix))).replace(
                    "PROJECT", str(root)
                )
            made[path.relative_to(TEMPLATE).as_posix()] = text.encode("utf-8")
    for name in names:
        notebook = as_text(grading_notebook(root / SOURCES / f"{name}.py", root))
        made[f"source/{name}/{name}.ipynb"] = notebook.encode("utf-8")
    return made


# Writing ------------------------------------------------------------------------------------------


def digest(content):
    """Return the SHA-256 digest of some bytes."""
    return hashlib.sha256(content).hexdigest()


def write_whole(content, path):
    """Write a file in one step, in a folder that is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write(content, path)


class Manifest:
    """The digests of all that was ever written into a class, for each file.

    A digest is stored before its file is written, so that a run that is killed leaves no file that
    would seem to be edited.
    """

    def __init__(self, folder):
        self.path = folder / MANIFEST
        self.damaged = False
        try:
            self.files = json.loads(self.path.read_text(encoding="utf-8"))["files"]
            if not all(isinstance(digests, list) for digests in self.files.values()):
                raise ValueError("lists expected")
        except FileNotFoundError:
            self.files = {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.files, self.damaged = {}, True

    def wrote(self, name, content):
        """Return whether these bytes were written here by this program."""
        return digest(content) in self.files.get(name, [])

    def newest(self, name, content):
        """Return whether these bytes are what was written last."""
        return self.files.get(name, [None])[-1] == digest(content)

    def add(self, name, content):
        """Remember what is about to be written."""
        digests = [entry for entry in self.files.get(name, []) if entry != digest(content)]
        self.files[name] = [*digests, digest(content)]
        about = "What `make classroom` wrote here: it renews a file only while it is unchanged."
        text = json.dumps({"about": about, "files": self.files}, indent=1)
        write_whole(text.encode("utf-8"), self.path)


def update(folder, made, asked=()):
    """Write what is new into a class, and leave alone what a person changed.

    Parameters
    ----------
    folder : Path
        The class.
    made : dict
        From each file's path in the class to its bytes.
    asked : iterable of str
        Files that are written although they were removed.

    Returns
    -------
    list of str
        A line for each file that a person has changed or removed.
    """
    manifest, said = Manifest(folder), []
    if manifest.damaged:
        said.append(f"{MANIFEST} is damaged; every file that is not new counts as edited by you.")
    for name, content in made.items():
        path = folder / name
        if path.is_symlink() or path.exists():
            try:
                current = path.read_bytes()
            except OSError:
                said.append(f"{name}: left alone, because it cannot be read")
                continue
            if current == content:
                if not manifest.newest(name, content):
                    manifest.add(name, content)
            elif manifest.wrote(name, current) and not path.is_symlink():
                manifest.add(name, content)
                write_whole(content, path)
            else:
                said.append(_beside(folder, name, content, manifest))
        elif name in manifest.files and name.startswith("source/") and name not in asked:
            said.append(f"{name}: left out, because you removed it; name it to have it again")
        else:
            manifest.add(name, content)
            write_whole(content, path)
    return said


def _beside(folder, name, content, manifest):
    """Put the new version of an edited file beside it, if it is new; return what to say."""
    aside = f"new/{name}"
    if manifest.newest(name, content) or manifest.newest(aside, content):
        return f"{name}: kept, because you edited it; there is nothing new"
    path = folder / aside
    if path.exists() and not manifest.wrote(aside, path.read_bytes()):
        return f"{name}: kept, because you edited it; so is {aside}. Remove that to see what is new"
    manifest.add(aside, content)
    write_whole(content, path)
    return f"{name}: kept, because you edited it; the new version is {aside}"


def make(root, target, names, asked=()):
    """Write the class, or bring it up to date.

    Parameters
    ----------
    root : Path
        The folder of this project.
    target : Path
        The folder of nbgrader's course.
    names : list of str
        The chapters whose exercises are assignments, such as ``05_pca``.
    asked : list of str
        Those that are written although the teacher removed them.

    Returns
    -------
    points : dict
        From each name to its points.
    said : list of str
        What a teacher should know, a line each.

    Raises
    ------
    CourseError
        If the folder holds other files.
    """
    # All of them before anything is written, because a source may not be in order.
    made = contents(root, names)
    points = {
        name: sum(item.points for item in exercises(root / SOURCES / f"{name}.py"))
        for name in names
    }
    check_free(target)
    said = update(target, made, {f"source/{name}/{name}.ipynb" for name in asked})
    return points, said


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Make an nbgrader course of the exercises.")
    parser.add_argument("names", nargs="*", help="chapters, such as 05_pca; all by default")
    parser.add_argument("--class", dest="folder", default=FOLDER, help="the class's folder")
    options = parser.parse_args(arguments)
    known = source_names(root)
    asked = [Path(name).stem for name in options.names]
    for name in asked:
        if name not in known:
            parser.error(f"there are no exercises {name!r}; there are {', '.join(known)}")
    notice = former(root)
    if notice:
        print(notice)
    try:
        target = class_folder(options.folder, root)
        points, said = make(root, target, asked or known, asked)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{options.folder} cannot be written: {error}", file=sys.stderr)
        return 1
    for name, count in points.items():
        print(f"{name}: {count} points")
    for line in said:
        print(line)
    print(f"Read {target / 'README.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
