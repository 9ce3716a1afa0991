"""Start the sandbox and watch it from outside: what it may use together, and that it ends.

    watch.py FOLDER USER bwrap ... program

``FOLDER/kernel`` is the folder that both sides write to. It is given to USER, if there is one.

Limits of single processes are set by ``inside.py``. Here all are counted together. Where there are
too many processes, all but the kernel are ended; where memory runs out, the largest is. The file
``FOLDER/reasons``, which cannot be seen from inside, says so for the teacher.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

GIB = 2**30
MEMORY = int(os.environ.get("CLASS_MEMORY", 4 * GIB))  # bytes, all processes and files in memory
PROCESSES = 64
TASKS = 512  # processes and threads, a limit that the system itself holds
THREADS = 400  # of the kernel, below that, so that it ends instead of failing in all later cells
ROUNDS = 20  # of ending what was started, before the kernel is ended as well
PAUSE = 0.1  # seconds


def sizes(path):
    """Return a file of the system's with lines such as ``Pss_Anon: 12 kB``, in bytes."""
    found = {}
    for line in Path(path).read_text().splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            found[name] = int(value.split()[0]) * 1024
    return found


def memory(process):
    """Return the memory of a process; what it shares with its children is shared out."""
    try:
        return sizes(f"/proc/{process.pid}/smaps_rollup")["Pss_Anon"]
    except (OSError, KeyError):
        pass  # it has ended since, or this system does not say
    try:
        return sizes(f"/proc/{process.pid}/status").get("RssAnon", 0)
    except OSError:
        return 0


def in_files():
    """Return the memory in files and what else is shared, of the whole machine."""
    return sizes("/proc/meminfo")["Shmem"]


def tasks_of(user):
    """Return how many processes and threads a user has."""
    attributes = [process.info for process in psutil.process_iter(["uids", "num_threads"])]
    return sum(
        info["num_threads"] or 0
        for info in attributes
        if info["uids"] and info["uids"].real == user
    )


def send(what, processes):
    """Send a signal to processes; those that have ended since do not matter."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(what)


class Watch:
    """The limits of one sandbox."""

    def __init__(self, sandbox, folder):
        self.sandbox, self.folder = psutil.Process(sandbox), folder
        self.first = self.kernel = None
        self.files_before = in_files()
        self.rounds = 0
        self.said = set()

    def say(self, reason):
        """Leave a reason for the teacher, once."""
        if reason not in self.said:
            self.said.add(reason)
            with (self.folder / "reasons").open("a", encoding="utf-8") as file:
                file.write(reason + "\n")

    def find(self):
        """Find bubblewrap's first process in the sandbox, and the kernel, which it starts."""
        for parent, name in ((self.sandbox, "first"), (self.first, "kernel")):
            if parent and not getattr(self, name):
                setattr(self, name, next(iter(parent.children()), None))
        return self.kernel is not None

    def started(self):
        """Return what the kernel has started."""
        return set(self.first.children(recursive=True)) - {self.kernel}

    def end_started(self):
        """End all that the kernel has started, though it may be forking while this goes on."""
        stopped = set()
        for _ in range(ROUNDS):
            new = self.started() - stopped
            if not new:
                break
            send(signal.SIGSTOP, new)
            stopped |= new
        send(signal.SIGKILL, self.started())

    def look(self):
        """Look once, and end what is too much."""
        if not self.find():
            return
        started = self.started()
        if len(started) > PROCESSES:
            self.say(f"more than {PROCESSES} processes at a time; they were ended")
            self.rounds += 1
            self.end_started()
            if self.rounds > ROUNDS:
                send(signal.SIGKILL, [self.kernel])
            return
        if self.kernel.num_threads() > THREADS:
            self.say(f"more than {THREADS} threads at a time; it was ended")
            send(signal.SIGKILL, [self.kernel])
            return
        used = {process: memory(process) for process in {self.kernel} | started}
        files = max(0, in_files() - self.files_before)
        if sum(used.values()) + files > MEMORY:
            self.say(f"more than {MEMORY / GIB:.3g} GiB of memory; it was ended")
            # What files hold is free only when everything has ended.
            largest = self.kernel if files > MEMORY / 2 else max(used, key=used.get)
            send(signal.SIGKILL, [largest])


def main(folder, user, *command):
    """Run the sandbox to its end; return its exit code."""
    # Whoever started this is the only one who can need it.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if user:
        for path in (Path(folder, "kernel"), *Path(folder, "kernel").iterdir()):
            os.chown(path, int(user), int(user))
    tasks = TASKS + tasks_of(int(user or os.getuid()))
    limits = {"CLASS_TASKS": str(tasks), "CLASS_MEMORY": str(MEMORY)}
    sandbox = subprocess.Popen(command, env=os.environ | limits)
    watch = Watch(sandbox.pid, Path(folder))
    while sandbox.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            watch.look()
        time.sleep(PAUSE)
    return sandbox.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
