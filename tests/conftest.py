"""What every test has in common."""

# These execute or inspect notebooks, need a built website, a browser or nbgrader, or make an
# environment. Makefile names each, and so can you: pytest tests/web/site
collect_ignore = [
    "ae_lib/paper/test_command.py",
    "book/test_notebooks.py",
    "tools/notebooks/chapters",
    "tools/teaching/test_zip_install.py",
    "tools/teaching/with_nbgrader",
    "tools/test_package.py",
    "tools/website/test_diagrams.py",
    "web/browser",
    "web/site",
]
