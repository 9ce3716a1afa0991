"""Retrieval is measured as said."""

import numpy as np

from ae_lib.paper import retrieval
from ae_lib.paper.retrieval import retrieval_accuracy


def brute_force(codes, topics, k):
    """Retrieve one by one; no two documents may be equally near."""
    shares = []
    for asking, code in enumerate(codes):
        cosines = codes @ code / np.linalg.norm(codes, axis=1) / np.linalg.norm(code)
        others = [i for i in np.argsort(-cosines) if i != asking][:k]
        overlap = [
            np.logical_and(topics[asking], topics[i]).sum()
            / np.logical_or(topics[asking], topics[i]).sum()
            for i in others
        ]
        shares.append(np.mean(overlap))
    return np.mean(shares)


def test_retrieval_agrees_with_documents_retrieved_one_by_one():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(40, 5))
    topics = (rng.random((40, 4)) < 0.4).astype(np.float32)
    topics[:, 0] = 1  # everything has a topic
    retrieved, accuracy = retrieval_accuracy(codes, topics)
    assert retrieved == [1, 3, 7, 15, 31, 39]
    np.testing.assert_allclose(accuracy, [brute_force(codes, topics, k) for k in retrieved])


def test_retrieval_in_blocks_is_that_in_one_piece(monkeypatch):
    rng = np.random.default_rng(1)
    codes, topics = rng.normal(size=(50, 3)), np.eye(4)[rng.integers(4, size=50)]
    whole = retrieval_accuracy(codes, topics)
    total = retrieval._sums_over_nearest
    sizes = []

    def watched(near, relevance, retrieved):
        sizes.append(len(near))
        return total(near, relevance, retrieved)

    monkeypatch.setattr(retrieval, "_sums_over_nearest", watched)
    monkeypatch.setattr(retrieval, "_BLOCK_NUMBERS", 50 * 7)
    in_blocks = retrieval_accuracy(codes, topics)
    assert sizes == [7] * 7 + [1]
    np.testing.assert_allclose(in_blocks[1], whole[1])


def test_equally_near_documents_count_as_in_random_order():
    # Four equal codes: whichever comes first, one of three others is of the first two's group.
    codes = np.ones((4, 2))
    topics = np.eye(2)[[0, 0, 1, 1]]
    for order in ([0, 1, 2, 3], [2, 0, 3, 1]):
        _, accuracy = retrieval_accuracy(codes, topics[order])
        np.testing.assert_allclose(accuracy, [1 / 3, 1 / 3])


def test_codes_that_are_zero_are_near_to_nothing_and_break_nothing():
    codes = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.1]])
    _, accuracy = retrieval_accuracy(codes, np.eye(2)[[1, 0, 0]])
    np.testing.assert_allclose(accuracy, [2 / 3, 1 / 3])


def test_on_a_map_the_nearest_point_counts_not_the_smallest_angle():
    codes = np.array([[1.0, 1.0], [9.0, 9.0], [1.0, 1.2], [9.0, 9.5]])
    topics = np.eye(2)[[0, 1, 0, 1]]
    assert retrieval_accuracy(codes, topics, metric="euclidean")[1][0] == 1
    assert retrieval_accuracy(codes, topics)[1][0] < 1


def test_the_first_documents_ask_and_all_are_retrieved():
    codes = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.1, 1.0]])
    topics = np.eye(2)[[0, 1, 0, 0]]
    assert retrieval_accuracy(codes, topics, n_queries=1)[1][0] == 1
    assert retrieval_accuracy(codes, topics)[1][0] == 0.5
