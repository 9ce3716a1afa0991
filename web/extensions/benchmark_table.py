"""Tables of benchmarks on the website, made from their results.

In a page of the website,

    ```{benchmark} rbm
    ```

shows ``benchmarks/results/rbm.json``: on what machine it was made, and a line for each program, the
fastest first.
"""

import json
import statistics

from sphinx.util.docutils import SphinxDirective

from tools.course import ROOT

RESULTS = ROOT / "benchmarks" / "results"
REFERENCE = "products"


def table(result):
    """Write a benchmark's times as a Markdown table.

    Parameters
    ----------
    result : dict
        With ``seconds``, a list of times for each program.

    Returns
    -------
    str

    Examples
    --------
    >>> print(table({"seconds": {"ours": [3.0, 2.0, 2.5], "products": [1.0, 1.25, 1.5]}}))
    | program | times the products | median | fastest | slowest |
    |---|---|---|---|---|
    | products | 1.00 | 1.25 s | 1.00 s | 1.50 s |
    | ours | 2.00 | 2.50 s | 2.00 s | 3.00 s |
    """
    medians = {name: statistics.median(times) for name, times in result["seconds"].items()}
    lines = [
        "| program | times the products | median | fastest | slowest |",
        "|---|---|---|---|---|",
    ]
    for name in sorted(medians, key=medians.get):
        times = result["seconds"][name]
        lines.append(
            f"| {name} | {medians[name] / medians[REFERENCE]:.2f} "
            f"| {medians[name]:.2f} s | {min(times):.2f} s | {max(times):.2f} s |"
        )
    return "\n".join(lines)


def origin(result):
    """Say on what machine and with which versions a benchmark was made.

    Parameters
    ----------
    result : dict
        With ``environment`` and ``seconds``.

    Returns
    -------
    str

    Examples
    --------
    >>> environment = {"processor": "Chip", "cores": 2, "python": "3.11", "versions": {"a": "1"}}
    >>> origin({"environment": environment, "seconds": {"ours": [3.0, 2.0]}})
    'Chip, 2 cores, Python 3.11, a 1; 2 rounds.'
    """
    found = result["environment"]
    versions = [f"{name} {version}" for name, version in sorted(found["versions"].items())]
    rounds = len(next(iter(result["seconds"].values())))
    place = [found["processor"], f"{found['cores']} cores", f"Python {found['python']}", *versions]
    return f"{', '.join(place)}; {rounds} rounds."


class Benchmark(SphinxDirective):
    """Show the result of a benchmark."""

    required_arguments = 1

    def run(self):
        """Return the nodes of the table, and of a line that says where it was made."""
        path = RESULTS / f"{self.arguments[0]}.json"
        if not path.is_file():
            raise self.error(f"There is no {path}. Run: python benchmarks/{self.arguments[0]}.py")
        result = json.loads(path.read_text(encoding="utf-8"))
        return self.parse_text_to_nodes(f"{table(result)}\n\n{origin(result)}")


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("benchmark", Benchmark)
