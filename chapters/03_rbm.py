# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Restricted Boltzmann machines
#
# [Chapter 2](02_initialisation.ipynb) ended with a question: what would be a good start
# for a deep autoencoder? The paper's answer is to choose the weights before the deep
# network exists. One layer at a time learns what is typical of its input, with a rule
# that needs no gradient from anywhere else. Stacked and unfolded, these layers make a
# network that starts near a solution. This chapter builds one such layer, from an
# energy that you can compute by hand to the features that it finds in digits.
#
# **What you will do**
#
# - Take apart a machine so small that all of its 32 states can be listed.
# - Write its learning rule in a dozen lines, and compare it with the library's.
# - Look at what it learns from digits, at its dreams, and at how it overfits.
# - Change its settings, and give it units for other numbers.
#
# **What you will learn**
#
# - What a restricted Boltzmann machine is, and what contrastive divergence computes.
# - What its reconstructions, its dreams and its free energy tell of it, and what not.
# - Which units real-valued data and codes need.
#
# **What you will need**
#
# - [Chapter 1](01_motivation.ipynb), and [Chapter 2](02_initialisation.ipynb) for the
#   problem; probabilities; derivatives.
#
# **Time:** about 45 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import itertools

import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, RBM, SEED, load_mnist, plot_features, set_seed, show
from ae_lib import squared_error, use_style

set_seed()
use_style()
rng = np.random.default_rng(SEED)

# %% [markdown]
# ## A machine with three and two units
#
# A **restricted Boltzmann machine**, RBM for short, has two layers of units that are 0
# or 1. The *visible* units $v$ hold the data, the pixels of a picture for example. The
# *hidden* units $h$ are there to explain them. Each visible unit is connected with each
# hidden one, and no unit with its own layer: that is the restriction. Here is one with
# three visible and two hidden units, small enough to compute everything.

# %%
W = np.array([[2.0, -2.0], [3.0, 1.0], [-2.0, 3.0]])  # visible x hidden
a = np.array([-1.0, -2.0, -0.5])  # biases of the visible units
b = np.array([0.0, -1.0])  # biases of the hidden units

# %%
fig, ax = plt.subplots(figsize=(5.6, 2.7))
for i, j in itertools.product(range(3), range(2)):
    colour = COLOURS["autoencoder"] if W[i, j] > 0 else COLOURS["pca"]
    ax.plot([i, j + 0.5], [0, 1], color=colour, linewidth=2 * abs(W[i, j]), zorder=1)
for x, y, name, bias in [(i, 0, f"v_{i + 1}", a[i]) for i in range(3)] + [
    (j + 0.5, 1, f"h_{j + 1}", b[j]) for j in range(2)
]:
    ax.plot(x, y, "o", markersize=38, color="white", markeredgecolor=COLOURS["data"])
    ax.text(x, y, f"${name}$\n{bias:+.1f}", ha="center", va="center", fontsize=11)
ax.set(xlim=(-0.4, 2.4), ylim=(-0.4, 1.4))
ax.set_axis_off()
show(fig, alt="Three visible units below, two hidden units above, each with its bias. "
     "Six lines join each visible with each hidden unit; their width is the weight's "
     "size, orange is positive and blue negative. No line joins two of one layer.")

# %% [markdown]
# Orange lines are positive weights: their two units like to be on together. Blue lines
# are negative ones: the two units avoid each other. The width is the weight's size, and
# the number in a unit is its bias, its own liking to be on.
#
# The likings are summed up in one number, the **energy** of a state. Low energy means
# that many likings are met. With $a_i$ and $b_j$ for the biases of the visible and of
# the hidden units:
#
# $$E(v, h) = -\sum_i a_i v_i - \sum_j b_j h_j - \sum_{i,j} v_i W_{ij} h_j \tag{3.1}$$
#
# The matrix $W$ has a row for each visible and a column for each hidden unit. In code,
# for all $8 \cdot 4 = 32$ states at once: a row for each $v$, a column for each $h$.

# %%
V = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
H = np.array(list(itertools.product([0.0, 1.0], repeat=2)))


def energies(W, a, b):
    return (V @ -a)[:, None] - H @ b - V @ W @ H.T


print(energies(W, a, b))

