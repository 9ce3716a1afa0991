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
# Here you write the pieces of [Chapter 3](../03_rbm.ipynb) yourself: the
# probabilities of an RBM, its free energy, and a step of contrastive divergence. The
# notation is that of the chapter: `v` are pictures, one a row; `W` has a row for each
# visible and a column for each hidden unit; `a` are the visible biases, `b` the hidden
# ones.
#
# Replace each `...` by your own code, and run the check below it. It tries your function
# on random machines, so small that it can list all of their states, and says what it
# found. "Run all" goes through whether you have solved an exercise or not.
#
# **Time:** about 70 minutes, one to three stars for how hard an exercise is.

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
# Write down (3.1) for a fixed $v$ and look for the terms with $h_j$. What is the
# probability that hidden unit $j$ is on? Return it for each picture (row) and each hidden
# unit (column).


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
# Derive (3.5): sum $e^{-E(v, h)}$ over all $h$, and use that each $h_j$ is 0 or 1 and has
# a factor of its own. Then code it, one number for each picture. Large weights must not
# make it overflow.


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
# Return the change of $W$ that (3.7) asks for with $k = 1$ and $\epsilon = 1$, as a mean
# over the batch `v`. Do as the authors' program does: draw the hidden states on the way
# up, take probabilities for the pixels on the way down and for all statistics. Draw with
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
# This step is to do what (3.7) does, with momentum and weight decay: a part of the last
# step, and the rate times what the data ask for, where a small part of the weights is
# taken off. It runs, and it learns. But whoever halves the learning rate finds that
# decay has become twice as strong. What is wrong? Mend it.


# %%
def momentum_step(W, step, slope, rate, momentum, decay):
    """New W and new step; slope is <v h> of the data minus that of the model."""
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
# Given the free energies of a machine's own training digits and of unseen ones, return
# the gap that Chapter 3 watches: how many nats the unseen digits are less probable, on
# average.


# %%
def gap(own, unseen):
    """The gap in nats; positive where the machine prefers its own digits."""
    ### BEGIN SOLUTION
    return np.mean(unseen) - np.mean(own)
    ### END SOLUTION
    ### STUB return ...


# %%
gap_is_right = check("rbm.gap", gap)

# %% [markdown]
# > **Predict.** Three machines learn from 100, 400 and 1600 digits, with as many updates
# > each. Write down three gaps before you run the next cell.

# %%
my_gaps = [0, 0, 0]  # your prediction for 100, 400, 1600 digits

# %% tags=["nbval-ignore-output"]
from ae_lib import RBM, load_mnist

digits = load_mnist(n_train=1600, n_validation=1000)
gaps = []
if gap_is_right:
    for n, epochs in [(100, 64), (400, 16), (1600, 4)]:
        rbm = RBM(64, n_iter=epochs, random_state=0).fit(digits.x_train[:n])
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
# ## 3.6 Which machine is better?
#
# ★★ · 10 minutes · 3 points · explain
#
# A machine trained by CD-1 reconstructs digits with a smaller error than one trained with
# persistent chains. The second dreams of strokes, the first of nearly empty paper. In
# five sentences or fewer: what does each number or picture measure, which machine is the
# better model of digits, and which would you unroll to an autoencoder?

# %% [markdown]
# ### BEGIN SOLUTION
# The error asks what comes back after one step from a digit, so it looks only at the
# neighbourhood of digits. The dreams show what the machine holds probable anywhere. A
# model of digits must not believe in empty paper, so the persistent machine is the better
# model. An autoencoder, however, is asked only for reconstructions of pictures like its
# data, and for that the CD-1 machine is the better start. (One point for what the error
# measures, one for what dreams measure, one for a choice that follows from them.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. Why can the hidden units of an RBM be drawn all at once?** (a) Because they do not
# depend on each other. (b) Because, with the visible units known, they do not depend on
# each other. (c) Because there are fewer of them than visible ones.
#
# <details><summary>Answer</summary>
#
# (b). With $v$ fixed, the energy is a sum with one term for each hidden unit. (a) is
# wrong: without knowing $v$ they depend on each other, through the visible units they
# share. (c) is wrong: their number plays no part.
#
# </details>
#
# **2. What does CD-1 compute?** (a) The gradient of the log-likelihood. (b) The gradient
# of the reconstruction error. (c) Neither, but mostly a direction near the first.
#
# <details><summary>Answer</summary>
#
# (c). (a) is wrong: for the gradient, the chain would have to run until it has forgotten
# the data. (b) is wrong: nothing in the rule is derived from that error; it happens to
# fall.
#
# </details>
#
# **3. The free energy of a picture is -120. How probable is the picture?** (a) $e^{120}$.
# (b) That cannot be said. (c) More probable than every picture with -100.
#
# <details><summary>Answer</summary>
#
# (b) and (c) are both right for one and the same machine: $p(v) = e^{-F(v)} / Z$, and $Z$
# is unknown, but it cancels when two pictures are compared. (a) forgets $Z$, and no
# probability is above 1. Between two machines not even (c) holds.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/03_rbm.ipynb).
