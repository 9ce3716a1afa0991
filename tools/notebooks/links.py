"""Links from one notebook to another, which have to work in Colab too.

Colab opens a notebook alone, so that a link to a file beside it would lead nowhere. So stored
notebooks link to each other with full addresses, in Colab. Where the others lie beside it (the
website, the slides, the zip for a room without a network) the links are made short again.
"""

import posixpath
import re

from tools.course import read_config

_SHORT = re.compile(r"\]\((?!\w+:|#|/)([\w./-]+\.(?:ipynb|md))(#[^)\s]*)?\)")


def read_prefixes(root):
    """Return what the full addresses of notebooks and of other pages begin with.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    dict
        From a file's ending to the address of the folder ``book``: Colab opens notebooks, GitHub
        shows the rest. Empty where the repository is not on GitHub, since Colab reads from there.
    """
    repository = read_config(root)["repository"]
    address, branch = repository["url"].rstrip("/"), repository.get("branch", "main")
    host, _, name = address.removeprefix("https://").partition("/")
    if host != "github.com":
        return {}
    return {
        "ipynb": f"https://colab.research.google.com/github/{name}/blob/{branch}/book/",
        "md": f"{address}/blob/{branch}/book/",
    }


def lengthen(text, folder, prefixes):
    """Turn Markdown's links to files of the book into full addresses.

    Parameters
    ----------
    text : str
        Markdown.
    folder : str
        Where the text's notebook lies in the book: ``""`` or ``"exercises"``.
    prefixes : dict
        Of :func:`read_prefixes`.

    Returns
    -------
    str

    Examples
    --------
    >>> prefixes = {"ipynb": "https://colab.example/book/"}
    >>> lengthen("See [it](../05_pca.ipynb#maps).", "exercises", prefixes)
    'See [it](https://colab.example/book/05_pca.ipynb#maps).'
    """

    def full(match):
        target, place = match[1], match[2] or ""
        prefix = prefixes.get(target.rpartition(".")[2])
        if prefix is None:
            return match[0]
        return f"]({prefix}{posixpath.normpath(posixpath.join(folder, target))}{place})"

    return _SHORT.sub(full, text)


def towards(copies, text, prefixes):
    """Lead full addresses of chapters and exercises to the copies of them in a folder of the book.

    Parameters
    ----------
    copies : str
        The folder.
    text : str
        Markdown.
    prefixes : dict
        Of :func:`read_prefixes`.

    Returns
    -------
    str

    Examples
    --------
    >>> prefixes = {"ipynb": "https://colab.example/book/"}
    >>> towards("blank", "[5](https://colab.example/book/exercises/05_pca.ipynb)", prefixes)
    '[5](https://colab.example/book/blank/exercises/05_pca.ipynb)'
    >>> towards("blank", "[5](https://colab.example/book/solutions/05_pca.ipynb)", prefixes)
    '[5](https://colab.example/book/solutions/05_pca.ipynb)'
    """
    if "ipynb" not in prefixes:
        return text
    prefix = prefixes["ipynb"]
    pattern = rf"\]\({re.escape(prefix)}((?:exercises/)?[\w-]+\.ipynb)"
    return re.sub(pattern, lambda match: f"]({prefix}{copies}/{match[1]}", text)


def shorten(text, folder, prefixes):
    """Turn full addresses of files of the book into links from a folder of it.

    Parameters
    ----------
    text : str
        Markdown, or a whole notebook as JSON.
    folder : str
        Where it lies in the book.
    prefixes : dict
        Of :func:`read_prefixes`.

    Returns
    -------
    str

    Examples
    --------
    >>> prefixes = {"ipynb": "https://colab.example/book/"}
    >>> shorten("See [it](https://colab.example/book/05_pca.ipynb#maps).", "exercises", prefixes)
    'See [it](../05_pca.ipynb#maps).'
    """
    for ending, prefix in prefixes.items():
        pattern = rf"\]\({re.escape(prefix)}([\w./-]+\.{ending})"
        text = re.sub(
            pattern, lambda match: f"]({posixpath.relpath(match[1], folder or '.')}", text
        )
    return text
