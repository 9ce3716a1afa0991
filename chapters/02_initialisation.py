# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. The weight initialisation problem
#
# [Chapter 1](01_motivation.ipynb) ended with a deep network that learnt nothing but the
# mean image. Training starts from random weights. How large should they be? With one
# hidden layer each way almost any answer will do, as long as it is not too large. For a
# deep autoencoder the answer decides whether it learns anything at all. The paper
# ([Hinton & Salakhutdinov 2006](https://doi.org/10.1126/science.1127647)) makes two
# statements: from large initial weights such networks typically end in poor local
# minima, and from small ones the gradients in the early layers are tiny. This chapter
# turns the two statements into measurements, and one of them brings a surprise.
#
# **What you will do**
#
# - Measure the gradient of every layer before training, for weights from 0.001 to 10.
# - Train a shallow and a deep autoencoder from each of several starts, with a fair
#   search for the learning rate, and look at what they reproduce.
# - Find out where the networks that learnt nothing are stuck.
# - Try the cures of later years, one at a time: Glorot's and He's rules, ReLU, Adam.
#
# **What you will learn**
#
# - Why signals and gradients shrink or grow by a factor for each layer.
# - How a network can be dead at both ends of the scale, and show the same picture.
# - What a rule for initial weights does, and why it has to know the units.
#
# **What you will need**
#
# - [Chapter 1](01_motivation.ipynb); what a gradient is; matrices, their products and
#   singular values.
#
# **Time:** about 25 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import os
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from ae_lib import COLOURS, SEED, load_mnist, plot_reconstructions, set_seed, show
from ae_lib import squared_error, use_style

set_seed()
use_style()

# %%
import keras
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## A network that can be deep or not
#
# The lesson is short, so we learn from 2,000 digits. Errors are squared errors per
# image, on all 10,000 test digits. The yardstick is the mean image: the error of
# knowing nothing about the single digit.

# %%
digits = load_mnist()
x, x_test = load_mnist(n_train=2000).x_train, digits.x_test
mean_image = np.broadcast_to(digits.x_train.mean(axis=0), x_test.shape)
mean_error = squared_error(x_test, mean_image)
print(x.shape, x_test.shape, f"mean image {mean_error:.2f}")
assert round(mean_error, 2) == 52.90

# %% [markdown]
# The network is the paper's kind: logistic units in the hidden layers, a linear code of
# 30 numbers, logistic outputs. All hidden layers have 100 units, so that networks
# differ in depth alone.


# %%
def autoencoder(n_hidden, activation="sigmoid"):  # n_hidden before and after the code
    hidden = n_hidden * [(100, activation)]
    network = keras.Sequential([layers.Input((784,))])
    for units, kind in [*hidden, (30, "linear"), *hidden, (784, "linear")]:
        network.add(layers.Dense(units, kind))
    return network


# %% [markdown]
# The last layer gives the number $z$ that goes *into* its sigmoid, because the loss
# takes both steps at once. For large weights that matters: a sigmoid rounded to exactly
# 0 or 1 has an infinite cross-entropy and no slope. From $z$ both come out right: the
# loss, and its slope against $z$, which is simply $\hat x - x$. ([Chapter
# 6](06_dense.ipynb) derives that. Here we only use it.) The loss is counted in
# **nats**, the unit of natural logarithms, and summed over the pixels of an image.


# %%
def loss(images, z):
    each = tf.nn.sigmoid_cross_entropy_with_logits(images, z)
    return tf.reduce_mean(tf.reduce_sum(each, axis=1))


# %% [markdown]
# Now the start. A good experiment changes one thing at a time. So every start uses *the
# same* random numbers, drawn once for each seed, and only multiplies them by another
# standard deviation.


# %%
def start(network, std):
    """Biases 0; weights normal with this standard deviation, or one for each layer."""
    rng = np.random.default_rng(SEED)
    stds = np.broadcast_to(std, len(network.layers))
    for layer, size in zip(network.layers, stds, strict=True):
        layer.kernel.assign(size * rng.normal(size=layer.kernel.shape))
        layer.bias.assign(np.zeros(layer.bias.shape))


# %% [markdown]
# ## The gradients before the first step
#
# Backpropagation hands each layer a gradient: by how much the loss would change with
# its weights. Before any training we measure its length (the root of the sum of
# squares) for each matrix of weights.
#
# > **Predict.** Three hidden layers each way make eight matrices. Let all weights be
# > ten times smaller. Will the gradient of the first matrix be ten times smaller, or
# > some other factor? And with large weights: will it be large, or will it vanish as
# > well because the units are saturated?


# %%
def gradient_norms(network):
    """The length of the gradient of each matrix, from the pixels to the pixels."""
    kernels = [layer.kernel for layer in network.layers]
    with tf.GradientTape() as tape:
        value = loss(x, network(x))
    gradients = tape.gradient(value, kernels)
    return [np.linalg.norm(g.numpy().astype(np.float64)) for g in gradients]


