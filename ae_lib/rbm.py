"""The restricted Boltzmann machine as a scikit-learn estimator."""

import math
import numbers
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ae_lib import _rbm_math
from ae_lib._rbm_math import Kinds, Parameters
from ae_lib._rbm_training import compiled_gibbs, compiled_training
from ae_lib._validation import check_finite, check_integer, check_real
from ae_lib.progress import epoch_bar

VISIBLE_KINDS = ("bernoulli", "gaussian", "multinomial")
HIDDEN_KINDS = ("bernoulli", "gaussian")

# Standard deviation of the first weights; the class says why.
_FIRST_WEIGHTS = 0.1
# A logistic unit is as good as certain at an input of 20. No sound training has weights like this.
_LARGEST_WEIGHT = 100.0
# A hundredth of the step between two of 256 grey values: rounding adds no more to scaled data.
_ROUNDING = 1 / 25_500
# Rows handed to TensorFlow at a time. TensorFlow copies what it is handed, so not the whole data.
_BLOCK_ROWS = 2000


class RBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    r"""A restricted Boltzmann machine, trained by contrastive divergence.

    Visible units :math:`v` hold the data, hidden units :math:`h` the features; each visible unit
    is connected with each hidden one. For units of two states the energy is

    .. math:: E(v, h) = -\sum_i a_i v_i - \sum_j b_j h_j - \sum_{ij} v_i w_{ij} h_j

    (Hinton & Salakhutdinov 2006, eq. 1), and a picture has the probability
    :math:`p(v) = \sum_h e^{-E(v, h)} / Z`. Training follows that paper's eq. 2 and its program:
    hidden units are sampled, the reconstruction and all statistics are probabilities, and

    .. math:: \Delta w_{ij} \leftarrow m \, \Delta w_{ij} + \epsilon \, (\langle v_i h_j
              \rangle_{data} - \langle v_i h_j \rangle_{recon} - \lambda \, w_{ij}),

    with learning rate :math:`\epsilon`, momentum :math:`m` and weight decay :math:`\lambda`; the
    same without decay for the biases. Averages are over the mini-batch.

    Parameters
    ----------
    n_components : int, default=256
        Number of hidden units.
    learning_rate : float, default=0.1
        Above 0. Gaussian units need a smaller one, about 0.001: nothing bounds their values, so
        that a step that is too large makes the next one larger (Hinton 2010, section 13.2).
    momentum : float or sequence of float, default=(0.5, 0.5, 0.5, 0.5, 0.5, 0.9)
        From 0 to below 1. A sequence has one value per epoch, of which the last goes on: the
        default is the paper's 0.5 for five epochs and 0.9 then.
    weight_decay : float, default=0.0002
        At least 0. For weights only, not for biases.
    batch_size : int, default=100
        Rows in a mini-batch. Where rows are left over, the last mini-batch is smaller and its step
        is smaller in proportion, so that every row counts the same. If :meth:`fit` gets fewer rows
        than this, they are one mini-batch, with a warning and a whole step.
    n_iter : int, default=10
        Epochs, passes over the data. 0 leaves the machine as it is before training.
    n_steps : int, default=1
        Steps of Gibbs sampling behind each gradient, the k of CD-k.
    persistent : bool, default=False
        Let the sampling go on from one mini-batch to the next (Tieleman 2008), with
        ``batch_size`` chains, instead of starting at the data each time. The chains have to keep up
        with the weights: take little or no momentum, or a smaller rate. Not for multinomial units,
        since documents of each length have a distribution of their own.
    visible : {"bernoulli", "gaussian", "multinomial"}, default="bernoulli"
        Kind of the visible units; see Notes.
    hidden : {"bernoulli", "gaussian"}, default="bernoulli"
        Kind of the hidden units. Gaussian ones are the paper's linear code units: while training
        they carry noise of variance 1. Not together with Gaussian visible units: with weights that
        are large enough, the energy of such a machine has no lower bound and Z is infinite (Hinton
        2010, section 13.3).
    random_state : int, RandomState or None, default=None
        Of the first weights, the order of the rows and the sampling. The same number gives
        bitwise the same machine on the same computer. None draws from NumPy's global state.
    verbose : int, default=0
        1 shows a progress bar over epochs, unless the environment variable ``AE_PROGRESS`` is 0.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features), float32
        The weights, a row for each hidden unit.
    intercept_hidden_ : ndarray of shape (n_components,), float32
        Biases of the hidden units.
    intercept_visible_ : ndarray of shape (n_features,), float32
        Biases of the visible units.
    reconstruction_error_ : list of float
        For each epoch the squared error per row between data and reconstruction, as seen while
        training. Training does not minimise it: it falls while the machine learns, and a smaller
        one is not always a better machine.
    n_iter_ : int
        Epochs behind the machine.
    batch_size_ : int
        Rows in a mini-batch when training began: ``batch_size``, or the rows of :meth:`fit` if they
        were fewer.
    n_features_in_ : int
        Number of visible units.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if the data had any.

    Notes
    -----
    *Kinds of visible units.* Bernoulli: values from 0 to 1, probabilities of ink; what lies outside
    by rounding counts as 0 or 1. Gaussian: real
    numbers with variance 1 given the hidden units, so the data has to be standardised;
    :math:`\sum_i (v_i - a_i)^2 / 2` stands for :math:`-\sum_i a_i v_i` in the energy. Multinomial:
    counts :math:`n_i` of a document's words drive the hidden units,
    :math:`p(h_j = 1) = \sigma(b_j + \sum_i n_i w_{ij})`, and the hidden units give a softmax
    distribution over words. The hidden bias is not multiplied by the document's length :math:`N`
    (the replicated softmax of 2009 does that). The energy is the one above with n for v, and
    learning follows the mean of :math:`\log p(n \mid N) / N`, the log-likelihood per word.

    *What CD-1 follows.* The reconstruction is made of means, not of samples. This keeps noise low
    and works well, but it is not the exact gradient. With ``n_steps`` above 1, or ``persistent``,
    visible units are sampled too; the gradient then tends to the exact one as the number of steps
    grows (or the learning rate falls), and it is noisier.

    *First weights* are normal with standard deviation 0.1, biases 0, as in the paper's program.
    Hinton (2010), section 8, advises 0.01 in general; but linear code units, which learn at a small
    rate, then take many epochs to leave the neighbourhood of 0.

    *No ``score_samples``.* The likelihood needs Z, which cannot be computed for more than some
    20 units. scikit-learn's ``BernoulliRBM`` offers a pseudo-likelihood instead; it is made for
    pixels that are 0 or 1, it is random, and it misleads when machines of different sizes are
    compared. To see overfitting, compare the mean :meth:`free_energy` of training rows with that of
    held-out rows: Z drops out (Hinton 2010, section 6).

    *Memory.* A float32 array in C order is used as it is; beside the data there are some
    mini-batches and a few arrays of the weights' size.

    References
    ----------
    G. E. Hinton, "Training products of experts by minimizing contrastive divergence", Neural
    Computation 14 (2002), https://doi.org/10.1162/089976602760128018.

    G. E. Hinton, R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
    Science 313 (2006), https://doi.org/10.1126/science.1127647, and its supporting material.

    T. Tieleman, "Training restricted Boltzmann machines using approximations to the likelihood
    gradient", ICML 2008, https://doi.org/10.1145/1390156.1390290.

    G. E. Hinton, "A practical guide to training restricted Boltzmann machines", University of
    Toronto, UTML TR 2010-003 (2010), https://doi.org/10.1007/978-3-642-35289-8_32.

    Examples
    --------
    >>> from ae_lib import load_mnist
    >>> digits = load_mnist(n_train=500).x_train
    >>> rbm = RBM(50, n_iter=3, random_state=0).fit(digits)
    >>> codes = rbm.transform(digits)
    >>> codes.shape, rbm.inverse_transform(codes).shape
    ((500, 50), (500, 784))
    >>> rbm.reconstruction_error_[0] > rbm.reconstruction_error_[-1]
    True
    """

    # What stands in front of the progress bar. A stack of machines says which layer it is.
    _description = "RBM"

    def __init__(
        self,
        n_components=256,
        *,
        learning_rate=0.1,
        momentum=(0.5, 0.5, 0.5, 0.5, 0.5, 0.9),
        weight_decay=0.0002,
        batch_size=100,
        n_iter=10,
        n_steps=1,
        persistent=False,
        visible="bernoulli",
        hidden="bernoulli",
        random_state=None,
        verbose=0,
    ):
        self.n_components = n_components
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.n_iter = n_iter
        self.n_steps = n_steps
        self.persistent = persistent
        self.visible = visible
        self.hidden = hidden
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y=None):
        """Train a new machine, in ``n_iter`` passes over the shuffled rows.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
            Data, as ``visible`` says: from 0 to 1; standardised; or counts.
        y : None
            Ignored.

        Returns
        -------
        RBM
            The machine itself.

        Raises
        ------
        TypeError, ValueError
            If a setting or the data is not what it should be; nothing was computed yet.
        FloatingPointError
            If training diverges.

        Warns
        -----
        UserWarning
            If Gaussian visible units get data that is not standardised, or if there are fewer rows
            than ``batch_size``.

        Notes
        -----
        If training is stopped, by divergence or from the keyboard, the machine is as it was after
        the last whole epoch. If there was none, and if the call was refused, it is what it was
        before the call: a trained machine stays trained.
        """
        before = vars(self).copy()
        trained = False
        try:
            momentum = self._check_settings()
            X = self._check_training_data(X, reset=True)
            batch_size = self._reduced_batch_size(len(X))
            self._start(X.shape[1], batch_size)
            with epoch_bar(self._description, self.n_iter, shown=bool(self.verbose)) as bar:
                for epoch in range(self.n_iter):
                    order = np.random.default_rng([self._seed, epoch]).permutation(len(X))
                    self._train_epoch(X, order, momentum, batch_size)
                    trained = True
                    bar.set_postfix(error=f"{self.reconstruction_error_[-1]:.4f}", refresh=False)
                    bar.update()
        except BaseException:
            if not trained:
                self._put_back(before)
            raise
        return self

    def partial_fit(self, X, y=None):
        """Train for one more pass over the rows in the order given.

        The first call makes a new machine. Momentum follows its schedule, and momentum and
        persistent chains go on, from call to call.

        A chunk may have any number of rows. It is cut into mini-batches of ``batch_size``; what is
        left over, or a chunk that is smaller, is a smaller mini-batch, whose step is smaller in
        proportion. So every row counts the same, however the data is cut into chunks.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
            Data. Where its order has a meaning (sorted by class, for example), shuffle it.
        y : None
            Ignored.

        Returns
        -------
        RBM
            The machine itself.

        Raises
        ------
        TypeError, ValueError, FloatingPointError
            As :meth:`fit`.

        Warns
        -----
        UserWarning
            If Gaussian visible units get data that is not standardised.

        Notes
        -----
        If the pass is refused or stopped, the machine is what it was before the call.
        """
        before = vars(self).copy()
        try:
            momentum = self._check_settings()
            first = not hasattr(self, "components_")
            X = self._check_training_data(X, reset=first)
            if first:
                self._start(X.shape[1], self.batch_size)
            batch_size = self.batch_size_ if self.persistent else self.batch_size
            self._train_epoch(X, None, momentum, batch_size)
        except BaseException:
            self._put_back(before)
            raise
        return self

    def transform(self, X):
        r"""Return the mean of the hidden units: probabilities, or the linear code.

        :math:`p(h_j = 1 \mid v) = \sigma(b_j + \sum_i v_i w_{ij})` (Hinton 2010, eq. 7); for
        Gaussian hidden units without the logistic function.

        Parameters
        ----------
        X : array-like of shape (n, n_features)

        Returns
        -------
        ndarray of shape (n, n_components), float32

        Raises
        ------
        TypeError, ValueError
            If the data is not what it should be.
        sklearn.exceptions.NotFittedError
            If the machine was not trained.
        """
        X = self._check_data(X)
        parameters, kinds = self._parameters(), self._kinds()
        return _by_blocks(lambda v: _rbm_math.hidden_mean(v, parameters, kinds), X)

    def inverse_transform(self, H):
        r"""Return the mean of the visible units given hidden ones.

        :math:`p(v_i = 1 \mid h) = \sigma(a_i + \sum_j h_j w_{ij})` (Hinton 2010, eq. 8), for
        Gaussian units without the logistic function; for multinomial ones with a softmax, which
        gives the words' probabilities.

        Parameters
        ----------
        H : array-like of shape (n, n_components)
            States or means of the hidden units; from 0 to 1 for Bernoulli units.

        Returns
        -------
        ndarray of shape (n, n_features), float32

        Raises
        ------
        TypeError, ValueError
            If ``H`` is not what it should be.
        sklearn.exceptions.NotFittedError
            If the machine was not trained.
        """
        check_is_fitted(self)
        H = check_finite(H, "H", ndim=2)
        if H.shape[1] != len(self.components_):
            raise ValueError(
                f"H must have {len(self.components_)} columns, one for each hidden unit. "
                f"Received: shape {H.shape}"
            )
        if self.hidden == "bernoulli":
            H = _within_unit_interval(H, "H")
        parameters, kinds = self._parameters(), self._kinds()
        return _by_blocks(lambda h: _rbm_math.visible_mean(h, parameters, kinds, 1.0), H)

    def gibbs(self, v, n_steps=1, random_state=None):
        """Sample visible units by Gibbs sampling that starts at given ones.

        In each step all hidden units are sampled given the visible ones, and then all visible
        ones given those. After many steps the result is a sample from the machine's own
        distribution (Hinton 2010, section 2).

        Parameters
        ----------
        v : array-like of shape (n, n_features)
            Where the n chains start. Documents keep their lengths.
        n_steps : int, default=1
            At least 1.
        random_state : int, RandomState or None, default=None
            None draws from NumPy's global state.

        Returns
        -------
        ndarray of shape (n, n_features), float32
            Sampled states, not means: zeros and ones, real numbers, or counts.

        Raises
        ------
        TypeError, ValueError
            If an argument is not what it should be.
        sklearn.exceptions.NotFittedError
            If the machine was not trained.
        """
        v = self._check_data(v)
        n_steps = check_integer(n_steps, "n_steps", minimum=1)
        rng = check_random_state(random_state)
        parameters, sampling = self._parameters(), compiled_gibbs(self._kinds())
        return _by_blocks(lambda rows: sampling(rows, parameters, n_steps, _draw_seed(rng)), v)

    def free_energy(self, X):
        r"""Return the free energy of each row.

        :math:`F(v) = -\log \sum_h e^{-E(v, h)}`, so that :math:`p(v) = e^{-F(v)} / Z`; for
        Bernoulli units :math:`F(v) = -\sum_i a_i v_i - \sum_j \log(1 + e^{b_j + \sum_i v_i
        w_{ij}})` (Hinton 2010, section 16.1). For Gaussian hidden units the sum is an integral.

        Parameters
        ----------
        X : array-like of shape (n, n_features)

        Returns
        -------
        ndarray of shape (n,), float32

        Raises
        ------
        TypeError, ValueError
            If the data is not what it should be.
        sklearn.exceptions.NotFittedError
            If the machine was not trained.
        """
        X = self._check_data(X)
        parameters, kinds = self._parameters(), self._kinds()
        return _by_blocks(lambda v: _rbm_math.free_energy(v, parameters, kinds), X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    @property
    def _n_features_out(self):
        """The number of hidden units, by scikit-learn's name for it."""
        return len(self.components_)

    def _kinds(self):
        return Kinds(self.visible, self.hidden)

    def _parameters(self):
        """Return weights and biases as they stand in the public attributes."""
        return Parameters(
            np.asarray(self.components_, np.float32),
            np.asarray(self.intercept_visible_, np.float32),
            np.asarray(self.intercept_hidden_, np.float32),
        )

    def _put_back(self, before):
        """Make the machine again what it was."""
        self.__dict__ = before

    def _start(self, n_features, batch_size):
        """Make a machine that has learnt nothing."""
        rng = check_random_state(self.random_state)
        shape = (n_features, self.n_components)
        weights = rng.normal(0, _FIRST_WEIGHTS, shape).astype(np.float32)
        self.components_ = np.ascontiguousarray(weights.T)
        self.intercept_visible_ = np.zeros(n_features, np.float32)
        self.intercept_hidden_ = np.zeros(self.n_components, np.float32)
        self.n_iter_ = 0
        self.reconstruction_error_ = []
        self._seed = _draw_seed(rng)
        self._n_batches = 0
        self._velocity = Parameters(*(np.zeros_like(value) for value in self._parameters()))
        self.batch_size_, self._batch_size_asked = batch_size, self.batch_size
        n_chains = batch_size if self.persistent else 0
        self._chain = np.zeros((n_chains, self.n_components), np.float32)

    def _train_epoch(self, X, order, momentum, batch_size):
        """Train on all rows once, in an order or as they are; keep the result if it is sound."""
        train = compiled_training(self._kinds(), self.n_steps, self.persistent)
        state = self._parameters(), self._velocity, self._chain
        done, error = self._n_batches, 0.0
        for batches, n_batches in _mini_batches(X, order, batch_size):
            *state, block_error = train(
                batches,
                n_batches,
                *state,
                # By the batch size even for a last mini-batch that is smaller: every row counts
                # the same.
                self.learning_rate / batch_size,
                momentum[min(self.n_iter_, len(momentum) - 1)],
                self.learning_rate * self.weight_decay,
                self._seed,
                done,
            )
            done += n_batches
            error += float(block_error)

        parameters, velocity = (Parameters(*map(np.array, group)) for group in state[:2])
        self._check_soundness(parameters)
        # All at once, so that an interruption finds the machine before or after the epoch.
        vars(self).update(
            components_=parameters.weights,
            intercept_visible_=parameters.visible_bias,
            intercept_hidden_=parameters.hidden_bias,
            reconstruction_error_=[*self.reconstruction_error_, error / len(X)],
            n_iter_=self.n_iter_ + 1,
            _velocity=velocity,
            _chain=np.array(state[2]),
            _n_batches=done,
        )

    def _check_soundness(self, parameters):
        """Raise an error if training has left the range of sound numbers."""
        largest = np.max([np.abs(value).max() for value in parameters])
        if largest <= _LARGEST_WEIGHT:  # not so for NaN
            return
        found = "NaN or infinity"
        if np.isfinite(largest):
            found = f"a weight or bias of size {largest:.3g}"
        raise FloatingPointError(
            f"Training diverged in epoch {self.n_iter_ + 1}: found {found}. Try a smaller "
            f"learning_rate (received: {self.learning_rate}; Gaussian units need about 0.001), and "
            "look at the range of the data"
        )

    def _check_settings(self):
        """Check all settings and return momentum as a list with at least one value."""
        check_integer(self.n_components, "n_components", minimum=1)
        check_integer(self.batch_size, "batch_size", minimum=1)
        check_integer(self.n_iter, "n_iter", minimum=0)
        check_integer(self.n_steps, "n_steps", minimum=1)
        if check_real(self.learning_rate, "learning_rate") <= 0:
            raise ValueError(f"learning_rate must be above 0. Received: {self.learning_rate}")
        if check_real(self.weight_decay, "weight_decay") < 0:
            raise ValueError(f"weight_decay must be at least 0. Received: {self.weight_decay}")
        if not isinstance(self.verbose, numbers.Integral):
            raise TypeError(f"verbose must be 0 or 1. Received: {self.verbose!r}")
        self._check_kinds()
        schedule = np.atleast_1d(self.momentum).tolist()
        if not schedule:
            raise ValueError("momentum must have at least one value. Received: none")
        for value in schedule:
            if not 0 <= check_real(value, "momentum") < 1:
                raise ValueError(f"momentum must be at least 0 and below 1. Received: {value}")
        return schedule

    def _check_kinds(self):
        """Check the kinds of units, and that they go together."""
        for name, allowed in (("visible", VISIBLE_KINDS), ("hidden", HIDDEN_KINDS)):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name} must be one of {allowed}. Received: {getattr(self, name)!r}"
                )
        if not isinstance(self.persistent, (bool, np.bool_)):
            raise TypeError(f"persistent must be True or False. Received: {self.persistent!r}")
        if self._kinds() == Kinds("gaussian", "gaussian"):
            raise ValueError(
                "visible and hidden units must not both be Gaussian: with large weights the energy "
                "of such a machine has no lower bound, and learning has nothing to hold it. "
                "Received: visible='gaussian', hidden='gaussian'"
            )
        if self.persistent and self.visible == "multinomial":
            raise ValueError(
                "persistent chains do not go with multinomial units: documents of each length have "
                "a distribution of their own. Received: persistent=True, visible='multinomial'"
            )

    def _check_training_data(self, X, *, reset):
        """Check data to train on, and that it goes with what the machine began with."""
        X = self._check_data(X, reset=reset)
        if self.persistent and not reset and self.batch_size != self._batch_size_asked:
            raise ValueError(
                f"batch_size must stay at {self._batch_size_asked}, which persistent chains began "
                f"with. Received: {self.batch_size}"
            )
        if self.visible == "gaussian":
            _warn_unless_standardised(X)
        return X

    def _reduced_batch_size(self, n_rows):
        """Return the number of rows in a mini-batch, and warn if it is not what was asked for."""
        if self.batch_size > n_rows:
            warnings.warn(
                f"batch_size should be at most {n_rows}, the number of rows. Received: "
                f"{self.batch_size}. All rows are one mini-batch now, so each epoch is one step",
                UserWarning,
                stacklevel=3,
            )
        return min(self.batch_size, n_rows)

    def _check_data(self, X, *, reset=False):
        """Return ``X`` as an array in two dimensions, after the checks that go with its kind."""
        if not reset:
            check_is_fitted(self)
        X = validate_data(self, X, reset=reset, dtype="numeric", ensure_all_finite=False)
        # NaN goes through min and max, which need no memory. The long way is for the message.
        low, high = X.min(), X.max()
        if not np.isfinite([low, high]).all():
            check_finite(X, "X")
        if self.visible == "bernoulli":
            return _within_unit_interval(X, "X")
        return _as_counts(X) if self.visible == "multinomial" else X


