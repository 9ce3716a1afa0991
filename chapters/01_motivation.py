# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. Motivation: a picture in 30 numbers
#
# A small greyscale picture of a handwritten digit consists of 784 pixels, yet writing a
# 3 does not take 784 decisions. How few numbers describe a digit well enough to draw
# it again, and what is such a short description good for? In this chapter we train a
# network to find one: an *autoencoder*, which squeezes each digit through a layer of 30
# units. Then we measure what its codes are worth, beside the strongest simple rivals we
# can find. Some of the results are victories for the network, and some are not.
#
# **What you will do**
#
# - Train a small autoencoder that turns 784 pixels into 30 numbers and back.
# - Measure its codes in four uses: classification, visualisation, compression and
#   search, each time against rivals that were tuned with the same care.
# - Meet a deep network that learns nothing, which is where the story of this course
#   begins.
#
# **What you will learn**
#
# - What an encoder, a code and a decoder are, why the middle layer has to be narrow, and
#   the unit in which this course measures errors.
# - Where short codes help, where they do not, and when PCA does as well.
# - Which questions the rest of the course asks.
#
# **What you will need**
#
# - Python, NumPy, and a rough idea of what a neural network is. No graphics card.
#
# **Time:** about 30 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import functools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ae_lib import COLOURS, SEED, claim, load_mnist, set_seed, show, squared_error
from ae_lib import use_style

set_seed()
use_style()

# %% [markdown]
# ## Most pictures are not digits
#
# The MNIST data set has 60,000 digits for training and 10,000 for testing. Each has 28
# by 28 pixels, and each pixel is a number between 0 (paper) and 1 (ink).

# %%
digits = load_mnist()
x_train, x_test = digits.x_train, digits.x_test
print(x_train.shape, x_test.shape)

# %% [markdown]
# Suppose that the pixels of a digit had nothing to do with each other. We could then
# make new digits by drawing every pixel separately: the value of pixel 1 from one
# training digit chosen at random, the value of pixel 2 from another, and so on. Taken
# alone, each pixel would behave exactly as it does in MNIST.
#
# > **Predict.** What do pictures made in this way look like: digits, blurred digits, or
# > noise?

# %%
from ae_lib import plot_features

rng = np.random.default_rng(SEED)
donors = rng.integers(len(x_train), size=(1000, 784))
independent = x_train[donors, np.arange(784)]
show(
    plot_features(
        np.concatenate([x_test[:10], independent[:10]]),
        title="Ten test digits, and ten pictures made pixel by pixel",
    ),
    alt="Above, ten handwritten digits. Below, ten pictures whose pixels were drawn "
    "one by one from random digits: scattered dots in the middle, without a stroke.",
)

# %% [markdown]
# They are noise, with more ink in the middle than at the edge. What makes a digit is not
# the single pixels but how they go together: ink continues as a stroke, strokes have a
# width, and there are only so many ways to write a 3. If we knew these rules, we could
# specify a digit and its style with far fewer than 784 numbers.

# %% [markdown]
# ## Digits lie on curved surfaces
#
# Here is one rule that we do know: a 3 that is turned a little is still a 3. One number,
# the angle, produces a whole family of pictures from a single digit.

# %%
from scipy.ndimage import rotate

angles = np.linspace(-60, 60, 25)


def turned(digit):
    """The digit at each of the angles, shape (angles, 784)."""
    picture = digit.reshape(28, 28)
    views = [rotate(picture, angle, reshape=False, order=1) for angle in angles]
    return np.clip(views, 0, 1).reshape(len(angles), 784).astype(np.float32)


three = turned(x_test[np.flatnonzero(digits.y_test == 3)[0]])

# %% [markdown]
# Each picture is a point in a space of 784 dimensions, one for each pixel. As the angle
# changes, the point moves along a curve in that space. We cannot plot 784 dimensions, so
# the figure shows the plane in which this curve extends furthest.

# %% tags=["hide-input"]
centred = three - three.mean(axis=0)
plane = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
fig, axes = plt.subplots(1, 4, figsize=(7.5, 2.8), width_ratios=[2, 1, 1, 1])
curve, *pictures = axes
curve.plot(*plane.T, "o-", color=COLOURS["data"], markersize=4)
curve.plot(*plane[[0, -1]].T, "--", color=COLOURS["other"])
curve.plot(*plane[[0, -1]].mean(axis=0), "s", color=COLOURS["other"])
curve.set(title="one digit, 25 angles", xticks=[], yticks=[], aspect="equal")
shown = {
    "one end": three[0],
    "halfway along\nthe curve": three[12],
    "halfway along\nthe line": (three[0] + three[-1]) / 2,
}
for ax, (title, picture) in zip(pictures, shown.items(), strict=True):
    ax.imshow(picture.reshape(28, 28), vmin=0, vmax=1)
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()
show(fig, alt="Left, the path of a rotating 3 in a plane: a horseshoe. A dashed line "
     "joins its ends. Right, halfway along the curve is an upright 3, halfway along "
     "the line is a faint double exposure of two tilted 3s.")

