# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. The dense autoencoder
#
# [Chapter 1](01_motivation.ipynb) showed what a short code is good for, and [Chapter
# 5](05_pca.ipynb) how far straight lines get: thirty principal components describe a
# digit with an error of 13.87. Here you build a network that does better, layer by
# layer, and give a reason for each layer. Its start is the one that [Chapter
# 2](02_initialisation.ipynb) recommends. Then you look inside. What does one number of
# the code do? What lies between two codes? What happens at a code that no digit ever
# had?
#
# **What you will do**
#
# - Build an encoder and a decoder from `Dense` layers and train them on 55,000 digits.
# - Work out where the loss must stop, so that you can read a learning curve.
# - Compare code sizes from 2 to 64 with PCA.
# - Walk through the space of codes, and leave the paths where digits live.
#
# **What you will learn**
#
# - Why a sigmoid and cross-entropy belong together at the output.
# - Why the loss of a perfect autoencoder is not 0.
# - What a good error is, and how to recognise a network that has learnt nothing.
# - Why an autoencoder describes digits well and invents them badly.
#
# **What you will need**
#
# - [Chapter 1](01_motivation.ipynb) and [Chapter 5](05_pca.ipynb); the derivative of
#   the logarithm; a little Keras.
#
# **Time:** about 30 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, SEED, ProgressBar, load_mnist, plot_features, plot_map
from ae_lib import plot_network, plot_reconstructions, set_seed, show, squared_error
from ae_lib import use_style

set_seed()
use_style()

# %%
import keras
import tensorflow as tf
from keras import layers
from sklearn.decomposition import PCA

# %% [markdown]
# ## The digits, and what a good number is
#
# We set 5,000 of the 60,000 training digits aside for **validation**. Everything that
# has to be decided (how wide, how long, which learning rate) is decided on those. The
# test digits are opened once, when the network is finished.

# %%
digits = load_mnist(n_validation=5000)
x_train, x_validation = digits.x_train, digits.x_validation
print(x_train.shape, x_validation.shape, digits.x_test.shape)

# %% [markdown]
# An error means little without a yardstick. The unit is the squared error per image
# (1.1), averaged over the images, and the two yardsticks are those of Chapter 1: the
# mean image and PCA with 30 components.

# %%
mean_image = np.broadcast_to(x_train.mean(axis=0), digits.x_test.shape)
pca = PCA(30, svd_solver="covariance_eigh").fit(x_train)
pca_test = pca.inverse_transform(pca.transform(digits.x_test))
mean_error = squared_error(digits.x_test, mean_image)
pca_error = squared_error(digits.x_test, pca_test)
print(f"test digits: mean image {mean_error:.2f}, PCA-30 {pca_error:.2f}")
# Claim: on the test digits the mean image has an error of 52.90, PCA-30 of 13.87.
assert (round(mean_error, 2), round(pca_error, 2)) == (52.90, 13.87)

# %% [markdown]
# Neither has anything left to decide, so looking at the test digits does no harm here.
# Our aim is to beat PCA-30 by at least a third with just as many numbers: an error
# **below 9**. The validation digits happen to be a little harder. We note PCA's error
# on them as well, to compare like with like.

# %%
pca_validation = squared_error(
    x_validation, pca.inverse_transform(pca.transform(x_validation))
)
print(f"validation digits: PCA-30 {pca_validation:.2f}")

# %% [markdown]
# ## The network
#
# The network is a funnel and its mirror image.

# %%
sizes = [784, 256, 128, 30, 128, 256, 784]
names = ["pixels", *2 * ["ReLU"], "code\n(linear)", *2 * ["ReLU"], "pixels\n(sigmoid)"]
show(plot_network(sizes, names=names, code=3, title="A dense autoencoder"))

# %% [markdown]
# Each choice has a reason:
#
# | choice | reason |
# |---|---|
# | `Dense` layers | every unit sees every pixel; nothing is assumed about images |
# | two hidden layers each way | without, a decoder only adds up pictures before its sigmoid |
# | 256, then 128 | the sizes shrink step by step; small enough for two CPU cores |
# | ReLU | cheap, and its slope does not fade for large positive inputs |
# | `he_normal` | He's rule, made for ReLU ([Chapter 2](02_initialisation.ipynb)) |
# | 30 units in the code | as many as PCA-30, so that the comparison is fair |
# | a linear code | a ReLU unit could fall silent for good, and is never negative |
# | sigmoid at the output | pixels lie between 0 and 1, and so does a sigmoid |
#
# Here it is in code. The functions take the code's size, because we shall ask later
# what happens with 2, 8 or 64 numbers.


