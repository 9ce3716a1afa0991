"""What every test has in common."""

# These execute or inspect notebooks, need a built website or a browser, or make an environment.
# Makefile names each, and so can you: pytest tests/tools/test_package.py
collect_ignore = [
    "ae_lib/paper/test_command.py",
    "book/test_notebooks.py",
    "tools/notebooks/test_conversion.py",
    "tools/teaching/test_classroom.py",
    "tools/teaching/test_zip_install.py",
    "tools/test_package.py",
    "web/test_demos_browser.py",
    "web/test_site.py",
    "web/test_site_browser.py",
]
