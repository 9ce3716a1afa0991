"""Make the data of the website's playthings, from trained weights.

    python tools/playthings.py export --digits digits.npz --map map.npz
    python tools/playthings.py sizes

``export`` reads two trained autoencoders, 784-1000-500-250-30 and 784-1000-500-250-2, writes their
weights in 8 bits and what else three of the playthings need. ``sizes`` trains six small ones, in
some minutes, for the fourth. Both write to ``book/_static/playthings``, where the pages' own
programs (``*.mjs``) lie as well, and draw the still pictures that stand there without JavaScript.

A file of weights holds arrays ``encoder_0_weights`` of shape (784, 1000), ``encoder_0_bias`` of
shape (1000,), and so on to ``decoder_3_bias``. All units are logistic but those of the code, which
are linear.
"""

import argparse
import hashlib
import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np
from made import write
from notebooks import ROOT

FOLDER = Path("book") / "_static" / "playthings"
HIDDEN = [784, 1000, 500, 250]
COMPONENTS = 30
# What 8 bits may add to the squared error, as a fraction of it.
DEAREST = 0.05
# On the map: so many digits of each class as dots, and so many of them with their pictures.
DOTS, PICTURED, SPRITE_COLUMNS = 500, 30, 20
# How much fits in a code: lesson scale, so that everybody can compute it again.
SIZES, SIZES_HIDDEN, SIZES_EPOCHS = [2, 4, 8, 16, 30, 64], 256, 15


class PlaythingsError(Exception):
    """Data cannot be made; the message says what was received and expected."""


# Weights -----------------------------------------------------------------------------------------


def read_network(path, n_code):
    """Read a trained autoencoder.

    Parameters
    ----------
    path : Path
        Of an ``.npz`` file, see the head of this module.
    n_code : int
        Numbers in its code.

    Returns
    -------
    dict
        ``"encoder"`` and ``"decoder"``, each a list of (weights, bias) of float32, weights of shape
        (units, inputs): a row for each unit.

    Raises
    ------
    PlaythingsError
        If an array is missing, has another shape, or is not finite.
    """
    sizes = [*HIDDEN, n_code]
    network = {}
    with np.load(path, allow_pickle=False) as file:
        for part, widths in (("encoder", sizes), ("decoder", sizes[::-1])):
            network[part] = []
            for i, shape in enumerate(itertools.pairwise(widths)):
                names = {f"{part}_{i}_weights": shape, f"{part}_{i}_bias": shape[1:]}
                for name, expected in names.items():
                    if name not in file:
                        raise PlaythingsError(f"{path} lacks the array {name}. It has {file.files}")
                    if file[name].shape != expected or not np.isfinite(file[name]).all():
                        raise PlaythingsError(
                            f"{name} in {path} must be finite and of shape {expected}. "
                            f"Received: shape {file[name].shape}"
                        )
                weights, bias = (file[name].astype(np.float32) for name in names)
                network[part].append((weights.T, bias))
    return network


def quantise(weights):
    """Write weights in 8 bits, with a scale for each unit.

    Parameters
    ----------
    weights : ndarray of shape (units, inputs), float32

    Returns
    -------
    steps : ndarray of the same shape, int8
    scales : ndarray of shape (units,), float32
        A weight is its step times its unit's scale.

    Examples
    --------
    >>> steps, scales = quantise(np.array([[1.27, -0.5], [0.0, 0.0]], dtype=np.float32))
    >>> steps
    array([[127, -50],
           [  0,   0]], dtype=int8)
    >>> scales.round(2)
    array([0.01, 0.  ], dtype=float32)
    """
    scales = (np.abs(weights).max(axis=1) / 127).astype(np.float32)
    safe = np.where(scales > 0, scales, 1)
    return np.rint(weights / safe[:, None]).clip(-127, 127).astype(np.int8), scales


