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
# A small picture of a handwritten digit is 784 numbers, one for each pixel. Few of the
# pictures that 784 numbers can make are digits. A network with a narrow layer in the
# middle can learn what digits have in common, and then describe each of them by a short
# list of numbers: a *code*. Short codes are quick to search, cheap to send and store,
# and sometimes easier to learn from. This chapter builds such a network, looks at its
# codes, and then measures how good they are in four uses. Not all of them are
# victories.
#
# **What you will do**
#
# - Train a small autoencoder, which turns 784 pixels into 30 numbers and back.
# - Measure its codes in four uses: classification, visualisation, communication,
#   storage.
# - Meet a deep network that learns nothing, which is where the story of this course
#   begins.
#
# **What you will learn**
#
# - What an encoder, a code and a decoder are, and the unit in which we count errors.
# - Where short codes help, where they do not, and when a simpler method does as well.
# - Which questions the rest of the course asks.
#
# **What you will need**
#
# - Python, NumPy, and a rough idea of what a neural network is. No graphics card.
#
# **Time:** about 25 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, SEED, load_mnist, set_seed, show, squared_error, use_style

set_seed()
use_style()

# %% [markdown]
# ## Pictures are not any 784 numbers
#
# The MNIST digits are 60,000 pictures to learn from and 10,000 to test on. Each is 28
# by 28 pixels, and each pixel is a number from 0 (paper) to 1 (ink).

# %%
digits = load_mnist()
print(digits.x_train.shape, digits.x_test.shape)

# %% [markdown]
# Suppose that the pixels had nothing to do with each other. Then we could make new
# digits by drawing each pixel on its own: the ink of pixel 1 from one randomly chosen
# digit, pixel 2 from another, and so on. Each pixel taken alone would be just as it is
# in MNIST.
#
# > **Predict.** What will pictures made in this way look like: like digits, like
# > blurred digits, or like noise?

# %%
from ae_lib import plot_features

rng = np.random.default_rng(SEED)
donors = rng.integers(60_000, size=(10, 784))
independent = digits.x_train[donors, np.arange(784)]
pictures = np.concatenate([digits.x_test[:10], independent])
show(
    plot_features(pictures, title="Ten digits, and ten pictures made pixel by pixel"),
    alt="Above, ten handwritten digits. Below, ten pictures whose pixels were drawn "
    "one by one from random digits: scattered dots in the middle, without a stroke.",
)

# %% [markdown]
# Above are digits, below is noise with more ink in the middle than at the rim. So most
# of what makes a digit is not in the single pixels but in how they go together: ink
# continues as a stroke, strokes have a width, and there are only so many ways to write
# a 3. Whoever knows these rules needs fewer than 784 numbers to say which digit it is
# and how it was written.

# %% [markdown]
# ## A network with a narrow middle
#
# We do not know the rules in a form that we could program. So a network shall find
# them. We ask it to copy its input to its output, and leave it only 30 numbers in the
# middle to pass the picture through.

# %%
from ae_lib import plot_network

names = ["pixels", "hidden", "code", "hidden", "pixels\nagain"]
sizes = [784, 256, 30, 256, 784]
show(plot_network(sizes, names=names, code=2, title="An autoencoder"))

# %% [markdown]
# Each bar is a layer, and the number above it says how many units the layer has. The
# left half, from the pixels to the code, is the **encoder**. The right half, from the
# code to pixels again, is the **decoder**. Together they are an **autoencoder**. Nobody
# tells the network what the 30 numbers should mean. They only have to be enough for the
# decoder.
#
# Call the picture $x$, its code $z = f(x)$ and the reconstruction $\hat x = g(z)$. We
# count the error of one picture as the sum of the squared differences of its pixels:
#
# $$E(x, \hat x) = \sum_{i=1}^{784} (x_i - \hat x_i)^2 \tag{1.1}$$
#
# The error of a method is the average of $E$ over the 10,000 test digits. This is the
# unit of the whole course: **squared error per image, summed over pixels between 0 and
# 1**.
#
# Now the same network in Keras. The encoder and the decoder are two small models,
# because we shall use them apart from each other.

# %%
import keras
from keras import layers

encoder = keras.Sequential(
    [layers.Input((784,)), layers.Dense(256, activation="relu"), layers.Dense(30)]
)
decoder = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Dense(256, activation="relu"),
        layers.Dense(784, activation="sigmoid"),
    ]
)

