# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. The autoencoder and PCA
#
# PCA, principal component analysis, has been our yardstick since [Chapter
# 1](01_motivation.ipynb). Like an autoencoder it describes a picture by a few numbers.
# It is much older ([Pearson 1901](https://doi.org/10.1080/14786440109462720)), and it
# is computed in moments. Much is said about how the two are related, and some of it is
# wrong. This chapter takes four such sayings and tests each of them by an experiment.
#
# **What you will do**
#
# - Compute PCA yourself, and meet the number that the paper reports for it: 13.87.
# - Train a linear autoencoder, and compare what it has found with PCA, direction by
#   direction.
# - Test three more sayings: that PCA is supervised, that it is deterministic and an
#   autoencoder is not, that one reduces dimensions and the other learns features.
# - Draw the famous picture: the digits on two principal components, and on a
#   two-dimensional code of an autoencoder.
#
# **What you will learn**
#
# - What exactly a linear autoencoder shares with PCA, and what it does not.
# - Where a nonlinearity has to stand in order to gain anything.
# - What changes from one training run to the next, and what stays.
#
# **What you will need**
#
# - [Chapter 1](01_motivation.ipynb); vectors and matrices, and what an eigenvector is.
#
# **Time:** about 30 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, SEED, ProgressBar, load_mnist, nearest_neighbour_accuracy
from ae_lib import plot_features, plot_map, plot_reconstructions
from ae_lib import set_seed, show, squared_error, use_style

set_seed()
use_style()

# %%
import keras
from keras import layers
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

# %%
digits = load_mnist()
x_test, y_test = digits.x_test, digits.y_test
print(digits.x_train.shape, x_test.shape)

# %% [markdown]
# Errors are squared errors per image (1.1), averaged over the images, as everywhere in
# this course.

# %% [markdown]
# ## PCA: the best straight line
#
# Take only two numbers of each digit: how much ink is in its upper half, and how much
# in its lower half. Then a digit is a point in the plane, and we can see what PCA does.

# %%
halves = digits.x_train[:300].reshape(300, 2, 392).mean(axis=2)
line = PCA(1).fit(halves)
on_line = line.inverse_transform(line.transform(halves))

# %%
fig, ax = plt.subplots(figsize=(5.4, 4.8))
for point, foot in zip(halves, on_line, strict=True):
    ax.plot(*zip(point, foot, strict=True), color="#b0b0b0", linewidth=0.8, zorder=1)
ax.plot(*halves.T, "o", color=COLOURS["data"], markersize=3.5, label="digit")
ax.plot(*on_line.T, "o", color=COLOURS["pca"], markersize=3, label="its reconstruction")
ax.set(xlabel="mean ink in the upper half", ylabel="mean ink in the lower half")
ax.set_aspect("equal")
ax.legend()
show(fig, alt="A cloud of 300 points, rising from lower left to upper right. A "
     "straight line runs through its length; a thin segment, at a right angle to the "
     "line, joins each point to its foot on the line.")

# %% [markdown]
# Each grey point is a digit. PCA lays a straight line through the cloud and replaces
# each point by its foot on the line. Where the foot lies on the line is *one* number:
# the code. The thin segments are what is lost. PCA chooses the line for which the
# squared lengths of the segments have the smallest sum. That is all there is to it;
# with 784 pixels the line becomes a plane of 30 dimensions.
#
# In formulas: let $\bar x$ be the mean of the $n$ training images, and let the rows of
# $X$ be the images minus $\bar x$. The singular value decomposition
#
# $$X = U S V^\top \tag{5.1}$$
#
# orders the directions of the cloud: the columns of $V$ are the **principal
# components**, and $S_{ii}^2 / n = \sigma_i^2$ is the variance along the $i$-th. Keep
# the first $k$ of them, $V_k$. Then
#
# $$z = V_k^\top (x - \bar x), \qquad \hat x = \bar x + V_k z \tag{5.2}$$
#
# are encoder and decoder: two matrices, one the transpose of the other. By a theorem of
# [Eckart and Young](https://doi.org/10.1007/BF02288367), no other pair of linear maps
# with $k$ numbers between them has a smaller squared error on the training images,
# whatever fixed image is taken off before and added after.
#
# A linear decoder cannot bend: halfway between two codes it draws half of the one
# digit and half of the other. On the website you can go all the way [between two
# digits](play.md#between-two-digits), with PCA and with an autoencoder.
#
# The same in NumPy, on 2,000 digits with six components:

# %%
x = digits.x_train[:2000].astype(np.float64)
mean = x.mean(axis=0)
U, S, Vt = np.linalg.svd(x - mean, full_matrices=False)
z = (x - mean) @ Vt[:6].T
x_hat = mean + z @ Vt[:6]

# %%
pca_6 = PCA(6, svd_solver="full").fit(x)
assert np.allclose(x_hat, pca_6.inverse_transform(pca_6.transform(x)))
left_over = (S[6:] ** 2).sum() / len(x)
assert np.isclose(squared_error(x, x_hat), left_over)
print(f"error {squared_error(x, x_hat):.2f}, variance left over {left_over:.2f}")

