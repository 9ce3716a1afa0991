# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 7. The convolutional autoencoder
#
# The dense autoencoder of [Chapter 6](06_dense.ipynb) does not know what a picture is,
# and neither does PCA. Mix up the pixels of all digits in the same way, and both learn
# as well as before. To them a pixel's neighbour is a number like any other. A
# convolutional network knows two things more: what belongs together lies together, and
# a stroke is a stroke wherever it lies. You build one here, from six layers. Then you
# find out what this knowledge is worth: where it wins clearly, and where PCA stays
# ahead.
#
# **What you will do**
#
# - Build an encoder and a decoder from convolutions, and count what passes through
#   them.
# - Fall into a trap that looks like a triumph, and climb out of it.
# - Compare PCA, dense and convolutional networks with equally many numbers in the code.
# - Shift digits, take away training digits, and add noise.
#
# **What you will learn**
#
# - What convolution, pooling and up-sampling do to the size of what passes through.
# - Why a small error proves nothing when the code is larger than the picture.
# - What convolution buys, what it costs, and what it does not buy.
# - Where checkerboards in pictures come from.
#
# **What you will need**
#
# - [Chapter 5](05_pca.ipynb) and [Chapter 6](06_dense.ipynb).
#
# **Time:** about 35 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

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
# Convolutions take their time on a CPU, so this chapter trains on 2,000 of the 60,000
# digits, and measures on the first 1,000 test digits. All networks and PCA get the same
# digits. Errors are squared errors per image, as everywhere, but on fewer digits, so do
# not set them beside those of the chapters before. What counts are the differences.
#
# A convolution wants its pictures as pictures: 28 rows, 28 columns and 1 channel.

# %%
digits = load_mnist(n_train=2000)
x_train = digits.x_train.reshape(-1, 28, 28, 1)
x_test = digits.x_test[:1000].reshape(-1, 28, 28, 1)
print(x_train.shape, x_test.shape)

# %% [markdown]
# ## Six layers
#
# The encoder: two `Conv2D` layers, then a `MaxPooling2D`. The decoder: a
# `Conv2DTranspose`, an `UpSampling2D`, and again a `Conv2DTranspose`, which draws the
# picture. `padding="same"` puts zeros around the border, so that a convolution returns
# as many rows and columns as it was given. The code has no activation function, as in
# Chapter 6.

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
# the number of such maps, called **channels**. (A map is here a picture of one kind of
# answer. It has nothing to do with the maps of digits in Chapters 1, 5 and 6.)
#
# A **convolution** computes every value of a map from a small window of the maps below,
# here of 3 by 3 values, with the *same* weights everywhere. With $x$ for the maps
# below, $w$ for the weights and $b_d$ for the bias of output channel $d$, the value at
# row $r$, column $s$ is
#
# $$y_{rsd} = b_d + \sum_{i,j=-1}^{1} \sum_{c} w_{ijcd} x_{r+i,s+j,c} \tag{7.1}$$
#
# followed by the activation function, where there is one. Outside the border $x$ counts
# as 0. **Max-pooling** keeps the largest of each 2 by 2 values and so halves the sides.
# **Up-sampling** writes each value four times, and doubles them. A **transposed
# convolution** goes the other way round: the window is multiplied by each value below,
# and added to the values around that value's place. How far apart the windows stand is
# the **stride**. With a stride of 1 the two kinds are the same, up to turning the
# window by half a turn. With larger strides they differ, as we shall see.
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
    inner = [layer for part in network.layers for layer in part.layers]
    return network.count_params(), sum(multiplications(layer) for layer in inner)


# %%
print("layer            shape          values parameters multiplications")
for part in wide.layers:
    for layer in part.layers:
        shape = layer.output.shape[1:]
        size = " x ".join(map(str, shape))
        print(f"{layer.__class__.__name__:16s} {size:12s} {math.prod(shape):8,d} "
              f"{layer.count_params():10,d} {multiplications(layer):15,d}")
parameters, work = costs(wide)
print(f"together {parameters:40,d} {work:15,d}")