# %%
stds = [0.001, 0.01, 0.1, 1, 10]
norms = {}
for n_hidden in (1, 2, 3, 4):
    network = autoencoder(n_hidden)
    for std in stds:
        start(network, std)
        norms[n_hidden, std] = gradient_norms(network)

# %%
shades = dict(zip(stds, plt.cm.viridis(np.linspace(0, 0.8, 5)), strict=True))
markers = dict(zip(stds, "ov^sD", strict=True))
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 4.0), width_ratios=[3, 2])
for std in stds:
    style = {"color": shades[std], "marker": markers[std], "label": f"{std:g}"}
    left.semilogy(range(1, 9), norms[3, std], **style)
    ratios = [norms[n, std][0] / norms[n, std][-1] for n in (1, 2, 3, 4)]
    right.semilogy([1, 2, 3, 4], ratios, **style)
left.set(xlabel="matrix, from the input to the output", ylabel="length of its gradient",
         title="Three hidden layers each way", xticks=range(1, 9))
right.set(xlabel="hidden layers each way", ylabel="gradient, first / last matrix",
          title="One to four", xticks=[1, 2, 3, 4])
left.legend(title="initial weights")
show(fig, alt="Two panels with logarithmic axes, a line for each size of the initial "
     "weights. Left: from the output back to the input, gradients fall by many powers "
     "of ten for small weights, hardly for 1, and rise for 10. Right: the ratio of "
     "first to last gradient is a falling straight line for small weights.")

# %% [markdown]
# Read the left panel from right to left, the way the gradient travels. The last matrix
# has much the same gradient for every start. From there to the input it falls, and the
# smaller the weights the steeper. (It rests at matrices 4 and 5, around the code. A
# gradient is also proportional to what a matrix receives, and code values are small.)
# At 0.001 the first matrix gets nearly nothing: each matrix on the way multiplies the
# gradient by its own size, so that ten times smaller weights cost a factor of ten for
# each of the *seven* matrices that follow. The right panel says the same of depth: for
# small weights each further layer costs about as many powers of ten as the one before.
#
# And large weights? Their gradients do not vanish. At 10 they grow on their way back.

# %%
ratio = {std: norms[3, std][0] / norms[3, std][-1] for std in stds}
for std in stds:
    print(f"weights {std:5g}: first / last gradient {ratio[std]:.0e}")

# %%
# Claim: first / last gradient: below 1e-15 at 0.001, below 0.001 at 0.1, over 10 at 10.
assert ratio[0.001] < 1e-15
assert ratio[0.1] < 1e-3
assert ratio[10] > 10
# Claim: ten times smaller weights divide the first gradient by 3e6 to 3e7.
assert 3e6 < norms[3, 0.01][0] / norms[3, 0.001][0] < 3e7

# %% [markdown]
# ## Why: a product of Jacobians
#
# Layer $l$ computes $h_l = \sigma(W_l h_{l-1} + b_l)$. Nudge its input a little: the
# output moves by $W_l$ times the nudge, times the slope of each unit. That is a matrix,
# the layer's **Jacobian** $J_l$. A stack of layers has the product of them, one factor
# for each layer:
#
# $$\frac{\partial h_m}{\partial h_1} = J_m \cdots J_3 J_2, \quad J_l = D_l W_l \tag{2.1}$$
#
# Here $D_l$ is a diagonal matrix with the slopes of the units in layer $l$ (1 for the
# linear code). Forwards the product says how strongly a difference between two digits
# reaches the layer $m$. Backwards, transposed, it carries the gradient. Its singular
# values are the factors by which it stretches or shrinks, direction by direction. We
# compute them for the path from the first hidden layer of the deep network to its last:
# six matrices, with the 30 units of the code in between, so that at most 30 directions
# get through.


# %%
def activations(network, images):
    """The values of all layers, float64, and the slopes of their units."""
    values, slopes = [images.astype(np.float64)], []
    for layer in network.layers:
        z = values[-1] @ layer.kernel.numpy() + layer.bias.numpy()
        linear = layer.activation is keras.activations.linear
        h = z if linear else 1 / (1 + np.exp(-np.clip(z, -700, 700)))
        values.append(h)
        slopes.append(np.ones_like(z) if linear else h * (1 - h))
    return values[1:], slopes


# %%
def singular_values(network, images):
    """Of the product (2.1), from the first hidden layer to each later one."""
    _, slopes = activations(network, images)
    product, found = np.eye(100), []
    for layer, slope in zip(network.layers[1:-1], slopes[1:-1], strict=True):
        jacobian = slope[:, :, None] * layer.kernel.numpy().T
        product = jacobian @ product
        found.append(np.linalg.svd(product, compute_uv=False).mean(axis=0)[:30])
    return np.array(found)


# %%
deep = autoencoder(3)
spectra = {}
for std in stds:
    start(deep, std)
    spectra[std] = singular_values(deep, x[:5])

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 4.0), sharey=True)
for std in stds:
    style = {"color": shades[std], "marker": markers[std], "label": f"{std:g}"}
    left.semilogy(range(1, 7), spectra[std][:, 0], **style)
    right.semilogy(range(1, 31), spectra[std][-1], markevery=3, **style)
