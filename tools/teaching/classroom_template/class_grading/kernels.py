"""The Python process that runs a student's notebook, in the sandbox or without one."""

import os
import shutil
import sys

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from . import sandbox

# What is kept of the teacher's environment where there is no sandbox: what a system needs to start
# Python, and nothing that changes what Python does.
KEPT = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


class ClassKernelManager(AsyncKernelManager):
    """The environment's own Python, whatever kernel a notebook names.

    Parameters
    ----------
    folder : path-like
        Where what the student handed in lies.
    """

    def __init__(self, folder, **options):
        super().__init__(**options)
        self.folder = folder
        self.kernel_name = "python3"
        self._kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
        )

    def reasons(self):
        """Return why processes were ended: sentences, none where nothing is known."""
        return []


class SandboxedKernelManager(ClassKernelManager):
    """The same inside the sandbox, reached through sockets in a folder."""

    def __init__(self, folder, **options):
        self.private = sandbox.private_folder()
        kernel = self.private / "kernel"
        # There is no network inside, not even with this machine.
        options |= {"transport": "ipc", "ip": str(kernel / "k")}
        super().__init__(folder, connection_file=str(kernel / "kernel.json"), **options)
        # No signal finds its way to the kernel, so it is asked by a message.
        self._kernel_spec.interrupt_mode = "message"

    def format_kernel_cmd(self, extra_arguments=None):
        """Return the command that starts the kernel."""
        program = super().format_kernel_cmd(extra_arguments)
        return sandbox.command(program, self.private, self.folder)

    async def _async_start_kernel(self, **options):
        await super()._async_start_kernel(**options | {"env": sandbox.environment()})

    start_kernel = _async_start_kernel

    def reasons(self):
        """Return why processes were ended, as ``watch.py`` says."""
        file = self.private / "reasons"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    async def _async_cleanup_resources(self, restart=False):
        await super()._async_cleanup_resources(restart=restart)
        shutil.rmtree(self.private, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


class PlainKernelManager(ClassKernelManager):
    """The same without a sandbox, but with an environment and settings of its own."""

    def __init__(self, folder, **options):
        super().__init__(folder, **options)
        self.settings = str(sandbox.private_folder())

    async def _async_start_kernel(self, **options):
        own = {name: os.environ[name] for name in KEPT if name in os.environ}
        own |= {name: value for name, value in sandbox.environment().items() if name != "PATH"}
        places = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR", "KERAS_HOME")
        own |= dict.fromkeys(places, self.settings)
        await super()._async_start_kernel(**options | {"env": own})

    start_kernel = _async_start_kernel

    async def _async_cleanup_resources(self, restart=False):
        await super()._async_cleanup_resources(restart=restart)
        shutil.rmtree(self.settings, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
