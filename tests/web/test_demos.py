"""The demos' data: what their files hold, that 8 bits are enough, and that JavaScript agrees.

That the page works is tested in a browser, see ``test_demos_browser.py``.
"""

import gzip
import itertools
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.colors import to_rgb
from PIL import Image

from ae_lib import COLOURS, load_mnist, squared_error
from tools.course import ROOT
from web.demos import files, networks, stills, trained
from web.demos import sizes as small
from web.demos.__main__ import main
from web.extensions.pages import demo_scripts

FOLDER = ROOT / files.DATA
PAGE = ROOT / "book" / "play.md"
# An autoencoder that was not trained at full scale must not be released.
WORST = 4.0
# What a demo loads by itself, and so many MB at most.
LOADED = {
    "thirty": (["digits_decoder.bin", "digits.bin", "pca.bin", "manifest.json"], 1.5),
    "map": (["map_decoder.bin", "map.bin", "pca.bin", "map_digits.png", "manifest.json"], 2.7),
}
NODE = shutil.which("node")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def manifest():
    return json.loads((FOLDER / "manifest.json").read_text())


@pytest.fixture(scope="module")
def sizes():
    return json.loads((FOLDER / "sizes.json").read_text())


@pytest.fixture(scope="module")
def digits():
    return load_mnist()


@pytest.fixture(scope="module")
def pca(digits):
    return trained.fit_pca(digits.x_train, 64)


def read_picture(path):
    """Return a picture's grey values, shape (height, width)."""
    with Image.open(path) as picture:
        return np.asarray(picture)


# 8 bits ------------------------------------------------------------------------------------------


def test_a_weight_in_8_bits_is_off_by_half_a_step_at_most(rng):
    weights = rng.normal(size=(7, 50)).astype(np.float32) * 10.0 ** np.arange(-3, 4)[:, None]
    weights = weights.astype(np.float32)
    ((rounded, _),) = networks.in_eight_bits([(weights, None)])
    steps, scales = networks.quantise(weights)
    assert steps.dtype == np.int8
    assert np.abs(steps).max(axis=1).tolist() == [127] * 7
    assert (np.abs(rounded - weights) <= 0.501 * scales[:, None]).all()


def test_a_unit_without_weights_keeps_none():
    steps, scales = networks.quantise(np.zeros((2, 3), np.float32))
    assert not steps.any()
    assert not scales.any()


def test_arrays_come_back_from_a_file(rng):
    arrays = {
        "bytes": rng.integers(0, 255, 3).astype(np.uint8),
        "steps": rng.integers(-127, 128, (3, 5)).astype(np.int8),
        "floats": rng.normal(size=(2, 2)).astype(np.float32),
    }
    content, index = files.pack(arrays)
    assert all(entry["offset"] % 4 == 0 for entry in index)
    for name, array in files.unpack(content, index).items():
        np.testing.assert_array_equal(array, arrays[name])
        assert array.shape == arrays[name].shape


def test_a_file_holds_no_other_types():
    with pytest.raises(files.DemoError, match=r"codes must be int8.*Received: float64"):
        files.pack({"codes": np.zeros(3)})


def write_weights(path, n_code, rng, **changed):
    """Write a network as the full-scale runs do."""
    arrays = {}
    sizes = [*networks.HIDDEN, n_code]
    for part, widths in (("encoder", sizes), ("decoder", sizes[::-1])):
        for i, shape in enumerate(itertools.pairwise(widths)):
            scale = shape[0] ** -0.5
            arrays[f"{part}_{i}_weights"] = scale * rng.normal(size=shape).astype(np.float32)
            arrays[f"{part}_{i}_bias"] = 0.1 * rng.normal(size=shape[1]).astype(np.float32)
    arrays |= changed
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return arrays


