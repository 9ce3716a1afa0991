"""The demos as their readers use them: keys, pointer, finger, voice, and without JavaScript.

Run after `make site`, by `make test-site`.
"""

import json
import re
import shutil
import statistics
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from ae_lib import COLOURS, squared_error
from ae_lib.plots.style import DIGIT_COLOURS, DRAWN
from tools.course import ROOT
from tools.website.browser import (
    browsing,
    come_near,
    complaints_of,
    decoding_line,
    decoding_times,
    in_frame,
    new_context,
    settle,
)
from tools.website.server import Handler, served
from web.demos import files
from web.demos.networks import layers_of, run

SITE = ROOT / "_build" / "html"
FOLDER = ROOT / files.DATA
# Chromium's advice to whoever reads a canvas twice, as only these tests do.
READING = "willReadFrequently"
KINDS = ["thirty", "map", "between", "sizes"]


@pytest.fixture(scope="module")
def address():
    with served() as start:
        yield f"{start}play.html"


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture
def visit(browser, address):
    """Open the page; when the test is over, nothing may have been complained of."""
    contexts, complaints = [], []

    def opened(*, width=1300, mode="light", expected="", **options):
        context = new_context(browser, width=width, mode=mode, **options)
        contexts.append(context)
        page = context.new_page()
        page.requested = []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def listen(message):
            if message.type in ("error", "warning") and not (expected and expected in message.text):
                complaints.append(message.text)

        page.on("console", listen)
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            foreign = [url for url in page.requested if not url.startswith(("http://127", "data:"))]
            assert foreign == []
        context.close()
    assert complaints == []


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


class PoorHandler(Handler):
    """A server that compresses nothing and knows only the oldest kinds of file."""

    kind_of_script = "text/plain"
    policy = ""

    def guess_type(self, path):
        known = {".html": "text/html", ".css": "text/css", ".js": self.kind_of_script}
        return known.get(Path(path).suffix, "application/octet-stream")

    def end_headers(self):
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


class StrictHandler(PoorHandler):
    """A server that forbids scripts inside of pages, and programs made of text."""

    kind_of_script = "application/octet-stream"
    policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"


@contextmanager
def as_file(folder):
    # As people name their folders, and unpack one into another.
    site = folder / "Kurs 100% für #1, Teil 2?" / "html"
    site.parent.mkdir()
    shutil.copytree(SITE, site)
    yield (site / "play.html").as_uri()


@contextmanager
def from_server(_, **options):
    with served(**options) as start:
        yield f"{start}play.html"


