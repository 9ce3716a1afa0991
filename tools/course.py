"""Where the course is, and what its configuration says: ``_config.yml`` and ``_toc.yml``.

Needs nothing but Python to be imported, because some commands run before anything is installed.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What the template of the course says where a fork has its own name.
PLACEHOLDER = "OWNER"
# The folder of the book for copies of notebooks without outputs.
BLANK = "without_answers"


class CourseError(Exception):
    """A part of the course cannot be used as it is; the message says which and why."""


def _read_yaml(path):
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read_config(root):
    """Return the settings of the website, ``_config.yml``."""
    return _read_yaml(root / "_config.yml")


def read_address(root):
    """Return the repository's address, which stands in ``_config.yml`` and nowhere else."""
    return read_config(root)["repository"]["url"].rstrip("/")


def site_address(repository):
    """Return where GitHub Pages shows the website of a repository.

    Parameters
    ----------
    repository : str
        The repository's address.

    Returns
    -------
    str
        Empty where the repository is not on GitHub, and the address therefore not known.

    Examples
    --------
    >>> site_address("https://github.com/Someone/course/")
    'https://someone.github.io/course/'
    >>> site_address("https://github.com/Someone/someone.github.io")
    'https://someone.github.io/'
    >>> site_address("https://git.example.org/someone/course")
    ''
    """
    host, _, name = repository.rstrip("/").removesuffix(".git").partition("://")[2].partition("/")
    owner, _, project = name.partition("/")
    if host != "github.com" or not project:
        return ""
    start = f"https://{owner.lower()}.github.io/"
    return start if project.lower() == f"{owner.lower()}.github.io" else f"{start}{project}/"


def listed_pages(root):
    """Return the pages of the website, in order and without suffixes.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    list of str
        Such as ``["index", "01_motivation", "exercises/01_motivation"]``.
    """
    toc = _read_yaml(root / "_toc.yml")
    pages = [toc["root"]]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            pages += [chapter["file"], *(item["file"] for item in chapter.get("sections", []))]
    return pages