# %%
def hidden(n_units):
    return layers.Dense(n_units, activation="relu", kernel_initializer="he_normal")


def build_encoder(n_code):
    return keras.Sequential(
        [layers.Input((784,)), hidden(256), hidden(128), layers.Dense(n_code)]
    )


def build_decoder(n_code):
    pixels = layers.Dense(784, activation="sigmoid")
    return keras.Sequential(
        [layers.Input((n_code,)), hidden(128), hidden(256), pixels]
    )


# %% [markdown]
# > **Predict.** How many weights and biases does the whole network have? A layer from
# > $m$ to $n$ units has $m \cdot n$ weights and $n$ biases. Where do most of them sit?

# %%
encoder, decoder = build_encoder(30), build_decoder(30)
for name, model in [("encoder", encoder), ("decoder", decoder)]:
    for layer in model.layers:
        n_in, n_out = layer.kernel.shape
        print(f"{name}: {n_in:3d} -> {n_out:3d} {layer.count_params():8,d} parameters")
total = encoder.count_params() + decoder.count_params()
print(f"together {total:,}")

# %% [markdown]
# Nearly half a million, and most of them where the pixels are: the first and the last
# layer hold more than four fifths. The layers around the code cost almost nothing.

# %%
pixel_layers = encoder.layers[0].count_params() + decoder.layers[-1].count_params()
# Claim: the first and the last layer hold more than four fifths of all parameters.
assert pixel_layers > 0.8 * total

# %% [markdown]
# ## The loss: cross-entropy, and its floor
#
# We want a small squared error. Yet we shall train on **cross-entropy**. Look at the
# two before we write them down. On the left: the cross-entropy of one pixel against
# what the network answers, for a white, a grey and a black pixel. On the right: the
# pixel is ink ($x = 1$), and the curves show how hard each loss pulls on the number $z$
# that goes *into* the sigmoid. (In this section $z$ is that number, not the code.)

# %%
answer = np.linspace(0.001, 0.999, 400)
z = np.linspace(-8, 4, 400)
sigmoid = 1 / (1 + np.exp(-z))
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.4))
for x, colour in [(0.0, "linear"), (0.3, "other"), (1.0, "data")]:
    loss = -x * np.log(answer) - (1 - x) * np.log(1 - answer)
    left.plot(answer, loss, color=COLOURS[colour], label=f"pixel x = {x:.1f}")
    left.plot(x, loss.min(), "o", color=COLOURS[colour], clip_on=False)
left.set(xlabel="answer", ylabel="cross-entropy (nats)", ylim=(0, 3.5))
right.plot(z, sigmoid - 1, color=COLOURS["good"], label="cross-entropy")
pull = 2 * (sigmoid - 1) * sigmoid * (1 - sigmoid)
right.plot(z, pull, color=COLOURS["bad"], label="squared error")
right.set(xlabel="z, before the sigmoid", ylabel="slope of the loss")
left.legend()
right.legend()
show(fig, alt="Left: cross-entropy of one pixel against the answer. Each curve is "
     "lowest where the answer equals the pixel; for grey that value is above 0. Right: "
     "slope against z for a pixel of ink. At z = -8 the slope of cross-entropy is near "
     "-1, that of squared error near 0.")

# %% [markdown]
# Two things to see. On the left each curve is lowest where the answer equals the pixel
# (the dots). For white and for ink the lowest value is 0. For the grey pixel it is
# *not*: even the perfect answer costs something. On the right, at $z = -8$, the network
# is sure of white where there is ink. Cross-entropy pulls with nearly full force.
# Squared error hardly pulls at all: a pixel that is badly wrong stays so.
#
# Now the equation. For a pixel $x$ and an answer $\hat x = \sigma(z)$ the cross-entropy
# is
#
# $$\ell(x, \hat x) = -x \log \hat x - (1 - x) \log (1 - \hat x). \tag{6.1}$$
#
# Its slope against the answer is
#
# $$\frac{\partial \ell}{\partial \hat x} = \frac{\hat x - x}{\hat x (1 - \hat x)}. \tag{6.2}$$
#
# The sigmoid's own slope is $\mathrm{d}\hat x / \mathrm{d}z = \hat x (1 - \hat x)$. In
# the product of the two the fraction cancels:
#
# $$\frac{\partial \ell}{\partial z} = \hat x - x. \tag{6.3}$$
#
# The slope is the error itself. That is why sigmoid and cross-entropy belong together:
# each undoes what would be awkward about the other. With squared error the factor
# $\hat x (1 - \hat x)$ stays, and it is tiny wherever the network is sure, rightly or
# wrongly.
#
# We check (6.3) on three pixels. Keras' loss is a *mean* over pixels, so we multiply by
# their number.

