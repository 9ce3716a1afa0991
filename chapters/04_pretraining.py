# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Pretraining: stack, unroll, fine-tune
#
# A restricted Boltzmann machine turns a digit into features
# ([Chapter 3](03_rbm.ipynb)). In 2006, four of them on top of each other made a deep
# autoencoder trainable, and *pretraining* became the way into deep networks. Was it the
# machines, the idea of training one layer at a time, or only the lack of a better random
# initialisation? In this chapter we build the autoencoder of 2006 and then run a race in
# which every rival is tuned with the same care.
#
# **What you will do**
#
# - Train a stack of RBMs layer by layer, unroll it into an autoencoder of eight layers,
#   and fine-tune it.
# - Measure what fine-tuning does to each of the eight layers.
# - Race three kinds of pretraining against three random initialisations, with two
#   optimisers.
# - Train classifiers with 100 to 1000 labels, with and without pretraining.
#
# **What you will learn**
#
# - Why layers can be trained one at a time, and why that alone is not enough.
# - What pretraining is worth at a given budget, and when it is worth nothing.
# - Which part of the idea survived, from 2006 to BERT.
#
# **What you will need**
#
# - [Chapter 2](02_initialisation.ipynb) for initial weights, [Chapter 3](03_rbm.ipynb)
#   for RBMs.
#
# **Time:** about 40 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf

from ae_lib import COLOURS, RBM, SEED, Stack, claim, load_mnist, set_seed, show
from ae_lib import squared_error, unroll, use_style

set_seed()
use_style()

# %% [markdown]
# ## Stack
#
# Our network is smaller than the paper's 784-1000-500-250-30, and it learns from 5,000
# digits. We set 2,000 more aside for *validation*: every choice in this chapter is made
# on them, and the test digits are only used to report.

# %%
SIZES = [784, 256, 128, 64, 30]  # from the pixels to the code
N_DIGITS, BATCH = 5000, 50
PRETRAINING = 6  # epochs of each layer
EPOCHS = 6  # epochs of fine-tuning
SEEDS = [SEED + k for k in range(3)]


# %%
digits = load_mnist(n_train=N_DIGITS, n_validation=2000)
x_train, x_test = digits.x_train, digits.x_test
x_validation = digits.x_validation

# %% [markdown]
# One RBM describes a digit by features, each with a probability of being on. These
# probabilities are data again, numbers between 0 and 1, and a second RBM can learn what
# is typical of *them*. A third learns from the second, and a fourth from the third. The
# method is **greedy**: each layer does its best with what the layer below provides, and
# the layer below is not changed any more. The left column of the figure shows the four
# RBMs; read it upwards.

# %%
from ae_lib import plot_pretraining

show(plot_pretraining(SIZES))

# %% [markdown]
# Why should a second layer help? An RBM assumes that its hidden units are switched on by
# a rather simple distribution, the one that its own weights define. The features that
# real digits evoke do not follow that distribution exactly. A second RBM that is trained
# on these features can describe them better, and with them the digits. Under conditions
# that practice does not quite meet (the second RBM starts as the first one upside down,
# and learns by maximum likelihood), each new layer improves a lower bound on the
# log-likelihood of the data
# ([Hinton, Osindero & Teh 2006](https://doi.org/10.1162/neco.2006.18.7.1527)).
#
# In code, greedy training is a loop: fit an RBM, transform the data, continue with the
# transformed data. The last layer, the code, has linear units with Gaussian noise, which
# need a smaller learning rate. We train three stacks that differ in their random seed.

# %%
RBM_RATE = 0.1  # learning rate; a tenth of it for the linear code
LOGISTIC = {"learning_rate": RBM_RATE}
LINEAR = {"learning_rate": RBM_RATE / 10, "hidden": "gaussian"}


def stack_of_rbms(seed):
    """Train RBMs on top of each other."""
    rbms, data = [], x_train
    for place, n_units in enumerate(SIZES[1:], start=1):
        kind = LINEAR if place == len(SIZES) - 1 else LOGISTIC
        rbm = RBM(n_units, n_iter=PRETRAINING, batch_size=BATCH,
                  random_state=100 * seed + place, **kind)
        rbms.append(rbm.fit(data))
        data = rbm.transform(data)
    return Stack(rbms)


# %%
stacks = [stack_of_rbms(seed) for seed in SEEDS]

# %% [markdown]
# (`ae_lib.pretrain` does the same in one call, shows the layer and its epochs, and can
# keep finished layers in files.)
#
# ## Unroll
#
# The middle column of the figure turns the stack into a network, with $W_l$ for our
# $W^{(l)}$. On the way up, each RBM computes the probabilities of its hidden units, which
# is exactly what a `Dense` layer with a sigmoid computes. On the way down, each RBM uses
# the *same* weights, transposed, with its visible biases:
#
# $$h^{(l)} = \sigma\big(b^{(l)} + W^{(l)\top} h^{(l-1)}\big) \tag{4.1}$$
#
# $$\hat h^{(l-1)} = \sigma\big(a^{(l)} + W^{(l)} \hat h^{(l)}\big) \tag{4.2}$$
#
# Here $(l)$ marks the $l$-th RBM, $h^{(0)} = x$ and $\hat h^{(0)} = \hat x$. Only the code
# has no $\sigma$. `unroll` copies the weights into a Keras model, and a pass through the
# RBMs by hand gives the same numbers.

# %%
unrolled = [unroll(stack) for stack in stacks]
for part in unrolled[0].layers:
    print(part.name, [layer.units for layer in part.layers])

# %%
by_hand = stacks[0].decode(stacks[0].encode(x_validation))
by_keras = unrolled[0].predict(x_validation, verbose=0)
assert np.allclose(by_keras, by_hand, atol=1e-4)

# %% [markdown]
# No part of this network has ever seen the error of the whole. How good is it? Our
# baselines are the mean image and PCA with as many components as the code has numbers,
# its pixels clipped to the range from 0 to 1.
#
# > **Predict.** Where is the unrolled network: near the mean image, near PCA, or better
# > than PCA?

