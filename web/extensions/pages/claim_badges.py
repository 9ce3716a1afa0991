"""Claims of a chapter as lines with their verdict; the code that decides them is folded below.

In a notebook a claim is a cell, ``claim("words", condition)``, perhaps below the names that its
condition uses. A page shows the words, and under how many seeds of the tally the condition held.
"""

import ast
import posixpath
from pathlib import Path

from ae_lib.claims import is_claim
from tools.claims.marks import read_chapter
from tools.claims.tally import entries_of, read_tally

TALLY_PAGE = "claims.html"


def stated(code):
    r"""Return the words of the claims that end a cell; nothing if it does more than name values.

    Examples
    --------
    >>> stated('claim("one is less", 1 < 2)'), stated('x = 1\nclaim("one is less", x < 2)')
    (['one is less'], ['one is less'])
    >>> stated('print(1)\nclaim("one is less", 1 < 2)'), stated("x = 1"), stated("# nothing")
    ([], [], [])
    """
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # a cell of another language
        return []
    claims = [node for node in statements if is_claim(node)]
    names = statements[: len(statements) - len(claims)]
    if not all(isinstance(node, ast.Assign) for node in names):
        return []
    return [" ".join(ast.literal_eval(node.value.args[0]).split()) for node in claims]


def verdicts(root, name):
    """Return how often each claim of a chapter held, from its words to a sentence.

    Parameters
    ----------
    root : Path
        The folder of the course.
    name : str
        Such as ``05_pca``.

    Returns
    -------
    dict
        Without the claims of a chapter whose code is newer than its tally.
    """
    tally = read_tally(root)
    known = tally["chapters"].get(name) if tally else None
    if not known or known["digest"] != read_chapter(name, root).digest:
        return {}
    return {
        entry["claim"]: f"held under {entry['held']} of {entry['of']} seeds"
        for entry in entries_of(tally, name)
        if "claim" in entry
    }


def tally_address(pages, page):
    """Return where the tally tells about a page's claims, as a link from that page."""
    start = posixpath.relpath(TALLY_PAGE, posixpath.dirname(page) or ".")
    found = pages.get(TALLY_PAGE)
    link = found and found.select_one(f"article section section a[href='{page}']")
    return f"{start}#{link.find_parent('section')['id']}" if link else start


def badge(soup, words, verdict, address):
    """Return a claim's line."""
    line = soup.new_tag("p")
    line.append(words[0].upper() + words[1:].rstrip(".") + ". ")
    link = soup.new_tag("a", href=address)
    link.string = verdict[0].upper() + verdict[1:]
    line.append(link)
    return line


def claim_cells(soup):
    """Return the cells of a page that end with claims, each with the claims' words."""
    cells = [(cell, cell.select_one(".cell_input pre")) for cell in soup.select("div.cell")]
    found = [(cell, stated(code.get_text())) for cell, code in cells if code]
    return [(cell, words) for cell, words in found if words]


def change_claims(app, pages):
    """Show the claims of chapters as lines, and fold their code."""
    root = Path(app.srcdir).parent
    for page, soup in pages.items():
        name = page.removesuffix(".html")
        found = claim_cells(soup) if (root / "chapters" / f"{name}.py").is_file() else []
        if not found:
            continue
        counted, address = verdicts(root, name), tally_address(pages, page)
        for cell, claims in found:
            box = soup.new_tag("div", attrs={"class": "claim"})
            for words in claims:
                verdict = counted.get(words, "not counted yet for this version of the chapter")
                box.append(badge(soup, words, verdict, address))
            fold, summary = soup.new_tag("details"), soup.new_tag("summary")
            summary.string = f"Code of {'this claim' if len(claims) == 1 else 'these claims'}"
            cell.insert_before(box)
            fold.extend([summary, cell.extract()])
            box.append(fold)
