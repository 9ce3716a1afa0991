"""Layers learnt one at a time, and the autoencoder that they are unrolled to."""

import dataclasses
import itertools
import warnings
from collections.abc import Iterable

import numpy as np

from ae_lib import _checkpoints
from ae_lib._files import as_folder, require_writable, warn_if_unwritten
from ae_lib._keras import keras
from ae_lib._validation import check_integer
from ae_lib.rbm import RBM

# The mean of a unit of each kind is this function of what comes in.
_ACTIVATIONS = {"bernoulli": "sigmoid", "gaussian": "linear", "multinomial": "softmax"}


@dataclasses.dataclass(frozen=True, eq=False)
class Stack:
    """Restricted Boltzmann machines trained on top of each other, from the data to the code.

    Parameters
    ----------
    rbms : sequence of RBM
        Fitted machines. Each has as many visible units as the one before it has hidden units, and
        all units between two machines are Bernoulli units.

    Attributes
    ----------
    rbms : tuple of RBM
        The machines; the first one sees the data.
    sizes : tuple of int
        Number of units of each layer, from the data to the code: one more than there are machines.

    Raises
    ------
    TypeError, ValueError
        If there is no machine, something else than an RBM, or two machines do not fit together.
    sklearn.exceptions.NotFittedError
        If a machine is not fitted.

    Examples
    --------
    >>> x = np.random.default_rng(0).random((100, 6)).astype(np.float32)
    >>> stack = pretrain(x, [4, 2], n_iter=1, random_state=0)
    >>> stack.sizes
    (6, 4, 2)
    >>> codes = stack.encode(x)
    >>> codes.shape, stack.decode(codes).shape
    ((100, 2), (100, 6))
    """

    rbms: tuple

    def __post_init__(self):
        object.__setattr__(self, "rbms", tuple(self.rbms))
        _check_fits_together(self.rbms)

    @property
    def sizes(self):
        """Number of units of each layer, from the data to the code."""
        return (self.rbms[0].n_features_in_, *(len(rbm.components_) for rbm in self.rbms))

    def encode(self, x):
        """Pass data up through all machines. Every unit takes its mean: nothing is sampled.

        Parameters
        ----------
        x : array-like of shape (n, n_visible)
            Data as the first machine was trained on.

        Returns
        -------
        ndarray of shape (n, n_code), float32
            Means of the last machine's hidden units.

        Raises
        ------
        TypeError, ValueError
            If the data are not what the first machine can take.
        """
        for rbm in self.rbms:
            x = rbm.transform(x)
        return x

    def decode(self, codes):
        """Pass codes down through all machines. Every unit takes its mean: nothing is sampled.

        Parameters
        ----------
        codes : array-like of shape (n, n_code)

        Returns
        -------
        ndarray of shape (n, n_visible), float32
            Means of the first machine's visible units; of multinomial ones, probabilities.

        Raises
        ------
        TypeError, ValueError
            If the codes are not finite numbers or have another number of columns.
        """
        for rbm in reversed(self.rbms):
            codes = rbm.inverse_transform(codes)
        return codes