# %% [markdown]
# Five lines, and scikit-learn agrees. The error is the variance along the directions
# that were thrown away, so PCA even knows its training error beforehand.
#
# Now thirty components, all 60,000 digits, and the error on the 10,000 test digits. The
# paper ([Hinton & Salakhutdinov 2006](https://doi.org/10.1126/science.1127647)) reports
# 13.87.

# %%
pca = PCA(30, svd_solver="covariance_eigh").fit(digits.x_train)
pca_test = pca.inverse_transform(pca.transform(x_test))
pca_error = squared_error(x_test, pca_test)
print(f"PCA with 30 components: {pca_error:.2f}")
# Claim: PCA's error with 30 components is the paper's, 13.87.
assert round(pca_error, 2) == 13.87

# %% [markdown]
# The paper's figure, to the last digit. So data, unit and method are the same, and we
# can go on.

# %% [markdown]
# ## "A linear autoencoder is PCA"
#
# Equation (5.2) looks like an autoencoder with two layers and no activation function.
# So let us train one: 784 pixels, six code values, 784 pixels, by gradient descent, on
# 10,000 digits with their mean taken off. Nothing tells it about variances or right
# angles. The two matrices are not even tied to each other.
#
# > **Predict.** Will it reach PCA's error? And will the six columns of its decoder be
# > the six principal components?

# %%
small = load_mnist(n_train=20_000)
centred = small.x_train[:10_000] - small.x_train[:10_000].mean(axis=0)
axes = PCA(6, svd_solver="covariance_eigh").fit(centred)
principal = axes.components_.T
axes_error = squared_error(centred, centred @ principal @ principal.T)


# %%
def squared_loss(x, x_hat):
    return keras.ops.sum(keras.ops.square(x - x_hat), axis=-1)


def falling_rate(start, epochs, steps):
    return keras.optimizers.schedules.CosineDecay(start, epochs * steps)


# %% [markdown]
# The loss is the error of this course: summed over pixels, and Keras averages it over
# the images. The learning rate falls to zero along a cosine, so that the last steps are
# small. (`steps_per_execution` changes no result, it only saves time.)


# %%
def train_linear(penalty=None):
    dense = {"use_bias": False, "kernel_regularizer": penalty}
    model = keras.Sequential([layers.Input((784,)), layers.Dense(6, **dense),
                              layers.Dense(784, **dense)])
    optimiser = keras.optimizers.Adam(falling_rate(0.01, epochs=20, steps=20))
    model.compile(optimiser, loss=squared_loss, steps_per_execution=20)
    model.fit(centred, centred, epochs=20, batch_size=500, verbose=0,
              callbacks=[ProgressBar("linear")])
    return model


# %% tags=["nbval-ignore-output"]
linear = train_linear()
linear_hat = np.asarray(linear(centred))
linear_error = squared_error(centred, linear_hat)
print(f"PCA-6 {axes_error:.3f}, linear autoencoder {linear_error:.3f}")
# Claim: the linear autoencoder's error is PCA's, or less than 0.5 % above it.
assert axes_error - 1e-3 < linear_error < 1.005 * axes_error

# %% [markdown]
# The same error, up to a trace, and never a smaller one. Has it found the same plane as
# well? The **principal angles** between two subspaces say so: the largest of them is 0
# when both are one and the same, and 90 degrees when one holds a direction that is at a
# right angle to all of the other.

# %% tags=["nbval-ignore-output"]
decoder = linear.layers[1].kernel.numpy().T  # (784, 6): a column for each code value
angles = np.rad2deg(subspace_angles(decoder, principal))
print("principal angles in degrees:", angles.round(2))
# Claim: the linear autoencoder's plane is PCA's to within 5 degrees.
assert angles.max() < 5

# %% [markdown]
# Six angles close to zero: the columns of the decoder span what the principal
# components span. But are they the components? Look at them.

# %%
columns = decoder / np.linalg.norm(decoder, axis=0)
names = [f"component {i}" for i in range(1, 7)] + [f"column {i}" for i in range(1, 7)]
show(plot_features(np.concatenate([principal.T, columns.T]), n_columns=6, titles=names,
                   symmetric=True),
     alt="Above, the first six principal components of the digits. Below, the six "
     "columns of the linear autoencoder's decoder: mixtures of the pictures above, "
     "not the same pictures.")