left.set(xlabel="factors in the product", ylabel="singular value", ylim=(1e-20, 1e5),
         title="The largest, layer by layer")
right.set(xlabel="number of the singular value", title="All 30 of the whole path")
left.legend(title="initial weights", loc="lower left")
show(fig, alt="Singular values of the product of Jacobians. Left: the largest one "
     "falls with each factor for weights up to 0.1, but not for 1; for 10 it is "
     "uneven. Right: all 30 of the whole path. They are nearly level for small "
     "weights; for 10 they fall by more than nine powers of ten within ten steps.")

# %% [markdown]
# On the left is the largest singular value. Up to 0.1 it falls with every factor. The
# slope of a logistic unit is at most 1/4, so that the weights have to make up for a
# four in each layer, and small ones do not. At 1 they do. At 10 it is a matter of luck,
# from one digit to the next, because all hangs on few units. We shall see why.
#
# On the right are all thirty for the whole path. Small weights shrink every direction
# alike. At 10 the product is lopsided: a few directions get through, and all others are
# lost. A gradient that is squeezed through a handful of directions may be long, and is
# of little use.

# %% tags=["nbval-ignore-output"]
largest = {std: spectra[std][-1][0] for std in stds}
tenth = {std: spectra[std][-1][9] for std in stds}
for std in stds:
    print(f"weights {std:5g}: largest {largest[std]:.0e}, tenth {tenth[std]:.0e}")

# %%
# Claim: the largest singular value is below 0.05 at 0.1, over 20 times that at 1.
assert largest[0.1] < 0.05
assert largest[1] > 20 * largest[0.1]
# Claim: the tenth singular value: over 0.05 of the largest at 0.1, below 1e-9 at 10.
assert tenth[0.1] > 0.05 * largest[0.1]
assert tenth[10] < 1e-9 * largest[10]

# %% [markdown]
# ## Why: silent units and saturated units
#
# The slopes in (2.1) depend on where a unit works. Here are the values of all units in
# three hidden layers of the untrained deep network, for 1,000 digits.

# %%
values = {}
for std in stds:
    start(deep, std)
    values[std], _ = activations(deep, x[:1000])

# %%
places = {"first\nhidden": 0, "third\nhidden": 2, "last\nhidden": 6}
fig, axes = plt.subplots(3, 5, figsize=(7.5, 4.4), sharex=True)
for row, (name, place) in zip(axes, places.items(), strict=True):
    row[0].set_ylabel(name, rotation=0, ha="right", va="center")
    for ax, std in zip(row, stds, strict=True):
        ax.hist(values[std][place].ravel(), bins=25, range=(0, 1), color=shades[std])
        ax.set(yticks=[], xticks=[0, 0.5, 1], xticklabels=["0", "½", "1"])
for ax, std in zip(axes[0], stds, strict=True):
    ax.set_title(f"{std:g}")
fig.supxlabel("value of a unit", fontsize=11)
show(fig, alt="Histograms of the values of hidden units: three layers below each "
     "other, five sizes of weights beside each other. Small weights: one spike at a "
     "half. Weights 0.1: a hump around a half, narrower in later layers. Large "
     "weights: two spikes, at 0 and at 1, and next to nothing between.")

# %% [markdown]
# On the left every unit says one half, whatever the digit. It works where its slope is
# steepest, but it has nothing to say. On the right units say 0 or 1, and nearly all
# have the slope 0: they are **saturated**. The few that happen to be in between carry
# all of the gradient, which is why it comes in few directions. In the middle, 0.1 looks
# healthy.
#
# But looks deceive: two units may differ, and each may still say the same for all
# digits. How much does a layer still know about the digit? Call **signal** how much a
# unit differs from digit to digit: its standard deviation over the digits, averaged
# over the units of the layer.


# %%
def signal(values):
    return [h.std(axis=0).mean() for h in values]


# %% tags=["nbval-ignore-output"]
for std in stds:
    print(f"weights {std:5g}:", *(f"{s:8.0e}" for s in signal(values[std])[:7]))

# %%
# Claim: untrained, 0.001 and 0.01 leave the last hidden layer a signal below 1e-9.
assert max(signal(values[0.001])[6], signal(values[0.01])[6]) < 1e-9
# Claim: untrained, 0.1 leaves the last hidden layer under 0.01 of the first's signal.
assert signal(values[0.1])[6] < 0.01 * signal(values[0.1])[0]
# Claim: untrained, at 10 the last hidden layer has a signal above 0.1.
assert signal(values[10])[6] > 0.1

# %%
saturated = np.mean([(h < 0.05) | (h > 0.95) for h in values[10][:3]])
print(f"weights 10, share of values below 0.05 or above 0.95: {saturated:.2f}")
# Claim: at 10, over 0.9 of the values in three layers are below 0.05 or above 0.95.
assert saturated > 0.9