def in_eight_bits(layers):
    """Return what readers' browsers compute with: layers whose weights went through 8 bits.

    Parameters
    ----------
    layers : list of (weights, bias)

    Returns
    -------
    list of (weights, bias)
        float32.
    """
    rounded = []
    for weights, bias in layers:
        steps, scales = quantise(weights)
        rounded.append((steps.astype(np.float32) * scales[:, None], bias))
    return rounded


def run(layers, x, *, linear=False):
    """Pass data through dense layers of logistic units, in float64.

    Parameters
    ----------
    layers : list of (weights, bias)
        Weights of shape (units, inputs).
    x : array-like of shape (n, inputs)
    linear : bool, default=False
        Whether the last layer is linear, as a code is.

    Returns
    -------
    ndarray of shape (n, units), float64

    Examples
    --------
    >>> run([(np.array([[1.0, -1.0]]), np.array([0.0]))], [[2.0, 2.0]])
    array([[0.5]])
    """
    x = np.asarray(x, dtype=np.float64)
    for i, (weights, bias) in enumerate(layers):
        x = x @ weights.T.astype(np.float64) + bias
        if not (linear and i == len(layers) - 1):
            x = 1 / (1 + np.exp(-x))
    return x


# Files -------------------------------------------------------------------------------------------


def pack(arrays):
    """Put arrays into one file, and say where each of them is.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Of int8, uint8, or float32.

    Returns
    -------
    content : bytes
        Little-endian; each array begins at a multiple of four bytes.
    index : list of dict
        For each array its ``name``, ``type``, ``shape`` and ``offset`` in bytes.

    Examples
    --------
    >>> content, index = pack({"a": np.array([1, 2], np.uint8), "b": np.array([1], np.float32)})
    >>> len(content), index[1]
    (8, {'name': 'b', 'type': 'float32', 'shape': [1], 'offset': 4})
    """
    content, index = b"", []
    for name, array in arrays.items():
        if array.dtype.name not in ("int8", "uint8", "float32"):
            raise PlaythingsError(f"{name} must be int8, uint8 or float32. Received: {array.dtype}")
        content += bytes(-len(content) % 4)
        index.append(
            {
                "name": name,
                "type": array.dtype.name,
                "shape": list(array.shape),
                "offset": len(content),
            }
        )
        content += array.astype(array.dtype.newbyteorder("<")).tobytes()
    return content, index


def unpack(content, index):
    """Return the arrays of :func:`pack`.

    Parameters
    ----------
    content : bytes
    index : list of dict

    Returns
    -------
    dict of str to ndarray

    Examples
    --------
    >>> unpack(*pack({"a": np.array([[1, 2]], np.int8)}))
    {'a': array([[1, 2]], dtype=int8)}
    """
    return {
        entry["name"]: np.frombuffer(
            content,
            np.dtype(entry["type"]).newbyteorder("<"),
            int(np.prod(entry["shape"])),
            entry["offset"],
        ).reshape(entry["shape"])
        for entry in index
    }


def layers_of(arrays):
    """Return the layers in a file of weights, as :func:`run` takes them.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Of :func:`unpack`.

    Returns
    -------
    list of (weights, bias)
    """
    return [
        (
            arrays[f"weights_{i}"].astype(np.float32) * arrays[f"scales_{i}"][:, None],
            arrays[f"bias_{i}"],
        )
        for i in range(len(HIDDEN))
    ]


def arrays_of(layers):
    """Return layers in 8 bits, as arrays for :func:`pack`."""
    arrays = {}
    for i, (weights, bias) in enumerate(layers):
        arrays[f"weights_{i}"], arrays[f"scales_{i}"] = quantise(weights)
        arrays[f"bias_{i}"] = bias
    return arrays


def load(name, root=ROOT):
    """Read one of the exported files.

    Parameters
    ----------
    name : str
        ``"digits_decoder"`` for example.
    root : Path
        The folder of the course.

    Returns
    -------
    dict of str to ndarray
    """
    folder = root / FOLDER
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return unpack((folder / f"{name}.bin").read_bytes(), manifest["files"][name]["arrays"])