# %% [markdown]
# Above are PCA's components, below the decoder's columns (purple is positive, orange
# negative). Each column is a mixture of the pictures above. Why? Take any invertible
# $6 \times 6$ matrix $A$, multiply the code by it, and let the decoder undo it:
#
# $$\hat x = W_2 W_1 x = (W_2 A^{-1}) (A W_1) x \tag{5.3}$$
#
# Other weights, other codes, the same reconstruction, the same error. The error fixes
# the plane and says nothing about axes in it. PCA picks axes that are at right angles
# and ordered by variance; the network keeps the ones that its random start led to.
#
# ### Getting the axes back
#
# Two recipes go around. One: run PCA on the *reconstructions*. They lie in the right
# plane, so that PCA of them has to find the axes ([Plaut
# 2018](https://doi.org/10.48550/arXiv.1804.10253)). The other: take the left singular
# vectors of the decoder. Equation (5.3) says that this cannot work as it is, for
# $W_2 A^{-1}$ has other singular vectors than $W_2$. [Kunin et al.
# (2019)](https://doi.org/10.48550/arXiv.1901.08168) showed what makes it work: an L2
# penalty on both layers. It makes the weights' size count, and with that not every $A$
# costs the same.
#
# > **Predict.** The table of overlaps $|\cos|$ between the directions found and the six
# > principal components: for which of the recipes will it be 1 on the diagonal and 0
# > elsewhere?

# %%
penalised = train_linear(penalty=keras.regularizers.L2(1.0))
decoder_l2 = penalised.layers[1].kernel.numpy().T
left, singular, _ = np.linalg.svd(decoder_l2, full_matrices=False)

# %%
from_outputs = PCA(6, svd_solver="covariance_eigh").fit(linear_hat).components_.T
recipes = {
    "columns": columns,
    "PCA of outputs": from_outputs,
    "SVD, no penalty": np.linalg.svd(decoder, full_matrices=False)[0],
    "SVD, L2 on both": left,
}
overlaps = {name: np.abs(found.T @ principal) for name, found in recipes.items()}

# %%
fig, panels = plt.subplots(1, 4, figsize=(7.5, 2.5), sharey=True)
for ax, (name, overlap) in zip(panels, overlaps.items(), strict=True):
    picture = ax.imshow(overlap, cmap="Blues", vmin=0, vmax=1)
    ax.set(title=name, xlabel="component", xticks=range(6), yticks=range(6))
    ax.set(xticklabels=range(1, 7), yticklabels=range(1, 7))
    ax.title.set_size(10)
    ax.grid(False)
panels[0].set_ylabel("direction found")
fig.colorbar(picture, ax=panels, label="|cos|", shrink=0.7)
show(fig, alt="Four tables of 6 by 6 overlaps. The decoder's columns and the SVD "
     "without penalty are spread over the table. PCA of the outputs and the SVD with "
     "L2 on both layers are dark on the diagonal and white elsewhere.")

# %% tags=["nbval-ignore-output"]
for name, overlap in overlaps.items():
    print(f"{name:16s} diagonal:", overlap.diagonal().round(2))
# Claim: PCA of the outputs, and the SVD with L2 on both layers, give PCA's axes.
assert overlaps["PCA of outputs"].diagonal().min() > 0.97
assert overlaps["SVD, L2 on both"].diagonal().min() > 0.97
# Claim: the SVD without penalty, and the decoder's columns, do not give PCA's axes.
assert overlaps["SVD, no penalty"].diagonal().min() < 0.8
assert overlaps["columns"].max(axis=1).mean() < 0.9

# %% [markdown]
# Two tables are clean: PCA of the outputs, and the SVD where both layers had the
# penalty. The columns themselves are mixtures, and so are the singular vectors without
# penalty.
#
# With the penalty there is even more in the decoder. Its singular values $\tau_i$ are
# no longer arbitrary. For a penalty $\lambda$ (1 here), the minimum has
#
# $$\tau_i^2 = 1 - \lambda / \sigma_i^2 \tag{5.4}$$
#
# (do it for one direction, with a weight $t$ in the encoder and $u$ in the decoder:
# minimise $\sigma_i^2 (1 - tu)^2 + \lambda (t^2 + u^2)$). So we can read PCA's
# variances off the weights. Directions with $\sigma_i^2 < \lambda$ would vanish, so the
# penalty has to be small enough.

# %% tags=["nbval-ignore-output"]
variances = 1.0 / (1 - singular**2)
print("from the weights:", variances.round(2))
print("from PCA:        ", axes.explained_variance_.round(2))
# Claim: the penalised weights give PCA's variances to within 5 %.
assert np.allclose(variances, axes.explained_variance_, rtol=0.05)

# %% tags=["nbval-ignore-output"]
l2_error = squared_error(centred, np.asarray(penalised(centred)))
print(f"PCA-6 {axes_error:.2f}, no penalty {linear_error:.2f}, L2 {l2_error:.2f}")
# Claim: the penalty raises the error by more than 1.
assert l2_error > linear_error + 1

# %% [markdown]
# This has its price: the penalty shrinks the reconstruction, and the error is larger.
#
# > **Note.** Could gradient descent have got stuck in a worse plane, say the one of
# > components 2 to 7? There the gradient is zero as well, but it is a saddle: the error
# > falls when the plane is turned towards component 1. A linear autoencoder has no
# > local minima besides the global ones ([Baldi & Hornik
# > 1989](https://doi.org/10.1016/0893-6080(89)90014-2)).

