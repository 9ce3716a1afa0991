"""A page's buttons lead to its own files."""

import pytest

from tests.web.pages import ADDRESS, CHAPTERS, SITE, in_repository, parse
from tools.course import BLANK, ROOT


@pytest.mark.parametrize("name", CHAPTERS)
def test_buttons_lead_to_the_pages_own_files(name):
    soup = parse(f"{name}.html")
    buttons = {
        link.get_text(strip=True): link["href"]
        for link in soup.select(".article-header-buttons a[href]")
    }
    assert in_repository(buttons["Colab"]) == ROOT / "book" / f"{name}.ipynb"
    blank = ROOT / "book" / BLANK / f"{name}.ipynb"
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


@pytest.mark.parametrize("name", ["notation", "glossary"])
def test_prose_pages_are_edited_where_they_stand(name):
    links = parse(f"{name}.html").select(".article-header-buttons a[href]")
    (edit,) = [link["href"] for link in links if link.get_text(strip=True) == "Suggest edit"]
    assert in_repository(edit) == ROOT / "book" / f"{name}.md"
    assert in_repository(edit).is_file()
