"""Which Pythons the course supports: those that ``find_python.sh`` lists."""

import re


def supported_pythons(root):
    """Return the Pythons that the course supports, as ``find_python.sh`` has them.

    Parameters
    ----------
    root : Path
        The course's folder.

    Returns
    -------
    list of str
    """
    script = (root / "tools" / "environment" / "find_python.sh").read_text(encoding="utf-8")
    return re.search(r'^SUPPORTED="(.+)"$', script, flags=re.MULTILINE)[1].split()
