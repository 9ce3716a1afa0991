"""Pack the course into one zip, for a room without a network.

    python -m tools.teaching.zip             website, notebooks, the ae_lib wheel, and a start page
    python -m tools.teaching.zip --wheels    also all packages, for this platform and this Python

The zip stands in ``build/bundle``. With its own packages, a virtual environment, one pip command
and Jupyter run from it alone; the start page says how. Run after ``make site`` and ``make slides``.
"""

import argparse
import html
import shutil
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path
from string import Template

from tools.course import ROOT, CourseError, read_config
from tools.environment.commands import run
from tools.environment.pythons import supported_pythons
from tools.made import alone, keep_unless_noted, note
from tools.notebooks.contents import unfit
from tools.notebooks.copies import working_copies

START_PAGE = Path(__file__).parent / "zip_start.html"
TOP = "autoencoders"  # the folder that unpacking makes

# What the wheel is built from. In a copy, because building leaves files in the source.
PACKAGE_SOURCE = ["ae_lib", "pyproject.toml", "README.md", "LICENSE"]

# Running the notebooks takes the library, which brings what it needs, and a Jupyter.
REQUIREMENTS = """\
# What running the notebooks needs. Run pip in the folder of this file.
--constraint constraints.txt
./wheels/{wheel}
jupyterlab>=4
"""


def archive_path(root, *, wheels):
    """Return where the zip is written; one with wheels names the platform that they are for."""
    suffix = ""
    if wheels:
        version = "".join(map(str, sys.version_info[:2]))
        suffix = f"-{sysconfig.get_platform()}-python{version}"
    return root / "build" / "bundle" / f"{TOP}{suffix}.zip"


# What is in it -----------------------------------------------------------------------------------


def files_below(folder):
    """Return the files of a folder, name relative to it -> path, without hidden ones."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder): path for path in paths}
    return {
        name.as_posix(): path
        for name, path in names.items()
        if not any(part.startswith(".") for part in name.parts)
    }


def contents(root):
    """Return what the zip holds of the course's files, beside the notebooks.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    dict
        Name in the zip -> path of the file.
    """
    site, slides = root / "_build" / "html", root / "build" / "slides"
    if not (site / "index.html").is_file():
        raise CourseError(f"there is no website in {site}. Run: make site")
    wrong = unfit(root)
    if wrong:
        raise CourseError("\n".join(wrong))
    found = {f"site/{name}": path for name, path in files_below(site).items()}
    if slides.is_dir():
        found |= {f"slides/{name}": path for name, path in files_below(slides).items()}
    return found | {"constraints.txt": root / "requirements.txt", "LICENSE": root / "LICENSE"}


def build_wheel(folder, root):
    """Build the wheel of ``ae_lib`` into a folder; return its path."""
    with tempfile.TemporaryDirectory() as copy:
        for name in PACKAGE_SOURCE:
            source, target = root / name, Path(copy) / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, target, ignore=ignored)
            else:
                shutil.copyfile(source, target)
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
        run([*build, "--outdir", folder, copy])
    (wheel,) = folder.glob("ae_lib-*.whl")
    return wheel


def collect_wheels(folder):
    """Fill ``folder/wheels`` with all that ``folder/requirements.txt`` asks for, as wheels.

    ``pip wheel`` and not ``pip download``: what exists as source alone is built here, because the
    room where it is installed has no network for the tools that building needs.
    """
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", "wheels"]
    run([*pip, "--requirement", "requirements.txt"], cwd=folder)


# The longest path among the packages has 175 letters, and Windows stops at 259 for the whole of it.
SHORT_FOLDER = """\
<p>On Windows unpack it into a short folder, such as <code>C:\\course</code>, or switch long paths
on first: some packages have names that are too long for a folder such as
<code>C:\\Users\\Your Name\\Downloads</code>.</p>"""


# The start page ----------------------------------------------------------------------------------


def commands(*, windows, wheels):
    """Return the three lines that make an environment, fill it, and open Jupyter.

    Parameters
    ----------
    windows : bool
        For Windows' terminal, else for a shell.
    wheels : bool
        Whether all packages are in the zip.

    Returns
    -------
    list of str
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    python = (f"py -{version}" if windows else f"python{version}") if wheels else "python3"
    if windows and not wheels:
        python = "py"
    programs = "course\\Scripts\\" if windows else "course/bin/"
    offline = "--no-index --find-links wheels " if wheels else ""
    return [
        f"{python} -m venv course",
        f"{programs}python -m pip install {offline}-r requirements.txt",
        f"{programs}jupyter lab notebooks",
    ]


