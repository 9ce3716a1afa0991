"""What is exported from full-scale runs, and what stops an export."""

import json
import re

import numpy as np
import pytest

from ae_lib import load_mnist
from tests.web.demos.made_up import read_picture, write_weights
from web.demos import files, networks, stills, trained
from web.demos.__main__ import main


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