# %% [markdown]
# Few **parameters**, which are weights and biases, and much work: every weight is used
# at each of 784 or 196 places. (At the border some products are with a zero of the
# padding. We count them too.) In a dense network each weight is used once for a
# picture, so that it has as many multiplications as weights.
#
# Training is that of [Chapter 6](06_dense.ipynb): cross-entropy, Adam, a learning rate
# that falls to 0 along a cosine.


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
    return np.concatenate([network(x[i : i + 500]) for i in range(0, len(x), 500)])


# %% tags=["nbval-ignore-output"]
train(wide, x_train, x_train, rate=0.01)
wide_hat = through(wide, x_test)
wide_error = squared_error(x_test, wide_hat)
show(plot_reconstructions(x_test[:8], {"convolutional": wide_hat[:8]},
                          errors={"convolutional": wide_error}))

# %% [markdown]
# Look at these digits, and at the error beside them. They took five passes through
# 2,000 digits, and little more than a thousand parameters. PCA with thirty components
# has an error of 13.87 on all test digits. Have we found something that is many times
# better than PCA?
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
# shrinks each map to a quarter, but there are eight maps. Whoever stops here has a
# beautiful row of digits, and no short description of them.
#
# A code that is larger than its input is called **over-complete**. Such a network may
# simply hand the strokes on, whatever they are. Pictures that are not digits show
# whether it does: a code that can describe digits only must fail on them. We turn
# digits upside down, and we cut them into quarters and exchange these. A dense network
# with thirty numbers in the middle gets the same pictures.
#
# > **Predict.** On which pictures will the dense network fail? And the convolutional
# > one?


# %%
def build_dense(n_code, n_near):
    """Dense layers, for comparison; n_near units lie next to the code."""
    def hidden(n_units):
        return layers.Dense(n_units, "relu", kernel_initializer="he_normal")

    picture, code = layers.Input((28, 28, 1)), layers.Input((n_code,))
    encoder = keras.Sequential([picture, layers.Flatten(), hidden(256), hidden(n_near),
                                layers.Dense(n_code)])
    decoder = keras.Sequential([code, hidden(n_near), hidden(256),
                                layers.Dense(784, "sigmoid"),
                                layers.Reshape((28, 28, 1))])
    return keras.Sequential([encoder, decoder])


# %%
dense_30 = train(build_dense(30, 128), x_train, x_train, rate=0.003, epochs=20)
strange = {"digits": x_test, "upside down": x_test[:, ::-1],
           "cut up": np.roll(x_test, (14, 14), axis=(1, 2))}
passed = {"dense, 30": dense_30, "convolutional": wide}
strange_error = {
    (name, kind): squared_error(x, through(network, x))
    for name, network in passed.items() for kind, x in strange.items()
}

# %% tags=["nbval-ignore-output"]
for name in passed:
    print(name, {kind: round(strange_error[name, kind], 1) for kind in strange})
cut_up = strange["cut up"][:8]
show(plot_reconstructions(
    cut_up, {name: through(network, cut_up) for name, network in passed.items()},
    errors={name: strange_error[name, "cut up"] for name in passed}, title="Cut up"))

# %%
# Claim: the dense network's error on digits cut up is over 3 times that on digits.
assert strange_error["dense, 30", "cut up"] > 3 * strange_error["dense, 30", "digits"]
ratio = strange_error["convolutional", "cut up"] / strange_error["dense, 30", "cut up"]
# Claim: the over-complete network has less than a quarter of the dense one's error.
assert ratio < 0.25
# Claim: upside down, its error is less than 1.5 times that on digits.
assert strange_error["convolutional", "upside down"] < 1.5 * wide_error

# %% [markdown]
# The dense network has no words for digits that are cut up: its error is more than
# three times that on digits. The convolutional one has less than a quarter of that
# error. It hands the strokes on, and for that it needs to know nothing about digits.
#
# So an error says little without the size of the code beside it. From now on we compare
# at the same number of values.
#
# ## A fair comparison
#
# There are three sizes. With *one* channel in the code there are $14 \cdot 14 = 196$
# values, with *two* there are 392. For *thirty*, as in the chapters before, two dense
# layers are put around the code, one that squeezes the maps into thirty numbers, and
# one that spreads them out again.


