"""The stored data of the demos: small, of full-scale runs, and what their manifest says."""

import gzip
import json

import numpy as np
import pytest

from ae_lib import squared_error
from tests.web.demos.made_up import read_picture
from tools.course import ROOT
from web.demos import files, networks, stills
from web.demos import sizes as small
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


@pytest.fixture(scope="module")
def manifest():
    return json.loads((FOLDER / "manifest.json").read_text())


@pytest.fixture(scope="module")
def sizes():
    return json.loads((FOLDER / "sizes.json").read_text())


def test_the_network_of_thirty_numbers_was_trained_at_full_scale(manifest):
    error = manifest["digits"]["error_8_bits"]
    assert error <= WORST, (
        f"these weights have a test error of {error}: train the paper's network, then "
        "python -m web.demos export"
    )


@pytest.mark.parametrize(
    ("name", "experiment", "fact"), [("digits", "digits", "error"), ("map", "maps", "right")]
)
def test_the_demos_have_the_weights_of_the_stored_results(manifest, name, experiment, fact):
    runs = json.loads((ROOT / "ae_lib" / "results" / f"{experiment}.json").read_text())["runs"]
    stored = [
        round(run["test"], 4)
        for run in runs
        if (run["preset"], run["method"], run["seed"]) == ("paper", "autoencoder", 0)
    ]
    assert [manifest[name][fact]] == stored, "run: python -m web.demos export"


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
