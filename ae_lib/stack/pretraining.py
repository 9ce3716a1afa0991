"""Layers learnt one at a time, in a training that can be killed and goes on where it stopped."""

import functools
import time
from collections.abc import Iterable

import numpy as np

from ae_lib._files import as_folder, require_writable, warn_if_unwritten
from ae_lib._validation import check_integer, check_real
from ae_lib.rbm import RBM
from ae_lib.rbm.data import check_training_data, reduced_batch_size
from ae_lib.rbm.settings import check_settings
from ae_lib.stack import checkpoints
from ae_lib.stack.stack import Stack


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
    save_every=60.0,
    order=None,
    description=None,
):
    """Train a stack of RBMs (restricted Boltzmann machines), one layer at a time.

    The first RBM learns from the data, each following one from the hidden probabilities of the RBM
    below. RBMs that are trained are not changed any more. Rates, momentum, decay and mini-batches
    are by default those of the authors' program. It makes 10 epochs; the paper, 50.

    Parameters
    ----------
    data : array-like of shape (n, n_visible)
        In [0, 1] for Bernoulli visible units, standardised for Gaussian ones, counts for
        multinomial ones.
    layers : sequence of int
        Number of hidden units of each RBM, such as ``[1000, 500, 250, 30]``.
    visible : {"bernoulli", "gaussian", "multinomial"}, default="bernoulli"
        Kind of the first RBM's visible units. All units between two RBMs are Bernoulli units.
    code : {"gaussian", "bernoulli"}, default="gaussian"
        Kind of the last RBM's hidden units. Gaussian ones make a linear code, whose numbers are
        not confined to [0, 1].
    learning_rate : float, default=0.1
        Of each RBM that has Bernoulli units on both sides.
    visible_learning_rate : float, optional
        Of the first RBM. By default 0.001 for Gaussian visible units, whose values nothing bounds,
        and ``learning_rate`` for others.
    code_learning_rate : float, default=0.001
        Of the last RBM if its code is Gaussian, also of a stack of one. Nothing bounds linear
        units, so their rate is small. It is meant for thousands of updates; with a few hundred a
        code learns little, and 0.01 may be better.
    n_iter : int, default=10
        Epochs of each RBM.
    momentum : float or sequence of float, default=(0.5, 0.5, 0.5, 0.5, 0.5, 0.9)
        As for :class:`RBM`: one value an epoch, the last one for all that follow.
    weight_decay : float, default=0.0002
    batch_size : int, default=100
    random_state : int or sequence of int, optional
        Seed. Each RBM gets a seed of its own, made of this one and of its place in the stack; a
        sequence has the RBMs' own seeds. By default the seed is drawn from NumPy's global
        generator, which :func:`set_seed` sets.
    verbose : int, default=0
        With 1 a bar shows which layer is trained and its epochs.
    checkpoint : str or path, optional
        A folder, made if it is not there, that keeps every layer, in ``layer_1.npz`` and so on. A
        run that was killed or interrupted and is started again with the same arguments continues
        after the last epoch that was kept, and on the same computer gives the same numbers as an
        uninterrupted run. Nothing else in the folder is changed, a file of another run is refused,
        and one that cannot be read is kept under another name.
    save_every : float, default=60
        Seconds after which ``checkpoint`` keeps a layer that is not finished, at the end of the
        epoch that is going on. With 0 it does so after each epoch.
    order : callable, optional
        Called with the numbers of a layer and of an epoch, both from 0 on, it returns the order of
        the data's rows in that epoch. By default they are shuffled, by the RBM's seed.
        ``checkpoint`` takes it to be the same whenever a run is started again.
    description : str, optional
        What stands before the layer in the bar.

    Returns
    -------
    Stack
        Its ``seconds`` are the time of training, interruptions left out.

    Raises
    ------
    TypeError, ValueError
        Before any work, if data or settings are not what :class:`RBM` can take, if ``layers`` is
        not a sequence of sizes, or if ``checkpoint`` is used without ``random_state``. Before its
        layer is trained, if a file in the checkpoint comes from other settings or other data.
    OSError
        Before any work, if a layer is missing in ``checkpoint`` and nothing can be written there.
    FloatingPointError
        If an RBM diverges. The message names the layer and the epoch.

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
    random_state = _check_random_state(random_state, len(layers))
    if check_real(save_every, "save_every") < 0:
        raise ValueError(f"save_every must be at least 0. Received: {save_every}")
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
        check_settings(rbm)
    checked = check_training_data(rbms[0], data, reset=True)
    batch_size = reduced_batch_size(rbms[0], len(checked))
    folder = trained_on = None
    if checkpoint is not None:
        folder = _open_folder(checkpoint, random_state, n)
        trained_on = checkpoints.digest("", checked)
    del checked  # where it is a copy of the data, one is enough
    # Drawn only now, so that a call that is refused leaves NumPy's global generator as it was.
    for rbm, seed in zip(rbms, _seeds(random_state, n), strict=True):
        rbm.random_state = seed
    seconds = _train(
        rbms, data, batch_size, folder, trained_on,
        save_every=save_every, order=order, description=description,
    )  # fmt: skip
    return Stack(rbms, seconds)


def _train(rbms, inputs, batch_size, folder, trained_on, *, save_every, order, description):
    """Train the RBMs one after the other, from where the folder has them; return the seconds."""
    sizes = [rbms[0].n_features_in_, *(rbm.n_components for rbm in rbms)]
    total, passed = 0.0, 0  # `passed` is the RBM that `inputs` are for
    for index, rbm in enumerate(rbms):
        rbm.initialise(sizes[index], batch_size)
        file = None if folder is None else _layer_file(folder, index)
        seconds = None if file is None else checkpoints.restore(file, rbm, trained_on)
        if seconds is None or rbm.n_iter_ < rbm.n_iter:
            for below in rbms[passed:index]:
                inputs = below.transform(inputs)
            passed = index
            layer = f"layer {index + 1} of {len(rbms)}"
            try:
                seconds = _train_layer(
                    rbm, inputs, file, trained_on, seconds or 0.0, save_every,
                    order=None if order is None else functools.partial(order, index),
                    description=layer if description is None else f"{description}: {layer}",
                )  # fmt: skip
            except FloatingPointError as error:
                raise FloatingPointError(f"{layer}: {error}") from error
        total += seconds
        if file is not None:
            trained_on = checkpoints.digest_of_learnt(trained_on, rbm)
    return total


def _train_layer(rbm, inputs, file, trained_on, before, save_every, **how):
    """Train an RBM to its last epoch and keep it in its file; return its seconds since epoch 1."""
    started = kept = time.monotonic()

    def keep():
        nonlocal kept
        kept = time.monotonic()
        with warn_if_unwritten():
            checkpoints.store(file, rbm, trained_on, before + kept - started)

    def keep_if_due():
        if rbm.n_iter_ < rbm.n_iter and time.monotonic() - kept >= save_every:
            keep()

    rbm.train(inputs, after_epoch=None if file is None else keep_if_due, **how)
    if file is not None:
        keep()
    return before + time.monotonic() - started


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


def _check_random_state(random_state, n):
    """Return a seed, a seed for each of n RBMs, or None; or say what is wrong with it."""
    if random_state is None:
        return None
    if isinstance(random_state, str) or not isinstance(random_state, Iterable):
        return check_integer(random_state, "random_state", minimum=0)
    seeds = [check_integer(seed, "each of random_state", minimum=0) for seed in random_state]
    if len(seeds) != n:
        raise ValueError(
            f"random_state must be one seed, or one for each of {n} layers. Received: {seeds}"
        )
    return seeds


def _seeds(random_state, n):
    """Return a seed for each RBM, which depends on its place but not on their number."""
    if isinstance(random_state, list):
        return random_state
    if random_state is None:
        random_state = np.random.randint(2**31)
    return [int(np.random.SeedSequence((random_state, k)).generate_state(1)[0]) for k in range(n)]


def _open_folder(checkpoint, random_state, n):
    """Return the folder for the layers, made if it is not there."""
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
