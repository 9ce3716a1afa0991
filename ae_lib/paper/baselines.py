"""What the paper sets beside its autoencoders: PCA, and logistic PCA."""

import numpy as np

from ae_lib.metrics import squared_error
from ae_lib.paper.networks import Layer, Network
from ae_lib.paper.training import cross_entropy, train


def pca_errors(x_train, n_components, others):
    """Fit PCA, and return it with its squared error per row on the training data and on others.

    Parameters
    ----------
    x_train : ndarray of shape (n, n_features)
    n_components : int
    others : dict of ndarray
        By name; None and empty arrays are left out.

    Returns
    -------
    pca : sklearn.decomposition.PCA
    errors : dict of float
        ``train`` and one for each name.
    """
    from sklearn.decomposition import PCA

    pca = PCA(n_components, svd_solver="covariance_eigh").fit(x_train)
    parts = {"train": x_train, **others}
    errors = {
        name: squared_error(x, pca.inverse_transform(pca.transform(x)))
        for name, x in parts.items()
        if x is not None and len(x)
    }
    return pca, errors


def logistic_pca(run, label, x_train, n_components, settings):
    """Train logistic PCA: a linear code with a logistic decoder, trained on cross-entropy.

    The code starts as that of PCA, each component with variance 1; the decoder as the mean image.

    Parameters
    ----------
    run : Run
    label : str
    x_train : ndarray of shape (n, n_features), float32, in [0, 1]
    n_components : int
    settings : FineTuning

    Returns
    -------
    network : Network
    seconds : float
    """
    pca, _ = pca_errors(x_train, n_components, {})
    up = pca.components_.T / np.sqrt(pca.explained_variance_)
    # A pixel that is always white has an infinite input; a hundredth is white enough.
    mean = np.clip(pca.mean_, 0.01, 0.99)
    network = Network(
        [
            Layer(up, -pca.mean_ @ up, "linear"),
            Layer(
                np.zeros((n_components, x_train.shape[1])), np.log(mean / (1 - mean)), "logistic"
            ),
        ],
        1,
    )
    _, seconds = train(run, label, network, x_train, None, settings, cross_entropy)
    return network, seconds