# %%
from sklearn.decomposition import PCA

pca = PCA(SIZES[-1], random_state=0).fit(x_train)


def by_pca(x):
    return np.clip(pca.inverse_transform(pca.transform(x)), 0, 1)


pca_error = squared_error(x_test, by_pca(x_test))
mean_error = squared_error(x_test, np.broadcast_to(pca.mean_, x_test.shape))

# %% tags=["nbval-ignore-output"]
unrolled_error = [
    squared_error(x_test, network.predict(x_test, verbose=0))
    for network in unrolled
]
names = [f"unrolled, seed {seed}" for seed in SEEDS]
pd.DataFrame(
    {"squared error": [mean_error, *unrolled_error, pca_error]},
    index=["mean image", *names, f"PCA-{SIZES[-1]}"],
).round(1)

# %%
claim(
    "unrolled, the stack's error is above 1.3 times PCA's and below 0.7 of the "
    "mean image's, three times",
    1.3 * pca_error < min(unrolled_error)
    and max(unrolled_error) < 0.7 * mean_error,
)

# %% [markdown]
# It is in between: the stack has learnt a great deal about digits, but PCA, which takes
# less than a second, reconstructs them better. Four good layers do not add up to a good
# autoencoder. Each of them loses a little, and none of them was trained to compensate for
# what the others lose.
#
# ## Fine-tune
#
# The right column of the figure treats the result as an ordinary network. Backpropagation
# now changes all eight matrices at once. The loss is the cross-entropy between pixels and
# reconstruction, in nats, summed over the pixels of an image. As in 2006, the optimiser is
# gradient descent with momentum. (The paper used conjugate gradients on large batches.)
#
# We want the result for three seeds, and later for many contestants. Networks of one shape
# can be trained at once: their weights get a leading axis, one place for each network, and
# a matrix product with such an array is a product for each of them. They share a graph and
# nothing else.

# %%
CODE = len(SIZES) - 2  # the place of the linear layer


def together(networks):
    """Lists of weights and biases as variables with a leading axis."""
    joined = [np.stack(arrays) for arrays in zip(*networks, strict=True)]
    shaped = [a if a.ndim == 3 else a[:, None] for a in joined]
    return [keras.Variable(a, dtype="float32") for a in shaped]