# %%
def build_with_dense_code(n_code):
    encoder = keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(8, 3, **relu),
        layers.Conv2D(8, 3, **relu), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(n_code),
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
# The learning rates were tried beforehand: 0.01 was good for the small networks with
# maps as a code, 0.003 and 0.005 for those with dense layers. Those with a map get five
# passes through the digits, the convolutional one with thirty numbers eight. The dense
# ones are quick, and get ten, or twenty with thirty numbers. So the comparison is fair
# in the size of the code, and in the digits. In the number of updates it favours the
# dense networks.
#
# > **Predict.** Which of the three will be best with 30 values? With 196 or 392?

# %%
networks = {("dense", 30): dense_30}
for n_code, n_near in [(196, 256), (392, 392)]:
    network = build_dense(n_code, n_near)
    networks["dense", n_code] = train(network, x_train, x_train, rate=0.003, epochs=10)

# %%
networks["convolutional", 30] = train(conv_30, x_train, x_train, rate=0.005, epochs=8)
for n_code, n_channels in [(196, 1), (392, 2)]:
    network = train(build(n_channels), x_train, x_train, rate=0.01)
    networks["convolutional", n_code] = network

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
show(fig, alt="Errors on test digits for codes of 30, 196 and 392 values. At 30 both "
     "networks are below PCA. At 196 and 392 PCA has the lowest bar, the convolutional "
     "network the second, and the dense one is far above both.")

# %%
# Claim: with 30 values, both networks beat PCA.
assert max(fair["convolutional", 30], fair["dense", 30]) < 0.97 * fair["PCA", 30]

# %%
for n in (196, 392):
    # Claim: with 196 and 392 values, PCA is best and the dense network last.
    assert fair["PCA", n] < 0.8 * fair["convolutional", n]
    assert fair["convolutional", n] < 0.7 * fair["dense", n]

# %% [markdown]
# With thirty values both networks are ahead of PCA. With 196 or 392 the convolutional
# network is far better than the dense one, which in so few steps has hardly learnt to
# use the longer code: [Chapter 6](06_dense.ipynb) saw the same at 64 numbers. But PCA
# is ahead of both! With so many components it drops only directions in which digits
# hardly vary. It finds the *best* plane, without a single step of descent. And one map
# of 14 by 14 values may be little more than the digit at half its resolution.
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
# dense one two thousand times as many. In multiplications they are not so far apart:
# each of the few weights is used hundreds of times.

# %%
few, many = costs(networks["convolutional", 196]), costs(networks["dense", 196])
assert 1000 * few[0] < many[0]
assert 5 * few[1] > many[1]

# %% [markdown]
# ## What convolution buys
#
# ### A stroke is a stroke, wherever it lies
#
# Formula (7.1) has the same weights at every place. If the picture moves by a pixel, so
# does every map, except at its border. Pooling takes blocks of 2 by 2, so after it a
# move by *two* pixels becomes a move by one. That follows from the formula for any
# weights, trained or not.


# %%
def shifted(x, n_pixels):
    """Move pictures to the right; what enters from the left is white."""
    moved = np.zeros_like(x)
    moved[:, :, n_pixels:] = x[:, :, : 28 - n_pixels]
    return moved


encoder = networks["convolutional", 196].layers[0]
maps, moved_maps = (through(encoder, x) for x in (x_test[:8], shifted(x_test[:8], 2)))
# At the border there is padding, so the outer cells are left out.
assert np.allclose(moved_maps[:, :, 3:-2], maps[:, :, 2:-3], atol=1e-5)

# %%
both = np.concatenate([maps[:4], moved_maps[:4]])
show(plot_features(both, n_columns=8, symmetric=True,
                   title="Codes of four digits, and of the same digits moved"),
     alt="Eight pictures of 14 by 14 values. The last four show the same digits as the "
     "first four, one cell further to the right.")

# %% [markdown]
# The codes of the moved digits are the moved codes. Nothing was trained for that. A
# dense layer has other weights for every pixel, and would have to learn each digit at
# each place.
#
# So let us shift the test digits by one to four pixels. No network has seen shifted
# digits in training, and neither has PCA.
#
# > **Predict.** Six curves: three methods, with 30 and with 196 values. Which will be
# > flat?

# %%
shifts = range(5)
by_shift = {}
for n in (30, 196):
    for method in methods:
        moved = [shifted(x_test, k) for k in shifts]
        by_shift[method, n] = [squared_error(x, reconstruct(method, n, x))
                               for x in moved]

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
     "196 values the convolutional network's curve is flat, the others rise.")
