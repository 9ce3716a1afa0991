r"""The likelihood of an RBM, by annealed importance sampling (AIS).

:math:`\log p(v) = -F(v) - \log Z`, and only :math:`Z`, a sum over all states, is out of reach. AIS
walks from an RBM without weights, whose :math:`Z_0` is a product, to the one in question, through
RBMs in between:

.. math:: p^*_\beta(v) = e^{((1 - \beta) a^0 + \beta a) \cdot v}
          \prod_j \left(1 + e^{\beta (b_j + \sum_i v_i w_{ij})}\right), \qquad
          \frac{Z}{Z_0} \approx \frac{1}{M} \sum_{m=1}^M
          \prod_k \frac{p^*_{\beta_{k}}(v_{k-1})}{p^*_{\beta_{k-1}}(v_{k-1})}

where each of :math:`M` chains takes a step of Gibbs sampling at every :math:`\beta_k`.

R. Salakhutdinov, I. Murray, "On the quantitative analysis of deep belief networks", ICML 2008,
https://doi.org/10.1145/1390156.1390266, section 4.1; R. M. Neal, "Annealed importance sampling",
Statistics and Computing 11 (2001), https://doi.org/10.1023/A:1008923215028.
"""

import functools
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ae_lib._keras import tf
from ae_lib._validation import check_integer
from ae_lib.rbm.data import check_data
from ae_lib.rbm.fitting import draw_seed
from ae_lib.rbm.formulas import Kinds, Parameters, gibbs_step, hidden_input
from ae_lib.rbm.training import INTEGER, MATRIX, PARAMETERS, VECTOR, built

BERNOULLI = Kinds("bernoulli", "bernoulli")


class Estimate(NamedTuple):
    """An estimate, and the interval that holds the true value in about 95 of 100 repetitions."""

    value: float
    low: float
    high: float


def log_partition(rbm, X=None, *, n_chains=100, n_steps=1000, random_state=None):
    r"""Estimate the logarithm of an RBM's normalising constant :math:`Z`.

    Parameters
    ----------
    rbm : RBM
        Trained, of Bernoulli units.
    X : array-like of shape (n, n_features), optional
        Data. The RBM without weights gets their mean pixel by pixel, from where the way is shorter
        than from the uniform distribution, which is the default.
    n_chains : int, default=100
        How many chains walk the way, at least 2. The interval gets narrower with their square root.
    n_steps : int, default=1000
        How many steps each of them takes. The more, the surer that chains reach all states which
        are probable. States that none has reached are missing from the estimate, which is then too
        low, and from its interval, which is too narrow: compare with ten times as many steps. Where
        few chains weigh more than all others, ``low`` falls to minus infinity.
    random_state : int, RandomState or None, default=None
        None draws from NumPy's global state.

    Returns
    -------
    Estimate
        In nats. The interval is that of the mean weight of the chains, 1.96 standard errors to both
        sides.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.
    sklearn.exceptions.NotFittedError
        If the RBM was not trained.

    Examples
    --------
    An RBM without weights and biases has :math:`Z = 2^{n + m}`.

    >>> import numpy as np
    >>> from ae_lib import RBM, log_partition
    >>> rbm = RBM(3, n_iter=0, batch_size=20, random_state=0).fit(np.zeros((20, 5)))
    >>> rbm.components_ = np.zeros((3, 5), np.float32)
    >>> rbm.intercept_visible_ = np.zeros(5, np.float32)
    >>> print(f"{log_partition(rbm, random_state=0).value / np.log(2):.3f}")
    8.000
    """
    _check_bernoulli(rbm)
    check_is_fitted(rbm)
    n_chains = check_integer(n_chains, "n_chains", minimum=2)
    n_steps = check_integer(n_steps, "n_steps", minimum=1)
    rng = check_random_state(random_state)
    learnt = (rbm.components_, rbm.intercept_visible_, rbm.intercept_hidden_)
    parameters = Parameters(*(tf.constant(array, tf.float32) for array in learnt))
    n_components, n_features = rbm.components_.shape
    base = np.zeros(n_features)
    if X is not None:
        X = check_data(rbm, X)
        # As if one picture more were all on, and one all off: no pixel is quite certain.
        share = (X.sum(axis=0, dtype=np.float64) + 1) / (len(X) + 2)
        base = np.log(share / (1 - share))
    v = rng.random((n_chains, n_features)) < 1 / (1 + np.exp(-base))
    log_weights = _compiled_walk()(
        tf.constant(v, tf.float32),
        tf.constant(base, tf.float32),
        parameters,
        tf.constant(n_steps, tf.int64),
        tf.constant(draw_seed(rng), tf.int64),
    )
    at_start = n_components * np.log(2) + np.logaddexp(0, base).sum()
    return _log_mean(np.asarray(log_weights, np.float64), at_start)


