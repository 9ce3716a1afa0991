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
# 3 does not take 784 decisions. Can thirty numbers describe a digit well enough to draw
# it again, and what is such a short description good for? In this chapter we train a
# network to find one: an *autoencoder*, which squeezes each digit through a layer of 30
# units. Their 30 values are the digit's *code*. We then compare codes with simple rivals in
# their best form, and the network does not always win.
#
# **What you will do**
#
# - Train a small autoencoder that turns 784 pixels into 30 numbers and back.
# - Measure its codes in four uses: classification, visualisation, compression and
#   search, each time against rivals that were tuned with the same care.
# - Meet a deep network that learns little more than the mean image, which is where the
#   story of this course begins.
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
# - Python, NumPy, and a rough idea of what a neural network is. You do not need a GPU.
#
# **Time:** about 45 minutes of reading, one to two and a half minutes of computing on
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
# make new digits by shuffling every pixel separately among the digits: the value of pixel
# 1 comes from one digit chosen at random, the value of pixel 2 from another, and so on.
# Taken alone, each pixel would behave exactly as it does in MNIST.
#
# > **Predict.** What do pictures made in this way look like: digits, blurred digits, or
# > noise?

# %%
from ae_lib import plot_features

rng = np.random.default_rng(SEED)
noise_test = rng.permuted(x_test, axis=0)  # each pixel by itself

# %% tags=["hide-input"]
show(
    plot_features(
        np.concatenate([x_test[:10], noise_test[:10]]),
        title="Ten test digits, and ten pictures made pixel by pixel",
    ),
    alt="Above, ten handwritten digits. Below, ten pictures whose pixels were drawn "
    "one by one from random digits: scattered dots in the middle, without a stroke.",
)

# %% [markdown]
# The pictures are noise, with more ink in the middle than at the edge. A digit is made
# not by its individual pixels but by how they depend on one another: ink continues as a
# stroke, strokes have a width, and there are only so many ways to write a 3. If we knew
# these rules, we could specify a digit and its style with far fewer than 784 numbers.

# %% [markdown]
# ## Digits lie on curved surfaces
#
# Here is one rule that we do know: a 3 that is rotated a little is still a 3. One number,
# the angle, produces a whole family of pictures from a single digit. (We rotate it by more
# than a little, to see the family better, and we take a 3 that stands upright.)

# %%
from scipy.ndimage import rotate

LARGEST_ANGLE = 60
angles = np.linspace(-LARGEST_ANGLE, LARGEST_ANGLE, 25)

# %%

def rotated(digit):
    """The digit at each of the angles, shape (angles, 784)."""
    picture = digit.reshape(28, 28)
    views = [rotate(picture, angle, reshape=False, order=1) for angle in angles]
    return np.clip(views, 0, 1).reshape(len(angles), 784).astype(np.float32)


three = rotated(x_test[np.flatnonzero(digits.y_test == 3)[9]])

# %% [markdown]
# Each picture is a point in a space of 784 dimensions, one for each pixel. As the angle
# changes, the point moves along a curve in that space. We cannot plot 784 dimensions, so
# the figure shows the plane in which this curve extends furthest.

