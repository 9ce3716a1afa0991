"""Install packages with pip, as one line of progress instead of hundreds.

    python tools/install.py -r requirements.txt

Arguments are those of ``pip install``. It needs nothing but Python, because it runs first. Of the
user's own settings of pip only those count that say how to reach an index: others (``user``,
``target``, ``no-deps``, ``require-hashes``, constraints …) would put something else into the
environment, or put it elsewhere.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

from made import alone

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
STEPS = ("Collecting ", "Downloading ", "Building ", "Installing ")

# How to reach an index, and where to keep what came from it.
REACH = {
    "cache-dir",
    "cert",
    "client-cert",
    "default-timeout",
    "extra-index-url",
    "find-links",
    "index-url",
    "keyring-provider",
    "no-cache-dir",
    "no-index",
    "proxy",
    "retries",
    "timeout",
    "trusted-host",
    "use-deprecated",
    "use-feature",
}
# Settings of others that `pip config` would take for its own, and show one file alone, or nothing.
UNCHOSEN = dict.fromkeys(("PIP_GLOBAL", "PIP_QUIET", "PIP_SITE", "PIP_USER", "PIP_VERBOSE"), "0")
# Python's own settings that change what pip finds installed, or where.
PYTHONS = ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONWARNINGS", "PYTHONOPTIMIZE")


def read_settings(listed):
    r"""Return the settings of pip that say how to reach an index.

    Parameters
    ----------
    listed : str
        What ``pip config list`` prints: from files, and from variables (``:env:``), which win.

    Returns
    -------
    dict
        From variables, such as ``PIP_INDEX_URL``, to their values.

    Examples
    --------
    >>> read_settings("global.timeout='60'\ninstall.user='true'\n:env:.timeout='9'\n")
    {'PIP_TIMEOUT': '9'}
    """
    found = {}
    # Settings of the command in question win over global ones, and variables over both.
    for section in ("global.", "install.", ":env:."):
        for line in listed.splitlines():
            name, equals, value = line.partition("=")
            if not (equals and name.startswith(section)):
                continue
            option = name.removeprefix(section).replace("_", "-")
            if option in REACH:
                text = " ".join(ast.literal_eval(value).split())
                found[f"PIP_{option.replace('-', '_').upper()}"] = text
    return found


def pip_variables(variables):
    """Return the variables under which pip runs.

    Parameters
    ----------
    variables : dict
        Those of this process.

    Returns
    -------
    dict
    """
    kept = {name: value for name, value in variables.items() if name not in PYTHONS}
    command = [*PIP, "config", "list"]
    plainly = kept | UNCHOSEN
    done = subprocess.run(command, env=plainly, capture_output=True, text=True, check=False)
    others = {name: value for name, value in kept.items() if not name.startswith("PIP_")}
    # Without files, and outside of an environment rather not at all.
    only = {"PIP_CONFIG_FILE": os.devnull, "PIP_REQUIRE_VIRTUALENV": "1"}
    return others | read_settings(done.stdout) | only


def main(arguments):
    """Run pip; return its exit code."""
    command = [*PIP, "install", "--progress-bar", "off", *arguments]
    on_terminal = sys.stdout.isatty()
    count = 0
    with (
        alone(ROOT),
        subprocess.Popen(
            command, env=pip_variables(os.environ), stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        for line in process.stdout:
            text = line.strip()
            if not text.startswith(STEPS):
                continue
            count += text.startswith("Collecting ")
            if on_terminal:
                # Back to the line's beginning, and clear it.
                print(f"\r\x1b[K[{count}] {text[:70]}", end="", flush=True)
            elif text.startswith("Installing ") and count:
                print(f"Installing {count} packages", flush=True)
    if on_terminal:
        print("\r\x1b[K", end="")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
