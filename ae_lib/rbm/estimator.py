"""The RBM as a scikit-learn estimator: its settings, and what a trained one computes."""

from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state

from ae_lib._validation import check_integer
from ae_lib.rbm import formulas
from ae_lib.rbm.blocks import by_blocks
from ae_lib.rbm.data import check_codes, check_data
from ae_lib.rbm.fitting import Fitting, draw_seed
from ae_lib.rbm.training import compiled_gibbs


class RBM(Fitting, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
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
        Epochs, each a pass over the data. 0 leaves the RBM as it is before training.
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
        are large enough, the energy of such an RBM has no lower bound and Z is infinite (Hinton
        2010, section 13.3).
    random_state : int, RandomState or None, default=None
        Of the initial weights, the order of the rows and the sampling. The same number gives
        bitwise the same RBM on the same computer. None draws from NumPy's global state.
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
        training. Training does not minimise it: it falls while the RBM learns, and a smaller one
        is not always a better RBM.
    n_iter_ : int
        Epochs behind the RBM.
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

    *Initial weights* are normal with standard deviation 0.1, biases 0, as in the paper's program.
    Hinton (2010), section 8, advises 0.01 in general; but linear code units, which learn at a small
    rate, then take many epochs to leave the neighbourhood of 0.

    *No ``score_samples``.* The likelihood needs Z, which cannot be computed for more than some
    20 units. scikit-learn's ``BernoulliRBM`` offers a pseudo-likelihood instead; it is made for
    pixels that are 0 or 1, it is random, and it misleads when RBMs of different sizes are
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
            If the RBM was not trained.
        """
        X = check_data(self, X)
        parameters, kinds = self._parameters(), self._kinds()
        return by_blocks(lambda v: formulas.hidden_mean(v, parameters, kinds), X)

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
            If the RBM was not trained.
        """
        H = check_codes(self, H)
        parameters, kinds = self._parameters(), self._kinds()
        return by_blocks(lambda h: formulas.visible_mean(h, parameters, kinds, 1.0), H)

    def gibbs(self, v, n_steps=1, random_state=None):
        """Sample visible units by Gibbs sampling that starts at given ones.

        In each step all hidden units are sampled given the visible ones, and then all visible
        ones given those. After many steps the result is a sample from the RBM's own
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
            If the RBM was not trained.
        """
        v = check_data(self, v)
        n_steps = check_integer(n_steps, "n_steps", minimum=1)
        rng = check_random_state(random_state)
        parameters, sampling = self._parameters(), compiled_gibbs(self._kinds())
        return by_blocks(lambda rows: sampling(rows, parameters, n_steps, draw_seed(rng)), v)

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
            If the RBM was not trained.
        """
        X = check_data(self, X)
        parameters, kinds = self._parameters(), self._kinds()
        return by_blocks(lambda v: formulas.free_energy(v, parameters, kinds), X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    @property
    def _n_features_out(self):
        """The number of hidden units, by scikit-learn's name for it."""
        return len(self.components_)
