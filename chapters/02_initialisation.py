# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. The weight initialisation problem
#
# [Chapter 1](01_motivation.ipynb) ended with a deep network that learnt little more
# than the mean image, and left open why. Training starts from random weights. How large
# should they be, and how much depends on their size? The paper ([Hinton & Salakhutdinov
# 2006](https://doi.org/10.1126/science.1127647)) states that deep autoencoders
# typically end in poor solutions if their initial weights are large, and that small
# ones make the gradients in the early layers tiny. We put both statements to the test.
#
# **What you will do**
#
# - Derive what each layer does to the size of a signal and of a gradient, for any unit,
#   and compare the prediction with a real network.
# - Compare 21 networks, each trained with three seeds at the best learning rate
#   that a common search found for it.
# - Look inside the networks that learnt nothing, change one thing, and see whether they
#   learn.
#
# **What you will learn**
#
# - Where the rules of LeCun, Glorot and He and orthogonal initialisation come from, and
#   which units they are for.
# - Which matrices of a logistic network need weights four times as large as Glorot's,
#   which do not, and why.
# - What normalisation and residual connections do for a network, with poor initial
#   weights and with good ones.
#
# **What you will need**
#
# - [Chapter 1](01_motivation.ipynb); what a gradient is; the variance of a sum of
#   independent numbers; matrices and their products.
#
# **Time:** about 45 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %% tags=["hide-input"]
import functools
import itertools
import os
from importlib import resources

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ae_lib import COLOURS, SEED, claim, load_mnist, set_seed, show, squared_error
from ae_lib import use_style

set_seed()
use_style()

# %% tags=["hide-input"]
import tensorflow as tf
from threadpoolctl import threadpool_limits

threadpool_limits(1)
tf.config.threading.set_intra_op_parallelism_threads(1)  # same sums in each run
tf.get_logger().setLevel("ERROR")  # it warns that this chapter compiles many graphs

# %% [markdown]
# ## The network, and two baselines
#
# We train on 2,000 digits, choose learning rates on 1,000 others, the *validation*
# digits, and report errors on the 10,000 test digits. There are two baselines: the mean
# image, and PCA with as many components as our code has dimensions, fitted to the same
# 2,000 digits and clipped to the range of the pixels.

# %%
N_DIGITS, N_VALIDATION = 2000, 1000
HIDDEN, CODE, DEPTH = 100, 30, 3  # units, and hidden layers each way
SEEDS = [SEED, SEED + 1, SEED + 2]

digits = load_mnist(n_train=N_DIGITS, n_validation=N_VALIDATION)
x, x_validation, x_test = digits.x_train, digits.x_validation, digits.x_test

# %% tags=["hide-input"]
from sklearn.decomposition import PCA

pca = PCA(CODE, random_state=0).fit(x)
decoded_pca = np.clip(pca.inverse_transform(pca.transform(x_test)), 0, 1)
pca_error = squared_error(x_test, decoded_pca)
mean_image = np.broadcast_to(x.mean(axis=0), x_test.shape)
mean_error = squared_error(x_test, mean_image)
pd.Series({"mean image": mean_error, f"PCA-{CODE}": pca_error}).round(2)

# %% [markdown]
# The network resembles the paper's: logistic hidden units, a linear code, logistic
# outputs. All hidden layers have the same width, which lets us change the depth and
# nothing else. Layer $l$ computes sums $z_l$ of the values $h_{l-1}$ below it, and its
# units apply a function $f$ to them:
#
# $$z_l = W_l^\top h_{l-1} + b_l, \quad h_l = f(z_l) \tag{2.1}$$
#
# The matrix $W_l$ has a row for each input of the layer and a column for each of its
# units. In the program, a batch has one image in each row, so the product is `h @ W`. We
# write the network ourselves because we want to look at every $z_l$. Options of the
# functions below are explained where we need them.

# %% tags=["hide-input"]
def layer_sizes(depth=DEPTH):
    hidden = depth * [HIDDEN]
    return [784, *hidden, CODE, *hidden, 784]


layer_sizes()

