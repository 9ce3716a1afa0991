# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises to chapter 3
#
# Here you write the pieces of [Chapter 3](../03_rbm.ipynb) yourself: the probabilities
# of an RBM, its free energy, and a step of contrastive divergence. The notation is that
# of the chapter: `v` contains pictures, one in each row; `W` has a row for each visible
# unit and a column for each hidden one; `a` contains the visible biases, `b` the hidden
# ones.
#
# Replace each `...` with your own code, and run the check below it. The check tries your
# function on random RBMs, small enough to list all of their states, and reports what it
# found. "Run all" reaches the end whether or not you have solved an exercise.
#
# **Time:** about 70 minutes. One to three stars show how hard an exercise is.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, check, show, use_style

use_style()


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# %% [markdown]
# ## 3.1 Upwards
#
# ★ · 5 minutes · 1 point · derive and code
#
# Write (3.1) for a fixed $v$ and collect the terms that contain $h_j$. What is the
# probability that hidden unit $j$ is on? Return it for each picture (row) and each
# hidden unit (column).


# %%
def conditionals(v, W, b):
    """p(h_j = 1 | v), of shape (pictures, hidden units)."""
    ### BEGIN SOLUTION
    v, W, b = (np.asarray(item, float) for item in (v, W, b))
    return sigmoid(v @ W + b)
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("rbm.conditionals", conditionals)

# %% [markdown]
# ## 3.2 The free energy
#
# ★★ · 15 minutes · 2 points · derive and code
#
# Derive (3.5): sum $e^{-E(v, h)}$ over all $h$, using the fact that each $h_j$ is 0 or 1
# and contributes a factor of its own. Then write a function that returns one number for
# each picture. Large weights must not make it overflow.


# %%
def free_energy(v, W, a, b):
    """F(v), of shape (pictures,)."""
    ### BEGIN SOLUTION
    v, W, a, b = (np.asarray(item, float) for item in (v, W, a, b))
    return -v @ a - np.logaddexp(0, v @ W + b).sum(axis=1)
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("rbm.free_energy", free_energy)

# %% [markdown]
# ## 3.3 One step of contrastive divergence
#
# ★★ · 15 minutes · 3 points · derive and code
#
# Return the change of $W$ by (3.7) with $k = 1$ and $\epsilon = 1$, averaged over the
# mini-batch `v`. Follow the paper's program, the chapter's "CD-1, means": draw the
# hidden states on the way up, use the pixels' probabilities on the way down, and use the
# hidden units' probabilities in both averages. Draw random numbers with
# `rng.random(shape)`.


# %%
def cd1_change(v, W, a, b, rng):
    """The change of W by CD-1, of the shape of W."""
    ### BEGIN SOLUTION
    v, W, a, b = (np.asarray(item, float) for item in (v, W, a, b))
    h = sigmoid(v @ W + b)
    states = (rng.random(h.shape) < h).astype(float)
    v_1 = sigmoid(states @ W.T + a)
    h_1 = sigmoid(v_1 @ W + b)
    return (v.T @ h - v_1.T @ h_1) / len(v)
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("rbm.cd1_change", cd1_change)

# %% [markdown]
# ## 3.4 Find the mistake
#
# ★★ · 10 minutes · 2 points · find the planted mistake
#
# This update is meant to combine (3.7) with momentum and weight decay. The new step
# should be a fraction of the last step, plus the learning rate times a bracket: the
# difference of the two averages minus a small fraction of the weights. The code runs,
# and the RBM learns. But if you halve the learning rate, the decay becomes twice as
# strong relative to the rest. Find the mistake and correct it.


# %%
def momentum_step(W, step, slope, rate, momentum, decay):
    """New W and new step; slope is <v h> of the data minus <v h> of the chain."""
    ### BEGIN SOLUTION
    W, step, slope = (np.asarray(item, float) for item in (W, step, slope))
    step = momentum * step + rate * (slope - decay * W)
    ### END SOLUTION
    ### STUB step = momentum * step + rate * slope - decay * W
    return W + step, step


# %%
_ = check("rbm.momentum_step", momentum_step)

# %% [markdown]
# ## 3.5 The guard against overfitting
#
# ★★ · 15 minutes · 2 points · predict, then measure
#
# Given the free energies of an RBM's own training digits and of unseen ones, return the
# gap of Chapter 3: by how many nats the log-probability of unseen digits is lower, on
# average.


# %%
def gap(own, unseen):
    """The gap in nats; positive if its own digits are more probable."""
    ### BEGIN SOLUTION
    return np.mean(unseen) - np.mean(own)
    ### END SOLUTION
    ### STUB return ...


# %%
gap_is_right = check("rbm.gap", gap)

# %% [markdown]
# > **Predict.** Three RBMs learn from 100, 400 and 1600 digits. All get 256 updates
# > with mini-batches of 100 and constant momentum, so only the digits differ. What are
# > their gaps? Write your three numbers into the next cell before you run the rest.

