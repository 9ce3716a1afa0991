"""What this class needs of nbgrader. Your own settings belong in nbgrader_config.py."""

import sys
from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader defines it)

# The steps below are in the folder beside this file.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

c.CourseDirectory.course_id = "autoencoders"

# Without nbgrader's ClearSolutions, which would replace the stubs by one of its own.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
]

# Tidy instead of nbgrader's DeduplicateIds, after which one copied cell ends everybody's grading.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "class_grading.preprocessors.Tidy",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "class_grading.preprocessors.SafeExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Seconds for a cell. An endless loop is interrupted then, and the cells after it still count.
c.Execute.timeout = 120
c.Execute.interrupt_on_timeout = True
# Seconds to wait for what a cell printed. With nbgrader's 4 a busy machine leaves a whole notebook
# unmarked.
c.Execute.iopub_timeout = 60
c.Execute.startup_timeout = 120
# What cannot be interrupted is not waited for.
c.Execute.shutdown_kernel = "immediate"
