"""Names and landmarks for readers who listen, or who have no mouse.

The theme leaves some of what can be opened without a name, and its sidebar outside of every
landmark. ``web/style/reach.js`` does what depends on the width of the window.
"""


def name_folds(soup):
    """Name what opens and closes the pages under a chapter in the sidebar.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> soup = BeautifulSoup(
    ...     "<nav><li><a>4. PCA</a><details><summary><svg/></summary></details></li></nav>",
    ...     "html.parser",
    ... )
    >>> name_folds(soup)
    >>> soup.summary["aria-label"]
    'Pages under 4. PCA'
    """
    for summary in soup.select("nav li > details > summary"):
        link = summary.find_parent("li").find("a")
        summary["aria-label"] = f"Pages under {link.get_text(strip=True)}"


def name_landmarks(soup):
    """Make landmarks of the two sidebars, so that nothing stands outside of one."""
    for identifier, name in (("pst-primary-sidebar", "Site"), ("pst-secondary-sidebar", "Page")):
        for sidebar in soup.find_all(id=identifier):
            sidebar["role"] = "complementary"
            sidebar["aria-label"] = name
    for navigation in soup.select("#jb-print-toc nav"):
        navigation["aria-label"] = "Contents for print"


def place_hints(soup):
    """Let the hints of buttons appear in their button's landmark instead of outside of all.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> soup = BeautifulSoup(
    ...     '<main id="main-content"><button data-bs-toggle="tooltip"></button></main>',
    ...     "html.parser",
    ... )
    >>> place_hints(soup)
    >>> soup.button["data-bs-container"]
    '#main-content'
    """
    for landmark in ("main-content", "pst-primary-sidebar", "pst-secondary-sidebar"):
        for button in soup.select(f"#{landmark} [data-bs-toggle=tooltip]"):
            button["data-bs-container"] = f"#{landmark}"


def describe(soup):
    """Describe a page that has no text of its own, the search for example, by its title."""
    if not soup.select_one("meta[name=description]"):
        attributes = {"name": "description", "content": soup.title.get_text(strip=True)}
        soup.head.append(soup.new_tag("meta", attrs=attributes))


def tidy(soup):
    """Take out what is said twice, or of no use here."""
    for other in soup.select("meta[name=viewport]")[1:]:
        other.decompose()
    # Its own text is its name, and the longer one.
    for button in soup.select("button.search-button-field[aria-label]"):
        del button["aria-label"]
    # Roles that the standard no longer has, or that do not fit what stands inside.
    for tag in soup.select("[role^=doc-], .citation-list[role=list]"):
        del tag["role"]
    for placement in soup.select("#ethical-ad-placement"):
        placement.decompose()
    # The corner of a table heads nothing, so it is a cell as others are.
    for cell in soup.select("th"):
        if not cell.get_text(strip=True):
            cell.name = "td"


def change_reach(app, pages):
    """Do all of this on all pages."""
    for soup in pages.values():
        name_folds(soup)
        name_landmarks(soup)
        place_hints(soup)
        describe(soup)
        tidy(soup)
