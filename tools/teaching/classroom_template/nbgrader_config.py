"""nbgrader's settings for this class; see README.md beside this file. This file is yours."""

c = get_config()  # noqa: F821 (nbgrader defines it)
load_subconfig("class_grading/settings.py")  # noqa: F821 (nbgrader defines it)

# Your own settings, such as these:
# c.Execute.timeout = 60  # seconds for a cell
# c.OverwriteCells.add_missing_cells = True