# %% [markdown]
# The curve bends so strongly that the straight line between its ends leaves the digits
# altogether: halfway along the line we find a double exposure of two tilted digits,
# halfway along the curve an upright 3. Strokes can also become thicker, longer or more
# slanted, so digits really fill a curved surface with several dimensions, a **manifold**,
# inside the 784-dimensional space of all pictures. A good description of a digit says
# where on this surface it lies. That takes one number for each dimension of the surface,
# not one for each pixel.

# %% [markdown]
# ## Why the middle has to be narrow
#
# We cannot program the rules of handwriting, so we let a network find them. We ask it to
# copy its input to its output.
#
# Copying alone is no achievement. A network whose layers all have 784 units can do it
# with weights of 1 from each input to its own output and 0 everywhere else. It copies
# digits without an error, and noise just as well, because it has learnt nothing about
# digits at all. Copying becomes interesting once the network has to pass the picture
# through fewer units than there are pixels. It can then no longer copy everything, and
# has to find out which pictures occur.

# %%
from ae_lib import plot_network

CODE = 30  # units of the middle layer
HIDDEN = 256  # units of the layers around it
EPOCHS = 3

names = ["pixels", "hidden", "code", "hidden", "pixels\nagain"]
sizes = [784, HIDDEN, CODE, HIDDEN, 784]
show(plot_network(sizes, names=names, code=2, title="An autoencoder"))

# %% [markdown]
# Each bar is a layer, and the number above it counts the layer's units. The left half,
# from the pixels to the code, is the **encoder**. The right half, from the code back to
# the pixels, is the **decoder**. Together they form an **autoencoder**. Nothing tells the
# network what the 30 numbers should mean. They only have to be enough for the decoder.
#
# Call the picture $x$, its code $z = f(x)$ and the reconstruction $\hat x = g(z)$. The
# error of one picture is the sum of the squared differences of its pixels:
#
# $$E(x, \hat x) = \sum_{i=1}^{784} (x_i - \hat x_i)^2 \tag{1.1}$$
#
# The error of a method is the mean of $E$ over the 10,000 test digits. Every error in
# this course has this unit: **squared error per image, summed over pixels between 0 and
# 1**.
#
# In Keras, the encoder and the decoder are two small models, because we shall also use
# them separately.

# %%
import keras
from keras import layers


def build(code=CODE):
    """An encoder 784-256-code and a decoder code-256-784."""
    encoder = keras.Sequential(
        [layers.Input((784,)), layers.Dense(HIDDEN, "relu"), layers.Dense(code)]
    )
    decoder = keras.Sequential(
        [
            layers.Input((code,)),
            layers.Dense(HIDDEN, "relu"),
            layers.Dense(784, "sigmoid"),
        ]
    )
    return encoder, decoder


# %% [markdown]
# The code layer has no activation function, so its values are unrestricted. The output
# layer uses the logistic sigmoid, so each output lies between 0 and 1, as pixels do. We
# train on the cross-entropy between pixels and outputs, which suits such outputs and is
# smallest where the two agree. [Chapter 6](06_dense.ipynb) gives the reasons for these
# choices; here we only use them.
#
# Note what is *missing* from the next cell: labels. The digits are input and target at
# once. We train three networks that differ in their random seed alone, to see how much
# of a result is chance.

# %%
from ae_lib import ProgressBar


def train(seed):
    """Train an autoencoder; return its encoder and its decoder."""
    set_seed(seed)
    encoder, decoder = build()
    autoencoder = keras.Sequential([encoder, decoder])
    # Twenty batches in one call: the same updates, with less waiting between them.
    autoencoder.compile("adam", loss="binary_crossentropy", steps_per_execution=20)
    bar = ProgressBar(f"seed {seed}")
    autoencoder.fit(
        x_train, x_train, epochs=EPOCHS, batch_size=100, verbose=0, callbacks=[bar]
    )
    return encoder, decoder


networks = [train(SEED + k) for k in range(3)]

# %%
encoder, decoder = networks[0]
codes_train, codes_test = np.asarray(encoder(x_train)), np.asarray(encoder(x_test))
decoded_test = np.asarray(decoder(codes_test))
print(codes_test.shape)

# %% [markdown]
# ## One digit as 30 numbers
#
# Here are the first three test digits, which the network has never seen: pixels, code,
# and what the decoder makes of the code alone.

# %% tags=["nbval-ignore-output", "picture-landing", "hide-input"]
fig, axes = plt.subplots(3, 3, figsize=(7.5, 4.9), width_ratios=[1, 2.2, 1])
largest = 1.05 * np.abs(codes_test[:3]).max()
for row, (before, bars, after) in enumerate(axes):
    before.imshow(x_test[row].reshape(28, 28), vmin=0, vmax=1)
    bars.bar(range(1, CODE + 1), codes_test[row], color=COLOURS["autoencoder"])
    after.imshow(decoded_test[row].reshape(28, 28), vmin=0, vmax=1)
    bars.set(xticks=[1, CODE], ylim=(-largest, largest))
    before.set_axis_off()
    after.set_axis_off()
titles = ["784 pixels", f"{CODE} numbers", "784 pixels again"]
for ax, title in zip(axes[0], titles, strict=True):
    ax.set_title(title)
