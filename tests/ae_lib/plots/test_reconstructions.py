"""Originals and reconstructions carry their errors, and what cannot be drawn is refused."""

import numpy as np
import pytest

from ae_lib import plot_reconstructions
from tests.ae_lib.plots.figures import images, texts


def test_reconstructions_carry_their_errors_in_the_papers_unit():
    x = images()
    fig = plot_reconstructions(x, {"grey": x * 0, "same": x}, errors={"same": 0.125})
    drawn = texts(fig)
    assert {"original", "same\n0.12", f"grey\nmean {np.mean((x**2).sum(axis=1)):.2f}"} <= drawn
    assert {f"{error:.1f}" for error in (x**2).sum(axis=1)} <= drawn
    assert "same, squared error 0.12" in fig.alt_text
    assert "on these images" in fig.alt_text
    assert len([ax for ax in fig.axes if ax.images]) == 12


def test_reconstructions_draw_the_pictures_they_were_given():
    x = images()
    fig = plot_reconstructions(x.reshape(-1, 28, 28, 1), {"half": x / 2})
    drawn = [ax.images[0].get_array() for ax in fig.axes]
    np.testing.assert_array_equal(drawn[0], x[0].reshape(28, 28))
    np.testing.assert_array_equal(drawn[-1], x[3].reshape(28, 28) / 2)
    assert all(ax.images[0].get_clim() == (0, 1) for ax in fig.axes)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((np.zeros((2, 783)), {"a": np.zeros((2, 783))}), ValueError, r"Received: \(2, 783\)"),
        ((np.zeros((2, 784)), {"a": np.zeros((3, 784))}), ValueError, "one shape"),
        ((np.zeros((13, 784)), {"a": np.zeros((13, 784))}), ValueError, "1 to 12"),
        ((np.zeros((2, 784)), {}), TypeError, "dict"),
        ((np.full((2, 784), np.nan), {"a": np.zeros((2, 784))}), ValueError, "finite"),
    ],
)
def test_reconstructions_name_what_is_wrong(arguments, error, words):
    with pytest.raises(error, match=words):
        plot_reconstructions(*arguments)


def test_reconstructions_refuse_an_error_of_a_method_that_is_not_there():
    with pytest.raises(ValueError, match="PCA"):
        plot_reconstructions(images(), {"same": images()}, errors={"PCA": 1.0})
