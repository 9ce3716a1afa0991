"""Modules whose examples a plain run of the tests leaves out: they need more than the course."""

# A browser, and nbgrader. Makefile names those that have examples.
collect_ignore = ["website/browser.py", "website/scores.py", "teaching/classroom_template"]
