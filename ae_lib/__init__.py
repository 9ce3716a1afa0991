"""Helpers of the autoencoder course: the digits, the unit of error, seeds, progress and figures.

This page is the table of contents. A name is loaded from its module when it is first used, so that
``import ae_lib`` is quick and loads neither TensorFlow nor scikit-learn nor matplotlib.

Data and numbers
    :func:`load_mnist`, :class:`Digits`, :func:`squared_error`, :func:`nearest_neighbour_accuracy`
Runs
    :data:`SEED`, :func:`set_seed`, :class:`ProgressBar`
Results
    :func:`claim`, :func:`list_errors`
Learning one layer at a time
    :class:`RBM`, :func:`log_partition`, :func:`log_likelihood`, :func:`pretrain`,
    :class:`Stack`, :func:`unroll`
Exercises
    :func:`check`
Figures
    :func:`use_style`, :data:`COLOURS`, :func:`show`, :func:`plot_reconstructions`,
    :func:`plot_map`, :func:`plot_features`, :func:`plot_network`, :func:`plot_pretraining`,
    :func:`plot_blocks`, :func:`layer_shapes`
"""

import importlib

# Public name -> module that defines it.
_EXPORTS = {
    "COLOURS": "plots.style",
    "Digits": "datasets",
    "ProgressBar": "progress",
    "RBM": "rbm",
    "SEED": "seeds",
    "Stack": "stack",
    "check": "exercises",
    "claim": "claims",
    "layer_shapes": "shapes",
    "list_errors": "reported",
    "load_mnist": "datasets",
    "log_likelihood": "rbm",
    "log_partition": "rbm",
    "nearest_neighbour_accuracy": "metrics",
    "plot_blocks": "plots.blocks",
    "plot_features": "plots.features",
    "plot_map": "plots.maps",
    "plot_network": "plots.network",
    "plot_pretraining": "plots.pretraining",
    "plot_reconstructions": "plots.reconstructions",
    "pretrain": "stack",
    "set_seed": "seeds",
    "show": "plots.display",
    "squared_error": "metrics",
    "unroll": "stack",
    "use_style": "plots.style",
}

__all__ = list(_EXPORTS)


def __getattr__(name):
    """Import the module of a public name when the name is first used (PEP 562)."""
    if name not in _EXPORTS:
        raise AttributeError(f"module 'ae_lib' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"ae_lib.{_EXPORTS[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)
