"""Slides: what is chosen from a chapter, and that the pages stand alone. On made-up notebooks."""

import base64
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup

from tools import made
from tools.course import ROOT, CourseError
from tools.notebooks import scripts, stored
from tools.teaching import slides

PNG = base64.b64encode(b"a picture").decode()

OPENING = """\
# 4. A title

Why it matters, in a paragraph.

**What you will do**

- One thing,
  on two lines.
- Another, see [Chapter 6](06_dense.ipynb#the-network).

**What you will learn**

- Something.
"""
SECTION = """\
## A section

Some prose with $x^2$.

> **Predict.** Which number comes out?
> The larger one?
"""
ENDING = """\
## Summary

- It is so.

## Further reading

- A book.
"""


def figure(alt):
    return nbformat.v4.new_output(
        "display_data", data={"image/png": PNG}, metadata={"image/png": {"alt": alt}}
    )


def printed(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def code(source, *outputs, tags=()):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def text(source, tags=()):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[text(OPENING), code("import ae_lib"), *cells])


def read(*cells):
    """Return the slides of a chapter of these cells as parsed HTML."""
    page = BeautifulSoup(slides.render(notebook(*cells, text(ENDING))), "html.parser")
    return page.find_all("section")


def words(tag):
    return " ".join(tag.get_text().split())


def heading(section):
    return section.find(["h1", "h2"]).get_text().strip("¶ \n")


def test_a_chapter_begins_with_its_title_and_ends_with_its_summary():
    first, second, last = read()
    assert heading(first) == "4. A title"
    assert words(second).startswith("What you will do")
    assert len(second.find_all("li")) == 2
    assert "Something." not in words(second)
    assert heading(last) == "Summary"
    assert "A book." not in words(last)


def test_links_between_chapters_lead_to_slides():
    assert read()[1].find("a", string="Chapter 6")["href"] == "06_dense.html"


def test_a_question_is_answered_by_what_the_next_code_prints():
    _, _, question, answer, _ = read(
        text(SECTION), code("y = 1"), code("print(y)", printed("42\n")), code("z", printed("43\n"))
    )
    assert heading(question) == heading(answer) == "A section"
    assert words(question.blockquote) == "Predict. Which number comes out? The larger one?"
    assert "Some prose" not in words(question)
    assert "print(y)" in words(answer)
    assert "42" in words(answer)


def test_long_code_is_left_out_and_what_it_prints_is_not():
    answer = read(text(SECTION), code("y = 1\n" * 9, printed("42\n")))[3]
    assert "y = 1" not in words(answer)
    assert "42" in words(answer)


@pytest.mark.parametrize(("n_printed", "shown"), [(12, True), (13, False)])
def test_code_is_left_out_where_it_and_what_it_prints_do_not_fit(n_printed, shown):
    source, lines = "print(y)\n" * 4, printed("42\n" * n_printed)
    answer = read(text(SECTION), code(source, lines))[3]
    assert ("print(y)" in words(answer)) == shown
    assert words(answer).count("42") == n_printed


def test_each_figure_is_a_slide_and_the_text_after_it_a_note():
    found = read(
        text("## One\n\n### Two"),
        code("draw()", figure("the first figure"), figure("the second figure")),
        text("What was seen.\n\n## Three\n\nMore."),
    )[2:-1]
    assert [heading(section) for section in found] == ["Two", "Two"]
    alts = [section.img["alt"] for section in found]
    assert alts == ["the first figure", "the second figure"]
    for section in found:
        assert "draw()" not in words(section)
        assert words(section.find("aside", class_="notes")) == "What was seen."


def test_code_that_answers_nothing_is_no_slide():
    assert len(read(text("## One"), code("print(1)", printed("1\n")))) == 3