def pretrain(
    data,
    layers,
    *,
    visible="bernoulli",
    code="gaussian",
    learning_rate=0.1,
    visible_learning_rate=None,
    code_learning_rate=0.001,
    n_iter=10,
    momentum=(0.5, 0.5, 0.5, 0.5, 0.5, 0.9),
    weight_decay=0.0002,
    batch_size=100,
    random_state=None,
    verbose=0,
    checkpoint=None,
):
    """Train a stack of restricted Boltzmann machines, one layer at a time.

    The first machine learns from the data, each following one from the hidden probabilities of the
    machine below. Machines that are trained are not changed any more. Rates, momentum, decay and
    mini-batches are by default those of the authors' program. It makes 10 passes; the paper, 50.

    Parameters
    ----------
    data : array-like of shape (n, n_visible)
        In [0, 1] for Bernoulli visible units, standardised for Gaussian ones, counts for
        multinomial ones.
    layers : sequence of int
        Number of hidden units of each machine, such as ``[1000, 500, 250, 30]``.
    visible : {"bernoulli", "gaussian", "multinomial"}, default="bernoulli"
        Kind of the first machine's visible units. All units between two machines are Bernoulli
        units.
    code : {"gaussian", "bernoulli"}, default="gaussian"
        Kind of the last machine's hidden units. Gaussian ones make a linear code, whose numbers
        are not confined to [0, 1].
    learning_rate : float, default=0.1
        Of each machine that has Bernoulli units on both sides.
    visible_learning_rate : float, optional
        Of the first machine. By default 0.001 for Gaussian visible units, whose values nothing
        bounds, and ``learning_rate`` for others.
    code_learning_rate : float, default=0.001
        Of the last machine if its code is Gaussian, also of a stack of one. Nothing bounds linear
        units, so their rate is small. It is meant for thousands of updates; with a few hundred a
        code learns little, and 0.01 may be better.
    n_iter : int, default=10
        Passes through the data for each machine.
    momentum : float or sequence of float, default=(0.5, 0.5, 0.5, 0.5, 0.5, 0.9)
        As for :class:`RBM`: one value an epoch, the last one for all that follow.
    weight_decay : float, default=0.0002
    batch_size : int, default=100
    random_state : int, optional
        Seed. Each machine gets a seed of its own, made of this one and of its place in the stack.
        By default the seed is drawn from NumPy's global generator, which :func:`set_seed` sets.
    verbose : int, default=0
        With 1 a bar shows which layer is trained and its epochs.
    checkpoint : str or path, optional
        A folder, made if it is not there, that keeps every layer that is finished, in
        ``layer_1.npz`` and so on. A run that was killed or interrupted and is started again with
        the same arguments continues after the last finished layer, and on the same machine gives
        the same numbers as an uninterrupted run. Nothing else in the folder is changed, a file of
        another run is refused, and one that cannot be read is kept under another name.

    Returns
    -------
    Stack

    Raises
    ------
    TypeError, ValueError
        Before any work, if data or settings are not what :class:`RBM` can take, if ``layers`` is
        not a sequence of sizes, or if ``checkpoint`` is used without ``random_state``. Before its
        layer is trained, if a file in the checkpoint comes from other settings or other data.
    OSError
        Before any work, if a layer is missing in ``checkpoint`` and nothing can be written there.
    FloatingPointError
        If a machine diverges. The message names the layer and the epoch.

    Warns
    -----
    UserWarning
        If a file in the checkpoint is damaged: its layer is trained again. If a layer could not be
        written, on a full disk for example: the stack is trained and returned all the same. If
        Gaussian visible units get data that are not standardised, or ``batch_size`` is larger than
        the data.

    Notes
    -----
    Besides the data, the inputs of one layer are held in memory, and for a moment those of the
    next one.

    References
    ----------
    G. E. Hinton, R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
    Science 313 (2006), Fig. 1, and its supplement, https://doi.org/10.1126/science.1127647.

    Examples
    --------
    >>> x = np.random.default_rng(0).random((100, 6)).astype(np.float32)
    >>> stack = pretrain(x, [5, 3], n_iter=2, random_state=0)
    >>> [rbm.components_.shape for rbm in stack.rbms]
    [(5, 6), (3, 5)]
    >>> [rbm.hidden for rbm in stack.rbms]
    ['bernoulli', 'gaussian']
    """
    layers = _check_layers(layers)
    if code not in ("gaussian", "bernoulli"):
        raise ValueError(f"code must be 'gaussian' or 'bernoulli'. Received: {code!r}")
    if random_state is not None:
        random_state = check_integer(random_state, "random_state", minimum=0)
    if visible_learning_rate is None:
        visible_learning_rate = 0.001 if visible == "gaussian" else learning_rate
    n = len(layers)
    different = {
        "n_components": layers,
        "visible": [visible, *["bernoulli"] * (n - 1)],
        "hidden": [*["bernoulli"] * (n - 1), code],
        "learning_rate": [visible_learning_rate, *[learning_rate] * (n - 1)],
    }
    if code == "gaussian":
        different["learning_rate"][-1] = code_learning_rate
    same = {
        "momentum": momentum,
        "weight_decay": weight_decay,
        "batch_size": batch_size,
        "n_iter": n_iter,
        "verbose": verbose,
    }
    rbms = [
        RBM(**dict(zip(different, own, strict=True)), **same)
        for own in zip(*different.values(), strict=True)
    ]
    for rbm in rbms:
        rbm._check_settings()
    checked = rbms[0]._check_training_data(data, reset=True)
    rbms[0]._reduced_batch_size(len(checked))
    folder = trained_on = None
    if checkpoint is not None:
        folder = _open_folder(checkpoint, random_state, n)
        trained_on = _checkpoints.digest("", checked)
    del checked  # where it is a copy of the data, one is enough
    # Drawn only now, so that a call that is refused leaves NumPy's global generator as it was.
    for rbm, seed in zip(rbms, _seeds(random_state, n), strict=True):
        rbm.random_state = seed
    with warnings.catch_warnings():
        # The checks above have said it, at the caller's line.
        warnings.filterwarnings("ignore", "X should be standardised|batch_size should be")
        _train(rbms, data, folder, trained_on)
    return Stack(rbms)


