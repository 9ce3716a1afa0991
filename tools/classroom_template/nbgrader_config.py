"""nbgrader's settings for this course; see README.md beside this file."""

c = get_config()  # noqa: F821 (nbgrader defines it)

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

# Seconds for a cell. An endless loop is interrupted then, and the cells after it still count.
c.Execute.timeout = TIMEOUT  # noqa: F821 (replaced when the course is made)
c.Execute.interrupt_on_timeout = True
# Seconds to wait for what a cell printed. With nbgrader's 4 a busy machine leaves a whole notebook
# unmarked.
c.Execute.iopub_timeout = 60
