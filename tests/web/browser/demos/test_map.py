"""The map is walked with pointer, keys, sliders and a finger."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from ae_lib import squared_error
from tests.web.browser.demos.shown import FOLDER, READING, drawn_on, state_of
from tools.website.browser import come_near, settle
from web.demos import files
from web.demos.networks import run


def check_map(walk, decode):
    """Check what the map shows at its place; return the place."""
    place, decoded, nearest, error = state_of(walk, "place", "decoded", "nearest", "error")
    name = state_of(walk, "name")[0]
    np.testing.assert_allclose(decoded, decode(place), atol=1e-6)
    dots = files.load("map")
    distances = ((dots[name][:300] - place) ** 2).sum(axis=1)
    assert nearest == distances.argmin()
    with Image.open(FOLDER / "map_digits.png") as sprite:
        row, column = divmod(nearest, 20)
        tile = np.asarray(sprite)[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
    ink = 1 - tile.ravel() / 255
    assert error == pytest.approx(squared_error([ink], [decoded]), abs=1e-6)
    figures = walk.locator(".pictures figure")
    assert f"a {dots['labels'][nearest]}; apart by {error:.1f}" in figures.nth(1).inner_text()
    canvas = figures.nth(0).locator("canvas")
    np.testing.assert_allclose(drawn_on(canvas), decoded.clip(0, 1), atol=0.003)
    return place


def test_the_map_is_walked_with_pointer_keys_and_sliders(visit, networks):
    page = visit(expected=READING)
    walk = come_near(page, "map")

    def decode(place):
        return run(networks["map_decoder"], [place])[0]

    places = [check_map(walk, decode)]
    plane = walk.locator("canvas.plane")
    plane.scroll_into_view_if_needed()
    plane.hover(position={"x": 60, "y": 80})
    settle(page)
    places.append(check_map(walk, decode))
    plane.focus()
    for key in ["ArrowRight", "ArrowUp", "Shift+ArrowUp"]:
        page.keyboard.press(key)
    settle(page)
    places.append(check_map(walk, decode))
    assert (places[2] > places[1]).all()
    page.get_by_role("slider", name="across").focus()
    page.keyboard.press("End")
    settle(page)
    places.append(check_map(walk, decode))
    assert places[3][0] > places[2][0]
    assert places[3][1] == places[2][1]
    plane.focus()
    page.keyboard.press("Home")
    settle(page)
    np.testing.assert_allclose(check_map(walk, decode), places[0])
    expect(walk.locator("[aria-live]")).to_contain_text("Nearest dots")


def test_pcas_map_is_drawn_by_pca(visit):
    page = visit()
    walk = come_near(page, "map")
    page.get_by_role("radio", name="PCA's first two numbers").check()
    walk.locator("canvas.plane").hover(position={"x": 120, "y": 150})
    settle(page)
    pca = files.load("pca")
    check_map(walk, lambda place: pca["mean"] + place @ pca["components"][:2].astype(float))


def test_a_finger_walks(visit):
    page = visit(width=390, has_touch=True)
    walk = come_near(page, "map")
    before = state_of(walk, "place")[0]
    plane = walk.locator("canvas.plane")
    plane.scroll_into_view_if_needed()
    plane.tap(position={"x": 40, "y": 50})
    settle(page)
    after = state_of(walk, "place")[0]
    assert after[0] < before[0]
    assert after[1] > before[1]
