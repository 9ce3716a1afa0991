"""The demos as classic scripts, which load from anywhere.

Browsers refuse modules and fetched data where a page is a file, or stands in a sandboxed frame, or
where a server does not know the ending. A classic script loads everywhere. So the modules of
``web/demos`` become one script while the site is built, and each file of data there
another one, which hands over what is in it: JSON as it is, anything else in base64. The site has
the scripts only.

Of the modules' language, what demos need is understood: ``import {...}`` and ``import * as``
from a module beside it, and ``export`` before a constant, a function or a class, each at the start
of a line. Everything else that needs a module is refused, with its line.

In base64 a file is a third longer, which a server that compresses takes back.
"""

import base64
import json
import re
import shutil
from pathlib import Path

from py_mini_racer import JSEvalException, MiniRacer

# Where they are in the site.
FOLDER = "_static/demos"
MAIN = "main.mjs"
SCRIPT = f"{FOLDER}/demos.js"

_IMPORT = re.compile(
    r"""^import\s+(?:\{(?P<names>[^}]*)\}|\*\s+as\s+(?P<whole>\w+))\s+from\s+["']\./(?P<file>[\w.-]+)["'];""",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(?P<rest>(?:const|(?:async\s+)?function\*?|class)\s+(?P<name>[\w$]+))",
    re.MULTILINE,
)
_OTHER = re.compile(r"^\s*(?:import|export)\b.*|.*\bimport\s*[(.].*", re.MULTILINE)


class ModuleError(ValueError):
    """A module that cannot become part of a classic script; the message says where and why."""


def read_module(name, text):
    r"""Take a module apart.

    Parameters
    ----------
    name : str
        Its file, for messages.
    text : str

    Returns
    -------
    body : str
        Statements of a function, as many lines as the module has.
    imports : dict
        From the file of another module to the names that this one takes from it.
    exports : list of str

    Raises
    ------
    ModuleError

    Examples
    --------
    >>> body, imports, exports = read_module(
    ...     "b.mjs", 'import { one as two } from "./a.mjs";\nexport const three = two + 2;'
    ... )
    >>> print(body)
    const { one: two } = modules["a.mjs"];
    const three = two + 2;
    >>> imports, exports
    ({'a.mjs': ['one']}, ['three'])
    """
    imports = {}

    def take(match):
        names = [part.split() for part in (match["names"] or "").split(",") if part.strip()]
        imports.setdefault(match["file"], []).extend(words[0] for words in names)
        taken = match["whole"]
        if not taken:
            taken = f"{{ {', '.join(': '.join(words[::2]) for words in names)} }}"
        # Lines keep their numbers.
        lines = "\n" * match[0].count("\n")
        return f'const {taken} = modules["{match["file"]}"];{lines}'

    exports = [match["name"] for match in _EXPORT.finditer(text)]
    body = _EXPORT.sub(lambda match: match["rest"], _IMPORT.sub(take, text))
    for match in _OTHER.finditer(body):
        if not match[0].lstrip().startswith("//"):
            line = body.count("\n", 0, match.end()) + 1
            raise ModuleError(
                f"{name}, line {line}: a module that becomes part of a classic script may have "
                "import {...} or import * as from a module beside it, and export before const, "
                f"function or class, at the start of a line. Received: {match[0].strip()}"
            )
    return body, imports, exports


def bundle(folder, main=MAIN):
    """Make one classic script of a module and of all that it imports.

    Parameters
    ----------
    folder : Path
    main : str
        The module that begins.

    Returns
    -------
    str
        ASCII, so that no server's idea of letters matters.

    Raises
    ------
    ModuleError
    """
    bodies, exported = {}, {}

    def add(name, path):
        if name in path:
            raise ModuleError(f"These modules import each other: {' -> '.join([*path, name])}")
        if name in exported:
            return
        file = folder / name
        if not file.is_file():
            raise ModuleError(f"{path[-1] if path else folder} needs {name}, which does not exist")
        body, imports, exports = read_module(name, file.read_text(encoding="utf-8"))
        for other, names in imports.items():
            add(other, [*path, name])
            if missing := set(names) - set(exported[other]):
                raise ModuleError(f"{name} imports {sorted(missing)} from {other}: not exported")
        bodies[name], exported[name] = body, exports

    add(main, [])
    check_syntax(bodies)
    text = '(() => {\n"use strict";\nconst modules = {};\n'
    for name, body in bodies.items():
        given = ", ".join(exported[name])
        text += f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {given} }};\n}})();\n'
    text += "})();\n"
    return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], text)


def check_syntax(bodies):
    """Let V8 read what became of modules, without running it.

    Parameters
    ----------
    bodies : dict of str
        By the names of the modules.

    Raises
    ------
    ModuleError
    """
    with MiniRacer() as engine:
        for name, body in bodies.items():
            strict = json.dumps(f'"use strict";{body}')
            try:
                engine.eval(f"new Function({strict}); 0")
            except JSEvalException as error:
                raise ModuleError(f"{name} is no classic script: {error}") from None


def data_script(path):
    """Return a script that hands over a file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
    """
    content = path.read_bytes()
    if path.suffix == ".json":
        value = json.dumps(json.loads(content), separators=(",", ":"))
    else:
        value = f'"{base64.b64encode(content).decode("ascii")}"'
    return f'(self.demoData ||= {{}})["{path.name}"] = {value};\n'


def write_scripts(source, target):
    """Write all scripts of the demos.

    Parameters
    ----------
    source : Path
        The folder of modules, with the folder ``data``.
    target : Path
        The folder in the built site.
    """
    target.mkdir(parents=True, exist_ok=True)
    (target / Path(SCRIPT).name).write_text(bundle(source), encoding="ascii")
    for path in sorted((source / "data").iterdir()):
        (target / f"{path.name}.js").write_text(data_script(path), encoding="ascii")


def add_scripts(app, pages):
    """Let pages that have demos load them; where none has, all of it goes."""
    target = Path(app.outdir) / FOLDER
    players = [name for name, soup in pages.items() if soup.select_one("[data-demo]")]
    if not players:
        shutil.rmtree(target, ignore_errors=True)
        return
    write_scripts(Path(app.srcdir).parent / "web" / "demos", target)
    for name in players:
        steps = "../" * name.count("/")
        pages[name].body.append(pages[name].new_tag("script", src=f"{steps}{SCRIPT}"))
