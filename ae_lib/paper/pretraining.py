"""Pretraining that can be killed at any moment, and then goes on with the same numbers."""

import time

from ae_lib import _checkpoints
from ae_lib._files import warn_if_unwritten, write_whole
from ae_lib.paper.run import Draw
from ae_lib.progress import epoch_bar
from ae_lib.rbm import RBM
from ae_lib.stack import Stack


def pretrain_resumably(run, data, layers, *, code="gaussian", visible="bernoulli", **shared):
    """Train machines on top of each other, as :func:`ae_lib.pretrain`, with checkpoints in between.

    Parameters
    ----------
    run : Run
    data : ndarray of shape (n, n_visible)
    layers : sequence of int
        Number of hidden units of each machine.
    code, visible : str
        Kinds of the last machine's hidden and of the first machine's visible units.
    **shared
        ``n_iter``, ``batch_size``, ``learning_rate``, ``visible_learning_rate`` and
        ``code_learning_rate``, as :func:`ae_lib.pretrain` has them.

    Returns
    -------
    stack : Stack
    errors : list of list of float
        For each machine the reconstruction error by epoch.
    seconds : float
        Time of training, interruptions left out.
    """
    machines, inputs, trained_on = [], data, _checkpoints.digest("", data)
    seconds = 0.0
    for index, n_components in enumerate(layers):
        first, last = index == 0, index == len(layers) - 1
        rate = shared["learning_rate"]
        if first:
            rate = shared.get("visible_learning_rate", rate)
        if last and code == "gaussian":
            rate = shared["code_learning_rate"]
        rbm = RBM(
            n_components,
            visible=visible if first else "bernoulli",
            hidden=code if last else "bernoulli",
            learning_rate=rate,
            n_iter=shared["n_iter"],
            batch_size=shared["batch_size"],
            random_state=int(run.rng(Draw.RBM_SEED, index).integers(2**31)),
        )
        file = run.folder / f"layer_{index + 1}.npz"
        _checkpoints.restore(file, rbm, trained_on)
        seconds += _train(
            run, rbm, inputs, file, trained_on, f"layer {index + 1} of {len(layers)}", index
        )
        trained_on = _checkpoints.digest_of_learnt(trained_on, rbm)
        machines.append(rbm)
        if not last:
            inputs = rbm.transform(inputs)
    return Stack(machines), [rbm.reconstruction_error_ for rbm in machines], seconds


def _train(run, rbm, inputs, file, trained_on, description, index):
    """Train a machine to its last epoch, from wherever its file left it; return the seconds."""
    done = getattr(rbm, "n_iter_", 0)
    clock = file.with_suffix(".seconds")
    before = float(clock.read_text(encoding="ascii")) if done and clock.exists() else 0.0
    started = saved = time.monotonic()
    with epoch_bar(f"{run.name}: {description}", rbm.n_iter, shown=bool(run.verbose)) as bar:
        bar.update(done)
        for epoch in range(done, rbm.n_iter):
            rbm.partial_fit(
                inputs[run.rng(Draw.PRETRAINING_ORDER, index, epoch).permutation(len(inputs))]
            )
            bar.update()
            if epoch + 1 == rbm.n_iter or time.monotonic() - saved >= run.save_every:
                saved = time.monotonic()
                seconds = str(before + saved - started).encode()
                with warn_if_unwritten():
                    _checkpoints.store(file, rbm, trained_on)
                    write_whole(clock, lambda opened, seconds=seconds: opened.write(seconds))
    return before + time.monotonic() - started
