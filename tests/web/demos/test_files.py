"""The demos' arrays come back from their files."""

import numpy as np
import pytest

from web.demos import files


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
