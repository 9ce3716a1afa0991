# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Restricted Boltzmann machines: from energy to features
#
# [Chapter 2](02_initialisation.ipynb) showed how much a deep autoencoder depends on its
# initial weights. The paper ([Hinton & Salakhutdinov
# 2006](https://doi.org/10.1126/science.1127647)) obtained good ones by training each
# layer on its own, before the deep network was put together. For each layer it used a
# *restricted Boltzmann machine*, a model that gives every picture a probability and, to
# do that well, has to discover features. How does it learn them without labels, and how
# good is the shortcut by which it is usually trained? We start from a formula that can be
# checked by hand.
#
# **What you will do**
#
# - Derive the learning rule, and check it on a model whose 32 states can all be listed.
# - Measure on small models what the shortcut, contrastive divergence, neglects.
# - Compare four ways to train, each with a tuned learning rate, by the probability that
#   the trained models give to unseen digits.
# - Look at features, and find out what a second layer adds to the first.
#
# **What you will learn**
#
# - What energy, free energy and the partition function are, and how features are learnt
#   without labels.
# - Why contrastive divergence is called that, and when it goes wrong.
# - What reconstruction errors, samples and likelihoods do and do not tell you.
#
# **What you will need**
#
# - [Chapter 1](01_motivation.ipynb); probabilities, logarithms, partial derivatives.
#
# **Time:** about 45 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %% tags=["hide-input"]
import functools
import itertools
import os
import time
from importlib import resources

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ae_lib import COLOURS, RBM, SEED, claim, load_mnist, log_partition
from ae_lib import plot_features, set_seed, show, squared_error, use_style

set_seed()
use_style()

# %% [markdown]
# ## A probability for every picture
#
# Three pixels, black or white, make eight pictures, and we could list the probability of
# each in a table. The 784 pixels of a digit make $2^{784}$ pictures, a number with 237
# digits. So we need a formula that gives every picture a probability and has few enough
# parameters to learn.
#
# One way to build such a formula is by voting. Imagine a set of features, such as "a
# vertical stroke on the left" or "nothing in the lower half". Each feature multiplies the
# probability of a picture by a factor, large if the picture has the feature and near 1 if
# it does not. Multiplying factors means adding their logarithms, so the log-probability
# becomes a sum of votes. Physicists put a minus sign in front and call the result the
# **energy**: the lower the energy, the higher the probability.
#
# Which features should vote? A **restricted Boltzmann machine**, RBM for short, learns
# them from data. Its **visible units** $v$ are the pixels, each 0 or 1. Its **hidden
# units** $h$, also 0 or 1, encode which features are present. A *state* gives a value to
# each unit of both kinds. Every visible unit is connected to every hidden one, but units
# of the same layer are not connected, which is the restriction.
# [Smolensky (1986)](https://doi.org/10.7551/mitpress/5236.001.0001) introduced the model
# as the *harmonium*; Boltzmann machines without the restriction are due to [Ackley,
# Hinton & Sejnowski (1985)](https://doi.org/10.1207/s15516709cog0901_7).

# %%
W = np.array([[2.0, -2.0], [3.0, 1.0], [-2.0, 3.0]])  # visible x hidden
a = np.array([-1.0, -2.0, -0.5])  # biases of the visible units
b = np.array([0.0, -1.0])  # biases of the hidden units

# %% tags=["hide-input"]
two_signs = plt.get_cmap("PuOr")  # orange is negative, purple positive, as below
fig, ax = plt.subplots(figsize=(5.6, 2.7))
for i, j in itertools.product(range(3), range(2)):
    colour = two_signs(0.85 if W[i, j] > 0 else 0.2)
    ax.plot([i, j + 0.5], [0, 1], color=colour, linewidth=2 * abs(W[i, j]), zorder=1)
visible = [(i, 0, f"v_{i + 1}", a[i]) for i in range(3)]
hidden = [(j + 0.5, 1, f"h_{j + 1}", b[j]) for j in range(2)]
for x, y, name, bias in visible + hidden:
    ax.plot(x, y, "o", markersize=38, color="white", markeredgecolor=COLOURS["data"])
    ax.text(x, y, f"${name}$\n{bias:+.1f}", ha="center", va="center", fontsize=11)
ax.set(xlim=(-0.4, 2.4), ylim=(-0.4, 1.4))
ax.set_axis_off()
show(fig, alt="Three visible units below, two hidden units above, each with its bias. "
     "Six lines join each visible with each hidden unit; the wider "
     "the line, the larger the weight; purple is positive, orange negative. No "
     "line joins two units of the same layer.")

# %% [markdown]
# A purple line is a positive weight: its two units tend to be on together. An orange line
# is a negative weight: its units tend to exclude each other. The wider the line, the
# larger the weight. The number in each unit is its bias, its own tendency to be on. With
# vectors $a$ and $b$ for the biases of visible and hidden units, and a matrix $W$ with a
# row for each visible unit, the energy is
#
# $$E(v, h) = -a^\top v - b^\top h - v^\top W h \tag{3.1}$$
#
# Take $v = 110$ (the first two pixels are on) and $h = 10$. The biases of the three
# active units contribute $1 + 2 + 0$, the two weights between them $-2 - 3$, so the
# energy is $-2$. Here are the energies of all $8 \cdot 4 = 32$ states.


# %%
@functools.cache
def states(n):
    """All states of n units that are 0 or 1, a row for each."""
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


# %%
V, H = states(3), states(2)
energy = -(V @ a)[:, None] - H @ b - V @ W @ H.T
pictures = ["".join(str(int(unit)) for unit in v) for v in V]
pd.DataFrame(energy + 0.0, index=pictures, columns=["h = 00", "01", "10", "11"])

# %% [markdown]
# To turn energies into probabilities, we take $e^{-E}$, which is always positive, and
# divide by its sum over all states, the **partition function** $Z$:
#
# $$p(v, h) = e^{-E(v, h)} / Z \tag{3.2}$$
#
# > **Predict.** Here $Z$ has 32 terms. If computing a term took a nanosecond, how long
# > would $Z$ take for the first RBM of the paper, with 784 pixels and 1000 hidden units?

# %%
weight = np.exp(-energy)
joint = weight / weight.sum()
years = (784 + 1000) * np.log10(2) - np.log10(1e9 * 365 * 24 * 3600)
print(f"Z = {weight.sum():.2f} here. In the paper: 10 to the {years:.0f} years")

# %% [markdown]
# Listing the states is out of the question. Most of what follows is about doing without
# $Z$.
#
# ### Given one layer, the other is easy
#
# Suppose that the visible units are known. Then (3.1) is a sum with one term for each
# hidden unit, so the hidden units are independent of each other. Unit $j$ contributes
# $-x_j$ to the energy when it is on and 0 when it is off, where
# $x_j = b_j + \sum_i v_i W_{ij}$ is its bias plus its input. The probabilities of on and
# off are therefore in the ratio $e^{x_j}$ to 1, so the probability of being on is the
# output of a logistic unit, with $\sigma(x) = 1/(1 + e^{-x})$:
#
# $$p(h_j = 1 \mid v) = \sigma\big(b_j + \textstyle\sum_i v_i W_{ij}\big) \tag{3.3}$$
#
# In the same way,
#
# $$p(v_i = 1 \mid h) = \sigma\big(a_i + \textstyle\sum_j W_{ij} h_j\big) \tag{3.4}$$
#
# Neither formula needs $Z$, and both are what a layer of a network computes. That is why
# the weights of an RBM can become the weights of an autoencoder. We check both formulas
# against the list of all states.


# %%
def sigmoid(x):
    """The logistic function, written so that no exponential overflows."""
    return (1 + np.tanh(x / 2)) / 2


def chances(states, x):
    """Probability of each state (column) of logistic units with inputs x (rows)."""
    return np.exp(x @ states.T - np.logaddexp(0, x).sum(axis=1, keepdims=True))


# %%
h_given_v = chances(H, V @ W + b)  # by (3.3)
assert np.allclose(h_given_v, joint / joint.sum(axis=1, keepdims=True))
assert np.allclose(h_given_v @ H, sigmoid(V @ W + b))
v_given_h = chances(V, H @ W.T + a)  # by (3.4)
assert np.allclose(v_given_h.T, joint / joint.sum(axis=0))