# Where the site may stand: its address, the sandbox of the frame around it, what is complained of.
PLACES = {
    "a file": (as_file, None, READING),
    "a frame without storage": (from_server, "allow-scripts", READING),
    "a folder of a folder": (partial(from_server, prefix="/a/b/"), None, READING),
    "a poor server": (partial(from_server, handler=PoorHandler, prefix="/"), None, READING),
    "a strict server": (
        partial(from_server, handler=StrictHandler, prefix="/"),
        None,
        # The theme's script in the page does not run.
        f"{READING}|Content Security Policy|invalid theme mode",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_every_demo_plays_wherever_the_site_is_put(browser, tmp_path, name):
    place, sandbox, expected = PLACES[name]
    with place(tmp_path) as address, closing(new_context(browser, chosen=False)) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        if sandbox:
            page = in_frame(page, address, sandbox, tmp_path)
        else:
            page.goto(address)
        for kind in KINDS:
            element = come_near(page, kind)
            for canvas in element.locator("canvas.digit").all():
                # Whoever may not read a canvas gets an error.
                assert drawn_on(canvas).sum() > 10
        page.get_by_role("button", name="draw one").click()
        board = page.locator("canvas.board")
        for key in ["Space", *["Shift+ArrowDown"] * 3]:
            board.press(key)
        page.wait_for_function("document.querySelector('[data-demo]').demo.ms > 0")
        expect(page.locator("[data-demo] .failed:visible")).to_have_count(0)
    assert [text for text in complaints if not re.search(expected, text)] == []


def number_in(element, pattern):
    return float(re.search(pattern, element.inner_text().replace("\u2212", "-"))[1])


@pytest.fixture(scope="module")
def shipped():
    return files.load("digits")


@pytest.fixture(scope="module")
def networks():
    names = ["digits_decoder", "digits_encoder", "map_decoder"]
    return {name: layers_of(files.load(name)) for name in names}


def pca_of(pixels, n=30):
    pca = files.load("pca")
    directions = pca["components"][:n].astype(float)
    return pca["mean"] + (pixels - pca["mean"]) @ directions.T @ directions


# Thirty numbers ----------------------------------------------------------------------------------


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


# The map -----------------------------------------------------------------------------------------


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


# Between two digits ------------------------------------------------------------------------------


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


# How much fits in a code -------------------------------------------------------------------------


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


# Everybody ---------------------------------------------------------------------------------------


def test_nothing_is_loaded_before_a_reader_comes_near(visit):
    page = visit()
    page.wait_for_load_state("networkidle")
    far = ("map_decoder.bin.js", "sizes.json.js", "digits_encoder.bin.js")
    assert not [url for url in page.requested if url.endswith(far)]
    come_near(page, "sizes")
    assert [url for url in page.requested if url.endswith("sizes.json.js")]


def test_weights_are_loaded_once(visit):
    page = visit()
    for kind in KINDS:
        come_near(page, kind)
    loaded = [url for url in page.requested if url.endswith((".bin.js", ".json.js", ".png.js"))]
    assert len(loaded) == len(set(loaded)) == 9


def test_without_javascript_still_pictures_stand_there(visit):
    page = visit(java_script_enabled=False)
    for kind in KINDS:
        image = page.locator(f"[data-demo={kind}] img")
        image.scroll_into_view_if_needed()
        expect(image).to_be_visible()
        assert len(image.get_attribute("alt").split()) > 10
        expect(page.locator(f"[data-demo={kind}] .without")).to_be_visible()
    assert not [url for url in page.requested if url.endswith(".js")]


def test_what_does_not_load_is_said_and_can_be_tried_again(visit):
    page = visit(expected="503")
    page.route("**/map_decoder.bin.js", lambda route: route.fulfill(status=503))
    walk = page.locator("[data-demo=map]")
    walk.scroll_into_view_if_needed()
    alert = walk.get_by_role("alert")
    expect(alert).to_contain_text("map_decoder.bin.js could not be loaded from where this page")
    expect(walk.locator("img")).to_be_visible()
    page.unroute("**/map_decoder.bin.js")
    walk.get_by_role("button", name="Try again").click()
    page.wait_for_selector("[data-demo=map][data-ready]")
    expect(walk.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 1300])
def test_it_fits_the_screen_and_the_finger(visit, width):
    page = visit(width=width)
    for kind in KINDS:
        come_near(page, kind)
    page.get_by_role("button", name="draw one").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = (
        page.locator(".demo")
        .locator("button, select, input, canvas.board")
        .evaluate_all(
            "(tags) => tags.filter((tag) => !(tag.type === 'radio') && "
            "tag.getBoundingClientRect().height < 24).map((tag) => tag.outerHTML)"
        )
    )
    assert small == []
    wide = page.locator(".demo *").evaluate_all(
        "(tags) => tags.filter((tag) => tag.getBoundingClientRect().right > innerWidth)"
        ".map((tag) => tag.outerHTML)"
    )
    assert wide == []


def test_whatever_is_used_has_a_name(visit):
    page = visit()
    for kind in KINDS:
        come_near(page, kind)
    page.get_by_role("button", name="draw one").click()
    nameless = (
        page.locator(".demo")
        .locator("button, input, select, canvas")
        .evaluate_all(
            """(tags) => tags.filter((tag) => {
            const name = tag.getAttribute("aria-label") ||
                [...(tag.labels ?? [])].map((label) => label.textContent).join("") ||
                (tag.tagName === "BUTTON" && tag.textContent);
            return !(name || "").trim() && tag.getAttribute("aria-hidden") !== "true";
        }).map((tag) => tag.outerHTML)"""
        )
    )
    assert nameless == []
    for kind in KINDS:
        assert page.locator(f"[data-demo={kind}] > [aria-live=polite]").count() == 1


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
    for kind in KINDS:
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