# %% [markdown]
# The code layer has no activation function: its numbers may take any value. The last
# layer has the logistic sigmoid, so that each output lies between 0 and 1, as pixels
# do. It is trained on the cross-entropy between pixels and outputs, which suits such
# outputs and is smallest when both agree. [Chapter 5](05_dense.ipynb) gives the reasons
# for these choices. Here we only use them.
#
# Note what is *not* in the next cell: labels. The digits are input and target at once.

# %%
from ae_lib import ProgressBar

autoencoder = keras.Sequential([encoder, decoder])
# Twenty batches in one call: the same steps, with less waiting between them.
autoencoder.compile("adam", loss="binary_crossentropy", steps_per_execution=20)
x_train, x_test = digits.x_train, digits.x_test
_ = autoencoder.fit(
    x_train, x_train, epochs=3, batch_size=100, verbose=0, callbacks=[ProgressBar()]
)

# %% [markdown]
# Three passes over the digits, or **epochs**, and we have what we need for the rest of
# the chapter.

# %%
codes_train = np.asarray(encoder(x_train))
codes_test = np.asarray(encoder(x_test))
print(codes_test.shape)

# %% [markdown]
# ## One digit as 30 numbers
#
# Here is the first test digit. The decoder has never seen it. It sees the 30 numbers
# only.

# %% tags=["nbval-ignore-output"]
decoded_test = np.asarray(decoder(codes_test))
print(codes_test[0].round(1))

# %% [markdown]
# Now as a picture, for the first three: pixels, code, and what the decoder makes of it.

# %% tags=["nbval-ignore-output", "picture-landing"]
fig, axes = plt.subplots(3, 3, figsize=(7.5, 4.9), width_ratios=[1, 2.2, 1])
largest = np.abs(codes_test[:3]).max()
for row, (before, bars, after) in enumerate(axes):
    before.imshow(x_test[row].reshape(28, 28), vmin=0, vmax=1)
    bars.bar(range(1, 31), codes_test[row], color=COLOURS["autoencoder"])
    after.imshow(decoded_test[row].reshape(28, 28), vmin=0, vmax=1)
    bars.set(xticks=[1, 10, 20, 30], ylim=(-largest, largest))
    before.set_axis_off()
    after.set_axis_off()
titles = ["784 pixels", "30 numbers", "784 pixels again"]
for ax, title in zip(axes[0], titles, strict=True):
    ax.set_title(title)
axes[2, 1].set_xlabel("code unit")
show(fig, alt="Three handwritten digits, a 7, a 2 and a 1, each with its code of 30 "
     "numbers as bars, and the digit that the decoder makes of these numbers.")

# %% [markdown]
# The code means nothing to us: no bar stands for "a 7". But it means the 7 to the
# decoder. On the website you can move thirty such numbers, and watch a larger decoder
# answer: [Thirty numbers](play.md#thirty-numbers).
#
# How good is that in numbers? An error needs something to stand beside it. We take two
# yardsticks. The **mean image** answers every digit with the same grey blur: a network
# that has learnt nothing. **PCA**, principal component analysis, with 30 components
# also describes a digit by 30 numbers, but may only scale and add fixed pictures. In
# squared error on the training digits it is the best *linear* code there is. It sees no
# labels either, needs no training loop, and is the subject of [Chapter
# 4](04_pca.ipynb).

# %%
from sklearn.decomposition import PCA

pca = PCA(n_components=30, random_state=0).fit(x_train)
pca_train, pca_test = pca.transform(x_train), pca.transform(x_test)
decoded_pca = pca.inverse_transform(pca_test)
mean_image = np.broadcast_to(x_train.mean(axis=0), x_test.shape)

# %%
mean_error = squared_error(x_test, mean_image)
print(f"mean image {mean_error:.2f}")

# %% [markdown]
# > **Predict.** That is the error of knowing nothing about a digit. How much of it is
# > left with 30 numbers from PCA? And with 30 numbers from the autoencoder?

# %%
pca_error = squared_error(x_test, decoded_pca)
print(f"PCA-30 {pca_error:.2f}")

# %% tags=["nbval-ignore-output"]
error = squared_error(x_test, decoded_test)
print(f"autoencoder {error:.2f}")
# Claim: with 30 numbers each, the autoencoder's error is less than 0.6 of PCA's.
assert error < 0.6 * pca_error

# %% tags=["nbval-ignore-output"]
from ae_lib import plot_reconstructions

first = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in range(10)]
rows = {"PCA-30": decoded_pca[first], "autoencoder": decoded_test[first]}
errors = {"PCA-30": pca_error, "autoencoder": error}
show(plot_reconstructions(x_test[first], rows, errors=errors))

# %% [markdown]
# The upper row shows the first test digit of each class. Below them stand the two
# reconstructions, with each digit's own error, and with the mean error of all 10,000
# test digits at the left. PCA leaves grey shadows where no ink was. The autoencoder's
# strokes are cleaner, and its error is less than 0.6 of PCA's, with just as many
# numbers.
#
# So the codes keep most of what a digit looks like. Whether two numbers would do, or
# eight, you can try on the website: [How much fits in a
# code](play.md#how-much-fits-in-a-code). What are codes good for?

# %% [markdown]
# ## Use 1: classification
#
# Labels cost work: somebody has to look at each picture. Pictures without labels are
# often plenty. The autoencoder has seen all 60,000 training digits, but no label. Does
# a simple classifier do better on its codes than on pixels when only few digits are
# labelled?
#
# We compare three descriptions of the same digits. PCA's numbers and the codes are each
# divided by one common factor, so that a typical value has size 1. This changes no
# neighbours, and lets logistic regression treat both alike.

# %%
inputs = {
    "pixels": (x_train, x_test),
    "PCA-30": (pca_train / pca_train.std(), pca_test / pca_train.std()),
    "codes": (codes_train / codes_train.std(), codes_test / codes_train.std()),
}

# %% [markdown]
# For 50, 200, 1000 and 3000 labelled digits, three random draws each, we fit a
# classifier and count how many of the 10,000 test digits it gets right. The clock
# covers both.

# %%
n_labels = [50, 200, 1000, 3000]
draws = [rng.permutation(60_000)[: n_labels[-1]] for _ in range(3)]

# %%
def learning_curve(model, name):
    """Accuracy and seconds of a classifier, shape (labels, draws)."""
    train, test = inputs[name]
    accuracy, seconds = np.empty((2, len(n_labels), len(draws)))
    for i, n in enumerate(n_labels):
        for j, draw in enumerate(draws):
            start = time.perf_counter()
            model.fit(train[draw[:n]], digits.y_train[draw[:n]])
            accuracy[i, j] = model.score(test, digits.y_test)
            seconds[i, j] = time.perf_counter() - start
    return accuracy, seconds

# %% [markdown]
# We try two simple classifiers. *Nearest neighbour* gives a digit the label of the most
# similar labelled digit. *Logistic regression* adds up evidence from each number.
#
# > **Predict.** With 50 labels, will codes or pixels give the better classifier? And
# > with 3000 labels? Does your answer depend on the classifier?

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

neighbour = {name: learning_curve(KNeighborsClassifier(1), name) for name in inputs}

# %%
linear_model = LogisticRegression(max_iter=1000)
logistic = {name: learning_curve(linear_model, name) for name in inputs}

# %%
def print_table(results):
    """One line for each number of labels: mean accuracy and median seconds."""
    print("labels " + "".join(f"{name:>17}" for name in results))
    for i, n in enumerate(n_labels):
        cells = [
            f"   {accuracy[i].mean():.3f} ({np.median(seconds[i]):.2f} s)"
            for accuracy, seconds in results.values()
        ]
        print(f"{n:6} " + "".join(f"{cell:>17}" for cell in cells))

# %% tags=["nbval-ignore-output"]
print("nearest neighbour")
print_table(neighbour)
print("\nlogistic regression")
print_table(logistic)

# %% [markdown]
# The differences are smaller than the growth with the labels. So the figure shows only
# them: how many more of 100 test digits are right than with pixels. Each dot is a draw.

# %%
def gain(results, name):
    """Accuracy minus that of pixels, shape (labels, draws)."""
    return results[name][0] - results["pixels"][0]

# %% tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7.5, 3.8))
for ax, results in zip(axes, [neighbour, logistic], strict=True):
    for name, key, style in [("PCA-30", "pca", "^--"), ("codes", "autoencoder", "o-")]:
        each = 100 * gain(results, name)
        ax.semilogx(n_labels, each.mean(axis=1), style, color=COLOURS[key], label=name)
        ax.semilogx(n_labels, each, style[0], color=COLOURS[key], alpha=0.35)
    ax.axhline(0, color=COLOURS["data"], label="pixels")
    ax.set(xticks=n_labels, xticklabels=n_labels, xlabel="labelled digits")
    ax.minorticks_off()
