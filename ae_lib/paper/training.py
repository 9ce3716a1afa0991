"""Training of whole networks, in one graph an epoch, with checkpoints.

The optimisers are those of Keras. Its ``fit`` does not serve: a run that was killed has to end with
the same bits as one that was not, so the order of the rows and the seed of a mini-batch follow from
the epoch, and weights, optimiser, history and time are kept in one file, every minute or so. On
little data ``fit`` also takes many times as long as a graph of a whole epoch.
"""

import dataclasses
import io
import json
import time
import warnings

import numpy as np

from ae_lib._files import set_aside, warn_if_unwritten, write_whole
from ae_lib._keras import keras, tf
from ae_lib.paper.run import Draw
from ae_lib.progress import epoch_bar


@dataclasses.dataclass(frozen=True)
class FineTuning:
    """Settings of training a whole network.

    Parameters
    ----------
    epochs : int
    batch_size : int
        Rows that do not fill a mini-batch are left out of that epoch.
    learning_rate : float
        The first one; it falls to 0 along half a cosine.
    optimizer : {"adam", "adamw", "momentum"}
        ``"momentum"`` is gradient descent with momentum 0.9.
    weight_decay : float
        For ``"adamw"`` only.
    """

    epochs: int
    batch_size: int = 250
    learning_rate: float = 0.001
    optimizer: str = "adam"
    weight_decay: float = 0.0

    def make_optimizer(self, n_rows):
        """Return the Keras optimiser for data of a number of rows."""
        steps = max(1, self.epochs * (n_rows // self.batch_size))
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, steps)
        if self.optimizer == "adam":
            return keras.optimizers.Adam(rate)
        if self.optimizer == "adamw":
            return keras.optimizers.AdamW(rate, weight_decay=self.weight_decay)
        if self.optimizer == "momentum":
            return keras.optimizers.SGD(rate, momentum=0.9)
        raise ValueError(
            f"optimizer must be 'adam', 'adamw' or 'momentum'. Received: {self.optimizer!r}"
        )


def cross_entropy(targets, inputs):
    """Binary cross-entropy per row, from what comes into logistic output units."""
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=inputs)
    return tf.reduce_sum(losses, axis=1)


def word_cross_entropy(targets, inputs):
    """Cross-entropy between two distributions over words, from what comes into softmax units."""
    return tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=inputs)


def squared(targets, inputs):
    """Squared error per row, for linear output units."""
    return tf.reduce_sum(tf.square(targets - inputs), axis=1)


def logistic_squared(targets, inputs):
    """Squared error per row, from what comes into logistic output units."""
    return tf.reduce_sum(tf.square(targets - tf.sigmoid(inputs)), axis=1)


def train(
    run, label, network, x, targets, settings, loss, *, measures=None, change=None, trained=None
):
    """Train a network on rows and targets, or go on where a killed run stopped.

    Parameters
    ----------
    run : Run
    label : str
        Name of this training, for its checkpoint and its bar.
    network : Network
        Holds the trained weights afterwards.
    x : ndarray of shape (n, n_in), float32
    targets : ndarray of shape (n, n_out) or None
        None stands for ``x`` itself.
    settings : FineTuning
    loss : callable
        Of targets and inputs of the output units; returns a loss a row.
    measures : dict of callable, optional
        Called without arguments after every epoch; their values are kept by epoch.
    change : callable, optional
        Changes rows and targets of a mini-batch before each step, given them and a seed of two
        integers.
    trained : list of tf.Variable, optional
        What is trained; all variables of the network by default.

    Returns
    -------
    history : dict of list
        ``loss`` (mean over the epoch) and each measure, by epoch.
    seconds : float
        Time of training, measures included, interruptions left out.

    Raises
    ------
    FloatingPointError
        If the loss is not finite any more.
    """
    variables = network.variables if trained is None else trained
    optimizer = settings.make_optimizer(len(x))
    optimizer.build(variables)

    graph = _compiled_epoch(network, variables, optimizer, x, targets, settings, loss, change)

    def train_epoch(epoch):
        order = run.rng(Draw.TRAINING_ORDER, epoch).permutation(len(x)).astype(np.int32)
        return graph(tf.constant(order), tf.constant([run.seed, epoch]))

    return train_resumably(
        run, label, [*network.variables, *optimizer.variables], settings.epochs, train_epoch,
        learning_rate=settings.learning_rate, measures=measures,
    )  # fmt: skip


