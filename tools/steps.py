"""Run targets of the Makefile one after another, and show at the end which of them passed.

    python -m tools.steps lint unit
    python -m tools.steps --resume .venv/test-all.json lint unit

All of them run, whether one fails or not. The exit code is 1 if any failed. With ``--resume``,
steps that passed in an earlier call are left out as long as no file of the course has changed.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tools.made import write


def run(step):
    """Run one target; return how long it took in seconds and whether it passed."""
    print(f"\n== {step}", flush=True)
    start = time.perf_counter()
    make = os.environ.get("MAKE", "make")
    passed = subprocess.run([make, "--no-print-directory", step], check=False).returncode == 0
    seconds = time.perf_counter() - start
    print(f"== {step}: {'passed' if passed else 'FAILED'} in {seconds:.1f} s", flush=True)
    return seconds, passed


def table(results, earlier=()):
    """Return the results of all steps as text, a line each and a last one for all together.

    Parameters
    ----------
    results : dict
        From a step to its seconds and whether it passed.
    earlier : container of str
        The steps that were not run now, because they had passed in an earlier call.

    Returns
    -------
    str
    """
    lines = [
        f"{step:<16} {'passed' if passed else 'FAILED':<8} {seconds:7.1f} s"
        f"{'  in an earlier call' if step in earlier else ''}"
        for step, (seconds, passed) in results.items()
    ]
    verdict = "passed" if all(passed for _, passed in results.values()) else "FAILED"
    total = sum(seconds for seconds, _ in results.values())
    return "\n".join([*lines, f"{'all':<16} {verdict:<8} {total:7.1f} s"])


def digest_of_course():
    """Return a number that changes with every file that git knows or would add.

    Returns
    -------
    str or None
        None without git, so that nothing is known of what changed.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    # A check that was run with other settings, SANDBOX=no for example, was another check.
    settings = [word for word in os.environ.get("MAKEFLAGS", "").split() if "=" in word]
    settings = [word for word in settings if not word.startswith(("VENV=", "FRESH=", "--jobs"))]
    found = hashlib.sha256(" ".join(sorted(settings)).encode())
    for name in sorted(set(filter(None, listed.split("\0")))):
        path = Path(name)
        content = path.read_bytes() if path.is_file() else b""
        found.update(f"{name} {len(content)} ".encode() + content)
    return found.hexdigest()


def read_passed(path, digest):
    """Return which steps passed on this course, step -> seconds; nothing where it is not known."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        passed = stored["passed"] if digest and stored["digest"] == digest else {}
        return {step: float(seconds) for step, seconds in passed.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def main(arguments=None):
    """Run the steps; return the exit code."""
    parser = argparse.ArgumentParser(description="Run targets of the Makefile, and show a table.")
    parser.add_argument("steps", nargs="+", help="targets, such as lint unit")
    parser.add_argument("--resume", metavar="FILE", type=Path, help="leave out what passed before")
    parser.add_argument(
        "--again", action="append", default=[], help="a step that others need, never left out"
    )
    options = parser.parse_args(arguments)

    digest = digest_of_course() if options.resume else None
    passed = read_passed(options.resume, digest) if options.resume else {}
    earlier = [step for step in options.steps if step in passed and step not in options.again]
    results = {}
    try:
        for step in options.steps:
            if step in earlier:
                results[step] = passed[step], True
                continue
            results[step] = run(step)
            # A step that changes files would make its own result that of another course.
            if results[step][1] and digest and digest_of_course() == digest:
                passed[step] = results[step][0]
                content = json.dumps({"digest": digest, "passed": passed}, indent=1)
                write(content.encode(), options.resume)
    except KeyboardInterrupt:
        left = [step for step in options.steps if step not in results]
        print(f"\n{table(results, earlier)}\nInterrupted before the end of: {', '.join(left)}")
        return 130
    print(f"\n{table(results, earlier)}")
    return int(not all(passed for _, passed in results.values()))


if __name__ == "__main__":
    sys.exit(main())