def log_likelihood(rbm, X, log_z):
    """Estimate the mean log-likelihood of binary data.

    Parameters
    ----------
    rbm : RBM
        Trained, of Bernoulli units.
    X : array-like of shape (n, n_features)
        Zeros and ones: what an RBM of Bernoulli units gives a probability to.
    log_z : Estimate
        Of :func:`log_partition`.

    Returns
    -------
    Estimate
        In nats per row. Its interval is about ``log_z`` alone: these rows are taken as they are.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, above all if ``X`` has other values than 0 and 1.
    sklearn.exceptions.NotFittedError
        If the RBM was not trained.

    Examples
    --------
    >>> import numpy as np
    >>> from ae_lib import RBM, log_likelihood, log_partition
    >>> X = np.eye(4)[np.arange(200) % 4]
    >>> rbm = RBM(8, n_iter=200, batch_size=20, learning_rate=0.1, random_state=0).fit(X)
    >>> log_z = log_partition(rbm, X, random_state=0)
    >>> print(f"{log_likelihood(rbm, X, log_z).value:.1f}, at best {np.log(1 / 4):.1f}")
    -1.4, at best -1.4
    """
    _check_bernoulli(rbm)
    X = check_data(rbm, X)
    if not np.isin(X, (0, 1)).all():
        odd = X[~np.isin(X, (0, 1))][0]
        raise ValueError(
            "X must hold zeros and ones: an RBM of Bernoulli units gives no probability to grey "
            f"pixels. Round them, or draw them. Received: {odd:.4g}"
        )
    energy = float(np.mean(rbm.free_energy(X), dtype=np.float64))
    return Estimate(-energy - log_z.value, -energy - log_z.high, -energy - log_z.low)


def _check_bernoulli(rbm):
    """Refuse kinds of units for which the formulas above do not hold."""
    if (rbm.visible, rbm.hidden) != BERNOULLI:
        raise ValueError(
            "The likelihood is estimated for Bernoulli units only. "
            f"Received: visible={rbm.visible!r}, hidden={rbm.hidden!r}"
        )


def between(base, parameters, beta):
    """Return the parameters of an RBM on the way, at ``beta`` from 0 to 1."""
    weights, visible_bias, hidden_bias = parameters
    return Parameters(beta * weights, (1 - beta) * base + beta * visible_bias, beta * hidden_bias)


def log_ratio(v, base, parameters, before, after):
    r"""Return :math:`\log p^*_{after}(v) - \log p^*_{before}(v)` of each row, shape (n,).

    Unit by unit, since the two logarithms themselves are much larger than their difference.
    """
    x = hidden_input(v, parameters) + parameters.hidden_bias
    of_hidden = tf.nn.softplus(after * x) - tf.nn.softplus(before * x)
    of_visible = (after - before) * tf.linalg.matvec(v, parameters.visible_bias - base)
    return of_visible + tf.reduce_sum(of_hidden, axis=1)


@functools.cache
def _compiled_walk():
    """Return the graph in which all chains walk from the base to the RBM.

    Of visible states, the base's biases, parameters, the number of steps and a seed; it returns the
    logarithm of each chain's weight.
    """

    @tf.function(jit_compile=True, input_signature=[MATRIX, VECTOR, PARAMETERS, INTEGER, INTEGER])
    def walk(v, base, parameters, n_steps, seed):
        log_weights = tf.zeros_like(v[:, 0])
        step = tf.constant(0, tf.int64)
        before = tf.constant(0.0)
        while step < n_steps:
            step += 1
            after = tf.cast(step, tf.float32) / tf.cast(n_steps, tf.float32)
            log_weights += log_ratio(v, base, parameters, before, after)
            now = between(base, parameters, after)
            v = gibbs_step(v, now, BERNOULLI, tf.stack([seed, 2 * step]))
            before = after
        return log_weights

    return built(walk)


def _log_mean(log_weights, offset):
    """Return the logarithm of the mean weight with its interval, ``offset`` added to all."""
    largest = log_weights.max()
    weights = np.exp(log_weights - largest)
    mean, margin = weights.mean(), 1.96 * weights.std(ddof=1) / np.sqrt(len(weights))
    with np.errstate(divide="ignore"):
        value, low, high = np.log([mean, max(mean - margin, 0.0), mean + margin])
    return Estimate(*(float(number + largest + offset) for number in (value, low, high)))