def start_page(root, *, wheels, slides):
    """Return the page that says how to read and how to run what is in the zip."""
    config = read_config(root)
    windows = sys.platform == "win32"
    systems = {"Windows": True, "Linux and macOS": False}
    if wheels:
        # They fit the platform that they were collected on, and no other.
        systems = {sysconfig.get_platform(): windows}
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        python = f"Python {version} on {sysconfig.get_platform()}, which these packages are for"
    else:
        *others, newest = supported_pythons(root)
        python = f"Python {', '.join(others)} or {newest}, and a network for the second line"
    blocks = []
    for name, is_windows in systems.items():
        lines = "\n".join(commands(windows=is_windows, wheels=wheels))
        blocks.append(f"<p>{name}:</p>\n<pre>{html.escape(lines)}</pre>")
        if is_windows:
            blocks.append(SHORT_FOLDER)
    return Template(START_PAGE.read_text(encoding="utf-8")).substitute(
        title=html.escape(config["title"]),
        slides=' The <a href="slides/index.html">slides</a> do not either.' if slides else "",
        python=python,
        commands="\n".join(blocks),
        network="from the folder <code>wheels</code>" if wheels else "from the network",
    )


# The zip -----------------------------------------------------------------------------------------


def write_zip(files, target):
    """Write a zip in one step: whoever looks finds the old one or the new one.

    Parameters
    ----------
    files : dict
        Name in the zip, below its top folder -> path of the file.
    target : Path
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".building-{target.name}")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in sorted(files.items()):
                # Wheels are compressed already, and large.
                kind = zipfile.ZIP_STORED if path.suffix == ".whl" else None
                archive.write(path, f"{TOP}/{name}", kind)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def bundle(root, *, wheels):
    """Make the zip.

    Parameters
    ----------
    root : Path
        The folder of the course.
    wheels : bool
        Put in all packages.

    Returns
    -------
    Path
        The zip.
    """
    files, copies = contents(root), working_copies(root)
    if not copies:
        raise CourseError(f"there are no notebooks in {root / 'book'}. Run: make notebooks")
    slides = any(name.startswith("slides/") for name in files)
    target = archive_path(root, wheels=wheels)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "wheels").mkdir()
        wheel = build_wheel(folder / "wheels", root)
        (folder / "requirements.txt").write_text(
            REQUIREMENTS.format(wheel=wheel.name), encoding="utf-8"
        )
        shutil.copyfile(root / "requirements.txt", folder / "constraints.txt")
        if wheels:
            print("Collecting packages: some minutes the first time", flush=True)
            collect_wheels(folder)
        page = start_page(root, wheels=wheels, slides=slides)
        (folder / "START.html").write_text(page, encoding="utf-8")
        for name, content in copies.items():
            path = folder / "notebooks" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with alone(root):
            keep_unless_noted(target, root)
            write_zip(files | files_below(folder), target)
            note(target)
    return target


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Pack the course into one zip.")
    parser.add_argument("--wheels", action="store_true", help="put all packages in, too")
    options = parser.parse_args(arguments)
    try:
        target = bundle(root, wheels=options.wheels)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target.relative_to(root)}: {target.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