# %%
x = tf.constant([[0.0, 0.3, 1.0]])
z = tf.Variable([[-2.0, 1.0, -4.0]])
with tf.GradientTape() as tape:
    answer = tf.sigmoid(z)
    loss = 3 * keras.losses.binary_crossentropy(x, answer)
slope = tape.gradient(loss, z).numpy()

# %%
print("slope by Keras:", slope.round(3))
print("answer - pixel:", (answer - x).numpy().round(3))
assert np.allclose(slope, answer - x, atol=1e-5)

# %% [markdown]
# Back to the dots on the left. Put the perfect answer $\hat x = x$ into (6.1), and what
# remains depends on the data alone. It is the entropy of the pixel,
#
# $$H(x) = -x \log x - (1 - x) \log (1 - x). \tag{6.4}$$
#
# It is 0 for a white or a black pixel and $\log 2 \approx 0.69$ at most, for middle
# grey. Summed over an image it is the **floor** of the loss: no network gets below it.
# What the network can influence is only what lies above.
#
# > **Predict.** Most pixels of a digit are white, but its edges are grey. Is the floor
# > of a whole image, 784 pixels, nearer to 1, to 50 or to 500 nats?


# %%
def floor(images):  # cross-entropy of perfect answers, nats, mean over images
    x = np.clip(images.astype(np.float64), 1e-12, 1 - 1e-12)
    return -(x * np.log(x) + (1 - x) * np.log(1 - x)).sum(axis=1).mean()


lowest = floor(x_validation)
print(f"floor of the validation digits: {lowest:.2f} nats an image")
print(f"as Keras counts, a mean over pixels: {lowest / 784:.4f}")

# %% [markdown]
# Nearer to 50: the grey edges add up. When Keras prints a loss of 0.08, most of it is
# this floor, which no training removes.
#
# ## Training
#
# The target of an autoencoder is its own input, hence `fit(x, x)`. Adam with batches of
# 250 does the work, with a learning rate that falls to 0 along a cosine, as in
# Chapter 5. Beside the loss we watch the squared error, in our unit.


# %%
def error_per_image(x, x_hat):
    return keras.ops.sum((x - x_hat) ** 2, axis=-1)


def train(encoder, decoder, x, *, epochs, batch_size):
    steps = epochs * -(-len(x) // batch_size)  # the division, rounded up
    rate = keras.optimizers.schedules.CosineDecay(0.003, steps)
    autoencoder = keras.Sequential([encoder, decoder])
    autoencoder.compile(
        keras.optimizers.Adam(rate), "binary_crossentropy", metrics=[error_per_image]
    )
    return autoencoder.fit(
        x, x, epochs=epochs, batch_size=batch_size, verbose=0,
        validation_data=(x_validation, x_validation), validation_batch_size=1000,
        callbacks=[ProgressBar()],
    ).history


# %% [markdown]
# > **Predict.** After how many of the six passes through the data does the network beat
# > PCA-30?

# %%
history = train(encoder, decoder, x_train, epochs=6, batch_size=250)

# %% tags=["nbval-ignore-output"]
epochs = np.arange(1, 7)
panels = [("loss", 784, "cross-entropy per image (nats)"),
          ("error_per_image", 1, "squared error per image")]
fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.6))
for ax, (key, factor, label) in zip(axes, panels, strict=True):
    for name, colour in [("", "data"), ("val_", "autoencoder")]:
        curve = factor * np.array(history[name + key])
        ax.plot(epochs, curve, "o-", color=COLOURS[colour],
                label="validation" if name else "train")
    ax.set(xlabel="epoch", ylabel=label, ylim=(0, None), xticks=epochs)
for ax, level, name in [(axes[0], lowest, "floor (entropy of the pixels)"),
                        (axes[1], pca_validation, "PCA-30")]:
    ax.axhline(level, color=COLOURS["pca"], linestyle="--", label=name)
    ax.legend(loc="upper right" if ax is axes[1] else "lower left")