axes[2, 1].set_xlabel("code unit")
show(fig, alt="Three handwritten digits, a 7, a 2 and a 1, each with its code of 30 "
     "numbers as bars, and the digit that the decoder makes of these numbers.")

# %% [markdown]
# The code means nothing to us: no bar stands for "a 7". It only means something to its
# decoder. On the website you can move thirty such numbers and watch a larger decoder
# draw: [Thirty numbers](play.md#thirty-numbers).
#
# How good are these reconstructions? An error means little without a baseline, and we
# take two. The **mean image** answers every digit with the same grey blur, like a
# network that has learnt nothing. **PCA**, principal component analysis, also describes
# a digit by 30 numbers, but it may only scale and add fixed pictures. Among all *linear*
# codes of 30 numbers it has the smallest squared error on the training digits. It needs
# no labels either, and no training loop; [Chapter 5](05_pca.ipynb) is about it. PCA
# sometimes produces pixels below 0 or above 1, which no digit has. We move them to 0 and
# 1, which can only lower its error.

# %%
from sklearn.decomposition import PCA

pca = PCA(n_components=100, random_state=0).fit(x_train)
pca_train, pca_test = pca.transform(x_train), pca.transform(x_test)


def pca_decode(z):
    """Pictures of the first PCA components, clipped to the range of pixels."""
    return np.clip(z @ pca.components_[: z.shape[1]] + pca.mean_, 0, 1)


decoded_pca = pca_decode(pca_test[:, :CODE])
mean_image = np.broadcast_to(x_train.mean(axis=0), x_test.shape)
mean_error = squared_error(x_test, mean_image)
print(f"mean image {mean_error:.2f}")

# %% [markdown]
# > **Predict.** That is the error of knowing nothing about a digit. How much of it is
# > left with 30 numbers from PCA? And with 30 numbers from the autoencoder?

# %% tags=["nbval-ignore-output"]
pca_error = squared_error(x_test, decoded_pca)
decoded = [np.asarray(dec(enc(x_test))) for enc, dec in networks]
all_errors = [squared_error(x_test, x_hat) for x_hat in decoded]
error = all_errors[0]
seeds = [f"autoencoder, seed {SEED + k}" for k in range(3)]
pd.DataFrame(
    {"squared error": [mean_error, pca_error, *all_errors]},
    index=["mean image", f"PCA-{CODE}", *seeds],
).round(2)

# %%
claim(
    "with 30 numbers each, the autoencoder's error is less than 0.6 of PCA's, "
    "three times",
    max(all_errors) < 0.6 * pca_error,
)

# %% tags=["nbval-ignore-output"]
from ae_lib import plot_reconstructions

first = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in range(10)]
rows = {f"PCA-{CODE}": decoded_pca[first], "autoencoder": decoded_test[first]}
errors = {f"PCA-{CODE}": pca_error, "autoencoder": error}
show(plot_reconstructions(x_test[first], rows, errors=errors))

# %% [markdown]
# The top row shows the first test digit of each class. Below it are the two
# reconstructions, each with its own error, and at the left with the mean error over all
# test digits. PCA surrounds its strokes with grey haze. The autoencoder's strokes are
# cleaner, and from one random seed to the next its error hardly changes.
#
# What does the network do with pictures that are *not* digits? We give it the noise from
# the beginning of the chapter.

# %% tags=["nbval-ignore-output"]
noise_error = squared_error(independent, np.asarray(decoder(encoder(independent))))
pd.DataFrame(
    {"digits": [0.0, error], "pixel-by-pixel noise": [0.0, noise_error]},
    index=["a copy of all 784 pixels", f"autoencoder, {CODE} units"],
).round(1)

# %%
claim(
    "the autoencoder's error on pixel-by-pixel noise is more than 4 times that on "
    "digits",
    noise_error > 4 * error,
)

# %% [markdown]
# The wide layer copies both. The narrow one reproduces digits much better than noise
# whose single pixels are just as common. The bottleneck forced it to learn which
# pictures occur.
#
# How many numbers a digit needs, two, eight or sixty-four, you can try on the website:
# [How much fits in a code](play.md#how-much-fits-in-a-code).

# %% [markdown]
# ## A family of networks
#
# Our network keeps its code short by giving it few units. That is one way among several
# to stop a network from merely copying. The members of the family differ in what they
# ask of the code, and this course meets most of them.
#
# | the code is kept simple by | name | in this course |
# |---|---|---|
# | few units | undercomplete autoencoder | this chapter, [6](06_dense.ipynb) |
# | few units, linear layers only | the subspace of PCA | [5](05_pca.ipynb) |
# | few units, layers that know which pixels are neighbours | convolutional autoencoder | [7](07_convolutional.ipynb) |
# | layers that were pretrained one at a time | deep autoencoder of 2006 | [4](04_pretraining.ipynb), [8](08_paper.ipynb) |
# | a damaged input that has to be repaired | denoising autoencoder | [6](06_dense.ipynb), [7](07_convolutional.ipynb) |
# | few units that are active at a time | sparse autoencoder | later |
# | a penalty on how fast the code changes | contractive autoencoder | later |
# | a probability distribution instead of a point | variational autoencoder | later |
# | pieces that are hidden and have to be guessed | masked autoencoder | later |