# %% [markdown]
# ### The votes of the hidden units
#
# The probability of a *picture* is the sum over all hidden states. Since the hidden units
# are independent given the picture, the sum factorises: hidden unit $j$ is off, with
# factor 1, or on, with factor $e^{x_j}$. So unit $j$ multiplies the probability of the
# picture by $1 + e^{x_j}$, and the logarithm of this factor is its vote. The factor is
# never below 1, so no hidden unit can vote against a picture: it makes one less probable
# only by voting for others, which increases $Z$. Minus the logarithm of the whole product
# is the **free energy**:
#
# $$F(v) = -a^\top v - \textstyle\sum_j \log(1 + e^{x_j}) \tag{3.5}$$
#
# and $p(v) = e^{-F(v)} / Z$.


# %%
def free_energy(v, W, a, b):
    return -v @ a - np.logaddexp(0, v @ W + b).sum(axis=1)


def model(W, a, b):
    """The probability of each picture, by listing all of them."""
    weight = np.exp(-free_energy(states(len(a)), W, a, b))
    return weight / weight.sum()


# %%
assert np.allclose(model(W, a, b), joint.sum(axis=1))

# %% [markdown]
# $F$ is quick to compute for 784 pixels as well; only $Z$ is not. But $Z$ is the same for
# all pictures, so the difference of two free energies is, up to its sign, exactly the
# difference of two log-probabilities.
#
# ## Learning: raise the data, lower the model
#
# Our toy data set consists mostly of the pictures 001 and 110, to which the RBM above,
# with its made-up weights, gives too little probability. Learning means increasing the
# mean of $\log p(v)$ over the data, the **log-likelihood** $L$. Its unit is the *nat*, a
# factor of $e$, about 2.7, in probability.
#
# For a single picture, $\log p(v) = -F(v) - \log Z$. We differentiate both terms with
# respect to $W_{ij}$. In the first, the derivative of $\log(1 + e^x)$ is $\sigma(x)$, and
# $x_j$ contains $W_{ij}$ with the factor $v_i$:
#
# $$\frac{\partial (-F(v))}{\partial W_{ij}} = v_i\, \sigma(x_j) = v_i\, p(h_j = 1 \mid v)$$
#
# This is how often units $i$ and $j$ are on together when the visible units show $v$.
#
# In the second term, $Z = \sum_v e^{-F(v)}$ is a sum over all pictures, and the
# derivative of $\log Z$ is that of $Z$, divided by $Z$:
#
# $$\frac{\partial \log Z}{\partial W_{ij}} = \sum_v \frac{e^{-F(v)}}{Z}\, \frac{\partial (-F(v))}{\partial W_{ij}}$$
#
# The first fraction is $p(v)$, so this is the derivative above, averaged over the
# pictures of the *model*. Write $\langle \cdot \rangle_0$ for averages over the data and
# $\langle \cdot \rangle_\infty$ for averages over the model, in both with $h$ given $v$
# by (3.3). Then
#
# $$\partial L / \partial W_{ij} = \langle v_i h_j \rangle_0 - \langle v_i h_j \rangle_\infty \tag{3.6}$$
#
# For the biases, $v_i$ or $h_j$ replaces the product. The first average makes the data
# more probable. The second makes whatever the model produces on its own less probable,
# because probabilities have to add up to 1. Learning ends where the two agree.


# %%
def statistics(p, W, a, b):
    """<v_i h_j>, <v_i>, <h_j> where the pictures have the probabilities p."""
    v = states(len(a))
    on = sigmoid(v @ W + b)
    return [v.T @ (p[:, None] * on), p @ v, p @ on]


# %%
def difference(p, other, rbm):
    pairs = zip(statistics(p, *rbm), statistics(other, *rbm), strict=True)
    return [x - y for x, y in pairs]


# %% [markdown]
# To check the derivation, we change each parameter a little, up and down, and see how
# much the log-likelihood changes.


# %% tags=["hide-input"]
def slope(f, rbm, step=1e-5):
    """The derivative of f by each weight and bias, from small changes."""
    slopes = [np.empty_like(part) for part in rbm]
    for part, result in zip(rbm, slopes, strict=True):
        for place in np.ndindex(part.shape):
            value, results = part[place], []
            for part[place] in (value + step, value - step):
                results.append(f(*rbm))
            part[place] = value
            result[place] = (results[0] - results[1]) / (2 * step)
    return slopes


# %%
data = np.array([0.05, 0.4, 0.05, 0.0, 0.05, 0.05, 0.4, 0.0])


def mean_log_p(p, *rbm):
    """The mean log-probability of pictures that have the probabilities p."""
    return p[p > 0] @ np.log(model(*rbm)[p > 0])


# %%
toy = [np.array(part, float) for part in (W, a, b)]
gradient = difference(data, model(*toy), toy)
measured = slope(functools.partial(mean_log_p, data), toy)
assert all(map(np.allclose, gradient, measured))

# %% [markdown]
# Derivation and measurement agree. Now the RBM can learn: 1000 updates, each of which
# adds 0.5 times the gradient.

# %%
learnt = [part.copy() for part in toy]
for _ in range(1000):
    gradient_now = difference(data, model(*learnt), learnt)
    for part, change in zip(learnt, gradient_now, strict=True):
        part += 0.5 * change

# %% tags=["hide-input"]
fig, ax = plt.subplots(figsize=(7.5, 3.0))
shown = {"data": data, "RBM before": model(*toy), "RBM after": model(*learnt)}
fills = [COLOURS["data"], "white", COLOURS["autoencoder"]]
for n, ((name, p), fill) in enumerate(zip(shown.items(), fills, strict=True)):
    look = {"color": fill, "label": name}
    look["edgecolor"] = COLOURS["data" if name == "data" else "autoencoder"]
    ax.bar(np.arange(8) + 0.27 * (n - 1), p, 0.25, **look)
ax.set(xticks=range(8), xticklabels=pictures, xlabel="picture v", ylabel="probability")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=3)
ax.grid(axis="x", visible=False)
show(fig, alt="Three bars for each of the eight pictures: data, RBM before and RBM "
     "after learning. The data have high bars at 001 and 110. After learning, "
     "the RBM's bars nearly equal the data's; before, they are too low there "
     "and too high elsewhere.")

# %%
claim(
    "on a toy RBM with three pixels, learning by the exact gradient brings each of "
    "the eight pictures' probabilities within 0.05 of the data's",
    np.abs(model(*learnt) - data).max() < 0.05,
)

# %% [markdown]
# ## Contrastive divergence
#
# For digits, the second average of (3.6) cannot be computed by listing pictures, but it
# can be estimated from *samples* of the model. **Gibbs sampling** produces them without
# $Z$: draw $h$ given $v$ by (3.3), then a new $v$ given $h$ by (3.4), and so on.

# %% tags=["hide-input"]
fig, ax = plt.subplots(figsize=(7.5, 2.9))
places, marks = [0, 1, 2, 4], ["0", "1", "2", r"\infty"]
ring = {"color": "white", "markeredgecolor": COLOURS["data"]}
arrow = {"arrowstyle": "-|>", "color": COLOURS["data"], "shrinkA": 18, "shrinkB": 18}
for n, (x, mark) in enumerate(zip(places, marks, strict=True)):
    for dx, y, name in [(0, 0, "v"), (0.5, 1, "h")]:
        ax.plot(x + dx, y, "o", markersize=32, **ring)
        label = f"${name}_{{{mark}}}$"
        ax.text(x + dx, y, label, ha="center", va="center", fontsize=13)
    ax.annotate("", (x + 0.5, 1), (x, 0), arrowprops=arrow)
    if n < 3:
        ax.annotate("", (x + 1, 0), (x + 0.5, 1), arrowprops=arrow)
ax.text(3.25, 0.5, "…", ha="center", va="center", fontsize=20)
notes = ["data", "CD-1 stops here", "CD-2", "the model"]
for x, mark, note in zip(places, marks, notes, strict=True):
    note += f"\n$\\langle v h\\rangle_{{{mark}}}$"
    ax.text(x + 0.1, -0.38, note, ha="center", va="top", fontsize=11)
ax.set(xlim=(-0.4, 4.9), ylim=(-0.95, 1.25))
ax.set_axis_off()
show(fig, alt="The Gibbs chain. From the data v0 an arrow leads up to h0, from there "
     "down to v1, up to h1, down to v2, and after many steps to v infinity, a "
     "sample of the model. Labels below mark the data, "
     "where CD-1 stops, CD-2, and the model.")

