"""Mark an assignment, each student on their own, so that no notebook can stop the others.

    make grade ASSIGNMENT=05_pca                     who is new, or handed in again
    make grade ASSIGNMENT=05_pca ALL=1               everybody again
    make grade ASSIGNMENT=05_pca STUDENT=anna        one student, again
    make grade ASSIGNMENT=05_pca SANDBOX=no          where there is no sandbox; see README.md

The last lines are a table of everybody: marks, and what a teacher has to look at. The exit code is
0 where there is nothing to look at, 1 where there is, 2 where nothing could be marked at all.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
from traitlets.config import PyFileConfigLoader

CLASS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CLASS))

from class_grading import kernels, sandbox, submissions  # noqa: E402 (found beside this file)

MINUTES = 20  # for a student: cells have a limit of their own, but there are many
MEMORY = 4 * 2**30  # bytes, of nbgrader itself, which reads what notebooks print
RECORD = "grading"  # the folder of what was said, and of what was marked
STEP = "class_grading.preprocessors.{}"


class CannotGradeError(Exception):
    """Nothing can be marked; the message says why."""


def printed(text):
    """Print at once, in whatever letters the terminal has."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


# Before anything is run -------------------------------------------------------------------------


def check_class(name, *, sandboxed):
    """Return whether students' code runs in a sandbox; refuse what cannot work.

    Parameters
    ----------
    name : str
        The assignment.
    sandboxed : bool
        False where the teacher said on the command line that it goes without.

    Returns
    -------
    bool

    Raises
    ------
    CannotGradeError
        If the assignment was not released, if the class's settings lack the steps of this folder,
        or if there is no sandbox and nobody said that it goes without.
    """
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(CLASS)).load_config()
    steps = str(settings.Autograde)
    if STEP.format("Tidy") not in steps or STEP.format("SafeExecute") not in steps:
        raise CannotGradeError(
            "nbgrader_config.py does not load this class's settings. Add the line "
            'load_subconfig("class_grading/settings.py") above your own.'
        )
    if not released(name):
        raise CannotGradeError(
            f"There is no assignment {name!r} that was released. Released are: "
            f"{', '.join(assignments()) or 'none'}. Run: nbgrader generate_assignment {name}"
        )
    if not sandboxed or settings.SafeExecute.get("sandbox", True) is False:
        printed(
            "WARNING: without a sandbox. Students' code can read and change whatever you can, "
            "the marks included, and can use the network."
        )
        return False
    if sandbox.problem():
        raise CannotGradeError(
            f"Nothing was run, because there is no sandbox here: {sandbox.problem()}\n"
            "README.md names alternatives. SANDBOX=no marks without one, with students' code "
            "running as you."
        )
    return True


def book():
    """Open the class's gradebook."""
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{CLASS / 'gradebook.db'}")


def assignments():
    """Return the names of the assignments that were released."""
    if not (CLASS / "gradebook.db").is_file():
        return []
    with book() as gradebook:
        return sorted(item.name for item in gradebook.assignments if item.notebooks)


def released(name):
    """Return whether the gradebook knows an assignment."""
    return name in assignments()


# One student ------------------------------------------------------------------------------------


def environment(private):
    """Return the environment variables of nbgrader, without what is set for the teacher alone."""
    own = {name: os.environ[name] for name in kernels.KEPT if name in os.environ}
    # nbgrader calls a program of this environment, alembic.
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{own.get('PATH', os.defpath)}"
    own |= {"JUPYTER_NO_CONFIG": "1", "LANG": "C.UTF-8", sandbox.PRIVATE: str(private)}
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    return own | dict.fromkeys(places, str(private))


def limit_memory():
    """Limit the memory of nbgrader, which holds all that a notebook prints."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def end(process):
    """End a process and all that it started."""
    try:
        family = [process, *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        family = [process]
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


def mark(name, student, *, sandboxed, minutes):
    """Let nbgrader mark one student.

    Returns
    -------
    failed : str or None
        Why there is no mark.
    remarks : list of str
        What else the teacher should know.
    """
    log = CLASS / RECORD / name / f"{student}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    line = [sys.executable, "-I", "-m", "nbgrader", "autograde", "--force"]
    line += [f"--CourseDirectory.assignment_id={name}", f"--CourseDirectory.student_id={student}"]
    line += ["--BaseConverter.permissions=644", f"--SafeExecute.sandbox={sandboxed}"]
    private = sandbox.private_folder()
    options = {} if os.name == "nt" else {"preexec_fn": limit_memory, "start_new_session": True}
    failed = None
    try:
        with log.open("wb") as said:
            process = subprocess.Popen(
                line, cwd=CLASS, env=environment(private), stdin=subprocess.DEVNULL,
                stdout=said, stderr=subprocess.STDOUT, **options,
            )  # fmt: skip
            try:
                code = process.wait(timeout=minutes * 60)
            except subprocess.TimeoutExpired:
                failed = f"stopped after {minutes:g} minutes"
            finally:
                # Also where the teacher presses Ctrl-C.
                end(process)
        if failed is None and code:
            failed = reason(log, code)
        report = private / "report"
        lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
        remarks = list(dict.fromkeys(json.loads(line) for line in lines))
    finally:
        shutil.rmtree(private, ignore_errors=True)
        if failed is not None or sys.exc_info()[0]:
            # As nbgrader does itself where it fails: half of a result must not look like one.
            shutil.rmtree(CLASS / "autograded" / student / name, ignore_errors=True)
    return failed, remarks


def reason(log, code):
    """Return from what nbgrader said why it could not mark a notebook."""
    text = log.read_text(encoding="utf-8", errors="replace")
    errors = [
        line
        for line in text.splitlines()
        if line[:1].isalpha() and line.split(":")[0].endswith(("Error", "Exception"))
    ]
    if errors:
        return errors[-1]
    return (
        f"nbgrader was ended by signal {-code}" if code < 0 else f"nbgrader ended with code {code}"
    )


def digest(folder):
    """Return a digest of all files of a submission, and of their names."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(folder)}\0{content}\0".encode("utf-8", "surrogateescape"))
    return found.hexdigest()


