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
# In these exercises you write parts of [Chapter 4](../04_pretraining.ipynb) yourself: the
# unrolling of a stack, the noise of a denoising autoencoder, and two checks that every
# fair race needs. The notation is the chapter's: `W` has a row for each visible unit and
# a column for each hidden one; `a` holds the visible biases, `b` the hidden ones.
#
# Replace each `...` with your own code and run the check below it. The check tries your
# function on random inputs and tells you what it found. "Run all" reaches the end whether
# you have solved an exercise or not.
#
# **Time:** about 50 minutes; one to three stars mark the difficulty.

# %%
import itertools

import numpy as np
import pandas as pd

from ae_lib import check

# %% [markdown]
# ## 4.1 Unroll a stack
#
# ★★ · 10 minutes · 2 points · derive and code
#
# A stack is a list of RBMs, each a tuple `(W, a, b)`; the first one is next to the
# pixels. Return the layers of the autoencoder that results from unrolling it, as a list
# of pairs `(matrix, bias)`, from the pixels to the code and back to the pixels. A layer
# computes `x @ matrix + bias` before its activation function. Which of the biases does
# the decoder need?


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
# A denoising autoencoder sees damaged digits and has to reproduce the undamaged ones.
# Return a copy of `x` in which each pixel of each digit is set to 0 with probability
# `share`, independently of the others. The remaining pixels stay as they are. Draw with
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
# A search has tried several learning rates, in increasing order, and has measured every
# trained network on validation digits and on test digits. The function returns the
# winning rate, and whether this rate is inside the grid, with a worse one on either side.
# It runs and returns a sensible rate. What would a referee object to? Correct the
# function.


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
# ## 4.4 Equal work
#
# ★★ · 15 minutes · 2 points · derive and code
#
# The chapter counts multiplications by weights: for each digit, an RBM that learns by
# CD-1 uses each weight five times, and fine-tuning uses each weight of the autoencoder
# three times, or twice in the first layer. With CD-$k$, the chain takes $k$ steps down
# and up instead of one. Return what `epochs` of pretraining by CD-$k$ cost, in epochs of
# fine-tuning, for an encoder whose layers have `sizes` units. Leave out the cost of
# passing the data on from one RBM to the next.


# %%
def equal_work(sizes, epochs, k):
    """Cost of pretraining by CD-k, in epochs of fine-tuning."""
    ### BEGIN SOLUTION
    matrices = [n_in * n_out for n_in, n_out in itertools.pairwise(sizes)]
    fine_tuning = 6 * sum(matrices) - matrices[0]
    return epochs * (3 + 2 * k) * sum(matrices) / fine_tuning
    ### END SOLUTION
    ### STUB return ...


# %%
equal_work_is_right = check("pretraining.equal_work", equal_work)

# %% [markdown]
# The race of the chapter is stored with the library, so you can apply your own function
# to it: suppose that the RBMs had learnt by CD-$k$, and that a larger $k$ had not made
# them any better.
#
# > **Predict.** The whole budget is 15 epochs of fine-tuning. How many of them would be
# > left after CD-3? After CD-10?

# %% tags=["nbval-ignore-output"]
from ae_lib.results import load_results

race = {run["method"]: run for run in load_results("race")[0]["runs"]}
if equal_work_is_right:
    run = race["rbm_adam"]
    won, rows = run["winners"][1], {}
    curve = np.mean(won["validation_curves"], axis=0)
    for k in (1, 3, 10):
        cost = equal_work(run["settings"]["sizes"], won["pretraining_epochs"], k)
        left = max(round(won["epochs"] - cost), 0)
        rows[f"CD-{k}"] = {"cost": cost, "epochs left": left, "error": curve[left]}
    print(pd.DataFrame(rows).T.round(2).to_string())

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
# First, train the random network with a learning rate and a scale of its own, chosen by
# the same search: if it reaches the same error, the student compared a well-tuned
# initialisation with a badly tuned one. (In the chapter, random weights fitted to the
# units even end below RBMs.) Second, pretrain with something other than RBMs,
# for example shallow autoencoders: if they reach the same error, the gain comes from
# something that both share and not from RBMs. (Longer training, equal work with
# pretraining counted, or several seeds are equally good answers.) As it stands, the
# experiment shows that one initialisation is better than another at one learning rate and
# one budget. (One point for each run with the result that would refute the conclusion, one
# for what the experiment shows.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. A stack of RBMs is unrolled into an autoencoder. How large is its error before any
# fine-tuning?** (a) Near that of the mean image, because no layer has seen the error of
# the whole. (b) Clearly better than the mean image, and worse than PCA with as many
# components. (c) Better than PCA, because it is nonlinear.
#
# <details><summary>Answer</summary>
#
# (b). In the chapter it is nearly twice the error of PCA and less than half of the mean
# image's. (a) is wrong: each layer keeps much of the information in the layer below, even
# though no layer was trained on the error of the whole. (c) is wrong: a nonlinear
# autoencoder can beat PCA, but only after its layers have been trained together.
#
# </details>
#
# **2. "Encoder and decoder share their weights, transposed." When is that true of the
# autoencoder of 2006?** (a) Always. (b) Just after it is unrolled, but no longer after
# the first update of fine-tuning. (c) Only after fine-tuning.
#
# <details><summary>Answer</summary>
#
# (b). Unrolling puts each matrix into the network twice, and backpropagation gives the
# two copies different gradients. (a) is wrong: nothing in fine-tuning ties them. (c) has
# it the wrong way round.
#
# </details>
#
# **3. Pretraining takes as much work as six epochs of fine-tuning. A comparison at equal
# updates …** (a) … favours the pretrained network. (b) … favours the network from random
# weights. (c) … is the only fair one.
#
# <details><summary>Answer</summary>
#
# (a). The pretrained network gets the work of six epochs for free, so (b) is wrong. (c)
# is wrong too: both comparisons are fair if the report says which one was made, and where
# they disagree, the report should give both.
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