# %% [markdown]
# (The fourth column is the code, whose units have no ends to be saturated at. Values
# near 1e-15 are rounding.) At 0.1 the signal, too, has all but gone by the last layer.
#
# > **Predict.** From which of the five sizes can the network be trained? Does the
# > answer depend on how deep it is?

# %% [markdown]
# ## A fair race
#
# We train with the optimiser of the time: gradient descent with momentum 0.9, on
# **batches** of 20 digits: so many are shown between two changes of the weights. A
# thousand steps, ten passes over the 2,000 digits, for everybody, and everybody sees
# the same batches in the same order.
#
# The **learning rate** is the factor between gradient and step. With *one* rate for
# all, the race would be about which start it happens to suit: gradients differ by many
# powers of ten. So each start gets three rates, each with the full thousand steps. What
# counts is the run with the lowest loss on the *training* digits; the test digits
# choose nothing.

# %%
rng = np.random.default_rng(SEED)
order = np.concatenate([rng.permutation(2000) for _ in range(10)]).reshape(1000, 20)
batches, images = tf.constant(order), tf.constant(x)


# %% [markdown]
# The training loop, written out. `tf.function` turns the thousand steps into one graph,
# which is built once for a network and used for each of its runs. So a run begins by
# putting back the start, and by making the optimiser forget its velocities.


# %%
def compiled_steps(network, optimizer):
    """The thousand steps as one function."""
    weights = network.trainable_variables
    optimizer.build(weights)

    @tf.function(jit_compile=False)
    def steps():
        for batch in batches:
            with tf.GradientTape() as tape:
                target = tf.gather(images, batch)
                value = loss(target, network(target))
            optimizer.apply(tape.gradient(value, weights), weights)

    return steps


# %%
def training(network, optimizer):
    """A function that trains from a start with a rate and returns the loss."""
    steps = compiled_steps(network, optimizer)

    def train(std, rate):
        start(network, std)
        for variable in optimizer.variables:
            variable.assign(tf.zeros_like(variable))
        optimizer.learning_rate.assign(rate)
        steps()
        return float(loss(x, network(x)))

    return train


# %%
def best_run(network, train, std, rates):
    """Train with each rate; keep the run with the lowest training loss."""
    losses, weights = [], []
    for rate in rates:
        losses.append(train(std, rate))
        weights.append(network.get_weights())
    best = int(np.nanargmin(losses))
    network.set_weights(weights[best])
    pictures = np.asarray(tf.sigmoid(network(x_test)))
    return SimpleNamespace(
        rate=rates[best], losses=losses, weights=weights[best],
        error=squared_error(x_test, pictures), pictures=pictures[chosen],
    )


# %% [markdown]
# The five starts: 0.01 and 0.1, 1 and 10, and 0.3 between them.

# %%
def momentum():
    return keras.optimizers.SGD(momentum=0.9)


# %%
chosen = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in range(8)]
starts, rates = [0.01, 0.1, 0.3, 1, 10], [0.003, 0.01, 0.03]


def watched(items, description):
    """A progress bar, except where the notebooks are made."""
    quiet = os.environ.get("AE_PROGRESS") == "0"
    return tqdm(items, description, leave=False, disable=quiet)


# %%
networks = {"one": autoencoder(1), "three": deep}
train = {name: training(network, momentum()) for name, network in networks.items()}
runs = {}
for name, network in networks.items():
    for std in watched(starts, f"{name} hidden"):
        runs[name, std] = best_run(network, train[name], std, rates)

# %% tags=["nbval-ignore-output"]
print("training loss with rate " + "".join(f"{rate:9g}" for rate in rates))
for (name, std), run in runs.items():
    losses = "".join(f"{value:9.1f}" for value in run.losses)
    print(f"{name:>5} hidden, start {std:4g}  " + losses)


# %%
def race_panel(ax):
    """Test error against the size of the initial weights, for both depths."""
    for name, style in [("one", "o-"), ("three", "s--")]:
        ax.semilogx(starts, [runs[name, std].error for std in starts], style,
                    color=COLOURS["other" if name == "one" else "autoencoder"],
                    label=f"{name} hidden each way")
    ax.axhline(mean_error, color=COLOURS["data"], linestyle=":",
               label=f"mean image, {mean_error:.2f}")
    ax.set(xlabel="standard deviation of the initial weights",
           ylabel="squared error per image", ylim=(0, 65),
           xticks=starts, xticklabels=[f"{std:g}" for std in starts])
    ax.minorticks_off()


# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7.5, 4.0))
race_panel(ax)
ax.legend(loc="lower right")
show(fig, alt="Test error against the size of the initial weights. With one hidden "
     "layer each way the error is below the mean image from 0.01 to 0.3, and at or "
     "above it for 1 and 10. With three it is at the mean image everywhere except at "
     "0.3.")

