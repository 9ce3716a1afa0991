"""The demos' colours are those of the palette, and words can be read in both modes."""

import re

import numpy as np
import pytest

from ae_lib import COLOURS
from ae_lib.plots.style import DIGIT_COLOURS, DRAWN
from tests.web.browser.demos.shown import READING
from tests.web.browser.visits import DEMOS
from tools.website.browser import come_near


def as_numbers(colour):
    """Return red, green and blue of a colour #rrggbb."""
    return tuple(bytes.fromhex(colour[1:]))


def test_lines_and_dots_have_the_colours_of_the_palette(visit):
    page = visit(mode="dark", expected=READING)
    program = "(lines) => lines.map((line) => getComputedStyle(line).stroke)"
    lines = come_near(page, "sizes").locator("polyline").evaluate_all(program)
    names = ("autoencoder", "pca")
    assert lines == [f"rgb{as_numbers(COLOURS[name])}" for name in names]
    program = "(c) => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    pixels = come_near(page, "map").locator("canvas.plane").evaluate(program)
    found = {tuple(pixel) for pixel in np.array(pixels).reshape(-1, 4)[:, :3].tolist()}
    digits = {as_numbers(colour) for colour in DIGIT_COLOURS}
    assert len(found & digits) > 1
    assert as_numbers(DRAWN["ink"]) in found


def contrast(one, other):
    """The ratio of WCAG between two colours, as CSS writes them."""

    def luminance(colour):
        values = np.array([float(v) for v in re.findall(r"[\d.]+", colour)[:3]]) / 255
        linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_can_be_read_in_both_modes(visit, mode):
    page = visit(mode=mode)
    for kind in DEMOS:
        come_near(page, kind)
    assert page.locator("html").get_attribute("data-theme") == mode
    program = """(tags) => tags.filter((tag) => tag.offsetParent).map((tag) => {
        const style = getComputedStyle;
        const clear = (one) => /rgba.*, 0\\)|transparent/.test(style(one).backgroundColor);
        let behind = tag;
        while (clear(behind)) behind = behind.parentElement;
        return [tag.outerHTML, style(tag).color, style(behind).backgroundColor];
    })"""
    words = ".facts, figcaption, .line, label, output, button, select, legend"
    found = page.locator(".demo").locator(words).evaluate_all(program)
    assert len(found) > 40
    for name, colour, behind in found:
        assert contrast(colour, behind) >= 4.5, (name, colour, behind)
