# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises to chapter 5
#
# PCA by hand, the angles between planes, the axes that a linear autoencoder hides, and a
# code of thirty numbers that beats PCA without a network. [Chapter 5](../05_pca.ipynb)
# has the equations. Pictures are rows, components are rows, too.
#
# Replace each `...` by your own code, and run the check below it. It tries your function
# on random data, and says what it found. "Run all" goes through whether you have solved
# an exercise or not.
#
# **Time:** about 115 minutes, one to three stars for how hard an exercise is.

# %%
import numpy as np
from sklearn.decomposition import PCA

from ae_lib import check, load_mnist, plot_reconstructions, show, squared_error
from ae_lib import use_style

use_style()
digits = load_mnist()

# %% [markdown]
# ## 5.1 PCA in four lines
#
# ★★ · 15 minutes · 2 points · derive and code
#
# Return the mean of the rows of `x` and the first `k` principal components, by the
# singular value decomposition (5.1). Each component is a row of length 1; its sign is up
# to you.


# %%
def components(x, k):
    """Mean, of shape (d,), and components, of shape (k, d)."""
    ### BEGIN SOLUTION
    x = np.asarray(x)
    mean = x.mean(axis=0)
    Vt = np.linalg.svd(x - mean, full_matrices=False)[2]
    return mean, Vt[:k]
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("pca.components", components)

# %% [markdown]
# ## 5.2 How much is explained
#
# ★ · 10 minutes · 1 point · derive and code
#
# Return the variances along the first `k` principal components. Take the mean of squares
# over the $n$ rows, as (5.1) does, not $n - 1$.


# %%
def variances(x, k):
    """Variances, largest first, of shape (k,)."""
    ### BEGIN SOLUTION
    x = np.asarray(x)
    S = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    return S[:k] ** 2 / len(x)
    ### END SOLUTION
    ### STUB return ...


# %%
variances_are_right = check("pca.variances", variances)

# %% [markdown]
# > **Predict.** What share of the variance of the digits do the first 30 components
# > explain? And the first two?

# %%
my_shares = [0.0, 0.0]  # your prediction for 30 and for 2 components

# %%
if variances_are_right:
    some = digits.x_train[:5000].astype(np.float64)
    explained = variances(some, 30) / some.var(axis=0).sum()
    shares = explained.sum(), explained[:2].sum()
    print("30 and 2 components:", np.round(shares, 2), "yours:", my_shares)

# %% [markdown]
# ## 5.3 The angle between two planes
#
# ★★ · 20 minutes · 3 points · derive and code
#
# The columns of `A` span a subspace, those of `B` another. With orthonormal bases $Q_A$
# and $Q_B$, the singular values of $Q_A^\top Q_B$ are the cosines of the principal
# angles. Return the largest angle, in degrees. The columns that you get are neither of
# length 1 nor at right angles.


# %%
def largest_angle(A, B):
    """The largest principal angle in degrees, from 0 to 90."""
    ### BEGIN SOLUTION
    Q_A, Q_B = np.linalg.qr(A)[0], np.linalg.qr(B)[0]
    # By sines: arccos is inaccurate where angles are small.
    rest = Q_B - Q_A @ (Q_A.T @ Q_B)
    sines = np.linalg.svd(rest, compute_uv=False)
    return np.rad2deg(np.arcsin(np.clip(sines.max(), 0, 1)))
    ### END SOLUTION
    ### STUB return ...


# %%
_ = check("pca.largest_angle", largest_angle)

# %% [markdown]
# ## 5.4 The axes in the plane
#
# ★★ · 15 minutes · 2 points · find the planted mistake
#
# A linear autoencoder was trained on centred data: codes are `x @ encoder`, outputs are
# `codes @ decoder`. It has reached PCA's error. A student takes the rows of the decoder
# for the principal components, "because a linear autoencoder is PCA". Mend the function,
# so that it returns the principal components indeed. You may use `x`.


# %%
def axes(x, encoder, decoder):
    """The principal components, rows of length 1, of shape (k, d)."""
    ### BEGIN SOLUTION
    x, encoder, decoder = (np.asarray(item, float) for item in (x, encoder, decoder))
    outputs = x @ encoder @ decoder
    return np.linalg.svd(outputs, full_matrices=False)[2][: len(decoder)]
    ### END SOLUTION
    ### STUB return decoder / np.linalg.norm(decoder, axis=1, keepdims=True)


# %%
_ = check("pca.axes", axes)

# %% [markdown]
# ## 5.5 Who looks at the labels?
#
# ★★ · 15 minutes · 2 points · predict, then measure
#
# "PCA is supervised", some say. Write a test for it. `method(x, y)` returns an array.
# Return `True` if the method makes use of the labels `y`, `False` if it does not. You can
# shuffle with `rng.permutation`.


# %%
def looks_at_labels(method, x, y, rng):
    """Whether the answer depends on the labels."""
    ### BEGIN SOLUTION
    x, y = np.asarray(x), np.asarray(y)
    right, shuffled = method(x, y), method(x, rng.permutation(y))
    return not np.array_equal(right, shuffled)
    ### END SOLUTION
    ### STUB return ...


# %%
can_tell = check("pca.looks_at_labels", looks_at_labels)

# %% [markdown]
# > **Predict.** PCA, linear discriminant analysis, a nearest neighbour classifier, and an
# > autoencoder: which of the four look at labels? Then test the first two.

# %%
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