# %% [markdown]
# ## Use 1: classification
#
# Labels are expensive, because each picture has to be looked at. Pictures without labels
# are often plentiful. The autoencoder has seen all 60,000 training digits but no label.
# Does a simple classifier do better on its codes than on pixels when few digits are
# labelled?
#
# We compare three descriptions of the same digits: pixels, PCA's 30 numbers, and codes.
# Each is divided by one common factor, which makes a typical value about 1.

# %%
N_LABELS = [50, 200, 1000]
DRAWS = 3

inputs = {
    "pixels": (x_train, x_test),
    f"PCA-{CODE}": (pca_train[:, :CODE], pca_test[:, :CODE]),
    "codes": (codes_train, codes_test),
}
inputs = {name: (a / a.std(), b / a.std()) for name, (a, b) in inputs.items()}


def draw_labelled():
    """Training digits in random order, every ten of them one of each class."""
    of_class = [rng.permutation(np.flatnonzero(digits.y_train == c)) for c in range(10)]
    return np.stack([members[: N_LABELS[-1] // 10] for members in of_class]).T.ravel()


draws = [draw_labelled() for _ in range(DRAWS)]

# %% [markdown]
# Two classifiers are tried. *Nearest neighbours* let the most similar labelled digits
# vote. *Logistic regression* adds up evidence from each number. Both have a setting that
# matters: how many neighbours vote, and how strongly large weights are penalised. For
# every description and every draw this setting is chosen by cross-validation on the
# labelled digits alone, from the same values.

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier

SETTINGS = {
    "nearest neighbours": (KNeighborsClassifier(), {"n_neighbors": [1, 3, 5]}),
    "logistic regression": (
        LogisticRegression(max_iter=1000), {"C": [0.001, 0.01, 0.1, 1, 10]}
    ),
}

# %% [markdown]
# > **Predict.** With 200 labels, will codes or pixels give the better classifier? And
# > with 1000? Does your answer depend on the classifier?

# %%
records = []
for method, (model, grid) in SETTINGS.items():
    for name, (train_inputs, test_inputs) in inputs.items():
        for n in N_LABELS:
            for k, draw in enumerate(draws):
                search = GridSearchCV(model, grid, cv=3)
                search.fit(train_inputs[draw[:n]], digits.y_train[draw[:n]])
                right = 100 * search.score(test_inputs, digits.y_test)
                chosen, = search.best_params_.values()
                records.append((method, name, n, k, right, chosen))
columns = ["method", "input", "labels", "draw", "right", "chosen"]
accuracy = pd.DataFrame(records, columns=columns)

# %% tags=["nbval-ignore-output"]
accuracy.pivot_table(
    index=["method", "labels"], columns="input", values="right"
).round(1)

# %% [markdown]
# The table shows how many of 100 test digits were right, averaged over the draws. Since
# the same labelled digits serve all three descriptions, we can also compare them draw by
# draw.

# %%
def gain(method, name):
    """Percentage points over pixels, shape (labels, draws)."""
    table = accuracy[accuracy.method == method].pivot_table(
        index="labels", columns=["input", "draw"], values="right"
    )
    return (table[name] - table["pixels"]).to_numpy()


# %% tags=["nbval-ignore-output", "hide-input"]
fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7.5, 3.6))
short = [(f"PCA-{CODE}", "pca", "^--"), ("codes", "autoencoder", "o-")]
for ax, method in zip(axes, SETTINGS, strict=True):
    for name, key, style in short:
        each = gain(method, name)
        ax.semilogx(N_LABELS, each.mean(axis=1), style, color=COLOURS[key], label=name)
        ax.semilogx(N_LABELS, each, style[0], color=COLOURS[key], alpha=0.35)
    ax.axhline(0, color=COLOURS["data"], label="pixels")
    ax.set(xticks=N_LABELS, xticklabels=N_LABELS, xlabel="labelled digits")
    ax.set_title(method)
    ax.minorticks_off()
axes[0].set_ylabel("gain over pixels,\npercentage points")
axes[1].legend()
show(fig, alt="Gain in accuracy over pixels against the number of labelled digits, for "
     "PCA-30 and codes, with each draw. Nearest neighbours gain about two points with "
     "1000 labels, logistic regression gains nothing.")

# %%
last = {
    (method, name): gain(method, name)[-1].mean()
    for method in SETTINGS
    for name in inputs
    if name != "pixels"
}

# %%
claim(
    "with 1000 labels, neighbours by codes and by PCA's numbers are right more often "
    "than by pixels, by at least half a point",
    last["nearest neighbours", "codes"] > 0.5
    and last["nearest neighbours", f"PCA-{CODE}"] > 0.5,
)

# %%
claim(
    "with 1000 labels, codes change logistic regression by less than one and a half "
    "points",
    abs(last["logistic regression", "codes"]) < 1.5,
)

# %% [markdown]
# Nearest neighbours gain about two points from a short description, and PCA's serves
# them as well as the network's: the gain comes from the description being *short*, not
# from a network having learnt it. Logistic regression, with its penalty chosen, gains
# nothing. With 50 labels the draws scatter more than the descriptions differ.

# %% [markdown]
# ## Use 2: visualisation
#
# Thirty dimensions cannot be plotted. With a code of two numbers, each digit becomes a point
# on a map. We let a second, smaller autoencoder find such a code. Its input is not the
# pixels but the 30 numbers, shifted and scaled to mean 0 and standard deviation 1, so it
# trains in seconds.

# %%
MAP_EPOCHS = 6

map_encoder = keras.Sequential(
    [
        layers.Input((CODE,)),
        layers.Dense(256, "relu"),
        layers.Dense(64, "relu"),
        layers.Dense(2),
    ]
)
map_decoder = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(64, "relu"),
        layers.Dense(256, "relu"),
        layers.Dense(CODE),
    ]
)

