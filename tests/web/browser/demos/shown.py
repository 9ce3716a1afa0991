"""What a demo shows, read from the page, and what it should show."""

import re

import numpy as np

from tools.course import ROOT
from web.demos import files

FOLDER = ROOT / files.DATA
# Chromium's advice to whoever reads a canvas twice, as only these tests do.
READING = "willReadFrequently"


def state_of(element, *names):
    """Return what a demo shows, as arrays or numbers."""
    program = """(element, names) => names.map((name) => {
        const value = element.demo[name];
        return ArrayBuffer.isView(value) ? Array.from(value) : value;
    })"""
    values = element.evaluate(program, list(names))
    return [np.array(value) if isinstance(value, list) else value for value in values]


def drawn_on(canvas):
    """Return the ink of a digit that is seen, from 0 to 1."""
    program = "(c) => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    return 1 - np.array(canvas.evaluate(program))[::4] / 255


def number_in(element, pattern):
    return float(re.search(pattern, element.inner_text().replace("\u2212", "-"))[1])


def pca_of(pixels, n=30):
    pca = files.load("pca")
    directions = pca["components"][:n].astype(float)
    return pca["mean"] + (pixels - pca["mean"]) @ directions.T @ directions
