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
# Here you write pieces of [Chapter 4](../04_pretraining.ipynb) yourself: the unrolling of
# a stack, the noise of a denoising autoencoder, and the two judgements without which a
# race is worth nothing. The notation is that of the chapter: `W` has a row for each
# visible and a column for each hidden unit; `a` are the visible biases, `b` the hidden
# ones.
#
# Replace each `...` by your own code, and run the check below it. It tries your function
# on random inputs, and says what it found. "Run all" goes through whether you have solved
# an exercise or not.
#
# **Time:** about 50 minutes, one to three stars for how hard an exercise is.

# %%
import numpy as np
import pandas as pd

from ae_lib import check

# %% [markdown]
# ## 4.1 Unroll a stack
#
# ★★ · 10 minutes · 2 points · derive and code
#
# A stack is a list of RBMs, each a tuple `(W, a, b)`, the first next to the pixels.
# Return the layers of the autoencoder that it unrolls to, as a list of pairs `(matrix,
# bias)`, from the pixels to the code and back to the pixels. A layer computes `x @ matrix
# + bias`. Which of the biases does the decoder need?


# %%
def unrolled(rbms):
    """List of (matrix, bias), twice as long as the stack."""
    ### BEGIN SOLUTION
    encoder = [(W, b) for W, a, b in rbms]
    decoder = [(np.transpose(W), a) for W, a, b in reversed(rbms)]
    return encoder + decoder
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("pretraining.unrolled", unrolled)

# %% [markdown]
# ## 4.2 Masking noise
#
# ★ · 5 minutes · 1 point · derive and code
#
# A denoising autoencoder sees damaged digits and has to return the undamaged ones.
# Return a copy of `x` in which a `share` of the pixels, drawn independently for every
# digit and every pixel, is 0. All other pixels stay as they are. Draw with
# `rng.random(shape)`.


# %%
def masked(x, share, rng):
    """Digits with a share of their pixels set to 0, of the shape of x."""
    ### BEGIN SOLUTION
    return np.where(rng.random(np.shape(x)) < share, 0, x)
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("pretraining.masked", masked)

# %% [markdown]
# ## 4.3 Find the mistake
#
# ★★ · 10 minutes · 2 points · find the planted mistake
#
# A search has tried some learning rates, in increasing order, and has measured every
# trained network on validation digits and on test digits. The function returns the rate
# that wins, and whether it is `inside` the grid, with a worse rate on either side. It runs
# and returns a sensible rate. What would a referee say? Mend it.


# %%
def winner(rates, validation, test):
    """The best rate, and whether the grid has worse ones on both sides of it."""
    ### BEGIN SOLUTION
    place = int(np.argmin(validation))
    ### END SOLUTION
    ### STUB place = int(np.argmin(test))
    return rates[place], 0 < place < len(rates) - 1


# %%
_ = check("pretraining.winner", winner)

# %% [markdown]
# ## 4.4 Equal time
#
# ★★ · 15 minutes · 2 points · predict, then measure
#
# A pretrained network was fine-tuned for a number of `epochs`, each of which takes
# `epoch_seconds`, after pretraining had taken `pretraining_seconds`. A network of the same
# size was trained from random weights for longer; `curve` has its error before the first
# epoch, after the first, and so on. Return its error when both have taken the same time.
# Only whole epochs count.


# %%
def equal_time(curve, epochs, epoch_seconds, pretraining_seconds):
    """The error of the network from random weights, at equal time."""
    ### BEGIN SOLUTION
    return curve[epochs + int(pretraining_seconds / epoch_seconds)]
    ### END SOLUTION
    ### STUB return ...


# %%
equal_time_is_right = check("pretraining.equal_time", equal_time)

# %% [markdown]
# The race of the chapter is stored with the library, so you can judge it by your own
# function.
#
# > **Predict.** Suppose that computers had a chip which made pretraining ten times faster.
# > At equal time, would the pretrained network be ahead of the one from random weights?
# > And if pretraining were ten times slower?