# %% tags=["hide-input"]
def plot_path(points, title, pictures):
    """A path in the plane where it extends furthest, its chord, and some pictures."""
    centred = points - points.mean(axis=0)
    plane = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    fig, axes = plt.subplots(1, 4, figsize=(7.5, 2.8), width_ratios=[2, 1, 1, 1])
    curve, *others = axes
    curve.plot(*plane.T, "o-", color=COLOURS["data"], markersize=4)
    curve.plot(*plane[[0, -1]].T, "--", color=COLOURS["other"])
    curve.plot(*plane[len(plane) // 2], "o", color=COLOURS["data"], markersize=9)
    curve.plot(*plane[[0, -1]].mean(axis=0), "s", color=COLOURS["other"], markersize=9)
    curve.set(title=title, aspect="equal")
    for ax, (name, picture) in zip(others, pictures.items(), strict=True):
        ax.imshow(picture.reshape(28, 28), vmin=0, vmax=1)
        ax.set_title(name, fontsize=10)
    for ax in axes:
        ax.set_axis_off()
    return fig


middle = len(angles) // 2
pictures = {
    "one end": three[0],
    "halfway along\nthe curve": three[middle],
    "halfway along\nthe line": (three[0] + three[-1]) / 2,
}
title = f"A 3 rotated through {2 * LARGEST_ANGLE} degrees"
fig = plot_path(three, title, pictures)
show(fig, alt="Left, the path of a rotating 3 in a plane: an arch. A dashed line "
     "joins its ends. Right, halfway along the curve is an upright 3, halfway along "
     "the line is a faint double exposure of two tilted 3s.")

# %% [markdown]
# The large dot marks the middle of the curve, the square the middle of the straight line
# between its ends. (The kink at the dot is an artefact: only the upright 3 is not blurred by
# interpolation.) The curve bends so strongly that the line leaves the digits altogether:
# halfway along the curve we find an upright 3, halfway along the line a double exposure of
# two tilted ones. Strokes can also become thicker, longer or more slanted, so digits really
# fill a curved surface with several dimensions, a **manifold**, inside the 784-dimensional
# space of all pictures. A good description of a digit gives its position on this surface.
# That takes one number for each dimension of the surface, not one for each pixel.

# %% [markdown]
# ## Why the middle has to be narrow
#
# We cannot program the rules of handwriting, so we let a network find them. We ask it to
# copy its input to its output.
#
# Copying alone is no achievement. A network of linear layers with 784 units each can do it
# with weights of 1 from each input to its own output and 0 everywhere else. It copies
# digits without an error, and noise just as well, because it has learnt nothing about
# digits at all. (A wide network that is trained need not end like this, but nothing keeps
# it from doing so.) Copying becomes interesting once the network has to pass the picture
# through fewer units than there are pixels. It can then no longer copy everything; to do
# well on digits, it has to learn what digits have in common.

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
# The error of a method is the mean of $E$ over the 10,000 test digits. All errors in this
# course are given in this unit, **squared error per image**: summed over the 784 pixels,
# whose values run from 0 to 1.
#
# In Keras, the encoder and the decoder are two small models, because we shall also use
# them separately.

# %%
import keras
from keras import layers


# %%
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
# The hidden units are *rectified linear units*, **ReLU** for short, which set negative sums
# to zero. The code layer has no activation function, so its values are unrestricted. The
# output layer uses the logistic sigmoid, so each output lies between 0 and 1, as pixels do.
#
# We train with the *cross-entropy* loss, which is smallest when each output equals its pixel;
# (1.1) remains our measure of error. *Adam* is a variant of gradient descent, and an *epoch*
# is one pass through the training digits. [Chapter 6](06_dense.ipynb) gives the reasons for
# these choices; here we only use them.
#
# Note what is *missing* from the next cell: labels. The digits are input and target at
# once. We train three networks that differ in their random seed alone, to see how much
# of a result is chance.

# %%
from ae_lib import ProgressBar


def train(seed, x=x_train):
    """Train an autoencoder; return its encoder and its decoder."""
    set_seed(seed)
    encoder, decoder = build()
    autoencoder = keras.Sequential([encoder, decoder])
    # Twenty batches in one call: the same updates, with less waiting between them.
    autoencoder.compile("adam", loss="binary_crossentropy", steps_per_execution=20)
    bar = ProgressBar(f"seed {seed}")
    autoencoder.fit(x, x, epochs=EPOCHS, batch_size=100, verbose=0, callbacks=[bar])
    return encoder, decoder


# %%
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
largest = 1.2 * np.abs(codes_test[:3]).max()
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

# %% [markdown]
# ## How good are 30 numbers?
#
# An error means little without a baseline, and we take two. The **mean image** is one
# reconstruction for all digits, a grey blur. It is the best we can do without looking at
# the digit. **PCA**, principal component analysis, also describes a digit by 30 numbers,
# but it may only scale and add fixed pictures. Among all codes of 30 numbers with *linear*
# encoding and decoding it has the smallest squared error on the training digits. It needs no labels either, and no
# training loop; [Chapter 5](05_pca.ipynb) is about it. PCA sometimes produces pixels below
# 0 or above 1, which no digit has. We clip them to that range, which can only lower its
# error.

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
# > **Predict.** That is the error of ignoring the digit. How much of it is left with 30
# > numbers from PCA? And with 30 numbers from the autoencoder?

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
    "with 30 numbers each, the autoencoder's error on test digits is less than 0.6 of "
    "PCA's, with each of three seeds",
    max(all_errors) < 0.6 * pca_error,
)

# %% tags=["nbval-ignore-output"]
from ae_lib import plot_reconstructions

first = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in range(10)]
rows = {f"PCA-{CODE}": decoded_pca[first], "autoencoder": decoded_test[first]}
errors = {f"PCA-{CODE}": pca_error, "autoencoder": error}
title = "Ten test digits and their reconstructions"
show(plot_reconstructions(x_test[first], rows, errors=errors, title=title))

# %% [markdown]
# The top row shows the first test digit of each class. Below are the two reconstructions,
# with each picture's squared error beneath it and the mean error over all test digits on
# the left. PCA's strokes are surrounded by grey haze. The autoencoder's are cleaner, and
# from one random seed to the next its error varies by no more than about 0.1.
#
# PCA differs from our network in both halves. Which half earned the difference? We change
# one of them: PCA's 30 numbers, all divided by one factor, go through a decoder like ours,
# which is trained like ours.
#
# > **Predict.** Will its error be nearer to PCA's or nearer to the autoencoder's?

# %%
pca_scale = pca_train[:, :CODE].std()


def train_decoder(seed):
    """A decoder of the network's form, trained on PCA's numbers."""
    set_seed(seed)
    _, decoder = build()
    decoder.compile("adam", loss="binary_crossentropy", steps_per_execution=20)
    z, bar = pca_train[:, :CODE] / pca_scale, ProgressBar(f"decoder, seed {seed}")
    decoder.fit(z, x_train, epochs=EPOCHS, batch_size=100, verbose=0, callbacks=[bar])
    return decoder


# %%
pca_decoders = [train_decoder(SEED + k) for k in range(3)]
z_test = pca_test[:, :CODE] / pca_scale
mixed_errors = [squared_error(x_test, np.asarray(dec(z_test))) for dec in pca_decoders]

# %% tags=["nbval-ignore-output", "hide-input"]
halves = {
    f"PCA-{CODE}": [pca_error],
    f"PCA-{CODE}, decoder trained": mixed_errors,
    "autoencoder": all_errors,
}
spread = ["mean", "min", "max"]
table = {name: pd.Series(each).agg(spread) for name, each in halves.items()}
pd.DataFrame(table).T.round(2)

# %%
claim(
    "PCA's 30 numbers with a trained decoder have less than 0.65 of PCA's error, and "
    "more than the autoencoder, with each of three seeds",
    max(all_errors) < min(mixed_errors) and max(mixed_errors) < 0.65 * pca_error,
)

# %% [markdown]
# After these three epochs, most of the difference is due to the decoder. PCA's 30 numbers
# hold nearly as much of the digit as the network's code does; what PCA lacks is a good way
# to draw from them. [Chapter 5](05_pca.ipynb) takes the difference further apart.

# %% [markdown]
# ## Would 30 numbers do for any picture?
#
# If 30 numbers are enough because digits have so much in common, then they should not be
# enough for pictures that have nothing in common but the brightness of their pixels. We
# train the same network in the same way on noise like that at the beginning of the chapter.
#
# > **Predict.** What will its error be on noise: as small as on digits, near that of the
# > mean image, or in between?

# %%
noise_train = rng.permuted(x_train, axis=0)
noise_encoder, noise_decoder = train(SEED, noise_train)