def test_a_network_is_read_with_a_row_for_each_unit(tmp_path, rng):
    arrays = write_weights(tmp_path / "map.npz", 2, rng)
    network = networks.read_network(tmp_path / "map.npz", 2)
    shapes = [weights.shape for weights, _ in network["encoder"] + network["decoder"]]
    half = [(1000, 784), (500, 1000), (250, 500), (2, 250)]
    assert shapes == half + [shape[::-1] for shape in half[::-1]]
    np.testing.assert_array_equal(network["decoder"][3][0], arrays["decoder_3_weights"].T)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"decoder_2_bias": None}, "lacks the array decoder_2_bias"),
        ({"encoder_3_weights": np.zeros((250, 3))}, r"encoder_3_weights .*\(250, 2\).*\(250, 3\)"),
        ({"encoder_0_bias": np.full(1000, np.nan)}, "encoder_0_bias .* must be finite"),
    ],
)
def test_a_wrong_file_of_weights_is_refused(tmp_path, rng, changed, words):
    write_weights(tmp_path / "map.npz", 2, rng, **changed)
    with pytest.raises(files.DemoError, match=words):
        networks.read_network(tmp_path / "map.npz", 2)


@pytest.fixture
def small_export(tmp_path, monkeypatch, rng):
    """Whatever an export needs, with few digits and networks that learnt nothing."""
    few = load_mnist(n_train=1000)
    cut = {"x_test": few.x_test[:400], "y_test": few.y_test[:400]}
    monkeypatch.setattr("ae_lib.load_mnist", lambda: type(few)(**{**vars(few), **cut}))
    monkeypatch.setattr(trained, "DOTS", 12)
    monkeypatch.setattr(trained, "PICTURED", 4)
    for folder in (files.DATA, stills.STILLS):
        (tmp_path / folder).mkdir(parents=True)
    paths = [tmp_path / "digits.npz", tmp_path / "map.npz"]
    for path, n_code in zip(paths, (30, 2), strict=True):
        write_weights(path, n_code, rng)
    return [*paths, tmp_path]


@pytest.mark.slow
def test_an_export_writes_what_its_manifest_says(small_export):
    *paths, root = small_export
    made = trained.export(*paths, root)
    folder = root / files.DATA
    assert json.loads((folder / "manifest.json").read_text()) == made
    for name, facts in made["files"].items():
        assert (folder / f"{name}.bin").stat().st_size == facts["bytes"]
    network = networks.read_network(paths[0], 30)
    for (weights, bias), (stored, stored_bias) in zip(
        network["decoder"],
        networks.layers_of(files.load("digits_decoder", root)),
        strict=True,
    ):
        assert np.abs(weights - stored).max() < np.abs(weights).max() / 250
        np.testing.assert_array_equal(bias, stored_bias)
    assert read_picture(folder / "map_digits.png").shape == (2 * 28, 20 * 28)
    assert {path.stem for path in (root / stills.STILLS).iterdir()} == {
        "still_numbers",
        "still_between",
        "still_map",
    }


def test_bits_that_cost_too_much_stop_an_export(small_export, monkeypatch, capsys):
    *paths, root = small_export

    def two_bits(weights):
        scales = np.abs(weights).max(axis=1)
        return np.rint(weights / scales[:, None]).astype(np.int8), scales

    monkeypatch.setattr(networks, "quantise", two_bits)
    monkeypatch.setattr(networks, "DEAREST", 0.0001)
    arguments = ["export", "--digits", str(paths[0]), "--map", str(paths[1])]
    assert main(arguments, root) == 1
    assert re.search(
        r"8 bits may raise the error of \w+.npz .*Received: from", capsys.readouterr().err
    )
    assert not list((root / files.DATA).iterdir())


# What is committed -------------------------------------------------------------------------------


def test_the_network_of_thirty_numbers_was_trained_at_full_scale(manifest):
    error = manifest["digits"]["error_8_bits"]
    assert error <= WORST, (
        f"these weights have a test error of {error}: train the paper's network, then "
        "python -m web.demos export"
    )


@pytest.mark.parametrize("name", ["digits", "map"])
def test_8_bits_cost_a_twentieth_at_most(manifest, name):
    facts = manifest[name]
    assert facts["cost"] <= networks.DEAREST
    assert facts["cost"] == pytest.approx(facts["error_8_bits"] / facts["error"] - 1, abs=1e-4)