def unroll(stack):
    """Unroll a stack into a deep autoencoder that starts where pretraining ended.

    The encoder's weights are those of the machines, the decoder's their transposes. They are
    copies: when the network is trained, each matrix changes on its own, and encoder and decoder
    are not tied any more. Encoder layers take the hidden biases, decoder layers the visible ones.

    Parameters
    ----------
    stack : Stack

    Returns
    -------
    keras.Model
        From shape (n, n_visible) to the same shape, not compiled. Before any training it computes
        ``stack.decode(stack.encode(x))``. Its two halves are models of their own, here and after
        ``model.save("name.keras")`` and ``keras.models.load_model("name.keras")``:
        ``model.get_layer("encoder")`` and ``model.get_layer("decoder")``; training the whole
        trains them.

        Hidden units are sigmoid, the code is linear if it is Gaussian, and the output has the
        activation that belongs to the visible units: sigmoid for Bernoulli, linear for Gaussian,
        softmax for multinomial ones.

    Raises
    ------
    TypeError
        If ``stack`` is not a :class:`Stack`.

    References
    ----------
    G. E. Hinton, R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
    Science 313 (2006), Fig. 1, https://doi.org/10.1126/science.1127647.

    Examples
    --------
    >>> x = np.random.default_rng(0).random((100, 6)).astype(np.float32)
    >>> autoencoder = unroll(pretrain(x, [4, 2], n_iter=1, random_state=0))
    >>> autoencoder.compile("adam", "binary_crossentropy")
    >>> history = autoencoder.fit(x, x, epochs=1, verbose=0)
    >>> autoencoder.get_layer("encoder").predict(x, verbose=0).shape
    (100, 2)
    """
    if not isinstance(stack, Stack):
        raise TypeError(f"unroll expects a Stack. Received: {type(stack).__name__}")
    sizes = stack.sizes
    hidden = [f"hidden_{k}" for k in range(1, len(stack.rbms))]
    encoder = _dense_layers(
        "encoder",
        sizes[0],
        [*hidden, "code"],
        [(rbm.components_.T, rbm.intercept_hidden_, rbm.hidden) for rbm in stack.rbms],
    )
    decoder = _dense_layers(
        "decoder",
        sizes[-1],
        [*reversed(hidden), "reconstruction"],
        [(rbm.components_, rbm.intercept_visible_, rbm.visible) for rbm in reversed(stack.rbms)],
    )
    return keras.Sequential([keras.Input((sizes[0],)), encoder, decoder], name="autoencoder")