def sprite(rows):
    """Draw rows of digits into one picture, ink on paper.

    Parameters
    ----------
    rows : array-like of shape (rows, columns, 784)
        Ink from 0 to 1.

    Returns
    -------
    bytes
        A PNG; each digit takes 28 by 28 pixels.
    """
    import io

    from PIL import Image

    rows = np.asarray(rows)
    n_rows, n_columns = rows.shape[:2]
    ink = rows.reshape(n_rows, n_columns, 28, 28).transpose(0, 2, 1, 3)
    grey = np.rint(255 * (1 - ink)).astype(np.uint8).reshape(28 * n_rows, 28 * n_columns)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


# Export ------------------------------------------------------------------------------------------


def measure(network, rounded, x_test, name):
    """Return a network's errors on the test digits, before and after 8 bits.

    Parameters
    ----------
    network, rounded : dict
        Its encoder and decoder, as they were and in 8 bits.
    x_test : ndarray of shape (n, 784)
    name : str
        For the message.

    Returns
    -------
    dict
        ``error``, ``error_8_bits`` and ``cost``, the fraction that 8 bits add.

    Raises
    ------
    PlaythingsError
        If 8 bits cost more than they may.
    """
    from ae_lib import squared_error

    error, error_8_bits = (
        squared_error(x_test, run(half["decoder"], run(half["encoder"], x_test, linear=True)))
        for half in (network, rounded)
    )
    cost = error_8_bits / error - 1
    if cost > DEAREST:
        raise PlaythingsError(
            f"8 bits may raise the error of {name} by {DEAREST:.0%} at most. "
            f"Received: from {error:.3f} to {error_8_bits:.3f}, {cost:.1%}"
        )
    return {
        "error": round(error, 4),
        "error_8_bits": round(error_8_bits, 4),
        "cost": round(cost, 4),
    }


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
    from ae_lib.plots.style import DIGIT_COLOURS

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
        "colours": list(DIGIT_COLOURS),
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
    """Write all that three of the playthings need.

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
    folder = root / FOLDER
    packed = {name: pack(arrays) for name, arrays in (files | map_files).items()}
    write(sprite(pictures), folder / "map_digits.png")
    for name, (content, _) in packed.items():
        write(content, folder / f"{name}.bin")
    manifest = {
        "made_by": "tools/playthings.py export",
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


# How much fits in a code -------------------------------------------------------------------------


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
        "made_by": "tools/playthings.py sizes",
        "network": [784, SIZES_HIDDEN, "code", SIZES_HIDDEN, 784],
        "epochs": epochs,
        "trained_on": len(digits.x_train),
        "seed": SEED,
        "seconds": round(time.perf_counter() - start),
        "digits": first,
        "sizes": SIZES,
        "errors": errors,
    }
    folder = root / FOLDER
    write(sprite(rows), folder / "sizes_digits.png")
    write(json.dumps(result, indent=1).encode() + b"\n", folder / "sizes.json")
    draw_still_of_sizes(root)
    return result


# Still pictures ----------------------------------------------------------------------------------


def save_still(fig, name, root):
    """Write a still picture."""
    import io

    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    plt.close(fig)
    write(buffer.getvalue(), root / FOLDER / f"still_{name}.png")


def draw_digit(ax, pixels, title):
    """Draw a digit without axes."""
    ax.imshow(pixels.reshape(28, 28), vmin=0, vmax=1)
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()


def draw_stills(root=ROOT):
    """Draw what three playthings show before anybody plays, from the exported files.

    Parameters
    ----------
    root : Path
        The folder of the course.
    """
    import matplotlib.pyplot as plt

    from ae_lib import COLOURS, plot_map, use_style

    use_style()
    decoder, pca = layers_of(load("digits_decoder", root)), load("pca", root)
    chosen = load("digits", root)
    pixels, codes = chosen["pixels"] / 255, chosen["codes"]
    through_pca = pca["mean"] + (pixels - pca["mean"]) @ pca["components"].T @ pca["components"]

    fig, axes = plt.subplots(1, 4, figsize=(7.5, 2.1), width_ratios=[1, 2.4, 1, 1])
    draw_digit(axes[0], pixels[2], "the digit")
    axes[1].bar(range(1, COMPONENTS + 1), codes[2], color=COLOURS["autoencoder"])
    axes[1].set_title("its 30 numbers", fontsize=10)
    axes[1].set(xticks=[1, 10, 20, 30])
    draw_digit(axes[2], run(decoder, codes[2:3])[0], "decoded")
    draw_digit(axes[3], through_pca[2].clip(0, 1), "PCA-30")
    save_still(fig, "numbers", root)

    fig, axes = plt.subplots(3, 7, figsize=(7.5, 3.3))
    start, end = 3, 4
    for column, t in zip(axes.T, np.linspace(0, 1, 7), strict=True):
        mixed = {
            "pixels": (1 - t) * pixels[start] + t * pixels[end],
            "PCA-30": (1 - t) * through_pca[start] + t * through_pca[end],
            "code": run(decoder, [(1 - t) * codes[start] + t * codes[end]])[0],
        }
        for ax, (name, picture) in zip(column, mixed.items(), strict=True):
            draw_digit(ax, picture.clip(0, 1), name if t == 0 else "")
    save_still(fig, "between", root)

    places = load("map", root)
    fig, ax = plt.subplots(figsize=(6, 5))
    plot_map(places["autoencoder"], places["labels"].astype(int), ax=ax)
    save_still(fig, "map", root)


def draw_still_of_sizes(root=ROOT):
    """Draw errors against code sizes, from the stored result.

    Parameters
    ----------
    root : Path
        The folder of the course.
    """
    import matplotlib.pyplot as plt

    from ae_lib import COLOURS, use_style

    use_style()
    result = json.loads((root / FOLDER / "sizes.json").read_text(encoding="utf-8"))
    fig, ax = plt.subplots(figsize=(7.5, 3.4))
    for name, label, style in (("pca", "PCA", "s-"), ("autoencoder", "autoencoder", "o-")):
        ax.plot(result["sizes"], result["errors"][name], style, color=COLOURS[name], label=label)
        for size, error in zip(result["sizes"], result["errors"][name], strict=True):
            below = name == "autoencoder"
            ax.annotate(
                f"{error:.1f}",
                (size, error),
                xytext=(0, -14 if below else 8),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color=COLOURS[name],
            )
    ax.set_xscale("log", base=2)
    ax.set(xticks=result["sizes"], xticklabels=result["sizes"], xlabel="numbers in the code")
    ax.set(ylabel="squared error per image", ylim=(-4, None))
    ax.minorticks_off()
    ax.legend()
    save_still(fig, "sizes", root)


def main(arguments=None, root=ROOT):
    """Run the command line; return the exit code."""
    import matplotlib

    matplotlib.use("agg")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    exporting = commands.add_parser("export", help="write the data of trained networks")
    exporting.add_argument("--digits", type=Path, required=True, help="weights, 30 numbers")
    exporting.add_argument("--map", type=Path, required=True, help="weights, 2 numbers")
    commands.add_parser("sizes", help="train small networks with codes of several sizes")
    options = parser.parse_args(arguments)
    try:
        if options.command == "export":
            manifest = export(options.digits, options.map, root)
            for name in ("digits", "map"):
                facts = manifest[name]
                print(
                    f"{name}: error {facts['error']:.3f}, in 8 bits {facts['error_8_bits']:.3f} "
                    f"({facts['cost']:+.2%}), PCA {facts['pca_error']:.3f}"
                )
        else:
            print(json.dumps(sizes(root)["errors"]))
    except (PlaythingsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