x_some, y_some = digits.x_train[:1000], digits.y_train[:1000]
x_some = PCA(20, svd_solver="full").fit_transform(x_some)
methods = {
    "PCA": lambda x, y: PCA(2, svd_solver="full").fit(x, y).components_,
    "LDA": lambda x, y: LinearDiscriminantAnalysis(n_components=2).fit(x, y).scalings_,
}
if can_tell:
    for name, method in methods.items():
        print(name, looks_at_labels(method, x_some, y_some, np.random.default_rng(0)))

# %% [markdown]
# ## 5.6 Thirty numbers, without a network
#
# ★★★ · 30 minutes · 4 points · improve
#
# PCA with 30 components has an error of 13.87 on the test digits. Get **below 13**, with
# an encoder from 784 pixels to 30 numbers, and a decoder back. Use what you like, a
# network is not needed. All that has to be learnt must be learnt from `digits.x_train`.
# The check tries 2,000 random test digits; to try your own ideas, keep some *training*
# digits aside, or else you choose what happens to fit the test.
#
# A way that works: sort the digits into groups, and give each group a PCA of its own. One
# of the thirty numbers then says which group.

# %% tags=["slow"]
### BEGIN SOLUTION
from sklearn.cluster import KMeans

x_train = digits.x_train[:20_000]
low = PCA(30, svd_solver="covariance_eigh").fit(x_train)
groups = KMeans(12, n_init=1, max_iter=20, random_state=0).fit(low.transform(x_train))
local = [
    PCA(29, svd_solver="covariance_eigh").fit(x_train[groups.labels_ == group])
    for group in range(12)
]


def encode(x):
    group = groups.predict(low.transform(x).astype(np.float32))
    codes = np.stack([pca.transform(x) for pca in local])
    chosen = codes[group, np.arange(len(x))]
    return np.column_stack([group, chosen])


def decode(codes):
    group = codes[:, 0].round().astype(int)
    pictures = np.stack([pca.inverse_transform(codes[:, 1:]) for pca in local])
    return pictures[group, np.arange(len(codes))]


### END SOLUTION
### STUB encode = ...  # a function, (n, 784) -> (n, 30)
### STUB decode = ...  # a function, (n, 30) -> (n, 784)

# %%
beats_pca = check("pca.thirty_numbers", (encode, decode))

# %% tags=["nbval-ignore-output"]
if beats_pca:
    first = digits.x_test[:8]
    by_hand = decode(encode(first))
    show(plot_reconstructions(first, {"yours": by_hand},
                              errors={"yours": squared_error(first, by_hand)}))

# %% [markdown]
# ## 5.7 A sentence to mend
#
# ★★ · 10 minutes · 3 points · explain
#
# "A linear autoencoder finds the principal components, and a nonlinear one finds better
# ones." In five sentences or fewer: what is right, what is wrong, and how would you say
# it?

# %% [markdown]
# ### BEGIN SOLUTION
# A linear autoencoder reaches PCA's error and spans the same plane, but its axes are
# arbitrary within it, by (5.3). PCA's axes come back by PCA of its outputs. A nonlinear
# one has no components at all: its code is not a set of pictures that are added. What is
# better is the reconstruction, with as many numbers, because the decoder may bend. (One
# point for the plane, one for the axes, one for what "better" refers to.)
# ### END SOLUTION
# ### STUB *Write your answer here.*

# %% [markdown]
# ## Check yourself
#
# Choose an answer before you unfold it.
#
# **1. Two people run PCA on the same data, and their third components differ by a sign.
# Who made a mistake?** (a) The one with the negative sign. (b) Neither. (c) Both: PCA is
# deterministic.
#
# <details><summary>Answer</summary>
#
# (b). A direction and its opposite span the same line, and give the same reconstruction.
# (a) is wrong: no sign is the right one. (c) is wrong: each program is deterministic, but
# two programs may follow different conventions.
#
# </details>
#
# **2. Someone forgets to take the mean off before the SVD. What happens to the first
# direction?** (a) Nothing. (b) It points to the mean, more or less. (c) It becomes that of
# the smallest variance.
#
# <details><summary>Answer</summary>
#
# (b). The SVD looks for the largest sum of squares from the *origin*, and the mean of the
# digits is far from it. (a) is wrong unless the mean is 0. (c) is wrong: nothing turns the
# order around.
#
# </details>
#
# **3. A single sigmoid hidden layer with 30 units, linear output, squared error. Can it
# beat PCA with 30 components on its training digits?** (a) Yes, it is nonlinear. (b) No.
# (c) Yes, after long training.
#
# <details><summary>Answer</summary>
#
# (b). Its outputs lie in a plane of 30 dimensions, and PCA's plane is the best of those.
# (a) is wrong: what has to bend is the decoder, and this one is linear. (c) is wrong for
# the same reason; time does not help.
#
# </details>
#
# **4. PCA has 13.87 on the test digits with all 60,000 training digits. You measure 0.0177
# with the same 30 components. What is likely?** (a) A much better method. (b) Another
# unit. (c) Overfitting.
#
# <details><summary>Answer</summary>
#
# (b). 13.87 / 784 = 0.0177: a mean over pixels in place of a sum. (a) is wrong: no other
# linear code is better on the training digits, least of all 784 times. (c) is wrong:
# overfitting makes the test error larger, not smaller.
#
# </details>
#
# The solutions are on [a page of their own](../solutions/05_pca.ipynb).