# %%
my_gaps = [0, 0, 0]  # your prediction for 100, 400, 1600 digits

# %% tags=["nbval-ignore-output"]
from ae_lib import RBM, load_mnist

digits = load_mnist(n_train=1600, n_validation=1000)
gaps = []
if gap_is_right:
    for n, epochs in [(100, 256), (400, 64), (1600, 16)]:
        rbm = RBM(64, momentum=0.5, n_iter=epochs, random_state=0)
        rbm.fit(digits.x_train[:n])
        gaps.append(gap(rbm.free_energy(digits.x_train[:n]),
                        rbm.free_energy(digits.x_validation)))
    print("measured", np.round(gaps, 1), "predicted", my_gaps)

# %% tags=["nbval-ignore-output"]
if gaps:
    fig, ax = plt.subplots(figsize=(6.5, 3.0))
    sizes = [100, 400, 1600]
    ax.semilogx(sizes, gaps, "o-", color=COLOURS["good"], label="measured")
    ax.semilogx(sizes, my_gaps, "x", color=COLOURS["data"], label="predicted")
    ax.set(xlabel="training digits", ylabel="gap, nats")
    ax.legend()
    show(fig, alt="Gap of free energies against the number of training digits: "
         "measured as a falling line, predicted as crosses.")
    assert gaps[0] > gaps[1] > gaps[2]

# %% [markdown]
# ## 3.6 Three measures, three rankings
#
# ★★ · 10 minutes · 3 points · explain
#
# In the chapter's comparison after 1000 updates, CD-1 with means has the smallest
# reconstruction error and the lowest log-likelihood. CD-1 has a higher log-likelihood
# than PCD, but about a quarter of its samples are nearly empty, against 1 % of PCD's.
# After 300 further updates by PCD, only a few of CD-1's samples are nearly empty. Answer
# in six sentences or fewer. What does each of the three measures look at? How can an RBM have
# the higher log-likelihood and the worse samples? Which of the ways would you choose to
# generate digits, and what would you measure before choosing one to initialise an
# autoencoder?

# %% [markdown]
# ### BEGIN SOLUTION
# The reconstruction error looks at one step of the chain from each digit, the
# log-likelihood at the probability that unseen digits get; samples show where all of the
# probability went. If an otherwise perfect RBM gives a quarter of its probability to
# empty paper, each digit keeps three quarters of its probability, which costs 0.29 nats
# of log-likelihood, yet every fourth sample is empty; an RBM that fits digits better
# can afford that. To generate digits I would choose CD-5, or CD-1 followed by some
# updates by PCD, because their log-likelihood is high and few of their samples are
# empty. For an autoencoder none of the three measures is decisive: I would unroll and
# fine-tune all four, with the same budget, and compare their errors on validation
# digits. (One point for what the measures look at, one for the logarithm, one for the
# two choices.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. Why can the hidden units of an RBM be drawn all at once?** (a) Because they do
# not depend on each other. (b) Because, with the visible units known, they do not
# depend on each other. (c) Because there are fewer of them than visible ones.
#
# <details><summary>Answer</summary>
#
# (b). With $v$ fixed, the energy is a sum with one term for each hidden unit. (a) is
# wrong: if $v$ is not known, they depend on each other through the visible units that
# they share. (c) is wrong: their number makes no difference.
#
# </details>
#
# **2. What does CD-1 compute?** (a) The gradient of the log-likelihood. (b) The
# gradient of the reconstruction error. (c) Neither.
#
# <details><summary>Answer</summary>
#
# (c). (a) is wrong: for that gradient the chain would have to run until it has
# forgotten the data. CD-1 points in nearly the same direction while the weights are
# small, but not later. (b) is wrong: the rule is not derived from that error, although
# the error usually falls.
#
# </details>
#
# **3. The free energy of a picture is -120. What follows?** (a) Its probability is
# $e^{120}$. (b) Nothing. (c) The same RBM finds it more probable than a picture with
# -100.
#
# <details><summary>Answer</summary>
#
# (c): $Z$ is the same for all pictures of one RBM, so it cancels when two are compared.
# (a) is wrong: it forgets $Z$, and no probability is above 1. (b) goes too far: without
# $Z$ the probability itself is unknown, but the comparison does not need $Z$. The free
# energies of two different RBMs cannot be compared, because each has its own $Z$.
#
# </details>
#
# **4. An RBM gives half of its probability to empty paper, and the other half exactly
# as a perfect model of digits would. How far is its log-likelihood below that of the
# perfect model?** (a) By 0.69 nats. (b) By half of it. (c) Infinitely far.
#
# <details><summary>Answer</summary>
#
# (a). Every digit has half the probability, and $-\log 0.5 = 0.69$. (b) is wrong: the
# probability is halved, not its logarithm. (c) is wrong: that would need a digit with
# probability 0.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/03_rbm.ipynb).
