# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises to chapter 2
#
# In these exercises you write some of the calculations behind [Chapter
# 2](../02_initialisation.ipynb) yourself, in NumPy alone: slopes, Jacobians, a rule for
# initial weights and backpropagation. As in (2.1), a matrix `W` has a row for each input
# and a column for each output of its layer.
#
# Replace each `...` with your own code and run the check below it. The check tries your
# function on random data and tells you what it found. "Run all" reaches the end whether
# you have solved an exercise or not.
#
# **Time:** about 85 minutes; one to three stars mark the difficulty.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, check, show, use_style

use_style()


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# %% [markdown]
# ## 2.1 The slope of a logistic unit
#
# ★ · 10 minutes · 1 point · derive and code
#
# Differentiate $\sigma(x) = 1 / (1 + e^{-x})$, and write a function that returns the slope
# for each element of an array `x`. At -800 and at 800 it must return 0, not NaN.


# %%
def slope(x):
    """The slope of the logistic function at each x."""
    ### BEGIN SOLUTION
    x = np.asarray(x, float)
    small = np.exp(-np.abs(x))  # the slope is the same at x and at -x
    return small / (1 + small) ** 2
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("initialisation.slope", slope)

# %% [markdown]
# ## 2.2 The Jacobian of a layer
#
# ★★ · 15 minutes · 2 points · derive and code
#
# A layer computes $h = \sigma(x W + b)$ for one input `x`. Return its Jacobian, the matrix
# with $\partial h_i / \partial x_j$ in row $i$, column $j$. This is the product $D W^\top$
# of (2.7).


# %%
def jacobian(x, W, b):
    """The derivatives of the outputs, of shape (outputs, inputs)."""
    ### BEGIN SOLUTION
    x, W, b = (np.asarray(item, float) for item in (x, W, b))
    h = sigmoid(x @ W + b)
    return (h * (1 - h))[:, None] * W.T
    ### END SOLUTION
    ### STUB return ...


# %%
jacobian_is_right = check("initialisation.jacobian", jacobian)

# %% [markdown]
# > **Predict.** We multiply ten such matrices, each 50 by 50, with weights of standard
# > deviation `std`. For which `std` is the largest singular value of the product about 1?

# %%
my_std = 0.0  # your prediction

# %% tags=["nbval-ignore-output"]
if jacobian_is_right:
    rng = np.random.default_rng(0)
    stds, largest = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6], []
    for std in stds:
        x, product = rng.random(50), np.eye(50)
        for _ in range(10):
            W = rng.normal(0, std, (50, 50))
            product = jacobian(x, W, 0) @ product
            x = sigmoid(x @ W)
        largest.append(np.linalg.svd(product, compute_uv=False)[0])
    fig, ax = plt.subplots(figsize=(6.5, 3.0))
    ax.loglog(stds, largest, "o-", color=COLOURS["data"])
    ax.axhline(1, color=COLOURS["bad"])
    ax.set(xlabel="standard deviation of the weights", ylabel="largest singular value")
    show(fig, alt="Largest singular value of the product of ten Jacobians against the "
         "standard deviation of the weights. It rises by many powers of ten; a line "
         "marks the value 1.")

# %% [markdown]
# ## 2.3 A rule for any unit
#
# ★ · 10 minutes · 2 points · derive and code
#
# Glorot's rule, $s^2 = 2 / (n_\mathrm{in} + n_\mathrm{out})$, is made for units whose
# slope is 1. Return the standard deviation that makes $\chi$ in (2.6) equal to 1 if the
# units *below* the matrix have the slope `slope`. For $n$, take the mean of
# $n_\mathrm{in}$ and $n_\mathrm{out}$.


# %%
def fitting_std(n_in, n_out, slope):
    """The standard deviation of the initial weights."""
    ### BEGIN SOLUTION
    return np.sqrt(2 / (n_in + n_out)) / slope
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("initialisation.fitting_std", fitting_std)

# %% [markdown]
# ## 2.4 Backwards through all layers
#
# ★★★ · 25 minutes · 3 points · derive and code
#
# In a network without biases, each layer computes $\sigma(h W)$. The loss is half the sum
# of the squared differences between output and `target`, over all pictures and units.
# Return its gradients, one for each matrix in `weights`, in the same order.


# %%
def gradients(x, weights, target):
    """List of gradients, each with the shape of its matrix."""
    ### BEGIN SOLUTION
    values, weights = [np.asarray(x)], [np.asarray(W, float) for W in weights]
    for W in weights:
        values.append(sigmoid(values[-1] @ W))
    delta, found = values[-1] - np.asarray(target), []
    for W, below, h in zip(weights[::-1], values[-2::-1], values[:0:-1], strict=True):
        delta = delta * h * (1 - h)
        found.append(below.T @ delta)
        delta = delta @ W.T
    return found[::-1]
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("initialisation.gradients", gradients)

