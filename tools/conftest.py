"""Modules whose examples a plain run of the tests leaves out: they need more than the course."""

from pathlib import Path

TEMPLATE = "teaching/classroom_template"
# What needs a browser (Makefile names these where there is one), and what needs nbgrader.
collect_ignore = ["website/browser.py", "website/scores.py", f"{TEMPLATE}/nbgrader_config.py"]
collect_ignore += [
    f"{TEMPLATE}/class_grading/{path.name}"
    for path in (Path(__file__).parent / TEMPLATE / "class_grading").glob("*.py")
    if path.name != "submissions.py"
]
