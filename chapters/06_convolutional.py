# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. The convolutional autoencoder
#
# PCA and the dense autoencoder do not know what a picture is. Mix up the pixels of all
# digits in the same way, and both learn exactly as well as before. To them a pixel's
# neighbour is a number like any other. A convolutional network knows two things more:
# what belongs together lies together, and a stroke is a stroke wherever it lies. You
# build one here, from six layers. Then you find out what this knowledge is worth: where
# it wins clearly, and where PCA stays ahead.
#
# **What you will do**
#
# - build an encoder and a decoder from convolutions, and count what passes through them;
# - fall into a trap that looks like a triumph, and climb out of it;
# - compare PCA, dense and convolutional networks with equally many numbers in the code;
# - shift digits, take away training digits, and add noise.
#
# **What you will learn**
#
# - what convolution, pooling and up-sampling do to the size of what passes through;
# - why an autoencoder with a code larger than its input proves nothing;
# - what convolution buys, what it costs, and what it does not buy;
# - where checkerboards in pictures come from.
#
# **What you will need:** [Chapter 4](04_pca.ipynb) and [Chapter 5](05_dense.ipynb).
#
# **Time:** about 35 minutes of reading, under 90 seconds of computing on two CPU cores.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, SEED, ProgressBar, layer_shapes, load_mnist, plot_blocks
from ae_lib import plot_features, plot_reconstructions, set_seed, show, squared_error
from ae_lib import use_style

set_seed()
use_style()

# %%
import keras
from keras import layers
from scipy.ndimage import median_filter
from sklearn.decomposition import PCA

rng = np.random.default_rng(SEED)

# %% [markdown]
# Convolutions take many times longer on a CPU than matrix products do, so this chapter
# trains on 3,000 of the 60,000 digits, and measures on the first 2,000 test digits. All
# networks and PCA get the same digits. The numbers here are therefore not those of the
# chapters before; what counts are the differences.
#
# A convolution wants its pictures as pictures: 28 rows, 28 columns and 1 channel.

# %%
digits = load_mnist(n_train=3000)
x_train = digits.x_train.reshape(-1, 28, 28, 1)
x_test = digits.x_test[:2000].reshape(-1, 28, 28, 1)
print(x_train.shape, x_test.shape)

# %% [markdown]
# ## Six layers
#
# The encoder: two `Conv2D` layers, then a `MaxPooling2D`. The decoder: a
# `Conv2DTranspose`, an `UpSampling2D`, and again a `Conv2DTranspose`, which draws the
# picture. `padding="same"` puts zeros around the border, so that a convolution returns
# as many rows and columns as it was given.

# %%
relu = {"activation": "relu", "padding": "same", "kernel_initializer": "he_normal"}
sigmoid = {"activation": "sigmoid", "padding": "same"}


def build(n_channels):
    """The encoder and the decoder; a code of n_channels maps of 14 x 14 values."""
    encoder = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(8, 3, **relu),
        layers.Conv2D(n_channels, 3, padding="same"),
        layers.MaxPooling2D(),
    ])
    decoder = keras.Sequential([
        layers.Input((14, 14, n_channels)),
        layers.Conv2DTranspose(8, 3, **relu),
        layers.UpSampling2D(),
        layers.Conv2DTranspose(1, 3, **sigmoid),
    ])
    return keras.Sequential([encoder, decoder])


# %%
wide = build(8)
show(plot_blocks(layer_shapes(wide), code=3, title="A convolutional autoencoder"))

# %% [markdown]
# Each block is what one layer passes on: its front is a map of the picture, its depth
# the number of such maps, called **channels**.
#
# A **convolution** computes every value of a map from a small window of the maps below,
# here of 3 by 3 pixels, with the *same* weights everywhere. With $w$ for the weights
# and $b$ for the bias of output channel $k$, the value at row $r$, column $s$ is
#
# $$y_{rsk} = b_k + \sum_{i=-1}^{1} \sum_{j=-1}^{1} \sum_{c} w_{ijck} \, x_{r+i,\,s+j,\,c} \tag{6.1}$$
#
# followed by the activation. **Max-pooling** keeps the largest of each 2 by 2 values
# and so halves the sides. **Up-sampling** writes each value four times, and doubles
# them. A *transposed* convolution goes the other way round: each value below is
# multiplied by the window and added to the values around its place. With a stride
# of 1 the two are the same up to turning the window over; with larger strides they
# differ, as we shall see.
#
# > **Predict.** Which layer has most parameters? And which has most multiplications?