# %% [markdown]
# ## 2.5 Bytes
#
# ★★ · 10 minutes · 2 points · find the planted mistake
#
# Pictures are often stored as bytes, from 0 to 255 (`uint8`). This function should return
# the squared error per image for pixels between 0 and 1. It runs without an error message,
# but its result is wrong for two reasons. Correct it.


# %%
def difference(x, y):
    """Squared error per image of two arrays of bytes, a row for each image."""
    ### BEGIN SOLUTION
    # Bytes have no negative numbers, so convert first.
    x, y = np.asarray(x, float) / 255, np.asarray(y, float) / 255
    ### END SOLUTION
    return ((x - y) ** 2).sum(axis=1).mean()


# %%
_ = check("initialisation.difference", difference)

# %% [markdown]
# ## 2.6 Stuck
#
# ★★ · 15 minutes · 3 points · explain
#
# A friend trains a deep autoencoder with logistic units, whose error has been 52.9 since
# the first epoch. "A bad local minimum," he says, "I shall try another seed." In six
# sentences or fewer: what would you measure before you agreed, and what would you change
# first?

# %% [markdown]
# ### BEGIN SOLUTION
# 52.9 is the error of the mean image, so the output hardly depends on the digit. I should
# measure the gradient norm of every matrix, and the signal in each layer, that is, how much
# its sums differ between digits. If the gradient fades towards the input and the signal
# towards the output, the network may be on a plateau, and nothing suggests a minimum. I
# should first choose the size of the initial weights by a rule that fits the units: after
# logistic units four times Glorot's, with centring biases. Another seed draws weights of
# the same size, so the signal would fade as before. (One point for the mean image, one for a
# measurement, one for a change that follows from it.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. Why do gradients fade in a deep logistic network with small weights?** (a) The
# learning rate is too small. (b) Each layer multiplies them by slopes of at most 1/4 and
# by small weights. (c) The data is too simple.
#
# <details><summary>Answer</summary>
#
# (b). (a) is wrong because the gradients are small before any step is taken. (c) is wrong
# because slopes and weights make the product of Jacobians small for any data.
#
# </details>
#
# **2. Does Adam make the initial weights unimportant?** (a) Yes, because its steps do not
# depend on the size of gradients. (b) No. (c) Only for ReLU units.
#
# <details><summary>Answer</summary>
#
# (b). With Adam, each at its best learning rate, the network reached little more than half
# the mean image's error in 800 updates from fitted weights, and nine tenths from 0.1. (a)
# is wrong because Adam makes up for the size of a small gradient, but not, within 800
# updates, for a signal that has faded. (c) is wrong because the initial weights mattered for logistic units most of
# all.
#
# </details>
#
# **3. Why does the signal still fade with four times Glorot's weights?** (a) Logistic units
# return 1/2 on average, which pushes the sums of the next layer to where slopes are small.
# (b) The factor should be sixteen. (c) The code is too narrow.
#
# <details><summary>Answer</summary>
#
# (a). By (2.2) the mean square of the values counts, and 1/2 contributes 1/4 to it, whatever
# the digit. Biases that cancel the 1/2 bring $\chi$ close to 1; together with once Glorot's
# weights after the code they made the network learn faster. (b) is wrong because sixteen is the factor in the variance, four that in the
# standard deviation. (c) is wrong because $\chi$ is 0.4 between hidden layers of the same
# width, where there is no code.
#
# </details>
#
# **4. The code is linear. Which rule suits the matrix after it?** (a) Four times Glorot's,
# because it feeds logistic units. (b) Glorot's, because the code has slope 1. (c) He's.
#
# <details><summary>Answer</summary>
#
# (b). The slope in (2.6) is that of the units below the matrix. (a) is wrong because with
# this factor $\chi$ is about 7 in that layer, and its units saturate. (c) is wrong because
# He's rule makes up for the half of all ReLU units that are 0, and the code has none.
#
# </details>
#
# **5. Which of these made the deep logistic network learn from weights of 0.01?** (a) Batch
# normalisation. (b) Layer normalisation. (c) A smaller learning rate.
#
# <details><summary>Answer</summary>
#
# (a). It divides each sum by its standard deviation over images, which is proportional to
# the weights. (b) is wrong because the network stayed at the mean image. (c) is wrong
# because no smaller rate helped: with Adam only rates just above 0.005 did, and not with
# each seed.
#
# </details>
#
# The solutions are on [a separate page](../solutions/02_initialisation.ipynb).