# %% [markdown]
# The chain starts at the data and forgets it slowly. Only after many steps are its
# pictures samples of the model, and every update of the weights would need new ones.
# [Hinton (2002)](https://doi.org/10.1162/089976602760128018) proposed to stop after the
# first step. With $k$ steps in general, the rule is
#
# $$\Delta W_{ij} = \epsilon \big(\langle v_i h_j \rangle_0 - \langle v_i h_j \rangle_k\big) \tag{3.7}$$
#
# with the learning rate $\epsilon$. This is **contrastive divergence**, CD-$k$. The idea
# is that the chain drifts from the data towards pictures to which the model gives too
# much probability. The first step already shows the direction of this drift, and (3.7)
# works against it.
#
# ### Why the name
#
# Call the distribution of the data $p_0$, that of the chain after $k$ steps $p_k$, and
# that of the model $p_\infty$. How far the model is from the data is measured by the
# *Kullback-Leibler divergence*, which is 0 if the two agree and positive otherwise:
#
# $$\mathrm{KL}(p_0 \| p_\infty) = \textstyle\sum_v p_0(v) \log \frac{p_0(v)}{p_\infty(v)}$$
#
# Increasing the likelihood means decreasing this divergence, because $p_0$ does not
# depend on the parameters. Contrastive divergence aims at the *contrast* of two
# divergences, before and after $k$ steps:
#
# $$\mathrm{CD}_k = \mathrm{KL}(p_0 \| p_\infty) - \mathrm{KL}(p_k \| p_\infty) \tag{3.8}$$
#
# The contrast is never negative, because a step of the chain cannot take a distribution
# further from the model's. By (3.6), minus the derivative of the first term is
# $\langle v_i h_j \rangle_0 - \langle v_i h_j \rangle_\infty$. If we hold $p_k$ fixed,
# that of the second is $\langle v_i h_j \rangle_k - \langle v_i h_j \rangle_\infty$ in
# the same way. In the difference the model's average cancels, and (3.7) is left. But
# $p_k$ is not fixed: it depends on the weights through the chain, and this is what CD-$k$
# neglects.
#
# On our toy RBM we can compute everything, since one step of the chain turns one list of
# eight probabilities into another.


# %%
def gibbs(p, W, a, b):
    """The probabilities of all pictures one step of Gibbs sampling later."""
    v, h = states(len(a)), states(len(b))
    return p @ chances(h, v @ W + b) @ chances(v, h @ W.T + a)


# %% tags=["hide-input"]
def contrast(W, a, b):
    """CD_1 of (3.8), for the toy data."""
    def kl(p):
        return p[p > 0] @ np.log(p[p > 0] / model(W, a, b)[p > 0])

    return kl(data) - kl(gibbs(data, W, a, b))


# %% tags=["hide-input"]
def flat(parts):
    return np.concatenate([part.ravel() for part in parts])


def cosine(x, y):
    x, y = flat(x), flat(y)
    return x @ y / np.linalg.norm(x) / np.linalg.norm(y)


rule = difference(data, gibbs(data, *toy), toy)
descent = [-part for part in slope(contrast, toy)]
rows = {"gradient of L, (3.6)": gradient, "CD-1, (3.7)": rule}
rows["minus gradient of (3.8)"] = descent
table = {
    name: [np.linalg.norm(flat(x)), cosine(x, gradient)] for name, x in rows.items()
}
pd.DataFrame(table, index=["norm", "cosine with (3.6)"]).T.round(2)

# %%
claim(
    "on a toy RBM with made-up weights, CD-1's expected update has a smaller norm than "
    "the gradient of the log-likelihood, and a cosine with it above 0.9",
    cosine(rule, gradient) > 0.9
    and np.linalg.norm(flat(rule)) < 0.8 * np.linalg.norm(flat(gradient)),
)

# %% [markdown]
# So CD-1 is neither the gradient of the log-likelihood nor, because of the neglected
# term, minus the gradient of (3.8). [Sutskever & Tieleman
# (2010)](https://proceedings.mlr.press/v9/sutskever10a.html) proved that it is not the
# gradient of any function. On the toy RBM it nevertheless has a cosine of 0.96 with the
# gradient, and two thirds of its norm.
#
# ### When the shortcut goes wrong
#
# One RBM with made-up weights proves little. We take three problems small enough for all
# states to be listed: eight random pictures of 6 pixels with 3 hidden units, and the
# fourteen pictures of 3 by 3 pixels that consist of whole rows or whole columns ("bars"),
# with 4 and with 6 hidden units. For each problem, we draw three sets of small random
# initial weights and train from each twice: by the exact gradient, and by the expected
# update of CD-1, which needs no random numbers.
#
# > **Predict.** The weights are small at the beginning and large at the end. When will
# > CD-1 point in the direction of the gradient: at the beginning, at the end, or always?

# %% tags=["hide-input"]
STEP = 0.5  # the learning rate
STAGES = [2, 6, 20, 60, 200, 600, 2000]  # updates after which we look, 3 or more


def bars_and_stripes():
    """Equal probabilities for the pictures made of whole rows or whole columns."""
    shown = np.concatenate([states(3).repeat(3, axis=1), np.tile(states(3), 3)])
    p = np.zeros(2**9)
    p[(shown @ 2.0 ** np.arange(8, -1, -1)).astype(int)] = 1
    return p / p.sum()


# %% tags=["hide-input"]
def random_pictures(rng):
    """Equal probabilities for 8 of the 64 pictures of 6 pixels."""
    return np.isin(np.arange(64), rng.choice(64, 8, replace=False)) / 8


# %% tags=["hide-input"]
def follow(rule, p, n_hidden, rng):
    """Learn p; at each stage: cosines of CD-1 and CD-10, L, norms of both updates."""
    n = int(np.log2(len(p)))
    rbm = [rng.normal(0, 0.1, (n, n_hidden)), np.zeros(n), np.zeros(n_hidden)]
    seen = []
    for update in range(1, STAGES[-1] + 1):
        if update in STAGES:
            exact = difference(p, model(*rbm), rbm)
            chain = [p]
            for _ in range(10):
                chain.append(gibbs(chain[-1], *rbm))
            cds = [difference(p, chain[k], rbm) for k in (1, 10)]
            norms = [np.linalg.norm(flat(update)) for update in (cds[0], exact)]
            cosines = [cosine(cd, exact) for cd in cds]
            seen.append([*cosines, mean_log_p(p, *rbm), *norms])
        other = model(*rbm) if rule == "gradient" else gibbs(p, *rbm)
        for part, change in zip(rbm, difference(p, other, rbm), strict=True):
            part += STEP * change
    return np.array(seen)


# %% tags=["hide-input"]
followed = {}
for rule_name, seed in itertools.product(("gradient", "CD-1"), range(3)):
    rng = np.random.default_rng(SEED + seed)
    for name, p, n_hidden in [
        ("random, 3 hidden", random_pictures(rng), 3),
        ("bars, 4 hidden", bars_and_stripes(), 4),
        ("bars, 6 hidden", bars_and_stripes(), 6),
    ]:
        followed[rule_name, name, seed] = follow(rule_name, p, n_hidden, rng)

# %% tags=["hide-input", "nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.4), sharey=True)
titles = {"gradient": "Learning by the gradient", "CD-1": "Learning by CD-1"}
for ax, learning in zip(axes, titles, strict=True):
    for (rule_name, _, _), seen in followed.items():
        if rule_name == learning:
            ax.semilogx(STAGES, seen[:, 1], color="#9ecae1", linewidth=1.2)
            ax.semilogx(STAGES, seen[:, 0], color="#08519c", linewidth=1.2)
    ax.set(title=titles[learning], xlabel="update", ylim=(-0.15, 1.05))
axes[0].set_ylabel("cosine with the gradient")
axes[0].text(2, 0.55, "CD-1", color="#08519c", fontweight="bold")
axes[0].text(2, 0.42, "CD-10", color="#5a9fcb", fontweight="bold")
show(fig, alt="Cosine of CD-1 and CD-10 with the exact gradient against the number of "
     "updates, for nine RBMs. Left, learning by the gradient: all start at 1; "
     "CD-1 falls from about 100 updates on. Right, learning by CD-1: its cosine "
     "falls to about 0. CD-10 falls later and less.")

# %% tags=["hide-input", "nbval-ignore-output"]
measures = ["CD-1", "CD-10", "L", "norm of CD-1", "norm of gradient"]
ends = pd.DataFrame({key: seen[-1] for key, seen in followed.items()}).T
ends.index.names, ends.columns = ["by", "problem", "seed"], measures
by_rule = ends["L"].unstack("by").groupby("problem").mean()
by_rule["best of any model"] = [np.log(1 / 14), np.log(1 / 14), np.log(1 / 8)]
by_rule.round(2)