# %%
def multiplications(layer):
    """How often a layer multiplies two numbers for one picture, borders included."""
    if not hasattr(layer, "kernel"):
        return 0
    if isinstance(layer, layers.Dense):
        return math.prod(layer.kernel.shape)
    # A window stands on each pixel: of the output, or if transposed, of the input.
    transposed = isinstance(layer, layers.Conv2DTranspose)
    shape = layer.input.shape if transposed else layer.output.shape
    return shape[1] * shape[2] * math.prod(layer.kernel.shape)


def costs(network):
    """Parameters and multiplications of encoder and decoder together."""
    work = sum(multiplications(layer) for part in network.layers for layer in part.layers)
    return network.count_params(), work


# %%
print("layer            shape          values parameters multiplications")
for part in wide.layers:
    for layer in part.layers:
        shape = layer.output.shape[1:]
        size = " x ".join(map(str, shape))
        print(f"{layer.__class__.__name__:16s} {size:12s} {math.prod(shape):8,d} "
              f"{layer.count_params():10,d} {multiplications(layer):15,d}")
parameters, work = costs(wide)
print(f"together {parameters:31,d} {work:15,d}")

# %% [markdown]
# Few parameters, and much work: every weight is used at each of 784 or 196 places. In a
# dense network each weight is used once for a picture. Its number of multiplications
# is its number of weights.
#
# Training is that of [Chapter 5](05_dense.ipynb): cross-entropy, Adam, a rate that falls
# to 0 along a cosine.


# %%
def train(network, x, target, *, rate, epochs=5):
    steps = epochs * len(x) // 50
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
    network.compile(keras.optimizers.Adam(schedule), "binary_crossentropy",
                    steps_per_execution=10)
    network.fit(x, target, epochs=epochs, batch_size=50, verbose=0,
                callbacks=[ProgressBar()])
    return network


def through(network, x):
    return network.predict(x, batch_size=500, verbose=0)


# %% tags=["nbval-ignore-output"]
train(wide, x_train, x_train, rate=0.01)
wide_hat = through(wide, x_test)
wide_error = squared_error(x_test, wide_hat)
show(plot_reconstructions(x_test[:8], {"convolutional": wide_hat[:8]},
                          errors={"convolutional": wide_error}))

# %% [markdown]
# Look at these digits. They can hardly be told from the originals, after a minute of
# learning, from 3,000 digits and with a thousand parameters. PCA with thirty components
# has an error of more than ten. Have we found something that is many times better than
# PCA?
#
# ## The trap
#
# Count. The picture has 784 values. What is in the middle?

# %%
n_code = math.prod(wide.layers[0].output.shape[1:])
print(f"pixels: {28 * 28}, values in the code: {n_code}")
assert n_code == 2 * 28 * 28

# %% [markdown]
# The code is *twice as large* as the picture. Nothing has been compressed. The pooling
# shrinks each map to a quarter, but there are eight maps. Many tutorials stop
# right here, with a beautiful row of digits and the words "compressed representation".
#
# A code that is larger than its input is called **over-complete**. Such a network may
# simply hand the pixels on. Whether it does, shows with pictures that are not digits. Real
# knowledge about digits must fail on them. We compare with a dense network that has thirty
# numbers in the middle, and give both digits upside down and strewn pixels, as
# many and as dark as a digit's.


# %%
def build_dense(n_code, n_near):
    """Dense layers, for comparison; n_near units lie next to the code."""
    def hidden(n_units):
        return layers.Dense(n_units, "relu", kernel_initializer="he_normal")

    encoder = keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), hidden(256),
                                hidden(n_near), layers.Dense(n_code)])
    pixels = layers.Dense(784, "sigmoid")
    decoder = keras.Sequential([layers.Input((n_code,)), hidden(n_near), hidden(256),
                                pixels, layers.Reshape((28, 28, 1))])
    return keras.Sequential([encoder, decoder])


