"""The network's input is as said, and the experiment on documents repeats."""

import numpy as np
import pytest

from ae_lib.paper.experiments import documents
from ae_lib.paper.experiments.documents import network_input
from tests.ae_lib.paper.runs import documents_run


def test_the_networks_input_has_one_length_or_is_the_counts():
    counts = np.array([[1, 3], [10, 0]], np.float32)
    assert network_input(counts, None) is counts
    np.testing.assert_allclose(network_input(counts, 8.0), [[2, 6], [8, 0]])


def test_words_are_left_out_of_the_input_at_random_and_the_mean_stays():
    rows = np.ones((100, 200), np.float32)
    left = documents.dropped(rows, [0, 1], 0.25).numpy()
    assert set(np.unique(left)) == {np.float32(0), np.float32(1 / 0.75)}
    assert left.mean() == pytest.approx(1, abs=0.02)
    assert documents.dropped(rows, [0, 1], 0.0) is rows


@pytest.mark.slow
def test_a_run_gives_the_same_numbers_again_and_records_its_settings(tmp_path):
    records, arrays = documents.run_experiment(documents_run(tmp_path / "one"))
    again, arrays_again = documents.run_experiment(documents_run(tmp_path / "two"))
    assert [record["accuracy"] for record in records] == [record["accuracy"] for record in again]
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, arrays_again[name])
    methods = {record["method"]: record for record in records}
    assert set(methods) == {
        "autoencoder_10", "autoencoder_2", "lsa_2", "lsa_10", "lsa_50", "lsa_10_tfidf",
        "lsa_50_tfidf", "counts_200",
    }  # fmt: skip
    for record in records:
        assert record["settings"]["corpus"] == "made_up"
        assert record["settings"]["fine_tuning"]["epochs"] == 2
        assert record["validation"] is None
        assert record["test"] == record["accuracy"][record["retrieved"].index(15)]
        assert all(0 <= share <= 1 for share in record["accuracy"])
    # Made-up topics are easy: a topic's own words are half of each document.
    assert methods["lsa_10"]["test"] > 0.9
    assert len(methods["autoencoder_2"]["groups"]) == 6
    assert arrays["map_lsa"].shape == arrays["map_autoencoder"].shape == (len(arrays["labels"]), 2)