# %%
mapper = keras.Sequential([map_encoder, map_decoder])
mapper.compile("adam", loss="mse", steps_per_execution=20)

# %% [markdown]
# A good map keeps like with like. For each digit we find its nearest neighbour on the map
# and count how often the two carry the same label. The map that the first two PCA
# components make is the baseline.
#
# > **Predict.** How often is the nearest neighbour right on PCA's map, and how often on
# > the network's?

# %%
centre, spread = codes_train.mean(axis=0), codes_train.std(axis=0)
scaled = (codes_train - centre) / spread
_ = mapper.fit(
    scaled, scaled, epochs=MAP_EPOCHS, batch_size=250, verbose=0,
    callbacks=[ProgressBar("map")],
)
places = np.asarray(map_encoder((codes_test - centre) / spread))

# %% tags=["nbval-ignore-output"]
from ae_lib import nearest_neighbour_accuracy, plot_map

map_right = nearest_neighbour_accuracy(places, digits.y_test)
pca_right = nearest_neighbour_accuracy(pca_test[:, :2], digits.y_test)
print(f"two PCA components {pca_right:.2f}   network's two numbers {map_right:.2f}")

# %% tags=["nbval-ignore-output"]
title = "10,000 test digits, two numbers each"
show(plot_map(places, digits.y_test, images=x_test, title=title))

# %% [markdown]
# Each point is a test digit, placed by its two numbers. The colours are the labels, which
# the network never saw. Still the classes gather. Some lie apart at the edge; others,
# written with similar strokes, run into each other in the middle. A map is for exploring:
# neighbours that surprise you are worth a look.

# %%
claim(
    "on the network's map neighbours share their label more often than on PCA's, by "
    "more than 0.12",
    map_right > pca_right + 0.12,
)

# %% [markdown]
# With only two numbers it matters how they are spent, and here the nonlinear network wins
# clearly. [Chapter 5](05_pca.ipynb) puts two such maps side by side.

# %% [markdown]
# ## Use 3: sending and storing
#
# You want to send digits over a slow line, or keep them for later; storage is
# communication with your future self. You send codes, and the receiver's decoder turns
# them back into pictures. How many bits does a picture take?
#
# Numbers have to be rounded first, to multiples of a step. A larger step makes fewer
# different values, hence fewer bits, and a larger error. The rounded values are then
# written with short words for frequent values and long words for rare ones. The best that
# any such *entropy code* can do is $-\log_2 p$ bits for a value of probability $p$. We
# estimate these probabilities for each number from the training digits, and count the
# bits of the test digits.

# %%
def bits_per_image(train_steps, test_steps):
    """Ideal bits of a test digit, with probabilities counted on training digits."""
    total = 0
    for seen, sent in zip(train_steps.T, test_steps.T, strict=True):
        low = min(seen.min(), sent.min())
        counts = np.bincount(np.append(seen, sent.max()) - low) + 1.0
        total -= np.log2(counts / counts.sum())[sent - low].mean()
    return total


def rate_and_error(train_codes, test_codes, decode, step):
    """Bits and squared error per test digit, for codes rounded to a step."""
    train_steps, test_steps = (
        np.rint(codes / step).astype(int) for codes in (train_codes, test_codes)
    )
    decoded = np.asarray(decode(test_steps * np.float32(step)))
    return bits_per_image(train_steps, test_steps), squared_error(x_test, decoded)


# %% [markdown]
# PCA gets the same treatment and one advantage. It may use up to 100 components, all with
# the same step. Components that vary less than the step round to 0 nearly always, and
# cost nearly nothing, so a larger step also means fewer components in use.
#
# > **Predict.** At the same error, how many bits does PCA need for each bit of the codes:
# > one, four thirds, or two?

# %%
pca_steps = 2.0 ** np.arange(-1.5, 2.1, 0.5)
pca_curve = np.array(
    [rate_and_error(pca_train, pca_test, pca_decode, step) for step in pca_steps]
)
code_curves = []
for enc, dec in networks:
    seen, sent = np.asarray(enc(x_train)), np.asarray(enc(x_test))
    steps = seen.std() * 2.0 ** np.arange(-3, 0.1, 0.5)
    code_curves.append([rate_and_error(seen, sent, dec, step) for step in steps])
code_curves = np.array(code_curves)

