"""Make the tally of ``book/claims.json``: how often each claim of a chapter holds.

A claim is a comment in a chapter, directly above one or more assertions:

    # Claim: the autoencoder's error is less than 0.6 of PCA's.
    assert error < 0.6 * pca_error

Every chapter is executed under several seeds, in a process and on a processor core of its own, and
an assertion that fails is counted instead of ending the run. Assertions without such a comment are
checks: they belong to no claim, and have to hold all the same. Only what is missing is executed,
that is, chapters whose code is not the code that their tally came from. Each run that is finished
is kept in ``.claims/`` until the tally is written, so that the work may be interrupted at any time.

    python tools/claims.py                      10 seeds, all chapters
    python tools/claims.py --chapters 04_pca    one chapter, the tally of the others kept
    python tools/claims.py --force              execute what is not missing, too
    python tools/claims.py --check              execute and write nothing; exit code 1 where the
                                                tally is not that of the chapters
"""

import argparse
import ast
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import notebooks
from _claim_run import find_asserts
from joblib import cpu_count
from made import write
from notebooks import ROOT, ChapterError
from settings import neutral
from tqdm import tqdm

TALLY = "book/claims.json"
KEPT = ".claims"
SEEDS = 10
RUNNER = Path(__file__).parent / "_claim_run.py"
PACKAGES = ["tensorflow", "keras", "numpy", "scikit-learn"]
# Runs share the cores; each of them keeps to one.
THREADS = [
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "VECLIB_MAXIMUM_THREADS",
]

_CELL = re.compile(r"# %%(?P<rest>.*)")
_MARK = re.compile(r"#\s*claim\s*:\s*(?P<words>.*)", re.IGNORECASE)


# Claims as chapters mark them ---------------------------------------------------------------------


@dataclass(frozen=True)
class Assertion:
    """An assertion of a chapter: its condition as text, and where it stands."""

    code: str
    line: int
    cell: int


@dataclass(frozen=True)
class Group:
    """Assertions that follow on each other, as numbers, and the claim above them, if any."""

    claim: str | None
    numbers: list


@dataclass(frozen=True)
class Chapter:
    """What a tally has to know of a chapter."""

    name: str
    title: str
    digest: str
    assertions: list
    groups: list

    @property
    def claims(self):
        """The words of its claims, in order."""
        return [group.claim for group in self.groups if group.claim is not None]


def cells_of_lines(lines):
    """Return for each line of a script the number of its code cell, and None outside of these."""
    found, number, inside = [], 0, False
    for line in lines:
        mark = _CELL.match(line)
        if mark:
            inside = not re.search(r"\[(markdown|md|raw)\]", mark["rest"])
            number += inside
        found.append(number if inside and not mark else None)
    return found


def comment_above(lines, line):
    """Return where the comment begins that ends directly above a line (both count from 0)."""
    margin = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    first = line
    while first and lines[first - 1].startswith(f"{margin}#") and not _CELL.match(lines[first - 1]):
        first -= 1
    return first


def find_groups(source, name):
    """Find the assertions of a chapter, and the claims above them.

    Parameters
    ----------
    source : str
        The chapter's script.
    name : str
        Its name, for complaints.

    Returns
    -------
    list of Assertion
    list of Group

    Raises
    ------
    ChapterError
        If a claim has no words, or no assertion directly below it.

    Examples
    --------
    >>> _, groups = find_groups('''
    ... # %%
    ... assert x.shape == (3,)
    ... # Claim: one is less
    ... # than two.
    ... assert one < two
    ... assert 2 * one <= two
    ... ''', "04_pca")
    >>> for group in groups:
    ...     print(group)
    Group(claim=None, numbers=[0])
    Group(claim='one is less than two.', numbers=[1, 2])
    """
    lines = source.splitlines()
    cells = cells_of_lines(lines)
    assertions, groups, used, last = [], [], set(), None
    for number, node in enumerate(find_asserts(ast.parse(source))):
        line = node.lineno - 1
        code = " ".join(ast.get_source_segment(source, node.test).split())
        assertions.append(Assertion(code, node.lineno, cells[line]))
        if not _follows(node, last):
            first = comment_above(lines, line)
            comment = [text.strip() for text in lines[first:line]]
            marks = [place for place, text in enumerate(comment) if _MARK.match(text)]
            words = _words(comment[marks[-1] :]) if marks else None
            used |= {first + place for place in marks[-1:]}
            groups.append(Group(words, []))
        groups[-1].numbers.append(number)
        last = node
    for place, text in enumerate(lines):
        if cells[place] and _MARK.match(text.strip()):
            _check_mark(text.strip(), place in used, f"chapters/{name}.py, line {place + 1}")
    return assertions, groups


