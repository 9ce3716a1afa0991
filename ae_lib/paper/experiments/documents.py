"""Fig. 4: documents as counts of words, 2000-500-250-125-10 and -2, against LSA.

LSA is latent semantic analysis. The paper's corpus, RCV1-v2, has to be asked for from its owner;
scikit-learn's copy has weights in place of counts. The default corpus is therefore the 20
newsgroups, whose posts are public. Their headers, footers and quotes are left out, words are
stemmed, stop words dropped, and the 2000 stems most frequent in the training posts are counted. No
text is kept in any result.

Settings were chosen on a fifth of the training posts. With the counts themselves as input while the
whole network is trained, long posts drive all units to their ends, and the network overfits: what
helped most was an input as of posts of one length, half of whose words are left out at random.

Each test document asks for the other test documents, nearest first, by the cosine between codes.
The measure is the share of those retrieved that are of its group; where documents have several
topics, the topics that two of them share, divided by the topics that either has.
"""

import dataclasses
import time

import numpy as np

from ae_lib._keras import tf
from ae_lib.paper.data.documents import load_corpus
from ae_lib.paper.networks import unrolled
from ae_lib.paper.retrieval import retrieval_accuracy
from ae_lib.paper.run import describe
from ae_lib.paper.training import FineTuning, train, word_cross_entropy
from ae_lib.stack import Stack

# The record's one number is the share among this many; the shares for all numbers stand beside it.
N_RETRIEVED = 15
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
        Hidden units of the RBMs below the code.
    n_words : int
    validation_share : float
        Share of the training documents that is held out, only while settings are chosen.
    fine_tuning, fine_tuning_map : FineTuning
        For the ten-dimensional code and for the two-dimensional one.
    pretraining_epochs : int
    visible_learning_rate, learning_rate, code_learning_rate : float
        Of pretraining: of the RBM that sees the counts, of those above it, of the code's.
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
    # Both codes stand on the same RBMs. Each has a folder, and so a checkpoint, of its own.
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