# %%
def network(
    weights, images, unit=tf.sigmoid, normalise=None, residual=False, counted=None
):
    """The sums z of all layers; the last are those of the output units."""
    n, h, sums = len(weights) // 2, images, []
    for layer, (W, b) in enumerate(zip(weights[:n], weights[n:], strict=True)):
        z = h @ W
        linear = layer in (n // 2 - 1, n - 1)  # the code, and the output's z
        if normalise and not linear:
            z = normalise(z, counted)
        sums.append(z + b)
        below, h = h, sums[-1] if linear else unit(sums[-1])
        if residual and not linear and W.shape[0] == W.shape[1]:
            h += below
    return sums


# %% [markdown]
# The network returns the sums $z$ of the output units without applying the sigmoid,
# because the loss can be computed more accurately from them. The loss is the
# cross-entropy in **nats**, the unit of natural logarithms, summed over the pixels of
# an image and averaged over images. [Chapter 6](06_dense.ipynb) explains this choice.

# %%
def loss(images, z):
    each = tf.nn.sigmoid_cross_entropy_with_logits(images, z)
    return tf.reduce_mean(tf.reduce_sum(each, axis=1))


# %% [markdown]
# Biases start at 0, and weights are drawn from a normal distribution. A *rule* sets its
# standard deviation $s$, which may depend on how many inputs and outputs the layer has.
# All rules scale the same random numbers, so with the same seed, the weights of two
# rules differ only in size.

# %%
def gaussian(rng, n_in, n_out):
    return rng.normal(size=(n_in, n_out))


# %%
def initialise(seed, rule, depth=DEPTH, draw=gaussian, behind=1, centred=False):
    """All weight matrices, then all biases, in float64."""
    rng, matrices, biases = np.random.default_rng(seed), [], []
    for n_in, n_out in itertools.pairwise(layer_sizes(depth)):
        fed = len(matrices) not in (0, depth + 1)  # by a layer of hidden units
        W = (behind if fed else 1) * rule(n_in, n_out) * draw(rng, n_in, n_out)
        biases.append(-W.sum(axis=0) / 2 if centred and fed else 0 * W[0])
        matrices.append(W)
    return matrices + biases


# %%
def one_size(s):
    """The rule that gives every layer the same standard deviation."""
    return lambda n_in, n_out: s


# %% [markdown]
# ## How a layer changes values and gradients
#
# > **Predict.** Each unit adds up 100 values of size 1, each multiplied by a random
# > weight of standard deviation $s$. How large is the sum? For which $s$ is it of size
# > 1 again?
#
# Follow one unit of layer $l$. Its sum is $z = \sum_i w_i h_i$, with $n_\mathrm{in}$
# terms. Suppose that the weights are independent of each other and of the values $h_i$,
# with mean 0 and variance $s^2$. We want the variance of $z$ over the random draw of
# the weights. (E is a mean over this draw, over the images and over the units of the
# layer.)
#
# 1. The mean of $z$ is 0, because every weight has mean 0. So the variance is the mean
#    of $z^2$.
# 2. Multiply out $z^2$. It has terms $w_i^2 h_i^2$ and mixed terms $w_i w_j h_i h_j$.
#    The mixed terms have mean 0, because $w_i$ and $w_j$ are independent and have mean
#    0.
# 3. Each of the $n_\mathrm{in}$ squared terms has mean $s^2 \, \mathrm{E}[h_i^2]$.
#    Together:
#
# $$\mathrm{Var}(z_l) = n_\mathrm{in} \, s^2 \, \mathrm{E}[h_{l-1}^2] \tag{2.2}$$
#
# So 100 values of size 1 have a sum of size $10 s$, and $s = 0.1$ preserves the size.
# Note that (2.2) contains the mean *square* of the values, not their variance. A
# logistic unit that always returns 1/2 has variance 0, yet it contributes $h^2 = 1/4$
# to every sum above it.
#
# For a given image, a sum with normally distributed weights is itself normally
# distributed, with a variance that differs a little from one image to the next. If we
# ignore this difference, the mean square of the layer's values follows from the
# variance alone, for any unit $f$:
#
# $$\mathrm{E}[h_l^2] = \mathrm{E}[f(z)^2], \quad z \sim N(0, \mathrm{Var}(z_l)) \tag{2.3}$$
#
# Gradients travel backwards. Let $\delta_l$ be the derivative of the loss with respect
# to $z_l$. By the chain rule, unit $i$ of layer $l - 1$ collects the $\delta$ of all
# $n_\mathrm{out}$ units that it feeds, and multiplies the sum by its own slope:
#
# $$\delta_{l-1,i} = f'(z_{l-1,i}) \sum_j w_{ij} \, \delta_{l,j} \tag{2.4}$$
#
# The same three steps give the mean square of this sum, with $n_\mathrm{out}$ terms. If
# the slope is independent of the sum, their mean squares multiply:
#
# $$\mathrm{E}[\delta_{l-1}^2] = n_\mathrm{out} \, s^2 \, \mathrm{E}[f'(z)^2] \, \mathrm{E}[\delta_l^2] \tag{2.5}$$
#
# These are mean squares and not variances, because the $\delta$ of an output unit need
# not have mean 0. The independence cannot hold exactly, because the same weights serve
# forwards and backwards, so we shall measure how good an approximation it is.
#
# The calculation is an old one: [LeCun et al.
# (1998)](https://doi.org/10.1007/3-540-49430-8_2) derived the forward half, [Glorot &
# Bengio (2010)](https://proceedings.mlr.press/v9/glorot10a.html) the backward half for
# units with slope 1, and [He et al. (2015)](https://doi.org/10.1109/ICCV.2015.123)
# worked with the mean square of the values, as we do.

# %% [markdown]
# ## Prediction and measurement
#
# The means in (2.3) and (2.5) are integrals over a normal distribution. We evaluate
# each as a weighted sum over 100 points (Gauss-Hermite quadrature).

# %%
UNITS = {"logistic": tf.sigmoid, "tanh": tf.tanh, "ReLU": tf.nn.relu}
points, point_weights = np.polynomial.hermite_e.hermegauss(100)
point_weights = point_weights / point_weights.sum()


# %% tags=["hide-input"]
def mean_squares(unit, variance, centre=0.0):
    """E[(f(z) - centre)^2] and E[f'(z)^2] for z normal with mean 0."""
    z = tf.constant(np.sqrt(variance) * points)
    with tf.GradientTape() as tape:
        tape.watch(z)
        h = unit(z) - centre
    slope = tape.gradient(h, z)
    return [float(point_weights @ item.numpy() ** 2) for item in (h, slope)]


# %% tags=["hide-input"]
def predicted(rule, unit=tf.sigmoid, behind=1, centre=0.0, depth=DEPTH):
    """n s^2 for inputs and outputs, Var(z) and E[f'(z)^2] of all layers."""
    rows, square = [], np.mean(x.astype(float) ** 2)
    for n_in, n_out in itertools.pairwise(layer_sizes(depth)):
        fed = len(rows) not in (0, depth + 1)
        s2 = ((behind if fed else 1) * rule(n_in, n_out)) ** 2
        variance, code = n_in * s2 * square, len(rows) == depth
        square, slope = (
            (variance, 1.0) if code else mean_squares(unit, variance, centre)
        )
        rows.append((n_in * s2, n_out * s2, variance, slope))
    return pd.DataFrame(rows, columns=["in", "out", "variance", "slope"])


# %% tags=["hide-input"]
def backwards(layers, at_output):
    """E[delta^2] of all layers by (2.5)."""
    factors = layers.out.to_numpy()[1:] * layers.slope.to_numpy()[:-1]
    return np.cumprod([at_output, *factors[::-1]])[::-1]


# %% [markdown]
# We measure the same quantities on 200 digits, for ten draws of weights with Glorot's
# rule, which we derive in the next section. The backward prediction starts from the
# mean square of $\delta$ measured at the output.

# %%
few = tf.constant(x[:200].astype(float))


# %% tags=["hide-input"]
def sums_and_deltas(weights, unit):
    """z and delta of all layers, a row for each digit."""
    weights = [tf.constant(w) for w in weights]
    with tf.GradientTape() as tape:
        tape.watch(weights)
        sums = network(weights, few, unit)
        value = loss(few, sums[-1]) * len(few)
    return sums, tape.gradient(value, sums)


# %% tags=["hide-input"]
def measured(weights, unit):
    """Mean squares of z and of delta, layer by layer."""
    both = sums_and_deltas(weights, unit)
    return [[tf.reduce_mean(z**2).numpy() for z in each] for each in both]


# %%
def glorot(n_in, n_out):
    return np.sqrt(2 / (n_in + n_out))


# %% tags=["hide-input"]
DRAWS = 10
seen, expected = {}, {}
for name, unit in UNITS.items():
    draws = [measured(initialise(SEED + k, glorot), unit) for k in range(DRAWS)]
    seen[name] = np.array(draws)  # draw, direction, layer
    layers = predicted(glorot, unit)
    delta = backwards(layers, seen[name][:, 1, -1].mean())
    expected[name] = np.array([layers.variance, delta])

# %% tags=["hide-input"]
unit_colours = {"logistic": "autoencoder", "tanh": "pca", "ReLU": "linear"}
fig, axes = plt.subplots(1, 2, figsize=(7.5, 4.0), sharex=True)
for name, key in unit_colours.items():
    for ax, line, draws in zip(
        axes, expected[name], seen[name].swapaxes(0, 1), strict=True
    ):
        steps = range(1, len(line) + 1)
        ax.semilogy(steps, line, color=COLOURS[key], label=name)
        ax.semilogy(steps, draws.T, "o", color=COLOURS[key], alpha=0.25, markersize=4)
titles = ["forwards: variance of z", "backwards: mean square of δ"]
for ax, title in zip(axes, titles, strict=True):
    ax.set(title=title, xlabel="layer", xticks=steps)
axes[1].legend(loc="lower right")
show(fig, alt="Mean squares by layer for logistic, tanh and ReLU units with Glorot's "
     "weights. Predicted lines pass through ten measured dots for each layer. "
     "Forwards, the logistic line stays level up to the last hidden layer and that "
     "of ReLU falls; backwards, the logistic line falls by more than seven powers of "
     "ten towards the input, and that of tanh only a little.")

# %%
off = np.abs(np.log([seen[n].mean(axis=0) / expected[n] for n in UNITS]))
claim(
    "in every layer of a deep autoencoder with Glorot's weights, the mean squares of "
    "sums and gradients, averaged over ten draws, are within a factor of 1.7 of their "
    "predictions, for logistic, tanh and ReLU units",
    off.max() < np.log(1.7),
)

# %% tags=["nbval-ignore-output", "hide-input"]
fold = {n: (seen[n].max(axis=0) / seen[n].min(axis=0)).max() for n in UNITS}
pd.Series(fold, name="largest draw / smallest draw").round(1)

# %% [markdown]
# The lines are predictions, the dots measurements. They agree for all three units,
# although the logistic gradient alone spans more than seven powers of ten. (Layer 4 is
# the code and layer 8 the output. Both are linear, hence the kinks.) The prediction
# is of the average: in the layer where the ten draws differ most, the largest value is
# several times the smallest.
#
# Forwards, the logistic network looks the healthiest of the three, while its gradient
# shrinks most steeply. But the left panel does not show everything: a sum can be large
# and still be the same for every digit.

# %% [markdown]
# ## What happens to the difference between two digits
#
# Show the network two digits. In layer $l - 1$ their sums differ by some small
# $\Delta z_{l-1}$, so the values differ by about $f'(z) \, \Delta z$. The sums of the
# next layer differ by $\sum_i w_i f'(z_i) \Delta z_i$. This is again a sum of
# $n_\mathrm{in}$ terms with independent weights, so each layer multiplies the variance
# of the difference by
#
# $$\chi = n \, s^2 \, \mathrm{E}[f'(z)^2] \tag{2.6}$$
#
# with $n = n_\mathrm{in}$. With $n = n_\mathrm{out}$, $\chi$ is the factor in (2.5).
# Between layers of the same width, a small difference between digits therefore fades
# forwards as fast as the gradient fades backwards, as long as the weights are random
# ([Schoenholz et al. 2017](https://doi.org/10.48550/arXiv.1611.01232) work this out for
# very deep networks). A good initialisation has $\chi$ near 1. Each common rule
# achieves this for one kind of unit:
#
# - **LeCun**: $s^2 = 1 / n_\mathrm{in}$, for units with slope 1, such as tanh near 0.
# - **Glorot**: $s^2 = 2 / (n_\mathrm{in} + n_\mathrm{out})$, for the same units; a
#   compromise between $1 / n_\mathrm{in}$, right forwards, and $1 / n_\mathrm{out}$,
#   right backwards.
# - **He**: $s^2 = 2 / n_\mathrm{in}$. A ReLU has slope 1 for half of all $z$ and 0 for
#   the other half, so $\mathrm{E}[f'^2] = 1/2$, for which the 2 compensates.
# - **Four times Glorot**: a logistic unit's slope is at most 1/4, at $z = 0$. Weights
#   four times as large give $\chi = 16 / 16 = 1$ ([Bengio
#   2012](https://doi.org/10.48550/arXiv.1206.5533) recommends this factor).

# %%
def he(n_in, n_out):
    return np.sqrt(2 / n_in)


# %%
def four_glorot(n_in, n_out):
    return 4 * glorot(n_in, n_out)


# %% [markdown]
# > **Predict.** Whose slope counts in (2.6): that of the units that a matrix feeds, or
# > of those that feed it? Our network has eight matrices. Which of them need the factor
# > of four?
#
# The slope in (2.6) belongs to layer $l - 1$, *below* the matrix. Forwards and
# backwards it is the same one. So only matrices fed by logistic units need the factor
# of four. Two of the eight are not: the first, fed by pixels, and the one after the
# code, which is linear. We call weights **fitted** if they are four times Glorot's
# after a hidden layer (the option `behind`) and Glorot's elsewhere.
#
# A second correction concerns the point at which the slope is taken. Logistic units
# return 1/2 on average, so by (2.2) their common mean alone gives the sums a variance
# of $16 \cdot 1/4 = 4$, and at most of these $z$ the slope is well below 1/4. The mean
# carries no information about the digit; it only pushes the units out of their linear
# range. The bias $b_j = -\frac{1}{2} \sum_i w_{ij}$ cancels it, and we call weights
# with such biases **centred**. LeCun et al. (1998) recommend units with mean 0 for the
# same reason.
#
# Here is $\chi$ for each layer from the second on, with $n = n_\mathrm{in}$:

# %%
FITTED = {"rule": glorot, "behind": 4}
PREDICTED = {
    "Glorot": predicted(glorot),
    "4 x Glorot": predicted(four_glorot),
    "fitted": predicted(**FITTED),
    "fitted, centred": predicted(**FITTED, centre=0.5),
    "ReLU, He": predicted(he, tf.nn.relu),
}


# %% tags=["hide-input"]
def chi_of(layers):
    return layers["in"].to_numpy()[1:] * layers.slope.to_numpy()[:-1]


chi = pd.DataFrame({name: chi_of(layers) for name, layers in PREDICTED.items()}).T
chi.columns = range(2, len(layer_sizes()))
chi.round(2)

# %% tags=["hide-input"]
assert np.isclose(chi.loc["ReLU, He", 2], 1)

# %% tags=["hide-input"]
claim(
    "by calculation, four times Glorot's weights give a deep logistic autoencoder a χ "
    "below 0.5 in its third hidden layer and above 4 right after the code; with fitted "
    "and centred weights both are between 0.4 and 1",
    chi.loc["4 x Glorot", 3] < 0.5
    and chi.loc["4 x Glorot", DEPTH + 2] > 4
    and chi.loc["fitted, centred", [3, DEPTH + 2]].between(0.4, 1).all(),
)

# %% [markdown]
# Using four times Glorot's weights everywhere fails in two ways. Between hidden layers,
# $\chi$ is about 0.4, because of the common mean of 1/2. In layer 5, after the code, it
# is 7, and the large sums push the units to where their slope is nearly 0, so in layer 6
# it is only 0.1. Fitted weights correct the second fault, centring the first: $\chi$ is then
# 0.9 between layers of 100 units. (It stays below 1 in layers 5 and 8 because these
# have fewer inputs than outputs, and Glorot's rule is a compromise.) He's rule has the
# first fault after the code, too, a $\chi$ of 2; we leave it as it is commonly used.

# %% [markdown]
# Equation (2.6) averages over directions. A small change $\mathrm{d}h$ of a layer's
# input changes its output by $J_l \, \mathrm{d}h$, where $J_l$ is the **Jacobian** of
# the layer. Through several layers the Jacobians multiply:
#
# $$J_l = D_l W_l^\top, \quad \frac{\partial h_m}{\partial h_1} = J_m \cdots J_2 \tag{2.7}$$
#
# Here $D_l$ is diagonal and holds the slopes $f'(z_l)$; for the linear code it is the
# identity. Transposed, the same product carries the gradient back. Each random matrix
# stretches some directions and shrinks others, and in a product the differences grow.
# An **orthogonal** matrix treats all directions alike ([Saxe et al.
# 2014](https://doi.org/10.48550/arXiv.1312.6120)). We make it from the same random
# numbers, with entries of the same size. Another idea is a **sparse** initialisation:
# each unit has only 15 inputs, with weights of standard deviation 1. [Martens
# (2010)](https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf) used it, with
# a second-order method, to train the paper's autoencoders without pretraining.

# %% tags=["hide-input"]
def orthonormal(rng, n_in, n_out):
    """Orthonormal columns, or rows, scaled so that entries have mean square 1."""
    W = gaussian(rng, n_in, n_out)
    q, r = np.linalg.qr(W if n_in >= n_out else W.T)
    q = q * np.sign(np.diag(r)) * np.sqrt(max(n_in, n_out))
    return q if n_in >= n_out else q.T


# %% tags=["hide-input"]
def sparse(rng, n_in, n_out, inputs=15):
    """Each unit keeps weights from a few random inputs; the others are 0."""
    W = gaussian(rng, n_in, n_out)
    return W * (rng.random(W.shape).argsort(axis=0) < inputs)


# %% [markdown]
# ## Before the first update
#
# Now we measure eight initialisations of the deep logistic network: three that give all
# matrices the same size, and five that use Glorot's rule or a variant of it. By
# **signal** we mean how much a unit's sum $z$ differs from digit to digit: its standard
# deviation over digits, as a root mean square over the units of the layer. For each
# matrix we also measure the **gradient norm**, the root of the sum of the squares of
# all its derivatives.
#
# > **Predict.** The network has eight matrices. All weights are made ten times smaller.
# > By what factor does the gradient norm of the first matrix shrink?

# %%
STARTS = {
    "0.01": {"rule": one_size(0.01)},
    "0.1": {"rule": one_size(0.1)},
    "1": {"rule": one_size(1)},
    "Glorot": {"rule": glorot},
    "4 x Glorot": {"rule": four_glorot},
    "fitted": FITTED,
    "fitted, orthogonal": {**FITTED, "draw": orthonormal},
    "fitted, centred": {**FITTED, "centred": True},
}



# %%
def signal(z):
    """Standard deviation over digits, as a root mean square over units."""
    return float(np.sqrt(np.mean(np.var(z, axis=0))))


# %% tags=["hide-input"]
def before_training(seed, settings, net=network):
    """Signal of every layer, and gradient norm of every matrix."""
    weights = [tf.constant(w) for w in initialise(seed, **settings)]
    with tf.GradientTape() as tape:
        tape.watch(weights)
        sums = net(weights, few)
        value = loss(few, sums[-1])
    gradients = tape.gradient(value, weights)[: len(sums)]
    return [signal(z) for z in sums], [float(tf.norm(g)) for g in gradients]


# %%
at_start = {
    name: np.array([before_training(seed, settings) for seed in SEEDS])
    for name, settings in STARTS.items()
}  # seed, signal or gradient, layer

# %% tags=["hide-input"]
hues = [*plt.cm.Blues([0.4, 0.65, 0.95])] + [
    COLOURS[key] for key in ("bad", "other", "autoencoder", "data", "good")
]
shades = dict(zip(STARTS, itertools.cycle(hues)))
fig, axes = plt.subplots(1, 2, figsize=(7.5, 4.6), sharex=True)
for name, found in at_start.items():
    for ax, lines in zip(axes, found.swapaxes(0, 1), strict=True):
        steps = np.arange(1, lines.shape[1] + 1)
        ax.semilogy(steps, lines.T, color=shades[name], linewidth=1.2)
        ax.plot([], [], color=shades[name], label=name)
axes[0].set(title="signal", xlabel="layer", xticks=steps)
axes[1].set(title="gradient norm", xlabel="matrix")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
show(fig, alt="Signal by layer and gradient norm by matrix for eight initialisations, "
     "three seeds each. For 0.01 the signal falls by more than ten powers of ten "
     "towards the output, and the gradient norm towards the input. For 0.1 and Glorot "
     "both fall by about four, for 4 x Glorot, fitted and orthogonal by about one, for "
     "centred and for 1 by less.")

# %% tags=["hide-input"]
last = len(layer_sizes()) - 3  # the last hidden layer


def shares(found):
    """Shares of signal and gradient norm that arrive, as means over seeds."""
    ratios = found[:, 0, last] / found[:, 0, 0], found[:, 1, 0] / found[:, 1, -1]
    return [float(np.mean(each)) for each in ratios]


def arrives(rule, behind=1, centred=False, draw=gaussian):
    layers = predicted(rule, behind=behind, centre=0.5 * centred)
    return np.sqrt(chi_of(layers)[:last].prod())


# %% tags=["nbval-ignore-output"]
ends = ["signal, last hidden / first", "gradient norm, first / last"]
kept = pd.DataFrame({name: shares(found) for name, found in at_start.items()}, ends).T
kept["signal predicted"] = [arrives(**settings) for settings in STARTS.values()]
kept.map("{:.1e}".format)

# %% [markdown]
# Read the left panel from left to right, as the signal travels, and the right one from
# right to left, as the gradient does. With small weights, both fade on the way; for the
# gradient this is called the **vanishing gradient** problem. Making all weights ten
# times smaller costs a factor of ten at each of the seven matrices after the first, so
# the first gradient norm shrinks by a factor of about $10^7$. Between layers of 100
# units, Glorot's rule gives weights of 0.1; with either, less than a thousandth of the
# signal arrives.
#
# With weights of 1, a third of the signal arrives, and 0.4 of the gradient norm. Four
# times Glorot keeps 0.18 of the signal and fitted weights 0.15; centring raises this to
# 0.73. The last column is the square root of the product of $\chi$ over layers 2 to 7.
# It predicts these shares well, except for weights of 1: there the difference between
# two digits is not small, since it can turn a unit from 0 to 1.

# %% tags=["hide-input"]
tenth = [before_training(seed, {"rule": one_size(0.001)}) for seed in SEEDS]
factor = at_start["0.01"][:, 1, 0] / [gradients[0] for _, gradients in tenth]

# %%
claim(
    "making the weights of a deep logistic autoencoder ten times smaller, 0.001 "
    "instead of 0.01, divides the initial gradient norm of its first matrix by 3e6 to "
    "3e7, with each of three seeds",
    min(factor) > 3e6 and max(factor) < 3e7,
)

# %%
signal_kept, gradient_kept = kept[ends[0]], kept[ends[1]]
claim(
    "in a deep logistic autoencoder with weights of 0.01, 0.1 or Glorot's rule, the "
    "initial gradient norm of the first matrix is below 0.005 of that of the last, "
    "averaged over three seeds",
    gradient_kept[["0.01", "0.1", "Glorot"]].max() < 0.005,
)

# %%
claim(
    "with fitted weights, 3 to 33 percent of the signal (how much sums differ between "
    "digits) reaches the last hidden layer of an untrained deep logistic autoencoder; "
    "with centring biases more than twice as much, averaged over three seeds",
    0.03 < signal_kept["fitted"] < 0.33
    and signal_kept["fitted, centred"] > 2 * signal_kept["fitted"],
)

# %% [markdown]
# ## Saturated units
#
# What do the hidden units return? Here are their values in the first and in the last
# hidden layer.

# %% tags=["hide-input"]
shown = ["0.01", "0.1", "fitted, centred", "4 x Glorot", "1"]
values = {}
for name in shown:
    sums = network(initialise(SEED, **STARTS[name]), few)
    values[name] = tf.sigmoid(sums[0]).numpy(), tf.sigmoid(sums[last]).numpy()
fig, axes = plt.subplots(2, 5, figsize=(7.5, 3.2), sharex=True)
for column, name in zip(axes.T, shown, strict=True):
    column[0].set_title(name.replace(", ", "\n"), fontsize=11)
    for ax, h in zip(column, values[name], strict=True):
        ax.hist(h.ravel(), bins=25, range=(0, 1), color=shades[name])
        ax.set(yticks=[], xticks=[0, 0.5, 1], xticklabels=["0", "½", "1"])
axes[0, 0].set_ylabel("first\nhidden", rotation=0, ha="right", va="center")
axes[1, 0].set_ylabel("last\nhidden", rotation=0, ha="right", va="center")
fig.supxlabel("value of a unit", fontsize=11)
show(fig, alt="Histograms of the values of hidden units for five initialisations, in "
     "the first and in the last hidden layer. With 0.01 all values are near one half, "
     "with fitted, centred most lie within 0.2 of it, "
     "with 4 x Glorot they spread widely, and with 1 most are at 0 or 1.")

# %% tags=["nbval-ignore-output", "hide-input"]
at_the_ends = {
    name: [np.mean((h < 0.05) | (h > 0.95)) for h in both]
    for name, both in values.items()
}
pd.DataFrame(at_the_ends, index=["first hidden", "last hidden"]).T.round(2)

# %% [markdown]
# The table gives the share of **saturated** values, below 0.05 or above 0.95. With
# weights of 0.01 every unit returns about 1/2, whatever the digit: its slope is at its
# steepest, but it has nothing to pass on. With weights of 1, 76 percent of the values
# in the first hidden layer and 66 percent in the last are near 0 or 1, where the slope
# is nearly 0. Signal and gradient norm survive nevertheless; training will show whether
# that is enough.

# %%
claim(
    "in an untrained deep logistic autoencoder with weights of 1, more than half of "
    "the values in the first and in the last hidden layer are below 0.05 or above "
    "0.95; with weights of 0.01 none are",
    min(at_the_ends["1"]) > 0.5 and max(at_the_ends["0.01"]) == 0,
)

# %% [markdown]
# ## The same search for every network
#
# Twenty-one *contestants* differ as little as possible from the first, a deep logistic
# network with small weights. The first group varies the initial weights: the eight
# above, four times Glorot's with centring biases, sparse ones, and all three corrections
# at once. (The paper's authors used 0.1 for the RBMs of their program.) A network with one
# hidden layer on each side shows the effect of depth. Two show that of the unit: tanh with
# Glorot's weights, and **ReLU** ([Nair & Hinton
# 2010](https://www.cs.toronto.edu/~hinton/absps/reluICML.pdf)) with He's.

# %%
BEST = STARTS["fitted, centred"]
CONTESTANTS = {name: (network, settings) for name, settings in STARTS.items()}
CONTESTANTS |= {
    "4 x Glorot, centred": (network, {"rule": four_glorot, "centred": True}),
    "sparse": (network, {"rule": one_size(1), "draw": sparse}),
    "0.01, one hidden layer": (network, {"rule": one_size(0.01), "depth": 1}),
    "fitted, orthogonal, centred": (network, {**BEST, "draw": orthonormal}),
    "tanh, Glorot": (functools.partial(network, unit=tf.tanh), {"rule": glorot}),
    "ReLU, He": (functools.partial(network, unit=tf.nn.relu), {"rule": he}),
}

# %% [markdown]
# The second group changes the network. These are the remedies in use today:
#
# - **Batch normalisation** ([Ioffe & Szegedy
#   2015](https://doi.org/10.48550/arXiv.1502.03167)) shifts and scales every unit's sum
#   to mean 0 and variance 1 over the images of the mini-batch.
# - **Layer normalisation** ([Ba et al.
#   2016](https://doi.org/10.48550/arXiv.1607.06450)) does the same over the units of
#   the layer, for each image separately.
# - **Residual connections** ([He et al. 2016](https://doi.org/10.1109/CVPR.2016.90))
#   add a layer's input to its output. Here they bridge the layers from 100 to 100
#   units.
#
# We leave out the learnt scale that the articles add to their normalisations. Each
# remedy gets small weights, 0.01, and fitted ones; batch normalisation also gets
# weights of 1, because it divides by their size in the hidden layers. To keep the search short, we train the
# second group with only one of the two optimisers introduced below, Adam.

# %% tags=["hide-input"]
def batch_norm(z, counted):
    """Over all images, or over the first `counted`, which are training digits."""
    mean, variance = tf.nn.moments(z[:counted], axes=0)
    return (z - mean) / tf.sqrt(variance + 1e-5)


# %% tags=["hide-input"]
def layer_norm(z, counted):
    mean, variance = tf.nn.moments(z, axes=1, keepdims=True)
    return (z - mean) / tf.sqrt(variance + 1e-5)


# %%
batch = functools.partial(network, normalise=batch_norm)
layer = functools.partial(network, normalise=layer_norm)
residual = functools.partial(network, residual=True)
REMEDIES = {
    "batch norm, 0.01": (batch, STARTS["0.01"]),
    "batch norm, fitted": (batch, FITTED),
    "batch norm, 1": (batch, STARTS["1"]),
    "layer norm, 0.01": (layer, STARTS["0.01"]),
    "layer norm, fitted": (layer, FITTED),
    "residual, 0.01": (residual, STARTS["0.01"]),
    "residual, fitted": (residual, FITTED),
}

# %% tags=["hide-input"]
BOTH = ["momentum", "Adam"]
PAIRS = [*itertools.product(CONTESTANTS, BOTH), *((name, "Adam") for name in REMEDIES)]
CONTESTANTS |= REMEDIES
len(PAIRS)


# %% [markdown]
# Before training, the second group looks like this:

# %% tags=["nbval-ignore-output", "hide-input"]
today = {}
for name, (net, settings) in REMEDIES.items():
    each = [before_training(seed, settings, net) for seed in SEEDS]
    today[name] = shares(np.array(each))
pd.DataFrame(today, ends).T.map("{:.1e}".format)

# %% [markdown]
# From 0.01 all three lose less than the plain network, which kept less than a
# billionth of the signal. Only batch normalisation keeps nearly all of the signal,
# because it divides by it; of the gradient norm it keeps a twentieth. From fitted
# weights each remedy keeps more of both.

# %% [markdown]
# The two optimisers are gradient descent with **momentum** 0.9 ([Polyak
# 1964](https://doi.org/10.1016/0041-5553(64)90137-5)), the standard of the 1980s, and
# **Adam** ([Kingma & Ba 2014](https://doi.org/10.48550/arXiv.1412.6980)). Adam divides
# the gradient of each weight by a running average of its size, so a weight with a tiny
# gradient moves as far as one with a large gradient. (We make the constant `epsilon`,
# which guards this division, small enough not to spoil that.)
#
# The **learning rate** is the factor between gradient and step. No single rate suits
# all contestants, because their gradients differ by many powers of ten. Each contestant
# is therefore trained at the same twelve rates, a quarter of a power of ten apart where
# most of the best ones lie, and with the same three seeds. We keep the rate with the
# lowest mean error on the *validation* digits. A single seed would leave the choice to
# chance wherever only some seeds, or none, get away from the mean image.

# %%
POWERS = [-4, -3.5, *np.arange(-3, -0.9, 0.25), -0.5]
RATES = [float(f"{10**power:.2g}") for power in POWERS]
EPOCHS, BATCH = 8, 20
SEARCH_SEEDS = [1000, 1001, 1002]  # none of the seeds that we report

# %% [markdown]
# The training loop calls TensorFlow's own update operations, which change a weight `w`
# and the memory of its earlier gradients. `tf.function` compiles the loop into a graph,
# one for each network and optimiser.
#
# The signal of the network from 0.01 is so small that 32-bit numbers would round it
# away: with 7 significant figures, they cannot represent sums near 1 that differ between
# images only in the tenth. So we train this network in 64 bits, the others in 32.

# %%
def descend(net, optimiser, weights, memory, rate, batches, done):
    """Train in place, one update for each mini-batch of indices."""
    step = tf.cast(done, rate.dtype)
    for batch in batches:
        step += 1
        target = tf.cast(tf.gather(x, batch), rate.dtype)
        with tf.GradientTape() as tape:
            value = loss(target, net(weights, target)[-1])
        gradients = tape.gradient(value, weights)
        for w, (m, v), g in zip(weights, memory, gradients, strict=True):
            update(optimiser, w.handle, m.handle, v.handle, g, rate, step)
    return step


# %% tags=["hide-input"]
def update(optimiser, w, m, v, g, rate, step):
    if optimiser == "momentum":
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=w, accum=m, lr=rate, grad=g, momentum=0.9
        )
    else:
        tf.raw_ops.ResourceApplyAdam(
            var=w, m=m, v=v, beta1_power=0.9**step, beta2_power=0.999**step,
            lr=rate, beta1=0.9, beta2=0.999, epsilon=1e-15, grad=g,
        )


