"""What students' code sees when it runs: bubblewrap's sandbox on Linux.

Only what Python needs is there, read-only: the system's programs and libraries, the environment,
``ae_lib``. There is no network and no other process to see; the home directory is empty and lives
in memory. ``watch.py`` starts the sandbox and limits it, ``inside.py`` is the first program in it.
"""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = "/home/student"
GIB = 2**30
TMPFS = GIB  # bytes, for each folder in memory; all count towards the memory of the student
# A user of nobody's, for students' code where root grades: limits on processes do not bind root.
NOBODY = 61003
USER = str(NOBODY) if hasattr(os, "getuid") and os.getuid() == 0 else ""

PRIVATE = "CLASS_GRADING_PRIVATE"  # the variable that names where private folders are made

SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
KNOWN = {Path("/"), Path("/dev"), Path("/dev/shm"), Path("/tmp"), Path("/home")}
# Without names of people and machines, and without keys.
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts")


def environment():
    """Return the environment variables of students' code; the teacher's stay outside.

    Returns
    -------
    dict
    """
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": HOME,
        "USER": "student",
        "TMPDIR": "/tmp",
        "AE_PROGRESS": "0",
        # Marks of nbgrader's depend on what is written to stderr.
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "NBGRADER_EXECUTION": "autograde",
    }


def _needed():
    """Return the folders that Python needs: the environment, the Python below it, ``ae_lib``."""
    found = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix)}
    found.add(Path(sys.executable).resolve().parent.parent)
    found.update(path for path in [Path("/nix/store")] if path.exists())
    library = importlib.util.find_spec("ae_lib")
    if library is not None:
        found.add(Path(library.origin).parent)
    home = Path.home()
    for path in found:
        if path == Path("/") or home.is_relative_to(path):
            raise RuntimeError(f"Python is installed in {path}, which holds the home directory")
    return sorted(path for path in found if not path.is_relative_to("/usr"))


@functools.cache
def _options():
    """Return the help of this bubblewrap, which names the options that it knows."""
    return subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout


def _in_memory(place):
    """Return the options for a writable folder in memory."""
    # Older versions cannot limit its size; watch.py counts what it holds all the same.
    return [*(("--size", str(TMPFS)) if "--size" in _options() else ()), "--tmpfs", place]


def command(program, private, folder=None):
    """Return the command that runs a program in the sandbox, watched from outside.

    Parameters
    ----------
    program : list of str
    private : Path
        What ``private_folder`` gave. Its ``kernel`` can be written to from inside.
    folder : path-like, optional
        What a student handed in. All but notebooks can be read in the working folder.

    Returns
    -------
    list of str
    """
    # The real root needs no user namespace, and must not have one: in it, only root is known.
    line = ["bwrap", "--die-with-parent", "--new-session", "--hostname", "class"]
    line += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    line += ["--unshare-cgroup-try"]
    if not USER:
        line += ["--unshare-user"]
        line += ["--disable-userns"] if "--disable-userns" in _options() else []
    line += ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for place in SYSTEM:
        if Path(place).is_symlink():
            line += ["--symlink", str(Path(place).readlink()), place]
        else:
            line += ["--ro-bind-try", place, place]
    line += ["--dir", "/etc", "--dir", "/home"]
    for name in SETTINGS:
        line += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for place in ("/dev/shm", "/tmp", HOME):
        line += _in_memory(place)
    kernel = private / "kernel"
    bound = [("--ro-bind", path) for path in _needed()] + [("--bind", kernel)]
    # Parents that bubblewrap makes by itself are closed to other users.
    parents = {parent for _, path in bound for parent in path.parents} - KNOWN
    for path in sorted(parents):
        line += ["--dir", str(path)]
    for option, path in bound:
        line += [option, str(path), str(path)]
    line += ["--ro-bind", str(HERE / "inside.py"), "/inside.py"]
    for path in sorted(Path(folder).absolute().iterdir()) if folder else ():
        if path.suffix != ".ipynb" and not path.is_symlink():
            line += ["--ro-bind", str(path), f"{HOME}/{path.name}"]
    # bubblewrap's own folders in memory, which nobody needs to write to.
    line += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME, "--"]
    line += [sys.executable, "-I", "/inside.py", USER, *program]
    return [sys.executable, "-I", str(HERE / "watch.py"), str(private), USER, *line]


def private_folder():
    """Make and return a folder with a folder ``kernel`` for sockets, in memory where possible.

    Returns
    -------
    Path
        Its name is short, because the names of sockets are limited to about 100 bytes.
    """
    # In memory, what students write there counts as theirs, and the disk cannot be filled.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    place = os.environ.get(PRIVATE, memory)
    folder = Path(tempfile.mkdtemp(prefix="class-", dir=place))
    (folder / "kernel").mkdir(mode=0o700)
    return folder


@functools.cache
def problem():
    """Return why there is no sandbox here, or None.

    Returns
    -------
    str or None
        One sentence.
    """
    if sys.platform != "linux":
        return f"bubblewrap's sandbox needs Linux, and this is {sys.platform}."
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)."
    folder = private_folder()
    try:
        line = command([sys.executable, "-c", "import ipykernel"], folder)
        done = subprocess.run(
            line, env=environment(), capture_output=True, text=True, errors="replace", timeout=60
        )
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap's sandbox does not start: {error}."
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return f"bubblewrap's sandbox does not start: {said}"
    return None
