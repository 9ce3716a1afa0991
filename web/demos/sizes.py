"""How much fits in a code: six small autoencoders, and PCA, for the fourth demo."""

import json
import time

import numpy as np

from tools.course import ROOT
from tools.made import write
from web.demos.files import DATA, sprite
from web.demos.stills import draw_still_of_sizes
from web.demos.trained import fit_pca

# Lesson scale, so that everybody can compute it again.
SIZES, SIZES_HIDDEN, SIZES_EPOCHS = [2, 4, 8, 16, 30, 64], 256, 15


def train_small(x_train, n_code, epochs=SIZES_EPOCHS):
    """Train a small autoencoder, 784-256-code-256-784.

    Parameters
    ----------
    x_train : ndarray of shape (n, 784)
    n_code : int
    epochs : int

    Returns
    -------
    keras.Model
    """
    import keras
    from keras import layers

    from ae_lib import ProgressBar, set_seed

    set_seed()
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(SIZES_HIDDEN, activation="relu"),
            layers.Dense(n_code),
            layers.Dense(SIZES_HIDDEN, activation="relu"),
            layers.Dense(784, activation="sigmoid"),
        ]
    )
    model.compile("adam", loss="binary_crossentropy", steps_per_execution=20)
    bar = ProgressBar(f"{n_code} numbers")
    model.fit(x_train, x_train, epochs=epochs, batch_size=200, verbose=0, callbacks=[bar])
    return model


def sizes(root=ROOT, *, epochs=SIZES_EPOCHS, n_train=None):
    """Train an autoencoder for each code size, compare with PCA, write numbers and pictures.

    Parameters
    ----------
    root : Path
        The folder of the course.
    epochs : int
    n_train : int, optional
        How many digits to learn from; all by default.

    Returns
    -------
    dict
        What was written to ``sizes.json``.
    """
    from ae_lib import SEED, load_mnist, squared_error

    digits = load_mnist(n_train=n_train)
    x_test = digits.x_test
    first = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in range(10)]
    start, errors, rows = time.perf_counter(), {"autoencoder": [], "pca": []}, [x_test[first]]
    pca = fit_pca(digits.x_train, max(SIZES))
    for n_code in SIZES:
        model = train_small(digits.x_train, n_code, epochs)
        directions = pca.components_[:n_code]
        decoded = {
            "autoencoder": model.predict(x_test, batch_size=1000, verbose=0),
            "pca": pca.mean_ + (x_test - pca.mean_) @ directions.T @ directions,
        }
        for name, x_hat in decoded.items():
            errors[name].append(round(squared_error(x_test, x_hat), 4))
            rows.append(x_hat[first].clip(0, 1))
    result = {
        "made_by": "python -m web.demos sizes",
        "network": [784, SIZES_HIDDEN, "code", SIZES_HIDDEN, 784],
        "epochs": epochs,
        "trained_on": len(digits.x_train),
        "seed": SEED,
        "seconds": round(time.perf_counter() - start),
        "digits": first,
        "sizes": SIZES,
        "errors": errors,
    }
    folder = root / DATA
    write(sprite(rows), folder / "sizes_digits.png")
    write(json.dumps(result, indent=1).encode() + b"\n", folder / "sizes.json")
    draw_still_of_sizes(root)
    return result