@pytest.mark.slow
def test_the_errors_are_those_of_the_files(manifest, digits):
    encoder, decoder = (
        networks.layers_of(files.load(f"digits_{part}")) for part in ("encoder", "decoder")
    )
    codes = networks.run(encoder, digits.x_test, linear=True)
    error = squared_error(digits.x_test, networks.run(decoder, codes))
    assert error == pytest.approx(manifest["digits"]["error_8_bits"], abs=2e-3)


def test_files_are_those_of_the_manifest(manifest):
    stored = {path.stem: path.stat().st_size for path in FOLDER.glob("*.bin")}
    assert stored == {name: facts["bytes"] for name, facts in manifest["files"].items()}


@pytest.mark.parametrize("name", LOADED)
def test_a_demo_loads_as_much_as_the_page_says(name):
    files, limit = LOADED[name]
    scripts = [demo_scripts.data_script(FOLDER / file).encode() for file in files]
    total = sum(len(gzip.compress(script)) for script in scripts) / 1e6
    assert total <= limit
    section = PAGE.read_text().partition(f'data-demo="{name}"')[0].rpartition("\n## ")[2]
    assert f"Loads {total:.1f} MB" in section


def test_numbers_and_pictures_together_are_small(manifest):
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 5.2e6
    digits = [facts["bytes"] for name, facts in manifest["files"].items() if "digits_" in name]
    assert sum(digits) < 2.9e6


def test_shipped_digits_are_test_digits_with_their_codes(manifest, digits):
    facts, shipped = manifest["digits"], files.load("digits")
    assert digits.y_test[facts["chosen"]].tolist() == facts["labels"]
    assert facts["labels"][:10] == list(range(10))
    pixels = digits.x_test[facts["chosen"]]
    np.testing.assert_allclose(shipped["pixels"] / 255, pixels, atol=1e-6)
    encoder = networks.layers_of(files.load("digits_encoder"))
    np.testing.assert_allclose(
        shipped["codes"], networks.run(encoder, pixels, linear=True), atol=1e-5
    )
    assert (shipped["codes"] >= facts["low"]).all()
    assert (shipped["codes"] <= facts["high"]).all()


def test_pca_is_scikit_learns(manifest, digits, pca):
    stored = files.load("pca")
    some = digits.x_test[:200]
    by_file = (some - stored["mean"]) @ stored["components"].T @ stored["components"]
    by_sklearn = pca.transform(some)[:, :30] @ pca.components_[:30]
    np.testing.assert_allclose(by_file, by_sklearn, atol=1e-4)
    for facts, n in ((manifest["digits"], 30), (manifest["map"], 2)):
        directions = pca.components_[:n]
        x_hat = pca.mean_ + (digits.x_test - pca.mean_) @ directions.T @ directions
        assert facts["pca_error"] == pytest.approx(squared_error(digits.x_test, x_hat), abs=1e-3)


def test_the_map_has_as_many_dots_of_each_class(manifest, digits):
    dots, facts = files.load("map"), manifest["map"]
    assert np.bincount(dots["labels"]).tolist() == [500] * 10
    assert np.bincount(dots["labels"][: facts["pictured"]]).tolist() == [30] * 10
    columns, rows = facts["columns"], facts["pictured"] // facts["columns"]
    picture = read_picture(FOLDER / "map_digits.png")
    assert picture.shape == (28 * rows, 28 * columns)
    # The first picture is the first dot's digit.
    ink = 1 - picture[:28, :28].reshape(784) / 255
    distances = np.abs(digits.x_test - ink).max(axis=1)
    first = int(distances.argmin())
    assert distances[first] < 0.003
    assert digits.y_test[first] == dots["labels"][0]


