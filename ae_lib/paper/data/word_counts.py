"""Texts as counts of words: stems, the vocabulary, and counts estimated from stored weights."""

import collections
import re

import numpy as np


class Stems:
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
        """Return the stems of a text's words, in their order."""
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
