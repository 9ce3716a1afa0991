"""Execute a notebook in a fresh kernel, without the user's settings."""

import os
import re
import tempfile

from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from tools.course import CourseError
from tools.environment import settings
from tools.notebooks.scripts import METADATA, code_cells

CELL_TIMEOUT = 600  # seconds; a chapter takes 90 at most


def execute(notebook, name, root):
    """Execute a notebook in a fresh kernel, in an empty folder, with a progress bar over cells."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **settings.neutral(os.environ, folder),
            # The library whose code is in the digest.
            "PYTHONPATH": str(root),
            # A claim that does not hold is an error.
            "AE_STRICT": "1",
        }
        client = NotebookClient(
            notebook,
            kernel_name=METADATA["kernelspec"]["name"],
            timeout=CELL_TIMEOUT,
            record_timing=False,
            coalesce_streams=True,
            # Without a warning about the connection to the kernel, which is on this machine.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        bar = tqdm(notebook.cells, desc=name, unit="cell", leave=False)
        with bar, client.setup_kernel(env=environment):
            for index, cell in enumerate(bar):
                try:
                    client.execute_cell(cell, index)
                except (CellControlSignal, DeadKernelError) as error:
                    raise CourseError(_explain(name, cell, error)) from error
    # The kernel writes its own version into the metadata.
    notebook.metadata = NotebookNode(METADATA | {"ae": notebook.metadata.ae})


def _explain(name, cell, error):
    """Say which cell failed and how, in text that is readable without a terminal's colours."""
    failed = [output for output in cell.outputs if output.output_type == "error"]
    trace = "\n".join(failed[0].traceback) if failed else str(error)
    trace = re.sub(r"\x1b\[[0-9;]*m", "", trace)
    rule = "-" * 70
    return f"{name}.py: this cell failed\n{rule}\n{cell.source}\n{rule}\n{trace}"


def normalise_outputs(notebook):
    """Remove from outputs what says how and where they were made."""
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
            data = output.get("data", {})
            for kind in data:
                if kind.startswith("image/") and isinstance(data[kind], str):
                    data[kind] = data[kind].strip()