axes[0].set(title="nearest neighbour", ylabel="gain over pixels, percentage points")
axes[1].set_title("logistic regression")
axes[1].legend()
show(fig, alt="Gain in accuracy over pixels against labelled digits, PCA-30 and codes. "
     "Nearest neighbour: both mostly above zero. Logistic regression: no gain later.")

# %% [markdown]
# With nearest neighbour both short descriptions lie above the pixels from 200 labels
# on, and close together. With 50 labels the draws scatter widely: chance decides which
# digits were labelled. With logistic regression the gain shrinks where there are many
# labels. The next cell holds us to what we say.

# %%
codes_gain = gain(neighbour, "codes").mean(axis=1)
pca_gain = gain(neighbour, "PCA-30").mean(axis=1)
late_gain = gain(logistic, "codes").mean(axis=1)[2:]
# Claim: from 200 labels on, codes and PCA's numbers give better neighbours than pixels.
assert (codes_gain[1:] > 0).all()
assert (pca_gain[1:] > 0).all()
# Claim: neighbours by codes and by PCA's numbers differ by less than three points.
assert np.abs(codes_gain - pca_gain).max() < 0.03
# Claim: from 1000 labels on, logistic regression gains less than two points by codes.
assert late_gain.max() < 0.02

# %% [markdown]
# So PCA's 30 numbers do for neighbours what the codes do, within three percentage
# points: for this use the gain comes from *short*, not from *learnt by a network*. And
# for logistic regression with 1000 labels or more the codes gain less than two
# percentage points, if anything.
#
# Time is another matter: fitting on 30 numbers is quick.

# %% tags=["nbval-ignore-output"]
ratio = np.median(logistic["pixels"][1][2] / logistic["codes"][1][2])
print(f"logistic regression, 1000 labels: pixels take {ratio:.0f} times as long")
# Claim: logistic regression takes more than twice as long on pixels as on codes.
assert ratio > 2

# %% [markdown]
# > **Note.** The codes' time does not contain the training of the autoencoder. It is
# > paid once, and then shared by everything that uses the codes.

# %% [markdown]
# ## Use 2: visualisation
#
# Nobody can see in 30 dimensions. With a code of two numbers, each digit becomes a
# point on a map. We let a second, smaller autoencoder learn such a code. Its input is
# not the pixels but the 30 numbers, so it trains in seconds.
#
# How good is a map? It should keep like with like. For each digit we look at its
# nearest neighbour on the map, and count how often both carry the same label. First for
# a map of the first two PCA numbers.

# %%
from ae_lib import nearest_neighbour_accuracy, plot_map

pca_accuracy = nearest_neighbour_accuracy(pca_test[:, :2], digits.y_test)
print(f"two PCA numbers {pca_accuracy:.2f}")

# %% [markdown]
# > **Predict.** How often will the nearest neighbour be right on the network's map?

# %%
map_encoder = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Dense(256, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(2),
    ]
)

# %%
map_decoder = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(256, activation="relu"),
        layers.Dense(30),
    ]
)

# %% [markdown]
# Each of the 30 numbers is shifted and scaled to mean 0 and standard deviation 1, so
# that all of them count alike in the squared error on which this network is trained.

# %%
centre, spread = codes_train.mean(axis=0), codes_train.std(axis=0)
mapper = keras.Sequential([map_encoder, map_decoder])
mapper.compile("adam", loss="mse", steps_per_execution=20)
scaled, bar = (codes_train - centre) / spread, ProgressBar("map")
_ = mapper.fit(scaled, scaled, epochs=6, batch_size=250, verbose=0, callbacks=[bar])

# %%
places = np.asarray(map_encoder((codes_test - centre) / spread))
title = "10,000 test digits, 2 numbers each"
show(plot_map(places, digits.y_test, images=x_test, title=title))

# %% [markdown]
# Each point is a test digit, and its place is its two numbers. The colours are the
# labels, which the network never saw. Still the classes gather: some lie apart at the
# rim, others, such as those written with similar strokes, run into each other in the
# middle. A map is for exploring: neighbours that surprise you are worth a look.

# %% tags=["nbval-ignore-output"]
map_accuracy = nearest_neighbour_accuracy(places, digits.y_test)
print(f"two PCA numbers {pca_accuracy:.2f}   network's two {map_accuracy:.2f}")
# Claim: in right neighbours the network's map leads PCA's by more than 0.12.
assert map_accuracy > pca_accuracy + 0.12

# %% [markdown]
# Here the network wins clearly, and the reason is that its code is not linear. With two
# numbers only, it matters how they are spent. [Chapter 4](04_pca.ipynb) puts two such
# maps side by side.