# %% [markdown]
# A state's probability falls with its energy:
#
# $$p(v, h) = \frac{e^{-E(v, h)}}{Z}, \qquad Z = \sum_{v, h} e^{-E(v, h)} \tag{3.2}$$
#
# > **Predict.** $Z$ has 32 terms here. How many has it for 784 pixels and 256 hidden
# > units?

# %%
weight = np.exp(-energies(W, a, b))
Z = weight.sum()
joint = weight / Z
p_v = joint.sum(axis=1)
print(f"Z = {Z:.2f}, most probable: v = {V[p_v.argmax()]} with {p_v.max():.2f}")
print(f"terms for 784 and 256 units: a number of {len(str(2 ** (784 + 256)))} digits")

# %% [markdown]
# Nobody adds up so many terms, so for a real machine $Z$ is unknown, and with it every
# probability. All that follows is about getting along without $Z$.
#
# ### Conditionals are easy
#
# Suppose that the visible units are known. Then (3.1) is a sum in which each $h_j$ has
# a term of its own. So the hidden units are independent of each other, and each is a
# logistic unit:
#
# $$p(h_j = 1 \mid v) = \sigma\big(b_j + \sum_i v_i W_{ij}\big) \tag{3.3}$$
#
# $$p(v_i = 1 \mid h) = \sigma\big(a_i + \sum_j W_{ij} h_j\big) \tag{3.4}$$
#
# We need not believe it. The table of all states knows the truth.


# %%
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


h_given_v = joint / joint.sum(axis=1, keepdims=True)  # each row sums to 1
on = h_given_v @ H  # p(h_j = 1 | v), a row for each v
assert np.allclose(on, sigmoid(V @ W + b))

# %%
independent = np.where(H == 1, on[:, None], 1 - on[:, None]).prod(axis=2)
assert np.allclose(h_given_v, independent)
v_given_h = joint.T / joint.T.sum(axis=1, keepdims=True)
assert np.allclose(v_given_h @ V, sigmoid(H @ W.T + a))

# %% [markdown]
# Both hold, and upwards and downwards there is no $Z$. The formula is that of a layer
# of a network. That is why the weights of an RBM can become the weights of an
# autoencoder.
#
# ### The free energy
#
# The probability of a *picture* is a sum over all hidden states. That sum, too, has a
# short form, because the units are independent. It is called the **free energy**:
#
# $$F(v) = -\sum_i a_i v_i - \sum_j \log\big(1 + e^{b_j + \sum_i v_i W_{ij}}\big) \tag{3.5}$$
#
# The right side says the same as $-\log \sum_h e^{-E(v, h)}$, and
# $p(v) = e^{-F(v)} / Z$.


# %%
def free_energy(W, a, b):
    return -V @ a - np.logaddexp(0, V @ W + b).sum(axis=1)


assert np.allclose(free_energy(W, a, b), -np.log(weight.sum(axis=1)))
assert np.allclose(p_v, np.exp(-free_energy(W, a, b)) / Z)

# %% [markdown]
# A difference of free energies is, up to the sign, a difference of log-probabilities,
# for $Z$ cancels. We shall use that later.
#
# ## Learning: two statistics and their difference
#
# To learn is to make the data probable. Our toy data are $v$ = 110 and $v$ = 001, four
# times in ten each, and a few others. The bars show how often each of the eight
# pictures occurs in the data, and how probable the machine thinks it is.

# %%
q = np.array([0.05, 0.4, 0.05, 0.0, 0.05, 0.05, 0.4, 0.0])
names = ["".join(str(int(unit)) for unit in v) for v in V]
fig, ax = plt.subplots(figsize=(6.5, 2.8))
places = np.arange(8)
ax.bar(places - 0.2, q, 0.4, color=COLOURS["data"], label="data")
ax.bar(places + 0.2, p_v, 0.4, color=COLOURS["autoencoder"], label="machine")
ax.set(xticks=places, xticklabels=names, xlabel="picture v", ylabel="probability")
ax.legend(loc="upper center")
show(fig, alt="Bars for the eight pictures 000 to 111. The data has two high bars: "
     "001 and 110. The machine has lower bars there, and gives 010 and 011 too much.")

