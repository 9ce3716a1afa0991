"""Retrieval: documents ask for the documents whose codes are nearest; how many are relevant."""

import numpy as np

# Similarities held at a time: queries times documents.
_BLOCK_NUMBERS = 4_000_000


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