show(fig, alt="Learning curves over six epochs. Left: cross-entropy falls steeply at "
     "first and flattens above a dashed line, the floor. Right: squared error falls "
     "below the dashed line of PCA-30 and on. Train and validation stay together.")

# %% [markdown]
# Read three things from these curves.
#
# - The loss does not run to 0; it flattens above its floor. The gap is what the 30
#   numbers cannot say.
# - At first validation is *better* than train. That is no miracle. Keras averages the
#   training loss over the whole epoch, while the weights improve, and measures
#   validation at its end.
# - Train and validation end close together. The network does not memorise the digits,
#   and more epochs would still help. We stop because the lesson is short, not because
#   the network is done.

# %% tags=["nbval-ignore-output"]
val_loss = 784 * history["val_loss"][-1]
val_error, train_error = history["val_error_per_image"], history["error_per_image"][-1]
print("validation error by epoch:", np.round(val_error, 2))
print(f"loss {val_loss:.1f} nats ({val_loss / 784:.3f} per pixel), floor {lowest:.1f}")
print(f"train {train_error:.2f}, validation {val_error[-1]:.2f}")

# %%
# Claim: the loss ends above its floor, and below twice the floor.
assert lowest < val_loss < 2 * lowest
# Claim: validation is ahead of train at first, of PCA by epoch 3, and ends near train.
assert history["val_loss"][0] < history["loss"][0]
assert val_error[2] < pca_validation
assert val_error[-1] < 1.1 * train_error

# %% [markdown]
# ## The test
#
# The network is finished, so now, and once, the test digits.


# %%
def predict(model, x):
    return model.predict(x, batch_size=1000, verbose=0)


test_hat = predict(decoder, predict(encoder, digits.x_test))
errors = squared_error(digits.x_test, test_hat, per_image=True)
error = errors.mean()

# %% tags=["nbval-ignore-output"]
print(f"autoencoder {error:.2f}, PCA-30 {pca_error:.2f}, ratio {error / pca_error:.2f}")
# Claim: the test error is below 9, and below two thirds of PCA-30's.
assert error < 9
assert error < 2 / 3 * pca_error

# %% [markdown]
# Thirty numbers both times. PCA spends them on thirty fixed pictures that are added up.
# The autoencoder's decoder may bend, and it beats PCA-30 by more than the third we
# aimed at.
#
# > **Predict.** Which digit is the easiest to draw from a code, and what kind of image
# > is the hardest?

# %% tags=["nbval-ignore-output"]
order = np.argsort(errors)
chosen = np.r_[order[:3], order[4999:5002], order[-3:]]
show(plot_reconstructions(
    digits.x_test[chosen],
    {"PCA-30": pca_test[chosen], "autoencoder": test_hat[chosen]},
    errors={"PCA-30": pca_error, "autoencoder": error},
    title="Three best, three median and three worst reconstructions",
))

# %% [markdown]
# The best are upright ones: little ink, and one simple shape that varies little. The
# median is a clean digit, with smoother edges than the original's; PCA's has grey
# clouds around it. The worst are digits in an unusual hand: a stroke too many, or one
# that does not close. The network tries to draw something more usual, and its lead over
# PCA has all but gone. What is rare in the training data is expensive for a learnt
# code. Digit by digit:

# %% tags=["nbval-ignore-output"]
by_digit = [errors[digits.y_test == digit].mean() for digit in range(10)]
for digit, value in enumerate(by_digit):
    print(f"digit {digit}: {value:5.2f}")
# Claim: the three best reconstructions are ones.
assert (digits.y_test[order[:3]] == 1).all()
# Claim: the 1 is the easiest digit, at less than half the mean error.
assert min(by_digit) == by_digit[1] < error / 2
# Claim: the 2 and the 8 are the two hardest digits.
assert set(np.argsort(by_digit)[-2:]) == {2, 8}
# Claim: the three worst errors are more than four times the median.
assert errors[order[-3]] > 4 * np.median(errors)

# %% [markdown]
# The plain 1 is by far the cheapest, the loops of the 8 and the many ways to write a 2
# cost the most. And how does the lead over PCA spread over the digits?

