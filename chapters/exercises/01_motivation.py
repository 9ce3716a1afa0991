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
# The unit in which this course counts errors, the bits of a code, and a test of
# neighbours that is too good to be true. All of it stands in
# [Chapter 1](../01_motivation.ipynb), and all of it you need later.
#
# Replace each `...` by your own code, and run the check below it. It tries your function
# on random data, and says what it found. "Run all" goes through whether you have solved
# an exercise or not.
#
# **Time:** about 55 minutes, one to three stars for how hard an exercise is.

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
# Code equation (1.1), averaged over the images: the squared error per image. Each row of
# `x` is an image, and each row of `x_hat` its reconstruction. One line is enough.


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
# > **Predict.** The mean image answers every test digit with the same blur, and has an
# > error of 52.90. What is the error of white paper, that is, of zeros?

# %%
my_error = 0.0  # your prediction

# %%
if error_is_right:
    white = squared_error(digits.x_test, np.zeros_like(digits.x_test))
    print(f"white paper {white:.2f}, your prediction {my_error}")

# %% [markdown]
# ## 1.2 Fewer bits
#
# ★★ · 15 minutes · 2 points · derive and code
#
# With `bits` bits one can say $2^\text{bits}$ different values. Let them be evenly spaced
# from `low` to `high`, both included, and replace each code value by the nearest of them.
# Values outside are moved to the nearer end.


# %%
def quantise(codes, low, high, bits):
    """Code values rounded to 2 ** bits values, of the same shape."""
    ### BEGIN SOLUTION
    codes, low, high = (np.asarray(item, float) for item in (codes, low, high))
    n_steps = 2**bits - 1
    numbers = np.round((np.clip(codes, low, high) - low) / (high - low) * n_steps)
    return low + numbers * (high - low) / n_steps
    ### END SOLUTION
    ### STUB return ...


# %%
rounds_well = check("motivation.quantise", quantise)

# %% [markdown]
# > **Predict.** PCA's 30 numbers have an error near 13.9 on the test digits. How many
# > bits for each of them keep it below 15?

# %%
my_bits = 0  # your prediction

# %% tags=["nbval-ignore-output"]
pca = PCA(30, svd_solver="full").fit(digits.x_train)
codes = pca.transform(digits.x_test)
if rounds_well and error_is_right:
    for bits in (2, 3, 4, 5, 8):
        rounded = quantise(codes, codes.min(), codes.max(), bits)
        error = squared_error(digits.x_test, pca.inverse_transform(rounded))
        print(f"{bits} bits: {error:.2f}", "(yours)" if bits == my_bits else "")

# %% [markdown]
# ## 1.3 Too good to be true
#
# ★★ · 10 minutes · 2 points · find the planted mistake
#
# How often does the nearest code carry the same label? This function says: always, for
# any codes, even for random ones. What does it measure? Mend it.


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
# ## 1.4 When does a decoder pay?
#
# ★★ · 15 minutes · 2 points · derive and code
#
# To send pictures as codes, one has to send the decoder, too: once, with `decoder_bits`
# bits. Each code has `n_values` values of `bits` bits. A rival, JPEG for example, needs
# `rival_bits` for each picture and no decoder. From how many pictures on do codes need
# fewer bits altogether? Return 0 if they never do.


# %%
def break_even(n_values, bits, decoder_bits, rival_bits):
    """The smallest number of pictures for which codes need fewer bits, or 0."""
    ### BEGIN SOLUTION
    saved = rival_bits - n_values * bits  # by each picture
    return decoder_bits // saved + 1 if saved > 0 else 0
    ### END SOLUTION
    ### STUB return ...


# %%
pays = check("motivation.break_even", break_even)

# %% [markdown]
# > **Predict.** A decoder of 209,000 weights, 32 bits each; codes of 30 values with 4
# > bits; a rival with 1,500 bits. Thousands of pictures, or millions?

# %%
if pays:
    print(f"{break_even(30, 4, 209_000 * 32, 1500):,} pictures")

# %% [markdown]
# ## 1.5 Worth it or not?
#
# ★ · 10 minutes · 3 points · explain
#
# A colleague wants to use an autoencoder for (a) a search among ten million photographs
# of one machine part, and (b) a classifier for 40,000 labelled pictures. Advise her, in
# six sentences or fewer, with what Chapter 1 measured.

# %% [markdown]
# ### BEGIN SOLUTION
# (a) is a good case: codes are short, so that the search is quick and needs little room,
# and with ten million pictures the decoder's own size does not count. She should expect
# some neighbours to be others than among pixels, and compare with PCA, which was as good
# in the neighbour test. (b) is a doubtful one: with many labels, logistic regression
# gained nothing from codes, and a network trained on the labels themselves is the method
# to beat. (One point for each use with a measured reason, one for PCA as a rival.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. A network has an error of 52.9 per test digit. What has it learnt?** (a) A good code,
# since 52.9 of 784 is little. (b) The mean image. (c) Nothing can be said without the
# loss.
#
# <details><summary>Answer</summary>
#
# (b). 52.90 is what the mean image has. (a) is wrong: most of the 784 pixels are white in
# every digit, so 784 is no yardstick. (c) is wrong: the error can be compared with that
# of the mean image, and that says more than the loss.
#
# </details>
#
# **2. What do labels do while an autoencoder is trained?** (a) They choose the code. (b)
# They are the target. (c) Nothing.
#
# <details><summary>Answer</summary>
#
# (c). The picture is input and target at once. (a) is wrong: the code is whatever serves
# the decoder. (b) is wrong: that would be a classifier.
#
# </details>
#
# **3. Thirty float32 numbers stand for 784 pixels of one byte. How much smaller is that?**
# (a) 784 / 30 = 26 times. (b) 784 / 120 = 6.5 times. (c) It depends on the bits that are
# kept.
#
# <details><summary>Answer</summary>
#
# (c). As floats it is (b), and with 4 bits a number it is 52 times, for hardly more error.
# (a) is wrong: it compares numbers of 32 bits with numbers of 8. And all of them forget
# the decoder, which has to be kept once.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/01_motivation.ipynb).