# %% [markdown]
# The machine should raise the grey bars' pictures and lower the others. How must a
# weight change for that? Let $L$ be the mean of $\log p(v)$ over the data, the
# log-likelihood. Its slope is a difference of two averages:
#
# $$\partial L / \partial W_{ij} = \langle v_ih_j\rangle_0-\langle v_ih_j\rangle_\infty \tag{3.6}$$
#
# The first average, $\langle \cdot \rangle_0$, takes $v$ from the data, and $h$ given
# $v$. How often are the two units on together when the machine looks at data? The
# second, $\langle \cdot \rangle_\infty$, is the same when the machine is left to
# itself. Where both agree, the weight stays. For the biases, $v_i$ and $h_j$ stand in
# place of the product.


# %%
def statistics(p):
    """<v_i h_j> if the pictures have the probabilities p."""
    return V.T @ (p[:, None] * on)


exact = statistics(q) - statistics(p_v)
print(exact.round(3))

# %% [markdown]
# Is that the slope? We push each number a little up and a little down and look.


# %%
def log_likelihood(W, a, b):
    F = free_energy(W, a, b)
    return q @ -F - np.log(np.exp(-F).sum())


def numerical_slope(n):
    """Slope of the log-likelihood in the n-th of W, a and b."""
    slope = np.empty_like((W, a, b)[n])
    for index in np.ndindex(slope.shape):
        up, down = ([W.copy(), a.copy(), b.copy()] for _ in range(2))
        up[n][index] += 1e-5
        down[n][index] -= 1e-5
        slope[index] = (log_likelihood(*up) - log_likelihood(*down)) / 2e-5
    return slope


# %%
assert np.allclose(numerical_slope(0), exact, atol=1e-8)
assert np.allclose(numerical_slope(1), (q - p_v) @ V, atol=1e-8)
assert np.allclose(numerical_slope(2), (q - p_v) @ on, atol=1e-8)

# %% [markdown]
# It is. But the second average needs the model's own distribution, and so $Z$.
#
# ### Contrastive divergence
#
# One can *sample* from the model without $Z$. Start anywhere and go up and down by
# (3.3) and (3.4): draw $h$ given $v$, then $v$ given $h$, and so on. This is **Gibbs
# sampling**, and after many steps the pictures are samples from $p(v)$. Many steps are
# expensive. [Hinton (2002)](https://doi.org/10.1162/089976602760128018) proposed to
# start at the data and to stop after $k$ steps, with $k = 1$ in most cases:
#
# $$\Delta W_{ij} = \epsilon \big(\langle v_ih_j\rangle_0 - \langle v_ih_j\rangle_k\big) \tag{3.7}$$
#
# where $\langle \cdot \rangle_k$ takes $v$ from the end of these $k$ steps, and
# $\epsilon$ is the learning rate. This is **contrastive divergence**, CD-$k$. The first
# step away from the data tells in which direction the model drifts, and (3.7) pulls
# against that drift. It is not the gradient. How far off is it? One Gibbs step is a
# table of 8 by 8 transition probabilities, so that we know what CD-$k$ does on average,
# without drawing a single random number.
#
# > **Predict.** Will the direction of CD-1 be nearly that of the gradient, at a right
# > angle to it, or worse?


# %%
gibbs_step = h_given_v @ v_given_h  # from each picture (row) to each picture (column)


def contrastive(k):
    return statistics(q) - statistics(q @ np.linalg.matrix_power(gibbs_step, k))


def cosine(x, y):
    return (x * y).sum() / np.linalg.norm(x) / np.linalg.norm(y)


# %%
for k in (1, 3, 10, 100):
    direction = contrastive(k)
    size = np.linalg.norm(direction) / np.linalg.norm(exact)
    print(f"CD-{k:<3}  cosine {cosine(direction, exact):.3f}  length {size:.2f}")

# %%
fig, ax = plt.subplots(figsize=(6.5, 3.2))
shown = {"exact": exact, "CD-10": contrastive(10), "CD-3": contrastive(3),
         "CD-1": contrastive(1)}
colours = ["data", "pca", "linear", "autoencoder"]
for n, (name, direction) in enumerate(shown.items()):
    ax.bar(np.arange(6) + 0.2 * (n - 1.5), direction.ravel(), 0.2, label=name,
           color=COLOURS[colours[n]])
