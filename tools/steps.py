"""Run targets of the Makefile one after another, and show at the end which of them passed.

    python tools/steps.py lint unit

All of them run, whether one fails or not. The exit code is 1 if any failed.
"""

import os
import subprocess
import sys
import time


def run(step):
    """Run one target; return how long it took in seconds and whether it passed."""
    print(f"\n== {step}", flush=True)
    start = time.perf_counter()
    make = os.environ.get("MAKE", "make")
    passed = subprocess.run([make, "--no-print-directory", step], check=False).returncode == 0
    seconds = time.perf_counter() - start
    print(f"== {step}: {'passed' if passed else 'FAILED'} in {seconds:.1f} s", flush=True)
    return seconds, passed


def table(results):
    """Return the results of all steps as text, a line each and a last one for all together."""
    lines = [
        f"{step:<16} {'passed' if passed else 'FAILED':<8} {seconds:7.1f} s"
        for step, (seconds, passed) in results.items()
    ]
    verdict = "passed" if all(passed for _, passed in results.values()) else "FAILED"
    total = sum(seconds for seconds, _ in results.values())
    return "\n".join([*lines, f"{'all':<16} {verdict:<8} {total:7.1f} s"])


def main(steps):
    """Run the steps; return the exit code."""
    results = {step: run(step) for step in steps}
    print(f"\n{table(results)}")
    return int(not all(passed for _, passed in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