# %% [markdown]
# A third rival is on every computer already. JPEG works on blocks of 8 by 8 pixels, and
# one file for each tiny picture would be nearly all header. So we lay the digits out on
# one sheet, 100 by 100, each padded to 32 by 32 pixels.

# %%
import io

from PIL import Image

grey = np.rint(255 * x_test).astype(np.uint8)
padded = np.pad(grey.reshape(-1, 28, 28), [(0, 0), (2, 2), (2, 2)])
sheet = padded.reshape(100, 100, 32, 32).swapaxes(1, 2).reshape(3200, 3200)


def jpeg(quality):
    """Bits and squared error per test digit."""
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="JPEG", quality=quality, optimize=True)
    tiles = np.asarray(Image.open(file)).reshape(100, 32, 100, 32).swapaxes(1, 2)
    digits_again = tiles[:, :, 2:30, 2:30].reshape(-1, 784) / 255
    return 8 * len(file.getvalue()) / len(x_test), squared_error(x_test, digits_again)


jpeg_curve = np.array([jpeg(quality) for quality in (1, 5, 10, 20)])

# %% tags=["nbval-ignore-output", "hide-input"]
fig, ax = plt.subplots(figsize=(7.5, 4))
for k, line in enumerate(code_curves):
    label = f"{CODE} codes, three seeds" if k == 0 else None
    ax.semilogx(*line.T, "o-", color=COLOURS["autoencoder"], label=label, markersize=4)
label = "PCA, up to 100 components"
ax.semilogx(*pca_curve.T, "^--", color=COLOURS["pca"], label=label)
label = "JPEG, all digits on one sheet"
ax.semilogx(*jpeg_curve.T, "v-.", color=COLOURS["other"], label=label)
ticks = [50, 100, 200, 400, 800]
ax.set(xticks=ticks, xticklabels=ticks, xlabel="bits per image", ylim=(0, 20))
ax.set_ylabel("squared error per image")
ax.minorticks_off()
ax.legend()
show(fig, alt="Squared error against bits per image. The three curves of the codes "
     "coincide, lie lowest up to about 140 bits and level off near 7. PCA needs about a "
     "third more bits but goes on falling. JPEG lies far to the right.")

# %% [markdown]
# Lower and further to the left is better. To compare, we read the bits off the curves at
# one error.

# %% tags=["nbval-ignore-output"]
AT_ERROR = 8.0


def bits_at(curve, error):
    """Bits at an error, read off a curve between its points."""
    bits, errors = np.array(sorted(curve.tolist(), key=lambda point: point[1])).T
    return np.interp(error, errors, bits)


code_bits = [bits_at(line, AT_ERROR) for line in code_curves]
pca_bits, jpeg_bits = bits_at(pca_curve, AT_ERROR), bits_at(jpeg_curve, AT_ERROR)
pd.DataFrame(
    {f"bits at error {AT_ERROR:g}": [*code_bits, pca_bits, jpeg_bits]},
    index=[*(f"codes, seed {SEED + k}" for k in range(3)), "PCA", "JPEG"],
).round(0)

# %%
claim(
    "at an error of 8, the codes need less than 0.85 of PCA's bits, three times",
    max(code_bits) < 0.85 * pca_bits,
)

# %%
claim(
    "at an error of 8, JPEG needs more than twice the bits of PCA",
    jpeg_bits > 2 * pca_bits,
)

# %%
claim(
    "with 160 bits PCA's error is below any that these codes reach",
    np.interp(160, *pca_curve[::-1].T) < code_curves[:, :, 1].min(),
)

# %% [markdown]
# The codes save about a quarter of PCA's bits, not more. And their curve levels off: a
# finer step does not help once the code itself has lost the rest, while PCA and JPEG buy
# smaller errors with more bits.
#
# One cost is missing so far. The receiver needs the decoder, which has to be sent first.
# Its weights can be rounded to 8 bits as well. PCA needs a decoder too, its 100
# components and the mean.

# %% tags=["nbval-ignore-output"]
def in_8_bits(weights):
    """Weights rounded to 255 values, array by array."""
    scale = np.abs(weights).max() / 127
    return np.rint(weights / scale) * scale


weights = decoder.get_weights()
decoder.set_weights([in_8_bits(array) for array in weights])
error_8_bits = squared_error(x_test, np.asarray(decoder(codes_test)))
decoder.set_weights(weights)
sizes = {"codes": decoder.count_params(), "PCA": pca.components_.size + 784}
more, saved = 8 * (sizes["codes"] - sizes["PCA"]), pca_bits - code_bits[0]
print(f"error {error:.2f}, with a decoder of 8-bit weights {error_8_bits:.2f}")
print(f"bytes: {sizes}; cheaper than PCA from {more / saved:,.0f} digits on")
against_jpeg = 8 * sizes["codes"] / (jpeg_bits - code_bits[0])
print(f"cheaper than JPEG from {against_jpeg:,.0f} digits on")

# %%
claim(
    "rounding the decoder's weights to 8 bits raises the error by less than 0.1",
    error_8_bits < error + 0.1,
)

