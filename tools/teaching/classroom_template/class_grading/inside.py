"""The first program in the sandbox: give up what is left of rights, then become the kernel."""

import os
import resource
import sys

GIB = 2**30
LIMITS = {
    # Below what watch.py allows for all processes together, so that Python can say MemoryError.
    resource.RLIMIT_DATA: int(os.environ.pop("CLASS_MEMORY", 4 * GIB)) * 9 // 10,
    resource.RLIMIT_FSIZE: GIB,
    resource.RLIMIT_NOFILE: 1024,
    resource.RLIMIT_NPROC: int(os.environ.pop("CLASS_TASKS", 1024)),
    resource.RLIMIT_CORE: 0,
}


def main(user, *program):
    """Set the limits, become another user if one is named, and run the program."""
    for name, wanted in LIMITS.items():
        _, most = resource.getrlimit(name)
        value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(name, (value, value))
    # Who grades, and who watches this, come first.
    os.nice(5)
    if user:
        for place in (os.environ["HOME"], "/tmp", "/dev/shm"):
            os.chown(place, int(user), int(user))
        os.setgroups([])
        os.setresgid(*[int(user)] * 3)
        os.setresuid(*[int(user)] * 3)
    # The kernel would end where its parent is process 1, and in here it always is.
    os.environ.pop("JPY_PARENT_PID", None)
    os.execv(program[0], program)


main(*sys.argv[1:])
