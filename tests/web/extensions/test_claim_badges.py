"""Claims on a chapter's page: words, verdict, and the code folded below."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from tests.tools.claims.made_up import add, run, write_course
from web.extensions.pages import claim_badges

CODE = 'claim("it is small", 1 < 2)'
OTHER = 'claim("it is less than none", 1 < 0)'
CELL = '<div class="cell"><div class="cell_input"><pre>{}</pre></div><p>Holds.</p></div>'


def page(*cells):
    html = f"<article>{''.join(map(CELL.format, cells))}</article>"
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose second chapter has two claims in a tally of two seeds."""
    root = write_course(tmp_path_factory.mktemp("course"))
    add(root, "02_two", f"from ae_lib.claims import claim\n\n{CODE}\n{OTHER}\n")
    run(root)
    return root


@pytest.fixture
def change(course):
    """Change pages as the website's build does."""
    app = SimpleNamespace(srcdir=course / "book")
    return lambda pages: claim_badges.change_claims(app, pages)


def test_a_claim_is_a_line_with_its_verdict_and_its_code_below(change):
    soup = page(CODE, OTHER)
    change({"02_two.html": soup})
    held, failed = soup.select(".claim")
    assert held.p.get_text() == "It is small. Held under 2 of 2 seeds"
    assert failed.p.get_text() == "It is less than none. Held under 0 of 2 seeds"
    assert held.details.pre.get_text() == CODE
    assert held.p.a["href"] == "claims.html"
    assert not soup.select("article > .cell")


def test_the_verdict_leads_to_the_chapters_part_of_the_tally(change):
    tally = BeautifulSoup(
        '<article><section id="t"><section id="a"><a href="01_one.html">1</a></section>'
        '<section id="b"><a href="02_two.html">2</a></section></section></article>',
        "html.parser",
    )
    soup = page(CODE)
    change({"02_two.html": soup, "claims.html": tally})
    assert soup.select_one(".claim a")["href"] == "claims.html#b"


def test_several_claims_of_a_cell_stand_below_each_other(change):
    soup = page(f"{CODE}\n{OTHER}")
    change({"02_two.html": soup})
    assert len(soup.select(".claim")) == 1
    assert len(soup.select(".claim p a")) == 2
    assert soup.summary.get_text() == "Code of these claims"


def test_names_that_a_claim_uses_are_folded_with_it(change):
    code = f"x = 1\n{CODE}"
    soup = page(code)
    change({"02_two.html": soup})
    assert soup.select_one(".claim p").get_text() == "It is small. Held under 2 of 2 seeds"
    assert soup.select_one(".claim details pre").get_text() == code


def test_a_claim_that_was_not_counted_says_so(change):
    soup = page('claim("it is new", 1 < 2)')
    change({"02_two.html": soup})
    assert "Not counted yet" in soup.select_one(".claim a").get_text()


def test_other_cells_and_other_pages_stay_as_they_are(change):
    cells = ["x = 1", f"print(1)\n{CODE}", f"{CODE}\nx = 1", "%load x"]
    for name, code in [("02_two.html", cells), ("index.html", [CODE])]:
        soup = page(*code)
        before = str(soup)
        change({name: soup})
        assert str(soup) == before