for (method, n), errors in by_shift.items():
    print(f"{method:13s} {n:3d}", np.round(errors, 1))

# %%
# Claim: with one map as code, shifts raise the error by less than a quarter; PCA-196's
# more than doubles at 4 pixels, and is then above the convolutional one's.
assert max(by_shift["convolutional", 196]) < 1.25 * by_shift["convolutional", 196][0]
assert by_shift["PCA", 196][4] > 2 * by_shift["PCA", 196][0]
assert by_shift["convolutional", 196][4] < by_shift["PCA", 196][4]

# %%
for method in methods:
    # Claim: with 30 values, 4 pixels more than double the error of every method.
    assert by_shift[method, 30][4] > 2 * by_shift[method, 30][0]

# %% [markdown]
# Two answers. The network whose code is a *map* notices little of the shift, and at
# four pixels it is better than PCA. The network with *dense layers around its code*
# more than doubles its error, as the others with thirty values do. It contains
# convolutions, and yet its thirty numbers come from a layer that has other weights at
# every place. What a network knows is decided by all of its layers.
#
# ### Little to learn means few examples
#
# Three hundred parameters should need few digits. We train again on 200 digits, with as
# many updates as before.
#
# > **Predict.** Which of the three methods will lose least with a tenth of the digits?

# %%
x_few = x_train[:200]
from_few = {
    "convolutional": train(build(1), x_few, x_few, rate=0.01, epochs=50),
    "dense": train(build_dense(196, 256), x_few, x_few, rate=0.003, epochs=100),
}
pca_few = PCA(196, svd_solver="covariance_eigh").fit(x_few.reshape(-1, 784))

# %% tags=["nbval-ignore-output"]
few_error = {method: squared_error(x_test, through(network, x_test))
             for method, network in from_few.items()}
flat_test = x_test.reshape(-1, 784)
flat_hat = pca_few.inverse_transform(pca_few.transform(flat_test))
few_error["PCA"] = squared_error(flat_test, flat_hat)
print("196 values      2,000 digits   200 digits")
for method in methods:
    print(f"{method:13s} {fair[method, 196]:13.2f} {few_error[method]:12.2f}")

# %%
# Claim: from a tenth of the digits the convolutional error grows by less than a half,
# PCA's by more than a half, and the dense one by more than a quarter.
assert few_error["convolutional"] < 1.5 * fair["convolutional", 196]
assert few_error["dense"] > 1.25 * fair["dense", 196]
assert few_error["PCA"] > 1.5 * fair["PCA", 196]

# %% [markdown]
# With a tenth of the digits the convolutional network loses least: its error grows by
# less than a half. Each digit shows it hundreds of windows, and windows are all it
# has to know.
#
# ### Features, as pictures
#
# What did the first layer learn? Its weights are eight windows of 3 by 3. Below, the
# maps that they make of one digit.

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
show(plot_features(answers / answers.max(), n_columns=8,
                   title="What they answer to a digit"),
     alt="Eight maps of a seven. Some show the whole stroke, others only one of its "
     "borders; a map may be nearly empty.")

# %% [markdown]
# Look for windows that answer to ink as such, and for others that answer only to the
# border of a stroke on one side. Each asks the same question at every place. The
# features of an RBM ([Chapter 3](03_rbm.ipynb)) are tied to their places: moved
# by a few pixels, a stroke meets other weights.
#
# ### What it does not buy
#
# - **A smaller error in every case.** At 196 and 392 values PCA was better.
# - **Little work.** Few parameters can make many multiplications.
# - **Invariance.** The codes of a digit and of the moved digit are not equal. One is
#   the other, moved.
# - **Anything at all where the neighbourhood means nothing.** In a table of customers
#   the third column is not nearer to the fourth than to the ninth.
#
# ## Two ways to become larger
#
# A decoder has to turn small maps into large ones. Ours first doubles the sides, by
# `UpSampling2D`, and then convolves. The other way is one layer that does both: a
# `Conv2DTranspose` with stride 2 places its windows two pixels apart. We give both a
# map of ones, and windows of ones. Whatever unevenness comes out is the layer's own.

# %%
def enlarge(*stack):
    """What layers make of a 7 x 7 map of ones."""
    network = keras.Sequential([layers.Input((7, 7, 1)), *stack])
    return through(network, np.ones((1, 7, 7, 1)))


