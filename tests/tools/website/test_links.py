"""External links are asked by Sphinx itself, here at a server of this machine."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools.course import PLACEHOLDER, ROOT
from tools.website import links

REPOSITORY = f"https://github.com/{PLACEHOLDER}/course"
CONFIG = f"""\
title: One page
repository:
  url: {REPOSITORY}
execute:
  execute_notebooks: "off"
sphinx:
  local_extensions:
    web.extensions: {str(ROOT)!r}
  config:
    linkcheck_retries: 1
"""


class Answering(BaseHTTPRequestHandler):
    """Knows one address, ``/there``."""

    def do_GET(self):
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *arguments):
        """Say nothing."""


@contextmanager
def answering():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_book(folder, *addresses):
    """Write a book of one page, with links to these addresses."""
    (folder / "book").mkdir()
    (folder / "_config.yml").write_text(CONFIG)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    lines = [f"- [one](<{address}>)" for address in addresses]
    (folder / "book" / "index.md").write_text("\n".join(["# A page", "", *lines, ""]))


def states(said):
    return said.partition("External links: ")[2].strip().split(", ")


@pytest.mark.slow
def test_a_link_that_leads_nowhere_fails_and_is_named(tmp_path, capfd):
    with answering() as start:
        write_book(tmp_path, f"{start}/there", f"{start}/gone")
        assert links.main(tmp_path) == 1
    said = capfd.readouterr()
    assert f"broken link: {start}/gone" in said.err
    assert f"{start}/there" not in said.err
    assert sorted(states(said.out)) == ["1 broken", "1 working"]


@pytest.mark.slow
def test_links_pass_that_lead_somewhere_or_to_a_repository_without_owner(tmp_path, capfd):
    with answering() as start:
        write_book(tmp_path, f"{start}/there", f"{REPOSITORY}/blob/main/x.py")
        assert links.main(tmp_path) == 0
    assert sorted(states(capfd.readouterr().out)) == ["1 ignored", "1 working"]