# %% tags=["nbval-ignore-output"]
from ae_lib.results import load_results

race = {run["method"]: run for run in load_results("race")[0]["runs"]}
pretrained, random = race["rbm_adam"], race["glorot_adam"]
if equal_time_is_right:
    short, long = random["winners"]
    curve = np.mean(long["validation_curves"], axis=0)
    seconds = np.mean(pretrained["pretraining_seconds"])
    rows = {}
    for factor in (0.1, 1, 10):
        room = (long["epochs"] - short["epochs"]) * long["seconds_per_epoch"]
        taken = min(factor * seconds, room)  # the curve has no more epochs
        reached = equal_time(curve, short["epochs"], long["seconds_per_epoch"], taken)
        rows[f"pretraining takes {factor:g} times as long"] = reached
    own = np.mean(pretrained["winners"][0]["validation_curves"], axis=0)[-1]
    print(f"pretrained {own:.2f}")
    print(pd.Series(rows).round(2).to_string())

# %% [markdown]
# ## 4.5 What would change your mind?
#
# ★★★ · 10 minutes · 3 points · explain
#
# A student writes: "Pretrained RBMs reached a smaller error than Glorot's initialisation
# with the same optimiser and the same learning rate. So RBMs find features that random
# initialisation cannot find." In six sentences or fewer: name two further runs that could
# refute the conclusion, and say for each what its result would have to be. What does the
# student's experiment show as it stands?

# %% [markdown]
# ### BEGIN SOLUTION
# First, the random network with a learning rate and a scale of its own, chosen by the same
# search: if it comes as far, the student compared an initialisation in good form with one
# in bad form. Second, pretraining by something else than RBMs, shallow autoencoders for
# example: if they come as far, the gain is that of training layers one at a time and not
# of RBMs. (A longer training, equal time with pretraining counted, or several seeds are as
# good.) As it stands the experiment shows that one start is better than another at one
# learning rate and one budget. (One point for each run with the result that would refute,
# one for what the experiment shows.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. A stack of RBMs is unrolled into an autoencoder. What is its error, before any
# fine-tuning?** (a) Near that of the mean image, because no layer has seen the error of
# the whole. (b) Clearly better than the mean image, and worse than PCA with as many
# components. (c) Better than PCA, because it is nonlinear.
#
# <details><summary>Answer</summary>
#
# (b). In the chapter it is nearly twice the error of PCA and less than half of the mean
# image's. (a) is wrong: each layer keeps a good deal of what the one below it says, and
# that is never quite lost. (c) is wrong: four nonlinear layers can beat PCA, but only after
# they were trained for it together.
#
# </details>
#
# **2. "Encoder and decoder share their weights, transposed." When is that true of the
# autoencoder of 2006?** (a) Always. (b) When it is unrolled, and not after the first update
# of fine-tuning. (c) Only after fine-tuning.
#
# <details><summary>Answer</summary>
#
# (b). Unrolling copies each matrix twice, and backpropagation gives the two copies
# different gradients. (a) is wrong: nothing in fine-tuning ties them. (c) is wrong, the
# other way round.
#
# </details>
#
# **3. Pretraining takes as long as nine epochs of fine-tuning. A comparison at equal
# updates …** (a) … favours the pretrained network. (b) … favours the network from random
# weights. (c) … is the only fair one.
#
# <details><summary>Answer</summary>
#
# (a). The nine epochs are given away for nothing. (b) is wrong for that reason. (c) is
# wrong too: both comparisons are fair if they are named, and where they disagree, both
# belong in the report.
#
# </details>
#
# **4. What do a stack of RBMs and BERT have in common?** (a) The learning rule. (b) Layers
# are trained one after the other. (c) Weights are first learnt from data without labels,
# and then adapted to a task.
#
# <details><summary>Answer</summary>
#
# (c). (a) is wrong: BERT is trained by backpropagation to predict hidden words. (b) is
# wrong as well: all of its layers learn together. What survived is the order of the two
# tasks, not the greedy training.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/04_pretraining.ipynb).