# %%
one, three = ({std: runs[name, std].error for std in starts} for name in networks)
# Claim: one hidden layer from 0.01, 0.1 or 0.3, and three from 0.3, end below 0.95 of
# the mean image's error.
assert max(one[0.01], one[0.1], one[0.3], three[0.3]) < 0.95 * mean_error
# Claim: three hidden layers from 0.01 or 0.1 stay above 0.98 of the mean image's error.
assert min(three[0.01], three[0.1]) > 0.98 * mean_error
# Claim: from 1 or 10, both depths stay above 0.95 of the mean image's error.
assert min(one[1], one[10], three[1], three[10]) > 0.95 * mean_error
# Claim: no single rate is the best for every start.
assert len({run.rate for run in runs.values()}) > 1

# %% [markdown]
# The table first. No column has the best loss in every row: the race with one rate for
# all would have been unfair. (Where the best rate is the first or the last of the
# three, a wider search might gain a little more. Try it.)
#
# Now the figure. With one hidden layer each way, small weights are no obstacle. The
# first gradient was small, but not hopelessly so, and with a suitable rate the network
# grows out of it. With three, the same small weights leave the network at the mean
# image. That is the paper's second statement, and it was about networks with *many*
# hidden layers. Between 0.1 and 1 there is a window in which the deep network learns.
#
# The large starts fail at both depths, and so far the first statement holds as well.
# But look at the height of those points. We expected poor solutions, and these are
# hardly better than knowing nothing, if at all.
#
# > **Note.** The rates cannot be compared with those of Chapter 1 as they stand. Keras
# > averages the loss over 784 pixels and we sum it, so its rate of 0.1 would be 0.1 /
# > 784 here, smaller than all three. That network had a fourth handicap, which
# > Chapter 1 did not mention.

# %% [markdown]
# ## What they reproduce
#
# > **Predict.** The network that started at 0.1 and the one that started at 10 have
# > about the same error. Will their pictures look the same?

# %% tags=["nbval-ignore-output"]
rows = {f"three, {std:g}": runs["three", std] for std in starts}
rows["one, 0.01"] = runs["one", 0.01]
show(plot_reconstructions(
    x_test[chosen], {name: run.pictures for name, run in rows.items()},
    errors={name: run.error for name, run in rows.items()},
))

# %% [markdown]
# A row for each start of the deep network. All but one of them give the same picture
# for every digit, the mean image, a little rougher where the weights were large. The
# network that started at 0.3 tells the digits apart, though it draws them badly. So
# does the shallow one in the last row, which started at 0.01.
#
# ## Two ways to be stuck
#
# The same picture, but for the same reason? We look inside: at the signal in each layer
# after training, and at the gradient that the training would have to live on.

# %%
after, left_over = {}, {}
for std in starts:
    deep.set_weights(runs["three", std].weights)
    after[std] = signal(activations(deep, x[:1000])[0])
    left_over[std] = gradient_norms(deep)

# %% tags=["nbval-ignore-output"]
shades[0.3], markers[0.3] = COLOURS["autoencoder"], "*"
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 4.0))
for std in starts:
    style = {"color": shades[std], "marker": markers[std], "label": f"{std:g}"}
    left.semilogy(range(1, 8), after[std][:7], **style)
    right.semilogy(range(1, 9), left_over[std], **style)
names = ["1", "2", "3", "code", "5", "6", "7"]
left.set(xlabel="layer", ylabel="signal", xticks=range(1, 8), xticklabels=names,
         ylim=(1e-14, 1e4), title="What a layer knows of the digit")
right.set(xlabel="matrix, from the input to the output", xticks=range(1, 9),
          ylabel="length of its gradient", title="What the training lives on")
left.legend(title="started at", loc="lower left")
show(fig, alt="The deep network after training, a line for each start. Left, signal by "
     "layer: small starts fall steadily from the first layer on; large starts keep "
     "their signal up to the code and lose it in the layer behind it; 0.3 keeps it "
     "throughout. Right, gradients: small before the code for all starts but 0.3.")

# %% tags=["nbval-ignore-output"]
code, behind = 3, 4  # places in the list of layers
for std in starts:
    print(f"started at {std:4g}: signal in the code {after[std][code]:.0e}, behind it "
          f"{after[std][behind]:.0e}; gradient of matrix 1 {left_over[std][0]:.0e}")

# %%
# Claim: trained from 0.01 or 0.1, the code has a signal below 0.05.
assert max(after[0.01][code], after[0.1][code]) < 0.05
# Claim: trained from 0.3, each layer has a signal above 0.02.
assert min(after[0.3][:7]) > 0.02
# Claim: trained from 1 or 10, the signal is above 0.3 in the code, below 0.05 behind.
assert min(after[1][code], after[10][code]) > 0.3
assert max(after[1][behind], after[10][behind]) < 0.05
# Claim: untrained, 1 and 10 have a signal above 0.1 behind the code.
assert min(signal(values[std])[behind] for std in (1, 10)) > 0.1
# Claim: from 10, the first gradient ends below 0.05 of the one from 0.3.
assert left_over[10][0] < 0.05 * left_over[0.3][0]

