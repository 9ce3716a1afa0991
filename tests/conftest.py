"""What every test has in common."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

# These execute or inspect notebooks, need a built website or a browser, or make an environment.
# Makefile names each, and so can you: pytest tests/test_package.py
collect_ignore = [
    "test_bundle_install.py",
    "test_classroom.py",
    "test_conversion.py",
    "test_notebooks.py",
    "test_package.py",
    "test_paper_runs.py",
    "test_playthings_browser.py",
    "test_site.py",
    "test_site_browser.py",
]