labels = [f"$W_{{{i + 1}{j + 1}}}$" for i, j in np.ndindex(W.shape)]
ax.set(xticks=range(6), xticklabels=labels, ylabel="change asked for")
ax.axhline(0, color=COLOURS["data"], linewidth=1)
ax.legend()
show(fig, alt="For each of the six weights four bars: the exact gradient, CD-10, CD-3 "
     "and CD-1. Those of CD-10 equal the exact ones. Those of CD-1 have the same "
     "direction where the change is large, and are shorter there.")

# %%
# Claim: CD-1 points nearly where the gradient points, and is shorter.
assert cosine(contrastive(1), exact) > 0.95
assert np.linalg.norm(contrastive(1)) < 0.8 * np.linalg.norm(exact)
assert np.allclose(contrastive(100), exact, atol=1e-6)

# %% [markdown]
# On this machine CD-1 points nearly where the gradient points, and is shorter. With
# more steps the two become one. A shorter step in a good direction does no harm, for
# the learning rate is ours to choose. Other machines may be less kind: when weights are
# large, Gibbs sampling hardly moves, and CD-1 sees little of what is wrong.
#
# ## The rule in a dozen lines
#
# The authors' program does one thing differently: in the way down it does not draw
# pixels, it takes their probabilities. That makes less noise. Only the hidden units are
# drawn, so that each of them can pass on no more than one bit. Here is that step, for a
# batch of pictures `v`.


# %%
def cd1_step(v, W, a, b, rate, rng):
    """Change W, a and b by one step of CD-1; return the error of the reconstruction."""
    h = sigmoid(v @ W + b)
    states = (rng.random(h.shape) < h).astype(v.dtype)
    v_1 = sigmoid(states @ W.T + a)
    h_1 = sigmoid(v_1 @ W + b)
    W += rate * (v.T @ h - v_1.T @ h_1) / len(v)
    a += rate * (v - v_1).mean(axis=0)
    b += rate * (h - h_1).mean(axis=0)
    return squared_error(v, v_1)


# %% [markdown]
# The library has the same machine as `ae_lib.RBM`: TensorFlow beneath, scikit-learn's
# names on top. Its `components_` are $W^\top$. Does it do the same as our dozen lines?
# Both draw random numbers, and not the same ones. But in a batch of 100,000 toy
# pictures chance averages out, and both have to come near the one average that we can
# compute by listing the states.

# %%
reached = q @ h_given_v  # how often each hidden state is drawn
down = sigmoid(H @ W.T + a)
up = sigmoid(down @ W + b)
expected = statistics(q) - down.T @ (reached[:, None] * up)

# %%
pictures = np.repeat(V, np.rint(100_000 * q).astype(int), axis=0)
ours = W.copy()
cd1_step(pictures, ours, a.copy(), b.copy(), rate=1.0, rng=rng)
ours -= W

# %%
toy = RBM(2, learning_rate=1.0, momentum=0, weight_decay=0, batch_size=len(pictures),
          n_iter=0, random_state=SEED).fit(pictures)
toy.components_, toy.intercept_visible_, toy.intercept_hidden_ = W.T, a, b
theirs = toy.partial_fit(pictures).components_.T - W

# %% tags=["nbval-ignore-output"]
for name, change in [("expected", expected), ("ours", ours), ("library", theirs)]:
    print(f"{name:9s}", change.ravel().round(3))
print(f"cosine to the exact gradient: {cosine(expected, exact):.3f}")
assert cosine(expected, exact) > 0.85
assert np.abs(ours - expected).max() < 0.01
assert np.abs(theirs - expected).max() < 0.01

# %% [markdown]
# All three agree to the second decimal. More cannot be asked, since the standard error
# of such an average is about 0.002. Probabilities in place of drawn pixels cost some
# direction on this machine, as the cosine says. They are what the authors' program
# uses, and so do we.
#
# ## What a machine learns from digits
#
# Now 784 visible units. We take 10,000 of the 60,000 training digits, so that the
# chapter stays short, and 2,000 others to look at what a machine has *not* seen. Grey
# pixels are taken as probabilities of ink.

# %%
digits = load_mnist(n_train=10_000, n_validation=2000)
x_train, x_validation = digits.x_train, digits.x_validation
x_test = digits.x_test
print(x_train.shape, x_validation.shape, x_test.shape)

# %% [markdown]
# First a second comparison of the two programs: both train 64 hidden units on 2,000
# digits in five passes, from small random weights. The error is the squared error per
# image between the digits and their reconstructions.


