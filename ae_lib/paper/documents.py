"""Fig. 4: documents as counts of words, 2000-500-250-125-10 and -2, against LSA.

LSA is latent semantic analysis. The paper's corpus, RCV1-v2, has to be asked for from its owner;
scikit-learn's copy has weights in place of counts. The default corpus is therefore the 20
newsgroups, whose posts are public. Their headers, footers and quotes are left out, words are
stemmed, stop words dropped, and the 2000 stems most frequent in the training posts are counted. No
text is kept in any result.

Settings were chosen on a fifth of the training posts. With the counts themselves as input while the
whole network is trained, long posts drive all units to their ends, and the network learns the
training posts by heart: what helped most was an input as of posts of one length, half of whose
words are left out at random.

Each test document asks for the other test documents, nearest first, by the cosine between codes.
The measure is the share of those retrieved that are of its group; where documents have several
topics, the topics that two of them share, divided by the topics that either has.
"""

import collections
import dataclasses
import re
import time

import numpy as np

from ae_lib._keras import tf
from ae_lib.paper.networks import unrolled
from ae_lib.paper.run import describe
from ae_lib.paper.training import FineTuning, train, word_cross_entropy
from ae_lib.stack import Stack

# The record's one number is the share among this many; the shares for all numbers stand beside it.
N_RETRIEVED = 15
# Similarities held at a time: queries times documents.
_BLOCK_NUMBERS = 4_000_000
HEADER = {
    "unit": f"share of the {N_RETRIEVED} documents retrieved first that are of the query's group",
    # The paper shows curves and gives no number for them.
    "published": {},
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that decides the result beside seed and data.

    Parameters
    ----------
    layers : tuple of int
        Hidden units of the machines below the code.
    n_words : int
    validation_share : float
        Share of the training documents that is held out, only while settings are chosen.
    fine_tuning, fine_tuning_map : FineTuning
        For the code of ten numbers and for that of two.
    pretraining_epochs : int
    visible_learning_rate, learning_rate, code_learning_rate : float
        Of pretraining: of the machine that sees the counts, of those above it, of the code's.
    pretraining_batch_size : int
    input_length : float or None
        While the whole network is trained, and from then on, its input is the share of each word
        times this number, as if all documents had one length. None stands for the counts.
    dropped_words : float
        While the whole network is trained, each word of a document is left out of the input with
        this probability, and what remains is scaled up. The target stays whole.
    n_queries : int
        Most documents that ask; with more test documents these are the first ones.
    n_map : int
        Most documents on the maps.
    corpus : {"20newsgroups", "rcv1", "made_up"} or None
        None stands for the one that is asked for.
    """

    layers: tuple
    n_words: int
    validation_share: float
    fine_tuning: FineTuning
    fine_tuning_map: FineTuning
    pretraining_epochs: int = 50
    visible_learning_rate: float = 0.1
    learning_rate: float = 0.1
    code_learning_rate: float = 0.001
    pretraining_batch_size: int = 100
    input_length: float | None = None
    dropped_words: float = 0.0
    n_queries: int = 20_000
    n_map: int = 4000
    corpus: str | None = None


SETTINGS = {
    "paper": Settings(
        layers=(500, 250, 125),
        n_words=2000,
        validation_share=0.2,
        fine_tuning=FineTuning(epochs=30, batch_size=100),
        fine_tuning_map=FineTuning(epochs=30, batch_size=100),
        pretraining_epochs=20,
        code_learning_rate=0.01,
        input_length=50.0,
        dropped_words=0.5,
    ),
    "smoke": Settings(
        layers=(30, 20),
        n_words=200,
        validation_share=0.2,
        fine_tuning=FineTuning(epochs=2, batch_size=100),
        fine_tuning_map=FineTuning(epochs=2, batch_size=100),
        pretraining_epochs=2,
        corpus="made_up",
    ),
}


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


def run_experiment(run, corpus="20newsgroups"):
    """Run it: records, and the two maps as arrays.

    Records have the shares for all numbers retrieved as ``retrieved`` and ``accuracy``. On the
    two-dimensional maps neighbours are the nearest points, not those at the smallest angle. Arrays:
    ``map_autoencoder`` and ``map_lsa`` of shape (n, 2), float16, and ``labels``, which number the
    ``groups`` of the maps' records; ``epochs_*``: loss by epoch.

    Parameters
    ----------
    run : Run
    corpus : {"20newsgroups", "rcv1"}
        The preset ``"smoke"`` makes up documents of its own instead.

    Raises
    ------
    FileNotFoundError
        If the corpus is not in the run's ``data_home``.
    """
    settings = dataclasses.replace(run.settings, corpus=run.settings.corpus or corpus)
    run = dataclasses.replace(run, settings=settings)
    documents = load_corpus(run)
    records, arrays = _latent_semantic_analysis(run, documents)
    for method, n_code, tuning in (
        ("autoencoder_10", 10, settings.fine_tuning),
        ("autoencoder_2", 2, settings.fine_tuning_map),
    ):
        codes, history, seconds = _autoencoder(run, documents, n_code, tuning)
        records.append(_record(run, method, documents, codes, seconds))
        arrays |= {f"epochs_{method}_{name}": np.float32(v) for name, v in history.items()}
    arrays["map_autoencoder"] = codes[: settings.n_map].astype(np.float16)
    arrays["labels"] = documents.labels[: settings.n_map]
    return records, arrays


def _autoencoder(run, documents, n_code, tuning):
    """Train the network; return codes of the documents that ask, history and seconds."""
    settings = run.settings
    rates = {
        "n_iter": settings.pretraining_epochs,
        "batch_size": settings.pretraining_batch_size,
        "learning_rate": settings.learning_rate,
    }
    below = run.pretrain(
        documents.train, settings.layers, code="bernoulli", visible="multinomial",
        visible_learning_rate=settings.visible_learning_rate, **rates,
    )  # fmt: skip
    # Both codes stand on the same machines. Each has a folder, and so a checkpoint, of its own.
    own = dataclasses.replace(run, checkpoints=run.folder / f"code_{n_code}")
    code = own.pretrain(
        below.encode(documents.train), (n_code,),
        code_learning_rate=settings.code_learning_rate, **rates,
    )  # fmt: skip
    network = unrolled(Stack([*below.rbms, *code.rbms]))
    shares = documents.train / documents.train.sum(axis=1, keepdims=True)
    history, seconds = train(
        own, "fine_tuning", network, network_input(documents.train, settings.input_length), shares,
        tuning, word_cross_entropy,
        change=lambda rows, targets, seed: (dropped(rows, seed, settings.dropped_words), targets),
    )  # fmt: skip
    codes = network.encode(network_input(documents.asked, settings.input_length))
    return codes, history, below.seconds + code.seconds + seconds


def network_input(counts, length):
    """Return what the network sees: the counts, or the words' shares times a length."""
    if length is None:
        return counts
    return (counts * (length / counts.sum(axis=1, keepdims=True))).astype(np.float32)


def dropped(rows, seed, probability):
    """Set entries of rows to 0 at random, and scale the others up to the same mean."""
    if not probability:
        return rows
    kept = tf.random.stateless_uniform(tf.shape(rows), seed) >= probability
    return tf.where(kept, rows / (1 - probability), 0.0)


def _latent_semantic_analysis(run, documents):
    """Return the records of everything that is not trained, and the map.

    The classical weights, log(1 + count), come first; beside them the same with the inverse
    document frequency, and the counts themselves.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer

    records, arrays = [], {}
    logs = np.log1p(documents.train), np.log1p(documents.asked)
    idf = TfidfTransformer(sublinear_tf=True).fit(documents.train)
    weighted = idf.transform(documents.train), idf.transform(documents.asked)
    for suffix, sizes, (train_rows, asked_rows) in (
        ("", (2, 10, 50), logs),
        ("_tfidf", (10, 50), weighted),
    ):
        started = time.monotonic()
        svd = TruncatedSVD(max(sizes), random_state=0).fit(train_rows)
        codes = svd.transform(asked_rows)
        seconds = time.monotonic() - started
        for size in sizes:
            records.append(_record(run, f"lsa_{size}{suffix}", documents, codes[:, :size], seconds))
        if 2 in sizes:
            arrays["map_lsa"] = codes[: run.settings.n_map, :2].astype(np.float16)
    n_words = documents.train.shape[1]
    records.append(_record(run, f"counts_{n_words}", documents, documents.asked, 0.0))
    return records, arrays


def _record(run, method, documents, codes, seconds):
    """Return the record of one kind of code."""
    a_map = codes.shape[1] == 2
    retrieved, accuracy = retrieval_accuracy(
        codes, documents.topics, metric="euclidean" if a_map else "cosine",
        n_queries=run.settings.n_queries,
    )  # fmt: skip
    at = accuracy[retrieved.index(N_RETRIEVED)]
    return run.record(
        method, **{"validation" if run.choose else "test": at}, seconds=seconds,
        settings=describe(run.settings), retrieved=retrieved, accuracy=accuracy,
        n_documents=len(codes), **({"groups": documents.groups} if a_map else {}),
    )  # fmt: skip


def retrieval_accuracy(codes, topics, *, metric="cosine", n_queries=None):
    """Let documents ask for each other, and return how many of those retrieved are relevant.

    Two documents are as relevant to each other as the topics that they share, divided by the topics
    that either has: 1 or 0 where each has one topic. Documents at the same distance (to six digits)
    count as if their order were random, each of them the same: the order of the rows has no effect.

    Parameters
    ----------
    codes : ndarray of shape (n, n_code)
    topics : ndarray of shape (n, n_topics)
        1 where a document has a topic, else 0.
    metric : {"cosine", "euclidean"}
    n_queries : int, optional
        The first so many documents ask; all by default. All are retrieved.

    Returns
    -------
    retrieved : list of int
        1, 3, 7, 15 and so on, and at last all others, n - 1.
    accuracy : list of float
        Mean relevance of so many nearest documents, averaged over queries.

    Examples
    --------
    >>> codes = np.array([[1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0], [0.9, 0.2]])
    >>> topics = np.eye(2)[[0, 0, 1, 1, 1]]
    >>> retrieved, accuracy = retrieval_accuracy(codes, topics)
    >>> retrieved, np.round(accuracy, 2).tolist()
    ([1, 3, 4], [0.6, 0.47, 0.4])
    """
    n = len(codes)
    retrieved = [2**power - 1 for power in range(1, 31) if 2**power - 1 < n - 1] + [n - 1]
    codes = np.asarray(codes, np.float32)
    topics = np.asarray(topics, np.float32)
    n_topics = topics.sum(axis=1)
    if metric == "cosine":
        lengths = np.linalg.norm(codes, axis=1, keepdims=True)
        codes = codes / np.where(lengths > 0, lengths, 1)
    squares = np.square(codes).sum(axis=1)
    n_queries = min(n, n_queries or n)
    total = np.zeros(len(retrieved))
    block = max(1, _BLOCK_NUMBERS // n)
    for start in range(0, n_queries, block):
        asking = np.arange(start, min(start + block, n_queries))
        near = codes[asking] @ codes.T
        if metric == "euclidean":
            near = 2 * near - squares - squares[asking, None]
        shared = topics[asking] @ topics.T
        relevance = shared / np.maximum(n_topics + n_topics[asking, None] - shared, 1)
        near = np.round(near, 6)
        near[np.arange(len(asking)), asking] = -np.inf  # a document does not find itself
        total += _sums_over_nearest(near, relevance, retrieved)
    return retrieved, (total / n_queries).tolist()


def _sums_over_nearest(near, relevance, retrieved):
    """Return the mean relevance of the nearest k, summed over queries, for each k."""
    order = np.argsort(-near, axis=1)[:, :-1]
    near = np.take_along_axis(near, order, axis=1)
    relevance = np.take_along_axis(relevance, order, axis=1)
    # Documents that are equally near all get the mean relevance of their like.
    first = np.ones(near.shape, bool)
    first[:, 1:] = near[:, 1:] != near[:, :-1]
    starts = np.flatnonzero(first)
    sizes = np.diff(starts, append=first.size)
    means = np.add.reduceat(relevance.ravel(), starts, dtype=np.float64) / sizes
    sums = np.repeat(means, sizes).reshape(near.shape).cumsum(axis=1)
    return np.array([(sums[:, k - 1] / k).sum() for k in retrieved])


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
        return _fetched(
            fetch_20newsgroups, run, subset=subset, remove=("headers", "footers", "quotes")
        )

    posts = fetch("train")
    texts, targets, groups = posts.data, posts.target, list(posts.target_names)
    if run.choose:
        asked, kept = _held_out(len(texts), run.settings.validation_share)
        asked_texts, asked_targets = [texts[i] for i in asked], targets[asked]
        texts = [texts[i] for i in kept]
    else:
        posts = fetch("test")
        asked_texts, asked_targets = posts.data, posts.target
    stems = _Stems()
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

    stories = _fetched(fetch_rcv1, run, subset="all")
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


def counts_again(weights):
    """Estimate counts of words from cosine-normalised log tf-idf weights.

    A weight is (1 + log count) times the word's inverse document frequency (idf), times a factor
    that is the same in all of a story. The idf is taken from these documents themselves, as the log
    of their number divided by the number with the word; the factor from the smallest quotient of
    weight and idf in a story, which is taken for a word that occurs once. A story all of whose
    words occur several times gets counts that are too small. Counts above 100 are cut off.

    Parameters
    ----------
    weights : scipy.sparse.csr_matrix of shape (n, n_words)

    Returns
    -------
    scipy.sparse.csr_matrix of shape (n, n_words), float32
        Whole numbers.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> idf = np.log([3 / 2, 3 / 1, 3 / 1])
    >>> counts = np.array([[1, 4, 0], [2, 0, 1], [0, 0, 0]])
    >>> weights = (1 + np.log(np.maximum(counts, 1))) * (counts > 0) * idf
    >>> counts_again(csr_matrix(weights / 7)).toarray().astype(int).tolist()
    [[1, 4, 0], [2, 0, 1], [0, 0, 0]]
    """
    weights = weights.tocsr().astype(np.float64)
    weights.eliminate_zeros()
    n = weights.shape[0]
    with_word = np.bincount(weights.indices, minlength=weights.shape[1])
    idf = np.log(n / np.maximum(with_word, 1))
    # A word that is in every document has no idf; it cannot tell stories apart either.
    known = idf[weights.indices] > 0
    quotients = np.where(known, weights.data, 0) / np.where(known, idf[weights.indices], 1)
    row = np.repeat(np.arange(n), np.diff(weights.indptr))
    smallest = np.full(n, np.inf)
    np.minimum.at(smallest, row[known], quotients[known])
    logs = np.where(known, quotients / smallest[row], 1) - 1
    counts = weights.copy()
    counts.data = np.minimum(np.round(np.exp(np.minimum(logs, 10))), 100)
    return counts.astype(np.float32)


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


def _fetched(fetch, run, **arguments):
    """Return what a fetcher of scikit-learn finds on this computer."""
    try:
        return fetch(data_home=run.data_home, download_if_missing=False, **arguments)
    except OSError as error:
        place = "scikit-learn's folder" if run.data_home is None else run.data_home
        raise FileNotFoundError(
            f"the documents are not in {place}, and nothing is downloaded unasked. "
            f"sklearn.datasets.{fetch.__name__}(data_home=...) brings them; then name the same "
            "folder by --data-home"
        ) from error


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


class _Stems:
    """Cut a text into the stems of its words; stop words are left out."""

    def __init__(self):
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        try:
            import snowballstemmer
        except ImportError as error:
            raise ImportError(
                "the documents need a stemmer: pip install snowballstemmer"
            ) from error
        self._stop_words = ENGLISH_STOP_WORDS
        self._stem = snowballstemmer.stemmer("english").stemWord
        self._known = {}

    def __call__(self, text):
        stems = []
        for word in re.findall("[a-z]{2,}", text.lower()):
            if word in self._stop_words:
                continue
            if word not in self._known:
                self._known[word] = self._stem(word)
            stems.append(self._known[word])
        return stems


def most_frequent(documents, n_words):
    """Return the most frequent words of documents, given as lists of words, with a number each.

    Of words that are equally frequent, the first in the alphabet are taken.
    """
    totals = collections.Counter()
    for words in documents:
        totals.update(words)
    ranked = sorted(totals, key=lambda word: (-totals[word], word))[:n_words]
    return {word: number for number, word in enumerate(ranked)}


def count(documents, vocabulary):
    """Return how often each word of a vocabulary is in each document: (n, n_words), float32."""
    rows = []
    for words in documents:
        places = [vocabulary[word] for word in words if word in vocabulary]
        row = (
            np.bincount(places, minlength=len(vocabulary)) if places else np.zeros(len(vocabulary))
        )
        rows.append(row.astype(np.float32))
    return np.array(rows)
