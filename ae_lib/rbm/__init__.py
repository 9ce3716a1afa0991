"""The restricted Boltzmann machine (RBM).

:mod:`~ae_lib.rbm.formulas` is the chapter on it: energy, conditional distributions, free energy,
statistics, update. :mod:`~ae_lib.rbm.estimator` is the class that users call, with
:mod:`~ae_lib.rbm.fitting` for how it learns. :mod:`~ae_lib.rbm.training` has the compiled loops,
:mod:`~ae_lib.rbm.settings` and :mod:`~ae_lib.rbm.data` what is accepted,
:mod:`~ae_lib.rbm.likelihood` estimates how probable the RBM finds data, and
:mod:`~ae_lib.rbm.blocks` cuts data into blocks.
"""

from ae_lib.rbm.estimator import RBM
from ae_lib.rbm.likelihood import log_likelihood, log_partition

__all__ = ["RBM", "log_likelihood", "log_partition"]
