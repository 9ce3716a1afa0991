"""The digits are the real ones, split as asked, and a damaged file is refused."""

import numpy as np
import pytest

from ae_lib import datasets, load_mnist


@pytest.fixture(scope="module")
def digits():
    return load_mnist()


def test_all_digits_have_the_documented_shapes_types_and_range(digits):
    assert digits.x_train.shape == (60_000, 784)
    assert digits.x_test.shape == (10_000, 784)
    assert digits.x_validation.shape == (0, 784)
    assert digits.x_train.dtype == np.float32
    assert digits.y_train.dtype == np.int64
    assert digits.x_train.min() == 0
    assert digits.x_train.max() == 1


def test_class_counts_are_those_of_mnist(digits):
    # Counts as published with the data set.
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(digits.y_train).tolist() == counts
    assert np.bincount(digits.y_test).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip


def test_images_hold_the_same_pixels_as_rows(digits):
    images = load_mnist(images=True)
    assert images.x_test.shape == (10_000, 28, 28, 1)
    np.testing.assert_array_equal(images.x_test.reshape(-1, 784), digits.x_test)


def test_splits_are_stratified_and_share_no_digit(digits):
    split = load_mnist(n_train=3000, n_validation=1000)
    share = np.bincount(digits.y_train) / 60_000
    for labels in (split.y_train, split.y_validation):
        assert np.abs(np.bincount(labels) - share * len(labels)).max() <= 2
    rows = {row.tobytes() for row in split.x_train}
    assert not rows & {row.tobytes() for row in split.x_validation}


def test_splits_hold_digits_of_the_training_set_in_its_order(digits):
    chosen = load_mnist(n_train=500, random_state=4)
    where = {row.tobytes(): index for index, row in enumerate(digits.x_train)}
    places = [where[row.tobytes()] for row in chosen.x_train]
    assert places == sorted(places)
    np.testing.assert_array_equal(digits.y_train[places], chosen.y_train)


def test_choice_depends_on_the_seed_and_on_nothing_else():
    first, again = load_mnist(n_train=100), load_mnist(n_train=100)
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert not np.array_equal(first.x_train, load_mnist(n_train=100, random_state=1).x_train)


def test_validation_does_not_depend_on_the_size_of_the_training_set():
    small, large = load_mnist(n_train=100, n_validation=50), load_mnist(n_validation=50)
    np.testing.assert_array_equal(small.x_validation, large.x_validation)


@pytest.mark.parametrize("name", ["x_train", "y_train", "x_validation", "x_test", "y_test"])
def test_arrays_are_read_only(name):
    array = getattr(load_mnist(n_train=20, n_validation=20), name)
    with pytest.raises(ValueError, match="read-only"):
        array += 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n_train": 60_001}, ValueError, "n_train=60001"),
        ({"n_train": 50_000, "n_validation": 20_000}, ValueError, "n_validation=20000"),
        ({"n_validation": 60_000}, ValueError, "share 60000"),
        ({"n_train": 9}, ValueError, "at least 10"),
        ({"n_validation": 3}, ValueError, "0 or at least 10"),
        ({"n_train": 1e4}, TypeError, "10000.0"),
        ({"n_train": True}, TypeError, "True"),
        ({"images": "yes"}, TypeError, "'yes'"),
        ({"random_state": -1}, ValueError, "random_state"),
    ],
)
def test_bad_arguments_are_named(arguments, error, words):
    with pytest.raises(error, match=words):
        load_mnist(**arguments)


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    content = bytearray((datasets.resources.files("ae_lib") / "data/mnist.npz").read_bytes())
    content[5_000_000] ^= 1
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mnist.npz").write_bytes(content)
    monkeypatch.setattr(datasets.resources, "files", lambda package: tmp_path)
    with pytest.raises(OSError, match=r"mnist.npz is damaged.*Expected SHA-256.*Received"):
        load_mnist()
