"""Documents are counted and split as said, and retrieval is measured as said."""

import dataclasses
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ae_lib.paper import documents
from ae_lib.paper.documents import (
    SETTINGS,
    count,
    counts_again,
    load_corpus,
    most_frequent,
    network_input,
    retrieval_accuracy,
)
from ae_lib.paper.run import Run


def make_run(tmp_path, *, preset="smoke", corpus=None, data_home=None, choose=False, **changes):
    settings = SETTINGS[preset]
    settings = dataclasses.replace(settings, corpus=corpus or settings.corpus, **changes)
    return Run(
        "documents", preset, 0, settings, tmp_path / "out", tmp_path / "checkpoints", data_home,
        choose=choose,
    )  # fmt: skip


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
    total = documents._sums_over_nearest
    sizes = []

    def watched(near, relevance, retrieved):
        sizes.append(len(near))
        return total(near, relevance, retrieved)

    monkeypatch.setattr(documents, "_sums_over_nearest", watched)
    monkeypatch.setattr(documents, "_BLOCK_NUMBERS", 50 * 7)
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


def test_words_are_the_most_frequent_ones_and_ties_go_by_the_alphabet():
    posts = [["b", "a", "c"], ["c", "a", "b"], ["c"]]
    vocabulary = most_frequent(posts, 2)
    assert vocabulary == {"c": 0, "a": 1}
    assert count([*posts, ["d"]], vocabulary).tolist() == [[1, 1], [1, 1], [1, 0], [0, 0]]


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


def fake_newsgroups(**arguments):
    """Posts of two groups; test posts have a word that is frequent in them alone."""
    assert arguments["download_if_missing"] is False
    assert arguments["remove"] == ("headers", "footers", "quotes")
    texts = {
        "train": ["Cats cat the running", "dogs dog dog", "12 !", "cats run"] * 5,
        "test": ["zebra zebra zebra cat", "the zebra", "dog running"] * 40,
    }[arguments["subset"]]
    target = np.arange(len(texts)) % 2
    return SimpleNamespace(data=texts, target=target, target_names=["one", "two"])


