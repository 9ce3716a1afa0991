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
# **Time:** about 30 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import time

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

digits = load_mnist(n_train=N_DIGITS, n_validation=2000)
x_train, x_validation, x_test = digits.x_train, digits.x_validation, digits.x_test

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


def stack_of_rbms(seed):
    """Train RBMs on top of each other."""
    rbms, data = [], x_train
    for place, n_units in enumerate(SIZES[1:]):
        kind = {"learning_rate": RBM_RATE}
        if n_units is SIZES[-1]:
            kind = {"learning_rate": RBM_RATE / 10, "hidden": "gaussian"}
        rbm = RBM(n_units, n_iter=PRETRAINING, batch_size=BATCH,
                  random_state=100 * seed + place, **kind)
        rbms.append(rbm.fit(data))
        data = rbm.transform(data)
    return Stack(rbms)


# %%
started = time.process_time()
stacks = [stack_of_rbms(seed) for seed in SEEDS]
pretraining_seconds = (time.process_time() - started) / len(SEEDS)

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
by_hand = stacks[0].decode(stacks[0].encode(x_validation))
by_keras = unrolled[0].predict(x_validation, verbose=0)
assert np.allclose(by_keras, by_hand, atol=1e-4)
for part in unrolled[0].layers:
    print(part.name, [layer.units for layer in part.layers])

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
    squared_error(x_test, network.predict(x_test, verbose=0)) for network in unrolled
]
names = [f"unrolled, seed {seed}" for seed in SEEDS]
pd.DataFrame(
    {"squared error": [mean_error, *unrolled_error, pca_error]},
    index=["mean image", *names, f"PCA-{SIZES[-1]}"],
).round(1)