# %% [markdown]
# **From small weights** the signal never gets through. It fades from layer to layer, as
# it did before training, and what arrives at the output is nearly a constant. The best
# answer to a constant is the mean image. Nothing is broken: the start is a very flat
# place, and a thousand steps are not enough to leave it.
#
# **From large weights** the code still tells the digits apart, and loudly. In the layer
# behind it the signal breaks off: the units there say the same for every digit. Before
# the training they did not. (The signals that we printed above, last line, fifth
# number.) So the training itself has cut the line. A likely story: the first gradients
# are large, and the first steps push these units far to one side, where their slope
# is 0. From then on nothing gets past them, neither a digit forwards nor a gradient
# backwards. From 10, the first matrix is left with less than a twentieth of the
# gradient that the learning network has there.
#
# Would smaller steps be the cure?
#
# > **Predict.** What do you expect from rates of 0.0001 and 0.000001?

# %% tags=["nbval-ignore-output"]
careful = {}
for rate in (1e-4, 1e-6):
    train["three"](10, rate)
    knows = signal(activations(deep, x[:1000])[0])[behind]
    error = squared_error(x_test, np.asarray(tf.sigmoid(deep(x_test))))
    careful[rate] = knows, error
    print(f"rate {rate:.0e}: signal behind the code {knows:.0e}, error {error:.0f}")

# %%
# Claim: a rate of 1e-4 cuts the signal behind the code to below 0.05, 1e-6 does not.
assert careful[1e-4][0] < 0.05 < careful[1e-6][0]
# Claim: at rates of 1e-4 and 1e-6 the error stays above twice the mean image's.
assert min(error for _, error in careful.values()) > 2 * mean_error

# %% [markdown]
# At 0.0001 the line is cut all the same. At 0.000001 it holds, but in a thousand steps
# such a rate does not even undo the random output weights: the error stays several
# times that of the mean image. No rate that we tried is both small enough and large
# enough.
#
# Is this a *local minimum*, as the paper calls it? From the error alone one cannot tell
# a minimum from a flat place. What we measured is that the weights before the code feel
# almost no slope. For the one who waits it is much the same. And our networks are
# small, and our time is short: what large starts do at the paper's scale, with its
# optimiser, this chapter does not measure.
#
# ## A rule for the start: Glorot's and He's
#
# The window between 0.1 and 1 was found by trying. Can one calculate it? A sum of $n$
# terms, each of them a weight with standard deviation $s$ times a signal of size 1, has
# a size near $s \sqrt{n}$. It stays 1 for $s = 1 / \sqrt{n}$. Forwards $n$ is the
# number of inputs of a unit, backwards the number of its outputs.
#
# - [Glorot & Bengio (2010)](https://proceedings.mlr.press/v9/glorot10a.html) take the
#   middle of both, $s^2 = 2 / (n_\mathrm{in} + n_\mathrm{out})$. It assumes units with
#   slope 1, such as tanh near 0.
# - [He et al. (2015)](https://doi.org/10.1109/ICCV.2015.123) take
#   $s^2 = 2 / n_\mathrm{in}$. It is made for ReLU, whose slope is 1 for one half of the
#   inputs and 0 for the other, so that half of the squared signal is lost.
#
# Neither knows logistic units, whose slope is 1/4 where it is steepest. The same
# argument says: weights four times as large as Glorot's. (Code and output are linear
# and would not need the four. We keep one rule for all matrices.)
#
# > **Predict.** Which of the three rules lets the deep logistic network learn?


# %%
def glorot(n_in, n_out):
    return np.sqrt(2 / (n_in + n_out))


def he(n_in, n_out):
    return np.sqrt(2 / n_in)


def four_glorot(n_in, n_out):
    return 4 * glorot(n_in, n_out)


def by_rule(rule, network):
    return [rule(*layer.kernel.shape) for layer in network.layers]


# %%
rules = {"Glorot": glorot, "He": he, "4 x Glorot": four_glorot}
size, at_start = {}, {}
for name, rule in rules.items():
    start(deep, by_rule(rule, deep))
    at_start[name] = gradient_norms(deep)
    kernels = np.concatenate([layer.kernel.numpy().ravel() for layer in deep.layers])
    size[name] = kernels.std()
    print(f"{name:10} all weights together {size[name]:.2f}, between two hidden layers "
          f"{rule(100, 100):.2f}")

# %%
by_rules = {
    name: best_run(deep, train["three"], by_rule(rule, deep), rates)
    for name, rule in watched(rules.items(), "rules")
}

# %% tags=["nbval-ignore-output"]
looks = {"Glorot": ("bad", "o"), "He": ("data", "v"), "4 x Glorot": ("good", "*")}
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 4.2))
for name, (colour, marker) in looks.items():
    style = {"color": COLOURS[colour], "marker": marker, "label": name}
    left.semilogy(range(1, 9), at_start[name], **style)
    right.plot(size[name], by_rules[name].error, markersize=11, linestyle="", **style)
race_panel(right)
left.set(xlabel="matrix, from the input to the output", xticks=range(1, 9),
         ylabel="length of its gradient", title="Before training")
