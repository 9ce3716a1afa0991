"""Make the tally of ``book/claims.json``: how often each claim of a chapter holds.

A chapter makes a claim by ``ae_lib.claim``, or by a comment directly above one or more assertions:

    claim("the autoencoder's error is less than 0.6 of PCA's", error < 0.6 * pca_error)

    # Claim: the autoencoder's error is less than 0.6 of PCA's.
    assert error < 0.6 * pca_error

Every chapter is executed under several seeds, in a process and on a processor core of its own, and
an assertion that fails is counted instead of ending the run. Assertions without such a comment are
checks: they belong to no claim, and have to hold all the same. Only what is missing is executed,
that is, chapters whose code is not the code that their tally came from. Each run that is finished
is kept in ``.claims/`` until the tally is written, so that the work may be interrupted at any time.

    python -m tools.claims                      10 seeds, all chapters
    python -m tools.claims --chapters 05_pca    one chapter, the tally of the others kept
    python -m tools.claims --force              execute what is not missing, too
    python -m tools.claims --check              execute and write nothing; exit code 1 where the
                                                tally is not that of the chapters
"""

import argparse
import contextlib
import shutil
import signal
import sys
from pathlib import Path

from joblib import cpu_count

from tools.claims.marks import read_chapter
from tools.claims.runs import KEPT, Runs, read_kept
from tools.claims.tally import (
    SEEDS,
    TALLY,
    as_text,
    assemble,
    complaints,
    count,
    entries_of,
    environment,
    not_held,
    read_tally,
    runs_of,
    tally_chapter,
)
from tools.course import ROOT, CourseError
from tools.made import write
from tools.notebooks import chapters


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
        "--chapters", nargs="+", metavar="NAME", help="such as 05_pca; all by default"
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
    CourseError
        If a chapter cannot be read, or the seeds are not those of the chapters that are kept.
    """
    stored = read_tally(root)
    read = {name: read_chapter(name, root) for name in names}
    others = set(stored["chapters"] if stored else []) & set(chapters.names(root))
    others -= set(names)
    if others and stored["seeds"] != list(seeds):
        raise CourseError(
            f"{TALLY} has {count(len(stored['seeds']), 'seed')} for {', '.join(sorted(others))}. "
            f"All chapters have the same seeds. Received: {len(seeds)}"
        )

    runs = {name: {} for name in names}
    for name, chapter in read.items():
        if force:
            shutil.rmtree(root / KEPT / name, ignore_errors=True)
        elif stored and stored["chapters"].get(name, {}).get("digest") == chapter.digest:
            runs[name] = runs_of(stored, name)
    wanted = [(chapter, seed) for chapter in read.values() for seed in seeds]
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
    for name, chapter in read.items():
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
    return _report(not_held(tally, read), f"{TALLY} counts them.")


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    known = chapters.names(root)
    names = sorted({Path(name).stem for name in options.chapters or known})
    for name in names:
        if name not in known:
            parser.error(f"there is no chapter {name!r}; there are {', '.join(known)}")
    try:
        if options.check:
            return _report(complaints(root), "Run: make claims")
        return make(names, range(options.seeds), options.jobs, root, force=options.force)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted. Start again to go on: finished runs are in {KEPT}/", file=sys.stderr)
        return 130


if __name__ == "__main__":
    # Whoever ends it, by Ctrl-C or by kill, leaves no chapter running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