# %%
dense_30 = train(build_dense(30, 128), x_train, x_train, rate=0.003, epochs=15)
strewn = rng.permuted(x_test.reshape(-1, 784), axis=1).reshape(x_test.shape)
strange = {"digits": x_test, "upside down": x_test[:, ::-1], "strewn": strewn}
passed = {"dense, 30": dense_30, "convolutional": wide}
strange_error = {
    (name, kind): squared_error(x, through(network, x))
    for name, network in passed.items() for kind, x in strange.items()
}

# %% tags=["nbval-ignore-output"]
for name in passed:
    print(name, {kind: round(strange_error[name, kind], 1) for kind in strange})
show(plot_reconstructions(
    strewn[:8], {name: through(net, strewn[:8]) for name, net in passed.items()},
    errors={name: strange_error[name, "strewn"] for name in passed},
    title="Strewn pixels"))

# %%
# Claim: the dense network fails on strewn pixels, the over-complete one hands them on.
assert strange_error["dense, 30", "strewn"] > 3 * strange_error["dense, 30", "digits"]
assert strange_error["convolutional", "strewn"] < 0.2 * strange_error["dense, 30", "strewn"]

# %% [markdown]
# The dense network with its thirty numbers has no words for strewn pixels. The
# convolutional one hands them on, dot by dot. It has learnt how to copy.
#
# So an error says nothing without the size of the code beside it. From now on, we compare
# at the same number of values.
#
# ## A fair comparison
#
# Three sizes. With *one* channel in the code there are $14 \cdot 14 = 196$ values, with
# *two* there are 392. For *thirty*, as in the chapters before, two dense layers are put
# around the code, one that squeezes the maps into thirty numbers, and one that spreads
# them out again.


# %%
def build_with_dense_code(n_code):
    encoder = keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(8, 3, **relu), layers.Conv2D(8, 3, **relu),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(n_code),
    ])
    decoder = keras.Sequential([
        layers.Input((n_code,)), layers.Dense(14 * 14 * 8, "relu"),
        layers.Reshape((14, 14, 8)), layers.Conv2DTranspose(8, 3, **relu),
        layers.UpSampling2D(), layers.Conv2DTranspose(1, 3, **sigmoid),
    ])
    return keras.Sequential([encoder, decoder])


# %%
conv_30 = build_with_dense_code(30)
show(plot_blocks(layer_shapes(conv_30), code=5, title="Thirty numbers in the middle"))

# %% [markdown]
# The learning rates were tried beforehand: 0.01 was good for the small networks with maps
# as a code, 0.003 and 0.005 for those with dense layers. Dense networks are quick, so they
# get three times as many passes.
#
# > **Predict.** Which of the three will be best with 30 values? With 196 or 392?

# %%
networks = {
    ("dense", 30): dense_30,
    ("dense", 196): train(build_dense(196, 256), x_train, x_train, rate=0.003, epochs=15),
    ("dense", 392): train(build_dense(392, 392), x_train, x_train, rate=0.003, epochs=15),
    ("convolutional", 30): train(conv_30, x_train, x_train, rate=0.005),
    ("convolutional", 196): train(build(1), x_train, x_train, rate=0.01),
    ("convolutional", 392): train(build(2), x_train, x_train, rate=0.01),
}

# %%
flat = x_train.reshape(-1, 784)
pcas = {n: PCA(n, svd_solver="covariance_eigh").fit(flat) for n in (30, 196, 392)}


def reconstruct(method, n_code, x):
    """Through the code and back; pictures in, pictures out."""
    if method != "PCA":
        return through(networks[method, n_code], x)
    codes = pcas[n_code].transform(x.reshape(-1, 784))
    return pcas[n_code].inverse_transform(codes).reshape(x.shape)


# %%
methods = ["PCA", "dense", "convolutional"]
fair = {(method, n): squared_error(x_test, reconstruct(method, n, x_test))
        for n in pcas for method in methods}

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6.5, 3.4))
keys = {"PCA": "pca", "dense": "other", "convolutional": "autoencoder"}
for number, method in enumerate(methods):
    places = np.arange(3) + 0.27 * (number - 1)
    heights = [fair[method, n] for n in pcas]
    bars = ax.bar(places, heights, 0.25, color=COLOURS[keys[method]], label=method)
    ax.bar_label(bars, fmt="%.1f", fontsize=10)
ax.set(xticks=range(3), xticklabels=pcas, xlabel="values in the code",
       ylabel="squared error per image")