# %% tags=["nbval-ignore-output"]
pca_errors = squared_error(digits.x_test, pca_test, per_image=True)
worst = order[-100:]
print(f"the autoencoder is better on {(errors < pca_errors).mean():.1%} of the digits")
worst_ratio = errors[worst].mean() / pca_errors[worst].mean()
print(f"error over PCA's: all {error / pca_error:.2f}, worst 100 {worst_ratio:.2f}")
# Claim: the autoencoder is better than PCA on more than 0.9 of the digits.
assert (errors < pca_errors).mean() > 0.9
# Claim: error over PCA's is more than 1.3 times as large on the worst 100 as on all.
assert worst_ratio > 1.3 * error / pca_error
# Claim: on the three worst the error is more than 0.8 of PCA's.
assert errors[order[-3:]].sum() > 0.8 * pca_errors[order[-3:]].sum()

# %% [markdown]
# It is better on nearly every digit, but on its hundred worst the lead is much smaller.
#
# ## How many numbers does a digit need?
#
# Now four code sizes on 10,000 digits each, PCA and the same network side by side. The
# errors are those of the validation digits.
#
# > **Predict.** At which size is the autoencoder's lead over PCA the largest: 2, 8, 30
# > or 64?

# %%
x_small = load_mnist(n_train=10_000, n_validation=5000).x_train
print(x_small.shape)

# %%
code_sizes = [2, 8, 30, 64]
encoders = {n: build_encoder(n) for n in code_sizes}
decoders = {n: build_decoder(n) for n in code_sizes}
dense = {}
for n in code_sizes:
    log = train(encoders[n], decoders[n], x_small, epochs=7, batch_size=100)
    dense[n] = log["val_error_per_image"][-1]

# %%
linear = {}
for n in code_sizes:
    model = PCA(n, svd_solver="covariance_eigh").fit(x_small)
    x_hat = model.inverse_transform(model.transform(x_validation))
    linear[n] = squared_error(x_validation, x_hat)
print("PCA:", {n: round(linear[n], 2) for n in code_sizes})

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6.5, 3.8))
ax.plot(code_sizes, linear.values(), "s-", color=COLOURS["pca"], label="PCA")
ax.plot(code_sizes, dense.values(), "o-", color=COLOURS["autoencoder"],
        label="dense autoencoder")
ax.plot(30, val_error[-1], "*", color=COLOURS["autoencoder"], markersize=14,
        label="the same, trained on 55,000")
ax.set_xscale("log", base=2)
ax.set(xticks=code_sizes, xticklabels=code_sizes, xlabel="numbers in the code",
       ylabel="squared error per image", ylim=(0, 47))
ax.legend()
show(fig, alt="Squared error against code size 2, 8, 30 and 64. The autoencoder lies "
     "far below PCA at 8 numbers; at 64 it lies above. A star at 30 numbers, the "
     "network trained on 55,000 digits, lies lower still.")

# %% tags=["nbval-ignore-output"]
ratio = {n: dense[n] / linear[n] for n in code_sizes}
for n in code_sizes:
    print(f"{n:2d}: {dense[n]:5.2f}, PCA {linear[n]:5.2f}, ratio {ratio[n]:.2f}")

# %%
# Claim: of four code sizes, 8 has the largest lead over PCA.
assert min(ratio, key=ratio.get) == 8
# Claim: at 2 numbers the error is below 0.9 of PCA's.
assert ratio[2] < 0.9
# Claim: at 64 numbers PCA has the smaller error.
assert ratio[64] > 1
# Claim: at 8 and at 30 numbers the error is below 0.85 of PCA's.
assert max(ratio[8], ratio[30]) < 0.85
# Claim: 30 numbers gain over 15 % by 55,000 digits, and then beat PCA-64.
assert val_error[-1] < min(0.85 * dense[30], linear[64])
# Claim: PCA-30 gains less than 2 % by 55,000 digits instead of 10,000.
assert pca_validation > 0.98 * linear[30]

# %% [markdown]
# The lead is largest at 8 numbers. With 2 there is little room to be clever. At 30 the
# autoencoder is well ahead. At 64 PCA is ahead.
#
# Does a long code not suit an autoencoder? Look at the star: the same network with 30
# numbers, trained on 55,000 digits, and for 1,320 updates instead of 700. It is far
# better than its sister trained on 10,000, and better even than PCA with 64 numbers.
# PCA-30 gains next to nothing from the additional digits: its error on the validation
# digits is printed further up for 55,000. PCA is solved exactly; an autoencoder is
# *searched for*, and after seven short epochs the search has not ended. A code of 64
# numbers could do all that one of 30 does, by leaving 34 of them unused. So at 64 you
# see the limit of this training, not of the code.
#
# ## A walk between two digits
#
# A code is a point in a space, and one can walk there. We take two digits, go straight
# from one code to the other, and decode on the way. Above it, for comparison, the
# straight way between the two *pictures*.

