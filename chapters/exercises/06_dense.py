# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises to chapter 6
#
# Count parameters, find the floor of the loss, write a loss that does not overflow, and
# report an honest number. At the end: train a network of your own, and beat two thirds of
# PCA's error. [Chapter 6](../06_dense.ipynb) shows how one is built.
#
# Replace each `...` by your own code, and run the check below it. It tries your function
# on random numbers, and says what it found. "Run all" goes through whether you have
# solved an exercise or not.
#
# **Time:** about 100 minutes, one to three stars for how hard an exercise is.

# %%
from itertools import pairwise

import numpy as np

from ae_lib import check, load_mnist, plot_reconstructions, show, squared_error
from ae_lib import set_seed, use_style

use_style()
digits = load_mnist(n_validation=5000)

# %% [markdown]
# ## 6.1 How many parameters?
#
# ★ · 5 minutes · 1 point · derive and code
#
# `sizes` are the units of a chain of dense layers, the input first. How many weights and
# biases has the chain?


# %%
def n_parameters(sizes):
    """The number of weights and biases."""
    ### BEGIN SOLUTION
    return sum((m + 1) * n for m, n in pairwise(map(int, sizes)))
    ### END SOLUTION
    ### STUB return ...


# %%
counts = check("dense.n_parameters", n_parameters)

# %% [markdown]
# > **Predict.** The paper's network has the sizes 784-1000-500-250-30-250-500-1000-784.
# > Has it more parameters than the 47 million pixels of MNIST's training digits?

# %%
if counts:
    print(f"{n_parameters([784, 1000, 500, 250, 30, 250, 500, 1000, 784]):,}")

# %% [markdown]
# ## 6.2 The floor of the loss
#
# ★★ · 10 minutes · 2 points · derive and code
#
# Return the cross-entropy of *perfect* answers, (6.4) summed over the pixels and averaged
# over the images, in nats. Pixels may be exactly 0 or 1, and such pixels cost nothing.


# %%
def loss_floor(x):
    """The floor in nats, a number; x has a row for each image."""
    ### BEGIN SOLUTION
    x = np.asarray(x, np.float64)  # in float32, 1 - 1e-12 is 1
    x = np.clip(x, 1e-12, 1 - 1e-12)
    return -(x * np.log(x) + (1 - x) * np.log(1 - x)).sum(axis=1).mean()
    ### END SOLUTION
    ### STUB return ...


# %%
finds_floor = check("dense.loss_floor", loss_floor)

# %% [markdown]
# > **Predict.** Make the digits black and white, by rounding each pixel. Where is the
# > floor then? And where if every pixel is 0.5?

# %%
if finds_floor:
    x = digits.x_validation.astype(np.float64)
    for name, pictures in [("grey", x), ("rounded", x.round()), ("half", 0 * x + 0.5)]:
        print(f"{name:8s} {loss_floor(pictures):.1f} nats")

# %% [markdown]
# ## 6.3 A loss that does not overflow
#
# ★★ · 15 minutes · 2 points · derive and code
#
# Return the cross-entropy (6.1), summed over pixels and averaged over images, from the
# pixels `x` and the numbers `z` that go *into* the sigmoid. It has to be exact for $z =
# 900$ as well. Simplify (6.1) with $\hat x = \sigma(z)$ on paper first.


# %%
def cross_entropy(x, z):
    """Cross-entropy in nats, a number; x and z have a row for each image."""
    ### BEGIN SOLUTION
    x, z = np.asarray(x, float), np.asarray(z, float)
    return (np.logaddexp(0, z) - x * z).sum(axis=1).mean()
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("dense.cross_entropy", cross_entropy)

# %% [markdown]
# ## 6.4 The number in the paper
#
# ★ · 10 minutes · 2 points · find the planted mistake
#
# After each epoch somebody measured the errors on training, validation and test digits.
# This function picks an epoch, and returns the test error that will stand in the paper.
# The number is too good. Mend it.


# %%
def honest_error(train, validation, test):
    """The test error to report; one value for each epoch in each of the arrays."""
    ### BEGIN SOLUTION
    best = np.argmin(validation)
    ### END SOLUTION
    ### STUB best = test.argmin()
    return test[best]


# %%
_ = check("dense.honest_error", honest_error)