# %%
claim(
    "with the decoders counted, codes are cheaper than PCA only for more than 15,000 "
    "digits, and than JPEG only for more than 4,000",
    more / saved > 15_000 and against_jpeg > 4_000,
)

# %% [markdown]
# For a handful of digits, then, sending the network costs more than it saves. And the
# bargain is restricted to digits: nothing has taught this decoder to draw a face, while
# JPEG accepts any picture. A learnt code is short *because* it knows one kind of picture
# only.

# %% [markdown]
# ## Use 4: search
#
# To find the most similar of 60,000 digits, a computer compares all of their numbers, 784
# or 30 for each.
#
# > **Predict.** How much faster is the search among codes: 26 times, which is 784 / 30,
# > or less? And does it find worse neighbours?

# %%
import time

from sklearn.neighbors import NearestNeighbors

QUERIES = 1000


def search(stored, queries):
    """Nearest stored row of each query, and the seconds, the better of two runs."""
    index, seconds = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(stored), []
    for _ in range(2):
        start = time.perf_counter()
        found = index.kneighbors(queries(), return_distance=False)[:, 0]
        seconds.append(time.perf_counter() - start)
    return found, min(seconds)


# %% [markdown]
# All three searches use the same brute-force method in 32-bit numbers, and encoding the
# queries counts.

# %%
asked = x_test[:QUERIES]
pca_stored = pca_train[:, :CODE].astype(np.float32)
components = pca.components_[:CODE].astype(np.float32)
found = {
    "pixels": search(x_train, lambda: asked),
    f"PCA-{CODE}": search(pca_stored, lambda: (asked - pca.mean_) @ components.T),
    "codes": search(codes_train, lambda: np.asarray(encoder(asked))),
}

# %% tags=["nbval-ignore-output"]
results = pd.DataFrame(
    {
        name: {
            "seconds": seconds,
            "right label": np.mean(digits.y_train[i] == digits.y_test[:QUERIES]),
            "same as by pixels": np.mean(i == found["pixels"][0]),
        }
        for name, (i, seconds) in found.items()
    }
)
results.T.round(3)

# %%
claim(
    "neighbours by codes carry the right label as often as those by pixels and by "
    "PCA's numbers, to within two points",
    results["codes"]["right label"] > results.loc["right label"].max() - 0.02,
)

# %%
claim(
    "fewer than three in four neighbours by codes are also those by pixels",
    results["codes"]["same as by pixels"] < 0.75,
)

# %% [markdown]
# The searches by 30 numbers are faster, though not 26 times: finding the smallest of
# 60,000 distances takes as long for short rows as for long ones. Often they return
# another neighbour than pixels do, but one with the right label as often, to within two
# percentage points. Once more PCA's 30 numbers do as well.

# %% [markdown]
# ## Why was this hard until 2006?
#
# The idea is old, and has many parents. The chain rule that carries errors backwards
# through a program of many steps was worked out by Linnainmaa (1970 in his thesis, [1976
# in an article](https://doi.org/10.1007/BF01931367)) and proposed for networks by Werbos
# (1974). [Rumelhart, Hinton & Williams (1986)](https://doi.org/10.1038/323533a0) made it
# popular as *backpropagation*, and showed what hidden layers can learn with it. [Bourlard
# & Kamp (1988)](https://doi.org/10.1007/BF00332918) proved that an autoencoder with one
# hidden layer and linear outputs cannot beat PCA. [Kramer
# (1991)](https://doi.org/10.1002/aic.690370209) and DeMers & Cottrell (1993) added layers
# before and after the code, and obtained nonlinear codes. Deeper encoders should find
# better codes still. Yet it took until [Hinton & Salakhutdinov
# (2006)](https://doi.org/10.1126/science.1127647) before an autoencoder with four layers
# each way was trained well enough to beat PCA by a wide margin. This course follows their
# article and calls it *the paper*.
#
# Why so late? Their conclusion names three things that were needed: fast enough
# computers, big enough data sets, and initial weights close enough to a good solution.
# The first two came with time. The third did not. From large initial weights, they write,
# a deep autoencoder typically ends in a poor solution. From small ones, the gradients in
# the early layers are tiny, and training does not get anywhere.
#
# Let us look at this with our own eyes. We build one deep network in two ways. The first
# way is that of the textbooks of the time: logistic units, small random weights, and
# gradient descent with **momentum**, which adds a part of the last step to the next one.
# The second has what became usual after 2006: rectified units, **ReLU**, which return
# $\max(0, z)$ for a sum $z$; weights scaled to the size of each layer; and the optimiser
# Adam. [Chapter 2](02_initialisation.ipynb) examines each of them.

# %%
DEEP = [256, 128, 64]  # hidden units on the way to the code
DEEP_DIGITS, DEEP_EPOCHS = 10_000, 3


def deep_autoencoder(activation, start):
    """A network 784-256-128-64-30-64-128-256-784."""
    dense = functools.partial(layers.Dense, kernel_initializer=start)
    return keras.Sequential(
        [layers.Input((784,))]
        + [dense(n, activation) for n in DEEP]
        + [dense(CODE)]
        + [dense(n, activation) for n in DEEP[::-1]]
        + [dense(784, "sigmoid")]
    )


