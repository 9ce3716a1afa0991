"""Between two digits, and how much fits in a code."""

import json

import numpy as np
from PIL import Image

from tests.web.browser.demos.shown import FOLDER, READING, drawn_on, pca_of
from tools.website.browser import come_near, settle
from web.demos.networks import run


def test_three_ways_lead_from_one_digit_to_another(visit, shipped, networks):
    page = visit()
    between = come_near(page, "between")
    page.get_by_label("from", exact=True).select_option("7")
    page.get_by_label("to", exact=True).select_option("2")
    way = page.get_by_role("slider", name="how far")
    ends, codes = shipped["pixels"][[7, 2]] / 255, shipped["codes"][[7, 2]].astype(float)
    for keys, t in ((["Home"], 0.0), (["ArrowRight"] * 30, 0.3), (["End"], 1.0)):
        way.focus()
        for key in keys:
            page.keyboard.press(key)
        settle(page)
        pixels, code = ((1 - t) * pair[0] + t * pair[1] for pair in (ends, codes))
        expected = {
            "pixels": pixels,
            "linear": pca_of(pixels),
            "code": run(networks["digits_decoder"], [code])[0],
        }
        program = "(e, name) => Array.from(e.demo.pictures[name])"
        figures = between.locator("figure")
        for i, (name, picture) in enumerate(expected.items()):
            np.testing.assert_allclose(between.evaluate(program, name), picture, atol=1e-6)
            grey = int(((picture > 0.25) & (picture < 0.75)).sum())
            assert f"{grey} grey pixels" in figures.nth(i).inner_text().replace("\n", " ")


def test_each_size_shows_its_pictures_and_errors(visit):
    result = json.loads((FOLDER / "sizes.json").read_text())
    with Image.open(FOLDER / "sizes_digits.png") as sprite:
        ink = 1 - np.asarray(sprite) / 255
    page = visit(expected=READING)
    sizes = come_near(page, "sizes")
    slider = page.get_by_role("slider", name="numbers in the code")
    slider.focus()
    page.keyboard.press("Home")
    for place, size in enumerate(result["sizes"]):
        if place:
            page.keyboard.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == str(size)
        for i, name in enumerate(("autoencoder", "pca")):
            figure = sizes.locator("figure").nth(1 + i)
            assert f"error {result['errors'][name][place]:.2f}" in figure.inner_text()
            row = 28 * (1 + 2 * place + i)
            shown = drawn_on(figure.locator("canvas")).reshape(28, -1)
            np.testing.assert_allclose(shown, ink[row : row + 28], atol=0.003)
