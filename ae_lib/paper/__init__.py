"""The experiments of Hinton & Salakhutdinov (2006), at the paper's scale.

``python -m ae_lib.paper NAME`` runs one of them; ``python -m ae_lib.paper --list`` tells which
there are. Each module here is an experiment, with its settings at the top:

:mod:`~ae_lib.paper.curves`, :mod:`~ae_lib.paper.digits`, :mod:`~ae_lib.paper.faces`,
:mod:`~ae_lib.paper.documents`, :mod:`~ae_lib.paper.maps`, :mod:`~ae_lib.paper.classification`,
:mod:`~ae_lib.paper.initialisation`, and, beyond the paper, :mod:`~ae_lib.paper.search`

What they share: :mod:`~ae_lib.paper.run` (one run and what it writes),
:mod:`~ae_lib.paper.training` (training that can be killed and goes on),
:mod:`~ae_lib.paper.networks` (the networks), :mod:`~ae_lib.paper.baselines` (PCA and
logistic PCA). The recipes of pictures are :mod:`~ae_lib.paper.curve_pictures` and
:mod:`~ae_lib.paper.face_patches`; :mod:`~ae_lib.paper.mixed_faces` makes more people out of 25, and
:mod:`~ae_lib.paper.turned_faces` is the decoder of the faces' preset ``modern``.

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
)
PRESETS = ("paper", "modern", "smoke")