# %% [markdown]
# ### Where the nonlinearity has to stand
#
# Now bend something. First the code only: six sigmoid units, and a linear output as
# before.
#
# > **Predict.** Will that network beat PCA with six components on its training digits?

# %%
bent = keras.Sequential([layers.Input((784,)), layers.Dense(6, activation="sigmoid"),
                         layers.Dense(784)])
bent.compile(keras.optimizers.Adam(falling_rate(0.02, epochs=20, steps=20)),
             loss=squared_loss, steps_per_execution=20)
_ = bent.fit(centred, centred, epochs=20, batch_size=500, verbose=0,
             callbacks=[ProgressBar("sigmoid code")])

# %% tags=["nbval-ignore-output"]
bent_error = squared_error(centred, np.asarray(bent(centred)))
print(f"PCA-6 {axes_error:.2f}, sigmoid code and linear output {bent_error:.2f}")
# Claim: a sigmoid code with a linear output has a larger error than PCA.
assert bent_error > axes_error

# %% [markdown]
# It does not, and no luck or patience would help. Whatever the code is, a linear output
# layer adds up six fixed pictures: all reconstructions lie in a plane of six
# dimensions, and PCA's is the best there is ([Bourlard & Kamp
# 1988](https://doi.org/10.1007/BF00332918)). To gain, the **decoder** has to bend. Here
# is the network of Chapter 1, with a hidden layer on each side of 30 code values. It
# gets 20,000 digits, a third of what PCA had.


# %%
def make_autoencoder(seed):
    set_seed(seed)
    encoder = keras.Sequential([layers.Input((784,)),
                                layers.Dense(256, activation="relu"),
                                layers.Dense(30)])
    decoder = keras.Sequential([layers.Input((30,)),
                                layers.Dense(256, activation="relu"),
                                layers.Dense(784, activation="sigmoid")])
    return encoder, decoder


# %%
def train(encoder, decoder, epochs, rate=0.004):
    model = keras.Sequential([encoder, decoder])
    model.compile(keras.optimizers.Adam(falling_rate(rate, epochs, steps=200)),
                  loss="binary_crossentropy", steps_per_execution=20)
    model.fit(small.x_train, small.x_train, epochs=epochs, batch_size=100, verbose=0,
              callbacks=[ProgressBar("autoencoder")])


# %% tags=["nbval-ignore-output"]
encoder, decoder = make_autoencoder(SEED)
untrained = [weight.copy() for weight in encoder.get_weights()]
train(encoder, decoder, epochs=3)
codes = np.asarray(encoder(x_test))
reconstructed = np.asarray(decoder(codes))
ae_error = squared_error(x_test, reconstructed)
print(f"PCA-30 {pca_error:.2f}, autoencoder with 30 code values {ae_error:.2f}")
# Claim: with a decoder that bends, the error is less than 0.8 of PCA's.
assert ae_error < 0.8 * pca_error

# %%
chosen = [np.flatnonzero(y_test == digit)[0] for digit in range(10)]
show(plot_reconstructions(
    x_test[chosen],
    {"PCA-30": pca_test[chosen], "autoencoder": reconstructed[chosen]},
    errors={"PCA-30": pca_error, "autoencoder": ae_error},
))

# %% [markdown]
# In the first row are ten test digits, below them what 30 numbers leave of each, with
# its error. PCA may write negative ink, and its strokes stand in a grey cloud. The
# autoencoder's paper is clean, and its mean error, at the left, is clearly smaller.
#
# **The verdict on saying one.** A linear autoencoder finds PCA's *subspace*, not PCA's
# axes. The axes come back by PCA of its outputs, or from the decoder's SVD where both
# layers had an L2 penalty. With a decoder that bends, an autoencoder is another thing.

# %% [markdown]
# ## "PCA is supervised"
#
# A *supervised* method learns from labels. That PCA does so too is said more often than
# one should think. Two things lead there. PCA is taught beside **linear discriminant
# analysis** (LDA), which looks much alike and *does* need labels. And maps by PCA are
# drawn in ten colours: but the labels came in after the map was made.
#
# scikit-learn's `PCA.fit` even accepts labels. So give it the right ones, then the same
# labels in random order, and do the same to LDA.
#
# > **Predict.** Which of the two methods will notice?
#
# (`shrinkage` below keeps LDA from hanging its axes on pixels that hardly ever see
# ink.)

# %%
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

images, labels = small.x_train, small.y_train
shuffled = np.random.default_rng(SEED).permutation(labels)

# %%
pca_right = PCA(2, svd_solver="covariance_eigh").fit(images, labels)
pca_wrong = PCA(2, svd_solver="covariance_eigh").fit(images, shuffled)
print("PCA the same:", np.array_equal(pca_right.components_, pca_wrong.components_))
# Claim: PCA is the same to the last bit with right and with shuffled labels.
assert np.array_equal(pca_right.components_, pca_wrong.components_)