# %% [markdown]
# ## 6.5 An honest split
#
# ★ · 10 minutes · 1 point · derive and code
#
# Divide the row numbers 0 to `n` - 1 by chance into three parts: for training, for
# validation and for the test. Return three arrays, in this order.


# %%
def split(n, n_validation, n_test, rng):
    """Row numbers for training, validation and test."""
    ### BEGIN SOLUTION
    rows = rng.permutation(n)
    return np.split(rows, [n - n_validation - n_test, n - n_test])
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("dense.split", split)

# %% [markdown]
# ## 6.6 Below nine
#
# ★★★ · 40 minutes · 5 points · improve
#
# PCA with 30 components has an error of 13.87 on the test digits. Get **below 9** with a
# network of your own: an encoder from 784 pixels to 30 numbers, a decoder back. Learn
# from `digits.x_train`, decide by `digits.x_validation`. The check measures on 2,000
# random test digits; run it when you have decided.
#
# The board, squared error per test image: PCA-30 13.87; this target 9; the network of
# Chapter 6 about 7; the paper's deep autoencoder 3.00.

# %% tags=["slow"]
### BEGIN SOLUTION
set_seed()
import keras
from keras import layers

encoder = keras.Sequential(
    [layers.Input((784,)), layers.Dense(256, "relu"), layers.Dense(30)])
decoder = keras.Sequential(
    [layers.Input((30,)), layers.Dense(256, "relu"), layers.Dense(784, "sigmoid")])
network = keras.Sequential([encoder, decoder])
network.compile(keras.optimizers.Adam(0.003), "binary_crossentropy",
                steps_per_execution=20)
x_train = digits.x_train
_ = network.fit(x_train, x_train, epochs=4, batch_size=250, verbose=0)


def encode(x):
    return encoder.predict(x, batch_size=1000, verbose=0)


def decode(codes):
    return decoder.predict(codes, batch_size=1000, verbose=0)


### END SOLUTION
### STUB encode = ...  # a function, (n, 784) -> (n, 30)
### STUB decode = ...  # a function, (n, 30) -> (n, 784)

# %%
below_nine = check("dense.thirty_numbers", (encode, decode))

# %% tags=["nbval-ignore-output"]
if below_nine:
    some = digits.x_validation[:8]
    yours = decode(encode(some))
    show(plot_reconstructions(some, {"yours": yours},
                              errors={"yours": squared_error(some, yours)}))

# %% [markdown]
# ## 6.7 A loss of 0.08
#
# ★★ · 10 minutes · 3 points · explain
#
# "My autoencoder's loss stops at 0.08", a student writes. "Binary cross-entropy, Keras,
# MNIST. It should go to 0. What is wrong with my network?" Answer in five sentences or
# fewer, with numbers.

# %% [markdown]
# ### BEGIN SOLUTION
# Probably nothing. Keras takes a mean over the 784 pixels, so 0.08 is about 63 nats an
# image. Grey pixels cost something even if they are answered perfectly, and for MNIST this
# floor lies near 50 nats, or 0.067 as Keras counts. So only what lies above can be learnt
# away. To judge the network, measure the squared error per image, and compare it with
# 52.9 of the mean image and 13.87 of PCA-30. (One point for the unit, one for the floor,
# one for a better measure.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. Why is the code layer linear?** (a) So that it becomes PCA. (b) So that a number may
# take any value and sign. (c) To save time.
#
# <details><summary>Answer</summary>
#
# (b). (a) is wrong: the layers around it bend. (c) is wrong: an activation of 30 numbers
# costs next to nothing.
#
# </details>
#
# **2. In the first epoch the validation loss is below the training loss. Why?** (a) The
# validation digits are easier. (b) The training loss is a mean over the epoch, validation
# is measured at its end. (c) The network has seen the validation digits.
#
# <details><summary>Answer</summary>
#
# (b). (a) is wrong: they were drawn by chance, and happen to be a little harder. (c) is
# wrong: they are kept out of training; if they were not, the difference would stay.
#
# </details>
#
# **3. Two losses for a sigmoid output. What is the advantage of cross-entropy over squared
# error?** (a) It has a smaller value. (b) Its slope does not vanish where the answer is
# surely wrong. (c) Its minimum is somewhere else.
#
# <details><summary>Answer</summary>
#
# (b), by (6.3). (a) is wrong: values of two different losses cannot be compared. (c) is
# wrong: for a pixel, both are smallest where the answer equals it.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/06_dense.ipynb).