ones = {"kernel_initializer": "ones", "padding": "same"}
ways = {
    "up-sampling": [layers.UpSampling2D(), layers.Conv2DTranspose(1, 3, **ones)],
    "stride 2, window 3": [layers.Conv2DTranspose(1, 3, strides=2, **ones)],
    "stride 2, window 4": [layers.Conv2DTranspose(1, 4, strides=2, **ones)],
}
enlarged = {name: enlarge(*stack)[0, ..., 0] for name, stack in ways.items()}

# %%
for name, picture in enlarged.items():
    print(f"{name:18s} inside:", np.unique(picture[3:-3, 3:-3]))
show(plot_features(np.stack([picture / picture.max() for picture in enlarged.values()]),
                   n_columns=3, titles=list(ways), title="Ones in, windows of ones"),
     alt="Three pictures of 14 by 14. Up-sampling, and stride 2 with windows of 4, are "
     "even inside. Stride 2 with windows of 3 gives a checkerboard.")
assert set(np.unique(enlarged["stride 2, window 3"][3:-3, 3:-3])) == {1, 2, 4}
assert np.ptp(enlarged["up-sampling"][3:-3, 3:-3]) == 0

# %% [markdown]
# A **checkerboard**. Windows of 3 that stand 2 apart overlap in some places and not in
# others. One pixel gets one share, its neighbour two, and the one diagonally across
# four. Up-sampling has no such pattern, and with windows of ones neither has a window
# whose side is a multiple of the stride: all pixels get equally many shares ([Odena et
# al. 2016](https://doi.org/10.23915/distill.00003)).
#
# Windows of ones are a special case. What do random windows do, as every network has at
# its start? We look at the *spectrum* of what comes out: how much each frequency
# contributes. A checkerboard repeats itself after two pixels. That is a frequency of
# 0.5 waves per pixel, at the right end of the axis.


# %%
def mean_spectrum(*stack):
    """Power by frequency along a row, averaged over random windows."""
    rows = through(keras.Sequential([layers.Input((14, 14, 1)), *stack]),
                   np.ones((1, 14, 14, 1)))[0, 6:-6]  # the border left out
    rows = rows[:, 6:-6] - rows[:, 6:-6].mean(axis=1, keepdims=True)
    return (np.abs(np.fft.rfft(rows, axis=1)) ** 2).mean(axis=(0, 2))


random = {"kernel_initializer": "he_normal", "padding": "same"}
spectra = {
    "up-sampling": mean_spectrum(layers.UpSampling2D(),
                                 layers.Conv2DTranspose(200, 3, **random)),
    "stride 2": mean_spectrum(layers.Conv2DTranspose(200, 3, strides=2, **random)),
    "stride 2, window 4": mean_spectrum(
        layers.Conv2DTranspose(200, 4, strides=2, **random)),
}

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6.5, 3.0))
for (name, power), key in zip(spectra.items(), ["good", "bad", "other"], strict=True):
    ax.plot(np.fft.rfftfreq(16), power, "o-", color=COLOURS[key], label=name)
ax.set(xlabel="frequency, in waves per pixel", ylabel="power",
       title="Ones in, random windows")
ax.legend()
show(fig, alt="Power against frequency from 0 to 0.5 waves per pixel. Up-sampling is 0 "
     "throughout. Stride 2 is 0 up to a high peak at 0.5, with both windows.")

# %%
for name in ("stride 2", "stride 2, window 4"):
    # Claim: random windows 2 apart make a pattern with a period of 2.
    assert spectra[name][-1] > 100 * spectra[name][1:-1].max()
# Claim: after up-sampling random windows make no pattern.
assert spectra["up-sampling"].max() < 1e-3 * spectra["stride 2"][-1]

# %% [markdown]
# So a decoder with stride 2 *starts* with a checkerboard, even where what it gets is
# even, and has to learn how to get rid of it. A window of 4 does not help here. It
# gives every pixel as many shares as the next, but not the same weights. After
# up-sampling all pixels get the same weights, so ours starts without the pattern. It
# need not stay so, since training is free to draw patterns where they help.
#
# ### Sizes that do not come back
#
# Halve 28, and halve it again and again: 28, 14, 7, and then? Seven cannot be halved.