# %%
def train_by_hand(x, n_hidden, epochs, rate=0.1, batch_size=100):
    W = rng.normal(0, 0.1, (x.shape[1], n_hidden)).astype(np.float32)
    a, b = np.zeros(x.shape[1], np.float32), np.zeros(n_hidden, np.float32)
    errors = []
    for _ in range(epochs):
        batches = rng.permutation(len(x)).reshape(-1, batch_size)
        errors.append(np.mean([cd1_step(x[i], W, a, b, rate, rng) for i in batches]))
    return errors


# %%
by_hand = train_by_hand(x_train[:2000], 64, epochs=5)
same = RBM(64, n_iter=5, momentum=0, weight_decay=0, random_state=SEED, verbose=1)
by_library = same.fit(x_train[:2000]).reconstruction_error_

# %% tags=["nbval-ignore-output"]
print("by hand", np.round(by_hand, 2))
print("library", np.round(by_library, 2))
fig, ax = plt.subplots(figsize=(6.5, 3.0))
epochs = range(1, 6)
ax.plot(epochs, by_hand, "o-", markersize=10, color=COLOURS["pca"], label="by hand")
ax.plot(epochs, by_library, "s--", color=COLOURS["autoencoder"], label="library")
ax.set(xlabel="epoch", ylabel="squared error per image", ylim=(0, None))
ax.set_xticks(epochs)
ax.legend()
show(fig, alt="Squared error of the reconstruction against the epoch. Both fall "
     "steeply at first, then slowly, and their points lie on each other.")
# Claim: by hand and by library, the errors fall alike.
assert np.allclose(by_hand, by_library, rtol=0.05)
assert by_hand[-1] < 0.6 * by_hand[0]

# %% [markdown]
# The same course. The error is easy to compute, and good for noticing that something
# goes wrong. But training does not minimise it, and a smaller one need not mean a
# better machine; we shall see that twice.
#
# From here on the library does the work. It adds momentum and weight decay, of which
# more below. Here is a machine with 128 hidden units, trained on all 10,000 digits.

# %%
common = {"weight_decay": 0.001, "random_state": SEED, "verbose": 1}
features = RBM(128, n_iter=10, **common).fit(x_train)
show(plot_features(features.components_[:36], n_columns=12, symmetric=True,
                   title="What the first 36 of 128 hidden units look for"),
     alt="36 pictures of 28 by 28 weights. Some are one local spot or stroke, purple "
     "beside orange; others are patterns of several strokes over the whole picture.")

# %% [markdown]
# Each picture is a row of `components_`: the weights of one hidden unit. They are the
# **feature**, the pattern that this unit responds to. Ink on purple switches the unit
# on, ink on orange switches it off. Some look for one spot or one piece of a stroke,
# others for several strokes at once. Nobody drew these detectors. The machine found
# them in pictures alone, without labels, and without an output to be wrong about.
#
# ### Dreams
#
# What does the machine itself think digits are? Let it run. From twelve real digits we
# let Gibbs sampling go on for 1, 10, 100 and 1000 steps, and draw the probabilities of
# the pixels.
#
# > **Predict.** After 1000 steps nothing is left of the digits we began with. What will
# > the pictures look like: like other digits, like noise, or like something else?


# %%
def dream(machine):
    """Run 48 chains from digits; return 12 as pictures, and all final states."""
    v, rows = x_test[:48], [x_test[:12]]
    for n_steps in (1, 9, 90, 900):
        v = machine.gibbs(v, n_steps, random_state=SEED + n_steps)
        rows.append(machine.inverse_transform(machine.transform(v[:12])))
    return np.concatenate(rows), v


# %% tags=["nbval-ignore-output"]
pictures, dreamt = dream(features)
show(plot_features(pictures, n_columns=12,
                   title="CD-1: digits, and after 1, 10, 100, 1000 steps"),
     alt="Five rows of twelve pictures. The digits fade step by step; after 100 and "
     "1000 steps many pictures are nearly empty.")

# %% [markdown]
# Many of them are nearly empty! The machine knows the neighbourhood of digits: after
# ten steps they are still there. But CD-1 takes one step away from the data and
# corrects what it finds there. What lies further away is never looked at. There,
# unnoticed, the machine came to believe that nearly empty paper is more probable than
# digits, as free energies say:

