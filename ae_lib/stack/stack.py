"""RBMs trained on top of each other: from the data to the code, and back."""

import dataclasses
import itertools
import math

from sklearn.utils.validation import check_is_fitted

from ae_lib.rbm import RBM


@dataclasses.dataclass(frozen=True, eq=False)
class Stack:
    """Restricted Boltzmann machines trained on top of each other, from the data to the code.

    Parameters
    ----------
    rbms : sequence of RBM
        Fitted RBMs. Each has as many visible units as the one before it has hidden units, and all
        units between two RBMs are Bernoulli units.
    seconds : float, default=nan
        How long they were trained; NaN if that is not known.

    Attributes
    ----------
    rbms : tuple of RBM
        The first one sees the data.
    seconds : float
        As above.
    sizes : tuple of int
        Number of units of each layer, from the data to the code: one more than there are RBMs.

    Raises
    ------
    TypeError, ValueError
        If there is no RBM, something else than an RBM, or two RBMs do not fit together.
    sklearn.exceptions.NotFittedError
        If an RBM is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from ae_lib import pretrain
    >>> x = np.random.default_rng(0).random((100, 6)).astype(np.float32)
    >>> stack = pretrain(x, [4, 2], n_iter=1, random_state=0)
    >>> stack.sizes
    (6, 4, 2)
    >>> codes = stack.encode(x)
    >>> codes.shape, stack.decode(codes).shape
    ((100, 2), (100, 6))
    """

    rbms: tuple
    seconds: float = dataclasses.field(default=math.nan, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "rbms", tuple(self.rbms))
        _check_fits_together(self.rbms)

    @property
    def sizes(self):
        """Number of units of each layer, from the data to the code."""
        return (self.rbms[0].n_features_in_, *(len(rbm.components_) for rbm in self.rbms))

    def encode(self, x):
        """Pass data up through all RBMs. Every unit takes its mean: nothing is sampled.

        Parameters
        ----------
        x : array-like of shape (n, n_visible)
            Data as the first RBM was trained on.

        Returns
        -------
        ndarray of shape (n, n_code), float32
            Means of the last RBM's hidden units.

        Raises
        ------
        TypeError, ValueError
            If the data are not what the first RBM can take.
        """
        for rbm in self.rbms:
            x = rbm.transform(x)
        return x

    def decode(self, codes):
        """Pass codes down through all RBMs. Every unit takes its mean: nothing is sampled.

        Parameters
        ----------
        codes : array-like of shape (n, n_code)

        Returns
        -------
        ndarray of shape (n, n_visible), float32
            Means of the first RBM's visible units; of multinomial ones, probabilities.

        Raises
        ------
        TypeError, ValueError
            If the codes are not finite numbers or have another number of columns.
        """
        for rbm in reversed(self.rbms):
            codes = rbm.inverse_transform(codes)
        return codes


def _check_fits_together(rbms):
    """Say why RBMs are not a stack, if they are not."""
    if not rbms:
        raise ValueError("A stack needs at least one RBM. Received: none")
    for rbm in rbms:
        if not isinstance(rbm, RBM):
            raise TypeError(f"A stack is made of RBM objects. Received: {type(rbm).__name__}")
        check_is_fitted(rbm)
    for number, (below, above) in enumerate(itertools.pairwise(rbms), start=1):
        if len(below.components_) != above.n_features_in_:
            raise ValueError(
                f"RBM {number} must have as many hidden units as RBM {number + 1} has "
                f"visible ones. Received: {len(below.components_)} and {above.n_features_in_}"
            )
        if (below.hidden, above.visible) != ("bernoulli", "bernoulli"):
            raise ValueError(
                f"Units between RBMs {number} and {number + 1} must be Bernoulli units of "
                f"both. Received: hidden={below.hidden!r} and visible={above.visible!r}"
            )
