"""The experiments of Hinton & Salakhutdinov (2006), at the paper's scale, and chapter 4's searches.

``python -m ae_lib.paper NAME`` runs one of them; ``python -m ae_lib.paper --list`` tells which
there are. Each is ``experiments/NAME.py``, with its settings at the top; what makes or loads its
data is in ``data/``. What the experiments share:

- :mod:`~ae_lib.paper.run`: one run, its random numbers, and what it writes
- :mod:`~ae_lib.paper.networks`: the networks
- :mod:`~ae_lib.paper.training`: training that can be killed and goes on
- :mod:`~ae_lib.paper.many`: several networks of one shape, trained at once
- :mod:`~ae_lib.paper.starts`: initial weights of chapter 4's contestants
- :mod:`~ae_lib.paper.images`: the autoencoder of curves and of digits beside its baselines
- :mod:`~ae_lib.paper.baselines`: PCA and logistic PCA
- :mod:`~ae_lib.paper.retrieval`: how many of the documents retrieved are relevant
- :mod:`~ae_lib.paper.turned_faces`: the decoder of the faces' preset ``modern``

G. E. Hinton, R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
Science 313 (2006), https://doi.org/10.1126/science.1127647.
"""

NAMES = (
    "curves",
    "digits",
    "faces",
    "documents",
    "maps",
    "classification",
    "initialisation",
    "search",
    "race",
    "few_labels",
)
PRESETS = ("paper", "modern", "smoke")