# %% tags=["nbval-ignore-output"]
of_digits, of_dreams = (features.free_energy(v).mean() for v in (x_test, dreamt))
print(f"free energy: digits {of_digits:.0f}, dreams {of_dreams:.0f} (low is probable)")
# Claim: to CD-1's machine, its dreams are more probable than digits.
assert of_dreams < of_digits - 30

# %% [markdown]
# The cure is to let the chains run on. **Persistent** contrastive divergence ([Tieleman
# 2008](https://doi.org/10.1145/1390156.1390290)) does not go back to the data for each
# batch. Its chains start where they were after the last one, so they wander far, and
# what they find there is corrected too. Steps must be smaller, so that the chains can
# follow the machine.

# %% tags=["nbval-ignore-output"]
persistent = RBM(128, n_iter=10, persistent=True, learning_rate=0.05, momentum=0,
                 **common).fit(x_train)
pictures, dreamt_persistent = dream(persistent)
show(plot_features(pictures, n_columns=12,
                   title="Persistent: digits, and after 1, 10, 100, 1000 steps"),
     alt="Five rows of twelve pictures. The digits blur and turn into other shapes of "
     "strokes, many of them like a 1, an 8 or a 9, also after 1000 steps.")

# %% tags=["nbval-ignore-output"]
ink = {"digits": x_test.mean(), "CD-1": dreamt.mean(),
       "persistent": dreamt_persistent.mean()}
print("ink:", {name: f"{value:.3f}" for name, value in ink.items()})
final_error = [machine.reconstruction_error_[-1] for machine in (features, persistent)]
print("errors of the reconstruction:", np.round(final_error, 1))
# Claim: CD-1's dreams have less than 0.75 of the digits' ink, and its error is smaller.
assert ink["CD-1"] < 0.75 * ink["digits"]
assert final_error[0] < 0.8 * final_error[1]

# %% [markdown]
# These dreams are made of strokes, although not all digits occur, and how much ink they
# hold depends on the seed. To the eye they are closer to digits than those of CD-1, and
# yet the error of reconstruction is much *larger*. An autoencoder is asked about data
# and their neighbourhood only. The paper used CD-1, and so do we.
#
# ### A guard against overfitting
#
# The free energy (3.5) tells what the error does not. Take its mean over the training
# digits and over digits that the machine has not seen. Both contain the same unknown
# $\log Z$, so that their difference is a difference of mean log-probabilities, in nats.
# As long as it is small, the machine finds new digits as probable as its own. When it
# grows, the machine begins to know its own digits by heart. That is **overfitting**.
#
# We train two machines with the same number of updates: one on 10,000 digits, the other
# on 500 of them, again and again.
#
# > **Predict.** Which of the two has the smaller error of reconstruction on its
# > training digits?


# %%
def watch(x, n_epochs):
    """Free energy of unseen minus that of training digits; the last training error."""
    machine, gaps = RBM(256, random_state=SEED), []
    for epoch in range(n_epochs):
        machine.partial_fit(x[rng.permutation(len(x))])
        if len(x) * (epoch + 1) % 10_000 == 0:
            unseen, own = machine.free_energy(x_validation), machine.free_energy(x)
            gaps.append(unseen.mean() - own.mean())
    return gaps, machine.reconstruction_error_[-1]


# %%
watched = {n: watch(x_train[:n], 4 * 10_000 // n) for n in (10_000, 500)}

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6.5, 3.2))
updates = 100 * np.arange(1, 5)
for (n, (gaps, error)), key in zip(watched.items(), ["good", "bad"], strict=True):
    ax.plot(updates, gaps, "o-", color=COLOURS[key], label=f"{n:,} digits")
    print(f"{n:6,} digits: gap {gaps[-1]:5.1f} nats, training error {error:.2f}")
ax.set(xlabel="updates", ylabel="unseen minus own, nats", ylim=(-2, None))
ax.set_title("Gap of free energies")
ax.legend()
show(fig, alt="Gap of free energies against the number of updates. For 10,000 digits "
     "it stays near 0. For 500 digits it is large from the start and grows.")

# %%
(large_gaps, large_error), (small_gaps, small_error) = watched.values()
# Claim: with 500 digits the gap grows, and the error is smaller than with 10,000.
assert large_gaps[-1] < 8
assert small_gaps[-1] > max(25, 5 * large_gaps[-1])
assert small_gaps[-1] > 1.2 * small_gaps[0]
assert small_error < large_error