# %% tags=["hide-input", "nbval-ignore-output"]
faded = ends.loc["CD-1"].drop(columns=["CD-1", "CD-10"])
faded["highest L seen"] = [followed["CD-1", *key][:, 2].max() for key in faded.index]
faded["below the gradient"] = ends["L"].loc["gradient"] - faded["L"]
faded.round(3)

# %%
early = np.array([seen[2, 0] for seen in followed.values()])
late = ends["CD-1"].loc["CD-1"]
claim(
    "on nine small RBMs, CD-1's cosine with the gradient is above 0.98 after 20 "
    "updates by the gradient or by CD-1, and below 0.5 after 2000 by CD-1",
    early.min() > 0.98 and late.max() < 0.5,
)

# %%
claim(
    "after 2000 updates by CD-1, the norm of the log-likelihood's gradient is more "
    "than 4 times that of CD-1's expected update, on each of nine small RBMs",
    (faded["norm of gradient"] > 4 * faded["norm of CD-1"]).all(),
)

# %%
bars = ends["L"].unstack("by").drop("random, 3 hidden", level="problem")
claim(
    "on bars of 3 by 3 pixels, with 4 or 6 hidden units and three sets of initial "
    "weights, 2000 updates by CD-1 end at a log-likelihood more than 0.1 nats below "
    "that of the exact gradient",
    (bars["CD-1"] < bars["gradient"] - 0.1).all(),
)

# %% [markdown]
# With small weights, the chain forgets nearly everything in one step, and CD-1 points in
# the direction of the gradient. As the weights grow, the chain moves less with each step,
# and CD-1 sees too little of the model. When an RBM learns by CD-1 (right panel), its
# updates fade out, but the gradient does not: after 2000 updates its norm is tens of
# times that of CD-1's update, and the two are nearly at right angles. By then a step of
# the chain hardly changes the data, and $L$ can even fall again, as it did wherever the
# highest $L$ seen exceeds $L$ in the second table. On the bars, CD-1 ends 0.2 to 0.8 nats
# below the gradient (last column). On the random pictures two of the three differences
# are about 0.1, so the claim leaves them out. CD-10 stays accurate longer.
#
# Known upper bounds on the error of CD-$k$, its *bias*, agree: they shrink with the
# number of steps and grow with the weights ([Fischer & Igel
# 2014](https://doi.org/10.1016/j.patcog.2013.05.025)). How much the bias matters depends
# on the problem; [Carreira-Perpiñán & Hinton
# (2005)](https://proceedings.mlr.press/r5/carreira-perpinan05a.html) found it small in
# theirs.

# %% [markdown]
# ## The rule in twenty lines
#
# Now to digits. We halve their resolution to 14 by 14 pixels, to train many RBMs in a
# minute, and make each pixel 0 or 1, because an RBM gives probabilities to black and
# white pictures, not to grey ones.

# %%
DIGITS = 10_000  # for training
digits = load_mnist(n_train=DIGITS, n_validation=2000)


def black_and_white(x):
    """Pictures of 14 by 14 pixels: 1 where a block of 2 by 2 is more than half ink."""
    blocks = x.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)
    return (blocks > 0.5).astype(np.float32)


x, x_validation, x_test = map(
    black_and_white, (digits.x_train, digits.x_validation, digits.x_test)
)

# %% [markdown]
# The function `train` below contains all four ways to train that we compare. They differ
# only in the chain:
#
# - **CD-1**: one step of the chain, as in (3.7) with $k = 1$.
# - **CD-1, means**: the pixels of the reconstruction are not drawn; their probabilities
#   are used instead, as in the paper's program (whose pixels were grey).
# - **CD-5**: five steps instead of one.
# - **Persistent** contrastive divergence, **PCD** ([Tieleman
#   2008](https://doi.org/10.1145/1390156.1390290)): the chain does not start at the data but continues from where the last update left it. If the weights
#   change slowly, it stays close to the model's distribution, at the cost of one step per
#   update.
#
# In both averages of (3.7), the hidden units enter as probabilities. Initial weights,
# mini-batches and states have separate random generators, so all four ways start from the
# same weights and see the same mini-batches.

# %%
BATCH = 50


def draw(p, rng):
    return (rng.random(p.shape, dtype=np.float32) < p).astype(np.float32)


# %% tags=["hide-input"]
def small_weights(x, n_hidden, seed):
    """Initial W, a and b; a gives each pixel its share of ink."""
    ink = x.mean(axis=0).clip(0.01, 0.99)
    W = np.random.default_rng(seed).normal(0, 0.01, (x.shape[1], n_hidden))
    return W.astype(np.float32), np.log(ink / (1 - ink)), np.zeros(n_hidden, np.float32)


# %%
def train(x, rbm, rate, updates, seed, k=1, persistent=False, means=False, ramp=100):
    """W, a and b after some updates; the rate rises to its peak, then falls to 0."""
    W, a, b = (part.copy() for part in rbm)
    batches, rng = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    for update in range(updates):
        v = x[batches.integers(len(x), size=BATCH)]
        h = sigmoid(v @ W + b)
        if not persistent or update == 0:
            state = draw(h, rng)  # start at the data; otherwise go on
        for _ in range(k):
            v_k = sigmoid(state @ W.T + a)
            v_k = v_k if means else draw(v_k, rng)
            h_k = sigmoid(v_k @ W + b)
            state = draw(h_k, rng)
        step = rate * min(1, (update + 1) / (ramp + 1)) * (1 - update / updates) / BATCH
        W += step * (v.T @ h - v_k.T @ h_k)
        a += step * (v - v_k).sum(axis=0)
        b += step * (h - h_k).sum(axis=0)
    return W, a, b


# %% [markdown]
# The learning rate rises over the first 100 updates, a **ramp** (also called *warm-up*)
# whose use we shall see, and then falls linearly to 0. The library's `ae_lib.RBM` adds
# momentum, weight decay and compiled code; its `components_` are $W^\top$.
#
# ## How probable are digits?
#
# An RBM is a distribution, so we judge it by the probability that it gives to unseen
# digits: $-F(v) - \log Z$, averaged over held-out digits, in nats.
#
# With up to about 16 hidden units, $Z$ can be computed, because the layers can swap
# roles: we sum over the visible units as in (3.5) and list the hidden states. For larger
# RBMs, $Z$ can be *estimated* by **annealed importance sampling**, AIS ([Neal
# 2001](https://doi.org/10.1023/A:1008923215028); for RBMs [Salakhutdinov & Murray
# 2008](https://doi.org/10.1145/1390156.1390266)). It starts at an RBM without weights,
# the *base*, whose $Z_0$ is a simple product, and raises the weights to their full size
# in many small steps. Many Gibbs chains follow these changes, moving one step each time.
# Before it moves, a chain records by what factor $e^{-F(v)}$ of its current picture has
# changed. The product $w$ of a chain's factors, averaged over the chains, estimates by
# what factor the partition function has grown: $Z \approx Z_0 \, \langle w \rangle$. The
# spread of $w$ gives a 95 % confidence interval.
#
# Can AIS be trusted? We try it on RBMs with 12 hidden units, whose exact $Z$ we can
# compute, after 10 and after 60 epochs. (They see digits of 28 by 28 pixels, with which
# it is easier to make AIS fail.) We start at two bases: the usual one, whose pixels are
# on as often as in the data ("the data's ink"), and one with the RBM's own visible
# biases.


# %% tags=["hide-input"]
def exact_log_z(rbm):
    """log Z, by listing the hidden states and summing over the visible ones."""
    h, a, b = states(rbm.n_components), rbm.intercept_visible_, rbm.intercept_hidden_
    return np.logaddexp.reduce(-free_energy(h, rbm.components_, b, a))


# %% tags=["hide-input"]
def own_biases(rbm):
    """Pictures whose mean is that of pixels with the RBM's visible biases alone."""
    return np.tile(sigmoid(rbm.intercept_visible_), (10_000, 1))


# %% tags=["hide-input"]
YOUNG, OLD = 10, 60  # epochs
large = (digits.x_train[:2000] > 0.5).astype(np.float32)
rows = []
for epochs, seed in itertools.product((YOUNG, OLD), range(SEED, SEED + 3)):
    rbm = RBM(12, learning_rate=0.05, n_iter=epochs, random_state=seed).fit(large)
    few = log_partition(rbm, large, n_steps=100, random_state=0)
    many = log_partition(rbm, large, n_steps=1000, random_state=0)
    own = log_partition(rbm, own_biases(rbm), n_steps=100, random_state=0)
    rows.append([epochs, seed, exact_log_z(rbm), few.value, *many, own.value])