left.legend(loc="lower right")
right.set_title("After training")
right.legend(loc="lower left", fontsize=10)
show(fig, alt="Left: gradients of the eight matrices before training. With Glorot's "
     "and He's rules they fall towards the input by some powers of ten, with four "
     "times Glorot's by one. Right: the race again, with the three rules for three "
     "hidden layers. Glorot and He lie near the mean image, four times Glorot lowest.")

# %% tags=["nbval-ignore-output"]
for name, run in by_rules.items():
    print(f"{name:10} error {run.error:.2f}, best rate {run.rate}")

# %%
ratio = {name: lengths[0] / lengths[-1] for name, lengths in at_start.items()}
# Claim: by Glorot's and He's rules the error stays above 0.85 of the mean image's.
assert min(by_rules["Glorot"].error, by_rules["He"].error) > 0.85 * mean_error
# Claim: by four times Glorot's rule the error falls below 0.8 of the mean image's.
assert by_rules["4 x Glorot"].error < 0.8 * mean_error
# Claim: four times Glorot's ends more than 2 below the single size 0.3.
assert by_rules["4 x Glorot"].error < three[0.3] - 2
# Claim: four times Glorot's has over 10 times the first / last gradient of the others.
assert ratio["4 x Glorot"] > 10 * max(ratio["Glorot"], ratio["He"])

# %% [markdown]
# Left: with the rule that fits the unit, gradients stay within about a power of ten
# from one end to the other. Right: it is also the best start of the deep network,
# better than the best of our single sizes. Each matrix gets weights of its own size,
# and that helps.
#
# The two famous rules leave this network at the mean image, or close to it. They are
# not wrong. They were made for other units, and a rule for the start has to know the
# units.

# %% [markdown]
# ## What today's units and optimisers change
#
# [Chapter 1](01_motivation.ipynb) changed three things at once: the units, the start
# and the optimiser. Now one at a time. Units: logistic, or ReLU, whose slope is 1
# wherever it is not 0. Optimiser: momentum, or **Adam** ([Kingma & Ba
# 2014](https://doi.org/10.48550/arXiv.1412.6980)), which divides each weight's gradient
# by its own recent size, so that a small one moves its weight as far as a large one.
# (`epsilon` guards the division. We set it so low that it does not spoil this.) Start:
# 0.01, 0.1, or the rule that fits the unit, which is He's for ReLU.
#
# > **Predict.** Does Adam need a good start? Does ReLU?
#
# To save time, momentum with ReLU gets two rates, of the size that suits it, and Adam
# only one.

# %%
def adam():
    return keras.optimizers.Adam(epsilon=1e-15)


# %%
rectified = autoencoder(3, "relu")
methods = {
    "logistic, Adam": (deep, adam(), [0.003]),
    "ReLU, momentum": (rectified, momentum(), [0.0003, 0.001]),
    "ReLU, Adam": (rectified, adam(), [0.003]),
}
fitting = {deep: by_rule(four_glorot, deep), rectified: by_rule(he, rectified)}

# %%
today = {"logistic, momentum": [three[0.01], three[0.1], by_rules["4 x Glorot"].error]}
for name, (network, optimizer, some_rates) in methods.items():
    train[name] = training(network, optimizer)
    today[name] = [
        best_run(network, train[name], std, some_rates).error
        for std in watched([0.01, 0.1, fitting[network]], name)
    ]

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7.5, 4.0))
for name, errors in today.items():
    style = ("s" if "logistic" in name else "o") + ("-" if "Adam" in name else "--")
    colour = COLOURS["autoencoder" if "logistic" in name else "linear"]
    ax.plot(errors, style, color=colour, label=name)
ax.axhline(mean_error, color=COLOURS["data"], linestyle=":", label="mean image")
ax.set(xticks=range(3), xticklabels=["0.01", "0.1", "rule that fits the unit"],
       xlabel="initial weights", ylabel="squared error per image",
       xlim=(-0.2, 2.4), ylim=(0, 65))
ax.legend(loc="lower left", ncols=2)
show(fig, alt="Error of the deep network for three starts, a line each for logistic "
     "or ReLU units with momentum or Adam. At 0.01 all lie near the mean image, only "
     "ReLU with Adam a little below. At 0.1 both with ReLU are far below. With the "
     "fitting rule all four are far below, ReLU with Adam lowest.")

# %% tags=["nbval-ignore-output"]
for name, errors in today.items():
    print(f"{name:19}" + "".join(f"{error:8.2f}" for error in errors))