# %% [markdown]
# > **Predict.** Both get three epochs over 10,000 digits. You know the errors of the mean
# > image and of PCA-30. What will the two networks reach?

# %%
def trained(way, seed):
    """A deep network after training, in the old way or the new one."""
    set_seed(seed)
    if way == "old":
        small = keras.initializers.RandomNormal(stddev=0.1)
        network = deep_autoencoder("sigmoid", small)
        optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    else:
        network = deep_autoencoder("relu", keras.initializers.GlorotUniform())
        optimizer = keras.optimizers.Adam(0.001)
    network.compile(optimizer, loss="binary_crossentropy")
    x, bar = x_train[:DEEP_DIGITS], ProgressBar(f"{way}, seed {seed}")
    network.fit(x, x, epochs=DEEP_EPOCHS, batch_size=100, verbose=0, callbacks=[bar])
    return np.asarray(network(x_test))


# %% tags=["nbval-ignore-output"]
deep = {way: [trained(way, SEED + k) for k in range(3)] for way in ("old", "new")}
deep_errors = {
    way: [squared_error(x_test, x_hat) for x_hat in outputs]
    for way, outputs in deep.items()
}
pd.DataFrame(deep_errors, index=[f"seed {SEED + k}" for k in range(3)]).round(1)

# %%
claim(
    "the old way ends above 0.9 of the mean image's error, three times",
    min(deep_errors["old"]) > 0.9 * mean_error,
)

# %%
claim(
    "the new way ends below 0.6 of the mean image's error, three times",
    max(deep_errors["new"]) < 0.6 * mean_error,
)

# %% tags=["nbval-ignore-output"]
rows = {f"{way} way": outputs[0][first[:8]] for way, outputs in deep.items()}
errors = {f"{way} way": each[0] for way, each in deep_errors.items()}
show(plot_reconstructions(x_test[first[:8]], rows, errors=errors))

# %% [markdown]
# The old way answers every digit with the same blur. It has learnt the mean image and
# little else. The new way has begun to draw: its pictures are blurred, and some show the
# wrong digit, but each differs from the next.
#
# What follows from this? Less than it seems. The two networks differ in their units, their
# initial weights, their optimiser and its learning rate, so we cannot say which of the
# four mattered. Three epochs are few, and one way of training logistic units is not all
# of them. A good experiment changes one thing at a time. The next chapter does that.

# %% [markdown]
# ## What we measured
#
# | question | evidence | seeds | verdict |
# |---|---|---|---|
# | Do 30 numbers from a network describe digits better than 30 from PCA? | error on test digits | 3 | yes: less than 0.6 of PCA's error |
# | Does the network copy anything? | error on pixel-by-pixel noise | 1, tally of 10 | no: more than 4 times the error on digits |
# | Do codes help a classifier with few labels? | accuracy with 50 to 1000 labels, everything tuned | 3 draws | neighbours: about two points, as with PCA; logistic regression: no |
# | Do codes make better maps? | label of the nearest neighbour | 1, tally of 10 | yes, clearly better than two PCA components |
# | Do codes save bits? | bits at an error of 8, entropy-coded | 3 | about a quarter of PCA's, for more than 15,000 digits |
# | Do codes speed up search? | time and labels of neighbours | 1, tally of 10 | yes, and so do PCA's 30 numbers |
# | Can a deep network be trained as in 1986? | two ways that differ in four respects | 3 | this one cannot; why is open |

# %% [markdown]
# ## Summary
#
# - Digits fill a small, curved part of the space of all pictures, so few numbers can
#   describe them.
# - An autoencoder learns such a description by copying its input through a narrow layer.
#   It needs no labels.
# - With 30 numbers, a small one makes less than 0.6 of PCA's squared error on test digits.
# - Its codes won clearly as a map, modestly in bits, and not at all for classification and
#   search, where PCA's 30 numbers did as well.
# - A deep network, badly initialised and badly trained, learns nothing but the mean image.
#
# ## Further reading
#
# - D. E. Rumelhart, G. E. Hinton & R. J. Williams (1986), *Learning representations by
#   back-propagating errors*, [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0)
# - H. Bourlard & Y. Kamp (1988), *Auto-association by multilayer perceptrons and singular
#   value decomposition*, [doi:10.1007/BF00332918](https://doi.org/10.1007/BF00332918)
# - M. A. Kramer (1991), *Nonlinear principal component analysis using autoassociative neural
#   networks*, [doi:10.1002/aic.690370209](https://doi.org/10.1002/aic.690370209)
# - G. E. Hinton & R. R. Salakhutdinov (2006), *Reducing the dimensionality of data with
#   neural networks*,
#   [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647)
# - Y. LeCun, L. Bottou, Y. Bengio & P. Haffner (1998), *Gradient-based learning applied
#   to document recognition*, [doi:10.1109/5.726791](https://doi.org/10.1109/5.726791),
#   where the MNIST digits come from
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/01_motivation.ipynb), which check themselves.
# - **Next:** [Chapter 2](02_initialisation.ipynb) asks which initial weights let a deep
#   network learn.
# - **Previous:** the [first page](index.md) shows the path through all chapters.