def test_sizes_are_compared_as_the_page_says(sizes, digits, pca):
    assert sizes["sizes"] == small.SIZES
    assert sizes["epochs"] == small.SIZES_EPOCHS
    assert sizes["trained_on"] == 60_000
    for n, error in zip(sizes["sizes"], sizes["errors"]["pca"], strict=True):
        directions = pca.components_[:n]
        x_hat = pca.mean_ + (digits.x_test - pca.mean_) @ directions.T @ directions
        assert error == pytest.approx(squared_error(digits.x_test, x_hat), abs=1e-3)
    errors = sizes["errors"]["autoencoder"]
    assert errors == sorted(errors, reverse=True)
    expected = (28 * (1 + 2 * len(sizes["sizes"])), 28 * len(sizes["digits"]))
    assert read_picture(FOLDER / "sizes_digits.png").shape == expected
    assert digits.y_test[sizes["digits"]].tolist() == list(range(10))


@pytest.mark.slow
def test_a_short_comparison_of_sizes_writes_the_same_kind(tmp_path, monkeypatch, sizes):
    monkeypatch.setattr(small, "SIZES", [2, 4])
    for folder in (files.DATA, stills.STILLS):
        (tmp_path / folder).mkdir(parents=True)
    made = small.sizes(tmp_path, epochs=1, n_train=400)
    assert made.keys() == sizes.keys()
    assert (tmp_path / stills.STILLS / "still_sizes.png").is_file()


# The page ----------------------------------------------------------------------------------------


def test_each_demo_has_a_still_picture_that_says_what_it_shows():
    soup = BeautifulSoup(PAGE.read_text(), "html.parser")
    found = soup.select("[data-demo]")
    assert [tag["data-demo"] for tag in found] == ["thirty", "map", "between", "sizes"]
    for tag in found:
        assert (FOLDER.parent / f"{tag['data-demo']}.mjs").is_file()
        image = tag.find("img")
        assert (ROOT / "book" / image["src"]).is_file()
        assert len(image["alt"].split()) > 10
        assert tag.select_one(".without")


@pytest.mark.parametrize(
    ("name", "roles"), [("numbers", ["autoencoder"]), ("sizes", ["autoencoder", "pca"])]
)
def test_still_pictures_have_the_colours_of_the_palette(name, roles):
    with Image.open(ROOT / stills.STILLS / f"still_{name}.png") as picture:
        shown = {colour[:3] for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    for role in roles:
        wanted = tuple(round(255 * part) for part in to_rgb(COLOURS[role]))
        assert wanted in shown, f"{role} has another colour; run: python -m web.demos stills"


def test_programs_are_loaded_by_their_page_alone():
    # Jupyter Book puts every .js file below _static on every page.
    assert not list(FOLDER.rglob("*.js"))
    assert not BeautifulSoup(PAGE.read_text(), "html.parser").select("script")


# JavaScript --------------------------------------------------------------------------------------

ASK = """
import fs from "node:fs";
import * as numerics from "%s";
const read = (name) => {
  const file = fs.readFileSync("%s/" + name);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
};
const { files } = JSON.parse(new TextDecoder().decode(read("manifest.json")));
const load = (name) => numerics.unpack(read(name + ".bin"), files[name].arrays);
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
const asked = JSON.parse(fs.readFileSync(0, "utf-8"));
const answer = (%s)(asked, numerics, load);
process.stdout.write(JSON.stringify(answer, plain));
"""


def ask_node(program, question):
    """Run a function of (question, numerics, load) in Node; return its answer."""
    if NODE is None:
        pytest.skip("node is not installed: what JavaScript computes was not compared")
    script = ASK % ((FOLDER.parent / "numerics.mjs").as_uri(), FOLDER.as_posix(), program)
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["digits", "map_digits"])
def test_javascript_reads_the_bytes_that_a_script_brings(name):
    (path,) = FOLDER.glob(f"{name}.*")
    written = json.loads(demo_scripts.data_script(path).partition(" = ")[2].rstrip(";\n"))
    program = "(text, { bytesOf }) => new Uint8Array(bytesOf(text))"
    assert bytes(ask_node(program, written)) == path.read_bytes()