# %%
def logits(weights, x, hidden=tf.sigmoid, linear=CODE):
    """What enters the output units, shape (networks, digits, units)."""
    for place in range(len(weights) // 2):
        z = tf.matmul(x, weights[2 * place]) + weights[2 * place + 1]
        x = z if place == linear else hidden(z)
    return z


# %% [markdown]
# The loss is computed from what enters the output units, as in
# [Chapter 2](02_initialisation.ipynb). Each network has mini-batches of its own, drawn
# with its own seed.


# %% tags=["hide-input"]
def batches(epoch, n_digits=N_DIGITS):
    """Numbers of the digits in each mini-batch: (steps, networks, BATCH)."""
    steps = n_digits // BATCH
    generators = [np.random.default_rng([seed, epoch]) for seed in SEEDS]
    orders = [rng.permutation(n_digits)[: steps * BATCH] for rng in generators]
    return np.reshape(orders, (len(SEEDS), steps, BATCH)).swapaxes(0, 1)


# %% tags=["hide-input"]
def errors_of(weights, x, **units):
    """Mean squared error of each network."""
    blocks = [tf.sigmoid(logits(weights, block, **units)) - block
              for block in np.array_split(x, -(-len(x) // 1000))]
    sums = [tf.reduce_sum(difference**2, axis=(1, 2)) for difference in blocks]
    return sum(np.float64(each) for each in sums) / len(x)


# %%
def cross_entropy(weights, seen, x, **units):
    """Mean over a mini-batch, summed over networks, which share no weight."""
    z = logits(weights, seen, **units)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(x, z)
    return tf.reduce_sum(losses) / BATCH


# %% [markdown]
# Training is the loop of [Chapter 2](02_initialisation.ipynb), an epoch in one graph. It
# can hide a share of the input from the network, which we shall need later.


# %%
def trainer(weights, optimizer, images=x_train, masked=0.0, **units):
    """A function of the epoch that trains networks at once."""
    shape = (len(SEEDS), *images.shape[-2:])
    images = tf.constant(np.broadcast_to(images, shape))
    optimizer.build(weights)

    @tf.function
    def steps(order, epoch):
        for step in tf.range(len(order)):
            x = tf.gather(images, order[step], batch_dims=1)
            noise = tf.random.stateless_uniform(tf.shape(x), [epoch, step])
            seen = tf.where(noise < masked, 0.0, x) if masked else x
            with tf.GradientTape() as tape:
                loss = cross_entropy(weights, seen, x, **units)
            optimizer.apply(tape.gradient(loss, weights), weights)

    return lambda epoch: steps(tf.constant(batches(epoch)), tf.constant(epoch))


# %%
def fine_tune(weights, optimizer, epochs=EPOCHS, **units):
    """Train; return the validation errors, shape (epochs + 1, networks)."""
    train_epoch = trainer(weights, optimizer, **units)
    errors = [errors_of(weights, x_validation, **units)]
    for epoch in range(epochs):
        train_epoch(epoch)
        errors.append(errors_of(weights, x_validation, **units))
    return np.array(errors)


# %% [markdown]
# > **Predict.** The unrolled networks are worse than PCA. After how many epochs of
# > fine-tuning will they beat it?

# %%
RATE = 0.01

pretrained = together([network.get_weights() for network in unrolled])
before = [weight.numpy() for weight in pretrained]
curve = fine_tune(pretrained, keras.optimizers.SGD(RATE, momentum=0.9))
after = [weight.numpy() for weight in pretrained]

# %% tags=["nbval-ignore-output"]
tuned_error = errors_of(pretrained, x_test)
pd.DataFrame(
    {"unrolled": unrolled_error, "fine-tuned": tuned_error,
     f"PCA-{SIZES[-1]}": pca_error},
    index=[f"seed {seed}" for seed in SEEDS],
).round(1)

# %% tags=["nbval-ignore-output", "hide-input"]
pca_validation = squared_error(x_validation, by_pca(x_validation))
fig, ax = plt.subplots(figsize=(7.5, 3.6))
ax.plot(curve, "o-", color=COLOURS["autoencoder"], markersize=4)
ax.axhline(pca_validation, color=COLOURS["pca"], linestyle="--")
ax.text(0, pca_validation - 0.3, f"PCA-{SIZES[-1]}", va="top",
        color=COLOURS["pca"])
ax.text(0.15, curve[0].max(), "unrolled", color=COLOURS["autoencoder"])
ax.set(xlabel="epochs of fine-tuning", ylabel="squared error per image",
       xticks=range(EPOCHS + 1), ylim=(pca_validation - 3, None))
show(fig, alt="Validation error of three networks by epoch of fine-tuning. It "
     "falls from about 24 to 18 in the first epoch and to about 15 in six. PCA's "
     "error is about 13.")

# %%
claim(
    "one epoch of fine-tuning removes more than a fifth of the unrolled "
    "network's error, three times",
    max(curve[1] / curve[0]) < 0.8,
)

# %%
claim(
    "after six epochs by momentum, the networks are still behind PCA, three times",
    min(tuned_error) > pca_error,
)

# %% [markdown]
# The first epoch removes about a quarter of the error, more than all later ones together. No
# seed reaches PCA within six epochs. That is a matter of the budget: these networks have
# learnt from 5,000 digits, in 600 updates, by the optimiser of 2006. Below, the same network
# beats PCA with Adam and more updates, and [Chapter 8](08_paper.ipynb) trains the paper's own
# network until it is far ahead.

# %% tags=["hide-input"]
from ae_lib import plot_reconstructions

first = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in range(8)]


def output(weights, x, network=0):
    """Reconstructions by one of the networks."""
    return tf.sigmoid(logits(weights, x))[network].numpy()


# %% tags=["nbval-ignore-output"]
some = x_test[first]
rows = {"unrolled": unrolled[0].predict(some, verbose=0),
        "fine-tuned": output(pretrained, some)}
errors = {"unrolled": unrolled_error[0], "fine-tuned": float(tuned_error[0])}
show(plot_reconstructions(some, rows, errors=errors))

# %% [markdown]
# The unrolled network draws blurred digits that are a little too typical. After
# fine-tuning, stroke and slant are those of the digit above.
#
# ## What fine-tuning changes
#
# It is often said that fine-tuning only *slightly* changes the weights that pretraining
# found. Let us measure it for all eight layers. The change of a layer is the norm of the
# difference of its weights, divided by their norm before. As a control, we train networks
# from a good random initialisation, four times Glorot's, by the same optimiser for as
# many updates.

# %%
BOTH = [*SIZES, *SIZES[-2::-1]]  # from the pixels to the pixels


def glorot(rng, n_in, n_out):
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


# %%
def random_arrays(seed, rule, factor, sizes=BOTH, linear=CODE):
    """Weights and biases; the factor is for all but the linear layer."""
    rng, arrays = np.random.default_rng(seed), []
    for place, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        size = 1 if place == linear else factor
        arrays += [size * rule(rng, n_in, n_out), np.zeros(n_out)]
    return arrays


def random_weights(*settings, **more):
    return together([random_arrays(seed, *settings, **more) for seed in SEEDS])


# %%
random = random_weights(glorot, 4)
random_before = [weight.numpy() for weight in random]
random_curve = fine_tune(random, keras.optimizers.SGD(RATE, momentum=0.9))
random_after = [weight.numpy() for weight in random]

# %% [markdown]
# A norm says how far the weights moved, not how much this mattered. So we also undo the
# change of one layer at a time: we put its pretrained weights and biases back into the
# fine-tuned network and measure the error again.
#
# > **Predict.** Which layers change most: those next to the pixels, or those next to the
# > code? Encoder or decoder? Which one would you least like to undo?


# %% tags=["hide-input"]
def norm(matrices):
    return np.linalg.norm(matrices, axis=(1, 2))


def change(before, after):
    """Relative change of each weight matrix: (layers, networks)."""
    pairs = zip(before[::2], after[::2], strict=True)
    return np.array([norm(new - old) / norm(old) for old, new in pairs])


# %%
def undone(layer):
    """Validation errors with one layer as it was before fine-tuning."""
    mixed = list(after)
    mixed[2 * layer : 2 * layer + 2] = before[2 * layer : 2 * layer + 2]
    return errors_of(mixed, x_validation)


# %% tags=["nbval-ignore-output"]
n_layers = len(after) // 2
moved = change(before, after)
random_moved = change(random_before, random_after)
undo = np.array([undone(layer) for layer in range(n_layers)]) - curve[-1]

# %% tags=["nbval-ignore-output"]
layer_names = [f"{a} → {b}" for a, b in itertools.pairwise(BOTH)]
pd.DataFrame(
    {"change": moved.mean(axis=1),
     "change, from random weights": random_moved.mean(axis=1),
     "error added when undone": undo.mean(axis=1)},
    index=layer_names,
).round(2)

# %%
claim(
    "all layers moved: each by more than 5 %, and the two next to the code by "
    "more than twice as much as any other",
    moved.min() > 0.05
    and min(moved[CODE].min(), moved[CODE + 1].min())
    > 2 * np.delete(moved, [CODE, CODE + 1], axis=0).max(),
)

# %%
claim(
    "undoing the change of any single layer adds more than 0.5 to the error",
    undo.min() > 0.5,
)

# %% [markdown]
# Every layer moved, the decoder as much as the encoder. In six of the eight, the weights
# changed by about a fifth of their norm or less, and the features of the first layer keep
# their appearance, as the figure below shows. The two layers around the code are another
# matter: more than half of what they were is new. "Fine-tuning hardly changes the weights"
# is true of the first layer, where everybody looks, and false of the code.
#
# Small changes are not unimportant changes. Undoing the change of any one layer costs more
# than half a unit of error, and those in the decoder cost most. The control puts the
# relative changes into perspective: from random weights, the encoder's hidden layers moved
# even less, and the output layer moved several times as far.

# %% tags=["nbval-ignore-output", "hide-input"]
units = np.linspace(0, SIZES[1] - 1, 8).astype(int)
panels = {
    "pretrained": before[0][0].T[units],
    "tuned, encoder": after[0][0].T[units],
    "tuned, decoder": after[-2][0][units],
}
fig, axes = plt.subplots(3, 8, figsize=(7.5, 3.1))
for row, (name, features) in zip(axes, panels.items(), strict=True):
    for ax, feature, unit in zip(row, features, units, strict=True):
        limit = np.abs(before[0][0][:, unit]).max()
        ax.imshow(feature.reshape(28, 28), cmap="PuOr", vmin=-limit, vmax=limit)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    row[0].set_ylabel(name, rotation=0, ha="right", va="center")
show(fig, alt="Weights of eight units of the first hidden layer in three rows: "
     "pretrained, fine-tuned in the encoder, fine-tuned in the decoder. The rows "
     "show nearly the same strokes, orange where weights are negative, purple "
     "where they are positive.")

# %% [markdown]
# Each column is one unit of the first hidden layer, with one colour scale for the column:
# orange weights are negative, purple ones positive. The first two rows are hard to tell
# apart. The third shows the weights that the decoder uses for the same unit. Before
# fine-tuning they were a copy; how far are encoder and decoder apart now?

# %% tags=["nbval-ignore-output"]
encoder, decoder = after[:n_layers:2], after[-2 : n_layers - 1 : -2]
apart = np.array([
    norm(up - down.swapaxes(1, 2)) / norm(up)
    for up, down in zip(encoder, decoder, strict=True)
])
pd.DataFrame({"distance, relative to the encoder's": apart.mean(axis=1)},
             index=layer_names[: len(encoder)]).round(2)

# %%
claim(
    "fine-tuning unties each pair of transposes by more than a tenth",
    apart.min() > 0.1,
)

# %% [markdown]
# ## The race: rules
#
# What is pretraining worth? A race against small random weights proves little, because we
# know from [Chapter 2](02_initialisation.ipynb) that these are hopeless for logistic units.
# The pretrained network has to beat rivals in good form. (In the first edition of this
# chapter it met no such rival, and won by a wide margin.) Six ways to initialise the network
# compete:
#
# | initialisation | hidden units | its own number |
# |---|---|---|
# | RBMs ([Hinton & Salakhutdinov 2006](https://doi.org/10.1126/science.1127647)) | logistic | learning rate of pretraining |
# | shallow autoencoders ([Bengio et al. 2007](https://proceedings.neurips.cc/paper/2006/hash/5da713a690c067105aeb2fae32403405-Abstract.html)) | logistic | learning rate of pretraining |
# | denoising autoencoders ([Vincent et al. 2008](https://doi.org/10.1145/1390156.1390294)) | logistic | learning rate of pretraining |
# | random, a factor times Glorot's rule ([Glorot & Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html)) | logistic | the factor |
# | random orthogonal matrices times a factor ([Saxe et al. 2014](https://arxiv.org/abs/1312.6120)) | logistic | the factor |
# | random, a factor times He's rule ([He et al. 2015](https://arxiv.org/abs/1502.01852)) | ReLU | the factor |
#
# The second and the third are the control that matters most for 2006. They are stacked like
# RBMs, but each layer is an ordinary autoencoder with one hidden layer, trained by
# backpropagation to reproduce its input. A *denoising* one sees its input with a quarter of
# the values set to 0, and has to return the undamaged input. If they do as well, then the
# gain does not come from RBMs but from training one layer at a time.
#
# - **Everybody gets the same search.** Five or six values of the initialisation's own number,
#   tried with Adam, then six learning rates of fine-tuning for each optimiser, each value
#   twice the one before. The lowest validation error wins. The search uses a random seed of
#   its own; the winners run again with three new seeds.
# - **Two optimisers:** gradient descent with momentum 0.9, and Adam, both with a constant
#   learning rate.
# - **Two budgets:** 600 and 1500 updates, that is 6 and 15 epochs. The search is repeated
#   for each.
# - **Pretraining is not free.** We report equal updates, where pretraining is ignored, and
#   equal time, where the processor time that it took is subtracted.
#
# The whole search takes a quarter of an hour on one core. `python -m ae_lib.paper race`
# runs it, and its results, with all errors and settings, come with the library as
# `ae_lib/results/race.json`.

# %%
from ae_lib.results import load_results

NAMES = {"rbm": "RBMs", "shallow": "shallow autoencoders",
         "denoising": "denoising autoencoders", "glorot": "random, Glorot",
         "orthogonal": "random, orthogonal", "he": "random, ReLU, He"}
race = {run["method"]: run for run in load_results("race")[0]["runs"]}
short, long = race["rbm_adam"]["settings"]["budgets"]


# %% tags=["hide-input"]
def tried(method, budget=0):
    """Learning rates and validation errors of a search, as a series."""
    grid = race[method]["rates_tried"]
    errors = np.array(grid["errors"][budget], float)  # nan where it diverged
    return pd.Series(errors, index=grid["values"])


# %% tags=["hide-input"]
rows = []
for start, optimizer in itertools.product(NAMES, ("momentum", "adam")):
    method = f"{start}_{optimizer}"
    errors = tried(method)
    padded, at = [np.nan, *errors, np.nan], int(np.nanargmin(errors))
    rows.append([NAMES[start], race[method]["number"], optimizer,
                 errors.index[at], *np.round(padded[at : at + 3], 1)])
columns = ["initialisation", "own number", "optimiser", "rate", "half the rate",
           "this rate", "twice the rate"]
pd.DataFrame(rows, columns=columns)

# %% [markdown]
# The table shows the search for the short budget: validation errors at the best learning
# rate, at half of it and at twice as much. A missing number means that training diverged
# there, or that the best rate is the last of its grid. In that case a better one might be
# outside.

# %% tags=["hide-input"]
grids = [run["numbers_tried"]["errors"] for run in race.values()]
for run in race.values():
    grids += run["rates_tried"]["errors"]
best = np.array([np.nanargmin(np.array(grid, float)) for grid in grids])
inside = (best > 0) & (best < [len(grid) - 1 for grid in grids])
print(f"{inside.sum()} of {len(grids)} searches: best value inside the grid")

# %% [markdown]
# ## The race: results
#
# > **Predict.** Write down an order of the six initialisations, once for momentum and once
# > for Adam. Which of the two optimisers needs pretraining more?


# %%
def reached(method, budget):
    """Test errors of the winner's three seeds."""
    return np.array(race[method]["winners"][budget]["errors"], float)


# %% tags=["hide-input"]
table = pd.DataFrame(index=list(NAMES))
for budget, epochs in enumerate((short, long)):
    for optimizer in ("momentum", "adam"):
        table[f"{optimizer}, {epochs} epochs"] = [
            reached(f"{start}_{optimizer}", budget).mean() for start in NAMES
        ]
table.rename(index=NAMES).round(1)

# %% [markdown]
# The errors are means over three seeds, on test digits. Read the momentum columns first; they
# are the situation of 2006. All three kinds of pretraining leave the random logistic
# networks far behind, even though these use the factor of four that
# [Chapter 2](02_initialisation.ipynb) recommends (the search confirms it), and a budget two
# and a half times as large does not close the gap. Adam narrows the gap and does not close it
# either. For logistic units and budgets like these, pretraining was worth having.
#
# Now compare the three kinds with each other. Stacked shallow autoencoders do better than
# stacked RBMs in every column, and denoising ones do best of all. So the gain does not
# require RBMs, nor energies and sampling. What the three have in common is that they train
# one layer at a time, without labels.

# %%
layered = table.loc[["rbm", "shallow", "denoising"]]
logistic = table.loc[["glorot", "orthogonal"]]
claim(
    "in the stored race, the worst kind of pretraining ends below 0.75 of the best "
    "random logistic initialisation, with each optimiser and each budget",
    (layered.max() / logistic.min()).max() < 0.75,
)

# %%
adam = [f"adam, {short} epochs", f"adam, {long} epochs"]
claim(
    "in the stored race, with Adam, stacked autoencoders end more than 0.4 below "
    "stacked RBMs",
    (table.loc["rbm"] - layered.drop("rbm").max())[adam].min() > 0.4,
)

# %% [markdown]
# The table below condenses the race: for each group, the test error of the contestant that
# the search prefers. The last row is generous to the random networks. They get nine epochs
# more, which is longer than any pretraining took.

# %% tags=["hide-input"]
GROUPS = {"RBMs": ["rbm"], "autoencoders": ["shallow", "denoising"],
          "random, logistic": ["glorot", "orthogonal"], "random, ReLU": ["he"]}
EITHER = ("momentum", "adam")


def best_error(starts, optimizers, budget):
    """Mean test error of the contestant that the search prefers."""
    methods = [f"{start}_{o}" for start in starts for o in optimizers]
    best = min(methods, key=lambda method: tried(method, budget).min())
    return reached(best, budget).mean()


# %% tags=["hide-input"]
comparisons = {
    f"momentum, {short} epochs": (("momentum",), 0, 0),
    f"Adam, {short} epochs": (("adam",), 0, 0),
    f"momentum, {long} epochs": (("momentum",), 1, 1),
    f"Adam, {long} epochs": (("adam",), 1, 1),
    f"either, {short} epochs if pretrained, else {long}": (EITHER, 0, 1),
}
bought = pd.DataFrame(index=comparisons, columns=list(GROUPS), dtype=float)
for name, (optimizers, first, later) in comparisons.items():
    for group, starts in GROUPS.items():
        budget = later if "random" in group else first
        bought.loc[name, group] = best_error(starts, optimizers, budget)
bought.round(1)

# %% [markdown]
# The answer to "what is pretraining worth?" depends on the row and the column. With momentum,
# it more than halves the error of logistic networks after 6 epochs. With Adam, it removes
# about two fifths of it after 6 epochs, and about a third after 15. Against rectified units
# with He's rule and Adam, it is ahead after 6 epochs; after 15, only the autoencoders still
# are; and the last row, in
# which the random network may use the time that pretraining takes, goes to ReLU. Exactly
# equal time is measured in the next table: the processor time of pretraining, in epochs of
# fine-tuning, is subtracted from a total of 15 epochs. (These are validation errors, which
# were recorded after every epoch.)


# %% tags=["hide-input"]
def better(start, budget):
    """The contestant with the optimiser that did better in the search."""
    methods = [f"{start}_{optimizer}" for optimizer in ("momentum", "adam")]
    return min(methods, key=lambda method: tried(method, budget).min())


def at_equal_time(start):
    """Epochs that pretraining cost, and errors when these are subtracted."""
    run = race[better(start, 1)]
    winner = run["winners"][1]
    seconds = np.mean(run["pretraining_seconds"])
    spent = int(np.ceil(seconds / winner["seconds_per_epoch"]))
    return spent, np.array(winner["validation_curves"])[:, max(long - spent, 0)]


# %% tags=["hide-input"]
rows = {}
for start in NAMES:
    spent, errors = at_equal_time(start)
    rows[NAMES[start]] = {"pretraining, in epochs": spent,
                          "error": errors.mean(), "lowest": errors.min(),
                          "highest": errors.max()}
equal_time = pd.DataFrame(rows).T
equal_time.round(1)

# %%
errors = equal_time["error"]
relu = errors[NAMES["he"]]
claim(
    "in the stored race, at equal time, pretraining is more than 4 ahead of random "
    "logistic networks, and less than 0.7 ahead of ReLU",
    errors[:3].max() + 4 < errors[3:5].min() and errors[:3].min() > relu - 0.7,
)

# %% [markdown]
# So pretraining buys next to nothing here once we change what came into use later: rectified
# units with an initialisation made for them, and an optimiser that adapts its steps. At equal
# time, the random ReLU network is about as good as the pretrained logistic ones. It takes
# both changes: ReLU with momentum and logistic units with Adam, each without pretraining,
# end 5 to 6 units behind the best.
#
# Three cautions. Processor times depend on the machine and on what else it does; by
# arithmetic, one epoch of pretraining for all layers costs five sixths of an epoch of
# fine-tuning, five epochs in all. The initialisation's own number was searched with Adam
# alone, so a network may do somewhat better with momentum than the table says. And these are
# 5,000 digits and at most 1500 updates. From 6 to 15 epochs the gaps shrank. Whether they
# close with more was not measured here; [Chapter 8](08_paper.ipynb) trains the paper's own
# network for longer.
#
# ### The race again, in this notebook
#
# You need not believe a file. We repeat a part of the race here: RBMs, denoising
# autoencoders and the two random initialisations of most interest, each with its winner's
# settings for the short budget. First the stack of autoencoders. `trainer` from above
# trains them; each layer is a network of two matrices.


# %%
def stack_of_autoencoders(rate, masked=0.0):
    """Train shallow autoencoders on top of each other; put them together."""
    up, down, data = [], [], np.stack([x_train] * len(SEEDS))
    for place, (n_in, n_out) in enumerate(itertools.pairwise(SIZES)):
        linear = 0 if place == CODE else None
        weights = random_weights(glorot, 4, (n_in, n_out, n_in), linear)
        adam = keras.optimizers.Adam(rate)
        train_epoch = trainer(weights, adam, data, masked, linear=linear)
        for epoch in range(PRETRAINING):
            train_epoch(epoch)
        data = tf.sigmoid(tf.matmul(data, weights[0]) + weights[1]).numpy()
        up, down = up + weights[:2], weights[2:] + down
    return up + down


# %% tags=["hide-input"]
def he(rng, n_in, n_out):
    return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))


def initial(start, number):
    """Weights of one network for each seed."""
    if start == "rbm":
        return together([network.get_weights() for network in unrolled])
    if start == "denoising":
        return stack_of_autoencoders(number, masked=0.25)
    if start == "he":
        return random_weights(he, number)
    return random_weights(glorot, number)


# %% tags=["hide-input"]
def optimizer_of(method):
    """The winner's optimiser, with its learning rate for the short budget."""
    rate = race[method]["winners"][0]["rate"]
    if method.endswith("adam"):
        return keras.optimizers.Adam(rate)
    return keras.optimizers.SGD(rate, momentum=0.9)


# %%
LIVE = ["rbm", "denoising", "glorot", "he"]

here, curves = {}, {}
for start in LIVE:
    method, units = better(start, 0), {}
    if start == "he":
        units = {"hidden": tf.nn.relu}
    weights = initial(start, race[method]["number"])
    curves[start] = fine_tune(weights, optimizer_of(method), **units)
    here[start] = errors_of(weights, x_test, **units)

# %% tags=["nbval-ignore-output", "hide-input"]
stored = [reached(better(start, 0), 0).mean() for start in LIVE]
pd.DataFrame(
    {"stored": stored, "here": [here[start].mean() for start in LIVE],
     "lowest": [here[start].min() for start in LIVE],
     "highest": [here[start].max() for start in LIVE]},
    index=[NAMES[start] for start in LIVE],
).round(1)

# %%
ratios = np.array([here[start].mean() for start in LIVE]) / stored
claim(
    "the four contestants end here within a tenth of their stored errors",
    ratios.min() > 0.9 and ratios.max() < 1.1,
)

# %% tags=["nbval-ignore-output", "hide-input"]
LOOKS = {"rbm": ("autoencoder", "o-"), "denoising": ("autoencoder", "s:"),
         "glorot": ("other", "^-"), "he": ("data", "v-")}
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 4.2), sharey=True)
for start, (key, style) in LOOKS.items():
    spent, _ = at_equal_time(start)
    whole = race[better(start, 1)]["winners"][1]["validation_curves"]
    kind = {"color": COLOURS[key], "markersize": 4, "linewidth": 1.2}
    left.plot(curves[start], style, **kind)
    epochs = np.arange(spent, long + 1)
    right.plot(epochs, np.transpose(whole)[: len(epochs)], style, **kind)
    right.plot([], [], style, label=NAMES[start], **kind)
