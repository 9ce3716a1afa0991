"""One palette for Python, style sheets and demos: nothing else writes one of its colours."""

import json
import re

from tools.course import ROOT
from web.extensions.pages import palette, styles

PALETTE = json.loads((ROOT / "ae_lib" / "plots" / "palette.json").read_text(encoding="utf-8"))
ROOMS = ("ae_lib", "benchmarks", "book", "chapters", "tests", "tools", "web")
# White is also just white: on a button, on a slide.
COLOURS = {*PALETTE["hues"].values(), *PALETTE["digits"]} - {"#ffffff"}
SOURCES = [
    path
    for room in ROOMS
    for suffix in (".py", ".mjs", ".css")
    for path in sorted((ROOT / room).rglob(f"*{suffix}"))
    if "node_modules" not in path.parts
]
STYLED = [path for path in SOURCES if path.suffix != ".py"]


def written_colours(text):
    """Return the colours that a text writes, as #rrggbb."""
    found = re.findall(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", text.lower())
    return {"#" + (code if len(code) == 6 else "".join(2 * c for c in code)) for code in found}


def read_properties(text):
    return set(re.findall(r"--colour-[\w-]+", text))


def test_no_colour_of_the_palette_is_written_anywhere_else():
    written = {path: written_colours(path.read_text(encoding="utf-8")) for path in SOURCES}
    copies = [f"{path}: {code}" for path, codes in written.items() for code in codes & COLOURS]
    assert not copies, f"{copies}: ae_lib/plots/palette.json has them under a name"


def test_short_and_capital_codes_are_copies_too():
    assert written_colours("a { color: #0AF; } // #1A1a1B, &#35; #12345678") == {
        "#00aaff",
        "#1a1a1b",
    }


def test_what_style_sheets_and_demos_ask_for_is_in_the_palette():
    defined = read_properties(palette.style_sheet())
    asked = {name for path in STYLED for name in read_properties(path.read_text("utf-8"))}
    assert {"--colour-pca", "--colour-autoencoder", "--colour-digits"} <= asked
    assert asked <= defined


def test_roles_and_digits_have_the_colours_of_the_table():
    lines = dict(re.findall(r"--colour-(\w+): (.*);", palette.style_sheet()))
    assert lines.pop("digits").split(", ") == PALETTE["digits"]
    roles = PALETTE["compared"] | PALETTE["drawn"]
    assert lines == {role: PALETTE["hues"][hue] for role, hue in roles.items()}


def test_the_websites_one_sheet_keeps_what_is_read_by_scripts_alone():
    css = palette.style_sheet() + "a { color: var(--colour-pca) }"
    kept = styles.keep_used(css, set(), 'colour("--colour-digits")')
    assert read_properties(kept) == {"--colour-pca", "--colour-digits"}
    assert ", ".join(PALETTE["digits"]) in kept