# %%
codes = predict(encoder, x_validation)
y_validation = digits.y_validation
start, end = np.flatnonzero(y_validation == 3)[0], np.flatnonzero(y_validation == 4)[0]
step = np.linspace(0, 1, 9)[:, None]
by_pixels = (1 - step) * x_validation[start] + step * x_validation[end]
by_codes = predict(decoder, (1 - step) * codes[start] + step * codes[end])
show(plot_features(
    np.concatenate([by_pixels, by_codes]), n_columns=9,
    title="From 3 to 4: through pixels (above), through codes (below)",
), alt="Nine steps from a 3 to a 4. Through pixels the one fades out while the other "
     "fades in. Through codes one set of strokes turns into the other.")

# %% [markdown]
# Through pixels the one digit fades out while the other fades in: halfway you see both,
# half strength. Through codes there is one set of strokes that bends and regroups, and
# only around the middle is it unsure what to be. Is halfway a digit? We measure how far
# a picture is from the nearest of 10,000 training digits, as squared error, for 1,000
# pairs of digits. The first line shows what to expect from decoded codes that do belong
# to a digit.


# %%
def nearest(pictures):
    """Squared distance to the nearest training digit, mean over the pictures."""
    products = pictures @ x_small.T
    squares = (x_small**2).sum(axis=1) - 2 * products
    return float((squares.min(axis=1) + (pictures**2).sum(axis=1)).mean())


# %%
first, second = slice(0, 1000), slice(1000, 2000)
between = (codes[first] + codes[second]) / 2
halfway = {
    "real codes": nearest(predict(decoder, codes[first])),
    "halfway by codes": nearest(predict(decoder, between)),
    "halfway by pixels": nearest((x_validation[first] + x_validation[second]) / 2),
}

# %% tags=["nbval-ignore-output"]
for name, value in halfway.items():
    print(f"{name:18s} {value:5.1f} to the nearest digit")
# Claim: real codes' pictures are nearer to a digit than halfway ones, by over a tenth.
assert halfway["real codes"] < 0.9 * halfway["halfway by codes"]
# Claim: halfway by codes is nearer to a digit than halfway by pixels, by over 5 %.
assert halfway["halfway by codes"] < 0.95 * halfway["halfway by pixels"]

# %% [markdown]
# Halfway by codes is nearer to a digit than halfway by pixels, and yet not as near as a
# real code's picture. The straight line leads partly through country where few digits
# live.
#
# ## A map of the code
#
# With two numbers we can see the whole country. Here are the validation digits at the
# codes that the two-number network of the sweep gave them.

# %% tags=["nbval-ignore-output"]
codes_2 = predict(encoders[2], x_validation)
show(plot_map(codes_2, y_validation, images=x_validation, title="Two numbers a digit"))

# %% [markdown]
# No label was used in training, and still digits of one kind lie together, in arms that
# reach out from a crowded middle. Now the other way round: put a grid over this map,
# and ask the decoder what it draws at each point. Where fewer than 2 of the 10,000
# training digits have their code in a grid cell, the tile is tinted.

# %%
codes_small = predict(encoders[2], x_small)
low, high = np.percentile(codes_small, [2, 98], axis=0)
edges = np.linspace(low, high, 17).T
centres = (edges[:, :-1] + edges[:, 1:]) / 2
grid = np.stack(np.meshgrid(*centres), axis=-1)[::-1]
tiles = predict(decoders[2], grid.reshape(-1, 2)).reshape(16, 16, 28, 28)
counts = np.histogram2d(*codes_small.T, bins=list(edges))[0].T[::-1]

# %% tags=["nbval-ignore-output"]
picture = tiles.transpose(0, 2, 1, 3).reshape(16 * 28, 16 * 28)
empty = np.kron(counts < 2, np.ones((28, 28)))
tint = np.where(empty[..., None], [1.0, 0.87, 0.72], 1.0)
fig, ax = plt.subplots(figsize=(6.8, 6.8))
ax.imshow(tint * (1 - picture[..., None]), extent=[low[0], high[0], low[1], high[1]],
          aspect="auto", interpolation="antialiased")