left.set(title="equal updates, here", xlabel="epochs of fine-tuning")
left.set(ylabel="squared error per image", ylim=(8, 36))
right.set(title="equal time, stored", xlabel="processor time, in epochs")
right.set(xlim=(-0.5, long + 0.5), xticks=range(0, long + 1, 3))
fig.legend(loc="outside lower center", ncols=2)
show(fig, alt="Validation error of four contestants, three seeds each. At "
     "equal updates both pretrained ones are ahead, and Glorot's rule is last. "
     "When pretraining is counted, they meet ReLU after about 8 epochs and "
     "stay with it; Glorot's rule stays behind.")

# %% [markdown]
# On the left, what this notebook computed; on the right, the stored runs with the long budget,
# shifted by the time that pretraining took. On the left, pretraining wins, and on the right,
# the ReLU network is level with it from the moment when the pretrained ones are ready. Only
# the random logistic networks are still behind.

# %% [markdown]
# ## Few labels
#
# The race was about fitting the digits. Labels are another matter. When only few digits have
# one, a network with hundreds of thousands of weights can fit them in many ways, and
# pretraining might lead it to a better one: it has seen thousands of digits without labels.
#
# We train classifiers with the layers 784-256-128-64 and ten softmax units. Their hidden
# layers are pretrained as a stack of RBMs on 10,000 digits without labels, or are random, in
# the two forms that suit their units. For each of them, the learning rate (eight values) and
# the number of updates of Adam (twenty values) are chosen by cross-validation on two sets of
# labelled digits; then six networks learn from six other sets. Logistic regression on pixels,
# with its penalty chosen in the same way, is the baseline. `python -m ae_lib.paper
# few_labels` makes these choices, and the table has its results on the test digits.
#
# > **Predict.** With 100 labels, ten of each class, what share of the test digits will be
# > wrong? Does pretraining help more with 100 labels or with 1000?