# %% tags=["nbval-ignore-output"]
settings = {"n_components": 2, "solver": "eigen", "shrinkage": 0.1}
lda_right = LinearDiscriminantAnalysis(**settings).fit(images, labels)
lda_wrong = LinearDiscriminantAnalysis(**settings).fit(images, shuffled)
turned = np.rad2deg(subspace_angles(lda_right.scalings_[:, :2],
                                    lda_wrong.scalings_[:, :2]))
print("LDA's plane turned by", turned.round(), "degrees")
# Claim: shuffled labels turn LDA's plane by more than 60 degrees.
assert turned.max() > 60

# %% [markdown]
# PCA's components are the same to the last bit. LDA's plane has turned: the larger of
# the two principal angles is not far from a right angle. To see what that means, we
# take 500 test digits of each class, as the paper does in its Figure 3, and ask how
# often the nearest neighbour on the map is a digit of the same class. Ten classes:
# guessing gives 0.1.

# %%
balanced = np.sort(np.concatenate(
    [np.flatnonzero(y_test == digit)[:500] for digit in range(10)]))
x_map, y_map = x_test[balanced], y_test[balanced]


# %% tags=["nbval-ignore-output"]
def map_and_accuracy(method):
    codes = method.transform(x_map)
    return codes, nearest_neighbour_accuracy(codes, y_map)


pca_map, pca_accuracy = map_and_accuracy(pca_right)
lda_map, lda_accuracy = map_and_accuracy(lda_right)
_, wrong_accuracy = map_and_accuracy(lda_wrong)
print(f"right labels: PCA {pca_accuracy:.3f}, LDA {lda_accuracy:.3f}")
print(f"shuffled labels: LDA {wrong_accuracy:.3f}")
# Claim: LDA's map is better than PCA's; from shuffled labels it is right below 0.2.
assert wrong_accuracy < 0.2 < pca_accuracy < lda_accuracy

# %%
fig, panels = plt.subplots(1, 2, figsize=(7.5, 4.1))
plot_map(pca_map, y_map, ax=panels[0], title="PCA")
plot_map(lda_map, y_map, ax=panels[1], title="LDA")
panels[0].set_xlabel(f"nearest neighbour right: {pca_accuracy:.2f}")
panels[1].set_xlabel(f"nearest neighbour right: {lda_accuracy:.2f}")
show(fig, alt="Two maps of 5,000 test digits in ten colours. On PCA's, left, most "
     "classes overlap; 0 and 1 lie at opposite ends. On LDA's, right, 0, 1 and the "
     "group of 4, 7 and 9 lie in three corners, the other classes overlap in the "
     "middle.")

# %% [markdown]
# Left is PCA, which saw no label; right is LDA, which chose its two axes so that the
# classes come apart. It gains a little. With labels in random order LDA's map is hardly
# better than guessing, while PCA's map has not moved at all.
#
# And the autoencoder? Its call is `fit(x, x)`: there is a target, but it is the input.
# Labels do not enter.
#
# **The verdict on saying two.** False. PCA is unsupervised, and so is the autoencoder.

# %% [markdown]
# ## "PCA is deterministic, an autoencoder is not"
#
# Run PCA twice.

# %%
again = PCA(30, svd_solver="covariance_eigh").fit(digits.x_train)
# Claim: PCA run twice gives the same components, to the last bit.
assert np.array_equal(again.components_, pca.components_)
flipped = -pca.components_
flipped_hat = pca.mean_ + (x_test - pca.mean_) @ flipped.T @ flipped
# Claim: PCA with all signs flipped gives the same reconstructions.
assert np.allclose(flipped_hat, pca_test, atol=1e-4)
flipped_error = squared_error(x_test, flipped_hat)
print(f"error {pca_error:.2f}, with all signs flipped {flipped_error:.2f}")

# %% [markdown]
# The same, bit for bit. But look at the second half of the cell: all signs flipped, and
# the reconstruction is the same. The data do not say which end of an axis is the
# positive one; scikit-learn chooses by a rule, and another program may choose
# otherwise. Two maps by PCA may be mirror images. And on large data scikit-learn may
# pick a faster solver, one that draws random numbers:

# %%
fast = [PCA(30, svd_solver="randomized", random_state=seed).fit(small.x_train[:5000])
        for seed in (0, 1)]
fast_errors = [squared_error(x_test, model.inverse_transform(model.transform(x_test)))
               for model in fast]
print("equal:", np.array_equal(fast[0].components_, fast[1].components_))
# Claim: two seeds of the randomised solver differ, and their errors by less than 0.1.
assert not np.array_equal(fast[0].components_, fast[1].components_)
assert abs(fast_errors[0] - fast_errors[1]) < 0.1

# %% [markdown]
# Not equal, though equally good. So even "PCA is deterministic" needs a footnote. The
# *answer* is unique, up to signs, as long as no two variances are equal. A program that
# looks for it may well throw dice on the way.
#
# Now the autoencoder. We train it with two more seeds, and then the first seed again.
#
# > **Predict.** What will differ between the seeds: the errors, the reconstructions,
# > the codes?

