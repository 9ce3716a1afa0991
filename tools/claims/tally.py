"""The tally: how often each claim held, as ``book/claims.json`` has it."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

from tools.claims.marks import read_chapter
from tools.course import ROOT, CourseError
from tools.notebooks import chapters

TALLY = "book/claims.json"
SEEDS = 10
PACKAGES = ["tensorflow", "keras", "numpy", "scikit-learn"]


def tally_chapter(chapter, runs):
    """Count how often each group of assertions held.

    Parameters
    ----------
    chapter : Chapter
    runs : dict of int: dict
        For each seed what ``chapter_run.py`` wrote.

    Returns
    -------
    list of dict
        For each group the chapter; the ``claim``, unless it is a check; the ``asserts``' numbers
        and ``code``; under how many seeds it ``held``, ``of`` how many; and for each assertion why
        it ``failed``, by seed, and the ``values`` that it compared, a list for each seed.
    """
    found = []
    for group in chapter.groups:
        each = [[run["asserts"][number] for run in runs.values()] for number in group.numbers]
        failed = [
            {
                str(seed): result["message"]
                for seed, result in zip(runs, results, strict=True)
                if not result["held"]
            }
            for results in each
        ]
        entry = {"chapter": chapter.name}
        if group.claim is not None:
            entry["claim"] = group.claim
        entry |= {
            "asserts": group.numbers,
            "code": [chapter.assertions[number].code for number in group.numbers],
            "held": len(runs) - len(set().union(*failed)),
            "of": len(runs),
            "failed": failed,
            "values": [_values(results) for results in each],
        }
        found.append(entry)
    return found


def _values(results):
    """Return what an assertion compared under each seed, and nothing if there was no number."""
    values = [result["values"] for result in results]
    return values if any(number is not None for each in values for number in each) else []


def entries_of(tally, name):
    """Return the claims and the checks of one chapter, in order."""
    entries = [entry for key in ("claims", "checks") for entry in tally[key]]
    own = [entry for entry in entries if entry["chapter"] == name]
    return sorted(own, key=lambda entry: entry["asserts"])


def runs_of(tally, name):
    """Return the runs that a chapter's tally was made from, by seed."""
    runs = {}
    for place, seed in enumerate(tally["seeds"]):
        asserts = []
        for entry in entries_of(tally, name):
            for failed, values in zip(entry["failed"], entry["values"], strict=True):
                asserts.append(
                    {
                        "held": str(seed) not in failed,
                        "values": values[place] if values else [],
                        "message": failed.get(str(seed), ""),
                    }
                )
        runs[seed] = {"seconds": tally["chapters"][name]["seconds"][place], "asserts": asserts}
    return runs


def assemble(seeds, environment, chapters, entries):
    """Put a tally together from parts that may come from an older one."""
    entries = sorted(entries, key=lambda entry: (entry["chapter"], entry["asserts"]))
    return {
        "seeds": list(seeds),
        "environment": environment,
        "chapters": dict(sorted(chapters.items())),
        "claims": [entry for entry in entries if "claim" in entry],
        "checks": [entry for entry in entries if "claim" not in entry],
    }


def as_text(value, depth=3, indent=""):
    """Write JSON with a line for each item of the outer objects, so that differences are readable.

    Examples
    --------
    >>> print(as_text({"seeds": [0, 1], "claims": [{"held": 2, "values": [[1, 2], [3, 4]]}]}))
    {
     "seeds": [0, 1],
     "claims": [
      {
       "held": 2,
       "values": [[1, 2], [3, 4]]
      }
     ]
    }
    """
    nested = isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )
    if not depth or not nested or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = f"{indent} "
    if isinstance(value, dict):
        items = [
            f"{json.dumps(key)}: {as_text(item, depth - 1, inner)}" for key, item in value.items()
        ]
    else:
        items = [as_text(item, depth - 1, inner) for item in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{end}"


def count(number, noun):
    """Write a number and a noun.

    Examples
    --------
    >>> count(1, "seed"), count(10, "seed")
    ('1 seed', '10 seeds')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def read_tally(root=ROOT):
    """Return the stored tally, or None if there is none.

    Raises
    ------
    CourseError
        If the file is no tally, such as one with the marks of a conflict in it.
    """
    path = root / TALLY
    if not path.is_file():
        return None
    try:
        tally = json.loads(path.read_text(encoding="utf-8"))
        complete = {"seeds", "environment", "chapters", "claims", "checks"} <= set(tally)
    except (ValueError, TypeError):
        complete = False
    if not complete:
        raise CourseError(f"{TALLY} is not a tally of claims: restore it, or remove it")
    return tally


def environment():
    """Say with which versions, and on what processor, the chapters run."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "processor": names[0] if names else platform.processor(),
    }


def not_held(tally, chapters):
    """Name each assertion that failed under some seed, one sentence each.

    Parameters
    ----------
    tally : dict
    chapters : dict of str: Chapter
        Those whose places may be named, because the tally is theirs.

    Returns
    -------
    list of str
    """
    found = []
    for entry in tally["claims"] + tally["checks"]:
        name = entry["chapter"]
        what = f'claim "{entry["claim"]}"' if "claim" in entry else "a check"
        for number, code, failed in zip(
            entry["asserts"], entry["code"], entry["failed"], strict=True
        ):
            if failed:
                place = f"chapters/{name}.py"
                if name in chapters:
                    where = chapters[name].assertions[number]
                    place += f", code cell {where.cell}, line {where.line}"
                why = "; ".join(f"seed {seed}: {message}" for seed, message in failed.items())
                found.append(f"{place}: {what} did not hold: assert {code} ({why})")
    return found


def complaints(root=ROOT):
    """Return a list of all that is wrong with the stored tally."""
    tally = read_tally(root)
    if tally is None:
        return [f"{TALLY} is missing"]
    known = {name: read_chapter(name, root) for name in chapters.names(root)}
    found = [
        f"{TALLY} has a chapter {name}, which does not exist"
        for name in tally["chapters"]
        if name not in known
    ]
    fresh = {}
    for name, chapter in known.items():
        words = [entry["claim"] for entry in tally["claims"] if entry["chapter"] == name]
        if name not in tally["chapters"]:
            found.append(f"chapters/{name}.py has no tally")
            continue
        if tally["chapters"][name]["digest"] == chapter.digest:
            fresh[name] = chapter
        else:
            found.append(f"chapters/{name}.py is newer than its tally")
        if words != chapter.claims:
            found.append(f"the claims in chapters/{name}.py are not those in {TALLY}")
    return found + not_held(tally, fresh)
