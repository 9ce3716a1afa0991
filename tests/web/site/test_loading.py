"""What a page loads: little, late, from any server or a file, and nothing from foreign hosts."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.web.pages import SITE
from tests.web.site.loading import is_foreign, loaded_by, loaded_by_css
from tools.course import ROOT
from web.extensions.pages import scripts


def test_a_page_waits_for_one_style_sheet_only(page, soup):
    (sheet,) = soup.select("link[rel=stylesheet]")
    assert sheet["href"].endswith("_static/site.css")
    assert not soup.select("link[rel=preload]"), page
    for script in soup.find_all("script", src=True):
        assert script.has_attr("defer"), f"{page} waits for {script}"
    assert (SITE / "_static" / "site.css").stat().st_size < 130_000
    assert "Font Awesome" not in (SITE / "_static" / "site.css").read_text(encoding="utf-8")


def test_scripts_load_from_a_file_and_from_any_server(page, soup):
    # Where a page is a file or in a sandbox, browsers refuse modules, and data that are fetched.
    for script in soup.find_all("script"):
        assert script.get("type", "text/javascript") == "text/javascript", f"{page}: {script}"
    has_demos = bool(soup.select("[data-demo]"))
    scripts = [tag["src"] for tag in soup.select("script[src*=demos]")]
    assert len(scripts) == has_demos, page


def test_scripts_have_storage_before_they_ask_for_it(soup):
    asking = [tag for tag in soup.find_all("script") if "localStorage" in tag.get_text()]
    assert asking == [soup.find("script")]
    assert asking[0].get_text().startswith(scripts.GUARD)


def test_demos_are_classic_scripts_alone():
    folder = SITE / "_static" / "demos"
    kinds = {path.suffix for path in folder.iterdir()}
    assert kinds == {".js", ".png", ".webp"}
    assert {path.name for path in folder.glob("*.png")} == {
        path.name for path in (ROOT / "book" / "_static" / "demos").iterdir()
    }
    program = (folder / "demos.js").read_text(encoding="utf-8")
    assert not re.search(r"\bfetch\s*\(|XMLHttpRequest|^(import|export)\b", program, re.MULTILINE)


def test_the_search_index_is_loaded_where_it_is_searched(page, soup):
    scripts = {Path(urlsplit(tag["src"]).path).name for tag in soup.find_all("script", src=True)}
    wanted = {"searchindex.js", "searchtools.js", "language_data.js"}
    assert scripts & wanted == (wanted if page == "search.html" else set())


def test_nothing_is_loaded_from_a_foreign_host(page, soup):
    for url in loaded_by(soup):
        assert not is_foreign(url), f"{page} loads {url}"
    for script in soup.find_all("script", src=False):
        assert not re.search(r"(https?:)?//[\w-]+\.\w", script.get_text()), f"{page}: {script}"
    styles = [tag.get_text() for tag in soup.find_all("style")]
    styles += [tag["style"] for tag in soup.find_all(style=True)]
    for url in loaded_by_css("\n".join(styles)):
        assert not is_foreign(url), f"{page} loads {url}"


def test_style_sheets_load_nothing_from_a_foreign_host():
    sheets = sorted(SITE.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        for url in loaded_by_css(sheet.read_text(encoding="utf-8")):
            if url.startswith(("data:", "#")):
                continue
            assert not is_foreign(url), f"{sheet.relative_to(SITE)} loads {url}"
            target = sheet.parent / urlsplit(url).path
            assert target.is_file(), f"{sheet.relative_to(SITE)} loads {url}"
