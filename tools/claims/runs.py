"""Execute chapters under seeds, several at a time, each in a process and on a core of its own."""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from tools.claims.marks import digest_of_numbers
from tools.environment.settings import ONE_THREAD, neutral

KEPT = ".claims"
RUNNER = Path(__file__).parent / "chapter_run.py"


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
                **ONE_THREAD,
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
        if digest_of_numbers(script, self.root) != chapter.digest:
            output.unlink()
            return f"{place}: its code was changed while it ran"
        return None