# %%
columns = zip(*today.values(), strict=True)
tiny, small, fitted = (dict(zip(today, column, strict=True)) for column in columns)
# Claim: from 0.01 no method gets below 0.7 of the mean image's error.
assert min(tiny.values()) > 0.7 * mean_error
# Claim: by the fitting rule all end below 0.8 of the mean image's error, and 0.75 of
# their own from 0.01.
assert max(fitted.values()) < 0.8 * mean_error
assert all(errors[2] < 0.75 * errors[0] for errors in today.values())
# Claim: by the fitting rule Adam is ahead of momentum, for both units.
assert fitted["logistic, Adam"] < fitted["logistic, momentum"]
assert fitted["ReLU, Adam"] < fitted["ReLU, momentum"]
# Claim: at 0.1, logistic units with Adam lead momentum by more than 2, but stay above
# 0.75 of the mean image's error.
assert 0.75 * mean_error < small["logistic, Adam"] < small["logistic, momentum"] - 2
# Claim: at 0.1, ReLU with momentum gets below 0.6 of the mean image's error.
assert small["ReLU, momentum"] < 0.6 * mean_error

# %% [markdown]
# Go through it from left to right.
#
# - **At 0.01** none of the four gets far. Adam alone is no cure: with logistic units it
#   stays near the mean image, though its steps do not depend on the size of the
#   gradient. With ReLU it gets off the ground, and no more than that.
# - **At 0.1** the units make the difference. Logistic units with Adam begin to move.
#   With ReLU even momentum does well. But do not put that down to the unit alone: for
#   ReLU, 0.1 is close to He's rule, so it is a fitting start as well.
# - **With the rule that fits**, all four learn, also the combination of 1986: logistic
#   units and momentum. Adam is ahead of momentum for both units.
#
# So what failed in Chapter 1, the units, the start or the optimiser? For this network
# it was the start that did not fit the units. ReLU and Adam make it better, and they
# forgive more, but neither replaces a start that fits. The rule is one line, and no new
# invention: LeCun and others gave one for tanh in
# [1998](https://doi.org/10.1007/3-540-49430-8_2). And at the paper's own scale?
# [Sutskever et al. (2013)](https://proceedings.mlr.press/v28/sutskever13.html) did
# train its networks from random weights, chosen with care, by momentum.
#
# > **Note.** A thousand steps and 2,000 digits are little. PCA with 30 components has
# > an error of 13.87 (learnt from all 60,000), which no network of this chapter
# > reaches. What we compared is who gets going.

# %%
# Claim: none of the networks of the last comparison reaches PCA's 13.87.
assert min(error for errors in today.values() for error in errors) > 13.87

# %% [markdown]
# ## What would a good start be?
#
# Let us collect what we know.
#
# - It keeps signals and gradients at one size through all layers. A rule like Glorot's
#   or He's does that, once it fits the unit.
# - It keeps them apart in *all* directions. A rule sets the size of the weights. Their
#   directions remain random, and know nothing of digits.
# - It would be better still if the first layers already held something useful, such as
#   strokes, when the others begin to learn from them. The paper asks for initial
#   weights that are *close to a good solution*.
#
# Where could such weights come from, before the network was trained? There is a
# loophole in our measurements. With **one** hidden layer each way, small weights were
# no obstacle. So let one layer learn at a time: the first from the digits, the second
# from what the first has found, and so on, never more than one layer deep. Then unfold
# the stack to a deep autoencoder, and train all of it from there. That was the answer
# of 2006, and it is the subject of the [next chapter](03_rbm.ipynb).

# %% [markdown]
# ## Summary
#
# - Signals and gradients pass through a product of Jacobians. Small weights shrink all
#   directions by a factor for each layer; large ones let a few through and lose the
#   rest.
# - With one hidden layer each way, small weights learn. With three, they stay at the
#   mean image: the paper's second statement, measured.
# - Large weights failed at both depths, hardly better than the mean image, if at all.
#   In the deep network the training itself had cut the signal, right behind the code.
# - A rule for the start has to know the units. Four times Glorot's lets the deep
#   logistic network learn with the optimiser of 1986; Glorot's and He's own hardly do.
# - Adam and ReLU help, and forgive more. From 0.01 they do not get far either.
#
# ## Further reading
#
# - G. E. Hinton & R. R. Salakhutdinov (2006), *Reducing the dimensionality of data with
#   neural networks*,
#   [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647)
# - X. Glorot & Y. Bengio (2010), *Understanding the difficulty of training deep
#   feedforward neural networks*, [PMLR
#   9:249-256](https://proceedings.mlr.press/v9/glorot10a.html), with pictures of
#   saturating units like ours
# - K. He, X. Zhang, S. Ren & J. Sun (2015), *Delving deep into rectifiers*,
#   [doi:10.1109/ICCV.2015.123](https://doi.org/10.1109/ICCV.2015.123)
# - I. Sutskever, J. Martens, G. Dahl & G. Hinton (2013), *On the importance of
#   initialization and momentum in deep learning*, [PMLR
#   28(3):1139-1147](https://proceedings.mlr.press/v28/sutskever13.html), which trained
#   the paper's autoencoders without pretraining
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/02_initialisation.ipynb), which check themselves.
# - **Next:** [Chapter 3](03_rbm.ipynb) learns one layer at a time, and so finds
#   a start that knows something of digits.
# - **Previous:** [Chapter 1](01_motivation.ipynb) showed what codes are good for.
