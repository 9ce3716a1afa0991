"""The corpora: posts of the 20 newsgroups, stories of RCV1-v2, and made-up documents."""

import dataclasses

import numpy as np

from ae_lib.paper.data.fetch import fetched
from ae_lib.paper.data.word_counts import Stems, count, counts_again, most_frequent


@dataclasses.dataclass(frozen=True)
class Corpus:
    """Documents to train on and to ask with, as counts.

    Parameters
    ----------
    train : ndarray of shape (n_train, n_words), float32
    asked : ndarray of shape (n, n_words), float32
        The test documents, or validation documents while settings are chosen.
    topics : ndarray of shape (n, n_topics), float32
        1 where a document of ``asked`` has a topic, else 0.
    groups : list of str
        Names of the colours on the map.
    labels : ndarray of shape (n,), uint8
        Colour of each document of ``asked``.
    """

    train: np.ndarray
    asked: np.ndarray
    topics: np.ndarray
    groups: list
    labels: np.ndarray


def load_corpus(run):
    """Return the documents of a run: while settings are chosen, no test document is read.

    Parameters
    ----------
    run : Run
        Its settings name the corpus.

    Returns
    -------
    Corpus
        Without documents that have none of the words.

    Raises
    ------
    FileNotFoundError
        If the corpus is not there. The message says how to get it.
    ValueError
        If there is no corpus of this name.
    """
    loaders = {"20newsgroups": _newsgroups, "rcv1": _stories, "made_up": _made_up}
    name = run.settings.corpus
    if name not in loaders:
        raise ValueError(f"corpus must be one of {', '.join(loaders)}. Received: {name!r}")
    return loaders[name](run)


def _newsgroups(run):
    """Return the posts of the 20 newsgroups, with scikit-learn's split by date."""
    from sklearn.datasets import fetch_20newsgroups

    def fetch(subset):
        return fetched(
            fetch_20newsgroups, "the documents", run.data_home, subset=subset,
            remove=("headers", "footers", "quotes"),
        )  # fmt: skip

    posts = fetch("train")
    texts, targets, groups = posts.data, posts.target, list(posts.target_names)
    if run.choose:
        asked, kept = _held_out(len(texts), run.settings.validation_share)
        asked_texts, asked_targets = [texts[i] for i in asked], targets[asked]
        texts = [texts[i] for i in kept]
    else:
        posts = fetch("test")
        asked_texts, asked_targets = posts.data, posts.target
    stems = Stems()
    words = [stems(text) for text in texts]
    vocabulary = most_frequent(words, run.settings.n_words)
    train_counts = count(words, vocabulary)
    asked_counts = count((stems(text) for text in asked_texts), vocabulary)
    return _without_empty(
        train_counts, asked_counts, np.eye(len(groups), dtype=np.float32)[asked_targets],
        groups, asked_targets,
    )  # fmt: skip


def _stories(run):
    """Return the stories of RCV1-v2, half of them to train on.

    scikit-learn's copy has (1 + log count) times the inverse document frequency, divided by the
    length of that vector. The counts cannot be had back from it exactly, see :func:`counts_again`.
    """
    from sklearn.datasets import fetch_rcv1

    stories = fetched(fetch_rcv1, "the documents", run.data_home, subset="all")
    order = np.random.default_rng(0).permutation(stories.data.shape[0])
    kept, asked = np.split(order, [len(order) // 2])
    if run.choose:
        validation, rest = _held_out(len(kept), run.settings.validation_share)
        kept, asked = kept[rest], kept[validation]
    counts = counts_again(stories.data)
    frequency = np.asarray(counts[kept].sum(axis=0)).ravel()
    chosen = np.sort(np.argsort(-frequency, kind="stable")[: run.settings.n_words])
    counts = counts[:, chosen]
    topics = stories.target[asked].toarray().astype(np.float32)
    # The maps of the paper have eight colours, whose choice is not told. These are the four topics
    # at the top of the tree; a story of several gets the first.
    names = list(stories.target_names)
    groups = [name for name in ("CCAT", "ECAT", "GCAT", "MCAT") if name in names] or names
    labels = topics[:, [names.index(name) for name in groups]].argmax(axis=1)
    return _without_empty(counts[kept].toarray(), counts[asked].toarray(), topics, groups, labels)


def _made_up(run):
    """Return documents drawn from topics: mixtures of a topic's words and of all words."""
    rng = np.random.default_rng(run.seed)
    n_topics, n_words = 6, run.settings.n_words
    of_topic = rng.dirichlet(np.full(n_words, 0.05), n_topics)
    of_all = rng.dirichlet(np.full(n_words, 0.5))

    def draw(n):
        labels = rng.integers(n_topics, size=n)
        lengths = rng.integers(5, 80, size=n)
        rows = [
            rng.multinomial(length, 0.5 * of_topic[label] + 0.5 * of_all)
            for label, length in zip(labels, lengths, strict=True)
        ]
        return np.array(rows, np.float32), labels

    train_counts, _ = draw(600)
    asked_counts, labels = draw(200)
    groups = [f"topic {number}" for number in range(n_topics)]
    topics = np.eye(n_topics, dtype=np.float32)[labels]
    return _without_empty(train_counts, asked_counts, topics, groups, labels)


def _held_out(n, share):
    """Return the places of validation documents and of the others; the same in every run."""
    order = np.random.default_rng(0).permutation(n)
    held_out, kept = np.split(order, [round(n * share)])
    return np.sort(held_out), np.sort(kept)


def _without_empty(train_counts, asked_counts, topics, groups, labels):
    """Return a corpus of the documents that have at least one of the words."""
    there = asked_counts.any(axis=1)
    return Corpus(
        train_counts[train_counts.any(axis=1)], asked_counts[there], topics[there],
        groups, labels[there].astype(np.uint8),
    )  # fmt: skip