def _follows(node, last):
    """Tell whether an assertion follows on another without a gap."""
    if last is None:
        return False
    below = node.lineno == last.end_lineno + 1 and node.col_offset == last.col_offset
    return below or node.lineno == last.end_lineno  # after a semicolon


def _words(comment):
    """Join the lines of a claim."""
    pieces = [_MARK.match(comment[0])["words"], *(line.lstrip("#") for line in comment[1:])]
    return " ".join(" ".join(pieces).split())


def _check_mark(text, used, place):
    """Refuse a claim that is not written as claims are."""
    if not re.match(r"# Claim: \S", text):
        raise ChapterError(f'{place}: a claim is written "# Claim: words". Received: "{text}"')
    if not used:
        raise ChapterError(f'{place}: no assertion stands directly below "{text}"')


def read_chapter(name, root=ROOT):
    """Read a chapter, its digest, and its claims.

    Parameters
    ----------
    name : str
        Such as ``04_pca``.
    root : Path
        The folder of the course.

    Returns
    -------
    Chapter
    """
    path = root / "chapters" / f"{name}.py"
    notebook = notebooks.read_chapter(path, root)
    title = notebook.cells[0].source.partition("\n")[0].removeprefix("# ")
    assertions, groups = find_groups(path.read_text(encoding="utf-8"), name)
    return Chapter(name, title, notebook.metadata.ae.digest, assertions, groups)


# The tally ----------------------------------------------------------------------------------------


