"""8 bits are enough for a weight, and networks are read from full-scale runs."""

import numpy as np
import pytest

from tests.web.demos.made_up import write_weights
from web.demos import files, networks


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
