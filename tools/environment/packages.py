"""Install packages with pip, as one line of progress instead of hundreds.

    python -m tools.environment.packages -r requirements.txt

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

from tools.course import ROOT
from tools.made import alone

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


def variable(option):
    """Return the environment variable of an option of pip."""
    return f"PIP_{option.replace('-', '_').upper()}"


def read_settings(listed):
    r"""Return the settings of pip's files that say how to reach an index.

    Parameters
    ----------
    listed : str
        What ``pip config list`` prints.

    Returns
    -------
    dict
        From variables, such as ``PIP_INDEX_URL``, to their values.

    Examples
    --------
    >>> read_settings("global.timeout='60'\ninstall.user='true'\ninstall.timeout='9'\n")
    {'PIP_TIMEOUT': '9'}
    """
    found = {}
    # Settings of the command in question win over global ones.
    for section in ("global.", "install."):
        for line in listed.splitlines():
            name, equals, value = line.partition("=")
            if not (equals and name.startswith(section)):
                continue
            option = name.removeprefix(section).replace("_", "-")
            if option in REACH:
                found[variable(option)] = " ".join(ast.literal_eval(value).split())
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
    others = {name: value for name, value in kept.items() if not name.startswith("PIP_")}
    chosen = {name: kept[name] for name in map(variable, REACH) if name in kept}
    files = {name: kept[name] for name in ("PIP_CONFIG_FILE",) if name in kept}
    command = [*PIP, "config", "list"]
    done = subprocess.run(
        command, env=others | files | UNCHOSEN, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        print(f"pip's settings cannot be read, so they do not count: {said[-1]}", file=sys.stderr)
    # Without files, and outside of an environment rather not at all.
    only = {"PIP_CONFIG_FILE": os.devnull, "PIP_REQUIRE_VIRTUALENV": "1"}
    return others | read_settings(done.stdout) | chosen | only


def main(arguments):
    """Run pip; return its exit code."""
    command = [*PIP, "install", "--progress-bar", "off", *arguments]
    on_terminal = sys.stdout.isatty()
    count = 0
    with (
        # Two clones may share an environment.
        alone(ROOT, Path(sys.prefix)),
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