def tally_chapter(chapter, runs):
    """Count how often each group of assertions held.

    Parameters
    ----------
    chapter : Chapter
    runs : dict of int: dict
        For each seed what ``_claim_run.py`` wrote.

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
    ChapterError
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
        raise ChapterError(f"{TALLY} is not a tally of claims: restore it, or remove it")
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
    chapters = {name: read_chapter(name, root) for name in notebooks.chapter_names(root)}
    found = [
        f"{TALLY} has a chapter {name}, which does not exist"
        for name in tally["chapters"]
        if name not in chapters
    ]
    fresh = {}
    for name, chapter in chapters.items():
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


# Runs ---------------------------------------------------------------------------------------------


def kept_file(root, chapter, seed):
    """Return where a finished run is kept."""
    return root / KEPT / chapter.name / chapter.digest[:16] / f"{seed}.json"


def read_kept(root, chapter, seed):
    """Return a finished run, or None if there is none that can be read."""
    try:
        return json.loads(kept_file(root, chapter, seed).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


class Runs:
    """Executes chapters under seeds, several at a time.

    Parameters
    ----------
    root : Path
        The folder of the course.
    jobs : int
        How many processes at a time.
    """

    def __init__(self, root, jobs):
        self.root = root
        self.jobs = jobs
        self._processes = set()

    def execute(self, waiting, done):
        """Execute all that wait, with a progress bar, and leave no process behind.

        Parameters
        ----------
        waiting : list of (Chapter, int)
            Chapters and seeds.
        done : int
            How many runs were finished before.

        Returns
        -------
        list of str
            What went wrong, a text for each run that failed.
        """
        failures = []
        pool = ThreadPoolExecutor(self.jobs)
        bar = tqdm(total=done + len(waiting), initial=done, desc="claims", unit="run", leave=False)
        with bar:
            try:
                futures = [pool.submit(self._run, *run, bar) for run in waiting]
                for future in as_completed(futures):
                    bar.update()
                    failures += [text for text in [future.result()] if text]
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in list(self._processes):
                    process.kill()
        return failures

    def _run(self, chapter, seed, bar):
        """Execute one chapter under one seed; return what went wrong, or None."""
        bar.set_postfix_str(f"{chapter.name}, seed {seed}")
        output = kept_file(self.root, chapter, seed)
        output.parent.mkdir(parents=True, exist_ok=True)
        script = self.root / "chapters" / f"{chapter.name}.py"
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **neutral(os.environ, folder),
                **dict.fromkeys(THREADS, "1"),
                "AE_SEED": str(seed),
                "MPLBACKEND": "agg",
                "PYTHONHASHSEED": "0",
                "PYTHONPATH": str(self.root),
            }
            process = subprocess.Popen(
                # -P: what a chapter imports is not looked for among the tools.
                [sys.executable, "-P", str(RUNNER), str(script), str(output)],
                cwd=folder,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            self._processes.add(process)
            said = process.communicate()[1]
            self._processes.discard(process)
        place = f"chapters/{chapter.name}.py under seed {seed}"
        if process.returncode:
            return f"{place} failed:\n{said[-4000:].strip()}"
        if notebooks.read_chapter(script, self.root).metadata.ae.digest != chapter.digest:
            output.unlink()
            return f"{place}: its code was changed while it ran"
        return None


# The command line ---------------------------------------------------------------------------------


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1. Received: {number}")
    return number


def _parser():
    parser = argparse.ArgumentParser(description=f"Make {TALLY}: how often each claim holds.")
    parser.add_argument(
        "--seeds",
        type=_positive,
        default=SEEDS,
        metavar="N",
        help=f"how many seeds, from 0 on (default: {SEEDS})",
    )
    parser.add_argument(
        "--chapters", nargs="+", metavar="NAME", help="such as 04_pca; all by default"
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=cpu_count(),
        metavar="N",
        help="how many runs at a time (default: one for each core)",
    )
    parser.add_argument("--force", action="store_true", help="execute what is not missing, too")
    parser.add_argument(
        "--check", action="store_true", help="execute and write nothing, report what is wrong"
    )
    return parser


def _report(found, advice):
    """Print what is wrong; return the exit code."""
    for text in found:
        print(text, file=sys.stderr)
    if found:
        print(advice, file=sys.stderr)
    return int(bool(found))


def make(names, seeds, jobs, root=ROOT, *, force=False):
    """Execute what is missing, and write the tally.

    Parameters
    ----------
    names : list of str
        Chapters. What is stored about others is kept as it is.
    seeds : range
    jobs : int
        How many processes at a time.
    root : Path
        The folder of the course.
    force : bool
        Execute whether missing or not.

    Returns
    -------
    int
        The exit code: 0 if all that the tally has was found to hold.

    Raises
    ------
    ChapterError
        If a chapter cannot be read, or the seeds are not those of the chapters that are kept.
    """
    stored = read_tally(root)
    chapters = {name: read_chapter(name, root) for name in names}
    others = set(stored["chapters"] if stored else []) & set(notebooks.chapter_names(root))
    others -= set(names)
    if others and stored["seeds"] != list(seeds):
        raise ChapterError(
            f"{TALLY} has {count(len(stored['seeds']), 'seed')} for {', '.join(sorted(others))}. "
            f"All chapters have the same seeds. Received: {len(seeds)}"
        )

    runs = {name: {} for name in names}
    for name, chapter in chapters.items():
        if force:
            shutil.rmtree(root / KEPT / name, ignore_errors=True)
        elif stored and stored["chapters"].get(name, {}).get("digest") == chapter.digest:
            runs[name] = runs_of(stored, name)
    wanted = [(chapter, seed) for chapter in chapters.values() for seed in seeds]
    new = [(chapter, seed) for chapter, seed in wanted if seed not in runs[chapter.name]]
    waiting = [run for run in new if read_kept(root, *run) is None]
    if waiting:
        failures = Runs(root, jobs).execute(waiting, len(wanted) - len(waiting))
        if failures:
            return _report(failures, f"{TALLY} was not written. What succeeded is kept in {KEPT}/.")
    for chapter, seed in new:
        runs[chapter.name][seed] = read_kept(root, chapter, seed)

    digests = {name: stored["chapters"][name] for name in others}
    entries = [entry for name in others for entry in entries_of(stored, name)]
    for name, chapter in chapters.items():
        own = {seed: runs[name][seed] for seed in seeds}
        seconds = [run["seconds"] for run in own.values()]
        digests[name] = {"digest": chapter.digest, "seconds": seconds}
        entries += tally_chapter(chapter, own)
    place = environment() if new or not stored else stored["environment"]
    tally = assemble(seeds, place, digests, entries)
    if tally == stored:
        print(f"{TALLY} is up to date: nothing to do.")
    else:
        write((as_text(tally) + "\n").encode("utf-8"), root / TALLY)
        ran = count(len(new), "new run") if new else "new words, nothing executed"
        total = f"{count(len(tally['claims']), 'claim')} under {count(len(seeds), 'seed')}"
        print(f"{TALLY}: {total} ({ran})")
    for name in names:
        shutil.rmtree(root / KEPT / name, ignore_errors=True)
    with contextlib.suppress(OSError):  # runs of other chapters may be kept there
        (root / KEPT).rmdir()
    return _report(not_held(tally, chapters), f"{TALLY} counts them.")


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    known = notebooks.chapter_names(root)
    names = sorted({Path(name).stem for name in options.chapters or known})
    for name in names:
        if name not in known:
            parser.error(f"there is no chapter {name!r}; there are {', '.join(known)}")
    try:
        if options.check:
            return _report(complaints(root), "Run: make claims")
        return make(names, range(options.seeds), options.jobs, root, force=options.force)
    except ChapterError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted. Start again to go on: finished runs are in {KEPT}/", file=sys.stderr)
        return 130


if __name__ == "__main__":
    # Whoever ends it, by Ctrl-C or by kill, leaves no chapter running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