# %%
def sizes(start, *stack):
    """Sides of the maps, layer by layer."""
    shape, sides = (1, start, start, 1), [start]
    for layer in stack:
        shape = layer.compute_output_shape(shape)
        sides.append(shape[1])
    return sides


pool = layers.MaxPooling2D(padding="same")  # with "same", 7 becomes 4; without, 3
up = layers.UpSampling2D()
print("three times down, three times up:", sizes(28, pool, pool, pool, up, up, up))
assert sizes(28, pool, pool, pool, up, up, up)[-1] == 32

# %% [markdown]
# 28, 14, 7, 4, and back over 8 and 16 to 32. The output does not fit the input any
# more. Here are three ways out:

# %%
valid = layers.Conv2D(1, 3)  # no padding: two rows and two columns fewer
print("a window without padding:", sizes(28, pool, pool, pool, up, up, valid, up))
crop = layers.Cropping2D(2)
print("cut off at the end:      ", sizes(28, pool, pool, pool, up, up, up, crop))
pad = layers.ZeroPadding2D(2)
print("begin with a border:     ", sizes(28, pad, pool, pool, pool, up, up, up, crop))

# %%
down = (pool, pool, pool)
assert sizes(28, *down, up, up, valid, up)[-1] == 28
assert sizes(28, *down, up, up, up, crop)[-1] == 28
assert sizes(28, pad, *down, up, up, up, crop)[-1] == 28

# %% [markdown]
# Our network pools once, so nothing of that kind can happen to it. When you build a
# deeper one, print the sizes first.
#
# ## Cleaning digits
#
# In [Chapter 6](06_dense.ipynb) an autoencoder failed on noisy digits: it had never
# seen any. Now we train one for it, a denoising autoencoder ([Vincent et al.
# 2008](https://doi.org/10.1145/1390156.1390294)). Noisy digits go in, and the target is
# the *clean* digit. Here an over-complete code does no harm. To hand on the input would
# be to hand on the noise, and that is not what is asked for.
#
# The network is that of the beginning of the chapter, with its 1,568 values. It sees
# one strength of noise, a standard deviation of 0.5, drawn once for each digit.


# %%
def noisy(x, std):
    return np.clip(x + rng.normal(0, std, x.shape), 0, 1).astype(np.float32)


denoiser = train(build(8), noisy(x_train, 0.5), x_train, rate=0.01)

# %% [markdown]
# The rivals: the median of the 3 by 3 pixels around each pixel, which has nothing to
# learn, and PCA. How many components are best depends on the noise, and we choose by
# looking at the test digits. That is an unfair advantage, and PCA may have it.
#
# > **Predict.** Will the network be good at a noise of 0.25 too? And at 1, twice what
# > it knows?

# %%
levels = [0.0, 0.25, 0.5, 0.75, 1.0]
wide_pca = pcas[392]


def clean_by_pca(x, n):
    axes = wide_pca.components_[:n]
    centred = x.reshape(-1, 784) - wide_pca.mean_
    return (wide_pca.mean_ + centred @ axes.T @ axes).reshape(x.shape)


cleaned = {name: [] for name in ("noisy", "median", "PCA", "network")}
for std in levels:
    x = noisy(x_test, std)
    by_pca = [squared_error(x_test, clean_by_pca(x, n))
              for n in (10, 20, 40, 80, 160)]
    cleaned["PCA"].append(min(by_pca))
    answers = {"noisy": x, "median": median_filter(x, size=(1, 3, 3, 1)),
               "network": through(denoiser, x)}
    for name, answer in answers.items():
        cleaned[name].append(squared_error(x_test, answer))

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6.5, 3.6))
looks = {"noisy": ("data", "x:"), "median": ("linear", "s-"), "PCA": ("pca", "D-"),
         "network": ("autoencoder", "o-")}
for name, (key, style) in looks.items():
    ax.plot(levels, cleaned[name], style, color=COLOURS[key], label=name)
    print(f"{name:8s}", np.round(cleaned[name], 1))
ax.axvline(0.5, color=COLOURS["data"], linewidth=1)
ax.set(xlabel="standard deviation of the noise (vertical line: in training)",
       ylabel="squared error to the clean digit", ylim=(0, 100))
