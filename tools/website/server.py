"""Serve the built website as GitHub Pages does: compressed, in a folder, with its page 404.

    python -m tools.website.server              serve _build/html at port 8000

The tests in a browser and the measurements use it. ``python -m http.server`` does not compress,
and would show a site that is five times as heavy as it is.
"""

import gzip
import sys
import threading
from contextlib import contextmanager
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tools.course import ROOT, read_config, site_address

SITE = ROOT / "_build" / "html"
# What is not compressed already.
TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".ipynb"}


def folder_of_site(root=ROOT):
    """Return the folder of its host in which the website stands, ``/course/`` for example."""
    settings = read_config(root)
    return urlsplit(site_address(settings["repository"]["url"])).path or "/"


@lru_cache(maxsize=512)
def _compressed(path, _changed):
    return gzip.compress(Path(path).read_bytes(), 6)


class Handler(SimpleHTTPRequestHandler):
    """Answers requests for the files of a site.

    Parameters
    ----------
    prefix : str
        The folder of the host in which the site stands.
    """

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, prefix, **options):
        self.prefix = prefix
        super().__init__(*arguments, **options)

    def log_message(self, *arguments):
        """Say nothing: a test has hundreds of requests."""

    def do_GET(self):
        """Send a file, or the page 404."""
        path = urlsplit(self.path).path
        inside = path.startswith(self.prefix)
        local = Path(self.translate_path("/" + path.removeprefix(self.prefix)))
        if local.is_dir():
            local /= "index.html"
        status = 200
        if not (inside and local.is_file()):
            status, local = 404, Path(self.directory) / "404.html"
        body = local.read_bytes() if local.is_file() else b"not found"
        self.send_response(status)
        if local.suffix in TEXT and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = _compressed(str(local), local.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(str(local)))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served(site=SITE, port=0, prefix=None, handler=Handler):
    """Serve a site while the block runs.

    Parameters
    ----------
    site : Path
    port : int
        0 for any that is free.
    prefix : str, optional
        Where it stands on its host; as ``_config.yml`` says by default.
    handler : type
        What answers.

    Yields
    ------
    str
        Its address.
    """
    prefix = folder_of_site() if prefix is None else prefix
    answering = partial(handler, directory=str(site), prefix=prefix)
    server = ThreadingHTTPServer(("127.0.0.1", port), answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main():
    """Serve until Ctrl-C."""
    with served(port=8000) as address:
        print(f"{address} (stop with Ctrl-C)")
        threading.Event().wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
