"""Which settings an RBM takes, and what is said of others."""

import numbers

import numpy as np

from ae_lib._validation import check_integer, check_real

VISIBLE_KINDS = ("bernoulli", "gaussian", "multinomial")
HIDDEN_KINDS = ("bernoulli", "gaussian")


def check_settings(rbm):
    """Check all settings of an RBM, and return momentum as a list with at least one value.

    Parameters
    ----------
    rbm : RBM

    Returns
    -------
    list of float
        Momentum by epoch; the last value goes on.

    Raises
    ------
    TypeError, ValueError
        If a setting is not what it should be.

    Examples
    --------
    >>> from ae_lib import RBM
    >>> check_settings(RBM(momentum=0.5))
    [0.5]
    """
    check_integer(rbm.n_components, "n_components", minimum=1)
    check_integer(rbm.batch_size, "batch_size", minimum=1)
    check_integer(rbm.n_iter, "n_iter", minimum=0)
    check_integer(rbm.n_steps, "n_steps", minimum=1)
    if check_real(rbm.learning_rate, "learning_rate") <= 0:
        raise ValueError(f"learning_rate must be above 0. Received: {rbm.learning_rate}")
    if check_real(rbm.weight_decay, "weight_decay") < 0:
        raise ValueError(f"weight_decay must be at least 0. Received: {rbm.weight_decay}")
    if not isinstance(rbm.verbose, numbers.Integral):
        raise TypeError(f"verbose must be 0 or 1. Received: {rbm.verbose!r}")
    _check_kinds(rbm)
    schedule = np.atleast_1d(rbm.momentum).tolist()
    if not schedule:
        raise ValueError("momentum must have at least one value. Received: none")
    for value in schedule:
        if not 0 <= check_real(value, "momentum") < 1:
            raise ValueError(f"momentum must be at least 0 and below 1. Received: {value}")
    return schedule


def _check_kinds(rbm):
    """Check the kinds of units, and that they go together."""
    for name, allowed in (("visible", VISIBLE_KINDS), ("hidden", HIDDEN_KINDS)):
        if getattr(rbm, name) not in allowed:
            raise ValueError(f"{name} must be one of {allowed}. Received: {getattr(rbm, name)!r}")
    if not isinstance(rbm.persistent, (bool, np.bool_)):
        raise TypeError(f"persistent must be True or False. Received: {rbm.persistent!r}")
    if rbm.visible == rbm.hidden == "gaussian":
        raise ValueError(
            "visible and hidden units must not both be Gaussian: with large weights the energy "
            "of such an RBM has no lower bound, and learning has nothing to hold it. "
            "Received: visible='gaussian', hidden='gaussian'"
        )
    if rbm.persistent and rbm.visible == "multinomial":
        raise ValueError(
            "persistent chains do not go with multinomial units: documents of each length have "
            "a distribution of their own. Received: persistent=True, visible='multinomial'"
        )