ax.legend()
show(fig, alt="Errors on test digits for codes of 30, 196 and 392 values. At 30 the "
     "convolutional network has the lowest bar. At 196 and 392 PCA has the lowest, "
     "the convolutional network the second, and the dense one is far above both.")

# %%
# Claim: with 30 values, the convolutional network beats PCA and the dense network.
assert fair["convolutional", 30] < 0.95 * min(fair["PCA", 30], fair["dense", 30])

# %%
# Claim: with 196 and 392 values, PCA is best and the dense network last.
for n in (196, 392):
    assert fair["PCA", n] < 0.8 * fair["convolutional", n]
    assert fair["convolutional", n] < 0.7 * fair["dense", n]

# %% [markdown]
# With thirty values the convolutional network is the best of the three. With 196 or 392
# it is far better than the dense network, which from so few digits has not learnt more
# than to describe them roughly. But PCA is ahead of both! That is no accident. With so many
# components PCA drops only directions in which digits hardly vary. It finds the *best*
# plane, without a single step of descent, while one map of 14 by 14 values is little more
# than the digit at half its resolution.
#
# What did each cost?

# %%
print("                    parameters  multiplications")
for (method, n), network in networks.items():
    parameters, work = costs(network)
    print(f"{method:13s} {n:3d} {parameters:12,d} {work:16,d}")
for n in pcas:
    print(f"PCA           {n:3d} {784 * n + 784:12,d} {2 * 784 * n:16,d}")

# %% [markdown]
# The convolutional network with 196 values has about three hundred parameters, and the
# dense one two thousand times as many. In multiplications they are not so far apart: each
# of the few parameters is used hundreds of times. And a processor does many small products
# less well than a few large ones, which is why this chapter has so few digits.

# %%
few, many = costs(networks["convolutional", 196]), costs(networks["dense", 196])
assert 1000 * few[0] < many[0]
assert 5 * few[1] > many[1]

# %% [markdown]
# ## What convolution buys
#
# ### A stroke is a stroke, wherever it lies
#
# Formula (6.1) has the same weights at every place. If the picture moves by a pixel, so
# does every map. Pooling looks at pairs of pixels, so after it a move by *two* pixels
# becomes a move by one. That follows from the formula for any weights, trained or not.


# %%
def shifted(x, n_pixels):
    """Move pictures to the right; what enters from the left is white."""
    moved = np.zeros_like(x)
    moved[:, :, n_pixels:] = x[:, :, : 28 - n_pixels]
    return moved


encoder = networks["convolutional", 196].layers[0]
maps, moved_maps = through(encoder, x_test[:8]), through(encoder, shifted(x_test[:8], 2))
inside = slice(2, -2)  # at the border there is padding
assert np.allclose(moved_maps[:, :, 3:-2], maps[:, :, 2:-3], atol=1e-5)

# %%
pictures = np.concatenate([x_test[:4, :, :, 0], shifted(x_test[:4], 2)[..., 0]])
show(plot_features(np.concatenate([maps[:4], moved_maps[:4]])[..., 0], n_columns=8,
                   symmetric=True, title="Codes of four digits, and of the same digits moved"),
     alt="Eight pictures of 14 by 14 values. The last four show the same four digits as "
     "the first four, one cell further to the right.")

# %% [markdown]
# The codes of the moved digits are the moved codes. Nobody trained that. A dense layer
# has other weights for every pixel, and would have to learn each digit at each place.
#
# So let us shift the test digits by one to four pixels. No network has seen shifted digits
# in training, and neither has PCA.
#
# > **Predict.** Six curves: three methods, with 30 and with 196 values. Which will be flat?

# %%
shifts = range(5)
by_shift = {}
for n in (30, 196):
    for method in methods:
        moved = [shifted(x_test[:1000], k) for k in shifts]
        by_shift[method, n] = [squared_error(x, reconstruct(method, n, x)) for x in moved]

# %% tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.6), sharey=True)
for ax, n in zip(axes, (30, 196), strict=True):
    for method, marker in zip(methods, "sDo", strict=True):
        ax.plot(shifts, by_shift[method, n], marker + "-", color=COLOURS[keys[method]],
                label=method)
    ax.set(title=f"{n} values", xlabel="shift in pixels", xticks=shifts, ylim=(0, None))
