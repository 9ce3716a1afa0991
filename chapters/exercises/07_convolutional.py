# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises to chapter 7
#
# Sizes that fit or do not, the work of a convolution, the checkerboard, codes that are
# larger than their pictures, and what it means to move along.
# [Chapter 7](../07_convolutional.ipynb) has the pictures; here NumPy is enough.
#
# Replace each `...` by your own code, and run the check below it. It tries your function
# on random inputs, and says what it found. "Run all" goes through whether you have solved
# an exercise or not.
#
# **Time:** about 75 minutes, one to three stars for how hard an exercise is.

# %%
import math

import numpy as np

from ae_lib import check, load_mnist, plot_features, show, use_style

use_style()

# %% [markdown]
# ## 7.1 How large is the map?
#
# ★★ · 10 minutes · 2 points · derive and code
#
# A convolution with windows of `window` pixels a side, `stride` pixels apart, runs over
# `n` pixels a side. How many places are there? With `padding="valid"` each window has to
# lie within the picture. With `padding="same"` there is a place for every pixel, every
# second one if the stride is 2, and so on, beginning with the first.


# %%
def output_size(n, window, stride, padding):
    """The number of places along a side."""
    ### BEGIN SOLUTION
    if padding == "same":
        return math.ceil(n / stride)
    return (n - window) // stride + 1
    ### END SOLUTION
    ### STUB return ...


# %%
sizes_are_right = check("convolutional.output_size", output_size)

# %% [markdown]
# > **Predict.** Start with 28 and take windows of 3, stride 2, padding "same", again and
# > again. Which sizes come? Can doubling lead back through the same ones?

# %%
if sizes_are_right:
    sizes = [28]
    while sizes[-1] > 1:
        sizes.append(output_size(sizes[-1], 3, 2, "same"))
    print("down:", sizes, "and up again from 4:", [4, 8, 16, 32])

# %% [markdown]
# ## 7.2 A convolution
#
# ★★ · 15 minutes · 2 points · derive and code
#
# Code (7.1) for one channel in and one out, with a window of 3 by 3, zeros around the
# picture, and a map as large as the picture. No activation.


# %%
def convolve(x, window, bias):
    """The map, of the shape of x."""
    ### BEGIN SOLUTION
    x, window = np.asarray(x, float), np.asarray(window, float)
    padded = np.pad(x, 1)
    rows, columns = x.shape
    y = np.full(x.shape, bias)
    for i in range(3):
        for j in range(3):
            y = y + window[i, j] * padded[i : i + rows, j : j + columns]
    return y
    ### END SOLUTION
    ### STUB return ...


# %%
convolves = check("convolutional.convolve", convolve)

# %%
picture = load_mnist(n_train=10, images=True).x_test[0, :, :, 0]
if convolves:
    windows = {"left border": [[-1, 0, 1]] * 3, "blur": np.ones((3, 3)) / 9,
               "spots": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]}
    maps = [convolve(picture, np.array(window), 0.0) for window in windows.values()]
    maps = np.stack([y / np.abs(y).max() for y in maps])
    show(plot_features(maps, n_columns=3, titles=list(windows), symmetric=True),
         alt="Three maps of a handwritten seven: its left and right borders in two "
         "colours, a blurred seven, and the outline of the stroke.")

# %% [markdown]
# ## 7.3 Parameters and work
#
# ★ · 10 minutes · 1 point · derive and code
#
# A `Conv2D` layer with padding "same" and stride 1 turns `c_in` maps of `rows` by
# `columns` into `c_out` maps of the same size. Return the number of its parameters, and
# how often it multiplies two numbers for one picture, borders included.


# %%
def costs(rows, columns, window, c_in, c_out):
    """Parameters and multiplications."""
    ### BEGIN SOLUTION
    weights = window * window * c_in * c_out
    return weights + c_out, rows * columns * weights
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("convolutional.costs", costs)

# %% [markdown]
# ## 7.4 Where the checkerboard comes from
#
# ★★ · 15 minutes · 2 points · predict, then measure
#
# A transposed convolution in one dimension: each of `n` values places a window of
# `window` values, `stride` places apart. Return how many windows lie on each place, as an
# array as long as all windows together reach.


# %%
def coverage(n, window, stride):
    """The number of windows on each place, of shape ((n - 1) * stride + window,)."""
    ### BEGIN SOLUTION
    count = np.zeros((n - 1) * stride + window)
    for i in range(n):
        count[i * stride : i * stride + window] += 1
    return count
    ### END SOLUTION
    ### STUB return ...


# %%
counts_windows = check("convolutional.coverage", coverage)

