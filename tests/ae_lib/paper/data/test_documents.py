"""Documents are divided as said, and nothing is downloaded."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ae_lib.paper.data import documents
from ae_lib.paper.data.documents import load_corpus
from ae_lib.paper.data.word_counts import counts_again
from tests.ae_lib.paper.data.stories import fake_stories
from tests.ae_lib.paper.runs import documents_run


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
    corpus = load_corpus(documents_run(tmp_path, corpus="20newsgroups", n_words=3))
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
    run = documents_run(tmp_path, corpus="20newsgroups", n_words=100, choose=True)
    # No post is on both sides: none of the words asked for is known.
    assert load_corpus(run).asked.shape == (0, 16)
    assert asked_for == ["train"]


def test_stories_are_halved_at_random_and_keep_all_their_topics(tmp_path, monkeypatch):
    stories, _ = fake_stories()

    def fetch(**arguments):
        assert arguments == {"data_home": None, "download_if_missing": False, "subset": "all"}
        return stories

    monkeypatch.setattr("sklearn.datasets.fetch_rcv1", fetch)
    corpus = load_corpus(documents_run(tmp_path, corpus="rcv1", n_words=10))
    assert len(corpus.train) + len(corpus.asked) == 60
    assert corpus.train.shape[1] == corpus.asked.shape[1] == 10
    assert corpus.topics.sum(axis=1).max() == 2
    np.testing.assert_array_equal(corpus.topics[:, :4].argmax(axis=1), corpus.labels)
    assert corpus.groups == ["CCAT", "ECAT", "GCAT", "MCAT"]
    # The words are those most frequent in the half to train on.
    order = np.random.default_rng(0).permutation(60)
    totals = counts_again(stories.data).toarray()[order[:30]].sum(axis=0)
    np.testing.assert_array_equal(np.sort(corpus.train.sum(axis=0)), np.sort(totals)[-10:])

    choosing = load_corpus(documents_run(tmp_path, corpus="rcv1", n_words=10, choose=True))
    assert len(choosing.train) + len(choosing.asked) == 30


@pytest.mark.parametrize(
    ("corpus", "fetcher"), [("20newsgroups", "fetch_20newsgroups"), ("rcv1", "fetch_rcv1")]
)
def test_missing_documents_are_not_downloaded_and_the_message_says_what_to_do(
    tmp_path, corpus, fetcher
):
    run = documents_run(tmp_path, corpus=corpus, data_home=tmp_path / "empty")
    with pytest.raises(FileNotFoundError, match=rf"sklearn\.datasets\.{fetcher}.*--data-home"):
        load_corpus(run)


def test_a_corpus_that_is_not_known_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"corpus must be one of .*Received: 'bible'"):
        load_corpus(documents_run(tmp_path, corpus="bible"))


@pytest.mark.skipif("AE_DATA_HOME" not in os.environ, reason="AE_DATA_HOME names no data")
def test_the_real_posts_are_those_of_the_split_by_date(tmp_path):
    home = Path(os.environ["AE_DATA_HOME"])
    corpus = load_corpus(
        documents_run(tmp_path, preset="paper", corpus="20newsgroups", data_home=home)
    )
    assert corpus.train.shape[1] == corpus.topics.shape[1] * 100 == 2000
    # Of 18,846 posts some hundreds have none of the words.
    assert 18_000 < len(corpus.train) + len(corpus.asked) < 18_400
    assert corpus.train.max() > 1
    assert (corpus.train % 1 == 0).all()
    assert (corpus.train.sum(axis=1) > 0).all()