# %% tags=["nbval-ignore-output", "hide-input"]
numbers = ["exact", "100 steps", "1000 steps", "from", "to", "own biases, 100"]
trial = pd.DataFrame(rows, columns=["epochs", "seed", *numbers])
trial = trial.set_index(["epochs", "seed"])
trial.round(1)

# %%
off = abs(trial.drop(columns="exact").sub(trial["exact"], axis=0))
claim(
    "for RBMs with 12 hidden units and three seeds, AIS from the data's ink misses "
    "log Z by more than 5 nats after 10 epochs (100 steps) and by less than 1 after "
    "60 (1000 steps); from the RBM's own biases, 100 steps miss it by less than 1 "
    "after 10 epochs",
    off.loc[YOUNG, "100 steps"].min() > 5
    and off.loc[[OLD], "1000 steps"].max() < 1
    and off.loc[YOUNG, "own biases, 100"].max() < 1,
)

# %% [markdown]
# After 60 epochs, AIS from the data's ink is within a nat of the exact value (although an
# interval may narrowly miss it). After 10 epochs it is too low by 12 to 34 nats, even
# though its interval may be narrow, and ten times as many steps need not help. Another
# base does help: from the RBM's own biases, 100 steps are enough. At this stage the RBM
# gives most of its probability to pictures that the chains do not reach from the mean
# image of the digits. After 60 epochs, the RBM's own biases are the worse base.
#
# An estimate of $Z$ that is too low makes an RBM look too *good*, so below we compare
# bases as well as numbers of steps.
#
# ## Four ways, one difference
#
# Everything except the chain and the learning rate is the same: data, initial weights,
# mini-batches, hidden units and schedule, without momentum or weight decay. Each way gets
# the best of the same ten learning rates, judged by the log-likelihood of 2,000
# validation digits. The budgets are 1000 and 3000 updates; an update of CD-5 takes about
# three times as long as one of the others.

# %% tags=["hide-input"]
HIDDEN, BUDGETS = 50, [1000, 3000]
RATES = [0.1, 0.16, 0.25, 0.4, 0.63, 1.0, 1.6, 2.5, 4.0, 6.3]
SEARCHED = [(1000, 0), (1000, 100), (3000, 100)]  # updates, and those of the ramp
SEARCH_SEEDS = range(100, 103)  # none of the seeds that we report
QUICK = {"n_chains": 50, "n_steps": 500}  # of AIS, for the search

# %%
WAYS = {  # the stored search knows these four names
    "CD-1, means": {"means": True},
    "CD-1": {},
    "CD-5": {"k": 5},
    "PCD": {"persistent": True},
}

# %% tags=["hide-input"]
from ae_lib import log_likelihood


def as_rbm(W, a, b):
    """The library's RBM with these parameters."""
    rbm = RBM(len(b)).initialise(len(a))
    learnt = {"components": W.T, "intercept_visible": a, "intercept_hidden": b}
    return rbm.set_state(rbm.get_state() | learnt)


# %% tags=["hide-input"]
def log_p(rbm, digits, seed, **options):
    """Mean log-likelihood of digits, and the log Z that it rests on, by AIS."""
    log_z = log_partition(rbm, x, random_state=seed, **options)
    return log_likelihood(rbm, digits, log_z).value, log_z.value


def independent_pixels(digits):
    """Mean log-likelihood if each pixel has its share of ink, independently."""
    ink = x.mean(axis=0).clip(0.001, 0.999)
    return (digits @ np.log(ink) + (1 - digits) @ np.log(1 - ink)).mean()


# %% [markdown]
# The search makes 360 runs and takes about ten minutes, so its result is stored in the
# file `ae_lib/searches/03_rbm.csv`. The command
# `AE_SEARCH=search.csv python chapters/03_rbm.py` repeats the search with the code on
# this page.
#
# > **Predict.** What happens to the validation log-likelihood at the highest rates,
# > without the ramp and with it? For which of the four ways will the ramp matter least?

# %% tags=["hide-input"]
def search():
    rows = []
    trials = itertools.product(SEARCHED, WAYS, RATES)
    for (updates, ramp), way, rate in trials:
        nats = []
        for seed in SEARCH_SEEDS:
            start = small_weights(x, HIDDEN, seed)
            rbm = train(x, start, rate, updates, seed, ramp=ramp, **WAYS[way])
            nats.append(-log_p(as_rbm(*rbm), x_validation, seed, **QUICK)[0])
        rows.append((way, updates, ramp, rate, np.mean(nats)))
    return pd.DataFrame(rows, columns=["way", "updates", "ramp", "rate", "nats"])


# %% tags=["hide-input"]
if os.environ.get("AE_SEARCH"):
    search().round({"nats": 3}).to_csv(os.environ["AE_SEARCH"], index=False)
with (resources.files("ae_lib") / "searches" / "03_rbm.csv").open() as file:
    found = pd.read_csv(file)
grid = -found.pivot_table("nats", ["updates", "ramp", "way"], "rate")
best = grid.idxmax(axis=1)


def chosen_rate(way, updates):
    """The best rate with the ramp, at the nearest budget that was searched."""
    rates = best.xs(100, level="ramp").xs(way, level="way")
    return rates.iloc[abs(rates.index - updates).argmin()]

# %% tags=["hide-input"]
fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.6), sharex=True, sharey=True)
looks = dict(zip(WAYS, ["#b2abd2", "#08519c", "#5a9fcb", "#b35806"], strict=True))
for ax, ramp in zip(axes, [0, 100], strict=True):
    for way, colour in looks.items():
        row = grid.loc[SEARCHED[0][0], ramp, way]
        ax.semilogx(row.index, row, "o-", color=colour, label=way, markersize=4)
    title = f"ramp of {ramp} updates" if ramp else "no ramp"
    ax.set(title=title, xlabel="learning rate", ylim=(-52, -33))
    ax.axhline(independent_pixels(x_validation), color=COLOURS["data"], linestyle=":")
axes[0].set_ylabel("nats")
axes[0].text(0.1, -48.8, "independent pixels", color=COLOURS["data"], fontsize=10)
fig.suptitle("Log-likelihood of validation digits, 1000 updates", fontsize=11)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
show(fig, alt="Validation log-likelihood against the learning rate. Without a ramp, "
     "the four curves rise together to about -36 at rates near 0.5, then fall off a "
     "cliff to the level of independent pixels, -49. With a ramp, CD-1 and CD-5 rise "
     "to about -35 at rates near 2, CD-1 with means to about -36 near 1, and no curve "
     "falls off a cliff.")

# %% tags=["hide-input"]
grid.assign(chosen=best).round(2)

# %%
claim(
    "in the stored search, for each way and budget, with the ramp and without, the "
    "best of ten learning rates lies inside the grid",
    best.min() > grid.columns.min() and best.max() < grid.columns.max(),
)

# %%
bare, ramped = (grid.loc[searched].max(axis=1) for searched in SEARCHED[:2])
claim(
    "in the stored search, after 1000 updates, the best validation log-likelihoods "
    "of the four ways lie within 1 nat without the ramp, and spread over more than "
    "1.3 with it",
    np.ptp(bare) < 1 and np.ptp(ramped) > 1.3,
)

# %% [markdown]
# Without the ramp, each curve ends in a cliff, beyond which the RBMs are no better than a
# model of independent pixels (dotted line), or worse. For the three ways that draw
# pixels, the best rate lies just before it, so the search merely compares how well they
# survive their first updates, and all four look alike. (With more updates, lower rates
# would do, and this would matter less.) The ramp changes only the first
# 100 updates, but it turns the cliff into a slope. The best rates of these three are then
# two to four times as high: CD-1 and CD-5 gain 1.4 and 1.6 nats, PCD 0.9. CD-1 with means
# gains only 0.1.
#
# From here on, all four use the ramp. We train each way with its chosen rate, for both
# budgets and with three seeds that took no part in the search, and evaluate on the 10,000
# test digits. The table also contains two measures that we need below: the squared
# reconstruction error, and the share of 200 samples that are *nearly empty*, with fewer
# than 10 of the 196 pixels on.
#
# > **Predict.** Which of the four makes unseen digits most probable after the same number
# > of updates? And in the same time?