def test_stems_are_chosen_in_training_posts_alone_and_empty_posts_are_dropped(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("sklearn.datasets.fetch_20newsgroups", fake_newsgroups)
    corpus = load_corpus(make_run(tmp_path, corpus="20newsgroups", n_words=3))
    # cat 15, dog 15, run 10; "the" is a stop word, and numbers are no words.
    assert corpus.train[:3].tolist() == [[2, 0, 1], [0, 3, 0], [1, 0, 1]]
    assert corpus.train.shape == (15, 3)
    assert corpus.asked[:2].tolist() == [[1, 0, 0], [0, 1, 1]]
    assert corpus.asked.shape == (80, 3)
    assert corpus.labels[:4].tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(corpus.topics.argmax(axis=1), corpus.labels)


def test_while_settings_are_chosen_the_test_posts_are_not_read(tmp_path, monkeypatch):
    asked_for = []

    def watched(**arguments):
        asked_for.append(arguments["subset"])
        posts = fake_newsgroups(**arguments)
        # Each post has a word of its own: x, xx, xxx and so on.
        posts.data = ["x" * (number + 2) for number in range(20)]
        return posts

    monkeypatch.setattr("sklearn.datasets.fetch_20newsgroups", watched)
    held_out, kept = documents._held_out(20, 0.2)
    assert len(held_out) == 4
    assert sorted([*held_out, *kept]) == list(range(20))
    run = make_run(tmp_path, corpus="20newsgroups", n_words=100, choose=True)
    # No post is on both sides: none of the words asked for is known.
    assert load_corpus(run).asked.shape == (0, 16)
    assert asked_for == ["train"]


def fake_stories(n=60, n_words=30):
    """Stories in the form of RCV1-v2, and the counts behind them."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(rng.exponential(0.6, n_words), (n, n_words))
    counts[np.arange(n), rng.integers(n_words, size=n)] = 1
    with_word = (counts > 0).sum(axis=0)
    weights = (1 + np.log(np.maximum(counts, 1))) * (counts > 0) * np.log(n / with_word)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    topics = np.zeros((n, 5), np.uint8)
    topics[np.arange(n), rng.integers(4, size=n)] = 1
    topics[:, 4] = rng.random(n) < 0.5
    names = np.array(["CCAT", "ECAT", "GCAT", "MCAT", "C15"], dtype=object)
    stories = SimpleNamespace(
        data=csr_matrix(weights), target=csr_matrix(topics), target_names=names
    )
    return stories, counts


def test_counts_of_stories_come_back_where_a_word_occurs_once():
    stories, counts = fake_stories()
    again = counts_again(stories.data).toarray()
    once = (counts == 1).any(axis=1)
    assert once.mean() > 0.9
    np.testing.assert_array_equal(again[once], counts[once])
    assert (again <= counts).all()


def test_stories_are_halved_at_random_and_keep_all_their_topics(tmp_path, monkeypatch):
    stories, _ = fake_stories()

    def fetch(**arguments):
        assert arguments == {"data_home": None, "download_if_missing": False, "subset": "all"}
        return stories

    monkeypatch.setattr("sklearn.datasets.fetch_rcv1", fetch)
    corpus = load_corpus(make_run(tmp_path, corpus="rcv1", n_words=10))
    assert len(corpus.train) + len(corpus.asked) == 60
    assert corpus.train.shape[1] == corpus.asked.shape[1] == 10
    assert corpus.topics.sum(axis=1).max() == 2
    np.testing.assert_array_equal(corpus.topics[:, :4].argmax(axis=1), corpus.labels)
    assert corpus.groups == ["CCAT", "ECAT", "GCAT", "MCAT"]
    # The words are those most frequent in the half to train on.
    order = np.random.default_rng(0).permutation(60)
    totals = counts_again(stories.data).toarray()[order[:30]].sum(axis=0)
    np.testing.assert_array_equal(np.sort(corpus.train.sum(axis=0)), np.sort(totals)[-10:])

    choosing = load_corpus(make_run(tmp_path, corpus="rcv1", n_words=10, choose=True))
    assert len(choosing.train) + len(choosing.asked) == 30


@pytest.mark.parametrize(
    ("corpus", "fetcher"), [("20newsgroups", "fetch_20newsgroups"), ("rcv1", "fetch_rcv1")]
)
def test_missing_documents_are_not_downloaded_and_the_message_says_what_to_do(
    tmp_path, corpus, fetcher
):
    run = make_run(tmp_path, corpus=corpus, data_home=tmp_path / "empty")
    with pytest.raises(FileNotFoundError, match=rf"sklearn\.datasets\.{fetcher}.*--data-home"):
        load_corpus(run)


def test_a_corpus_that_is_not_known_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"corpus must be one of .*Received: 'bible'"):
        load_corpus(make_run(tmp_path, corpus="bible"))


@pytest.mark.slow
def test_a_run_gives_the_same_numbers_again_and_records_its_settings(tmp_path):
    records, arrays = documents.run_experiment(make_run(tmp_path / "one"))
    again, arrays_again = documents.run_experiment(make_run(tmp_path / "two"))
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


@pytest.mark.skipif("AE_DATA_HOME" not in os.environ, reason="AE_DATA_HOME names no data")
def test_the_real_posts_are_those_of_the_split_by_date(tmp_path):
    home = Path(os.environ["AE_DATA_HOME"])
    corpus = load_corpus(make_run(tmp_path, preset="paper", corpus="20newsgroups", data_home=home))
    assert corpus.train.shape[1] == corpus.topics.shape[1] * 100 == 2000
    # Of 18,846 posts some hundreds have none of the words.
    assert 18_000 < len(corpus.train) + len(corpus.asked) < 18_400
    assert corpus.train.max() > 1
    assert (corpus.train % 1 == 0).all()
    assert (corpus.train.sum(axis=1) > 0).all()