# %% [markdown]
# The machine with few digits has the smaller error, and the larger gap. By its error
# alone it would look like the better one. Watch the gap, and stop when it begins to
# grow ([Hinton 2012](https://doi.org/10.1007/978-3-642-35289-8_32), section 6).
#
# ### What the settings do
#
# The *learning rate* says how long each step is. Momentum adds up steps in a constant
# direction. **Weight decay** pulls each weight towards 0, in proportion to its size.
# And there is the **number of hidden units**. One setting changes in each picture, the
# others stay as they are; 2,000 digits, eight passes.

# %%
settings = {
    "learning_rate": [0.001, 0.01, 0.1, 3.0],
    "momentum": [0.0, 0.5, 0.9, 0.98],
    "weight_decay": [0.0, 0.001, 0.01, 0.1],
    "n_components": [16, 64, 256],
}
usual = {"n_components": 64, "n_iter": 8, "random_state": SEED}
runs = {
    (name, value): RBM(**usual | {name: value}).fit(x_train[:2000])
    for name, values in settings.items() for value in values
}

# %% tags=["nbval-ignore-output"]
line_colours = ["pca", "linear", "autoencoder", "other"]
fig, axes = plt.subplots(2, 2, figsize=(7.5, 5.6), sharex=True, sharey=True)
for ax, (name, values) in zip(axes.flat, settings.items(), strict=True):
    for value, key in zip(values, line_colours, strict=False):
        errors = runs[name, value].reconstruction_error_
        ax.plot(range(1, 9), errors, color=COLOURS[key], label=value)
    ax.set(title=name, ylim=(0, 190))
    ax.legend()
fig.supxlabel("epoch", fontsize=11)
fig.supylabel("squared error per image", fontsize=11)
show(fig, alt="Four panels of error against epoch. Learning rate: 0.1 falls lowest, "
     "0.001 is slow, 3 stays high. Momentum: 0.5 falls lowest, 0.98 is slow. "
     "Weight decay: only 0.1 raises the error. More hidden units, smaller error.")

# %% tags=["nbval-ignore-output"]
final = {key: machine.reconstruction_error_[-1] for key, machine in runs.items()}
size = {key: np.abs(machine.components_).mean() for key, machine in runs.items()}
for value in settings["weight_decay"]:
    print(f"decay {value}: mean size of a weight {size['weight_decay', value]:.2f}")

# %%
usual_error = final["learning_rate", 0.1]
for rate in (0.001, 0.01, 3.0):
    # Claim: a rate of 0.1 beats 0.001, 0.01 and 3.
    assert final["learning_rate", rate] > 1.3 * usual_error
# Claim: momentum of 0.5 helps, 0.98 harms; decay shows only when far too strong.
assert usual_error < final["momentum", 0.5] < 0.95 * final["momentum", 0.0]
assert final["momentum", 0.98] > 1.05 * final["momentum", 0.0]
assert final["momentum", 0.9] > final["momentum", 0.5]
assert final["weight_decay", 0.01] < 1.2 * final["weight_decay", 0.0]
assert final["n_components", 256] < usual_error < final["n_components", 16]
assert final["weight_decay", 0.1] > 1.2 * final["weight_decay", 0.0]
assert size["weight_decay", 0.1] < 0.5 * size["weight_decay", 0.0]

# %% [markdown]
# - The **rate**. Far too small, and eight passes are not enough. Far too large, and the
#   error stays high: the steps jump about.
# - **Momentum** of 0.5 speeds learning up. With 0.9 from the first step on, the end is
#   worse than with 0.5, and with 0.98 worse than with none: while steps are large and
#   change direction, it carries the weights too far. The usual recipe begins with 0.5
#   and goes over to 0.9 after five passes. It is the library's default, and all other
#   panels use it: here it beats each of the constant ones.
# - **Decay** hardly shows in the error until it is far too strong. It keeps weights
#   small, as the printed mean sizes say; small weights also keep Gibbs sampling mobile.
# - **More hidden units** describe each digit better, and have more to overfit with.
#
# ## Units for other numbers
#
# Two kinds of layers need another unit. The first is a *visible* layer for data that
# are not between 0 and 1: faces under changing light, sounds, or anything standardised.
# The second is the *code*: a logistic unit says one bit, while a code should be able to
# say "a little more slanted". Both are served by **linear units with Gaussian noise**
# of variance 1. Their mean is the sum that comes in, without the logistic function. For
# Gaussian visible units,
#
# $$E(v, h) = \sum_i (v_i - a_i)^2 / 2 - \sum_j b_j h_j - \sum_{i,j} v_i W_{ij} h_j \tag{3.8}$$
#
# and for a linear code the same term with $h_j - b_j$. A machine with logistic units
# refuses standardised data:

# %%
real = x_train[:4000] - x_train[:4000].mean(axis=0)
real /= np.sqrt(real.var(axis=0).mean())
try:
    RBM(256).fit(real)
except ValueError as error:
    print(error)

# %% [markdown]
# > **Predict.** Of the four learning rates, 0.1 was the best for logistic units. What
# > happens with Gaussian ones?


# %%
def attempt(data, n_components, rate, **kinds):
    """The last error of reconstruction, or the message if training diverges."""
    rbm = RBM(n_components, learning_rate=rate, n_iter=4, random_state=SEED, **kinds)
    try:
        return f"error {rbm.fit(data).reconstruction_error_[-1]:.1f}"
    except FloatingPointError as error:
        return str(error)


# %% tags=["nbval-ignore-output"]
for rate in (0.1, 0.001):
    said = attempt(real, 256, rate, visible="gaussian")
    code_said = attempt(x_train[:4000], 30, rate, hidden="gaussian")
    print(f"rate {rate}\n  Gaussian visible: {said}\n  Gaussian code:    {code_said}")
    # Claim: at a rate of 0.1 Gaussian units diverge, at 0.001 they do not.
    assert said.startswith("Training diverged") == (rate == 0.1)
    assert code_said.startswith("Training diverged") == (rate == 0.1)

# %% [markdown]
# With 0.1 both runs explode, and the library stops them. A logistic unit answers at
# most 1, however large its input. Nothing holds a linear one: a step that is too long
# makes larger values, these make larger statistics, and the next step is longer still.
# So Gaussian units get a smaller rate, 0.001 in the authors' program. (Two layers of
# them facing each other are refused altogether: with large weights their energy has no
# lower bound.)
#
# Is the linear code worth it? Thirty units of each kind, on top of the 128 features:

# %% tags=["nbval-ignore-output"]
kinds = {"logistic code": {"learning_rate": 0.1},
         "linear code": {"learning_rate": 0.01, "hidden": "gaussian"}}
hidden, code_error = features.transform(x_train[:4000]), {}
for name, kind in kinds.items():
    rbm = RBM(30, n_iter=8, random_state=SEED, **kind).fit(hidden)
    hidden_hat = rbm.inverse_transform(rbm.transform(hidden))
    code_error[name] = squared_error(hidden, hidden_hat)
print({name: round(value, 2) for name, value in code_error.items()})
# Claim: a linear code loses less than a logistic one.
assert code_error["linear code"] < 0.7 * code_error["logistic code"]

# %% [markdown]
# The linear code loses much less of the 128 features. (The unit here is the squared
# error summed over features.) So the last layer of the stack that the next chapter
# builds is linear, and all others are logistic.

# %% [markdown]
# ## Summary
#
# - An RBM's energy makes its layers independent given each other. Its weights learn
#   from the difference of two averages; CD-1 estimates it without $Z$, and points
#   nearly the right way.
# - The error of reconstruction is easy to watch and easy to be fooled by. The gap of
#   free energies tells when a machine learns its digits by heart.
# - Real-valued data and codes need linear units, and those a small learning rate.
#
# ## Further reading
#
# - G. E. Hinton (2002), *Training products of experts by minimizing contrastive
#   divergence*,
#   [doi:10.1162/089976602760128018](https://doi.org/10.1162/089976602760128018)
# - G. E. Hinton (2012), *A practical guide to training restricted Boltzmann machines*,
#   [doi:10.1007/978-3-642-35289-8_32](https://doi.org/10.1007/978-3-642-35289-8_32)
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/03_rbm.ipynb), which check themselves.
# - **Next:** [Chapter 4](04_pretraining.ipynb) stacks four such machines, and makes a
#   deep autoencoder of them.
# - **Previous:** [Chapter 2](02_initialisation.ipynb) showed what goes wrong without a
#   good start.