class Record:
    """Who was marked, with which result, so that nobody is marked twice for the same files."""

    def __init__(self, name):
        self.path = CLASS / RECORD / name / "marked.json"
        try:
            self.entries = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.entries = {}

    def remarks(self, student, files):
        """Return the remarks of the last time, None where these files were not marked."""
        entry = self.entries.get(student)
        return entry["remarks"] if entry and entry["files"] == files else None

    def write(self, student, files, remarks):
        """Note that a student was marked; with ``files=None``, that this failed."""
        self.entries.pop(student, None)
        if files is not None:
            self.entries[student] = {"files": files, "remarks": remarks}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name("marked.draft")
        draft.write_text(json.dumps(self.entries, indent=1), encoding="utf-8")
        draft.replace(self.path)


# Everybody --------------------------------------------------------------------------------------


def marks(name, student):
    """Return a student's points as a text, None where there are none."""
    from nbgrader.api import MissingEntry

    with book() as gradebook:
        try:
            found = gradebook.find_submission(name, student)
        except MissingEntry:
            return None
        grades = [grade for item in found.notebooks for grade in item.grades]
        if all(grade.auto_score is None and grade.manual_score is None for grade in grades):
            return None
        waiting = sum(grade.needs_manual_grade for grade in grades)
        by_hand = f", {waiting} to mark by hand" if waiting else ""
        return f"{found.score:g} of {found.max_score:g}{by_hand}"


def one(name, student, record, options):
    """Mark one student, if there is something new.

    Returns
    -------
    result : str
        Points, or that there are none.
    remarks : list of str
        What a teacher has to look at.
    """
    folder = CLASS / "submitted" / student
    others = {path.name for path in (CLASS / "source").glob("*")} | set(assignments())
    wrong = submissions.problem(folder, name, others - {name})
    if wrong == "":
        return "nothing handed in", []
    if wrong:
        return not_marked(name, student), [wrong]
    files = digest(folder / name)
    remarks = record.remarks(student, files)
    done = (CLASS / "autograded" / student / name / f"{name}.ipynb").is_file()
    if remarks is not None and done and not options.all and not options.student:
        return marks(name, student) or "no mark yet", remarks
    failed, remarks = mark(name, student, sandboxed=options.sandboxed, minutes=options.minutes)
    beside = submissions.further(folder, name)
    if beside:
        remarks.append(f"came with {submissions.listed(beside)}")
    record.write(student, None if failed else files, remarks)
    if failed:
        return not_marked(name, student), [failed, *remarks]
    return marks(name, student) or "no mark yet", remarks


def not_marked(name, student):
    """Return the result of a student who could not be marked."""
    earlier = marks(name, student)
    return f"not marked (earlier: {earlier})" if earlier else "not marked"


def table(rows):
    """Return the lines of the closing table."""
    heads = ("student", "result", "remarks")
    cells = [(submissions.printable(student), result, remarks) for student, result, remarks in rows]
    first = max(len(row[0]) for row in [heads, *cells])
    second = max(len(row[1]) for row in [heads, *cells])
    lines = [f"{heads[0]:{first}}  {heads[1]:{second}}  {heads[2]}"]
    for student, result, remarks in cells:
        shown = [submissions.printable(remark) for remark in remarks] or [""]
        lines.append(f"{student:{first}}  {result:{second}}  {shown[0]}".rstrip())
        lines += [f"{'':{first}}  {'':{second}}  {remark}" for remark in shown[1:]]
    return lines


def grade(name, options):
    """Mark an assignment; return the exit code."""
    options.sandboxed = check_class(name, sandboxed=options.sandboxed)
    submitted = CLASS / "submitted"
    names = options.student or submissions.students(submitted)
    for student in names:
        if student not in submissions.students(submitted):
            raise CannotGradeError(f"There is no folder submitted/{student}.")
    if not names:
        printed(f"Nobody handed anything in: submitted/STUDENT/{name}/{name}.ipynb is expected.")
    record, rows = Record(name), []
    for count, student in enumerate(names, 1):
        try:
            result, remarks = one(name, student, record, options)
        except Exception as error:  # whatever it is, the others are to be marked
            result, remarks = "not marked", [f"{type(error).__name__}: {error}"]
        rows.append((student, result, remarks))
        printed(f"[{count}/{len(names)}] {submissions.printable(student)}: {result}")
    if not options.student:
        rows += [(found, "not marked", [why]) for found, why in submissions.strays(submitted, name)]
    printed("")
    for line in table(rows):
        printed(line)
    to_look_at = sum(bool(remarks) for _, _, remarks in rows)
    if to_look_at:
        printed(f"\n{to_look_at} to look at. What nbgrader said of whom: {CLASS / RECORD / name}")
    return int(bool(to_look_at))


def main(arguments=None):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Mark an assignment, student by student.")
    parser.add_argument("assignment", help="such as 05_pca")
    parser.add_argument("--student", action="append", help="only this student, again")
    parser.add_argument("--all", action="store_true", help="also whoever was marked before")
    parser.add_argument(
        "--no-sandbox", dest="sandboxed", action="store_false", help="see README.md"
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help="at most, for a student")
    options = parser.parse_args(arguments)
    try:
        return grade(options.assignment, options)
    except CannotGradeError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