# %% tags=["hide-input"]
def reconstruction_error(rbm, x):
    return squared_error(x, rbm.inverse_transform(rbm.transform(x)))


def nearly_empty(pictures):
    return np.mean(pictures.sum(axis=1) < 10)


# %% tags=["hide-input"]
from ae_lib.progress import epoch_bar

SEEDS = range(SEED, SEED + 3)
CONTESTANTS = list(itertools.product(WAYS, BUDGETS, SEEDS))
trained, log_zs, samples, rows = {}, {}, {}, []

# %% tags=["hide-input"]
with epoch_bar("winners", len(CONTESTANTS)) as bar:
    for key in CONTESTANTS:
        (way, updates, seed), start = key, time.perf_counter()
        rate, first = chosen_rate(way, updates), small_weights(x, HIDDEN, seed)
        trained[key] = train(x, first, rate, updates, seed, **WAYS[way])
        seconds, rbm = time.perf_counter() - start, as_rbm(*trained[key])
        nats, log_zs[key] = log_p(rbm, x_test, seed)
        sample = samples[key] = rbm.gibbs(x_test[:200], 1000, seed)
        error, empty = reconstruction_error(rbm, x_test), nearly_empty(sample)
        rows.append([*key, rate, nats, error, empty, seconds])
        bar.update()

# %% tags=["nbval-ignore-output", "hide-input"]
measures = ["rate", "log-likelihood", "error", "nearly empty", "seconds"]
finals = pd.DataFrame(rows, columns=["way", "updates", "seed", *measures])
finals = finals.set_index(["way", "updates", "seed"])
print(f"independent pixels: {independent_pixels(x_test):.2f} nats")
print(f"nearly empty test digits: {nearly_empty(x_test):.3f}")
finals.groupby(["updates", "way"]).mean().round(3)

# %% tags=["hide-input", "nbval-ignore-output"]
by_way = finals["log-likelihood"].unstack("seed")
fig, axes = plt.subplots(1, len(BUDGETS), figsize=(7.5, 3.0), sharex=True,
                         sharey=True, squeeze=False)
for ax, updates in zip(axes[0], BUDGETS, strict=True):
    for y, way in enumerate(WAYS):
        dots = by_way.loc[way, updates]
        ax.plot(dots, [y] * len(dots), "o", color=COLOURS["autoencoder"], alpha=0.7)
    ax.set(title=f"{updates} updates", xlabel="nats")
    ax.set(yticks=range(len(WAYS)), yticklabels=WAYS)
    ax.margins(y=0.15)
axes[0, 0].invert_yaxis()
fig.suptitle("Log-likelihood of test digits, three seeds each", fontsize=11)
show(fig, alt="Dots for the log-likelihood of each way. After 1000 updates CD-1 and "
     "CD-5 lie near -34, PCD and CD-1 with means 1 to 1.5 nats below. After 3000, CD-5 "
     "is ahead near -32.5, CD-1 and PCD follow near -33.3, and CD-1 with means has "
     "hardly moved.")

# %%
ends_of = [BUDGETS[0], BUDGETS[-1]]
short, longer = (by_way.xs(updates, level="updates") for updates in ends_of)
claim(
    "after 3000 updates and with each of three seeds, the test log-likelihoods of "
    "CD-1, CD-5 and PCD are more than 1 nat above that of CD-1 with means; that of "
    "CD-1 is on average more than 0.5 nats above that after 1000 by CD-5, which "
    "take about as long",
    longer.drop("CD-1, means").min().min() > longer.loc["CD-1, means"].max() + 1
    and longer.loc["CD-1"].mean() > short.loc["CD-5"].mean() + 0.5,
)

# %% tags=["hide-input"]
gain = (longer - short).mean(axis=1)
claim(
    "with three times the updates, CD-1, CD-5 and PCD gain more than 0.7 nats of test "
    "log-likelihood, CD-1 with means less than 0.6, on average over three seeds",
    gain.drop("CD-1, means").min() > 0.7 and gain["CD-1, means"] < 0.6,
)

# %% [markdown]
# All four are far ahead of independent pixels, at -49.4 nats. After 1000 updates, CD-1
# and CD-5 lead, and PCD and CD-1 with means are 1.0 and 1.4 nats behind. After 3000
# updates, CD-5 is ahead. But its five steps cost time: in the same time, CD-1's 3000
# updates beat CD-5's 1000 by about a nat. PCD does not overtake CD-1, although textbooks
# had led us to expect it. In the stored search with 3000 updates it is ahead at every
# rate up to 0.63, but CD-1 tolerates higher ones. CD-1 with means gains least from more
# updates and ends last.
#
# These log-likelihoods rest on AIS with 1000 steps from the data's ink. So we repeat the
# estimate for one seed, with 2500 steps, and from two other bases: equal probabilities
# for all pictures, and the RBM's own visible biases.

# %% tags=["nbval-ignore-output", "hide-input"]
rows = {}
for way, updates in itertools.product(WAYS, BUDGETS):
    rbm, row = as_rbm(*trained[way, updates, SEED]), {}
    bases = {"data": x, "uniform": None, "own biases": own_biases(rbm)}
    for name, base in bases.items():
        row[name] = log_partition(rbm, base, n_steps=2500, random_state=SEED).value
    rows[way, updates] = {"as above": log_zs[way, updates, SEED], **row}
checked = pd.DataFrame(rows).T
checked.round(1)

# %%
claim(
    "log Z of each of eight RBMs: AIS with 1000 steps, and with 2500 steps from three "
    "bases, agree within 0.8 nats",
    np.ptp(checked, axis=1).max() < 0.8,
)

# %% [markdown]
# AIS passes the test: neither more steps nor another base changes an estimate by as much
# as 0.8 nats, and most change by far less.
#
# ### What samples reveal
#
# Does a high log-likelihood mean good samples? Each RBM runs 200 chains for 1000 steps,
# which start at test digits and have time to forget them. The figure shows every
# twentieth of the 200 pictures, sorted by ink, for RBMs after 1000 updates.