ax.legend()
show(fig, alt="Error to the clean digit against noise. From 0.25 to 0.75 the network "
     "lies below the median and PCA. Without noise the median does less harm.")

# %% tags=["nbval-ignore-output"]
x = noisy(x_test[:8], 0.5)
answers = {"noisy": x, "median": median_filter(x, size=(1, 3, 3, 1)),
           "PCA-40": clean_by_pca(x, 40), "network": through(denoiser, x)}
show(plot_reconstructions(x_test[:8], answers,
                          errors={name: squared_error(x_test[:8], y)
                                  for name, y in answers.items()}))

# %%
table = {name: dict(zip(levels, errors, strict=True))
         for name, errors in cleaned.items()}
for std in (0.25, 0.5, 0.75):
    # Claim: at noise of 0.25, 0.5 and 0.75 it cleans better than median and PCA.
    assert table["network"][std] < 0.9 * min(table["median"][std], table["PCA"][std])
# Claim: without noise it does more harm than the median; at 1 its error is over
# twice that at 0.5.
assert table["network"][0] > table["median"][0]
assert table["network"][1] > 2 * table["network"][0.5]

# %% [markdown]
# At the strength that it knows, the network is clearly ahead, and also at half of it
# and at one and a half. It has learnt what strokes look like through noise. But its
# knowledge has edges. Digits that are clean it harms more than the median filter does,
# and at twice the noise its error is more than twice as large. See in the figure what
# is left there of its lead over PCA.
#
# ## The whole comparison
#
# All methods, the same 1,000 test digits, one unit. Moves by four pixels were not
# measured for 392 values (`nan`).

# %% tags=["nbval-ignore-output"]
print("values method           error  moved by 4  parameters  multiplications")
for n in pcas:
    for method in methods:
        parameters, work = 784 * n + 784, 2 * 784 * n
        if method != "PCA":
            parameters, work = costs(networks[method, n])
        moved = by_shift[method, n][4] if (method, n) in by_shift else math.nan
        print(f"{n:6d} {method:13s} {fair[method, n]:8.2f} {moved:11.2f} "
              f"{parameters:11,d} {work:16,d}")

# %% [markdown]
# No method wins everywhere. For a short code of pictures that lie in their place: one
# of the networks. For a long code: PCA, which needs no descent. When pictures move by
# some pixels: a convolutional network whose code is a map. It is also the one that
# loses least when examples are few. And the dense network? Like PCA it asks nothing of
# its data but numbers. It is what remains for a short code where there is no
# neighbourhood to speak of, and enough data.

# %% [markdown]
# ## Summary
#
# - A convolution uses a few weights at every place: few parameters, many
#   multiplications. Transposed, with a stride of 2, it begins with a checkerboard.
# - Count the values of the code before you admire a reconstruction. A code larger than
#   the picture can simply hand it on.
# - At thirty values both networks were better than PCA; at 196 and 392 PCA was the
#   best.
# - A code that is a map moves with the picture, and loses little with fewer examples.
#   With dense layers around a code of thirty, convolutions do not help against shifts.
# - Trained on noisy digits, the over-complete network cleans better than a median
#   filter and PCA, near the noise that it has seen.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio & P. Haffner (1998), *Gradient-based learning applied
#   to document recognition*, [doi:10.1109/5.726791](https://doi.org/10.1109/5.726791)
# - J. Masci, U. Meier, D. Cireşan & J. Schmidhuber (2011), *Stacked convolutional
#   auto-encoders for hierarchical feature extraction*,
#   [doi:10.1007/978-3-642-21735-7_7](https://doi.org/10.1007/978-3-642-21735-7_7)
# - V. Dumoulin & F. Visin (2016), *A guide to convolution arithmetic for deep
#   learning*,
#   [doi:10.48550/arXiv.1603.07285](https://doi.org/10.48550/arXiv.1603.07285)
# - A. Odena, V. Dumoulin & C. Olah (2016), *Deconvolution and checkerboard artifacts*,
#   [doi:10.23915/distill.00003](https://doi.org/10.23915/distill.00003)
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/07_convolutional.ipynb), which check themselves.
# - **Next:** [Chapter 8](08_paper.ipynb) shows the paper's own networks, at full size.
# - **Previous:** [Chapter 6](06_dense.ipynb) built the dense autoencoder that this
#   chapter was compared with.