# %%
answers = {
    f"autoencoder, {CODE} units, trained on digits": lambda x: decoder(encoder(x)),
    f"autoencoder, {CODE} units, trained on noise": lambda x: noise_decoder(
        noise_encoder(x)
    ),
    "mean image": lambda x: mean_image,
    "a wide layer, 784 units": layers.Dense(784, kernel_initializer="identity"),
}
kinds = {"test digits": x_test, "noise": noise_test}
any_picture = pd.DataFrame(
    {
        kind: {name: squared_error(x, np.asarray(f(x))) for name, f in answers.items()}
        for kind, x in kinds.items()
    }
)

# %% tags=["nbval-ignore-output"]
any_picture.round(1)

# %%
by_digits, by_noise, by_mean, _ = any_picture.to_numpy()
claim(
    "trained on noise, the same network has more than 0.8 of the mean image's error on "
    "noise; trained on digits, less than 0.2 on digits",
    by_noise[1] > 0.8 * by_mean[1] and by_digits[0] < 0.2 * by_mean[0],
)

# %%
claim(
    "a wide layer can copy digits and noise without an error",
    np.all(any_picture.loc["a wide layer, 784 units"] == 0),
)

# %% [markdown]
# Trained on noise, the same network hardly improves on the mean image: 30 numbers cannot
# describe pictures whose pixels have nothing to do with each other. On digits they remove
# nearly nine tenths of the mean image's error. A wide layer copies both kinds perfectly,
# and has learnt nothing about either.
#
# On the website you can try codes of two, eight or sixty-four numbers: [How much fits in a
# code](play.md#how-much-fits-in-a-code).

# %% [markdown]
# ## Is the curve straighter in the space of codes?
#
# The rotating 3 drew a curve in the space of pixels. Each of its pictures also has a code,
# so there is a curve in the space of codes. We measure how straight a curve is by the
# distance between its ends, divided by its length: 1 for a straight line, and less the more
# it bends.
#
# A code need not do anything clever for that. Blurring a picture by one pixel also makes
# neighbouring angles more alike, so it is one of the rivals.
#
# > **Predict.** Where is the curve straightest: in pixel space, after blurring, with PCA's
# > 30 numbers, or in the space of codes?

# %%
from scipy.ndimage import gaussian_filter


def blurred(x):
    """Pictures after Gaussian blur with a standard deviation of one pixel."""
    return gaussian_filter(x.reshape(-1, 28, 28), (0, 1, 1)).reshape(-1, 784)


