"""Stories in the form of RCV1-v2, for tests."""

from types import SimpleNamespace

import numpy as np
from scipy.sparse import csr_matrix


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
