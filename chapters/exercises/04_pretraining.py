# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises to chapter 4
#
# Here you write a piece of [Chapter 4](../04_pretraining.ipynb) yourself: the unrolling
# of a stack. The notation is that of the chapter: `W` has a row for each visible and a
# column for each hidden unit; `a` are the visible biases, `b` the hidden ones.
#
# Replace each `...` by your own code, and run the check below it. It tries your function
# on random machines, and says what it found. "Run all" goes through whether you have
# solved an exercise or not.
#
# **Time:** about 10 minutes, one to three stars for how hard an exercise is.

# %%
import numpy as np

from ae_lib import check

# %% [markdown]
# ## 4.1 Unroll a stack
#
# ★★ · 10 minutes · 2 points · derive and code
#
# A stack is a list of machines, each a tuple `(W, a, b)`, the first next to the pixels.
# Return the layers of the autoencoder that it starts, as a list of pairs `(matrix,
# bias)`, from the pixels to the code and on to the pixels. A layer computes `x @ matrix +
# bias`. Which of the biases does the decoder need?


# %%
def unrolled(machines):
    """List of (matrix, bias), twice as long as the stack."""
    ### BEGIN SOLUTION
    encoder = [(W, b) for W, a, b in machines]
    decoder = [(np.transpose(W), a) for W, a, b in reversed(machines)]
    return encoder + decoder
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("pretraining.unrolled", unrolled)

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. A stack of RBMs is unrolled. What is its test error with 30 code values, before
# any fine-tuning?** (a) About that of the mean image. (b) About that of PCA. (c) About
# that of the fine-tuned network.
#
# <details><summary>Answer</summary>
#
# (b). The authors' program gives 13.17 after ten passes, near PCA's 13.87. (a) is wrong:
# the stack has learnt much more than nothing. (c) is wrong: one epoch of fine-tuning
# nearly halves the error, so the stack is a start and not yet the result.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/04_pretraining.ipynb).
