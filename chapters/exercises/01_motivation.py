# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises to chapter 1
#
# These exercises go with [Chapter 1](../01_motivation.ipynb): the unit in which this course
# measures errors, the cost of a code in bits, a mistake to find in a nearest-neighbour test,
# and the cost of a decoder. Later chapters build on them.
#
# Replace each `...` with your own code and run the check below it. The check tries your
# function on random data and tells you what it found. "Run all" reaches the end whether
# you have solved an exercise or not.
#
# **Time:** about 55 minutes; one to three stars mark the difficulty.

# %%
import numpy as np
from sklearn.decomposition import PCA

from ae_lib import check, load_mnist

digits = load_mnist(n_train=5000)

# %% [markdown]
# ## 1.1 The unit
#
# ★ · 5 minutes · 1 point · derive and code
#
# Write equation (1.1), averaged over the images, as a function: the squared error per image.
# Each row of `x` is an image, and the same row of `x_hat` is its reconstruction. One line is
# enough.


# %%
def squared_error(x, x_hat):
    """The squared error per image, a number."""
    ### BEGIN SOLUTION
    return (np.subtract(x, x_hat, dtype=float) ** 2).sum(axis=1).mean()
    ### END SOLUTION
    ### STUB return ...


# %%
error_is_right = check("motivation.squared_error", squared_error)

# %% [markdown]
# > **Predict.** If we answer every test digit with the mean image, the error is 52.90. What
# > is the error of answering with white paper, that is, with zeros?

# %%
my_error = 0.0  # your prediction

# %%
if error_is_right:
    white = squared_error(digits.x_test, np.zeros_like(digits.x_test))
    print(f"white paper {white:.2f}, your prediction {my_error}")

# %% [markdown]
# ## 1.2 The bits of a code
#
# ★★ · 15 minutes · 2 points · derive and code
#
# Your function rounds each number to the nearest multiple of `step`. How many bits does an
# ideal entropy coder then need per code, on average? In each column, a rounded value that
# makes up a fraction $p$ of the codes costs $-\log_2 p$ bits. Average over the codes and add
# the columns. (The fractions come from the numbers that are sent, so unlike the chapter we
# need not add 1 to the counts.) Hint: `np.unique(values, return_counts=True)`.


# %%
def bits_per_code(codes, step):
    """Ideal bits of a code, a number, for codes of shape (n, columns)."""
    ### BEGIN SOLUTION
    total = 0.0
    for column in np.rint(np.asarray(codes, float) / step).T:
        counts = np.unique(column, return_counts=True)[1]
        share = counts / counts.sum()
        total -= (share * np.log2(share)).sum()
    return total
    ### END SOLUTION
    ### STUB return ...


# %%
counts_bits = check("motivation.bits_per_code", bits_per_code)

# %% [markdown]
# > **Predict.** PCA's 30 numbers are rounded with a step of 0.5, then with a step of 1. How
# > many bits does the larger step save for each code?

# %%
my_bits = 0  # your prediction

# %% tags=["nbval-ignore-output"]
pca = PCA(30, svd_solver="full").fit(digits.x_train)
codes = pca.transform(digits.x_test)
if counts_bits and error_is_right:
    bits, errors = [], []
    for step in (0.5, 1, 2):
        rounded = step * np.rint(codes / step)
        decoded = np.clip(pca.inverse_transform(rounded), 0, 1)
        bits.append(bits_per_code(codes, step))
        errors.append(squared_error(digits.x_test, decoded))
    print("bits", np.round(bits, 1), "error", np.round(errors, 2))
    print("fewer bits", np.round(-np.diff(bits), 1), "your prediction", my_bits)

# %% [markdown]
# Doubling the step merges values in pairs, which saves one bit for a number that takes many
# values. Components that already round to 0 nearly always have little left to save, so all
# together save fewer than 30 bits.

# %% [markdown]
# ## 1.3 Too good to be true
#
# ★★ · 10 minutes · 2 points · find the planted mistake
#
# How often does a code's nearest neighbour have the same label? This function says "always",
# even for random codes. Find the mistake and repair it. (Ignoring every neighbour at a
# distance of 0 is not enough: two different pictures may share a code.)


# %%
def right_neighbours(codes, labels):
    """The share of codes whose nearest other code has the same label."""
    ### BEGIN SOLUTION
    codes, labels = np.asarray(codes, float), np.asarray(labels)  # lists, too
    ### END SOLUTION
    distance = ((codes[:, None] - codes) ** 2).sum(axis=2)
    ### BEGIN SOLUTION
    np.fill_diagonal(distance, np.inf)  # no code is its own neighbour
    ### END SOLUTION
    nearest = distance.argmin(axis=1)
    return np.mean(labels[nearest] == labels)


