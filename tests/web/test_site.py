"""The built website: links, alternative texts, buttons, and nothing from foreign hosts.

Run after `make site`.
"""

import base64
import io
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tools.course import PLACEHOLDER, ROOT, listed_pages, read_address, site_address
from tools.notebooks import chapters, renewal, stored
from tools.notebooks.scripts import code_cells
from tools.website.server import folder_of_site
from web.extensions.pages import scripts

SITE = ROOT / "_build" / "html"
ADDRESS = read_address(ROOT)
WHERE = site_address(ADDRESS)
FOLDER = folder_of_site(ROOT)
CHAPTERS = chapters.names(ROOT)
EXERCISES = sorted(path.stem for path in (ROOT / "chapters" / "exercises").glob("*.py"))
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
# Pieces that the theme copies beside its scripts: no browser ever opens them.
PAGES = [page for page in PAGES if not page.startswith("_static/")]

# Attributes by which a browser loads something without being asked.
LOADED = {
    "audio": ["src"],
    "embed": ["src"],
    "iframe": ["src"],
    "img": ["src", "srcset"],
    "input": ["src"],
    "object": ["data"],
    "script": ["src"],
    "source": ["src", "srcset"],
    "video": ["src", "poster"],
}
# Of a <link> only these are not loaded.
POINTERS = {"author", "canonical", "index", "license", "next", "prev", "search", "copyright"}


def parse(page):
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module", params=PAGES)
def page(request):
    return request.param


@pytest.fixture(scope="module")
def soup(page):
    return parse(page)


@pytest.fixture(scope="module")
def anchors():
    """All ids of a page, found when it is first asked for."""
    known = {}

    def ids(path):
        if path not in known:
            tags = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").find_all(True)
            known[path] = {tag.get("id") for tag in tags} | {tag.get("name") for tag in tags}
        return known[path]

    return ids


def is_foreign(url):
    return bool(urlsplit(url.strip()).netloc)


def loaded_by(soup):
    """Return what a browser loads for a page: scripts, styles, pictures, frames, icons."""
    urls = []
    for name, attributes in LOADED.items():
        for tag in soup.find_all(name):
            for attribute in attributes:
                value = tag.get(attribute) or ""
                parts = value.split(",") if attribute == "srcset" else [value]
                urls += [part.split()[0] for part in parts if part.strip()]
    for link in soup.find_all("link", href=True):
        if not set(link.get("rel", [])) & POINTERS:
            urls.append(link["href"])
    return urls


