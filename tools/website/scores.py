"""Print how the website scores with Lighthouse, on a phone: performance, accessibility and others.

    python -m tools.website.scores              three runs of each page, and their median
    python -m tools.website.scores --runs 1     one

Lighthouse pretends a slow phone, and what it says differs from run to run: so nothing is asserted
here, and the tests in a browser guard the causes. The last line says how fast the demos'
decoder answers.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.website.browser import (
    ARGUMENTS,
    NoBrowserError,
    browsing,
    decoding_line,
    decoding_times,
    new_context,
)
from tools.website.server import SITE, served

LIGHTHOUSE = Path(__file__).parent / "check" / "node_modules" / "lighthouse" / "cli" / "index.js"
# Prose and pictures, formulas and code, wide tables, demos, folded answers.
PAGES = ["index", "03_rbm", "08_paper", "play", "exercises/03_rbm"]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
# From column to where Lighthouse reports it, by how much it is divided, and how it is written.
AUDITS = {
    "kB": ("total-byte-weight", 1000, "{:.0f}"),
    "requests": ("network-requests", 1, "{:.0f}"),
    "LCP s": ("largest-contentful-paint", 1000, "{:.2f}"),
    "TBT ms": ("total-blocking-time", 1, "{:.0f}"),
    "CLS": ("cumulative-layout-shift", 1, "{:.3f}"),
}


class MissingError(RuntimeError):
    """Something is not installed; the message says what."""


def run_lighthouse(url, browser):
    """Measure a page once.

    Parameters
    ----------
    url : str
    browser : str
        Path of the browser.

    Returns
    -------
    dict
        Lighthouse's report.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *("node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={report}"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(['--headless=new', *ARGUMENTS])}",
        ]
        # Lighthouse asks whether it may send statistics home, unless it believes to be tested.
        surroundings = {**os.environ, "CHROME_PATH": browser, "CI": "1"}
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True)
        if done.returncode or not report.is_file():
            raise MissingError(f"Lighthouse failed at {url}: {done.stderr.strip()[-500:]}")
        return json.loads(report.read_text(encoding="utf-8"))


def row_of(report):
    """Return one report's numbers, in the order of the columns."""
    audits = report["audits"]
    if report.get("runtimeError"):
        raise MissingError(f"Lighthouse failed: {report['runtimeError']['message']}")
    numbers = [report["categories"][name]["score"] for name in CATEGORIES]
    for name, divisor, _ in AUDITS.values():
        audit = audits[name]
        # A list of requests has no value of its own: they are counted.
        value = audit.get("numericValue")
        numbers.append((len(audit["details"]["items"]) if value is None else value) / divisor)
    return numbers


def aligned(rows):
    """Return rows of words as lines, the first column to the left and the others to the right.

    Examples
    --------
    >>> print(aligned([["page", "kB"], ["index", "85"]]))
    page   kB
    index  85
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def check_installed():
    """Raise an error that says what to install, if anything is missing."""
    if not shutil.which("node"):
        raise MissingError("Install Node.js 20 or newer (https://nodejs.org): there is no node.")
    if not LIGHTHOUSE.is_file():
        raise MissingError("Run make test-site, which installs Lighthouse: it is not there.")
    if not (SITE / "index.html").is_file():
        raise MissingError("Run make site: there is no website to measure.")


def measure(runs):
    """Measure all pages, and print the table."""
    check_installed()
    formats = ["{:.2f}"] * len(CATEGORIES) + [form for _, _, form in AUDITS.values()]
    table = [["page", *CATEGORIES, *AUDITS]]
    with served() as start:
        # First, since it says what to install where there is no browser.
        with browsing() as browser:
            page = new_context(browser).new_page()
            page.goto(f"{start}play.html")
            times = decoding_times(page)
            path = browser.path
        for name in PAGES:
            reports = [run_lighthouse(f"{start}{name}.html", path) for _ in range(runs)]
            columns = zip(*map(row_of, reports), strict=True)
            medians = map(statistics.median, columns)
            cells = [form.format(value) for form, value in zip(formats, medians, strict=True)]
            table.append([name, *cells])
    print(f"Lighthouse, a slow phone, median of {runs}:")
    print(aligned(table))
    print(f"Demos: {decoding_line(times)}")


def main(arguments):
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="of each page (default: 3)")
    options = parser.parse_args(arguments)
    try:
        measure(options.runs)
    except (MissingError, NoBrowserError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