ax.grid(False)
ax.set(xlabel="first number of the code", ylabel="second number of the code",
       title="What the decoder draws (tinted: hardly any digit has this code)")
show(fig, alt="A grid of 16 x 16 decoded pictures over the plane of codes. Neighbours "
     "look alike and one digit turns into another across the grid; in tinted regions, "
     "where hardly any training digit has its code, many shapes belong to no digit.")

# %% [markdown]
# Neighbours in the plane are neighbours in shape: slant, width and weight change
# smoothly, and one digit turns into another. Between the kinds there are blurred shapes
# that are neither. And part of the grid is tinted: the rectangle is full, the digits
# are not everywhere in it.

# %% tags=["nbval-ignore-output"]
print(f"cells with hardly any digit: {(counts < 2).mean():.0%} of the grid")
# Claim: in more than 5 % of the grid there is hardly any digit.
assert (counts < 2).mean() > 0.05

# %% [markdown]
# ## Codes that no digit has
#
# Can the decoder invent digits? It takes any 30 numbers. So let us roll dice, with
# growing care:
#
# - *independent*: each number is Gaussian with its own mean and spread;
# - *correlated*: Gaussian with the full covariance of the real codes.
#
# > **Predict.** Will the pictures look like digits? Does it help to get the covariance
# > right?

# %%
rng = np.random.default_rng(SEED)
mean, covariance = codes.mean(axis=0), np.cov(codes.T)
dice = {
    "real": codes[:1000],
    "correlated": rng.multivariate_normal(mean, covariance, 1000),
    "independent": rng.normal(mean, codes.std(axis=0), (1000, 30)),
}
drawn = {name: predict(decoder, rolled) for name, rolled in dice.items()}

# %%
show(plot_features(
    np.concatenate([pictures[:10] for pictures in drawn.values()]), n_columns=10,
    title="Decoded: real codes, correlated dice, independent dice",
), alt="Three rows of ten decoded pictures. Real codes give digits. Correlated and "
     "independent random codes give fragments of strokes that belong to no digit.")

# %% tags=["nbval-ignore-output"]
distance = {name: nearest(pictures) for name, pictures in drawn.items()}
for name, value in distance.items():
    print(f"{name:12s} {value:5.1f} to the nearest digit")
# Claim: real codes draw nearest to digits, correlated dice next, independent dice last.
assert 1.3 * distance["real"] < distance["correlated"]
assert 1.05 * distance["correlated"] < distance["independent"]

# %% [markdown]
# The first row decodes real codes: digits. In the other rows you find strokes with
# digit-like ends that belong to no digit. The distances agree. The right covariance
# helps, and is not enough. A second look at the dice: encode the picture that the
# decoder drew. A code that belongs to a digit should come back. The distance here is
# squared, in units of each number's own variance, and averaged.

# %% tags=["nbval-ignore-output"]
returned = {}
for name, rolled in dice.items():
    change = (predict(encoder, drawn[name]) - rolled) / codes.std(axis=0)
    returned[name] = float((change**2).mean())
    print(f"{name:12s} comes back {returned[name]:.3f} away")
# Claim: codes from dice come back over 3 times as far away, independent ones furthest.
assert 3 * returned["real"] < returned["correlated"] < returned["independent"]

# %% [markdown]
# Real codes return almost exactly. The dice do not: the encoder moves the picture to
# another code, nearer to where digits live.
#
# Why? Training asked one thing: that $x \to \text{code} \to \hat x$ be near $x$ for
# real digits. So the decoder was only ever asked about the codes of real digits, and
# those fill a thin, bent set in the 30 dimensions, not a ball or an ellipsoid. A
# Gaussian with the right covariance puts most of its points *beside* that set, and
# there the decoder's answer was never corrected. Nothing in the loss shapes how the
# codes are distributed. An autoencoder that is to invent needs one more term in its
# loss, which pulls the codes to a distribution that one can roll: the **variational
# autoencoder** of [Kingma & Welling (2014)](https://doi.org/10.48550/arXiv.1312.6114).
#
# ## A noisy digit
#
# One more kind of input that training never showed: noise on the paper. We add a random
# grey to every pixel of the validation digits, keep the result in $[0, 1]$, and compare
# what comes out with the **clean** digit.
#
# > **Predict.** Which cleans better, PCA-30 or our autoencoder, which is so much better
# > on clean digits?