def _train(rbms, inputs, folder, trained_on):
    """Train the machines one after the other, but for those that the folder already has."""
    passed = 0  # the machine that `inputs` are for
    for index, rbm in enumerate(rbms):
        file = None if folder is None else _layer_file(folder, index)
        if file is None or not _checkpoints.restore(file, rbm, trained_on):
            for below in rbms[passed:index]:
                inputs = below.transform(inputs)
            passed = index
            rbm._description = f"layer {index + 1} of {len(rbms)}"
            try:
                rbm.fit(inputs)
            except FloatingPointError as error:
                raise FloatingPointError(f"{rbm._description}: {error}") from error
            if file is not None:
                with warn_if_unwritten():
                    _checkpoints.store(file, rbm, trained_on)
        if file is not None:
            trained_on = _checkpoints.digest_of_learnt(trained_on, rbm)


def _dense_layers(name, n_inputs, names, contents):
    """Return a model of dense layers with given weights, biases and kinds of units."""
    layers = [
        # The machines' type of number, whatever Keras' policy is at the moment.
        keras.layers.Dense(len(biases), _ACTIVATIONS[kind], name=layer, dtype="float32")
        for layer, (_, biases, kind) in zip(names, contents, strict=True)
    ]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers], name=name)
    for layer, (weights, biases, _) in zip(layers, contents, strict=True):
        layer.set_weights([weights, biases])
    return model


def _check_layers(layers):
    """Return the sizes as a list, or say what is wrong with them."""
    if isinstance(layers, str) or not isinstance(layers, Iterable):
        raise TypeError(
            "layers must be a sequence of sizes, such as [1000, 500, 250, 30]. "
            f"Received: {layers!r}"
        )
    layers = [check_integer(size, "each of layers", minimum=1) for size in layers]
    if not layers:
        raise ValueError("layers must have at least one size. Received: none")
    return layers


def _check_fits_together(rbms):
    """Say why machines are not a stack, if they are not."""
    from sklearn.utils.validation import check_is_fitted

    if not rbms:
        raise ValueError("A stack needs at least one machine. Received: none")
    for rbm in rbms:
        if not isinstance(rbm, RBM):
            raise TypeError(f"A stack is made of RBM objects. Received: {type(rbm).__name__}")
        check_is_fitted(rbm)
    for number, (below, above) in enumerate(itertools.pairwise(rbms), start=1):
        if len(below.components_) != above.n_features_in_:
            raise ValueError(
                f"Machine {number} must have as many hidden units as machine {number + 1} has "
                f"visible ones. Received: {len(below.components_)} and {above.n_features_in_}"
            )
        if (below.hidden, above.visible) != ("bernoulli", "bernoulli"):
            raise ValueError(
                f"Units between machines {number} and {number + 1} must be Bernoulli units of "
                f"both. Received: hidden={below.hidden!r} and visible={above.visible!r}"
            )


def _seeds(random_state, n):
    """Return a seed for each machine, which depends on its place but not on their number."""
    if random_state is None:
        random_state = np.random.randint(2**31)
    return [int(np.random.SeedSequence((random_state, k)).generate_state(1)[0]) for k in range(n)]


def _open_folder(checkpoint, random_state, n):
    """Return the folder for the finished layers, made if it is not there."""
    if random_state is None:
        raise ValueError(
            "checkpoint needs a random_state, so that a run that is started again makes the same "
            "random choices. Received: random_state=None"
        )
    folder = as_folder(checkpoint)
    if not all(_layer_file(folder, index).exists() for index in range(n)):
        require_writable(folder, "checkpoint")
    return folder


def _layer_file(folder, index):
    """Return the file that keeps a layer, counted from 0."""
    return folder / f"layer_{index + 1}.npz"