# %% [markdown]
# > **Predict.** With a stride of 2, for which windows from 2 to 6 is the coverage even,
# > away from the borders?

# %%
if counts_windows:
    for window in range(2, 7):
        inside = coverage(12, window, 2)[6:-6]
        even = "even" if np.ptp(inside) == 0 else ""
        print(f"window {window}:", inside.astype(int)[:8], even)

# %% [markdown]
# ## 7.5 A code, or a copy?
#
# ★ · 5 minutes · 1 point · find the planted mistake
#
# A tutorial prints "compressed" for a code of 14 x 14 x 8 values of a picture of 28 x 28
# x 1. Its test looks at the sides alone. Mend it: return whether the code has *more*
# values than the picture.


# %%
def overcomplete(picture_shape, code_shape):
    """Whether the code is larger than the picture: True or False."""
    ### BEGIN SOLUTION
    return math.prod(code_shape) > math.prod(picture_shape)
    ### END SOLUTION
    ### STUB return code_shape[0] > picture_shape[0]


# %%
_ = check("convolutional.overcomplete", overcomplete)

# %% [markdown]
# ## 7.6 Moving along
#
# ★★ · 10 minutes · 2 points · derive and code
#
# A convolution's map moves with the picture: it is *equivariant*. Measure it. `f` turns a
# picture into a map of the same shape. Move by `step` columns, around the edge, with
# `np.roll`. Return the largest difference, in size, between `f` of the moved picture and
# the moved `f` of the picture.


# %%
def moves_along(f, x, step):
    """The largest absolute difference, a number; 0 if f is equivariant."""
    ### BEGIN SOLUTION
    x = np.asarray(x)
    moved = np.asarray(f(np.roll(x, step, axis=1)), float)
    return np.abs(moved - np.roll(f(x), step, axis=1)).max()
    ### END SOLUTION
    ### STUB return ...


# %%
measures = check("convolutional.moves_along", moves_along)

# %% [markdown]
# > **Predict.** Max-pooling, enlarged again to 28 by 28: is it equivariant for steps of 1?
# > And of 2?


# %%
def pooled(x):
    return x.reshape(14, 2, 14, 2).max(axis=(1, 3)).repeat(2, axis=0).repeat(2, axis=1)


if measures:
    for step in (1, 2, 3, 4):
        print(f"step {step}: {moves_along(pooled, picture, step):.2f}")

# %% [markdown]
# ## 7.7 Which one for which data?
#
# ★★ · 10 minutes · 3 points · explain
#
# Three data sets: (a) 300 photographs of leaves, anywhere in the picture; (b) 50,000
# customers with 200 properties each; (c) a million digits, all in their places, to be
# described by 30 numbers. Choose PCA, a dense or a convolutional autoencoder for each,
# and give a reason that Chapter 7 measured.

# %% [markdown]
# ### BEGIN SOLUTION
# (a) Convolutional, with maps as a code: it needs few examples, and its code moves with
# the picture. (b) Dense, or PCA as the first attempt: columns of a table have no
# neighbourhood, so that a window means nothing. (c) Dense or convolutional with thirty
# values, which were both better than PCA; the dense layers around the code make shifts
# hurt all of them, but these digits lie in their places. (One point each, for a choice
# with its reason.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. A convolutional autoencoder with a code of 14 x 14 x 8 has an error of 1. PCA-30 has
# 13.87. What follows?** (a) Convolutions are better. (b) Nothing: the sizes differ. (c)
# The network has learnt what digits are.
#
# <details><summary>Answer</summary>
#
# (b). 1,568 values stand against 30. (a) is wrong: at 196 and at 392 values PCA was ahead.
# (c) is wrong: such a code hands on digits that are cut up just as well.
#
# </details>
#
# **2. A convolutional layer has 80 parameters. Is it quicker than a dense one with
# 200,000?** (a) Of course. (b) Not necessarily. (c) Never.
#
# <details><summary>Answer</summary>
#
# (b). Each weight is used at every place, here 784 times. (a) is wrong: it counts
# parameters, not multiplications. (c) is wrong: with small maps and few channels it can
# be.
#
# </details>
#
# **3. Why does up-sampling before a convolution avoid the checkerboard?** (a) Every place
# is covered by equally many windows. (b) It blurs. (c) It has fewer parameters.
#
# <details><summary>Answer</summary>
#
# (a). With a stride of 2 and windows of 3, places are covered once, twice or four times.
# (b) is wrong: the network may draw as sharply as it likes afterwards. (c) is wrong: it
# has as many.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/07_convolutional.ipynb).