def _draw_seed(rng):
    """Draw a seed for NumPy's or TensorFlow's generators."""
    return int(rng.randint(2**31 - 1))


def _blocks(n, size):
    """Cut ``range(n)`` into slices of a size; the last may be shorter."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def _mini_batches(X, order, batch_size):
    """Yield mini-batches, some at a time, as float32 of shape (n, batch_size, n_features).

    With them comes how many of them are to be used. Where fewer are left, the array is as large as
    before and its end is not used: for another shape the graph would be compiled once more. Rows
    that do not fill a mini-batch come last, as a smaller one.
    """
    n_full = len(X) // batch_size
    size = batch_size * max(1, min(n_full, math.ceil(_BLOCK_ROWS / batch_size)))
    for block in _blocks(n_full * batch_size, size):
        rows = np.empty((size, X.shape[1]), np.float32)
        n_rows = block.stop - block.start
        rows[:n_rows] = X[block] if order is None else X[order[block]]
        yield rows.reshape(-1, batch_size, X.shape[1]), n_rows // batch_size
    if len(X) % batch_size:
        rest = slice(n_full * batch_size, len(X))
        yield np.asarray(X[rest if order is None else order[rest]], np.float32)[None], 1


def _by_blocks(function, X):
    """Apply a function to blocks of float32 rows, and put the results into one array."""
    results = None
    for block in _blocks(len(X), _BLOCK_ROWS):
        result = np.asarray(function(np.asarray(X[block], np.float32)))
        if results is None:
            results = np.empty((len(X), *result.shape[1:]), np.float32)
        results[block] = result
    return results


def _within_unit_interval(X, name):
    """Return values in [0, 1]: what lies outside by rounding is clipped, anything else refused."""
    low, high = X.min(), X.max()
    if low >= 0 and high <= 1:
        return X
    # A type of few digits, float16 for example, rounds more coarsely.
    rounding = max(_ROUNDING, 8 * np.finfo(X.dtype).eps) if X.dtype.kind == "f" else 0
    if low >= -rounding and high <= 1 + rounding:
        return np.clip(X, 0, 1)
    advice = "" if name == "H" else f". {_advice_on_range(X, low, high)}"
    raise ValueError(
        f"{name} must be from 0 to 1 for Bernoulli units. "
        f"Received: values from {low:.7g} to {high:.7g}{advice}"
    )


def _advice_on_range(X, low, high):
    """Say how such values get into [0, 1]."""
    if low >= 0 and not any(np.any(X[block] % 1) for block in _blocks(len(X), _BLOCK_ROWS)):
        if 128 <= high <= 255:
            return "Pixels from 0 to 255 must be divided by 255"
        return (
            "These are whole numbers: divide by the largest possible one, or take "
            "visible='multinomial' if they are counts of words"
        )
    if low >= -0.5 and high <= 1.5:
        return (
            "Values that a scaler has not seen may lie outside its range: "
            "MinMaxScaler(clip=True) keeps them inside"
        )
    return (
        "Scale each column, with MinMaxScaler(clip=True) for example; standardised data goes with "
        "visible='gaussian'"
    )


def _as_counts(X):
    """Return rows as counts of words, rounding undone; refuse what are none, and empty rows."""
    rounded = None
    for block in _blocks(len(X), _BLOCK_ROWS):
        rows = X[block]
        counts = np.rint(rows)
        off = np.abs(rows - counts)
        if rows.min() < -_ROUNDING:
            raise ValueError(
                f"X must hold counts of words, at least 0. Received: values down to {X.min():g}"
            )
        if np.any(off > _ROUNDING * np.maximum(1, counts)):
            raise ValueError(
                "X must hold counts of words, not frequencies or weights. Received: "
                f"{rows.flat[off.argmax()]:.7g}, in rows {block.start} to {block.stop}"
            )
        empty = np.flatnonzero(~counts.any(axis=1))
        if len(empty):
            raise ValueError(
                "Each row of X must have at least one word. "
                f"Received: none in row {block.start + empty[0]}"
            )
        if off.any():
            rounded = X.copy() if rounded is None else rounded
            rounded[block] = counts
    return X if rounded is None else rounded


def _warn_unless_standardised(X):
    """Warn of data that does not have mean 0 and variance 1, as an average over its columns."""
    mean = X.mean(axis=0, dtype=np.float64)
    square = np.einsum("ij,ij->j", X, X, dtype=np.float64) / len(X)
    variance = (square - mean**2).mean()
    if np.mean(mean**2) <= 0.1 and 0.5 <= variance <= 2:
        return
    warnings.warn(
        "X should be standardised for Gaussian units: each column near mean 0, their average "
        f"variance near 1. Received: means from {mean.min():.3g} to {mean.max():.3g}, average "
        f"variance {variance:.3g}",
        UserWarning,
        stacklevel=4,
    )