# %%
def straightness(points):
    """Distance between the ends of a path, divided by the path's length."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.linalg.norm(points[-1] - points[0]) / steps.sum()


# %%
N_ROTATED = 50  # test digits to rotate
spaces = {
    "pixels": lambda x: x,
    "blurred pixels": blurred,
    f"PCA-{CODE}": lambda x: pca.transform(x)[:, :CODE],
}
for k, (enc, _) in enumerate(networks):
    spaces[f"codes, seed {SEED + k}"] = enc

# %% tags=["hide-input"]
paths = [rotated(digit) for digit in x_test[:N_ROTATED]]
ranges = {"all angles": slice(None), "inner half": slice(middle // 2, -middle // 2)}
straight = pd.DataFrame(
    {
        part: {
            name: np.mean([straightness(np.asarray(encode(p))[inner]) for p in paths])
            for name, encode in spaces.items()
        }
        for part, inner in ranges.items()
    }
)

# %% [markdown]
# Digits that are rotated by 60 degrees are rare in MNIST, so a network may encode them
# badly. The second column leaves out the outer half of the angles.

# %% tags=["nbval-ignore-output"]
straight.round(2)

# %%
codes_straight = straight.filter(like="codes", axis="index")
from_blurred = (codes_straight - straight.loc["blurred pixels"]).abs()
claim(
    "the path of a rotating digit is as straight in every network's codes as after "
    "blurring, to within 0.06 (distance of its ends over length)",
    from_blurred.to_numpy().max() < 0.06,
)

# %%
claim(
    "both are straighter than in pixel space, by more than 0.03",
    np.all(codes_straight.min() > straight.loc["pixels"] + 0.03),
)

# %% tags=["nbval-ignore-output", "hide-input"]
path = np.asarray(encoder(three))
halfway = np.stack([path[middle], (path[0] + path[-1]) / 2])
on_curve, on_line = np.asarray(decoder(halfway))
pictures = {
    "one end,\ndecoded": np.asarray(decoder(path[:1]))[0],
    "halfway along\nthe curve": on_curve,
    "halfway along\nthe line": on_line,
}
fig = plot_path(path, "The codes of the same pictures", pictures)
show(fig, alt="Left, the path of the codes of a rotating 3, a bent curve, and the line "
     "between its ends. Right, what the decoder makes of one end, of the middle of the "
     "curve and of the middle of the line.")

# %% [markdown]
# In both columns the codes' paths are about half as straight again as the pixels' (0.22 to
# 0.15, and 0.46 to 0.31). Blurring by one pixel achieves the same, and so do PCA's numbers.
#
# Training does not reward straight lines; any code from which the decoder can draw the digit
# will do. [Chapter 6](06_dense.ipynb) looks at what lies between two codes.

# %% [markdown]
# ## Use 1: classification
#
# Labels are expensive, because each picture has to be looked at. Pictures without labels
# are often plentiful. The autoencoder has seen all 60,000 training digits but no label.
# Does a simple classifier do better on its codes than on pixels when few digits are
# labelled?
#
# We compare five descriptions of the same digits: pixels, blurred pixels, the pixels'
# components along 30 random directions, PCA's 30 numbers, and codes. We divide all values of
# a description by their standard deviation.

# %%
N_LABELS = [50, 200, 1000]
DRAWS = 3

directions = rng.normal(size=(784, CODE)).astype(np.float32)
inputs = {
    "pixels": (x_train, x_test),
    "blurred pixels": (blurred(x_train), blurred(x_test)),
    "random": (x_train @ directions, x_test @ directions),
    f"PCA-{CODE}": (pca_train[:, :CODE], pca_test[:, :CODE]),
    "codes": (codes_train, codes_test),
}
inputs = {name: (a / a.std(), b / a.std()) for name, (a, b) in inputs.items()}


# %%
def draw_labelled():
    """Training digits in random order, every ten of them one of each class."""
    of_class = [rng.permutation(np.flatnonzero(digits.y_train == c)) for c in range(10)]
    return np.stack([members[: N_LABELS[-1] // 10] for members in of_class]).T.ravel()


draws = [draw_labelled() for _ in range(DRAWS)]

# %% [markdown]
# We try two classifiers. *Nearest neighbours* let the most similar labelled digits vote.
# *Logistic regression* adds up evidence from each number. Both have a hyperparameter: how
# many neighbours vote, and how strongly large weights are penalised. For every description
# and every draw of labelled digits we choose it by *cross-validation*, which trains on two
# thirds of the labelled digits and tests on the other third, in turn. The candidates are the
# same for all five descriptions.

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier

SETTINGS = {
    "nearest neighbours": (KNeighborsClassifier(), {"n_neighbors": [1, 3, 5, 9]}),
    "logistic regression": (
        LogisticRegression(max_iter=1000, tol=0.001),
        {"C": [0.001, 0.01, 0.1, 1, 10, 100]},
    ),
}

# %% [markdown]
# > **Predict.** With 200 labels, will codes or pixels give the better classifier? And
# > with 1,000? Does your answer depend on the classifier?

# %%
records = []
for method, (model, grid) in SETTINGS.items():
    for name, (train_inputs, test_inputs) in inputs.items():
        for n in N_LABELS:
            for k, draw in enumerate(draws):
                search = GridSearchCV(model, grid, cv=3, n_jobs=2)
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
# The table shows how many of 100 test digits were right, averaged over the draws. These are
# the hyperparameters that cross-validation chose, a number for each draw.

# %% tags=["nbval-ignore-output"]
accuracy.pivot_table(
    index=["method", "labels"], columns="input", values="chosen", aggfunc=list
)

# %% [markdown]
# Since the same labelled digits serve all descriptions, we can also compare them draw by
# draw. (The random directions are so much worse that the figure leaves them out.)

# %% tags=["hide-input"]
def gain(method, name):
    """Percentage points over pixels, shape (labels, draws)."""
    table = accuracy[accuracy.method == method].pivot_table(
        index="labels", columns=["input", "draw"], values="right"
    )
    return (table[name] - table["pixels"]).to_numpy()


# %% tags=["nbval-ignore-output", "hide-input"]
fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7.5, 3.6))
short = [
    ("blurred pixels", "other", "s:"),
    (f"PCA-{CODE}", "pca", "^--"),
    ("codes", "autoencoder", "o-"),
]
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
fig.suptitle("Gain over pixels; pale marks are single draws", fontweight="bold")
show(fig, alt="Gain in accuracy over pixels against the number of labelled digits, for "
     "blurred pixels, PCA-30 and codes, with each draw. Nearest neighbours gain about "
     "two points with 1000 labels from each of them, logistic regression little.")

# %%
last = {
    (method, name): gain(method, name)[-1].mean()
    for method in SETTINGS
    for name in inputs
    if name != "pixels"
}

# %%
claim(
    "with 1,000 labels, nearest neighbours are more accurate on codes, PCA's numbers "
    "and blurred pixels than on pixels, by at least half a percentage point",
    last["nearest neighbours", "codes"] > 0.5
    and last["nearest neighbours", f"PCA-{CODE}"] > 0.5
    and last["nearest neighbours", "blurred pixels"] > 0.5,
)

# %%
claim(
    "with 1,000 labels, nearest neighbours are not more accurate on codes than on "
    "blurred pixels by more than one percentage point",
    last["nearest neighbours", "codes"]
    < last["nearest neighbours", "blurred pixels"] + 1,
)

# %%
claim(
    "with 1,000 labels, nearest neighbours on 30 random directions are less accurate "
    "than on pixels, by more than 5 percentage points",
    last["nearest neighbours", "random"] < -5,
)

# %%
claim(
    "with 1,000 labels, logistic regression on codes is as accurate as on pixels, to "
    "within one and a half percentage points",
    abs(last["logistic regression", "codes"]) < 1.5,
)

# %% [markdown]
# With 1,000 labels, nearest neighbours gain between one and a half and two points from codes.
# They gain as much from PCA's numbers, and as much from pixels that were merely blurred.
# Being short is not what helps, since 30 random directions lose more than ten points. What
# helps is to leave out fine detail, and for that no network is needed. Logistic regression
# gains nothing from codes or from PCA's numbers, and a little from blurring. With 50 labels
# the draws differ too much to rank the descriptions.

# %% [markdown]
# ## Use 2: visualisation
#
# Thirty dimensions cannot be plotted. With a code of two numbers, each digit becomes a point
# on a map. We let a second, smaller autoencoder find such a code. Its input is not the
# pixels but 30 numbers, so it trains in seconds: either the network's code or PCA's numbers,
# shifted and scaled to mean 0 and standard deviation 1.

# %%
MAP_EPOCHS, MAP_DIGITS = 4, 20_000


def build_map():
    """An encoder from 30 numbers to two, and a decoder back."""
    half = [layers.Dense(256, "relu"), layers.Dense(64, "relu"), layers.Dense(2)]
    back = [layers.Dense(64, "relu"), layers.Dense(256, "relu"), layers.Dense(CODE)]
    return (
        keras.Sequential([layers.Input((CODE,)), *half]),
        keras.Sequential([layers.Input((2,)), *back]),
    )


# %%
def draw_map(z_train, z_test, name):
    """The places of the test digits on a map, shape (digits, 2)."""
    centre, width = z_train.mean(axis=0), z_train.std(axis=0)
    z_train = (z_train[:MAP_DIGITS] - centre) / width
    z_test = (z_test - centre) / width
    to_map, back = build_map()
    mapper = keras.Sequential([to_map, back])
    mapper.compile("adam", loss="mse", steps_per_execution=20)
    settings = {"epochs": MAP_EPOCHS, "batch_size": 100, "verbose": 0}
    mapper.fit(z_train, z_train, **settings, callbacks=[ProgressBar(name)])
    return np.asarray(to_map(z_test))


# %% [markdown]
# A good map keeps like with like. For each digit we find its nearest neighbour on the map
# and count how often the two carry the same label; guessing would give 10%. The map of the
# first two PCA components is the baseline.
#
# > **Predict.** How often is the nearest neighbour right on the map of two PCA components,
# > on the map of the codes, and on the map of PCA's 30 numbers?

# %%
short_inputs = {
    "map of the codes": (codes_train, codes_test),
    f"map of PCA-{CODE}": (pca_train[:, :CODE], pca_test[:, :CODE]),
}
set_seed()
maps = {
    name: [draw_map(*z, f"{name}, {k + 1} of 3") for k in range(3)]
    for name, z in short_inputs.items()
}
maps["two PCA components"] = [pca_test[:, :2]]

# %% tags=["nbval-ignore-output"]
from ae_lib import nearest_neighbour_accuracy, plot_map

map_right = {
    name: pd.Series([nearest_neighbour_accuracy(z, digits.y_test) for z in each])
    for name, each in maps.items()
}
pd.DataFrame({name: each.agg(spread) for name, each in map_right.items()}).T.round(2)

# %% tags=["nbval-ignore-output", "hide-input"]
title = "The network's map of 10,000 test digits"
show(plot_map(maps["map of the codes"][0], digits.y_test, images=x_test, title=title))

# %% [markdown]
# Each point is a test digit, placed by its two numbers and coloured by its label, which the
# network never saw. The circled numbers mark the middle of each class, and the small
# pictures show some of the digits. Some classes gather at the edge; others, written with
# similar strokes, run into each other in the middle.

# %%
claim(
    "on three maps of the codes the nearest neighbour has the same label more often "
    "than on that of two PCA components, by more than 10 percentage points",
    map_right["map of the codes"].min() > map_right["two PCA components"][0] + 0.1,
)

# %%
claim(
    "on maps of PCA's 30 numbers, made by the same network, the nearest neighbour has "
    "the same label at most 10 percentage points less often than on maps of the codes",
    map_right[f"map of PCA-{CODE}"].mean()
    > map_right["map of the codes"].mean() - 0.1,
)

# %% [markdown]
# On the map of two PCA components the nearest neighbour has the same label for 38% of the
# digits, on the networks' maps for more than half. With only two numbers, a nonlinear map is
# clearly better. It does not need the network's code for that: maps of PCA's 30 numbers are
# about as good.
# [Chapter 5](05_pca.ipynb) puts two such maps side by side.

# %% [markdown]
# ## Use 3: sending and storing
#
# You want to send digits over a slow line, or keep them for later; storage is
# communication with your future self. You send codes, and the receiver's decoder turns
# them back into pictures. How many bits does a picture take?
#
# Numbers have to be rounded first, to multiples of a step. A larger step makes fewer
# different values, hence fewer bits, and a larger error. The rounded values are then
# written with short words for frequent values and long words for rare ones. On average, no
# such *entropy code* can do better than $-\log_2 p$ bits for a value of probability $p$
# (Shannon's source coding theorem). We estimate $p$ for each of the 30 numbers from the
# training digits, adding 1 to every count so that no value has probability 0. Then we
# count the bits of the test digits. The tables of probabilities are sent once and not
# counted.

# %%
def bits_per_image(train_steps, test_steps):
    """Ideal bits of a test digit, with probabilities counted on training digits."""
    total = 0
    for seen, sent in zip(train_steps.T, test_steps.T, strict=True):
        low = min(seen.min(), sent.min())
        counts = np.bincount(np.append(seen, sent.max()) - low) + 1.0
        total -= np.log2(counts / counts.sum())[sent - low].mean()
    return total


# %%
def rate_and_error(train_codes, test_codes, decode, step):
    """Bits and squared error per test digit, for codes rounded to a step."""
    train_steps, test_steps = (
        np.rint(codes / step).astype(int) for codes in (train_codes, test_codes)
    )
    decoded = np.asarray(decode(test_steps * np.float32(step)))
    return bits_per_image(train_steps, test_steps), squared_error(x_test, decoded)


# %% [markdown]
# PCA gets the same treatment and one advantage. It may use up to 100 components, all with
# the same step. Components that vary much less than the step round to 0 nearly always, and
# cost nearly nothing, so a larger step also means fewer components in use.
#
# > **Predict.** At the same error, how many bits does PCA need for each bit of the codes:
# > one, four thirds, or two?

# %%
# Steps from fine to coarse, each larger by a factor of 1.4.
pca_steps = 2.0 ** np.arange(-1.5, 2.1, 0.5)
pca_curve = np.array(
    [rate_and_error(pca_train, pca_test, pca_decode, step) for step in pca_steps]
)

# %%
code_curves = []
for enc, dec in networks:
    seen, sent = np.asarray(enc(x_train)), np.asarray(enc(x_test))
    steps = seen.std() * 2.0 ** np.arange(-3, 0.1, 0.5)
    code_curves.append([rate_and_error(seen, sent, dec, step) for step in steps])
code_curves = np.array(code_curves)

# %% [markdown]
# Since the decoder made most of the difference before, we also try PCA's 30 numbers with the
# decoders that were trained on them.

# %%
seen, sent = pca_train[:, :CODE] / pca_scale, z_test
steps = 2.0 ** np.arange(-3, 0.1, 0.5)
mixed_curves = np.array(
    [[rate_and_error(seen, sent, dec, step) for step in steps] for dec in pca_decoders]
)

# %% [markdown]
# The second rival, JPEG, is already on every computer. It works on blocks of 8 by 8 pixels, and
# one file for each tiny picture would be nearly all header. So we lay the digits out on
# one sheet, 100 by 100, each padded to 32 by 32 pixels.

# %% tags=["hide-input"]
import io

from PIL import Image

# %% tags=["hide-input"]
grey = np.rint(255 * x_test).astype(np.uint8)
padded = np.pad(grey.reshape(-1, 28, 28), [(0, 0), (2, 2), (2, 2)])
sheet = padded.reshape(100, 100, 32, 32).swapaxes(1, 2).reshape(3200, 3200)


# %% tags=["hide-input"]
def jpeg(quality):
    """Bits and squared error per test digit."""
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="JPEG", quality=quality, optimize=True)
    tiles = np.asarray(Image.open(file)).reshape(100, 32, 100, 32).swapaxes(1, 2)
    digits_again = tiles[:, :, 2:30, 2:30].reshape(-1, 784) / 255
    return 8 * len(file.getvalue()) / len(x_test), squared_error(x_test, digits_again)


jpeg_curve = np.array([jpeg(quality) for quality in (1, 5, 10, 20)])

# %% tags=["nbval-ignore-output", "hide-input"]
fig, ax = plt.subplots(figsize=(7.5, 4.4))
trained = [
    (code_curves, f"{CODE}-number codes, three seeds", "o-", "autoencoder"),
    (mixed_curves, f"PCA-{CODE}, decoder trained, three seeds", "x:", "linear"),
]
for curves, label, style, key in trained:
    for k, line in enumerate(curves):
        name = label if k == 0 else None
        ax.semilogx(*line.T, style, color=COLOURS[key], label=name, markersize=5)
label = "PCA, up to 100 components"
ax.semilogx(*pca_curve.T, "^--", color=COLOURS["pca"], label=label)
label = "JPEG, all digits on one sheet"
ax.semilogx(*jpeg_curve.T, "v-.", color=COLOURS["other"], label=label)
ticks = [50, 100, 200, 400, 800]
ax.set(xticks=ticks, xticklabels=ticks, xlim=(30, 1000), ylim=(0, 20))
ax.set_xlabel("bits per image")
ax.set_ylabel("squared error per image")
ax.minorticks_off()
ax.legend()
ax.set_title("What an image costs, and how well it is kept")
show(fig, alt="Squared error against bits per image. The curves of the codes and of "
     "PCA's 30 numbers with trained decoders nearly coincide, lie lowest up to about "
     "140 bits and level off near 7. PCA needs a third more bits at an error of 8 and "
     "goes on falling. JPEG lies far to the right.")

# %% [markdown]
# Lower and further to the left is better. To compare, we read the bits off the curves at
# one error.

# %%
AT_ERROR = 8.0


def bits_at(curve, error):
    """Bits at an error, read off a curve between its points."""
    bits, errors = np.array(sorted(curve.tolist(), key=lambda point: point[1])).T
    return np.interp(error, errors, bits)


# %% tags=["nbval-ignore-output", "hide-input"]
code_bits = [bits_at(line, AT_ERROR) for line in code_curves]
mixed_bits = [bits_at(line, AT_ERROR) for line in mixed_curves]
pca_bits, jpeg_bits = bits_at(pca_curve, AT_ERROR), bits_at(jpeg_curve, AT_ERROR)
needed = {
    "codes": code_bits,
    f"PCA-{CODE}, decoder trained": mixed_bits,
    "PCA": [pca_bits],
    "JPEG": [jpeg_bits],
}
table = {name: pd.Series(each).agg(spread) for name, each in needed.items()}
pd.DataFrame(table).T.round(0)

# %%
claim(
    "at a squared error of 8 per digit, the codes need less than 0.85 of PCA's bits, "
    "with each of three seeds",
    max(code_bits) < 0.85 * pca_bits,
)

# %%
claim(
    "at a squared error of 8 per digit, PCA's 30 numbers with a trained decoder need "
    "as many bits as the codes, to within a tenth, with each of three seeds",
    max(mixed_bits) < 1.1 * min(code_bits) and min(mixed_bits) > 0.9 * max(code_bits),
)

# %%
claim(
    "at a squared error of 8 per digit, JPEG needs more than twice PCA's bits",
    jpeg_bits > 2 * pca_bits,
)

# %%
claim(
    "at 160 bits per digit, PCA's error is lower than any that these networks reach "
    "after three epochs",
    np.interp(160, *pca_curve[::-1].T) < code_curves[:, :, 1].min(),
)

# %% [markdown]
# At this error PCA needs about four thirds of the codes' bits; put the other way, the codes
# save about a quarter. PCA's numbers save as much once their decoder is trained, and more
# than the codes at larger errors, so it is the decoder that pays. Both curves level off at the error that these networks have after
# three epochs, while PCA and JPEG buy smaller errors with more bits.
#
# So far we have ignored that the receiver needs the decoder, which has to be sent first.
# Does rounding its weights to 8 bits change the error? PCA's decoder, its 100 components
# and the mean, gets 8 bits for each number, too.

# %% tags=["nbval-ignore-output"]
def in_8_bits(weights):
    """Weights rounded to 255 values, array by array."""
    scale = np.abs(weights).max() / 127
    return np.rint(weights / scale) * scale


# %%
weights = decoder.get_weights()
decoder.set_weights([in_8_bits(array) for array in weights])
error_8_bits = squared_error(x_test, np.asarray(decoder(codes_test)))
decoder.set_weights(weights)
print(f"error {error:.2f}, with a decoder of 8-bit weights {error_8_bits:.2f}")

# %% tags=["nbval-ignore-output", "hide-input"]
costs = pd.DataFrame(
    {
        "bytes of the decoder": [decoder.count_params(), pca.components_.size + 784, 0],
        "bits per digit": [code_bits[0], pca_bits, jpeg_bits],
    },
    index=["codes", "PCA", "JPEG"],
)
more = 8 * (costs["bytes of the decoder"]["codes"] - costs["bytes of the decoder"])
saved = costs["bits per digit"] - costs["bits per digit"]["codes"]
cheaper_from = (more / saved)[["PCA", "JPEG"]]
costs.round(0)

# %% [markdown]
# The difference of the decoders' bits, divided by the bits that each digit saves, is the
# number of digits from which the codes are cheaper.

# %% tags=["nbval-ignore-output"]
cheaper_from.to_frame("codes are cheaper from … digits").round(0)

# %%
claim(
    "rounding the decoder's weights to 8 bits raises the squared error per digit by "
    "less than 0.1",
    error_8_bits < error + 0.1,
)

# %%
claim(
    "with decoders of 8-bit weights counted, codes need more than 15,000 digits to be "
    "cheaper than PCA, and more than 4,000 to be cheaper than JPEG",
    cheaper_from["PCA"] > 15_000 and cheaper_from["JPEG"] > 4_000,
)

# %% [markdown]
# Counting the decoders, these networks beat JPEG only for some thousands of digits, and PCA
# only for tens of thousands. The saving is also limited to digits: this decoder cannot draw
# a face, whereas JPEG accepts any picture.

# %% [markdown]
# ## Use 4: search
#
# To find the training digit most similar to a query, we compare the query with all 60,000:
# 784 numbers each for pixels, 30 for codes. All searches use the same brute-force method and
# 32-bit numbers, and the time to encode the queries is included. Encoding the 60,000 is done
# once, beforehand, and not counted.
#
# > **Predict.** 784 / 30 is about 26. How much faster is the search among codes, and do its
# > neighbours have the right label less often?

# %%
import time

from sklearn.neighbors import NearestNeighbors

QUERIES = 1000


# %%
def search(stored, queries):
    """Nearest stored row of each query, and the seconds, the better of two runs."""
    index, seconds = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(stored), []
    for _ in range(2):
        start = time.perf_counter()
        found = index.kneighbors(queries(), return_distance=False)[:, 0]
        seconds.append(time.perf_counter() - start)
    return found, min(seconds)


# %%
asked = x_test[:QUERIES]
pca_stored = pca_train[:, :CODE].astype(np.float32)
components = pca.components_[:CODE].astype(np.float32)
found = {
    "pixels": search(x_train, lambda: asked),
    f"PCA-{CODE}": search(pca_stored, lambda: (asked - pca.mean_) @ components.T),
    "codes": search(codes_train, lambda: np.asarray(encoder(asked))),
}

# %% tags=["nbval-ignore-output", "hide-input"]
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
    "searching codes is more than one and a half times as fast as searching pixels",
    results["pixels"]["seconds"] > 1.5 * results["codes"]["seconds"],
)

# %%
claim(
    "the nearest neighbour by codes has the right label as often as that by pixels or "
    "by PCA's 30 numbers, or at most two percentage points less often",
    results["codes"]["right label"] > results.loc["right label"].max() - 0.02,
)

# %%
claim(
    "codes and pixels find the same nearest neighbour for fewer than three in four "
    "digits",
    results["codes"]["same as by pixels"] < 0.75,
)

# %% [markdown]
# Searching 30 numbers is several times faster than searching 784, but not 26 times. One reason
# is that finding the smallest of 60,000 distances takes equally long in either case. About half of
# the neighbours differ from those found by pixels, yet they have the right label just as
# often, in 96 or 97 of 100 cases. PCA's 30 numbers do as well here, too.

# %% [markdown]
# ## Why was this hard until 2006?
#
# The idea is old. Backpropagation, which carries errors backwards through a network, goes
# back to Linnainmaa (thesis of 1970, [article of 1976](https://doi.org/10.1007/BF01931367))
# and Werbos (1974), and became popular with [Rumelhart, Hinton & Williams
# (1986)](https://doi.org/10.1038/323533a0). [Bourlard & Kamp
# (1988)](https://doi.org/10.1007/BF00332918) proved that an autoencoder with one hidden layer
# and linear outputs cannot beat PCA. [Kramer (1991)](https://doi.org/10.1002/aic.690370209)
# and DeMers & Cottrell (1993) added layers before and after the code, and obtained nonlinear
# codes. Still deeper encoders promised better codes, but it was 2006 before [Hinton &
# Salakhutdinov](https://doi.org/10.1126/science.1127647) trained an autoencoder with four
# layers on each side well enough to beat PCA by a wide margin. This course follows their
# article, which we call *the paper*.
#
# Its conclusion names three things that were needed: fast enough computers, big enough data
# sets, and initial weights close enough to a good solution. The first two came with time.
# The third did not. From large initial weights, the authors write, a deep autoencoder
# typically ends in a poor solution. From small ones, the gradients in the early layers are
# tiny, and training does not get anywhere.
#
# We now train one deep architecture in two ways. The *old way* follows the textbooks of
# around 1990: logistic units, small random weights, and gradient descent with **momentum**,
# which adds a part of the last step to the next one. The *new way* uses what is usual today:
# ReLU, weights scaled to the size of each layer, and Adam. [Chapter
# 2](02_initialisation.ipynb) examines each of them.

# %%
DEEP = [256, 128, 64]  # hidden units on the way to the code
DEEP_DIGITS, DEEP_EPOCHS = 10_000, 3


# %%
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
    "a deep autoencoder with logistic units, small weights and momentum ends above 0.9 "
    "of the mean image's error, with each of three seeds",
    min(deep_errors["old"]) > 0.9 * mean_error,
)

# %%
claim(
    "the same architecture with ReLU, scaled weights and Adam ends below 0.6 of the "
    "mean image's error, with each of three seeds",
    max(deep_errors["new"]) < 0.6 * mean_error,
)

# %% tags=["nbval-ignore-output"]
rows = {f"{way} way": outputs[0][first[:8]] for way, outputs in deep.items()}
errors = {f"{way} way": each[0] for way, each in deep_errors.items()}
title = "A deep network, trained in two ways"
show(plot_reconstructions(x_test[first[:8]], rows, errors=errors, title=title))

# %% [markdown]
# The old network gives every digit the same blur, and its error is that of the mean image.
# The new one has begun to tell digits apart, though some come out as the wrong digit. Its
# error of about 23 is still nearly twice that of PCA: three epochs over a sixth of the data
# are not enough to train even this network well.
#
# This result is suggestive, no more. The two networks differ in four respects (units,
# initial weights, optimiser, learning rate), so we cannot tell which of them mattered, and
# longer training or another learning rate might rescue the old way. (Keras averages the loss
# over the 784 pixels, which makes a learning rate of 0.1 a cautious one.) Chapter 2 changes
# one of them at a time.

# %% [markdown]
# ## The family of autoencoders
#
# Our network cannot merely copy, because its code has few units. That is one way among
# several, and the members of the family differ in what keeps them from copying. Which of
# them will you meet, and where?

# %% tags=["hide-input"]
from ae_lib import plot_family

family = {
    "… through few units": {
        "linear": "PCA's subspace",
        "dense": "this chapter",
        "convolutional": "uses neighbours",
        "deep": "pretrained by layers",
    },
    "… from a damaged\ncopy of it": {
        "denoising": "with noise",
        "masked": "with parts hidden",
    },
    "… with a penalty\non the code": {
        "sparse": "few active units",
        "contractive": "changes slowly",
    },
    "… from a random\ncode": {"variational": "drawn near a point"},
}
title = "What keeps them from copying"
show(plot_family("reproduce\nthe input …", family, title=title))

# %% [markdown]
# | member | what keeps it from copying | where |
# |---|---|---|
# | linear | few units and no nonlinearity; finds the subspace of PCA | [Chapter 5](05_pca.ipynb) |
# | dense | few units | here and [Chapter 6](06_dense.ipynb) |
# | convolutional | few numbers, in layers that use which pixels are neighbours | [Chapter 7](07_convolutional.ipynb) |
# | deep | few units behind many layers, pretrained one layer at a time | [Chapters 4](04_pretraining.ipynb) and [8](08_paper.ipynb) |
# | denoising | its input is noisy, its target is clean | [Chapters 6](06_dense.ipynb) and [7](07_convolutional.ipynb) |
# | masked | parts of the input are hidden and have to be guessed | not in this course yet |
# | sparse | few units may be active at a time | not in this course yet |
# | contractive | the code may change only slowly with the input | not in this course yet |
# | variational | the code is a random draw near a point | not in this course yet |

# %% [markdown]
# ## Every error of this chapter
#
# An error depends on the network, on the data and on how long it was trained. These are the
# errors that you have seen, with what they belong to. [The page of all
# errors](errors.md) puts them beside those of the other chapters.

# %% tags=["nbval-ignore-output", "hide-input"]
from ae_lib import list_errors

all_digits = {"learnt from": f"{len(x_train):,} digits"}
shape = f"784-{HIDDEN}-{CODE}-{HIDDEN}-784"
small = {"layers": 4, "epochs": EPOCHS, **all_digits}
no_network = {"layers": 0, "epochs": 0, **all_digits}
units = "-".join(map(str, [784, *DEEP, CODE, *DEEP[::-1], 784]))
deep_row = {
    "layers": 2 * len(DEEP) + 2,
    "epochs": DEEP_EPOCHS,
    "learnt from": f"{DEEP_DIGITS:,} digits",
}
mixed_name = f"PCA-{CODE}, then {CODE}-{HIDDEN}-784"
list_errors(
    [
        {"network": "mean image", "error": mean_error, **no_network},
        {"network": f"PCA-{CODE}, clipped", "error": pca_error, **no_network},
        {"network": mixed_name, "error": mixed_errors, **small, "layers": 2},
        {"network": f"{shape}, ReLU", "error": all_errors, **small},
        {"network": f"{units}, logistic", "error": deep_errors["old"], **deep_row},
        {"network": f"{units}, ReLU", "error": deep_errors["new"], **deep_row},
    ]
)

# %% [markdown]
# ## What we measured
#
# *Tally of 10* means that the whole chapter was repeated with ten seeds; [the page of
# claims](claims.md) counts how often each claim held.
#
# | question | evidence | seeds | verdict |
# |---|---|---|---|
# | Do 30 numbers from a network describe digits better than 30 from PCA? | error on test digits | 3 | yes: less than 0.6 of PCA's error |
# | Which half of the network makes the difference? | PCA's numbers with a trained decoder | 3 | mostly the decoder: less than 0.65 of PCA's error |
# | Would 30 numbers do for any picture? | the same network trained on noise | 1, tally of 10 | no: more than 0.8 of the mean image's error is left |
# | Do codes straighten the curve of a rotating digit? | distance of the ends over length | 3 | a little, no more than blurring or PCA |
# | Do codes help a classifier with few labels? | accuracy with 50 to 1,000 labels, everything tuned | 3 draws, 1 network | nearest neighbours: less than two points, as do blurring and PCA; logistic regression: no |
# | Does a nonlinear map beat two PCA components? | label of the nearest neighbour | 3 | yes, clearly; PCA's 30 numbers serve as well as codes |
# | Do codes save bits? | bits at an error of 8, entropy-coded | 3 | a quarter fewer than PCA, due to the decoder; with decoders counted, only for tens of thousands of digits (three epochs of training) |
# | Do codes speed up search? | time and labels of neighbours | 1, tally of 10 | yes, and so do PCA's 30 numbers |
# | Can a deep network be trained as around 1990? | two ways that differ in four respects | 3 | not this one, in three epochs; why is open |

# %% [markdown]
# ## Summary
#
# - Digits fill a small, curved part of the space of all pictures, so few numbers can
#   describe them. An autoencoder learns such a description by copying its input through a
#   narrow layer. It needs no labels.
# - With 30 numbers, a small one has less than 0.6 of PCA's squared error on test digits.
#   Most of that is due to its decoder.
# - With a trained decoder, codes take about a quarter fewer bits than PCA, and a nonlinear
#   map shows the classes much better than two PCA components.
# - For nearest neighbours, logistic regression and search, PCA's 30 numbers did as well as
#   the codes.
# - Trained with logistic units, small random weights and momentum, a deep network learnt
#   little more than the mean image in three epochs. Chapter 2 asks why.
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
# - C. E. Shannon (1948), *A mathematical theory of communication*,
#   [doi:10.1002/j.1538-7305.1948.tb01338.x](https://doi.org/10.1002/j.1538-7305.1948.tb01338.x)
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