@pytest.mark.parametrize(
    ("name", "linear"),
    [("digits_decoder", False), ("digits_encoder", True), ("map_decoder", False)],
)
def test_javascript_runs_the_networks_as_python_does(rng, name, linear):
    layers = networks.layers_of(files.load(name))
    inputs = rng.normal(size=(3, layers[0][0].shape[1]))
    program = """(asked, { Network }, load) => {
        const network = new Network(load(asked.name), { linear: asked.linear });
        return asked.inputs.map((input) => network.run(input));
    }"""
    answer = ask_node(program, {"name": name, "linear": linear, "inputs": inputs.tolist()})
    np.testing.assert_allclose(answer, networks.run(layers, inputs, linear=linear), atol=1e-9)


def test_javascript_does_pca_as_scikit_learn_does(digits, pca):
    some = digits.x_test[:3].astype(float)
    program = """(asked, { Pca, squaredError }, load) => {
        const pca = new Pca(load("pca"));
        return asked.map((pixels) => {
            const code = pca.encode(pixels);
            return { code, error: squaredError(pixels, pca.decode(code)) };
        });
    }"""
    answer = ask_node(program, some.tolist())
    codes = pca.transform(some)[:, :30]
    stored = files.load("pca")["components"]
    signs = np.sign((stored * pca.components_[:30]).sum(axis=1))
    np.testing.assert_allclose([one["code"] for one in answer], codes * signs, atol=1e-4)
    x_hat = pca.mean_ + codes @ pca.components_[:30]
    expected = squared_error(some, x_hat, per_image=True)
    np.testing.assert_allclose([one["error"] for one in answer], expected, atol=1e-4)


def test_javascript_finds_the_nearest_dots(rng):
    points, place = rng.normal(size=(200, 2)), [0.3, -0.2]
    program = """(asked, { nearest }) => [
        nearest(asked.points, ...asked.place, 7), nearest(asked.points, ...asked.place, 3, 20),
    ]"""
    every, early = ask_node(program, {"points": points.ravel().tolist(), "place": place})
    order = np.argsort(((points - place) ** 2).sum(axis=1))
    assert every == order[:7].tolist()
    assert early == [i for i in order.tolist() if i < 20][:3]


def test_javascript_mixes_and_counts_as_python_does(digits):
    x, y = digits.x_test[:2].astype(float)
    program = """([x, y], { mix, countGrey }) => {
        const mixed = mix(x, y, 0.3);
        return { mixed, grey: countGrey(mixed) };
    }"""
    answer = ask_node(program, [x.tolist(), y.tolist()])
    expected = 0.7 * x + 0.3 * y
    np.testing.assert_allclose(answer["mixed"], expected, atol=1e-12)
    assert answer["grey"] == int(((expected > 0.25) & (expected < 0.75)).sum())


@pytest.mark.parametrize("scale", [0.3, 1, 1.2])
def test_drawings_are_placed_as_mnists_digits(scale):
    seven = [[[8 * scale, 3 * scale], [20 * scale, 3 * scale], [12 * scale, 22 * scale]]]
    program = "(strokes, { likeMnist }) => likeMnist(strokes)"
    picture = np.array(ask_node(program, seven)).reshape(28, 28)
    rows, columns = (np.flatnonzero(picture.max(axis=axis) > 0.5) for axis in (1, 0))
    longer = max(np.ptp(rows), np.ptp(columns)) + 1
    assert 19 <= longer <= 21
    ink = picture / picture.sum()
    centre = [(ink.sum(axis=axis) * (np.arange(28) + 0.5)).sum() for axis in (1, 0)]
    np.testing.assert_allclose(centre, [14, 14], atol=0.6)


def test_an_empty_board_is_no_ink():
    program = "(strokes, { likeMnist }) => likeMnist(strokes)"
    assert not np.any(ask_node(program, []))


def test_javascript_says_what_it_received():
    program = """(asked, { Network }, load) => {
        try { new Network(load("map_decoder")).run(asked); } catch (error) { return error.message; }
    }"""
    assert ask_node(program, [1, 2, 3]) == "The input must hold 2 numbers. Received: 3"


def test_numbers_for_people_have_a_minus_sign_and_no_negative_zero():
    program = "(asked, { format }) => asked.map((value) => format(value))"
    assert ask_node(program, [-0.04, -1.26, 2.0]) == ["0.0", "\u22121.3", "2.0"]
