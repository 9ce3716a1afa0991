"""How an RBM learns: from its initial weights, epoch by epoch, and the state between two epochs."""

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ae_lib.progress import epoch_bar
from ae_lib.rbm.blocks import mini_batches
from ae_lib.rbm.data import check_data, check_training_data, reduced_batch_size
from ae_lib.rbm.formulas import Kinds, Parameters
from ae_lib.rbm.settings import check_settings
from ae_lib.rbm.training import Step, TrainingState, compiled_training

# Standard deviation of the initial weights; the class RBM says why.
_INITIAL_WEIGHTS = 0.1
# A logistic unit is as good as certain at an input of 20. No sound training has weights like this.
_LARGEST_WEIGHT = 100.0
# The entries of a state: public attributes without the underscore at their ends, and others.
_LEARNT = ("components", "intercept_hidden", "intercept_visible", "reconstruction_error")
_VELOCITY = tuple(f"velocity_of_{name}" for name in Parameters._fields)
_OTHERS = ("chain", "seed", "n_batches", "batch_size", "batch_size_asked")


class Fitting:
    """The part of :class:`RBM` that learns: ``fit``, and the steps it is made of."""

    def fit(self, X, y=None):
        """Train a new RBM, in ``n_iter`` epochs over the shuffled rows.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
            Data, as ``visible`` says: from 0 to 1; standardised; or counts.
        y : None
            Ignored.

        Returns
        -------
        RBM
            The RBM itself.

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
        If training is stopped, by divergence or from the keyboard, the RBM is as it was after the
        last whole epoch. If there was none, and if the call was refused, it is what it was before
        the call: a trained RBM stays trained.
        """
        before, initialised = vars(self).copy(), False
        try:
            check_settings(self)
            X = check_training_data(self, X, reset=True)
            self.initialise(X.shape[1], reduced_batch_size(self, len(X)))
            initialised = True
            self._train_epochs(X)
        except BaseException:
            if not (initialised and self.n_iter_):
                self.__dict__ = before
            raise
        return self

    def partial_fit(self, X, y=None):
        """Train for one more epoch over the rows in the order given.

        The first call makes a new RBM. Momentum follows its schedule, and momentum and persistent
        chains go on, from call to call.

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
            The RBM itself.

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
        If the epoch is refused or stopped, the RBM is what it was before the call.
        """
        before = vars(self).copy()
        try:
            momentum = check_settings(self)
            first = not hasattr(self, "components_")
            X = check_training_data(self, X, reset=first)
            if first:
                self.initialise(X.shape[1])
            if self.persistent and self.batch_size != self._batch_size_asked:
                raise ValueError(
                    f"batch_size must stay at {self._batch_size_asked}, which persistent chains "
                    f"began with. Received: {self.batch_size}"
                )
            batch_size = self.batch_size_ if self.persistent else self.batch_size
            self._train_epoch(X, None, momentum, batch_size)
        except BaseException:
            self.__dict__ = before
            raise
        return self

    def initialise(self, n_features, batch_size=None):
        """Become an RBM with initial weights, which has learnt nothing yet.

        Parameters
        ----------
        n_features : int
            Number of visible units.
        batch_size : int, optional
            Rows in a mini-batch. By default as the setting says.

        Returns
        -------
        RBM
            The RBM itself.
        """
        rng = check_random_state(self.random_state)
        shape = (n_features, self.n_components)
        weights = rng.normal(0, _INITIAL_WEIGHTS, shape).astype(np.float32)
        self.n_features_in_ = n_features
        self.components_ = np.ascontiguousarray(weights.T)
        self.intercept_visible_ = np.zeros(n_features, np.float32)
        self.intercept_hidden_ = np.zeros(self.n_components, np.float32)
        self.n_iter_ = 0
        self.reconstruction_error_ = []
        self._seed = draw_seed(rng)
        self._n_batches = 0
        self._velocity = tuple(np.zeros_like(value) for value in self._parameters())
        self.batch_size_ = self.batch_size if batch_size is None else batch_size
        self._batch_size_asked = self.batch_size
        n_chains = self.batch_size_ if self.persistent else 0
        self._chain = np.zeros((n_chains, self.n_components), np.float32)
        return self

    def train(self, X, *, order=None, after_epoch=None, description="RBM"):
        """Go on up to epoch ``n_iter``, from the epoch that training has got to.

        This is what :meth:`fit` does with an RBM that :meth:`initialise` has made. By itself it
        serves programs that store the state of a long training and put it back.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
            The data that training began with.
        order : callable, optional
            Called with the number of an epoch, from 0 on, it returns the order of the rows. By
            default they are shuffled, by ``random_state`` and the number of the epoch.
        after_epoch : callable, optional
            Called without arguments after each epoch.
        description : str, default="RBM"
            What stands in front of the progress bar.

        Returns
        -------
        RBM
            The RBM itself.

        Raises
        ------
        TypeError, ValueError, FloatingPointError
            As :meth:`fit`. After a failure the RBM is as it was after the last whole epoch.

        Examples
        --------
        >>> from ae_lib import RBM
        >>> x = np.random.default_rng(0).random((100, 6))
        >>> whole = RBM(4, n_iter=3, random_state=0).fit(x)
        >>> half = RBM(4, n_iter=2, random_state=0).fit(x)
        >>> resumed = RBM(4, n_iter=3, random_state=0).set_state(half.get_state()).train(x)
        >>> np.array_equal(resumed.components_, whole.components_)
        True
        """
        check_settings(self)
        self._train_epochs(check_data(self, X), order, after_epoch, description)
        return self

    def get_state(self):
        """Return all that training has made so far, and needs to go on from there.

        Returns
        -------
        dict of ndarray or int
            A copy: ``components``, ``intercept_hidden``, ``intercept_visible`` and
            ``reconstruction_error`` (by epoch) as in the attributes; ``velocity_of_weights``,
            ``velocity_of_visible_bias`` and ``velocity_of_hidden_bias``, their last changes;
            ``chain``, the persistent chains' hidden units; ``seed`` of shuffling and sampling;
            ``n_batches``, mini-batches so far; ``batch_size``, and ``batch_size_asked`` if there
            were fewer rows than that.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the RBM is neither trained nor initialised.
        """
        check_is_fitted(self)
        learnt = {name: np.array(getattr(self, f"{name}_")) for name in _LEARNT}
        velocity = {name: np.array(v) for name, v in zip(_VELOCITY, self._velocity, strict=True)}
        return {
            **learnt,
            **velocity,
            "chain": np.array(self._chain),
            "seed": self._seed,
            "n_batches": self._n_batches,
            "batch_size": self.batch_size_,
            "batch_size_asked": self._batch_size_asked,
        }

    def set_state(self, state):
        """Become an RBM that has been trained, with the same settings, up to a state.

        Parameters
        ----------
        state : dict
            As :meth:`get_state` returns it; it is copied.

        Returns
        -------
        RBM
            The RBM itself.

        Raises
        ------
        ValueError
            If the state has other entries, or another number of hidden units.
        """
        if set(state) != {*_LEARNT, *_VELOCITY, *_OTHERS}:
            raise ValueError(
                f"state must have the entries of get_state: {[*_LEARNT, *_VELOCITY, *_OTHERS]}. "
                f"Received: {list(state)}"
            )
        if len(state["components"]) != self.n_components:
            raise ValueError(
                f"state must be that of an RBM with {self.n_components} hidden units. "
                f"Received: {len(state['components'])}"
            )
        learnt = {f"{name}_": np.array(state[name]) for name in _LEARNT}
        learnt["reconstruction_error_"] = learnt["reconstruction_error_"].tolist()
        vars(self).update(
            learnt,
            n_features_in_=learnt["components_"].shape[1],
            n_iter_=len(learnt["reconstruction_error_"]),
            batch_size_=int(state["batch_size"]),
            _batch_size_asked=int(state["batch_size_asked"]),
            _velocity=tuple(np.array(state[name]) for name in _VELOCITY),
            _chain=np.array(state["chain"]),
            _seed=int(state["seed"]),
            _n_batches=int(state["n_batches"]),
        )
        return self

    def _kinds(self):
        return Kinds(self.visible, self.hidden)

    def _parameters(self):
        """Return weights and biases as they stand in the public attributes."""
        return Parameters(
            np.asarray(self.components_, np.float32),
            np.asarray(self.intercept_visible_, np.float32),
            np.asarray(self.intercept_hidden_, np.float32),
        )

    def _train_epochs(self, X, order=None, after_epoch=None, description="RBM"):
        """Train on checked data; see :meth:`train`."""
        momentum = check_settings(self)
        with epoch_bar(
            description, self.n_iter, done=self.n_iter_, shown=bool(self.verbose)
        ) as bar:
            for epoch in range(self.n_iter_, self.n_iter):
                if order is None:
                    rows = np.random.default_rng([self._seed, epoch]).permutation(len(X))
                else:
                    rows = np.asarray(order(epoch))
                    if rows.shape != (len(X),):
                        raise ValueError(
                            f"order must return the numbers of all {len(X)} rows. "
                            f"Received: shape {rows.shape}"
                        )
                self._train_epoch(X, rows, momentum, self.batch_size_)
                bar.set_postfix(error=f"{self.reconstruction_error_[-1]:.4f}", refresh=False)
                bar.update()
                if after_epoch is not None:
                    after_epoch()

    def _train_epoch(self, X, order, momentum, batch_size):
        """Train on all rows once, in an order or as they are; keep the result if it is sound."""
        train = compiled_training(self._kinds(), self.n_steps, self.persistent)
        state = TrainingState(self._parameters(), Parameters(*self._velocity), self._chain)
        step = Step(
            # By the batch size even for a last mini-batch that is smaller: every row counts the
            # same.
            scale=self.learning_rate / batch_size,
            momentum=momentum[min(self.n_iter_, len(momentum) - 1)],
            decay=self.learning_rate * self.weight_decay,
        )
        done, error = self._n_batches, 0.0
        for batches, n_batches in mini_batches(X, order, batch_size):
            state, block_error = train(batches, n_batches, state, step, self._seed, done)
            done += n_batches
            error += float(block_error)

        parameters = Parameters(*map(np.array, state.parameters))
        self._check_soundness(parameters)
        # All at once, so that an interruption finds the RBM before or after the epoch.
        vars(self).update(
            components_=parameters.weights,
            intercept_visible_=parameters.visible_bias,
            intercept_hidden_=parameters.hidden_bias,
            reconstruction_error_=[*self.reconstruction_error_, error / len(X)],
            n_iter_=self.n_iter_ + 1,
            _velocity=tuple(map(np.array, state.velocity)),
            _chain=np.array(state.chain),
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


def draw_seed(rng):
    """Draw a seed for NumPy's or TensorFlow's generators."""
    return int(rng.randint(2**31 - 1))
