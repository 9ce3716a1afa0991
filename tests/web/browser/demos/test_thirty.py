"""Thirty numbers: a digit is picked, changed number by number, and drawn."""

import statistics

import numpy as np
import pytest
from playwright.sync_api import expect

from ae_lib import squared_error
from tests.web.browser.demos.shown import drawn_on, number_in, pca_of, state_of
from tools.website.browser import come_near, decoding_line, decoding_times, settle
from web.demos.networks import run


@pytest.mark.parametrize("place", [2, 7, 11])
def test_a_digit_that_is_picked_shows_its_errors(visit, shipped, networks, place):
    thirty = come_near(visit(), "thirty")
    thirty.locator("button.pick").nth(place).click()
    settle(thirty.page)
    pixels, code = shipped["pixels"][place] / 255, shipped["codes"][place]
    decoded = run(networks["digits_decoder"], [code])[0]
    shown = state_of(thirty, "pixels", "code", "decoded", "linear")
    for array, expected in zip(shown, (pixels, code, decoded, pca_of(pixels)), strict=True):
        np.testing.assert_allclose(array, expected, atol=1e-6)
    figures = thirty.locator(".pictures figure")
    errors = [number_in(figures.nth(i), r"error (\S+)") for i in (1, 2)]
    expected = [squared_error([pixels], [x_hat]) for x_hat in (decoded, pca_of(pixels))]
    assert errors == pytest.approx(expected, abs=0.0051)
    np.testing.assert_allclose(drawn_on(figures.nth(1).locator("canvas")), decoded, atol=0.003)


def test_a_number_that_is_moved_by_keys_changes_the_picture(visit, shipped, networks):
    page = visit()
    thirty = come_near(page, "thirty")
    slider = page.get_by_role("slider", name="number 5 of the code")
    slider.focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    settle(page)
    expected = shipped["codes"][2].astype(float)
    code, decoded, pixels = state_of(thirty, "code", "decoded", "pixels")
    assert code[4] > expected[4] + 0.5
    expected[4] = float(slider.input_value())
    np.testing.assert_allclose(code, expected, atol=1e-6)
    answer = run(networks["digits_decoder"], [expected])[0]
    np.testing.assert_allclose(decoded, answer, atol=1e-6)
    error = squared_error([pixels], [answer])
    figure = thirty.locator("figure.autoencoder")
    assert number_in(figure, r"error (\S+)") == pytest.approx(error, abs=0.0051)
    # A screen reader hears it, after a pause.
    expect(thirty.locator("[aria-live=polite]").last).to_contain_text(f"Squared error {error:.2f}")
    page.get_by_role("button", name="back to this digit's code").click()
    settle(page)
    np.testing.assert_allclose(state_of(thirty, "code")[0], shipped["codes"][2], atol=1e-6)


def test_the_decoder_answers_within_five_milliseconds(visit):
    times = decoding_times(visit())
    assert statistics.median(times) < 5, decoding_line(times)


def check_drawing(thirty, networks):
    """Check what the page makes of a drawing; return its pixels."""
    pixels, code, decoded, linear = state_of(thirty, "pixels", "code", "decoded", "linear")
    assert 30 < pixels.sum() < 200
    expected = run(networks["digits_encoder"], [pixels], linear=True)
    np.testing.assert_allclose(code, expected[0], atol=1e-6)
    np.testing.assert_allclose(decoded, run(networks["digits_decoder"], expected)[0], atol=1e-6)
    np.testing.assert_allclose(linear, pca_of(pixels), atol=1e-6)
    return pixels


def test_a_digit_is_drawn_with_the_mouse(visit, networks):
    page = visit()
    thirty = come_near(page, "thirty")
    page.get_by_role("button", name="draw one").click()
    assert not [url for url in page.requested if "digits_encoder" in url]
    board = thirty.locator("canvas.board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    for i, (x, y) in enumerate([(0.3, 0.2), (0.7, 0.2), (0.4, 0.8)]):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
        if i == 0:
            page.mouse.down()
    with page.expect_response("**/digits_encoder.bin.js"):
        page.mouse.up()
    page.wait_for_function("document.querySelector('[data-demo]').demo.pixels[0] === 0")
    page.wait_for_timeout(500)
    pixels = check_drawing(thirty, networks).reshape(28, 28)
    # A seven: a bar above, a foot below.
    rows = np.flatnonzero(pixels.max(axis=1) > 0.5)
    assert np.ptp(np.flatnonzero(pixels[rows[1]] > 0.5)) > 8
    assert np.ptp(np.flatnonzero(pixels[rows[-2]] > 0.5)) < 6


def test_a_digit_is_drawn_with_keys(visit, networks):
    page = visit()
    thirty = come_near(page, "thirty")
    page.get_by_role("button", name="draw one").click()
    expect(thirty.locator("canvas.board")).to_be_focused()
    with page.expect_response("**/digits_encoder.bin.js"):
        for key in ["Shift+ArrowUp", "Shift+ArrowUp", "Space", *["Shift+ArrowDown"] * 5, "Space"]:
            page.keyboard.press(key)
    page.wait_for_timeout(500)
    pixels = check_drawing(thirty, networks).reshape(28, 28)
    assert np.ptp(np.flatnonzero(pixels.max(axis=1) > 0.5)) > 17
    assert np.ptp(np.flatnonzero(pixels.max(axis=0) > 0.5)) < 5
    page.keyboard.press("Delete")
    expect(thirty.locator(".drawing [aria-live]")).to_contain_text("pen is up")