# %%
runs = [(encoder, decoder)]
for seed in (SEED + 1, SEED + 2, SEED):
    runs.append(make_autoencoder(seed))
    train(*runs[-1], epochs=3)
*three, repeated = runs

# %%
pairs = zip(encoder.get_weights(), repeated[0].get_weights(), strict=True)
# Claim: one seed twice gives the same encoder, to the last bit.
assert all(np.array_equal(first, second) for first, second in pairs)
print("one seed twice, encoders equal to the last bit: True")

# %% [markdown]
# One seed twice gives the same weights, to the last bit: the training is a computation
# like any other, and chance enters only where we let it, by the initial weights and the
# order of the digits. (This holds on one machine with one version of the software.
# Another machine may round differently.)

# %% tags=["nbval-ignore-output"]
three_codes = [np.asarray(enc(x_test)) for enc, _ in three]
outputs = [np.asarray(dec(z)) for (_, dec), z in zip(three, three_codes, strict=True)]
errors = [squared_error(x_test, output) for output in outputs]
print("errors:", np.round(errors, 2), f"spread {np.ptp(errors):.2f}")
# Claim: the errors of three seeds differ by less than 15 % of their mean.
assert np.ptp(errors) < 0.15 * np.mean(errors)

# %%
index = chosen[3]
fig, panels = plt.subplots(3, 2, figsize=(7.5, 4.0), width_ratios=[5, 1], sharex="col")
for number, (bars, picture) in enumerate(panels):
    bars.bar(range(1, 31), three_codes[number][index], color=COLOURS["autoencoder"])
    bars.set_ylabel(f"run {number + 1}")
    picture.imshow(outputs[number][index].reshape(28, 28), vmin=0, vmax=1)
    picture.set_axis_off()
panels[2, 0].set_xlabel("code value")
show(fig, alt="Three rows, one for each seed: bars for the 30 code values of one test "
     "digit, a 3, and its reconstruction at the right. The bars differ entirely from "
     "row to row; the three reconstructions look alike.")

# %% [markdown]
# One test digit, a 3, under three seeds. The reconstructions at the right look alike,
# and the errors are close to each other. The codes have nothing in common that the eye
# could see. Do they speak different languages? Let the first run's decoder read the
# second run's codes.
#
# > **Predict.** The mean image, which knows nothing of the digit, has an error of
# > 52.90. Will the foreign decoder be better or worse?

# %% tags=["nbval-ignore-output"]
foreign = np.asarray(three[0][1](three_codes[1]))
foreign_error = squared_error(x_test, foreign)
print(f"own decoder {errors[1]:.2f}, foreign decoder {foreign_error:.2f}")
# Claim: read by a foreign decoder, codes give an error above 60.
assert foreign_error > 60

# %% [markdown]
# Worse than knowing nothing. Now give it an interpreter: a linear map from the second
# run's codes to the first run's, fitted by least squares on the training digits.

# %% tags=["nbval-ignore-output"]
from sklearn.linear_model import LinearRegression

interpreter = LinearRegression().fit(np.asarray(three[1][0](small.x_train)),
                                     np.asarray(three[0][0](small.x_train)))
translated = np.asarray(three[0][1](interpreter.predict(three_codes[1])))
translated_error = squared_error(x_test, translated)
print(f"with an interpreter {translated_error:.2f}, PCA-30 {pca_error:.2f}")
# Claim: with a linear interpreter the error is below PCA's, without it above.
assert translated_error < pca_error < foreign_error

# %%
show(plot_reconstructions(
    x_test[chosen],
    {"own decoder": outputs[1][chosen], "foreign": foreign[chosen],
     "interpreter": translated[chosen]},
    errors={"own decoder": errors[1], "foreign": foreign_error,
            "interpreter": translated_error},
))

# %% [markdown]
# Below the originals: the second run read by its own decoder, by the first run's, and
# by the first run's after the linear map. The foreign decoder writes scribbles. The
# interpreter turns them into digits again, with an error that is still below PCA's, so
# the codes hold much the same information, written in other coordinates. That is
# equation (5.3) once more, and now it is true only nearly, because these networks bend.
#
# **The verdict on saying three.** Both are deterministic once the seed is fixed. The
# difference is another: PCA has *one* best answer, up to signs; an autoencoder has a
# great many, about equally good. Never mix the codes of two runs.

# %% [markdown]
# ## "PCA reduces dimensions, an autoencoder learns features"
#
# A feature is the pattern that a unit responds to ([Chapter 3](03_rbm.ipynb)).
# The weights of each unit in an encoder's first layer are one. Let us see PCA's and the
# autoencoder's.

# %%
hidden_weights = encoder.layers[0].kernel.numpy().T
strongest = np.argsort(-np.linalg.norm(hidden_weights, axis=1), kind="stable")[:20]
show(plot_features(pca.components_[:20], symmetric=True,
                   title="PCA: components 1 to 20"))
show(plot_features(hidden_weights[strongest], symmetric=True,
                   title="Autoencoder: 20 of 256 units in its first layer"))