# %%
few = {run["method"]: run for run in load_results("few_labels")[0]["runs"]}
COUNTS = few["rbm_100"]["settings"]["labels"]
LABELLED = {"rbm": "RBMs", "glorot": "random, Glorot", "he": "random, ReLU, He",
            "linear": "logistic regression"}

# %% tags=["hide-input"]
def percent(start, n):
    """Test errors for each set of labelled digits."""
    return np.array(few[f"{start}_{n}"]["errors"])


few_table = pd.DataFrame(index=list(LABELLED))
for n in COUNTS:
    gain = {start: percent(start, n) - percent("rbm", n) for start in LABELLED}
    few_table[f"{n} labels"] = [percent(start, n).mean() for start in LABELLED]
    few_table[f"beaten, {n}"] = [np.sum(each > 0) for each in gain.values()]
few_table.rename(index=LABELLED).round(1)

# %% [markdown]
# The numbers are percent of wrong test digits, averaged over six sets of labelled digits.
# Beside them stands in how many of the six the pretrained network beat this one with the same
# labels.

# %%
means = few_table[[f"{n} labels" for n in COUNTS]]
advantage = means.drop("rbm").min() - means.loc["rbm"]
wins = few_table.loc[["glorot", "he"], [f"beaten, {n}" for n in COUNTS]]

