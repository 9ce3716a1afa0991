"""Words are counted as said, and counts come back from stored weights."""

import numpy as np

from ae_lib.paper.data.word_counts import count, counts_again, most_frequent
from tests.ae_lib.paper.data.stories import fake_stories


def test_words_are_the_most_frequent_ones_and_ties_go_by_the_alphabet():
    posts = [["b", "a", "c"], ["c", "a", "b"], ["c"]]
    vocabulary = most_frequent(posts, 2)
    assert vocabulary == {"c": 0, "a": 1}
    assert count([*posts, ["d"]], vocabulary).tolist() == [[1, 1], [1, 1], [1, 0], [0, 0]]


def test_counts_of_stories_come_back_where_a_word_occurs_once():
    stories, counts = fake_stories()
    again = counts_again(stories.data).toarray()
    once = (counts == 1).any(axis=1)
    assert once.mean() > 0.9
    np.testing.assert_array_equal(again[once], counts[once])
    assert (again <= counts).all()