# %% [markdown]
# Above: PCA's components. They cover the whole digit, are ordered from coarse to fine,
# and stand at right angles. Below: twenty units of the autoencoder's first layer, those
# with the largest weights. Out of the noise that is left of their random start rise
# strokes, arcs and blobs, in no order. They do look different. But are they *better*
# features? That is a question for a measurement.
#
# A **linear probe** is the usual one: put a simple linear classifier on the numbers and
# see how well it tells the classes apart. We give it 5,000 labelled digits. The hidden
# layer has 256 numbers and a code 30, and more numbers make a linear classifier's work
# easier. To be fair we add two rivals with 256 numbers: PCA with 256 components, and
# *the same layer before training*, with its random weights.
#
# > **Predict.** Put the five in order.

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

pca_256 = PCA(256, svd_solver="covariance_eigh").fit(digits.x_train)


def hidden(x, weights):
    return np.maximum(x @ weights[0] + weights[1], 0)


# %%
features = {
    "PCA, 30": pca.transform,
    "autoencoder's code, 30": lambda x: np.asarray(encoder(x)),
    "PCA, 256": pca_256.transform,
    "hidden layer, untrained, 256": lambda x: hidden(x, untrained),
    "hidden layer, trained, 256": lambda x: hidden(x, encoder.get_weights()),
}

# %% tags=["nbval-ignore-output"]
probe = {}
for name, transform in features.items():
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    classifier.fit(transform(small.x_train[:5000]), small.y_train[:5000])
    probe[name] = classifier.score(transform(x_test), y_test)
    print(f"{name:30s} {probe[name]:.3f}")

# %%
fig, ax = plt.subplots(figsize=(7.5, 3.0))
colours = ["pca", "autoencoder", "pca", "other", "autoencoder"]
for row, accuracy in enumerate(probe.values()):
    ax.plot(accuracy, row, "o", markersize=10, color=COLOURS[colours[row]])
    ax.annotate(f"{accuracy:.3f}", (accuracy, row), xytext=(10, 0),
                textcoords="offset points", va="center")
ax.set(xlabel="accuracy on the test digits", yticks=range(5), xlim=(0.83, 0.95))
ax.set_yticklabels(probe)
ax.set_ylim(4.5, -0.5)  # the first on top
show(fig, alt="A dot for the probe accuracy of each of the five. The trained hidden "
     "layer leads; PCA with 30 components, the code and the untrained layer follow; "
     "PCA with 256 components is last.")

# %%
*others, trained = probe.values()
# Claim: the trained hidden layer leads all other probes by more than one point.
assert trained > max(others) + 0.01
# Claim: PCA's 30 numbers and the code differ by less than four points.
assert abs(probe["PCA, 30"] - probe["autoencoder's code, 30"]) < 0.04
# Claim: PCA with 256 numbers does worse in the probe than with 30.
assert probe["PCA, 256"] < probe["PCA, 30"]

# %% [markdown]
# The dots show three things. Thirty numbers of either kind are about as good for this
# classifier: the code, which keeps more of the *picture*, does not say much more about
# the *class*. The trained hidden layer is the best, and clearly better than the same
# layer with its random start, so it has learnt something that helps, without having
# seen a label. And PCA with 256 components is worse than with 30. A likely reason: the
# probe puts all numbers on one scale first, which makes the faint directions as loud as
# the strong ones, and from 5,000 digits it is hard to learn which of them to ignore.
#
# **The verdict on saying four.** Half right. Both reduce dimensions, and both have
# features that one can look at. The features that helped this probe most were those of
# the wide hidden layer; the short code behind it did about as well as PCA's.

# %% [markdown]
# ## The famous picture
#
# In Figure 3 of the paper stand two maps of the same test digits: on the left the first
# two principal components, on the right the two code values of an autoencoder. Two
# numbers are little, and here bending matters most. Our network is far smaller than the
# paper's 784-1000-500-250-2, and trains for seconds.
#
# > **Predict.** On PCA's map the nearest neighbour was right in a little over a third
# > of all cases. What will it be on the autoencoder's?


# %%
def dense_stack(sizes, output):
    stack = [layers.Dense(size, activation="relu") for size in sizes]
    return [*stack, output]


set_seed()
map_encoder = keras.Sequential(
    [layers.Input((784,)), *dense_stack([128, 64, 32], layers.Dense(2))])
map_decoder = keras.Sequential(
    [layers.Input((2,)),
     *dense_stack([32, 64, 128], layers.Dense(784, activation="sigmoid"))])
train(map_encoder, map_decoder, epochs=14)

