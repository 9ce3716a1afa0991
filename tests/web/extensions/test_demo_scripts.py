"""Modules that become a classic script: it computes the same, and says what it cannot become."""

import base64
import json
import posixpath
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from py_mini_racer import MiniRacer

from tools.course import ROOT
from web.extensions.pages import demo_cards, demo_scripts

DEMOS = ROOT / "web" / "demos"


def write(folder, **modules):
    for name, text in modules.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")


def run(script, question):
    """Run a classic script as a page would, then ask for something."""
    with MiniRacer() as engine:
        engine.eval("globalThis.self = globalThis; 0")
        engine.eval(f"{script}\n0")
        return json.loads(engine.eval(f"JSON.stringify({question})"))


def test_modules_compute_as_one_script_what_they_compute_alone(tmp_path):
    write(
        tmp_path,
        base="""
const own = 2;
export const SIDE = own * 14;
export async function later() { return own; }
export class Box {
  constructor(side) { this.side = side; }
}
export function double(x) {
  return 2 * x;
}
""",
        middle="""import { SIDE } from "./base.mjs";
import {
  Box,
  double as twice,
} from "./base.mjs";
const own = new Box(SIDE);
export const area = () => twice(own.side);
""",
        main="""import * as base from "./base.mjs";
import { area } from "./middle.mjs";
// import { nothing } from "./nowhere.mjs" is a remark.
self.answer = [area(), base.SIDE, "\u2212 … 😀", base.later instanceof Function];
""",
    )
    script = demo_scripts.bundle(tmp_path)
    assert script.isascii()
    assert run(script, "self.answer") == [56, 28, "\u2212 … 😀", True]
    # Nothing becomes global but what a program puts there itself.
    assert run(script, "[typeof area, typeof modules]") == ["undefined", "undefined"]


def test_a_module_runs_once_however_many_import_it(tmp_path):
    write(
        tmp_path,
        base="self.count = (self.count ?? 0) + 1;\nexport const one = 1;\n",
        left='import { one } from "./base.mjs";\nexport const left = one;\n',
        main='import { left } from "./left.mjs";\nimport { one } from "./base.mjs";\n',
    )
    assert run(demo_scripts.bundle(tmp_path), "self.count") == 1


@pytest.mark.parametrize(
    "text",
    [
        "export default 1;",
        "const a = 1;\nexport { a };",
        'export * from "./base.mjs";',
        "export let a = 1;",
        "export const { a } = self;",
        'import base from "./base.mjs";',
        'import "./base.mjs";',
        'import { one } from "./base.mjs"',
        'import { one } from "https://example.org/base.mjs";',
        'import { one } from "base";',
        '  import { one } from "./base.mjs";',
        'const base = await import("./base.mjs");',
        "const here = import.meta.url;",
    ],
)
def test_what_needs_a_module_is_refused_with_its_line(tmp_path, text):
    write(tmp_path, base="export const one = 1;\n", main=f"// A remark.\n{text}\n")
    line = 2 + text.count("\n")
    with pytest.raises(demo_scripts.ModuleError, match=rf"main.mjs, line {line}: .*Received: "):
        demo_scripts.bundle(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('import { two } from "./base.mjs";', r"main.mjs imports \['two'\] from base.mjs"),
        ('import { one } from "./other.mjs";', "main.mjs needs other.mjs, which does not exist"),
        ('import { a } from "./circle.mjs";', "main.mjs -> circle.mjs -> main.mjs"),
        ("await later();", "main.mjs is no classic script"),
        ("function f() {", "main.mjs is no classic script"),
        (
            'import { one } from "./base.mjs";\nconst one = 2;',
            "main.mjs is no classic script",
        ),
    ],
)
def test_what_would_fail_in_the_page_fails_in_the_build(tmp_path, text, words):
    write(
        tmp_path,
        base="export const one = 1;\n",
        circle='import { b } from "./main.mjs";\nexport const a = 1;\n',
        main=text,
    )
    with pytest.raises(demo_scripts.ModuleError, match=words):
        demo_scripts.bundle(tmp_path)


def test_data_come_back_from_their_scripts(tmp_path):
    content = bytes(range(256)) * 3
    (tmp_path / "w.bin").write_bytes(content)
    (tmp_path / "facts.json").write_text('{"a": ["\u2212", 1.5]}', encoding="utf-8")
    scripts = [demo_scripts.data_script(tmp_path / name) for name in ("w.bin", "facts.json")]
    assert all(script.isascii() for script in scripts)
    found = run("".join(scripts), "self.demoData")
    assert base64.b64decode(found["w.bin"]) == content
    assert found["facts.json"] == {"a": ["\u2212", 1.5]}


def test_the_site_has_the_scripts_and_not_what_they_are_made_from(tmp_path):
    demo_scripts.write_scripts(DEMOS, tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    data = {"sizes.json.js", "manifest.json.js", "map_digits.png.js", "sizes_digits.png.js"}
    weights = {f"{path.name}.js" for path in (DEMOS / "data").glob("*.bin")}
    assert made == {"demos.js"} | data | weights


def test_a_page_loads_the_script_from_wherever_it_stands(tmp_path):
    app = SimpleNamespace(srcdir=ROOT / "book", outdir=tmp_path)
    html = "<html><body><div data-demo='map'></div></body></html>"
    names = ["play.html", "more/play.html", "a/b/play.html"]
    pages = {name: BeautifulSoup(html, "html.parser") for name in names}
    pages["other.html"] = BeautifulSoup("<html><body></body></html>", "html.parser")
    demo_scripts.add_scripts(app, pages)
    assert not pages.pop("other.html").select("script")
    for name, soup in pages.items():
        (script,) = soup.select("script")
        assert posixpath.normpath(posixpath.join(posixpath.dirname(name), script["src"])) == (
            "_static/demos/demos.js"
        )
    assert (tmp_path / "_static" / "demos" / "demos.js").is_file()


def test_a_website_without_the_page_of_demos_has_nothing_of_them(tmp_path):
    target = tmp_path / demo_scripts.FOLDER
    target.mkdir(parents=True)
    (target / "still_map.png").write_bytes(b"as Sphinx copies it")
    app = SimpleNamespace(srcdir=ROOT / "book", outdir=tmp_path)
    pages = {"other.html": BeautifulSoup("<html><body></body></html>", "html.parser")}
    demo_scripts.add_scripts(app, pages)
    demo_cards.change_links(app, pages)
    assert not target.exists()
    assert not pages["other.html"].select("script")