# %% tags=["nbval-ignore-output", "hide-input"]
shown = {"digits": x_test[:200]}
shown |= {way: samples[way, BUDGETS[0], SEED] for way in WAYS}
fig, axes = plt.subplots(len(shown), 10, figsize=(7.5, 3.6))
for row, (name, sample) in zip(axes, shown.items(), strict=True):
    by_ink = sample[sample.sum(axis=1).argsort()]
    for ax, picture in zip(row, by_ink[10::20], strict=True):
        ax.imshow(picture.reshape(14, 14), vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color(COLOURS["data"])
        ax.spines[:].set_visible(True)
    row[0].set_ylabel(name, rotation=0, ha="right", va="center")
show(fig, alt="Five rows of ten black and white pictures, sorted from little ink to "
     "much: test digits, and samples of four RBMs trained with 1000 updates. Few "
     "samples are clear digits. In the row of CD-1, the first two have hardly "
     "any ink.")

# %% [markdown]
# A quarter of CD-1's samples are nearly empty, against 2 % of the test digits and about
# 1 % of PCD's samples. Yet CD-1 has the higher log-likelihood. A likely reason is that
# CD-1 looks only one step away from the data, so nothing corrects regions further off,
# whereas PCD's chains can wander there and make them less probable. If so, a few updates
# by PCD should be a cure. We train the RBMs for 300 more updates at a low rate: those
# trained by CD-1 continue with PCD or, as a control, with CD-1; those trained with means
# continue with CD-1 or, as a control, with means.

# %% tags=["hide-input", "nbval-ignore-output"]
MORE, GENTLE, rows = 300, 0.25, {}  # further updates, and their rate
for first, second in [("CD-1", "PCD"), ("CD-1, means", "CD-1")]:
    for seed, way in itertools.product(SEEDS, ["nothing", first, second]):
        rbm = trained[first, BUDGETS[0], seed]
        if way != "nothing":
            rbm = train(x, rbm, GENTLE, MORE, seed + 1000, **WAYS[way])
        empty = nearly_empty(as_rbm(*rbm).gibbs(x_test[:200], 1000, seed))
        rows[first, way, seed] = [empty, log_p(as_rbm(*rbm), x_test, seed)[0]]
continued = pd.DataFrame(rows, ["nearly empty", "log-likelihood"]).T.unstack()
continued.rename_axis(["first", "then"]).round(2)

# %% tags=["hide-input"]
empties = continued["nearly empty"]
by_cd, by_means = empties.loc["CD-1"], empties.loc["CD-1, means"]
cured = by_cd.loc["PCD"] / by_cd.loc["CD-1"]
spoilt = by_means.loc["CD-1"] - by_means.loc["CD-1, means"]
claim(
    "with each of three seeds, 300 further updates by PCD leave fewer than half as "
    "many of CD-1's samples nearly empty as 300 by CD-1; after CD-1 with means, 300 "
    "by CD-1 lead to a share of nearly empty samples at least 5 percentage points "
    "higher than 300 with means",
    cured.max() < 0.5 and spoilt.min() > 0.05,
)

# %% [markdown]
# The cure works: after PCD's updates, only 2 to 6 % of the samples are nearly empty. But
# taking a single step is not the reason by itself: CD-1 with means does so too, and
# leaves few samples empty. After further updates by CD-1, which draws pixels, about a
# third of their samples are nearly empty, although the log-likelihood *rises*, which it
# hardly does with means.
#
# This is no contradiction. Suppose that a perfect model of digits lost a quarter of its
# probability to empty paper. Every digit would keep three quarters of its probability,
# and the log-likelihood would fall by $-\log 0.75$, a mere 0.29 nats. The log-likelihood
# measures what the digits get; samples show where the rest goes.
#
# And the reconstruction error, which every training program prints? CD-1 with means has
# the smallest (column "error"), although its log-likelihood is the lowest. The error is
# measured one step from the data and reveals little about the rest of the distribution.
# For an autoencoder the rest matters less, because it is only ever given digits.
#
# ## Features
#
# What have the hidden units learnt? We train one more RBM, on digits of full resolution
# and with the library's defaults, which follow the paper: means, grey pixels, momentum
# and weight decay.

# %%
FEATURES = 128
features = RBM(FEATURES, n_iter=10, random_state=SEED, verbose=1)
features.fit(digits.x_train)
show(plot_features(features.components_[:36], n_columns=12, symmetric=True,
                   title="Weights of the first 36 hidden units"),
     alt="36 pictures of 28 by 28 weights. Some show one local spot or stroke, purple "
     "beside orange; others show patterns of several strokes over the whole picture.")

# %% [markdown]
# Ink on purple switches a hidden unit on, ink on orange switches it off. Some units
# respond to one spot or a piece of a stroke, others to several strokes at once. All of
# these were found without a label.
#
# ### What a second layer can add
#
# An RBM generates a picture in two stages: it draws $h$ from its own distribution of
# hidden states, $p(h)$, and then $v$ from $p(v \mid h)$. The digits evoke a distribution
# of hidden states too: $q(h)$, the average of $p(h \mid v)$ over the data. In a perfect
# RBM the two would be equal. In a real one they differ, so we can keep $p(v \mid h)$ and
# replace $p(h)$ by a better model of $q(h)$: a second RBM, whose visible units are the
# first one's hidden units. [Hinton, Osindero & Teh
# (2006)](https://doi.org/10.1162/neco.2006.18.7.1527) proved that this raises a lower
# bound on the log-likelihood of the digits.
#
# With 10 hidden units, all 1024 hidden states can be listed, so we can compute the
# log-likelihood itself. The second RBM starts as the first one turned upside down, with
# transposed weights, so its distribution over $h$ is exactly $p(h)$. From there it learns
# $q(h)$ of the training digits by 50 updates with the exact gradient.
#
# But the first RBM learnt by CD-1. If two layers do better, is that due to the second
# layer or to the exact gradient? As a control, the first RBM alone gets 50 exact updates,
# and then a second layer as well. In a second control, it gets 1000 more updates by CD-1.

# %% tags=["hide-input"]
TOP_HIDDEN = 10  # 12 or fewer: all hidden states are listed
TOP_RATE, TOP_UPDATES = 0.3, 50


def climb(gradient, rbm):
    """The RBM after some updates by its exact gradient."""
    rbm = [part.astype(float) for part in rbm]
    for _ in range(TOP_UPDATES):
        for part, change in zip(rbm, gradient(*rbm), strict=True):
            part += TOP_RATE * change
    return rbm


# %% tags=["hide-input"]
def exact_gradient(W, a, b):
    """(3.6) for the training digits; the layers swap roles to list hidden states."""
    p, h, on = model(W.T, b, a), states(len(b)), sigmoid(x @ W + b)
    v = p[:, None] * sigmoid(h @ W.T + a)
    data_minus_model = x.mean(axis=0) - v.sum(axis=0), on.mean(axis=0) - p @ h
    return [x.T @ on / len(x) - v.T @ h, *data_minus_model]


# %% tags=["hide-input"]
def second_layer(W, a, b):
    """p(h) by a second RBM on top, which has learnt q(h)."""
    q = chances(states(len(b)), x @ W + b).mean(axis=0)
    upside_down = [W.T, b, a]
    return model(*climb(lambda *top: difference(q, model(*top), top), upside_down))


# %% tags=["hide-input"]
def with_p(p, W, a, b):
    """Mean log-likelihood of test digits if hidden states have probabilities p."""
    inputs = states(len(b)) @ W.T + a
    terms = x_test @ inputs.T - np.logaddexp(0, inputs).sum(axis=1) + np.log(p)
    largest = terms.max(axis=1, keepdims=True)  # so that no exponential overflows
    return np.mean(largest[:, 0] + np.log(np.exp(terms - largest).sum(axis=1)))


# %% tags=["nbval-ignore-output", "hide-input"]
layers = {}
for seed in SEEDS:
    by_cd = train(x, small_weights(x, TOP_HIDDEN, seed), 1.0, BUDGETS[0], seed)
    firsts = {"CD-1": by_cd, "CD-1, then exact": climb(exact_gradient, by_cd)}
    for name, (W, a, b) in firsts.items():
        alone = model(W.T.astype(float), b, a)
        layers[name, "one layer", seed] = with_p(alone, W, a, b)
        layers[name, "two layers", seed] = with_p(second_layer(W, a, b), W, a, b)
    W, a, b = train(x, by_cd, TOP_RATE, BUDGETS[0], seed + 1000)
    alone = model(W.T.astype(float), b, a)
    layers["CD-1, then more CD-1", "one layer", seed] = with_p(alone, W, a, b)
layers = pd.Series(layers).unstack()
layers.columns = [f"seed {seed}" for seed in SEEDS]
layers.round(2)

# %%
second, control = layers.loc["CD-1"], layers.loc["CD-1, then exact"]
repair = control.loc["one layer"] - second.loc["one layer"]
claim(
    "with each of three seeds, 50 exact updates of an RBM trained by CD-1 gain more "
    "than 70 % of what a second RBM on top of it adds to its log-likelihood; after "
    "these 50 updates a second RBM adds less than 0.1 nats",
    (repair > 0.7 * (second.loc["two layers"] - second.loc["one layer"])).all()
    and (control.loc["two layers"] - control.loc["one layer"]).max() < 0.1,
)

# %% [markdown]
# Two layers are about half a nat better than the RBM that CD-1 trained. But the first RBM
# alone gains nearly as much from 50 exact updates, after which a second layer adds less
# than a tenth of a nat. Most of what the second layer seemed to add was further training
# of the first, which CD-1 had left unfinished. More updates by CD-1 (last row) also
# recover a good part of it.
# Whether a stack of RBMs makes a good *autoencoder* has to be measured separately, as in
# [Chapter 4](04_pretraining.ipynb).
#
# ## A guard against overfitting
#
# How can we tell that an RBM is **overfitting** when $Z$ is out of reach? The mean free
# energy of unseen digits minus that of training digits needs no $Z$, because it cancels.
# This **gap** is a difference of mean log-probabilities ([Hinton
# 2012](https://doi.org/10.1007/978-3-642-35289-8_32), section 6). We train on 10,000
# digits or on a twentieth of them, 500, with the same number of updates, and record the gap
# as well as the reconstruction error and the log-likelihood of validation digits.
#
# > **Predict.** With 500 digits, one of the three curves changes direction. Which one?

# %%
GUARD_HIDDEN, SIZES = 128, [DIGITS, DIGITS // 20]
LOOKS = [100, 200, 300, 400, 600, 800, 1000]  # updates: multiples of 100, ascending


# %% tags=["hide-input"]
def watch(n, seed):
    """Gap, and error and log-likelihood of validation digits, at each look."""
    own, rbm = x[:n], RBM(GUARD_HIDDEN, momentum=0.5, random_state=seed)
    rng, seen = np.random.default_rng(seed), []
    for update in range(100, LOOKS[-1] + 1, 100):
        rows = np.concatenate([rng.permutation(n) for _ in range(-(-10_000 // n))])
        rbm.partial_fit(own[rows[:10_000]])
        if update in LOOKS:
            gap = rbm.free_energy(x_validation).mean() - rbm.free_energy(own).mean()
            error = reconstruction_error(rbm, x_validation)
            seen.append([gap, error, log_p(rbm, x_validation, seed, **QUICK)[0]])
    return np.array(seen)


# %% tags=["hide-input"]
watched = {(n, seed): watch(n, seed) for n in SIZES for seed in SEEDS}

# %% tags=["hide-input", "nbval-ignore-output"]
fig, axes = plt.subplots(1, 3, figsize=(7.5, 3.4), sharex=True)
titles = ["gap (nats)", "error, held-out", "log-likelihood,\nheld-out (nats)"]
for column, (ax, title) in enumerate(zip(axes, titles, strict=True)):
    for (n, _), seen in watched.items():
        colour = COLOURS["bad" if n == min(SIZES) else "good"]
        ax.plot(LOOKS, seen[:, column], ".-", color=colour, linewidth=1.2)
    ax.set_title(title, fontsize=11)
    ax.set(xlabel="updates", xticks=[0, 500, 1000])
lines = {f"{n:,} digits": axes[0].lines[k * len(SEEDS)] for k, n in enumerate(SIZES)}
fig.legend(lines.values(), lines, loc="outside lower center", ncols=2)
show(fig, alt="Three measures against the number of updates, three seeds each. With "
     "500 digits the gap rises from 3 to 12 nats, with 10,000 it stays below 1. Both "
     "errors of held-out digits fall throughout. The log-likelihood of held-out digits "
     "rises throughout with 10,000, and turns down after 200 to 400 updates with 500.")

# %%
few = np.array([watched[min(SIZES), seed] for seed in SEEDS])
many = np.array([watched[max(SIZES), seed] for seed in SEEDS])
claim(
    "with a twentieth of the digits and three seeds, the gap grows from each look "
    "to the next, and at the last is more than 5 times as large as with 10,000; the "
    "error of validation digits falls throughout; their log-likelihood ends more "
    "than 0.5 nats below its best",
    (np.diff(few[:, :, 0]) > 0).all()
    and few[:, -1, 0].min() > 5 * many[:, -1, 0].max()
    and (np.diff(few[:, :, 1]) < 0).all()
    and (few[:, :, 2].max(axis=1) - few[:, -1, 2]).min() > 0.5,
)

# %% [markdown]
# Only the log-likelihood turns down. With 500 digits it is highest after 200 to 400
# updates and then falls by more than a nat. The reconstruction error of the same held-out
# digits falls to the end, so it never tells you to stop. The gap shows which of the two
# RBMs overfits more after the same number of updates. But it grows from the first look,
# long before the log-likelihood falls, so its growth is no reason to stop. To decide when
# to stop, estimate the log-likelihood of held-out digits. (With grey pixels, differences
# of $F$ are not differences of log-probabilities, and the gap is only a rough guide.)
#
# ## Settings, and linear units
#
# The recommendations in this table are those of Hinton's practical guide (2012); the last
# column is the program of 2006.
#
# | setting | what it does | recommended | the paper's program |
# |---|---|---|---|
# | learning rate $\epsilon$ | scales the step | steps of a thousandth of the weights | 0.1, linear units 0.001 |
# | momentum $m$ | accumulates steps, as if the rate were $\epsilon/(1-m)$ | 0.5, then 0.9 | 0.5 for five epochs, then 0.9 |
# | weight decay | pulls weights towards 0, keeps the chain moving | 0.00001 to 0.01 | 0.0002 |
# | mini-batch | digits per update | 10 to 100 | 100 |
# | hidden units | number of votes | from the bits that describe a picture | 1000, 500, 250, 30 |
# | initial weights | make the units differ | standard deviation 0.01 | 0.1 |
#
# In the paper's last RBM, the hidden units are **linear**, with Gaussian noise. Each
# contributes $(h_j - b_j)^2/2$ to the energy instead of $-b_j h_j$, and its mean is $x_j$
# itself instead of $\sigma(x_j)$. These means are the code. Linear units need a much
# smaller learning rate because nothing bounds them: a step that is too long makes larger
# values, which make the next step longer still.
#
# ## What we measured
#
# | question | evidence | seeds | verdict |
# |---|---|---|---|
# | Is (3.6) the gradient? | derivation; numerical derivatives on the toy RBM | exact | yes |
# | Does CD-1 point along the gradient? | cosine on nine RBMs whose states can be listed | 3 | with small weights yes (above 0.98); after learning by CD-1 no (below 0.5), and its updates fade out while the gradient does not |
# | Can AIS be trusted? | exact $\log Z$, 12 hidden units; two bases | 3 | not always: within a nat after 60 epochs, tens of nats too low after 10; another base reveals it |
# | Does the chain matter? | log-likelihood of test digits, rates tuned with a ramp, same number of updates | 3 | yes: CD-1 with means is last after 3000 updates, by more than a nat; after 1000 without the ramp, the search could not tell |
# | And in the same time? | 3000 updates by CD-1, 1000 by CD-5 | 3 | CD-1 is ahead, by more than half a nat |
# | Does the likelihood tell us what samples look like? | 200 chains, 1000 steps; further updates by another rule | 3 | no: further updates by PCD remove most of the nearly empty samples that CD-1 leaves or produces |
# | Does a second layer improve the model? | exact log-likelihood, 10 hidden units, control without it | 3 | by less than a tenth of a nat, once the first layer too has had exact updates |
# | What reveals overfitting? | 500 against 10,000 digits, same number of updates | 3 | the gap and the held-out likelihood; only the likelihood tells you when to stop; the held-out error falls throughout |
#
# The ramp, and the further updates before the samples, were added after test results of a
# first version had been seen; the ramp was then searched on validation digits. All of
# this was measured on small RBMs that were trained for seconds. With 500 hidden
# units, [Salakhutdinov & Murray (2008)](https://doi.org/10.1145/1390156.1390266) found a
# much higher likelihood after training by CD-25 than by CD-1.
#
# (The page [every error of the course](errors.md) leaves out this chapter's, which belong
# to digits of 14 by 14 pixels.)

# %% [markdown]
# ## Summary
#
# - An RBM gives every picture a probability. Its hidden units vote, and because the units
#   of a layer are independent given the other layer, everything but $Z$ is cheap.
# - The gradient of the log-likelihood is the data's average minus the model's. CD-1
#   replaces the model's average by the average after one step of a chain that starts at
#   the data. The result points in the right direction while the weights are small.
# - In a short training without a ramp, the best learning rate lies just before a cliff,
#   and a search only compares how well each way survives its first updates.
# - Likelihood, samples and reconstruction error measure three different things.
# - A second layer can learn the distribution of hidden states that the digits evoke. Most
#   of what it seemed to add here was further training of the first layer.
#
# ## Further reading
#
# - P. Smolensky (1986), *Information processing in dynamical systems: foundations of
#   harmony theory*, in *Parallel Distributed Processing*, vol. 1, MIT Press
# - G. E. Hinton (2002), *Training products of experts by minimizing contrastive
#   divergence*,
#   [doi:10.1162/089976602760128018](https://doi.org/10.1162/089976602760128018)
# - T. Tieleman (2008), *Training restricted Boltzmann machines using approximations to
#   the likelihood gradient*,
#   [doi:10.1145/1390156.1390290](https://doi.org/10.1145/1390156.1390290)
# - R. Salakhutdinov & I. Murray (2008), *On the quantitative analysis of deep belief
#   networks*, [doi:10.1145/1390156.1390266](https://doi.org/10.1145/1390156.1390266)
# - G. E. Hinton (2012), *A practical guide to training restricted Boltzmann machines*,
#   [doi:10.1007/978-3-642-35289-8_32](https://doi.org/10.1007/978-3-642-35289-8_32)
# - A. Fischer & C. Igel (2014), *Training restricted Boltzmann machines: an
#   introduction*,
#   [doi:10.1016/j.patcog.2013.05.025](https://doi.org/10.1016/j.patcog.2013.05.025)
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/03_rbm.ipynb), which check themselves.
# - **Next:** [Chapter 4](04_pretraining.ipynb) stacks four RBMs and unrolls them into a
#   deep autoencoder.
# - **Previous:** [Chapter 2](02_initialisation.ipynb) asked which initial weights let a
#   deep network learn.