# %%
_ = check("motivation.right_neighbours", right_neighbours)

# %% [markdown]
# ## 1.4 When does a decoder pay off?
#
# ★★ · 15 minutes · 2 points · derive and code
#
# The receiver needs the decoder, which is sent once and takes `decoder_bits` bits. After
# that, each picture takes `code_bits` bits. A rival needs `rival_bits` for each picture, and
# may need a decoder as well, of `rival_decoder_bits` bits. (PCA does; JPEG, which is on every
# computer, does not.) All four are whole numbers, and the rival's decoder is no larger than
# that of the codes. What is the smallest number of pictures for which the codes need fewer
# bits in total? Return 0 if there is none.


# %%
def break_even(code_bits, decoder_bits, rival_bits, rival_decoder_bits=0):
    """The smallest number of pictures for which codes need fewer bits, or 0."""
    ### BEGIN SOLUTION
    saved = rival_bits - code_bits  # by each picture
    return (decoder_bits - rival_decoder_bits) // saved + 1 if saved > 0 else 0
    ### END SOLUTION
    ### STUB return ...


# %%
pays = check("motivation.break_even", break_even)

# %% [markdown]
# > **Predict.** The codes take 95 bits for each picture, and their decoder has 209,000
# > weights of 8 bits. JPEG takes 300 bits. PCA takes 125 bits, and its decoder has 79,000
# > weights of 8 bits. How many pictures must there be for the codes to pay off: hundreds,
# > thousands or tens of thousands?

# %%
if pays:
    print(f"against JPEG {break_even(95, 209_000 * 8, 300):,} pictures")
    print(f"against PCA {break_even(95, 209_000 * 8, 125, 79_000 * 8):,} pictures")

# %% [markdown]
# ## 1.5 Worth it or not?
#
# ★ · 10 minutes · 3 points · explain
#
# A colleague wants to use an autoencoder for (a) searching ten million photographs of one
# machine part, and (b) classifying pictures, of which 1,000 are labelled. Advise her in six
# sentences or fewer, using what Chapter 1 measured.

# %% [markdown]
# ### BEGIN SOLUTION
# (a) Short descriptions are a good idea: they take little room and are searched faster, and
# their nearest neighbours carried the right label about as often as those among pixels. But
# PCA's 30 numbers did all of that as well and need no training, so she should try PCA first.
# (b) With 1,000 labels, nearest neighbours gained about two points from codes and just as much
# from PCA, while logistic regression gained nothing. Since the chapter measured digits only, she
# should repeat both comparisons on her own pictures, with every rival tuned. (One point for each
# use with a measured reason, one for PCA as a rival.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. A network has an error of 52.9 per test digit. What has it learnt?** (a) A good code,
# since 52.9 of 784 is little. (b) The mean image, or something no better. (c) Nothing can be
# said without the loss.
#
# <details><summary>Answer</summary>
#
# (b). 52.90 is the error of the mean image. (a) is wrong because most of the 784 pixels are
# white in every digit, so the number of pixels is no baseline. (c) is wrong because the error
# can be compared with that of the mean image, which says more than the loss.
#
# </details>
#
# **2. What role do labels play in training an autoencoder?** (a) They choose the code. (b)
# They are the target. (c) Nothing.
#
# <details><summary>Answer</summary>
#
# (c). The picture is both input and target. (a) is wrong because the code is whatever serves
# the decoder. (b) is wrong because that would be a classifier.
#
# </details>
#
# **3. Thirty numbers of 32 bits describe a digit of 784 pixels of 8 bits. How much smaller is
# the description?** (a) 784 / 30, or 26 times. (b) 6272 / 960, or 6.5 times. (c) More than
# both, if the numbers are rounded and entropy-coded.
#
# <details><summary>Answer</summary>
#
# (c). At a squared error of 8 the chapter's codes took fewer than 100 of 6,272 bits. (b)
# ignores that most of the 32 bits are unnecessary, and (a) compares numbers of 32 bits with
# numbers of 8. All three leave out the decoder, which has to be sent once.
#
# </details>
#
# **4. PCA's pixels are clipped to the range from 0 to 1 before its error is measured. Why?**
# (a) Otherwise the error would have another unit. (b) Because a pixel outside that range is
# certainly wrong, and the autoencoder's sigmoid cannot produce one either. (c) Because PCA
# would be better otherwise.
#
# <details><summary>Answer</summary>
#
# (b). Both methods may use the fact that pixels are between 0 and 1, so the comparison is
# about what they have learnt. (a) is wrong because the unit stays the same. (c) is wrong because
# clipping can only lower the error: no true pixel lies outside the range.
#
# </details>
#
# The solutions are on [a separate page](../solutions/01_motivation.ipynb).