def loaded_by_css(text):
    """Return what a style sheet loads: imports, fonts and pictures."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.findall(r"""url\(\s*["']?([^"')]+)""", text)
    return found + re.findall(r"""@import\s+["']([^"']+)""", text)


def test_there_is_a_page_for_each_line_of_the_table_of_contents():
    files = listed_pages(ROOT)
    assert {f"{name}.html" for name in files} <= set(PAGES)
    assert [name for name in files if re.match(r"\d\d_", name)] == CHAPTERS


def test_previous_and_next_follow_the_table_of_contents():
    files = listed_pages(ROOT)
    for name, following in zip(files, [*files[1:], None], strict=True):
        link = parse(f"{name}.html").select_one("a.right-next")
        target = link and (SITE / name).parent.joinpath(link["href"]).resolve()
        assert target == (following and (SITE / f"{following}.html").resolve())


def test_every_internal_link_and_anchor_leads_somewhere(page, soup, anchors):
    here = SITE / page
    urls = [tag["href"] for tag in soup.find_all("a", href=True)] + loaded_by(soup)
    assert urls
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme or parts.netloc:
            continue
        # Addresses of the page 404 begin at the host, since that page stands for any other.
        inside = parts.path.removeprefix(FOLDER)
        start = SITE if inside != parts.path else here.parent
        target = (start / unquote(inside)).resolve() if parts.path else here
        assert target.is_file(), f"{page} leads to {url}"
        if parts.fragment and target.suffix == ".html":
            assert unquote(parts.fragment) in anchors(target), f"{page} leads to {url}"


def test_links_of_the_site_keep_a_readers_connection_safe(soup):
    for tag in soup.find_all("a", href=True):
        assert urlsplit(tag["href"]).scheme in ("", "https", "mailto"), tag


def test_every_picture_says_what_it_shows(page, soup):
    for image in soup.find_all("img"):
        alt = image.get("alt")
        if image.get("class", [""])[0] == "logo__image":
            continue  # its text stands beside it, so the picture itself says nothing
        assert (alt or "").strip(), f"{page}: {image}"
        assert not re.search(r"_images|\.(png|svg|jpe?g|webp)\b|<figure>", alt), f"{page}: {image}"
        if "_images" in image["src"]:
            assert len(alt.split()) >= 5, f"{page}: {image}"


def test_pictures_keep_their_place_and_come_when_they_are_near(page, soup):
    pictures = soup.select("article img")
    for image in pictures:
        assert image["width"].isdigit(), f"{page}: {image}"
        assert image["height"].isdigit(), f"{page}: {image}"
    waiting = [image.get("loading") == "lazy" for image in pictures]
    assert waiting == [number >= 1 for number in range(len(pictures))], page


def test_light_pictures_show_the_same_pixels():
    light = sorted((SITE / "_images").glob("*.webp"))
    assert light
    heavy = {path.stem for path in (SITE / "_images").glob("*.png")}
    assert not heavy & {path.stem for path in light}
    notebook = stored.read_notebook(ROOT / "book" / f"{CHAPTERS[0]}.ipynb")
    (first, *_) = [
        output.data["image/png"]
        for cell in code_cells(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    shown = parse(f"{CHAPTERS[0]}.html").select_one(".cell_output img")["src"]
    with Image.open(io.BytesIO(base64.b64decode(first))) as one, Image.open(SITE / shown) as other:
        # Where a pixel is transparent, its colour is nobody's.
        pair = [Image.alpha_composite(white(one.size), two.convert("RGBA")) for two in (one, other)]
    assert pair[0].tobytes() == pair[1].tobytes()


def white(size):
    return Image.new("RGBA", size, "white")


def test_icons_are_drawn_in_the_page(page, soup):
    assert soup.select("svg.icon path"), page
    assert not soup.select("[class*='fa-']"), page
    assert not [url for url in loaded_by(soup) if "awesome" in url.lower()], page


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


def test_every_page_is_described(page, soup):
    (description,) = soup.select("meta[name=description]")
    assert 10 <= len(description["content"]) <= 300, page


def test_the_sites_address_is_derived():
    settings = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert WHERE.startswith("https://")
    assert WHERE.partition("://")[2].rstrip("/") not in settings


def test_a_link_to_a_page_is_shown_as_a_card():
    files = listed_pages(ROOT)
    for name in files:
        soup = parse(f"{name}.html")
        card = {tag["property"]: tag["content"] for tag in soup.select("meta[property^='og:']")}
        assert card["og:url"] == f"{WHERE}{name}.html"
        picture = SITE / card["og:image"].removeprefix(WHERE)
        with Image.open(picture) as shown:
            assert shown.size[0] > 1000
        assert card["og:title"]
        canonical = [tag["href"] for tag in soup.select("link[rel=canonical]")]
        known = f"/{PLACEHOLDER}/" not in ADDRESS
        assert canonical == ([f"{WHERE}{name}.html"] if known else [])


def test_the_sitemap_lists_every_page():
    listed = re.findall(r"<loc>([^<]+)</loc>", (SITE / "sitemap.xml").read_text(encoding="utf-8"))
    assert {f"{WHERE}{name}.html" for name in listed_pages(ROOT)} <= set(listed)
    assert all((SITE / url.removeprefix(WHERE)).is_file() for url in listed)


def test_the_page_404_helps_from_wherever_it_is_shown():
    soup = parse("404.html")
    for url in loaded_by(soup):
        assert url.startswith((FOLDER, "data:")), url
    targets = {tag["href"] for tag in soup.select("article a[href]")}
    assert {f"{FOLDER}index.html", f"{FOLDER}search.html", f"{ADDRESS}/issues/new"} <= targets


def test_pictures_of_chapters_keep_their_place_and_proportions(soup):
    for image in soup.select(".cell_output img"):
        assert image["width"].isdigit(), image
        assert image["height"].isdigit(), image
        assert "style" not in image.attrs, image


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_page_shows_the_texts_of_its_notebook(name):
    notebook = stored.read_notebook(ROOT / "book" / f"{name}.ipynb")
    expected = [
        output.metadata["image/png"]["alt"]
        for cell in code_cells(notebook)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    shown = [image["alt"] for image in parse(f"{name}.html").select(".cell_output img")]
    assert shown == expected
    assert expected


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


def test_formulas_are_drawn_already(page, soup):
    text = soup.select_one("main").get_text()
    assert not re.search(r"\\\(|\\\[", text), page
    assert not [tag for tag in soup.find_all("script") if "mathjax" in f"{tag}".lower()], page
    for formula in soup.select(".math"):
        assert formula.select("svg path, svg use"), f"{page}: {formula}"
        # What is heard instead of the picture.
        assert formula.select_one("mjx-assistive-mml math"), f"{page}: {formula}"
        assert not formula.select("[data-mml-node=merror]"), f"{page}: {formula}"
    shapes = {path["id"] for path in soup.select("svg defs path[id]")}
    used = {tag["xlink:href"].removeprefix("#") for tag in soup.select(".math use")}
    assert used <= shapes


def test_formulas_of_chapters_are_drawn():
    for name in CHAPTERS:
        source = (ROOT / "chapters" / f"{name}.py").read_text(encoding="utf-8")
        has_formulas = re.search(r"^# .*\$\$", source, flags=re.MULTILINE)
        assert bool(parse(f"{name}.html").select(".math svg")) == bool(has_formulas), name


def test_what_is_vendored_has_its_licence_and_version():
    folders = [path for path in (ROOT / "vendor").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert (folder / "LICENSE").is_file()
        assert re.search(r"\d+\.\d+\.\d+", (folder / "README.md").read_text())


def in_repository(url):
    """Return the file of this repository that an address names."""
    short = ADDRESS.partition("github.com")[2]
    found = re.search(rf"{re.escape(short)}/(?:blob|edit)/main/([^?#]+)", url)
    assert found, url
    return ROOT / found.group(1)


@pytest.mark.parametrize("name", CHAPTERS)
def test_buttons_lead_to_the_pages_own_files(name):
    soup = parse(f"{name}.html")
    buttons = {
        link.get_text(strip=True): link["href"]
        for link in soup.select(".article-header-buttons a[href]")
    }
    assert in_repository(buttons["Colab"]) == ROOT / "book" / f"{name}.ipynb"
    blank = ROOT / "book" / renewal.BLANK / f"{name}.ipynb"
    assert in_repository(buttons["Colab, without answers"]) == blank
    assert in_repository(buttons["Suggest edit"]) == ROOT / "chapters" / f"{name}.py"
    assert buttons["Binder"].startswith("https://mybinder.org/v2/gh/")
    assert buttons["Binder"].endswith(f"/main?urlpath=lab/tree/book/{name}.ipynb")
    assert buttons["Repository"] == ADDRESS
    assert buttons["Open issue"].startswith(f"{ADDRESS}/issues/new?")
    downloaded = SITE / buttons[".ipynb"]
    assert downloaded.read_bytes() == (ROOT / "book" / f"{name}.ipynb").read_bytes()
    assert soup.select(".btn-fullscreen-button")
    assert soup.select(".theme-switch-button")


@pytest.mark.parametrize("name", EXERCISES)
def test_solutions_are_one_click_further_than_exercises(name):
    chapter, asked = parse(f"{name}.html"), parse(f"exercises/{name}.html")

    def leads_to(soup, address):
        return [tag for tag in soup.select("article a[href]") if tag["href"] == address]

    assert leads_to(chapter, f"exercises/{name}.html")
    assert not leads_to(chapter, f"solutions/{name}.html")
    assert leads_to(asked, f"../solutions/{name}.html")
    for soup in (asked, parse(f"solutions/{name}.html")):
        buttons = soup.select(".article-header-buttons a[href]")
        (edit,) = [link["href"] for link in buttons if link.get_text(strip=True) == "Suggest edit"]
        assert in_repository(edit) == ROOT / "chapters" / "exercises" / f"{name}.py"


@pytest.mark.parametrize("name", ["notation", "glossary"])
def test_prose_pages_are_edited_where_they_stand(name):
    links = parse(f"{name}.html").select(".article-header-buttons a[href]")
    (edit,) = [link["href"] for link in links if link.get_text(strip=True) == "Suggest edit"]
    assert in_repository(edit) == ROOT / "book" / f"{name}.md"
    assert in_repository(edit).is_file()


def test_the_install_cell_is_for_colab_only(soup):
    assert "google.colab" not in soup.get_text()


def test_a_search_finds_what_the_course_is_about():
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    for word in ("autoencod", "pca", "reconstruct", "glossari"):
        assert f'"{word}"' in index
    for name in CHAPTERS:
        assert f'"{name}"' in index


def test_a_page_says_its_language_and_has_one_title(page, soup):
    assert soup.html["lang"] == "en"
    assert soup.title.get_text(strip=True)
    titles = soup.find_all("h1")
    # The theme adds another one that only a printer sees.
    assert len([tag for tag in titles if not tag.find_parent(id="jb-print-docs-body")]) == 1, page


def test_links_to_demos_have_a_picture_that_leads_there_too():
    leading = {}
    for name in CHAPTERS:
        soup = parse(f"{name}.html")
        said = [link["href"] for link in soup.select("article p a[href*='play.html#']")]
        cards = soup.select("article a.to-play")
        assert [card["href"] for card in cards] == said
        for card in cards:
            image = card.select_one("img[width][height]")
            assert (SITE / image["src"]).stat().st_size < 30_000
            assert card.get_text(strip=True).startswith("Play: ")
        leading |= {href.partition("#")[2]: name for href in said}
    # Each demo is linked where it teaches.
    assert len(leading) == len(parse("play.html").select(".demo"))