# %%
claim(
    "unrolled, the stack's error is above 1.3 times PCA's and below 0.7 of the mean "
    "image's, three times",
    1.3 * pca_error < min(unrolled_error) and max(unrolled_error) < 0.7 * mean_error,
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
    joined = [np.stack(arrays).astype("float32") for arrays in zip(*networks, strict=True)]
    shaped = [a if a.ndim == 3 else a[:, None] for a in joined]
    return [keras.Variable(a) for a in shaped]


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


# %%
def batches(epoch, n_digits=N_DIGITS):
    """Numbers of the digits in each mini-batch: (steps, networks, BATCH)."""
    steps = n_digits // BATCH
    orders = [np.random.default_rng([s, epoch]).permutation(n_digits) for s in SEEDS]
    orders = np.array(orders)[:, : steps * BATCH]
    return orders.reshape(len(SEEDS), steps, BATCH).swapaxes(0, 1)


def errors_of(weights, x, **units):
    """Mean squared error of each network."""
    blocks = [tf.sigmoid(logits(weights, block, **units)) - block
              for block in np.array_split(x, -(-len(x) // 1000))]
    sums = [tf.reduce_sum(difference**2, axis=(1, 2)) for difference in blocks]
    return sum(each.numpy() for each in sums) / len(x)


# %%
def trainer(weights, optimizer, images=x_train, masked=0.0, **units):
    """A function that trains networks at once for the epoch of a given number."""
    images = tf.constant(np.broadcast_to(images, (len(SEEDS), *images.shape[-2:])))
    optimizer.build(weights)

    @tf.function
    def steps(order, seed):
        for step in tf.range(len(order)):
            x = tf.gather(images, order[step], batch_dims=1)
            noise = tf.random.stateless_uniform(tf.shape(x), [seed, step])
            seen = tf.where(noise < masked, 0.0, x) if masked else x
            with tf.GradientTape() as tape:
                z = logits(weights, seen, **units)
                losses = tf.nn.sigmoid_cross_entropy_with_logits(x, z)
                loss = tf.reduce_sum(losses) / BATCH
            optimizer.apply(tape.gradient(loss, weights), weights)

    return lambda epoch: steps(tf.constant(batches(epoch)), tf.constant(epoch))


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
momentum = keras.optimizers.SGD(RATE, momentum=0.9)
started = time.process_time()
curve = fine_tune(pretrained, momentum)
epoch_seconds = (time.process_time() - started) / EPOCHS / len(SEEDS)
after = [weight.numpy() for weight in pretrained]

# %% tags=["nbval-ignore-output"]
tuned_error = errors_of(pretrained, x_test)
pd.DataFrame(
    {"unrolled": unrolled_error, "fine-tuned": tuned_error, f"PCA-{SIZES[-1]}": pca_error},
    index=[f"seed {seed}" for seed in SEEDS],
).round(1)

# %% tags=["nbval-ignore-output", "hide-input"]
pca_validation = squared_error(x_validation, by_pca(x_validation))
fig, ax = plt.subplots(figsize=(7.5, 3.6))
ax.plot(curve, "o-", color=COLOURS["autoencoder"], markersize=4)
ax.axhline(pca_validation, color=COLOURS["pca"], linestyle="--")
ax.text(0, pca_validation - 0.3, f"PCA-{SIZES[-1]}", color=COLOURS["pca"], va="top")
ax.text(0.15, curve[0].max(), "unrolled", color=COLOURS["autoencoder"])
ax.set(xlabel="epochs of fine-tuning", ylabel="squared error per image",
       xticks=range(EPOCHS + 1), ylim=(pca_validation - 3, None))
show(fig, alt="Validation error of three networks by epoch of fine-tuning. It falls from "
     "about 24 to 18 in the first epoch and to about 15 in six, towards PCA's 13.")

# %%
claim(
    "one epoch of fine-tuning removes more than a fifth of the unrolled network's error, "
    "three times",
    max(curve[1] / curve[0]) < 0.8,
)

# %%
from ae_lib import plot_reconstructions

first = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in range(8)]


def output(weights, x, network=0):
    """Reconstructions by one of the networks."""
    return tf.sigmoid(logits(weights, x))[network].numpy()


# %% tags=["nbval-ignore-output"]
some = x_test[first]
rows = {"unrolled": unrolled[0].predict(some, verbose=0), "fine-tuned": output(pretrained, some)}
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
import itertools


def glorot(rng, n_in, n_out):
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


def random_weights(rule, factor, sizes=(*SIZES, *SIZES[-2::-1]), linear=CODE):
    """Random networks, one for each seed; the factor is for all but the linear layer."""
    networks = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        arrays = []
        for place, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
            size = 1 if place == linear else factor
            arrays += [size * rule(rng, n_in, n_out), np.zeros(n_out)]
        networks.append(arrays)
    return together(networks)


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


# %%
def change(before, after):
    """Relative change of each weight matrix: (layers, networks)."""
    pairs = list(zip(before, after, strict=True))[::2]
    return np.array([np.linalg.norm(b - a, axis=(1, 2)) / np.linalg.norm(b, axis=(1, 2))
                     for b, a in pairs])


def undone(layer):
    """Validation errors with one layer as it was before fine-tuning."""
    mixed = list(after)
    mixed[2 * layer : 2 * layer + 2] = before[2 * layer : 2 * layer + 2]
    return errors_of(mixed, x_validation)


# %% tags=["nbval-ignore-output"]
n_layers = len(after) // 2
moved, random_moved = change(before, after), change(random_before, random_after)
undo = np.array([undone(layer) for layer in range(n_layers)]) - curve[-1]
both = [*SIZES, *SIZES[-2::-1]]
layer_names = [f"{a} → {b}" for a, b in itertools.pairwise(both)]
pd.DataFrame(
    {"change": moved.mean(1), "change, from random weights": random_moved.mean(1),
     "error added when undone": undo.mean(1)},
    index=layer_names,
).round(2)

# %%
claim(
    "all layers moved: each by more than 5 %, and the two next to the code by more than "
    "twice as much as any other",
    moved.min() > 0.05
    and min(moved[CODE].min(), moved[CODE + 1].min())
    > 2 * np.delete(moved, [CODE, CODE + 1], axis=0).max(),
)

# %%
claim(
    "undoing the change of any single layer adds more than 0.5 to the error; undoing the "
    "one after the code's, more than 1",
    undo.min() > 0.5 and undo[CODE + 1].min() > 1,
)

# %% [markdown]
# Text to follow.

# %%
from ae_lib import plot_features

units = np.arange(0, SIZES[1], max(1, SIZES[1] // 10))[:10]
panels = [before[0][0].T, after[0][0].T, after[-2][0]]
show(
    plot_features(np.concatenate([each[units] for each in panels]), symmetric=True),
    alt="Ten features of the first layer in three rows: before fine-tuning, after it in "
    "the encoder, and after it in the decoder.",
)

# %% tags=["nbval-ignore-output"]
apart = [
    np.linalg.norm(after[2 * k] - after[-2 - 2 * k].swapaxes(1, 2), axis=(1, 2))
    / np.linalg.norm(after[2 * k], axis=(1, 2))
    for k in range(len(SIZES) - 1)
]
pd.DataFrame({"encoder and decoder apart": np.mean(apart, axis=1)},
             index=layer_names[: len(SIZES) - 1]).round(2)

# %% [markdown]
# ## The race: rules

# %%
from ae_lib.results import load_results

NAMES = {
    "rbm": "RBMs",
    "shallow": "shallow autoencoders",
    "denoising": "denoising autoencoders",
    "glorot": "random, Glorot",
    "orthogonal": "random, orthogonal",
    "he": "random, ReLU, He",
}
stored = {run["method"]: run for run in load_results("race")[0]["runs"]}
contestants = [f"{start}_{o}" for start in NAMES for o in ("momentum", "adam")]
short, long = stored["rbm_adam"]["settings"]["budgets"]

# %% tags=["hide-input"]
def around_winner(method):
    """A row of the table: the winner of the search and its neighbours."""
    tried = stored[method]["rates_tried"]
    best = int(np.argmin([e if e is not None else np.inf for e in tried["errors"][0]]))
    errors = dict(enumerate(tried["errors"][0]))
    start, optimizer = method.split("_")
    return {
        "initialisation": NAMES[start], "own number": stored[method]["number"],
        "optimiser": optimizer, "half the rate": errors.get(best - 1),
        "best": errors[best], "twice the rate": errors.get(best + 1),
        "rate": tried["values"][best],
    }


pd.DataFrame([around_winner(method) for method in contestants]).round(2)

# %% [markdown]
# ## The race: results

# %% tags=["hide-input"]
def results(method):
    """A row of the table: what a contestant reached on test digits."""
    start, optimizer = method.split("_")
    row = {"initialisation": NAMES[start], "optimiser": optimizer,
           "before": np.mean(stored[method]["winners"][0]["before"])}
    for winner in stored[method]["winners"]:
        row[f"{winner['epochs']} epochs"] = winner["mean"]
        row[f"range, {winner['epochs']}"] = np.ptp(winner["errors"])
    return row


table = pd.DataFrame([results(method) for method in contestants])
table.round(1)

# %%
def shallow(n_in, n_out, place):
    """Random weights of one shallow autoencoder a seed."""
    linear = 0 if place == CODE else None
    return random_weights(glorot, 4, (n_in, n_out, n_in), linear), linear


def stack_of_autoencoders(rate, masked=0.0):
    """Train shallow autoencoders on top of each other, and put them together."""
    up, down, data = [], [], np.stack([x_train] * len(SEEDS))
    for place, (n_in, n_out) in enumerate(itertools.pairwise(SIZES)):
        weights, linear = shallow(n_in, n_out, place)
        train_epoch = trainer(weights, keras.optimizers.Adam(rate), data, masked,
                              linear=linear)
        for epoch in range(PRETRAINING):
            train_epoch(epoch)
        data = tf.sigmoid(tf.matmul(data, weights[0]) + weights[1]).numpy()
        up, down = up + weights[:2], weights[2:] + down
    return up + down


# %%
def orthogonal(rng, n_in, n_out):
    q, _ = np.linalg.qr(rng.normal(size=(max(n_in, n_out), min(n_in, n_out))))
    return q if n_in >= n_out else q.T


def he(rng, n_in, n_out):
    return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))


def initial(start, number):
    """Weights of one network for each seed, initialised in one of the six ways."""
    if start == "rbm":
        return together([unroll(stack).get_weights() for stack in stacks])
    if start in ("shallow", "denoising"):
        return stack_of_autoencoders(number, masked=0.25 * (start == "denoising"))
    rule = {"glorot": glorot, "orthogonal": orthogonal, "he": he}[start]
    return random_weights(rule, number, linear=None if start == "he" else CODE)


# %%
best = {
    start: min((f"{start}_{o}" for o in ("momentum", "adam")),
               key=lambda m: min(e for e in stored[m]["rates_tried"]["errors"][0] if e))
    for start in NAMES
}
live = {}
for start, method in best.items():
    winner = stored[method]["winners"][0]
    optimizer = {"momentum": keras.optimizers.SGD(winner["rate"], momentum=0.9),
                 "adam": keras.optimizers.Adam(winner["rate"])}[method.split("_")[1]]
    weights = initial(start, stored[method]["number"])
    units = {"hidden": tf.nn.relu} if start == "he" else {}
    live[start] = fine_tune(weights, optimizer, **units), errors_of(weights, x_test, **units)

# %% [markdown]
# ## Few labels

# %%
N_UNLABELLED = 10_000
LABELS = 100

labels = [run for run in load_results("few_labels")[0]["runs"]]
plenty = load_mnist(n_train=N_UNLABELLED)


def labelled(seed, n=LABELS):
    """Numbers of labelled digits, the same number of each class."""
    rng = np.random.default_rng(seed)
    each = [np.flatnonzero(plenty.y_train == c) for c in range(10)]
    return np.concatenate([rng.choice(own, n // 10, replace=False) for own in each])


# %%
from ae_lib import pretrain


def encoder(start):
    """Weights of the hidden layers, for each seed."""
    if start == "rbm":
        made = [pretrain(plenty.x_train, SIZES[1:-1], code="bernoulli", n_iter=PRETRAINING,
                         learning_rate=RBM_RATE, random_state=seed) for seed in SEEDS]
        return [[w for rbm in s.rbms for w in (rbm.components_.T, rbm.intercept_hidden_)]
                for s in made]
    rule, factor = {"glorot": (glorot, 4), "he": (he, 1)}[start]
    weights = random_weights(rule, factor, SIZES[:-1], linear=None)
    return [[w[k].numpy() for w in weights] for k in range(len(SEEDS))]