# %% tags=["hide-input"]
@functools.cache
def compiled(net, optimiser):
    one_graph = functools.partial(descend, net, optimiser)
    return tf.function(one_graph, reduce_retracing=True)


# %% tags=["hide-input"]
def mini_batches(seed, epochs=EPOCHS):
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(N_DIGITS) for _ in range(epochs)])
    return tf.constant(order[: len(order) // BATCH * BATCH].reshape(-1, BATCH))


# %% tags=["hide-input"]
def precision(contestant):
    return tf.float64 if contestant == "0.01" else tf.float32


# %% tags=["hide-input"]
def prepared(contestant, seed):
    """Initial weights as variables, and an empty memory for each."""
    _, settings = CONTESTANTS[contestant]
    dtype = precision(contestant)
    weights = [tf.Variable(w, dtype=dtype) for w in initialise(seed, **settings)]
    return weights, [[tf.Variable(0 * w), tf.Variable(0 * w)] for w in weights]


# %% tags=["hide-input"]
def fit(contestant, optimiser, rate, seed, epochs=EPOCHS):
    """Train a contestant from its initial weights; return the final ones."""
    weights, memory = prepared(contestant, seed)
    train = compiled(CONTESTANTS[contestant][0], optimiser)
    rate, done = tf.constant(rate, precision(contestant)), tf.constant(0)
    train(weights, memory, rate, mini_batches(seed, epochs), done)
    return weights


# %% tags=["hide-input"]
def reconstruct(contestant, weights, images):
    both = tf.concat([x, images], axis=0)  # batch norm needs training digits
    net, both = CONTESTANTS[contestant][0], tf.cast(both, precision(contestant))
    return tf.sigmoid(net(weights, both, counted=len(x))[-1][len(x) :]).numpy()


# %% [markdown]
# The search takes 1,260 runs and about twenty minutes, so its result is stored in the
# repository, in the file `ae_lib/searches/02_initialisation.csv`, with one row for each
# run. The command `AE_SEARCH=search.csv python chapters/02_initialisation.py` repeats
# it with the code on this page. (We limit TensorFlow to one thread because sums shared
# between threads are rounded differently from run to run, which can matter as much as
# the seed. Your numbers may therefore differ from ours on another processor.)

# %% tags=["hide-input"]
from concurrent.futures import ThreadPoolExecutor

from ae_lib.progress import epoch_bar


# %% tags=["hide-input"]
def two_at_a_time(label, function, tasks):
    """Results in the order of the tasks; each task keeps to one core."""
    with ThreadPoolExecutor(2) as pool, epoch_bar(label, len(tasks)) as bar:
        for result in pool.map(function, tasks):
            bar.update()
            yield result


# %% tags=["hide-input"]
def trial(task):
    seed, (name, optimiser), rate = task
    weights = fit(name, optimiser, rate, seed)
    return name, optimiser, rate, seed, squared_error_or_nan(name, weights)


def search(pairs):
    tasks = list(itertools.product(SEARCH_SEEDS, pairs, RATES))
    columns = ["contestant", "optimiser", "rate", "seed", "error"]
    return pd.DataFrame(two_at_a_time("search", trial, tasks), columns=columns)


# %% tags=["hide-input"]
def squared_error_or_nan(name, weights):
    pictures = reconstruct(name, weights, x_validation)
    finite = np.isfinite(pictures).all()
    return squared_error(x_validation, pictures) if finite else np.nan


# %% tags=["hide-input"]
if os.environ.get("AE_SEARCH"):
    search(PAIRS).round({"error": 3}).to_csv(os.environ["AE_SEARCH"], index=False)
stored = resources.files("ae_lib") / "searches" / "02_initialisation.csv"
with stored.open() as file:
    found = pd.read_csv(file)
searched = set(zip(found.contestant, found.optimiser, strict=True))
if new := [pair for pair in PAIRS if pair not in searched]:  # contestants of yours
    found = pd.concat([found, search(new)])
cells = found.groupby(["contestant", "optimiser", "rate"], sort=False).error
grid = cells.agg(lambda errors: errors.mean(skipna=False)).unstack("rate")
grid = grid.loc[PAIRS]
grid.round(1)

# %% [markdown]
# These are the errors on validation digits, by learning rate, as means over the three
# search seeds. A missing number means that training diverged. The best rate of each
# row, its error, and the range of the three seeds:

# %% tags=["hide-input"]
winners = pd.DataFrame({"rate": grid.idxmin(axis=1), "error": grid.min(axis=1)})
at_best = [(*pair, rate) for pair, rate in winners.rate.items()]
for bound in ("min", "max"):
    winners[bound] = cells.agg(bound)[at_best].to_numpy()
winners.round({"rate": 5, "error": 1, "min": 1, "max": 1})

# %%
plateau = squared_error(x_validation, x.mean(axis=0) + 0 * x_validation)
learns = winners[winners.error < 0.95 * plateau]
claim(
    "for each of the networks and optimisers that learn, the best of twelve learning "
    "rates is neither the smallest nor the largest",
    learns.rate.min() > min(RATES) and learns.rate.max() < max(RATES),
)

# %%
claim(
    "no learning rate is the best for all networks that learn, not even one per "
    "optimiser",
    learns.rate.nunique() > 2,
)

# %% [markdown]
# Among the contestants that learn, the best rate varies from 0.001 to 0.1. For those
# that stay at the mean image, whose error on these digits is 53.3, the best rate means
# nothing.
#
# ## Three seeds for each contestant
#
# Now each contestant is trained with its own best rate for each optimiser, from three
# seeds that took no part in the search, and its error is measured on the test digits.
#
# > **Predict.** Which of these lets a network with initial weights of 0.01 learn: Adam,
# > batch normalisation, layer normalisation, residual connections? And which initial
# > weights are best for batch normalisation?

# %% tags=["hide-input"]
def final(task):
    name, optimiser, seed, rate = task
    weights = fit(name, optimiser, rate, seed)
    error = squared_error(x_test, reconstruct(name, weights, x_test))
    return (name, optimiser, seed), weights, error


# %% tags=["hide-input"]
trained, rows = {}, []
runs = list(itertools.product(winners.rate.items(), SEEDS))
runs = [(*pair, seed, rate) for (pair, rate), seed in runs]
for key, weights, error in two_at_a_time("winners", final, runs):
    trained[key] = weights
    rows.append((*key, error))
errors = pd.DataFrame(rows, columns=["contestant", "optimiser", "seed", "error"])

# %% tags=["nbval-ignore-output", "hide-input"]
fig, ax = plt.subplots(figsize=(7.5, 6.8))
looks = {"momentum": ("data", "o", 0.12), "Adam": ("autoencoder", "s", -0.12)}
for optimiser, (key, marker, shift) in looks.items():
    for place, name in enumerate(list(CONTESTANTS)[::-1]):
        chosen = (errors.contestant == name) & (errors.optimiser == optimiser)
        style = {"color": COLOURS[key], "alpha": 0.7, "markersize": 6}
        label = optimiser if place == 0 else None
        height = np.full(chosen.sum(), place + shift)
        ax.plot(errors[chosen].error, height, marker, label=label, **style)
ax.set(yticks=range(len(CONTESTANTS)), yticklabels=list(CONTESTANTS)[::-1])
ax.set(xlabel="squared error per image, test digits", xlim=(8, 62))
for value, name in [(mean_error, "mean image"), (pca_error, f"PCA-{CODE}")]:
    ax.axvline(value, color=COLOURS["data"], linestyle=":")
    ax.text(value, len(CONTESTANTS) - 0.3, name, ha="center", fontsize=10)
ax.set_ylim(-0.7, len(CONTESTANTS) - 0.4)
fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
show(fig, alt="Test errors of 21 contestants, three seeds each; fourteen with "
     "momentum and Adam, seven with Adam alone. With momentum, 0.01, 0.1, 1 and "
     "Glorot stay at the mean image's error. Of the plain logistic networks, fitted, "
     "centred is the lowest, at about 24 with Adam. Batch norm, 1 is the lowest of "
     "all, at about 17, and PCA is lower still.")

# %% tags=["nbval-ignore-output", "hide-input"]
spread = errors.groupby(["contestant", "optimiser"], sort=False).error
spread.agg(["min", "max"]).unstack().swaplevel(axis=1)[BOTH].round(1)

# %% tags=["hide-input"]
def all_of(name, optimiser):
    chosen = (errors.contestant == name) & (errors.optimiser == optimiser)
    return errors[chosen].error.to_numpy()


# %%
claim(
    "with momentum from weights of 0.01, a logistic autoencoder stays above 0.98 of "
    "the mean image's error with three hidden layers on each side and ends below 0.9 "
    "of it with one, with each of three seeds",
    all_of("0.01", "momentum").min() > 0.98 * mean_error
    and all_of("0.01, one hidden layer", "momentum").max() < 0.9 * mean_error,
)

# %% [markdown]
# **Small weights.** With one hidden layer on each side, weights of 0.01 are no
# obstacle. With three and momentum, the same weights leave every run at the mean image.
# This agrees with the paper's statement about small weights, which was made for *deep*
# networks.

# %%
claim(
    "from weights of 0.1 and from Glorot's, a deep logistic autoencoder stays above "
    "0.98 of the mean image's error with momentum and each of three seeds; with Adam "
    "the best of three seeds ends below 0.95 of it",
    min(all_of("0.1", "momentum").min(), all_of("Glorot", "momentum").min())
    > 0.98 * mean_error
    and max(all_of("0.1", "Adam").min(), all_of("Glorot", "Adam").min())
    < 0.95 * mean_error,
)

# %% [markdown]
# **The optimiser.** From 0.1 and from Glorot's weights, momentum fails at every rate
# that we tried, while Adam gets below the mean image's error, to between 46 and 50.
# From 0.01 Adam's result depends on the seed: two of the three runs end near 48, the
# third stays at the mean image. (The rate was 0.0056, the only one of the twelve at which
# any run escaped in the search.) Are such networks stuck, or merely slow? We give those from
# 0.1, from Glorot's weights and from 1 four times as many updates, with one seed:

# %%
LONGER = 4
slow = ["0.1", "Glorot", "1"]


def longer_error(name):
    rate = winners.rate[name, "Adam"]
    weights = fit(name, "Adam", rate, SEED, LONGER * EPOCHS)
    return squared_error(x_test, reconstruct(name, weights, x_test))


long_errors = two_at_a_time("longer", longer_error, slow)
long_errors = dict(zip(slow, long_errors, strict=True))

# %% tags=["nbval-ignore-output", "hide-input"]
updates = N_DIGITS // BATCH * EPOCHS
longer = pd.DataFrame({f"{updates} updates": {n: all_of(n, "Adam")[0] for n in slow}})
longer[f"{LONGER * updates} updates"] = long_errors
longer.round(1)

# %% [markdown]
# All three go on learning: with Adam, these initial weights delay training but do not
# prevent it. The error after a fixed number of updates measures this delay, here and in
# all our comparisons.

# %%
claim(
    "with Adam from weights of 0.1 and from Glorot's, a deep logistic autoencoder's "
    "error after 3,200 updates is less than 0.85 of its error after 800, with one seed",
    all(long_errors[n] < 0.85 * all_of(n, "Adam")[0] for n in ["0.1", "Glorot"]),
)

# %% tags=["hide-input"]
fours = [name for name in CONTESTANTS if name.startswith(("4 x", "fitted"))]

# %%
claim(
    "from four times Glorot's weights and fitted ones, plain, orthogonal or centred, a "
    "deep logistic autoencoder ends below 0.9 of the mean image's error with momentum, "
    "averaged over three seeds, and below 0.65 with Adam, with each of them",
    max(all_of(name, "momentum").mean() for name in fours) < 0.9 * mean_error
    and max(all_of(name, "Adam").max() for name in fours) < 0.65 * mean_error,
)

# %% [markdown]
# **The rule that fits the unit.** From four times Glorot's weights and all their
# variants, and from sparse weights, the network learns with either optimiser. Fitted
# weights alone do no better than four times Glorot's everywhere: 26.7 to 29.3 with
# Adam, against 27.2 to 28.1. Nor does centring alone, which leaves the matrix after the
# code four times too large. The two corrections together do better: 23.7 to 25.0 with
# Adam, and 25.7 to 29.3 with momentum, where either alone or neither ends between 32
# and 43. The rule has to suit the unit below *and* the range in which it operates.
# Orthogonal matrices lower the error further, with Adam to between 21.5 and 22.1. But
# $\chi$ is not the whole story. Tanh units with Glorot's weights have a $\chi$ near 1
# between hidden layers and pass on most of the gradient, and yet they learn as slowly as
# logistic ones with the same rule. We have not found out why.

# %% tags=["hide-input"]
centred = {how: all_of("fitted, centred", how) for how in BOTH}
others = ["fitted", "4 x Glorot", "4 x Glorot, centred"]
claim(
    "fitted and centred weights lead a deep logistic autoencoder to a lower error, "
    "averaged over three seeds, than fitted ones alone and than four times Glorot's, "
    "plain or centred, with both optimisers; with momentum each seed ends below all "
    "runs of these",
    all(centred[h].mean() < all_of(n, h).mean() for n in others for h in BOTH)
    and centred["momentum"].max() < min(all_of(n, "momentum").min() for n in others),
)

# %% tags=["hide-input"]
orthogonal = all_of("fitted, orthogonal, centred", "Adam")
claim(
    "orthogonal matrices lower the error of a deep logistic autoencoder with fitted "
    "and centred weights and Adam by more than 1, averaged over three seeds",
    orthogonal.mean() < centred["Adam"].mean() - 1,
)

# %% tags=["hide-input"]
claim(
    "a deep autoencoder of tanh units with Glorot's weights stays above 0.8 of the "
    "mean image's error for 800 updates, with both optimisers and each of three seeds",
    min(all_of("tanh, Glorot", how).min() for how in BOTH) > 0.8 * mean_error,
)

# %%
claim(
    "from weights of 1, a deep logistic autoencoder stays above 0.85 of the mean "
    "image's error after 800 updates, with both optimisers and each of three seeds",
    min(all_of("1", how).min() for how in BOTH) > 0.85 * mean_error,
)

# %% [markdown]
# **Large weights** do badly, although neither signal nor gradient vanished before
# training: with momentum the error is that of the mean image, and with Adam it is at
# best a tenth lower. A signal that arrives before training is not sufficient. Nor is it
# strictly necessary: with residual connections from 0.01, a smaller share of it arrives
# than from 0.1, and that network learns sooner, as we shall see.

# %%
best = {name: all_of(name, "Adam") for name in CONTESTANTS}
claim(
    "with Adam from weights of 0.01, a deep autoencoder with batch normalisation ends "
    "below 0.75 of the mean image's error, one with residual connections below 0.95 "
    "and one with layer normalisation above 0.97, with each of three seeds",
    best["batch norm, 0.01"].max() < 0.75 * mean_error
    and best["residual, 0.01"].max() < 0.95 * mean_error
    and best["layer norm, 0.01"].min() > 0.97 * mean_error,
)

# %%
claim(
    "with each of the three remedies and Adam, a deep autoencoder from fitted weights "
    "ends with a lower error than from 0.01, with each of three seeds",
    all(
        best[f"{name}, fitted"].max() < best[f"{name}, 0.01"].min()
        for name in ("batch norm", "layer norm", "residual")
    ),
)

# %% [markdown]
# **Today's remedies.** From weights of 0.01, batch normalisation and residual
# connections let the network learn with Adam, down to about 29 and 36. Layer
# normalisation does not: even its best run stays at the mean image. (We have not
# measured why.) But none of them makes the initial weights irrelevant. From fitted
# weights all three learn, and batch normalisation and residual connections end at 18 to
# 19, ten or more below their errors from 0.01.

# %%
claim(
    "with Adam, a deep autoencoder with batch normalisation ends lower from weights "
    "of 1 than from fitted ones or from 0.01, and lower than all other networks of "
    "this chapter, with each of three seeds; PCA's error is lower still",
    best["batch norm, 1"].max()
    < errors[errors.contestant != "batch norm, 1"].error.min()
    and pca_error < best["batch norm, 1"].min(),
)

# %% [markdown]
# **The lowest error** of all networks is that of batch normalisation with weights of 1,
# from which the plain network hardly learns: 16.6 after 800 updates, against 21 for
# ReLU units with He's weights and 12.9 for PCA. This is not a ranking: we tried three
# initialisations with batch normalisation, two with each of the other remedies and one
# with ReLU units, and compared how soon networks learn, not how good they can become.
# Weights of 1 also make the output matrix large, which batch normalisation does not touch.

# %% [markdown]
# ## Where training gets stuck
#
# Is the mean image a local minimum? The error alone cannot distinguish a minimum from a
# **plateau**, where the gradient is merely small. So we watch networks while Adam trains
# them: every 20 updates we record the error, the signal in the last hidden layer, and
# the gradient norm of the first matrix, on 200 training digits, in 64 bits. First we
# change only the initial weights: 0.01, 0.1 and fitted, all at a rate of 0.0032. Then
# we keep weights of 0.01 and change the rate.
#
# > **Predict.** When a network leaves the mean image late, which changes first: the error
# > or the signal?

# %%
EVERY = 20  # updates between two records
RATE, MORE_RATES = 0.0032, [0.0056, 0.0075]
WATCHED = [(name, RATE) for name in ("0.01", "0.1", "fitted")]
WATCHED += [("0.01", rate) for rate in MORE_RATES]
WATCHED = list(dict.fromkeys(WATCHED))  # none of them twice


# %% tags=["hide-input"]
@tf.function(reduce_retracing=True)
def seen_now(weights):
    """Reconstructions, last hidden sums, and first gradient norm, in 64 bits."""
    weights = [tf.cast(w, tf.float64) for w in weights]
    with tf.GradientTape() as tape:
        tape.watch(weights[0])
        sums = network(weights, few)
        value = loss(few, sums[-1])
    gradient = tape.gradient(value, weights[0])
    return tf.sigmoid(sums[-1]), sums[last], tf.norm(gradient)


def look(weights):
    """Error, signal in the last hidden layer, first gradient norm."""
    pictures, z, norm = seen_now(weights)
    return squared_error(few.numpy(), pictures.numpy()), signal(z), float(norm)


# %% tags=["hide-input"]
def watch(contestant, rate, seed):
    """Train with Adam as before, and look every few updates."""
    weights, memory = prepared(contestant, seed)
    train = compiled(CONTESTANTS[contestant][0], "Adam")
    rate = tf.constant(rate, precision(contestant))
    batches, seen = mini_batches(seed), [look(weights)]
    for done in range(0, len(batches), EVERY):
        train(weights, memory, rate, batches[done : done + EVERY], tf.constant(done))
        seen.append(look(weights))
    return np.array(seen)


# %%
watches = [(name, rate, seed) for (name, rate) in WATCHED for seed in SEEDS]
films = {each: [] for each in WATCHED}
filmed = two_at_a_time("films", lambda task: watch(*task), watches)
for (name, rate, _), film in zip(watches, filmed, strict=True):
    films[name, rate].append(film)

# %%
digits_here = few.numpy()
mean_here = squared_error(digits_here, 0 * digits_here + digits_here.mean(axis=0))

# %% tags=["nbval-ignore-output", "hide-input"]
fig, axes = plt.subplots(3, 2, figsize=(7.5, 6.8), sharex=True, sharey="row")
purples = plt.cm.Purples(np.linspace(0.4, 0.95, 1 + len(MORE_RATES)))
purples = dict(zip([RATE, *MORE_RATES], purples, strict=True))
panels = [
    (axes[:, 0], {n: (shades[n], films[n, r]) for n, r in WATCHED if r == RATE}),
    (axes[:, 1], {r: (purples[r], films[n, r]) for n, r in WATCHED if n == "0.01"}),
]
for column, lines in panels:
    for label, (colour, runs) in lines.items():
        column[0].plot([], [], color=colour, label=label)
        for ax, each in zip(column, np.transpose(runs, (2, 1, 0)), strict=True):
            ax.plot(EVERY * np.arange(len(each)), each, color=colour, linewidth=1.2)
    column[0].axhline(mean_here, color=COLOURS["data"], linestyle=":")
    column[0].legend(loc="lower left")
    column[2].set_xlabel("updates")
axes[0, 0].set(title=f"three initialisations, {RATE}", ylabel="error", ylim=(20, 60))
axes[0, 1].set_title("from 0.01, three rates")
axes[1, 0].set(ylabel="signal", yscale="log")
axes[2, 0].set(ylabel="gradient norm", yscale="log")
show(fig, alt="Error, signal in the last hidden layer and gradient norm of the first "
     "matrix over 800 updates, three seeds. Left, at one rate: from 0.01 the error "
     "stays at the mean image; from 0.1 the signal grows by many powers of ten "
     "before the error falls; from fitted weights the error falls from the "
     "beginning. Right, from 0.01 at three rates: at 0.0032 all stay, at the higher "
     "rates some escape after their signal has grown.")

# %% tags=["nbval-ignore-output", "hide-input"]
ends_at = {key: [film[-1, 0] for film in runs] for key, runs in films.items()}
ended = pd.DataFrame(ends_at, index=[f"seed {seed}" for seed in SEEDS]).T
ended.rename_axis(["initial weights", "rate"]).round(1)

# %% [markdown]
# All of these networks soon reach the mean image, which the output biases alone can
# learn. At the same rate, the fitted network moves on at once and the one from 0.01
# stays there. From 0.1 the signal and the gradient norm of the first matrix shrink at
# first. Then both grow, slowly and then ever faster, while the error hardly moves. Only
# when the signal has grown more than a thousandfold does the error begin to fall. So for
# the network from 0.1 the mean image is a plateau, not a minimum: the error suggests
# that training has ended while the signal is in fact growing.
#
# From 0.01, the signal grows by many powers of ten within the first updates and then
# shrinks again. At a rate of 0.0032 it recovers with none of the three seeds within 800
# updates. At 0.0056 and 0.0075 it does with some, in the same way as from 0.1. The
# range is narrow: in the search, every rate but 0.0056 left the network at the mean
# image. So "it does not train" may only mean that the grid of rates had a gap.

# %% tags=["hide-input"]
escapes = []
for film in films["0.1", RATE]:
    error, strength, _ = film.T
    early = min(100 // EVERY, len(error) - 1)  # on the plateau
    left = np.flatnonzero(error < 0.97 * error[early])
    escapes.append(strength[left[0]] / strength.min() if len(left) else 0)

# %%
claim(
    "in a deep logistic autoencoder trained with Adam from weights of 0.1, the signal "
    "in the last hidden layer (how much its sums differ between digits) grows more "
    "than a thousandfold from its minimum before the error is 3 percent lower than at "
    "update 100, with at least two of three seeds",
    sum(growth > 1000 for growth in escapes) >= 2,
)

# %% [markdown]
# ## Two ways of getting stuck
#
# With momentum, networks with large weights also end at the mean image. Is the reason
# the same? We compare the signal of each layer before training (dashed) and after it
# (solid), with three seeds and in 64 bits.

# %% tags=["hide-input"]
def doubled(weights):
    return [tf.cast(w, tf.float64) for w in weights]


stuck = {"small, 0.01": "0.01", "large, 1": "1", "learns, fitted": "fitted"}
before, after = {}, {}
for label, name in stuck.items():
    starts = [initialise(seed, **CONTESTANTS[name][1]) for seed in SEEDS]
    ends_of = [doubled(trained[name, "momentum", seed]) for seed in SEEDS]
    before[label] = [[signal(z) for z in network(w, few)] for w in starts]
    after[label] = [[signal(z) for z in network(w, few)] for w in ends_of]

# %% tags=["nbval-ignore-output", "hide-input"]
fig, axes = plt.subplots(1, 3, figsize=(7.5, 3.4), sharey=True)
for ax, (label, name) in zip(axes, stuck.items(), strict=True):
    steps = range(1, len(before[label][0]) + 1)
    ax.semilogy(steps, np.transpose(before[label]), "--", color=shades[name])
    ax.semilogy(steps, np.transpose(after[label]), color=shades[name])
    ax.set(title=label, xlabel="layer", xticks=steps, ylim=(1e-13, 1e3))
axes[0].set_ylabel("signal")
show(fig, alt="Signal by layer before training, dashed, and after it, for three "
     "networks, three seeds each. From 0.01 it falls from layer to layer, to less "
     "than a billionth, before and after training. From 1 it is large up to layer 5, "
     "and after training it falls steeply from there. From fitted weights it is level "
     "after training.")

# %% tags=["hide-input"]
cut = np.divide(after["large, 1"], before["large, 1"])[:, last]
claim(
    "from weights of 1, training with momentum reduces the signal in the last hidden "
    "layer of a deep logistic autoencoder (how much its sums differ between digits) "
    "to less than half, with each of three seeds",
    cut.max() < 0.5,
)

# %% [markdown]
# **From small weights** the signal fades on its way, after training as before. An
# output that hardly depends on the input can do no better than the mean image.
#
# **From large weights** the code still distinguishes the digits strongly, but the
# signal now falls steeply after layer 5, the first hidden layer after the code, where
# it did not fall before. So training itself has weakened the connection. Why?
#
# One suspect is the last matrix. It feeds each output unit from 100 units with weights
# of 1, so before training the sums $z$ of the outputs are large and wrong, and training
# must first correct them. We make this one matrix small, 0.01, and leave the other seven
# and the learning rates as they were.
#
# > **Predict.** Will the network learn, although most of its units are as saturated as
# > before?

# %%
SMALL_OUTPUT = {"rule": lambda n_in, n_out: 0.01 if n_out == 784 else 1}
CONTESTANTS["1, small output"] = (network, SMALL_OUTPUT)

# %% tags=["hide-input"]
runs = itertools.product(["1, small output"], BOTH, SEEDS)
runs = [(*run, winners.rate["1", run[1]]) for run in runs]
for key, weights, error in two_at_a_time("small output", final, runs):
    trained[key] = weights
    errors.loc[len(errors)] = (*key, error)

# %% tags=["nbval-ignore-output", "hide-input"]
def behind_the_code(weights):
    """Share of saturated values, and standard deviation of a unit over digits."""
    h = tf.sigmoid(network(doubled(weights), few)[DEPTH + 1]).numpy()
    return np.mean((h < 0.05) | (h > 0.95)), h.std(axis=0).mean()


cells, both_outputs = {}, ["1", "1, small output"]
for name in both_outputs:
    cells[name, "before"] = [*behind_the_code(prepared(name, SEED)[0]), np.nan]
    for how in BOTH:
        runs = [behind_the_code(trained[name, how, seed]) for seed in SEEDS]
        cells[name, how] = [*np.mean(runs, axis=0), all_of(name, how).mean()]
behind = ["saturated", "std over digits", "test error"]
pd.DataFrame(cells, index=behind).T.round(3)

# %%
claim(
    "from weights of 1, a deep logistic autoencoder with a small output matrix (0.01) "
    "and nothing else changed ends with a lower error, with momentum and with Adam: "
    "each of three seeds below all those with a large one",
    all(all_of("1, small output", h).max() < all_of("1", h).min() for h in BOTH),
)

# %% [markdown]
# The network learns. With Adam the error falls from between 48 and 54 to between 35 and
# 43; with momentum, at a rate that was chosen by chance because none of the twelve helped
# the large output matrix, from that of the mean image to about 47. More than nine tenths of the values after the code are saturated, as before, yet they
# still differ from digit to digit. With the large output matrix, training pushed nearly
# all of these units to one side, where they return the same value for every digit. So
# saturation alone does not prevent learning, and neither do the seven other matrices.
# Part of the trouble with weights of 1, with Adam about half, comes from the output matrix
# above saturated units. By itself a large one need do no harm: batch normalisation leaves
# it as it is, and learnt best from 1.

# %% [markdown]
# ## What would a better initialisation be?
#
# A rule sets the size of the weights, but their directions remain random and contain
# nothing about digits. It would be better if the first layers already computed useful
# features. The paper looks for initial weights that are *close to a good solution*.
#
# Where could these come from, before the network has been trained? Our measurements
# suggest a way. With **one** hidden layer on each side, small weights were no obstacle.
# So let one layer learn at a time: the first from the digits, the second from the values
# of the first, and so on. Then unroll the stack into a deep autoencoder and train all of
# it from there. That is the paper's answer. The [next chapter](03_rbm.ipynb)
# introduces the model that learns a single layer, and [Chapter 4](04_pretraining.ipynb)
# compares the result with good random initialisations.

# %% [markdown]
# ## Every error of this chapter
#
# These are all the chapter's errors on test digits. [The page of all errors](errors.md)
# puts them beside those of the other chapters.

# %% tags=["nbval-ignore-output", "hide-input"]
from ae_lib import list_errors

learnt = {"learnt from": f"{N_DIGITS:,} digits"}
untrained = {"layers": 0, "epochs": 0, **learnt}
listed = [
    {"network": "mean image", "error": mean_error, **untrained},
    {"network": f"PCA-{CODE}, clipped", "error": pca_error, **untrained},
]

# %% tags=["nbval-ignore-output", "hide-input"]
for (name, how), each in errors.groupby(["contestant", "optimiser"], sort=False):
    sizes = layer_sizes(CONTESTANTS[name][1].get("depth", DEPTH))
    title = f"{'-'.join(map(str, sizes))}, {name}, {how}"
    row = {"layers": len(sizes) - 1, "epochs": EPOCHS, **learnt}
    listed.append({"network": title, "error": list(each.error), **row})
for name, error in long_errors.items():
    title = f"{'-'.join(map(str, layer_sizes()))}, {name}, Adam"
    row = {"layers": 2 * DEPTH + 2, "epochs": LONGER * EPOCHS, **learnt}
    listed.append({"network": title, "error": error, **row})
list_errors(listed)

# %% [markdown]
# ## What we measured
#
# | question | evidence | seeds | verdict |
# |---|---|---|---|
# | Does the variance argument predict signals and gradients? | three units with Glorot's weights, both directions | 10 draws | yes, on average, within a factor of 1.7 over seven powers of ten |
# | Do small weights stop a deep network? | 0.01, with three hidden layers on each side and with one | 3 | with momentum yes, at the best of twelve rates; with one hidden layer no |
# | Does Adam replace a good initialisation? | 0.01, 0.1 and Glorot with Adam, 800 updates; 3,200 for two | 3; 1 | no, but weights of 0.1 only delay training; from 0.01 some seeds escape at some rates |
# | Which matrices need four times Glorot? | four times everywhere, or only after logistic units; each with centring or without | 3 | those after logistic units; it pays off together with centring; orthogonal matrices gain a little more |
# | Is a signal that arrives enough? | weights of 1, 800 updates | 3 | no: above 0.85 of the mean image's error |
# | What is wrong with weights of 1? | the same with a small output matrix | 3 | in part, the output matrix above saturated units |
# | Do today's remedies rescue weights of 0.01? | one remedy at a time, with Adam | 3 | batch normalisation and residual connections do; layer normalisation does not |
# | Do they make the initial weights irrelevant? | the same remedies with fitted weights | 3 | no: all do better from fitted weights, and batch normalisation best from 1 |
# | Is the mean image a minimum? | signal and error during training | 3 | not from 0.1, where it is a plateau; from 0.01 not for the seeds that escape |
#
# All of this holds for 2,000 digits, 800 updates, and networks of this size. The
# learning rates were chosen with three other seeds. Some contestants (the centred ones,
# tanh, batch norm with weights of 1) were added after test results of an earlier version
# had been seen; their rates, too, were chosen on validation digits.

# %% [markdown]
# ## Summary
#
# - Each layer multiplies the variance of a small difference between two digits, and that
#   of the gradient, by $\chi = n s^2 \, \mathrm{E}[f'(z)^2]$. Small weights make $\chi$
#   small, and with depth the factors multiply.
# - The rules of LeCun, Glorot and He achieve $\chi = 1$ for different units. What counts
#   are the units below a matrix: after logistic units it needs four times Glorot's
#   weights, after pixels or a linear code Glorot's own. Because logistic units return 1/2
#   on average, centring biases are needed as well. With its learning rate chosen by a
#   search, a deep logistic network learnt best from weights with both corrections, and
#   better still if they were orthogonal.
# - The signal before training is a guide, not a guarantee. From weights of 1 it arrives,
#   and the network learns little in 800 updates; with a small output matrix it learns more.
# - An error that stays at that of the mean image can hide progress: from weights of 0.1
#   the signal grew a thousandfold before the error moved.
# - Batch normalisation and residual connections rescued weights of 0.01, but every remedy
#   did better with good initial weights.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, G. Orr & K.-R. Müller (1998), *Efficient BackProp*,
#   [doi:10.1007/3-540-49430-8_2](https://doi.org/10.1007/3-540-49430-8_2)
# - X. Glorot & Y. Bengio (2010), *Understanding the difficulty of training deep
#   feedforward neural networks*, [PMLR
#   9:249-256](https://proceedings.mlr.press/v9/glorot10a.html)
# - J. Martens (2010), *Deep learning via Hessian-free optimization*, [ICML
#   2010](https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf), the first to
#   train the paper's autoencoders without pretraining
# - A. M. Saxe, J. L. McClelland & S. Ganguli (2014), *Exact solutions to the nonlinear
#   dynamics of learning in deep linear neural networks*,
#   [arXiv:1312.6120](https://doi.org/10.48550/arXiv.1312.6120)
# - K. He, X. Zhang, S. Ren & J. Sun (2015), *Delving deep into rectifiers*,
#   [doi:10.1109/ICCV.2015.123](https://doi.org/10.1109/ICCV.2015.123)
# - I. Sutskever, J. Martens, G. Dahl & G. Hinton (2013), *On the importance of
#   initialization and momentum in deep learning*, [PMLR
#   28(3):1139-1147](https://proceedings.mlr.press/v28/sutskever13.html), which trained the
#   paper's autoencoders with momentum
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/02_initialisation.ipynb), which check
#   themselves.
# - **Next:** [Chapter 3](03_rbm.ipynb) introduces a model that learns features one
#   layer at a time.
# - **Previous:** [Chapter 1](01_motivation.ipynb) showed what codes are good for.