def train_resumably(run, label, state, epochs, train_epoch, *, learning_rate, measures=None):
    """Train for some epochs, or go on where a killed run stopped.

    Parameters
    ----------
    run : Run
    label : str
        Name of this training, for its checkpoint and its bar.
    state : list of tf.Variable
        All that training changes; they hold the trained values afterwards.
    epochs : int
    train_epoch : callable
        Trains an epoch, given its number from 0 on, and returns the loss.
    learning_rate : float
        For the message if training fails.
    measures : dict of callable, optional
        As :func:`train` has them.

    Returns
    -------
    history : dict of list
    seconds : float

    Raises
    ------
    FloatingPointError
        If the loss is not finite any more.
    """
    file = run.folder / f"{label}.npz"
    history, seconds = _restore(file, state)
    measures = measures or {}
    started = saved = time.monotonic()
    with epoch_bar(f"{run.name}: {label}", epochs, shown=bool(run.verbose)) as bar:
        bar.update(len(history["loss"]))
        for epoch in range(len(history["loss"]), epochs):
            value = float(train_epoch(epoch))
            if not np.isfinite(value):
                raise FloatingPointError(
                    f"{label}: the loss is {value} in epoch {epoch + 1}. Try a smaller "
                    f"learning_rate (received: {learning_rate})"
                )
            history["loss"].append(value)
            for name, measure in measures.items():
                history.setdefault(name, []).append(float(measure()))
            bar.set_postfix({k: f"{v[-1]:.3f}" for k, v in history.items()}, refresh=False)
            bar.update()
            now = time.monotonic()
            if epoch + 1 == epochs or now - saved >= run.save_every:
                _store(file, state, history, seconds + now - started)
                saved = now
    return history, seconds + time.monotonic() - started


def _compiled_epoch(network, variables, optimizer, x, targets, settings, loss, change):
    """Return the graph of an epoch: of an order of the rows and a seed, to the mean loss."""
    x = tf.constant(x)
    targets = x if targets is None else tf.constant(targets)
    size = settings.batch_size
    n_batches = len(x) // size

    @tf.function
    def epoch_graph(order, seed):
        total = 0.0
        for number in tf.range(n_batches):
            chosen = order[number * size : (number + 1) * size]
            rows, wanted = tf.gather(x, chosen), tf.gather(targets, chosen)
            if change is not None:
                rows, wanted = change(
                    rows, wanted, tf.stack([seed[0], seed[1] * n_batches + number])
                )
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(variables)
                value = tf.reduce_mean(loss(wanted, network.inputs_of_output(rows)))
            optimizer.apply(tape.gradient(value, variables), variables)
            total += value
        return total / n_batches

    return epoch_graph


def _store(file, state, history, seconds):
    """Keep weights, optimiser and history, whole or not at all."""
    arrays = {f"state_{index:03d}": variable.numpy() for index, variable in enumerate(state)}
    arrays |= {"history": json.dumps(history), "seconds": seconds}
    with warn_if_unwritten():
        write_whole(file, lambda opened: np.savez(opened, **arrays))


def _restore(file, state):
    """Put back what a file keeps, if there is one, and return history and seconds."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return {"loss": []}, 0.0
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            values = [stored[f"state_{index:03d}"] for index in range(len(state))]
            history, seconds = json.loads(str(stored["history"])), float(stored["seconds"])
    except Exception as error:  # zip, NumPy and JSON have a dozen ways to say that bytes are wrong
        warnings.warn(
            f"{file} is damaged, so this training starts anew: {error}. It is kept as "
            f"{set_aside(file).name}",
            UserWarning,
            stacklevel=3,
        )
        return {"loss": []}, 0.0
    for variable, value in zip(state, values, strict=True):
        variable.assign(value)
    return history, seconds