# %% [markdown]
# ## Use 3: communication
#
# You want to send digits over a slow line. You send codes, and the receiver, who has
# the decoder, makes pictures of them. Numbers have to be written with finitely many
# bits. With $b$ bits we cut the range of each code unit into $2^b$ equal steps and send
# the number of the step. The range is the one that holds 99 % of the training digits'
# values. Values outside it are moved to its ends.

# %%
def quantise(codes, reference, bits):
    """Step numbers of codes, and the values in the middle of these steps."""
    low, high = np.percentile(reference, [0.5, 99.5], axis=0).astype(np.float32)
    width = (high - low) / 2**bits
    steps = np.clip((codes - low) // width, 0, 2**bits - 1).astype(np.uint8)
    return steps, low + (steps + np.float32(0.5)) * width

# %% [markdown]
# > **Predict.** A float has 32 bits. How many bits for each of the 30 numbers are
# > enough to keep the error almost as it is: 8, 4, or 2?

# %% tags=["nbval-ignore-output"]
sent, sent_pca = {}, {}
print("bits a number   bits an image   autoencoder   PCA-30")
for bits in (8, 4, 2):
    _, values = quantise(codes_test, codes_train, bits)
    sent[bits] = squared_error(x_test, np.asarray(decoder(values)))
    _, values = quantise(pca_test, pca_train, bits)
    sent_pca[bits] = squared_error(x_test, pca.inverse_transform(values))
    print(f"{bits:13} {30 * bits:15} {sent[bits]:13.2f} {sent_pca[bits]:8.2f}")

# %%
# Claim: 8 bits a number raise the error by less than 0.3.
assert sent[8] < error + 0.3
# Claim: 4 bits a number raise the error by less than 1.5.
assert sent[4] < error + 1.5
# Claim: with 2 bits a number the error is more than 3 above that with 4 bits.
assert sent[2] > sent[4] + 3
# Claim: at 8, 4 and 2 bits the autoencoder's error is below PCA's.
assert all(sent[bits] < sent_pca[bits] for bits in sent)

# %% [markdown]
# Eight bits cost almost nothing. Four bits, 120 for a whole picture, cost a little. At
# two bits the code breaks down: four steps are too coarse. At each number of bits the
# autoencoder's pictures are better than PCA's.
#
# How many bits do the usual methods take? Lossless ones first. A file of its own for
# each digit pays for its header each time, so we also compress all test digits at once.

# %%
import io
import zlib

from PIL import Image

grey = np.rint(255 * x_test).astype(np.uint8)

def image_file(picture, **options):
    """The bytes of an image file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, **options)
    return file.getvalue()

# %% tags=["nbval-ignore-output"]
each = [image_file(digit, format="PNG") for digit in grey[:1000].reshape(-1, 28, 28)]
png_bits = 8 * np.mean([len(file) for file in each])
zlib_bits = 8 * np.mean([len(zlib.compress(digit, 9)) for digit in grey[:1000]])
together = len(zlib.compress(grey, 9))
together_bits = 8 * together / 10_000
print(f"pixels {8 * 784}   PNG {png_bits:.0f}   zlib {zlib_bits:.0f}", end="   ")
print(f"zlib, all at once {together_bits:.0f} bits an image")

# %% [markdown]
# Lossless compression keeps every grey value, and pays for it. A fair rival may lose
# something too. JPEG does. One file for each tiny picture would be nearly all header,
# so we lay the digits out on one large sheet, 100 by 100, each padded to 32 by 32
# pixels because JPEG works in blocks of 8 by 8. Then all of them share one header.

# %%
def sheet(pictures):
    """Lay 10,000 digits out on one picture of 3200 x 3200 pixels."""
    padded = np.pad(pictures.reshape(-1, 28, 28), [(0, 0), (2, 2), (2, 2)])
    return padded.reshape(100, 100, 32, 32).swapaxes(1, 2).reshape(3200, 3200)

def cut(picture):
    """Cut a sheet into digits again: shape (10000, 784), values from 0 to 1."""
    tiles = np.asarray(picture).reshape(100, 32, 100, 32).swapaxes(1, 2)
    return tiles[:, :, 2:30, 2:30].reshape(-1, 784) / 255

# %% tags=["nbval-ignore-output"]
jpeg_bits, jpeg_error = [], []
for quality in (1, 5, 10, 20):
    file = image_file(sheet(grey), format="JPEG", quality=quality, optimize=True)
    jpeg_bits.append(8 * len(file) / 10_000)
    jpeg_error.append(squared_error(x_test, cut(Image.open(io.BytesIO(file)))))
print("JPEG bits ", np.round(jpeg_bits))
print("JPEG error", np.round(jpeg_error, 2))

# %% [markdown]
# PCA gets the same chance. It may spend more numbers, of four bits each.

# %% tags=["nbval-ignore-output"]
wide = PCA(n_components=100, random_state=0).fit(x_train)
_, values = quantise(wide.transform(x_test), wide.transform(x_train), 4)
counts = [30, 45, 64, 80, 100]
pca_bits = [4 * n for n in counts]
wide_error = [
    squared_error(x_test, values[:, :n] @ wide.components_[:n] + wide.mean_)
    for n in counts
]
print("PCA bits  ", pca_bits)
print("PCA error ", np.round(wide_error, 2))

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7.5, 4.2))
code_bits = [30 * bits for bits in sent]
ax.semilogx(code_bits, list(sent.values()), "o-", color=COLOURS["autoencoder"])
ax.semilogx(pca_bits, wide_error, "^--", color=COLOURS["pca"])
ax.semilogx(jpeg_bits, jpeg_error, "v-.", color=COLOURS["other"])
ax.semilogx([together_bits, png_bits], [0, 0], "s", color=COLOURS["data"])
ax.legend(["30 codes of 2, 4, 8 bits", "PCA, 30 to 100 numbers of 4 bits",
           "JPEG, all digits on one sheet", "lossless: zlib for all, PNG for each"])
ax.set(xlabel="bits per image", ylabel="squared error per image", ylim=(-0.6, None))
ticks = [60, 120, 240, 500, 1000, 2000]
ax.set(xticks=ticks, xticklabels=ticks)
ax.minorticks_off()
show(fig, alt="Squared error against bits per image. The codes lie lowest up to about "
     "240 bits, then level off. PCA and JPEG need more bits, but go on falling.")

# %% [markdown]
# Lower and further to the left is better. On the left the codes have the field to
# themselves. But their line flattens at eight bits: a finer step does not help when the
# code itself has lost the rest. JPEG and PCA can buy a smaller error with more bits,
# and this autoencoder cannot. To compare at a *given error* we take that of the
# four-bit codes.

# %% tags=["nbval-ignore-output"]
jpeg_needs = np.interp(sent[4], jpeg_error[::-1], jpeg_bits[::-1])
pca_needs = np.interp(sent[4], wide_error[::-1], pca_bits[::-1])
print(f"at error {sent[4]:.1f}: codes 120 bits", end=", ")
print(f"PCA {pca_needs:.0f}, JPEG {jpeg_needs:.0f}")
# Claim: for the error of 4-bit codes, JPEG and PCA need more than 1.5 times the bits.
assert min(jpeg_needs, pca_needs) > 1.5 * 120
# Claim: lossless, all digits together take more than 5 times the bits of 4-bit codes.
assert together_bits > 5 * 120

# %% [markdown]
# That is too kind to the codes in one respect. The receiver needs the decoder, and
# somebody has to send that first. JPEG's decoder is on every computer already.

# %% tags=["nbval-ignore-output"]
decoder_bytes = 4 * decoder.count_params()
saved = (jpeg_needs - 120) / 8
break_even = decoder_bytes / saved
print(f"decoder {decoder_bytes:,} bytes, pays after {break_even:,.0f} digits")
# Claim: against JPEG the decoder pays only after more than 10,000 digits.
assert break_even > 10_000

# %% [markdown]
# So against JPEG the bargain begins only after more than ten thousand digits. And it
# holds for digits alone: nothing has taught this decoder to draw a face, while JPEG
# takes any picture. A learnt code is short *because* it knows only one kind of thing.

# %% [markdown]
# ## Use 4: storage and search
#
# An archive is sending to yourself. How much room do the 10,000 test digits take? Two
# four-bit steps fit into one byte.

# %%
steps, _ = quantise(codes_test, codes_train, 4)
packed = (steps[:, ::2] << 4 | steps[:, 1::2]).tobytes()
room = {
    "pixels, one byte each": grey.nbytes,
    "codes, 32-bit floats": codes_test.nbytes,
    "codes, 8 bits": quantise(codes_test, codes_train, 8)[0].nbytes,
    "codes, 4 bits": len(packed),
    "decoder": decoder_bytes,
}

# %%
for name, n_bytes in room.items():
    print(f"{name:22} {n_bytes:10,} bytes")

# %% tags=["nbval-ignore-output"]
print(f"{'pixels, zlib':22} {together:10,} bytes")
# Claim: with the decoder, 4-bit codes take less room than zlib's file, floats more.
assert len(packed) + decoder_bytes < together < codes_test.nbytes + decoder_bytes

# %% [markdown]
# Look at the decoder: it takes more room than the 8-bit codes it decodes. Floats and
# decoder together are larger than what zlib makes, without any loss, of the pixels.
# Only coarse codes and decoder together are smaller. For an archive of 10,000 digits
# that is a modest gain, paid for in error. For millions of digits the decoder would not
# matter.
#
# Search is where short codes shine. To find the most similar of 60,000 digits, a
# computer compares all of their numbers, 784 or 30 for each.
#
# > **Predict.** How much quicker is the search among codes: 26 times, which is 784 /
# > 30, or less? And does it find worse neighbours?

# %%
from sklearn.neighbors import NearestNeighbors


def median_seconds(task, repeats=3):
    """Median time of a task, after one call that is not counted."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return np.median(times[1:])

# %%
by_pixels = NearestNeighbors(n_neighbors=1).fit(x_train)
by_codes = NearestNeighbors(n_neighbors=1).fit(codes_train)
queries = x_test[:1000]

def search_codes():
    """Encode the queries, then search: both count."""
    return by_codes.kneighbors(np.asarray(encoder(queries)))

# %% tags=["nbval-ignore-output"]
pixel_time = median_seconds(lambda: by_pixels.kneighbors(queries))
code_time = median_seconds(search_codes)
print(f"pixels {pixel_time:.2f} s   codes {code_time:.2f} s   for 1000 searches")
print(f"{pixel_time / code_time:.1f} times as quick")
# Claim: search by codes, encoding included, is more than twice as quick as by pixels.
assert pixel_time > 2 * code_time

# %% [markdown]
# Quicker, with the encoding included. How much quicker depends on the computer, and
# some of the work, such as finding the smallest of 60,000 distances, is the same for
# any length of code. Are the neighbours worse? We count how often they carry the right
# label.

# %% tags=["nbval-ignore-output"]
by_pca = NearestNeighbors(n_neighbors=1).fit(pca_train)
found = {
    "pixels": by_pixels.kneighbors(queries)[1][:, 0],
    "PCA-30": by_pca.kneighbors(pca_test[:1000])[1][:, 0],
    "codes": search_codes()[1][:, 0],
}

# %% tags=["nbval-ignore-output"]
hits = {
    name: float(np.mean(digits.y_train[index] == digits.y_test[:1000]))
    for name, index in found.items()
}
same = np.mean(found["pixels"] == found["codes"])
print(hits)
print(f"by codes the very same neighbour as by pixels: {same:.2f}")
# Claim: neighbours by codes are right as often as the others, or up to two points less.
assert hits["codes"] > max(hits["pixels"], hits["PCA-30"]) - 0.02
# Claim: fewer than three in four neighbours by codes are also those by pixels.
assert same < 0.75

# %% [markdown]
# Often it is another neighbour, but it is right as often, to within two percentage
# points. A search by codes finds *a* similar digit, not always *the* most similar one
# in pixels. And once more PCA does as well: its 30 numbers are just as few to compare.

# %% [markdown]
# ## Why was this hard until 2006?
#
# The idea is old. [Rumelhart, Hinton & Williams
# (1986)](https://doi.org/10.1038/323533a0) showed how to train networks with hidden
# layers by sending errors backwards, by *backpropagation*. Such layers can be stacked,
# and a deeper encoder should find better codes. Twenty years later [Hinton &
# Salakhutdinov (2006)](https://doi.org/10.1126/science.1127647) trained an autoencoder
# with four layers each way, and its codes were much better than PCA's. This course
# follows their article, and calls it *the paper*. Why so late? Their conclusion names
# three things that were needed: fast enough computers, big enough sets of data, and
# initial weights that are close enough to a good solution. The first two came with
# time. The third did not. From large initial weights, they write, a deep autoencoder
# typically ends in a poor solution. From small ones, the gradients in the early layers
# are tiny, and training does not get anywhere.
#
# Let us see that with our own eyes. The cells below build one deep network in two ways.
# The first way has logistic units, which are units with a sigmoid, small random
# weights, and gradient descent with **momentum**: a part of the last step is added to
# the next one. All of that was known in 1986. The second has what became usual after
# 2006: rectified units, or **ReLU**, which answer $\max(0, z)$ to a sum $z$, weights
# scaled to the size of each layer, and the optimiser Adam. [Chapter
# 2](02_initialisation.ipynb) looks at each of them.

# %%
def deep_autoencoder(activation, start):
    """A network with layers 784-256-128-64-30-64-128-256-784."""
    network = keras.Sequential([layers.Input((784,))])
    for n in (256, 128, 64):
        network.add(layers.Dense(n, activation, kernel_initializer=start()))
    network.add(layers.Dense(30, kernel_initializer=start()))
    for n in (64, 128, 256):
        network.add(layers.Dense(n, activation, kernel_initializer=start()))
    network.add(layers.Dense(784, "sigmoid", kernel_initializer=start()))
    return network

# %%
def small():
    """Random weights with a standard deviation of 0.1."""
    return keras.initializers.RandomNormal(stddev=0.1)

old = deep_autoencoder("sigmoid", small)
new = deep_autoencoder("relu", keras.initializers.GlorotUniform)

# %% [markdown]
# > **Predict.** Both get three passes over 10,000 digits. We know the errors of the
# > mean image and of PCA-30. What will the two networks reach?

# %%
def train(network, optimizer):
    """Error on the test digits after three passes over 10,000 training digits."""
    network.compile(optimizer=optimizer, loss="binary_crossentropy")
    x, bar = x_train[:10_000], ProgressBar()
    network.fit(x, x, epochs=3, batch_size=100, verbose=0, callbacks=[bar])
    return squared_error(x_test, np.asarray(network(x_test)))

# %% tags=["nbval-ignore-output"]
old_error = train(old, keras.optimizers.SGD(0.1, momentum=0.9))
new_error = train(new, "adam")
print(f"mean image {mean_error:.1f}", end="   ")
print(f"old way {old_error:.1f}   new way {new_error:.1f}")
# Claim: the old way ends above 0.9 of the mean image's error.
assert old_error > 0.9 * mean_error
# Claim: the new way ends below 0.6 of the mean image's error.
assert new_error < 0.6 * mean_error

# %% tags=["nbval-ignore-output"]
first = first[:8]
rows = {
    name: np.asarray(network(x_test[first]))
    for name, network in {"old way": old, "new way": new}.items()
}
errors = {"old way": old_error, "new way": new_error}
show(plot_reconstructions(x_test[first], rows, errors=errors))

# %% [markdown]
# The old way answers every digit with the same blur. It has learnt the mean image and
# little else, though its layers have the same sizes, and it had the same digits and as
# many passes. The new way is on its road: its pictures are blurred and some show the
# wrong digit, but each differs from the next.
#
# Be careful with the conclusion. We changed three things at once, so we do not know
# which of them mattered. Three passes are few, and one way of 1986 is not all of them.
# A good experiment changes one thing at a time. That is what the rest of the course
# does. It asks:
#
# - What does a good start look like, and how do units and initial weights decide
#   whether a deep network learns at all?
# - In 2006 the answer was to *pretrain* the layers one by one. How does that work, and
#   is it still needed?
# - What does a network do that PCA cannot, and what do both have in common?
# - How small may a code be, and what do its numbers mean?
# - What does it help a network to know that pixels have neighbours?
# - Can the paper's own results be had again today?

# %% [markdown]
# ## Summary
#
# - An autoencoder learns to copy its input through a narrow layer. Its encoder makes
#   short codes, its decoder makes pictures of them, and no label is needed.
# - With 30 numbers, a small one makes less than 0.6 of PCA's squared error on test
#   digits.
# - Codes gave clear gains for maps, for bits at a given error, and for search time. For
#   classification the gain was small, and in search and classification PCA did about as
#   well.
# - A decoder is not free: it has to be sent and stored, and it knows one kind of
#   picture.
# - A deep network, started and trained badly, learns nothing but the mean image.
#
# ## Further reading
#
# - D. E. Rumelhart, G. E. Hinton & R. J. Williams (1986), *Learning representations by
#   back-propagating errors*, [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0)
# - G. E. Hinton & R. R. Salakhutdinov (2006), *Reducing the dimensionality of data with
#   neural networks*,
#   [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647)
# - X. Glorot & Y. Bengio (2010), *Understanding the difficulty of training deep
#   feedforward neural networks*, [PMLR
#   9:249-256](https://proceedings.mlr.press/v9/glorot10a.html)
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