# %% tags=["nbval-ignore-output"]
ae_map = np.asarray(map_encoder(x_map))
ae_accuracy = nearest_neighbour_accuracy(ae_map, y_map)
ae_map_error = squared_error(x_map, np.asarray(map_decoder(ae_map)))
pca_map_error = squared_error(x_map, pca_right.inverse_transform(pca_map))
print(f"PCA-2: neighbours right {pca_accuracy:.3f}, error {pca_map_error:.2f}")
print(f"autoencoder: neighbours right {ae_accuracy:.3f}, error {ae_map_error:.2f}")
# Claim: neighbours are right on the autoencoder's map over ten points more often.
assert ae_accuracy > pca_accuracy + 0.1
# Claim: the autoencoder's map has less than 0.9 of the error of PCA's map.
assert ae_map_error < 0.9 * pca_map_error

# %% tags=["picture-maps"]
fig, panels = plt.subplots(1, 2, figsize=(7.5, 4.3))
plot_map(pca_map, y_map, ax=panels[0], title="(A) Two principal components")
plot_map(ae_map, y_map, ax=panels[1], title="(B) Two code values")
panels[0].set_xlabel(f"nearest neighbour right: {pca_accuracy:.2f}")
panels[1].set_xlabel(f"nearest neighbour right: {ae_accuracy:.2f}")
show(fig, alt="Two maps of the same 5,000 test digits in ten colours. On PCA's, left, "
     "most classes lie on top of each other. On the autoencoder's, right, many classes "
     "have a region of their own, and some still overlap.")

# %% [markdown]
# The same 5,000 test digits on both maps. On (A) a cloud, in which a few classes lie at
# the rim and the others on top of each other. On (B) many classes have a place of their
# own. The share of right neighbours, below each map, says the same in a number. Neither
# method saw a label.
#
# The middle of (B) is crowded. Here it is again, larger and with pictures: the
# rectangle that leaves out a sixth of the codes at each side.

# %%
low, high = np.quantile(ae_map, [1 / 6, 5 / 6], axis=0)
middle = np.all((ae_map > low) & (ae_map < high), axis=1)
show(plot_map(ae_map[middle], y_map[middle], images=x_map[middle],
              title="The middle of map (B)"))

# %% [markdown]
# Look for what neighbours have in common: the class, the slant, a thick or a thin
# stroke. (A class with few digits in this rectangle has its number, too.) With another
# seed you get another map, turned, bent, and with other neighbouring classes. That was
# saying three.
#
# One measurement to keep our feet on the ground: how much do two numbers leave out?

# %% tags=["nbval-ignore-output"]
thirty_accuracy = nearest_neighbour_accuracy(pca.transform(x_map), y_map)
print(f"autoencoder-2 {ae_accuracy:.3f}, PCA with 30 components {thirty_accuracy:.3f}")
# Claim: PCA's 30 numbers find right neighbours over ten points more often than the map.
assert thirty_accuracy > ae_accuracy + 0.1

# %% [markdown]
# A map is for looking at. If the machine is to find neighbours, even plain PCA with
# thirty numbers is far better than the best of the two maps.
#
# To look, walk: on the website the paper's large network has [a map to walk
# in](play.md#a-map-to-walk-in), with PCA's beside it.

# %% [markdown]
# ## Summary
#
# - A linear autoencoder reaches PCA's error and spans its subspace. Its axes are not
#   PCA's; PCA of its outputs brings them back, or an L2 penalty on both layers and an
#   SVD.
# - To beat PCA the decoder has to bend. With 30 numbers a small network then makes a
#   clearly smaller error than PCA's 13.87.
# - PCA and autoencoders are unsupervised. LDA is not.
# - PCA has one best answer, up to signs; an autoencoder has many. A fixed seed makes it
#   repeatable, but codes of two runs must not be mixed.
# - On two numbers the autoencoder's map separates the digits far better than PCA's.
#
# ## Further reading
#
# - H. Bourlard & Y. Kamp (1988), *Auto-association by multilayer perceptrons and
#   singular value decomposition*,
#   [doi:10.1007/BF00332918](https://doi.org/10.1007/BF00332918)
# - P. Baldi & K. Hornik (1989), *Neural networks and principal component analysis:
#   learning from examples without local minima*,
#   [doi:10.1016/0893-6080(89)90014-2](https://doi.org/10.1016/0893-6080(89)90014-2)
# - E. Plaut (2018), *From principal subspaces to principal components with linear
#   autoencoders*,
#   [doi:10.48550/arXiv.1804.10253](https://doi.org/10.48550/arXiv.1804.10253)
# - D. Kunin, J. M. Bloom, A. Goeva & C. Seed (2019), *Loss landscapes of regularized
#   linear autoencoders*,
#   [doi:10.48550/arXiv.1901.08168](https://doi.org/10.48550/arXiv.1901.08168)
# - G. E. Hinton & R. R. Salakhutdinov (2006), *Reducing the dimensionality of data with
#   neural networks*,
#   [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647), where Figure
#   3 is the famous picture
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/05_pca.ipynb), which check themselves.
# - **Next:** [Chapter 6](06_dense.ipynb) builds a better dense autoencoder, layer by
#   layer, and walks about in its code.
# - **Previous:** [Chapter 4](04_pretraining.ipynb) learnt a deep autoencoder one layer
#   at a time.
