"""Export the data of three demos from the weights of two trained autoencoders."""

import hashlib
import json

import numpy as np

from tools.course import ROOT
from tools.made import write
from web.demos.files import DATA, pack, sprite
from web.demos.networks import HIDDEN, arrays_of, in_eight_bits, measure, read_network, run
from web.demos.stills import draw_stills

COMPONENTS = 30
# On the map: so many digits of each class as dots, and so many of them with their pictures.
DOTS, PICTURED, SPRITE_COLUMNS = 500, 30, 20


def fit_pca(x_train, n_components=COMPONENTS):
    """Return scikit-learn's PCA, which needs no random numbers with this solver."""
    from sklearn.decomposition import PCA

    return PCA(n_components, svd_solver="covariance_eigh").fit(x_train)


def choose_digits(errors, labels):
    """Choose a dozen test digits: the first of each class, and the two with the largest errors.

    Parameters
    ----------
    errors : ndarray of shape (n,)
    labels : ndarray of shape (n,)

    Returns
    -------
    list of int
        Their places in the test set.
    """
    first = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    hardest = [int(i) for i in np.argsort(-errors) if i not in first]
    return first + hardest[:2]


def source_of(path):
    """Say which file the weights come from."""
    return {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def export_digits(path, digits, pca):
    """Return the files and the facts of the network with 30 numbers.

    Parameters
    ----------
    path : Path
        Its weights.
    digits : Digits
    pca : sklearn.decomposition.PCA

    Returns
    -------
    files : dict of str to dict of str to ndarray
    facts : dict
    """
    from ae_lib import squared_error

    network = read_network(path, COMPONENTS)
    rounded = {part: in_eight_bits(layers) for part, layers in network.items()}
    x_test = digits.x_test
    facts = measure(network, rounded, x_test, path.name)
    codes = run(rounded["encoder"], x_test, linear=True)
    errors = squared_error(x_test, run(rounded["decoder"], codes), per_image=True)
    chosen = choose_digits(errors, digits.y_test)
    # Where sliders end: beyond nearly all digits' codes, and beyond the chosen ones'.
    low, high = np.quantile(codes, [0.005, 0.995], axis=0)
    margin = 0.25 * (high - low)
    low = np.minimum(low - margin, codes[chosen].min(axis=0))
    high = np.maximum(high + margin, codes[chosen].max(axis=0))
    pca_error = squared_error(x_test, pca.inverse_transform(pca.transform(x_test)))
    facts |= {
        "layers": [*HIDDEN, COMPONENTS],
        "source": source_of(path),
        "pca_error": round(pca_error, 4),
        "low": [float(value) for value in np.floor(10 * low) / 10],
        "high": [float(value) for value in np.ceil(10 * high) / 10],
        "chosen": chosen,
        "labels": digits.y_test[chosen].tolist(),
    }
    files = {
        "digits_decoder": arrays_of(network["decoder"]),
        "digits_encoder": arrays_of(network["encoder"]),
        "digits": {
            "codes": codes[chosen].astype(np.float32),
            "pixels": np.rint(255 * x_test[chosen]).astype(np.uint8),
        },
        "pca": {
            "mean": pca.mean_.astype(np.float32),
            "components": pca.components_.astype(np.float32),
        },
    }
    return files, facts


def export_map(path, digits, pca):
    """Return the files and the facts of the network with two numbers, and its sprite.

    Parameters
    ----------
    path : Path
        Its weights.
    digits : Digits
    pca : sklearn.decomposition.PCA

    Returns
    -------
    files : dict of str to dict of str to ndarray
    facts : dict
    pictures : ndarray of shape (rows, columns, 784)
        The digits that have pictures: the first dots, in their order.
    """
    from ae_lib import nearest_neighbour_accuracy, squared_error

    network = read_network(path, 2)
    rounded = {part: in_eight_bits(layers) for part, layers in network.items()}
    x_test, y_test = digits.x_test, digits.y_test
    of_class = [np.flatnonzero(y_test == digit)[:DOTS] for digit in range(10)]
    pictured = np.sort(np.concatenate([members[:PICTURED] for members in of_class]))
    others = np.sort(np.concatenate([members[PICTURED:] for members in of_class]))
    dots = np.concatenate([pictured, others])
    codes = run(network["encoder"], x_test, linear=True)
    linear = pca.transform(x_test)[:, :2]
    pca_error = squared_error(x_test, linear @ pca.components_[:2] + pca.mean_)
    facts = measure(network, rounded, x_test, path.name) | {
        "layers": [*HIDDEN, 2],
        "source": source_of(path),
        "pca_error": round(pca_error, 4),
        "right": round(nearest_neighbour_accuracy(codes[dots], y_test[dots]), 4),
        "pca_right": round(nearest_neighbour_accuracy(linear[dots], y_test[dots]), 4),
        "pictured": len(pictured),
        "columns": SPRITE_COLUMNS,
    }
    files = {
        "map_decoder": arrays_of(network["decoder"]),
        "map": {
            "autoencoder": codes[dots].astype(np.float32),
            "pca": linear[dots].astype(np.float32),
            "labels": y_test[dots].astype(np.uint8),
        },
    }
    return files, facts, x_test[pictured].reshape(-1, SPRITE_COLUMNS, 784)


def export(digits_path, map_path, root=ROOT):
    """Write all that three of the interactive demos need.

    Parameters
    ----------
    digits_path, map_path : Path
        Trained weights of the networks with 30 and with 2 numbers in their codes.
    root : Path
        The folder of the course.

    Returns
    -------
    dict
        The manifest that was written.
    """
    from ae_lib import load_mnist

    digits = load_mnist()
    pca = fit_pca(digits.x_train)
    files, digits_facts = export_digits(digits_path, digits, pca)
    map_files, map_facts, pictures = export_map(map_path, digits, pca)
    folder = root / DATA
    packed = {name: pack(arrays) for name, arrays in (files | map_files).items()}
    write(sprite(pictures), folder / "map_digits.png")
    for name, (content, _) in packed.items():
        write(content, folder / f"{name}.bin")
    manifest = {
        "made_by": "python -m web.demos export",
        "digits": digits_facts,
        "map": map_facts,
        "files": {
            name: {"bytes": len(content), "arrays": index}
            for name, (content, index) in packed.items()
        },
    }
    write(json.dumps(manifest, indent=1).encode() + b"\n", folder / "manifest.json")
    draw_stills(root)
    return manifest