def test_a_tagged_cell_is_a_slide_as_it_stands():
    prose, shown = read(
        text("## One\n\nA table.", tags=["slide"]),
        code("print(1)\n" * 9, printed("1\n"), tags=["slide"]),
    )[2:-1]
    assert heading(prose) == "One"
    assert words(prose).endswith("A table.")
    assert "print(1)" in words(shown)


def test_long_texts_are_set_smaller():
    assert "long" in read(text("## One\n\n" + "word " * 80, tags=["slide"]))[2]["class"]


def test_a_notebook_without_a_title_is_refused():
    with pytest.raises(CourseError, match="begins with its title, but this one with 'No"):
        slides.choose(nbformat.v4.new_notebook(cells=[text("No title.")]))


@pytest.fixture
def course(tmp_path):
    """A course of one chapter, with what slides need beside it."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://github.com/a/b\n")
    (tmp_path / "_toc.yml").write_text(
        "root: index\nparts:\n  - chapters:\n    - file: 04_one\n      sections:\n"
        "        - file: exercises/04_one\n"
    )
    cells = [text(SECTION), code("draw()", figure("a figure of something")), text(ENDING)]
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "04_one.py").write_text("")
    one = notebook(*cells)
    one.metadata.ae = {}
    stored.seal(one)
    nbformat.write(one, tmp_path / "book" / "04_one.ipynb")
    for name in ("vendor/reveal", "vendor/mathjax", "tools/teaching/slides_template"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_pages_load_only_files_that_lie_beside_them(course):
    target = course / "build" / "slides"
    assert slides.make(course, target) == {"04_one": 5}
    for path in (target / "04_one.html", target / "index.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        loaded = [tag["src"] for tag in page.find_all("script", src=True)]
        loaded += [tag["href"] for tag in page.find_all("link", href=True)]
        assert loaded
        for name in loaded:
            assert (target / name).is_file(), name
        for script in page.find_all("script", src=False):
            assert not re.search(r"//[\w-]+\.\w", script.get_text())
    assert [path.name for path in target.parent.iterdir()] == ["slides"]
    listed = BeautifulSoup((target / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert words(listed.find("a", href="04_one.html")) == "4. A title"


def test_a_failure_leaves_the_old_slides(course, monkeypatch):
    target = course / "build" / "slides"
    slides.make(course, target)
    before = (target / "04_one.html").read_bytes()

    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr(slides, "write", refuse)
    with pytest.raises(OSError, match="disk full"):
        slides.make(course, target)
    assert (target / "04_one.html").read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == ["slides"]


def test_without_notebooks_the_command_that_makes_them_is_named(course, capsys):
    shutil.rmtree(course / "book")
    assert slides.main(course) == 1
    assert "Run: make notebooks" in capsys.readouterr().err


def test_a_chapter_that_the_website_no_longer_lists_has_no_slides(course):
    shutil.copy(course / "book" / "04_one.ipynb", course / "book" / "05_two.ipynb")
    assert set(slides.make(course, course / "build" / "slides")) == {"04_one"}


def test_notebooks_whose_outputs_were_cleared_make_no_slides(course, capsys):
    path = course / "book" / "04_one.ipynb"
    cleared = nbformat.read(path, as_version=4)
    for cell in scripts.code_cells(cleared):
        cell.outputs = []
    nbformat.write(cleared, path)
    assert slides.main(course) == 1
    assert "book/04_one.ipynb has other outputs than were written" in capsys.readouterr().err
    assert not (course / "build" / "slides").exists()


def test_new_slides_replace_old_ones_and_keep_what_a_person_put_there(course):
    target = course / "build" / "slides"
    slides.make(course, target)
    (target / "old.html").write_text("of a chapter that was removed")
    made.record(target)
    (target / "mine.html").write_text("my own slides")
    (target / "index.html").write_text("my own list")
    slides.make(course, target)
    assert not (target / "old.html").exists()
    assert not (target / "mine.html").exists()
    kept = {path.read_text() for path in (course / "kept").rglob("*.html")}
    assert kept == {"my own slides", "my own list"}