axes[0].set_ylabel("squared error per image")
axes[1].legend()
show(fig, alt="Error against shift. With 30 values all three curves rise steeply. With "
     "196 values the convolutional network's curve is flat, PCA's and the dense one's rise.")
for (method, n), errors in by_shift.items():
    print(f"{method:13s} {n:3d}", np.round(errors, 1))

# %%
# Claim: the code of one map does not mind shifts; PCA with as many values does.
assert max(by_shift["convolutional", 196]) < 1.25 * by_shift["convolutional", 196][0]
assert by_shift["PCA", 196][4] > 2 * by_shift["PCA", 196][0]
assert by_shift["convolutional", 196][4] < by_shift["PCA", 196][4]

# %%
# Claim: with thirty values every method gets twice as bad, convolution or not.
for method in methods:
    assert by_shift[method, 30][4] > 2 * by_shift[method, 30][0]

# %% [markdown]
# Two answers. The network whose code is a *map* hardly notices the shift, and from some
# shift on it is better than PCA. The network with *dense layers around its code* suffers
# like the others. It contains convolutions, and yet its thirty numbers come from a
# layer that has other weights at every place. What a network knows is decided by all of
# its layers.
#
# ### Little to learn means few examples
#
# Three hundred parameters need few digits. We train again on 300 digits, with as many
# updates as before.

# %%
x_few = x_train[:300]
networks |= {
    ("convolutional, 300", 196): train(build(1), x_few, x_few, rate=0.01, epochs=50),
    ("dense, 300", 196): train(build_dense(196, 256), x_few, x_few, rate=0.003, epochs=150),
}
pca_few = PCA(196, svd_solver="covariance_eigh").fit(x_few.reshape(-1, 784))

# %% tags=["nbval-ignore-output"]
few_error = {method: squared_error(x_test, through(networks[f"{method}, 300", 196], x_test))
             for method in ("convolutional", "dense")}
test = x_test.reshape(-1, 784)
few_error["PCA"] = squared_error(test, pca_few.inverse_transform(pca_few.transform(test)))
print("196 values      3,000 digits   300 digits")
for method in methods:
    print(f"{method:13s} {fair[method, 196]:13.2f} {few_error[method]:12.2f}")

# %%
# Claim: with a tenth of the digits only the convolutional network is as good as before.
assert few_error["convolutional"] < 1.25 * fair["convolutional", 196]
assert few_error["dense"] > 1.25 * fair["dense", 196]
assert few_error["PCA"] > 1.5 * fair["PCA", 196]

# %% [markdown]
# A tenth of the digits changes next to nothing for the convolutional network. Each digit
# shows it hundreds of windows, and windows are all it has to know.
#
# ### Features, as pictures
#
# What did the first layer learn? Its weights are eight windows of 3 by 3. Below, the maps
# that they make of one digit.

# %% tags=["nbval-ignore-output"]
first = conv_30.layers[0].layers[0]
windows = np.moveaxis(first.kernel.numpy()[:, :, 0], -1, 0)
show(plot_features(windows, n_columns=8, symmetric=True,
                   title="The eight windows of the first layer"),
     alt="Eight pictures of 3 by 3 weights, positive and negative, some bright along a "
     "side or an edge, like detectors of borders.")

# %% tags=["nbval-ignore-output"]
digit = x_test[:1]
answers = np.moveaxis(np.asarray(first(digit))[0], -1, 0)
show(plot_features(answers / answers.max(), n_columns=8, title="What they answer to a digit"),
     alt="Eight maps of a seven. Some show the whole stroke, others only its upper, lower, "
     "left or right border; a map may be empty.")

# %% [markdown]
# Some windows answer to ink as such, others only to a border of the stroke on one side.
# The same windows would serve any other digit, and letters too. The features of an RBM
# ([Chapter 3](03_pretraining.ipynb)) belonged to one place each.
#
# ### What it does not buy
#
# - **A smaller error for its own sake.** At 196 and 392 values PCA was better.
# - **Speed.** Few parameters are not little work.
# - **Invariance.** The codes of a digit and of the moved digit are not equal. One is the
#   other, moved.
# - **Anything at all where the neighbourhood means nothing.** In a table of customers the
#   third column is not nearer to the fourth than to the ninth.