# %%
claim(
    "with 100 labels and with 1000, the pretrained network is best, by less than "
    "3 points, and beats each random one on at least 4 of 6 sets",
    advantage.min() > 0 and advantage.max() < 3 and wins.to_numpy().min() >= 4,
)

# %% [markdown]
# Here pretraining pays, and against ReLU as well: trained on the same labels, the pretrained
# network makes fewer errors than the random ones in most of the six sets. It does not pay
# much, about one digit in a hundred. Logistic regression keeps up with the random networks at
# 100 labels, and is clearly behind at 1000. (With 100 labels, cross-validation has only 198
# held-out digits to judge by, and its choices are noisy for every contestant.)
#
# We repeat the experiment with 1000 labels here, for three sets, with the rates and numbers
# of updates that the search chose.

# %% tags=["hide-input"]
N_UNLABELLED, UNLABELLED_EPOCHS = 10_000, 10
LABELS, LABEL_BATCH = 1000, 20

plenty = load_mnist(n_train=N_UNLABELLED)


def labelled(seed, n=LABELS):
    """Numbers of labelled digits, the same number of each class."""
    rng = np.random.default_rng(seed)
    classes = [np.flatnonzero(plenty.y_train == c) for c in range(10)]
    chosen = [rng.permutation(own)[: n // 10] for own in classes]
    return np.concatenate(chosen)


# %%
from ae_lib import pretrain


def pretrained_layers(seed):
    """Weights and biases of three RBMs trained on the unlabelled digits."""
    stack = pretrain(plenty.x_train, SIZES[1:-1], code="bernoulli",
                     n_iter=UNLABELLED_EPOCHS, learning_rate=RBM_RATE,
                     random_state=seed)
    return [array for rbm in stack.rbms
            for array in (rbm.components_.T, rbm.intercept_hidden_)]


# %%
def classifiers(start):
    """Hidden layers and ten output units, one network for each seed."""
    networks = []
    for seed in SEEDS:
        if start == "rbm":
            layers = pretrained_layers(seed)
        else:
            rule, factor = {"glorot": (glorot, 4), "he": (he, 1)}[start]
            layers = random_arrays(seed, rule, factor, SIZES[:-1], linear=None)
        output_layer = random_arrays(seed, glorot, 1, (SIZES[-2], 10))
        networks.append([*layers, *output_layer])
    return together(networks)


# %%
def learn(weights, rows, rate, updates, hidden):
    """Train classifiers at once, each on labelled digits of its own."""
    x, y = tf.constant(plenty.x_train[rows]), tf.constant(plenty.y_train[rows])
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(weights)
    class_loss = tf.nn.sparse_softmax_cross_entropy_with_logits

    @tf.function
    def steps(order):
        for batch in order:
            seen, wanted = (tf.gather(a, batch, batch_dims=1) for a in (x, y))
            with tf.GradientTape() as tape:
                z = logits(weights, seen, hidden, linear=None)
                loss = tf.reduce_sum(class_loss(wanted, z)) / LABEL_BATCH
            optimizer.apply(tape.gradient(loss, weights), weights)

    rng = np.random.default_rng(SEED)
    size = (updates, len(SEEDS), LABEL_BATCH)
    steps(tf.constant(rng.integers(rows.shape[1], size=size)))


# %% tags=["hide-input"]
def percent_wrong(weights, hidden):
    """Test errors of each classifier, in percent."""
    blocks = np.array_split(x_test, 10)
    z = [logits(weights, x, hidden, linear=None) for x in blocks]
    found = np.concatenate([np.argmax(block, axis=-1) for block in z], axis=1)
    return 100 * np.mean(found != digits.y_test, axis=1)


# %%
nearest = min(COUNTS, key=lambda n: abs(np.log(n / LABELS)))
rows = np.stack([labelled(seed) for seed in SEEDS])
wrong = {}
for start in ("rbm", "glorot", "he"):
    weights, chosen = classifiers(start), few[f"{start}_{nearest}"]
    hidden = tf.nn.relu if start == "he" else tf.sigmoid
    learn(weights, rows, chosen["rate"], chosen["updates"], hidden)
    wrong[start] = percent_wrong(weights, hidden)

# %% tags=["nbval-ignore-output"]
pd.DataFrame(wrong, index=[f"seed {seed}" for seed in SEEDS]).rename(
    columns=LABELLED
).round(1)

# %%
gaps = [wrong[start].mean() - percent(start, nearest).mean() for start in wrong]
claim(
    "in this notebook, all three end within two points of their stored means",
    max(np.abs(gaps)) < 2,
)

# %% [markdown]
# ## What became of pretraining
#
# For a few years, deep networks were pretrained layer by layer, by RBMs or by denoising
# autoencoders. [Erhan et al. (2010)](https://jmlr.org/papers/v11/erhan10a.html) asked why
# it helps classifiers, with hundreds of runs, and concluded that it acts mainly as a
# regulariser: it leads training into a region of weights that generalise better. For
# autoencoders, where the difficulty was to fit the training data at all, other remedies
# were found: an optimiser that uses curvature ([Martens
# 2010](https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf)), initial weights
# that keep the size of signals and gradients ([Glorot & Bengio
# 2010](https://proceedings.mlr.press/v9/glorot10a.html)), carefully tuned momentum
# ([Sutskever et al. 2013](https://proceedings.mlr.press/v28/sutskever13.html)). With
# rectified units and more labelled data, greedy training went out of use.
#
# The other half of the idea is more alive than ever: first learn from data without labels,
# then adapt the whole network to a task. [BERT](https://arxiv.org/abs/1810.04805) hides some
# of the words of a text and learns to predict them from the others. [Masked
# autoencoders](https://arxiv.org/abs/2111.06377) hide three quarters of a picture and learn
# to paint them in. Both are denoising autoencoders with masking noise, as in the race above.
# What changed is that all layers learn at once, that the networks are larger by many powers
# of ten, and that data without labels are plentiful while labels are not. Which part of this
# do digits show? Only the last one can be tried here.

# %% [markdown]
# ## What we measured
#
# | question | evidence | seeds | verdict |
# |---|---|---|---|
# | Is a stack of RBMs a good autoencoder? | error of the unrolled networks | 3 | no: above 1.3 times PCA's error |
# | Does fine-tuning hardly change the weights? | change of every layer; each change undone | 3 | true of the first layer; the two around the code change by about half, and every layer's change matters |
# | Does pretraining help logistic units? | race, two optimisers, two budgets, equal time | 3 | yes: each kind ends below 0.75 of the best random logistic network, four times of four |
# | Does it have to be RBMs? | stacked shallow and denoising autoencoders | 3 | no: both end lower |
# | Is it needed at all? | ReLU, He's rule, Adam | 3 | no: at equal time they are about as good as any pretrained network |
# | Does it help with few labels? | test errors with 100 and 1000 labels, everything tuned | 6 | yes, against ReLU too, by two points in a hundred or less |

# %% [markdown]
# The errors of this chapter are larger than those of [Chapter 1](01_motivation.ipynb),
# although its network is smaller. The reasons stand in the columns below: 5,000 digits
# instead of 60,000, and few updates. A page of the website lists [every error of the
# course](errors.md) in this way.

# %% tags=["nbval-ignore-output", "hide-input"]
from ae_lib import list_errors

sizes = "-".join(map(str, BOTH))
data = {"learnt from": f"{N_DIGITS:,} digits"}
listed = [
    ("mean image", 0, 0, mean_error),
    (f"PCA-{SIZES[-1]}, clipped", 0, 0, pca_error),
    (f"{sizes}, RBMs, unrolled", n_layers, 0, unrolled_error),
    *((f"{sizes}, {NAMES[start]}", n_layers, EPOCHS, here[start])
      for start in LIVE),
]
fields = ["network", "layers", "epochs", "error"]
list_errors([data | dict(zip(fields, row, strict=True)) for row in listed])

# %% [markdown]
# ## Summary
#
# - RBMs can be stacked because the features of one are data for the next. Unrolled, the
#   stack is a deep autoencoder that is clearly worse than PCA; fine-tuning makes it good.
# - Fine-tuning changes every layer, the two around the code by about half, and unties
#   encoder and decoder.
# - For logistic units, pretraining was worth having at every budget that we tried. It need
#   not be RBMs: stacked autoencoders do better, denoising ones best.
# - ReLU, He's rule and Adam need no pretraining: at equal time they come as far.
# - With few labels, pretraining on unlabelled digits still pays, though not much.
#
# ## Further reading
#
# - G. E. Hinton & R. R. Salakhutdinov (2006), *Reducing the dimensionality of data with
#   neural networks*,
#   [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647)
# - G. E. Hinton, S. Osindero & Y.-W. Teh (2006), *A fast learning algorithm for deep
#   belief nets*,
#   [doi:10.1162/neco.2006.18.7.1527](https://doi.org/10.1162/neco.2006.18.7.1527)
# - Y. Bengio, P. Lamblin, D. Popovici & H. Larochelle (2007), [*Greedy layer-wise training
#   of deep
#   networks*](https://proceedings.neurips.cc/paper/2006/hash/5da713a690c067105aeb2fae32403405-Abstract.html)
# - P. Vincent, H. Larochelle, Y. Bengio & P.-A. Manzagol (2008), *Extracting and composing
#   robust features with denoising autoencoders*,
#   [doi:10.1145/1390156.1390294](https://doi.org/10.1145/1390156.1390294)
# - D. Erhan et al. (2010), [*Why does unsupervised pre-training help deep
#   learning?*](https://jmlr.org/papers/v11/erhan10a.html)
# - J. Devlin, M.-W. Chang, K. Lee & K. Toutanova (2018), *BERT*,
#   [arXiv:1810.04805](https://arxiv.org/abs/1810.04805)
# - K. He et al. (2021), *Masked autoencoders are scalable vision learners*,
#   [arXiv:2111.06377](https://arxiv.org/abs/2111.06377)
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/04_pretraining.ipynb), which check themselves.
# - **Next:** [Chapter 5](05_pca.ipynb) takes a close look at PCA, the rival that the
#   unrolled network did not beat.
# - **Previous:** [Chapter 3](03_rbm.ipynb) takes a single RBM apart.
