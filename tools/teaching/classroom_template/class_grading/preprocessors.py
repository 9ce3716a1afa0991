"""Steps of grading that nbgrader does not have, or that one student's notebook would stop.

``Tidy`` puts nbgrader's marks on cells in order, before nbgrader looks at them. ``SafeExecute``
runs a notebook in the sandbox, and goes on after a cell that ends its Python.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from jupyter_client.utils import ensure_async
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.utils import compute_checksum
from traitlets import Bool, Integer

from . import sandbox
from .kernels import PlainKernelManager, SandboxedKernelManager

REPORT = "report"  # the file for what grade.py shows, in the folder that it made


def report(step, what):
    """Tell the teacher something about this notebook: in nbgrader's log, and for ``grade.py``."""
    step.log.warning("%s", what)
    if sandbox.PRIVATE in os.environ:
        with Path(os.environ[sandbox.PRIVATE], REPORT).open("a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")


class Tidy(NbGraderPreprocessor):
    """Leave nbgrader's mark on one cell each, as it was released, and remove all others.

    JupyterLab copies a cell's metadata along, students edit them, and a merged or deleted cell
    takes them away. nbgrader stops at some of these.
    """

    def preprocess(self, nb, resources):
        """Put the notebook's metadata in order."""
        place = resources["nbgrader"]
        with Gradebook(place["db_url"]) as gradebook:
            book = gradebook.find_notebook(place["notebook"], place["assignment"])
            released = {cell.name: cell for cell in book.source_cells}
            graded = {cell.name: cell for cell in [*book.grade_cells, *book.task_cells]}
            known = {name: self._mark(name, cell, graded) for name, cell in released.items()}
            cells = {name: [] for name in known}
            for cell in nb.cells:
                mark = cell.metadata.pop("nbgrader", None)
                name = mark.get("grade_id") if isinstance(mark, dict) else None
                if isinstance(name, str) and name in cells:
                    cells[name].append(cell)
            for name, found in cells.items():
                if not found:
                    report(
                        self, f"the cell {name} is missing (deleted, merged, or its name changed)"
                    )
                    continue
                kept = self._chosen(found, known[name])
                kept.metadata.nbgrader = known[name]
                if len(found) > 1:
                    report(self, f"the cell {name} is there {len(found)} times; one of them counts")
        return nb, resources

    @staticmethod
    def _mark(name, cell, graded):
        """Return nbgrader's metadata of a cell, as they were released."""
        kind = type(graded[name]).__name__ if name in graded else ""
        mark = {
            "schema_version": 3,
            "grade_id": name,
            "grade": kind == "GradeCell",
            "solution": not cell.locked,
            "task": kind == "TaskCell",
            "locked": cell.locked,
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        return NotebookNode(mark | {"points": graded[name].max_score} if kind else mark)

    @staticmethod
    def _chosen(found, mark):
        """Return the one of several copies that counts.

        The last copy of a check has seen all answers. Of answers it is the first that was edited:
        a copy of the empty cell must not make an answer in words look like none.
        """
        if mark.locked:
            return found[-1]
        for cell in found:
            cell.metadata.nbgrader = mark
            edited = compute_checksum(cell) != mark.checksum
            del cell.metadata["nbgrader"]
            if edited:
                return cell
        return found[0]


class CellStoppedError(Exception):
    """A cell ended its Python, or cannot be ended itself."""


class SafeExecute(Execute):
    """Run a notebook in the sandbox. A cell that ends its Python counts as an error.

    After such a cell the notebook is run again from its beginning, without that cell.
    """

    sandbox = Bool(True, help="Run students' code in bubblewrap's sandbox.").tag(config=True)
    restarts = Integer(5, help="How many cells may end the Python.").tag(config=True)
    most_output = Integer(20_000_000, help="Characters that a cell may print.").tag(config=True)

    def preprocess(self, nb, resources, km=None):
        """Run the notebook, again without a cell that cannot be run to its end."""
        if self.sandbox and sandbox.problem():
            raise RuntimeError(
                f"Nothing was run: {sandbox.problem()} README.md says how to go without a sandbox."
            )
        # Whatever kernel the student's notebook names.
        self.kernel_name = "python3"
        self.stopped = {}
        while True:
            try:
                return super().preprocess(nb, resources, km)
            except CellStoppedError as stop:
                index, reason = stop.args
                self.stopped[index] = reason
                report(self, f"{self._name(nb.cells[index], index)}: {reason}")
            if len(self.stopped) > self.restarts:
                report(self, f"{self._name(nb.cells[index], index)} and all after it were not run")
                for cell in nb.cells[index:]:
                    if cell.cell_type == "code":
                        cell.outputs = [self._error("CellStopped", reason)]
                return nb, resources

    def create_kernel_manager(self):
        """Return what starts the Python of the notebook."""
        kind = SandboxedKernelManager if self.sandbox else PlainKernelManager
        folder = self.resources.get("metadata", {}).get("path") or "."
        self.km = kind(folder, config=self.config)
        self.told = set()
        return self.km

    def preprocess_cell(self, cell, resources, index):
        """Run a cell."""
        if index in self.stopped:
            if cell.cell_type == "code":
                cell.outputs = [self._error("CellStopped", self.stopped[index])]
            return cell, resources
        self.printed, self.cut = 0, False
        try:
            return super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            raise CellStoppedError(index, self._why("its Python ended")) from None
        except CellTimeoutError:
            reason = f"cannot be interrupted after {self.timeout} seconds"
            raise CellStoppedError(index, self._why(reason)) from None
        finally:
            self._tell_limits(cell, index)

    def process_message(self, msg, cell, cell_index):
        """Take what a cell printed, up to a limit."""
        if msg["msg_type"] in ("stream", "display_data", "update_display_data", "execute_result"):
            content = msg["content"]
            self.printed += len(content.get("text", "")) + len(str(content.get("data", "")))
            if self.printed > self.most_output:
                if not self.cut:
                    self.cut = True
                    self.interrupt = asyncio.ensure_future(ensure_async(self.km.interrupt_kernel()))
                return None
        return super().process_message(msg, cell, cell_index)

    def on_cell_executed(self, **details):
        """Note errors in the cell's output, as nbgrader does, and one for output cut off."""
        super().on_cell_executed(**details)
        cell, error = details["cell"], details["execute_reply"]["content"].get("ename")
        if self.cut:
            reason = f"printed more than {self.most_output:,} characters"
            cell.outputs.append(self._error("TooMuchOutput", reason))
        elif error == "CellTimeoutError":
            reason = f"was interrupted after {self.timeout} seconds"
        elif error == "MemoryError":
            reason = "asked for more memory than there is for it"
        else:
            return
        report(self, f"{self._name(cell, details['cell_index'])}: {reason}")

    def _why(self, default):
        """Return why a cell could not be run to its end: what the watch says, or the default."""
        return "; ".join(self._news()) or default

    def _news(self):
        """Return the reasons of the watch that were not told yet."""
        return (
            [reason for reason in self.km.reasons() if reason not in self.told] if self.km else []
        )

    def _tell_limits(self, cell, index):
        """Report what was ended without ending the cell's Python."""
        if not isinstance(sys.exc_info()[1], CellStoppedError):
            for reason in self._news():
                self.told.add(reason)
                report(self, f"{self._name(cell, index)}: {reason}")

    @staticmethod
    def _name(cell, index):
        """Return nbgrader's name of a cell, or its place."""
        return cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell {index + 1}"

    @staticmethod
    def _error(name, reason):
        """Return an output that says that a cell failed."""
        text = f"{name}: {reason}"
        return NotebookNode(output_type="error", ename=name, evalue=reason, traceback=[text])