# %%
noisy = x_validation + rng.normal(0, 0.3, x_validation.shape)
noisy = np.clip(noisy, 0, 1).astype(np.float32)
answers = {
    "noisy": noisy,
    "PCA-30": pca.inverse_transform(pca.transform(noisy)),
    "autoencoder": predict(decoder, predict(encoder, noisy)),
}
noise_error = {name: squared_error(x_validation, y) for name, y in answers.items()}

# %% tags=["nbval-ignore-output"]
show(plot_reconstructions(
    x_validation[:8], {name: y[:8] for name, y in answers.items()}, errors=noise_error,
    title="Noise in, squared error to the clean digit",
))
# Claim: PCA-30 takes away more than a quarter of the noise's error.
assert noise_error["PCA-30"] < 0.75 * noise_error["noisy"]
# Claim: on noisy digits the autoencoder's error is over 1.5 times PCA-30's.
assert noise_error["autoencoder"] > 1.5 * noise_error["PCA-30"]
# Claim: the autoencoder leaves more than 0.8 of the noise's error.
assert noise_error["autoencoder"] > 0.8 * noise_error["noisy"]

# %% [markdown]
# PCA cleans: noise points in all 784 directions, and a projection on 30 keeps only a
# small part of it. The autoencoder does far worse than PCA, and its answer is hardly
# any nearer to the clean digit than the noise was, if at all. It was fitted to the
# digits it knows; grainy paper is something it has never seen, and what it does there,
# nobody trained.
#
# That can be changed with one line in `train`. What would you pass to `fit` as input,
# and what as target, so that the network learns to clean? Try it with fresh noise in
# every epoch. How near to the error on clean digits do you get, and what does it cost
# on clean digits? This is the **denoising autoencoder** of [Vincent et al.
# (2008)](https://doi.org/10.1145/1390156.1390294). [Chapter 7](07_convolutional.ipynb)
# trains one.
#
# ## Common mistakes
#
# > **Note.** When your numbers differ from these, look here first.
# >
# > - **Pixels left in 0…255.** A sigmoid cannot answer 200, and the loss becomes
# >   negative. Divide by 255 first; `load_mnist` has done it.
# > - **Waiting for cross-entropy to reach 0.** It stops at the floor (6.4), which the
# >   data set.
# > - **Mean set beside sum.** Keras prints a mean over pixels; our unit is the sum over
# >   an image, 784 times as much. Some programs also halve the squared error.
# > - **An error near 52.90.** The output is the mean image. The loss has fallen, the
# >   picture looks like a soft blob, and nothing has been learnt about the single
# >   digit.
# > - **Test digits used to choose.** Choose on validation digits, or the test error
# >   flatters.

# %% [markdown]
# ## Summary
#
# - A dense funnel with 30 numbers in the middle beats PCA-30 by more than a third.
# - Sigmoid and cross-entropy belong together, since the slope is then $\hat x - x$; the
#   loss ends at the entropy of the pixels, not at 0.
# - The lead over PCA is large for short codes and is gone at 64 numbers, where the
#   short training is the limit.
# - Between codes of digits the decoder draws well; at codes that no digit has, it draws
#   nonsense, because nothing in the loss says where codes should lie.
#
# ## Further reading
#
# - G. E. Hinton & R. R. Salakhutdinov (2006), *Reducing the dimensionality of data with
#   neural networks*,
#   [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647)
# - P. Vincent, H. Larochelle, Y. Bengio & P.-A. Manzagol (2008), *Extracting and
#   composing robust features with denoising autoencoders*,
#   [doi:10.1145/1390156.1390294](https://doi.org/10.1145/1390156.1390294)
# - D. P. Kingma & M. Welling (2014), *Auto-encoding variational Bayes*,
#   [doi:10.48550/arXiv.1312.6114](https://doi.org/10.48550/arXiv.1312.6114)
# - K. He, X. Zhang, S. Ren & J. Sun (2015), *Delving deep into rectifiers*,
#   [doi:10.1109/ICCV.2015.123](https://doi.org/10.1109/ICCV.2015.123)
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/06_dense.ipynb), which check themselves.
# - **Next:** [Chapter 7](07_convolutional.ipynb) builds a network that knows from the
#   start that pixels have neighbours.
# - **Previous:** [Chapter 5](05_pca.ipynb) compared autoencoders with PCA, saying by
#   saying.
