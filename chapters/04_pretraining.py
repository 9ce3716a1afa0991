# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Learning one layer at a time
#
# [Chapter 3](03_rbm.ipynb) trained a single layer, a restricted Boltzmann machine, RBM
# for short, without a gradient from anywhere else. Several of them, stacked and
# unfolded, make a deep autoencoder that starts near a solution: this is the paper's
# answer to the question of a good start, which [Chapter 2](02_initialisation.ipynb)
# left open. This chapter builds that network of eight layers, and asks what the
# pretraining was worth.
#
# **What you will do**
#
# - Stack four machines, unroll them, fine-tune the whole, and race it against the same
#   network from random weights.
#
# **What you will learn**
#
# - What pretraining buys, what fine-tuning does, and why neither is enough alone here.
# - When pretraining is not needed.
#
# **What you will need**
#
# - [Chapter 3](03_rbm.ipynb) for the machines, and
#   [Chapter 2](02_initialisation.ipynb) for the problem.
#
# **Time:** about 15 minutes of reading, one to two and a half minutes of computing on
# two CPU cores.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

from ae_lib import COLOURS, RBM, SEED, ProgressBar, Stack, load_mnist, plot_pretraining
from ae_lib import plot_reconstructions, set_seed, show, squared_error, unroll
from ae_lib import use_style

set_seed()
use_style()

# %%
import keras
from keras import layers
from sklearn.decomposition import PCA

# %% [markdown]
# We take 10,000 of the 60,000 training digits, so that the chapter stays short, and
# 2,000 others to look at what a network has *not* seen. Grey pixels are taken as
# probabilities of ink.

# %%
digits = load_mnist(n_train=10_000, n_validation=2000)
x_train, x_validation = digits.x_train, digits.x_validation
x_test = digits.x_test
print(x_train.shape, x_validation.shape, x_test.shape)

# %% [markdown]
# ## Stack four
#
# One machine describes a digit by features. The probabilities of these features are
# data again, between 0 and 1, and the next machine can learn what is typical of *them*.
# That is greedy: each layer does its best with what the one below gives, and the one
# below is not changed any more. The figure shows the whole plan, to be read upwards.

# %%
sizes = [784, 256, 128, 64, 30]
show(plot_pretraining(sizes))

# %% [markdown]
# Our network is smaller than the paper's 784-1000-500-250-30, and sees 10,000 digits
# instead of 60,000. On the left: four machines, one after the other.
#
# > **Note.** Why should a layer on top help? A hidden layer defines a distribution over
# > hidden states that is only as good as one RBM can make it. A second machine, trained
# > on the hidden states that data evoke, can model them better. Under conditions that
# > practice does not quite meet, each layer added so improves a bound on the
# > log-likelihood ([Hinton, Osindero & Teh
# > 2006](https://doi.org/10.1162/neco.2006.18.7.1527)).
#
# The code gets linear units, and these a smaller learning rate
# ([Chapter 3](03_rbm.ipynb)). We note the processor time, for a fair race later.

# %%
start = time.process_time()
machines, data = [], x_train
for n_units in sizes[1:]:
    linear = {"hidden": "gaussian", "learning_rate": 0.01} if n_units == 30 else {}
    rbm = RBM(n_units, n_iter=6, random_state=SEED + n_units, verbose=1, **linear)
    machines.append(rbm.fit(data))
    data = rbm.transform(data)
pretraining_seconds = time.process_time() - start

# %% [markdown]
# That is all of pretraining. (`ae_lib.pretrain` does the same in one call; it shows the
# layer and its epochs, and can keep finished layers in files.)
#
# ## Unroll
#
# Now the middle column of the figure, which writes $W_l$ for our $W^{(l)}$. Going up,
# each machine gives the probabilities of its hidden units, which is what a `Dense`
# layer with a sigmoid computes. Going down, each uses the *same* weights, transposed,
# with its visible biases:
#
# $$h^{(l)} = \sigma\big(b^{(l)} + W^{(l)\top} h^{(l-1)}\big) \tag{4.1}$$
#
# $$\hat h^{(l-1)} = \sigma\big(a^{(l)} + W^{(l)} \hat h^{(l)}\big) \tag{4.2}$$
#
# with $h^{(0)} = x$ and $\hat h^{(0)} = \hat x$, and with $(l)$ for the $l$-th machine.
# Only the code has no $\sigma$. `unroll` copies weights and biases into a Keras model.

# %%
autoencoder = unroll(Stack(machines))
for part in autoencoder.layers:
    print(part.name, [layer.units for layer in part.layers])

# %% [markdown]
# The pass through the machines by hand gives the same numbers:

# %%
x_hat = x_validation
for rbm in machines:
    x_hat = rbm.transform(x_hat)
for rbm in reversed(machines):
    x_hat = rbm.inverse_transform(x_hat)
assert np.allclose(autoencoder.predict(x_validation, verbose=0), x_hat, atol=1e-4)

# %% [markdown]
# How good is this network, of which no part has ever seen the error of the whole?
#
# > **Predict.** The mean image has an error of 52.90 on the test digits. Where will the
# > unrolled network lie: near the mean image, near PCA-30, or better?

# %%
mean_image = np.broadcast_to(x_train.mean(axis=0), x_test.shape)
mean_error = squared_error(x_test, mean_image)
pca = PCA(30, svd_solver="covariance_eigh").fit(x_train)
pca_hat = pca.inverse_transform(pca.transform(x_test))
pca_error = squared_error(x_test, pca_hat)
pca_validation = squared_error(
    x_validation, pca.inverse_transform(pca.transform(x_validation))
)
print(f"mean image {mean_error:.2f}, PCA-30 {pca_error:.2f}")

# %% tags=["nbval-ignore-output"]
unrolled_hat = autoencoder.predict(x_test, verbose=0)
unrolled_error = squared_error(x_test, unrolled_hat)
print(f"unrolled {unrolled_error:.2f}")
# Claim: unrolled, the network is worse than PCA, and far from the mean image.
assert pca_error < unrolled_error < 0.6 * mean_error

# %% [markdown]
# In between: far better than nothing, and worse than PCA, which needs no training loop.
# The stack of machines is *not yet* a good autoencoder. At full size it is the same
# story. Measured with the authors' published program, with ten passes a layer, the
# unrolled 784-1000-500-250-30 network has an error of 13.17 on the test digits: about
# PCA with 32 components (13.19). The next step decides.
#
# ## Fine-tune
#
# The right column of the figure: from here on it is an ordinary network, and
# backpropagation changes all eight matrices at once. The loss is the cross-entropy, in
# nats, summed over the pixels of an image, and beside it we watch the squared error.
# The optimiser is the one of the time, gradient descent with momentum. (The paper took
# conjugate gradients on large batches.)


# %%
def cross_entropy(x, x_hat):
    return 784 * keras.losses.binary_crossentropy(x, x_hat)


def error_per_image(x, x_hat):
    return keras.ops.sum((x - x_hat) ** 2, axis=-1)


# %%
def fine_tune(network, optimiser, epochs):
    """Train; return the squared error on the unseen digits after each epoch."""
    network.compile(optimiser, cross_entropy, metrics=[error_per_image],
                    steps_per_execution=100)
    return network.fit(
        x_train, x_train, epochs=epochs, batch_size=100, verbose=0,
        validation_data=(x_validation, x_validation), validation_batch_size=1000,
        callbacks=[ProgressBar()],
    ).history["val_error_per_image"]


# %%
def descent(rate):
    return keras.optimizers.SGD(rate, momentum=0.9)


# %%
first_before = autoencoder.get_layer("encoder").layers[0].kernel.numpy()
before = squared_error(x_validation, x_hat)
start = time.process_time()
curves = {"pretrained": [before, *fine_tune(autoencoder, descent(0.01), epochs=6)]}
seconds_per_epoch = (time.process_time() - start) / 6

# %% tags=["nbval-ignore-output"]
print("unseen digits, by epoch:", np.round(curves["pretrained"], 1))
tuned_hat = autoencoder.predict(x_test, verbose=0)
tuned_error = squared_error(x_test, tuned_hat)
print(f"test: unrolled {unrolled_error:.2f}, fine-tuned {tuned_error:.2f}")
# Claim: one epoch of fine-tuning helps much; six epochs beat PCA.
assert curves["pretrained"][1] < 0.8 * before
assert tuned_error < pca_error

# %% [markdown]
# One epoch takes away a large part of the error, and after six the network is better
# than PCA. At full size, again with the authors' program, 13.17 became 7.06 in one
# epoch of fine-tuning.

# %% tags=["nbval-ignore-output"]
shown = {"PCA-30": pca_hat, "unrolled": unrolled_hat, "fine-tuned": tuned_hat}
means = {"PCA-30": pca_error, "unrolled": unrolled_error, "fine-tuned": tuned_error}
show(plot_reconstructions(x_test[:8], {name: y[:8] for name, y in shown.items()},
                          errors=means))

# %% [markdown]
# The unrolled network draws the right digit in most cases, blurred and a little too
# typical. After fine-tuning, stroke and slant are the digit's own.
#
# How far did the weights travel? We compare the first layer's 256 columns before and
# after.


# %%
def cosine(x, y):
    return (x * y).sum() / np.linalg.norm(x) / np.linalg.norm(y)


# %% tags=["nbval-ignore-output"]
first_after = autoencoder.get_layer("encoder").layers[0].kernel.numpy()
last_after = autoencoder.get_layer("decoder").layers[-1].kernel.numpy().T
print(f"first layer before and after: cosine {cosine(first_before, first_after):.2f}")
apart = np.linalg.norm(first_after - last_after) / np.linalg.norm(first_after)
print(f"encoder's first, decoder's last layer: {apart:.0%} apart")
# Claim: fine-tuning moves the weights little, and unties them.
assert cosine(first_before, first_after) > 0.9
assert apart > 0.03

# %% [markdown]
# They moved little: the features that fine-tuning ends with are those that pretraining
# found, readjusted. And the decoder is no longer the transpose of the encoder. The two
# were tied at the start only.
#
# ## The same network from random weights
#
# What did pretraining buy? We take the same network, the same digits and the same
# optimiser, and start from random weights: small ones, large ones, and Glorot's rule
# ([Chapter 2](02_initialisation.ipynb)). Biases start at 0. Each start gets the
# learning rate that suits it. Of those that we tried beforehand, these were 0.01 for
# the pretrained network and 0.04 from Glorot's start. Small and large weights got
# nowhere at any of them. To be fair to chance, we also looked for a good scale in
# between. Standard deviations of 0.2 and 0.3 were about equally good, at a rate of
# 0.01; the first runs as a fourth, "tuned" start.


# %%
def build(initializer, activation="sigmoid"):
    def dense(n_units, activation=activation):
        return layers.Dense(n_units, activation, kernel_initializer=initializer())

    encoder = [dense(256), dense(128), dense(64), dense(30, "linear")]
    decoder = [dense(64), dense(128), dense(256), dense(784, "sigmoid")]
    return keras.Sequential([layers.Input((784,)), *encoder, *decoder])


# %% [markdown]
# A race can be fair in two ways. With *equal updates* all get six epochs. With *equal
# time* Glorot's and the tuned start also get what pretraining took: as many more epochs
# as fit into that processor time in this very run, rounded up. Small and large weights
# stop after six, which saves time and is enough to see that they get nowhere.
#
# > **Predict.** After equal updates, and after equal time: which start will be nearest
# > to the pretrained network?

# %%
delay = pretraining_seconds / seconds_per_epoch  # what pretraining took, in epochs
extra = int(np.ceil(delay))
normal = keras.initializers.RandomNormal
starts = {
    "small": (lambda: normal(stddev=0.01), 0.04),
    "large": (lambda: normal(stddev=1.0), 0.04),
    "Glorot": (keras.initializers.GlorotUniform, 0.04),
    "tuned": (lambda: normal(stddev=0.2), 0.01),
}

# %%
for name, (initializer, rate) in starts.items():
    network = build(initializer)
    before = squared_error(x_validation, np.asarray(network(x_validation)))
    n_epochs = 6 + extra if name in ("Glorot", "tuned") else 6
    curves[name] = [before, *fine_tune(network, descent(rate), n_epochs)]

# %% tags=["nbval-ignore-output"]
print(f"pretraining took as long as {delay:.1f} epochs of fine-tuning")
print("               6 epochs   at the end")
for name, curve in curves.items():
    print(f"{name:12s} {curve[6]:10.1f} {curve[-1]:12.1f}")

# %%
def draw_race(ax, name, curve, key, style, delay=0):
    drawn = np.where(np.array(curve) < 70, curve, np.nan)
    ax.plot(delay + np.arange(len(curve)), drawn, style, color=COLOURS[key], label=name,
            markersize=5)


# %% tags=["nbval-ignore-output"]
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.9), sharey=True)
looks = {"pretrained": ("autoencoder", "o-"), "small": ("pca", "s-"),
         "large": ("other", "^-"), "Glorot": ("linear", "D-"), "tuned": ("bad", "v-")}
for name, (key, style) in looks.items():
    draw_race(left, name, curves[name][:7], key, style)
    draw_race(right, name, curves[name], key, style, delay * (name == "pretrained"))
left.set(title="equal updates", xlabel="epochs", ylabel="squared error per image",
         ylim=(0, 70))
right.set(title="equal time", xlabel="processor time, in epochs")
for ax in (left, right):
    ax.axhline(pca_validation, color=COLOURS["data"], linestyle="--", label="PCA-30")
fig.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=6,
           columnspacing=1.0, handlelength=1.5)
show(fig, alt="Error on unseen digits against epochs, and against time, pretraining "
     "counted. Small and large random weights stay near the mean image. Glorot's and "
     "the tuned start fall slowly. The pretrained network starts low and ends lowest.")

# %%
random_best = min(curves[name][-1] for name in starts)
# Claim: small and large starts learn nothing, the tuned one most of the random ones.
assert min(curves["small"][-1], curves["large"][-1]) > 0.9 * mean_error
assert random_best == curves["tuned"][-1] < 0.6 * mean_error

# %%
# Claim: pretrained is ahead before its first update, and at equal time.
assert curves["pretrained"][0] < 0.9 * min(curves[name][6] for name in starts)
assert curves["pretrained"][-1] < 0.7 * random_best

# %% [markdown]
# Small weights never leave the mean image. Large ones do hardly better, if at all.
# (Errors above 70, before the first epoch, are not drawn.) Glorot's start waits there
# for a while, and with another seed it may wait longer. The tuned start learns best of
# the four, and is still far behind when the time is up. Look at the left panel: the
# pretrained network was better *before its first update* of fine-tuning than any of the
# others after six epochs.
#
# So, plainly: pretraining bought a place from which gradient descent gets on at once.
# It did not bring a good autoencoder; unrolled, it was worse than PCA. Fine-tuning made
# it good. From the other starts, the same fine-tuning did not get there in this time.
#
# ## Is pretraining necessary?
#
# In 2006 the way to train such networks was to pretrain them. Today one would change
# three things instead: the optimiser (Adam), the units (ReLU) and the start that is
# made for them (He's rule). We first change the optimiser alone, from Glorot's start,
# and then all three. The layers' sizes and the digits stay. The last network also gets
# the epochs that pretraining was worth.

# %%
adam = keras.optimizers.Adam
rivals = {
    "Glorot, Adam": (build(keras.initializers.GlorotUniform), adam(0.005)),
    "ReLU, He, Adam": (build(keras.initializers.HeNormal, "relu"), adam(0.001)),
}
for name, (network, optimiser) in rivals.items():
    before = squared_error(x_validation, np.asarray(network(x_validation)))
    n_epochs = 6 + extra if "ReLU" in name else 6
    curves[name] = [before, *fine_tune(network, optimiser, n_epochs)]

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6.5, 3.6))
draw_race(ax, "pretrained, descent", curves["pretrained"], *looks["pretrained"], delay)
draw_race(ax, "Glorot, Adam", curves["Glorot, Adam"], "linear", "D-")
draw_race(ax, "ReLU, He, Adam", curves["ReLU, He, Adam"], "data", "v-")
ax.axhline(pca_validation, color=COLOURS["data"], linestyle="--", label="PCA-30")
ax.set(xlabel="epochs, pretraining counted", ylabel="squared error per image",
       ylim=(0, 70))
ax.legend()
show(fig, alt="Error on unseen digits against epochs. Glorot's start with Adam falls "
     "slowly. ReLU units with He's start and Adam fall at once, and end where the "
     "pretrained network ends, or lower.")
for name in rivals:
    print(f"{name:15s} 6 epochs {curves[name][6]:5.1f}, all {curves[name][-1]:5.1f}")

# %%
# Claim: Adam alone does not replace pretraining; with ReLU and He's start it does.
assert curves["Glorot, Adam"][6] > 1.5 * curves["pretrained"][6]
assert curves["ReLU, He, Adam"][6] < 1.25 * curves["pretrained"][6]
assert curves["ReLU, He, Adam"][-1] < curves["pretrained"][-1]

# %% [markdown]
# A better optimiser alone does not replace pretraining in this short time: with the
# logistic units of 2006, Glorot's start stays behind. But with all three changes a
# random start gets about as far in the same number of updates, and further when it may
# use the time that pretraining took. Nobody had to train an RBM.
#
# So "deep autoencoders must be pretrained" is wrong. It was refuted for logistic units
# as well, by optimisers that see the curvature ([Martens
# 2010](https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf)) and by
# well-tuned momentum from a well-scaled start ([Sutskever et al.
# 2013](https://proceedings.mlr.press/v28/sutskever13.html)), both with much more
# computing than a lesson has. What remains true is what this chapter measured: at a
# small budget, with logistic units and gradient descent, the start decides.

# %% [markdown]
# ## Summary
#
# - Four machines, each trained on the features of the one below, unroll into an
#   autoencoder of eight layers. Before fine-tuning it is worse than PCA.
# - Pretraining bought a start from which descent gets on at once; fine-tuning made a
#   good autoencoder of it.
# - With ReLU units, He's start and Adam, layers of the same sizes do as well without
#   pretraining.
#
# ## Further reading
#
# - G. E. Hinton & R. R. Salakhutdinov (2006), *Reducing the dimensionality of data with
#   neural networks*,
#   [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647)
# - G. E. Hinton, S. Osindero & Y.-W. Teh (2006), *A fast learning algorithm for deep
#   belief nets*,
#   [doi:10.1162/neco.2006.18.7.1527](https://doi.org/10.1162/neco.2006.18.7.1527)
#
# ## Where to go next
#
# - [The exercises to this chapter](exercises/04_pretraining.ipynb), which check themselves.
# - **Next:** [Chapter 5](05_pca.ipynb) takes a close look at PCA, the rival that the
#   unrolled network did not beat.
# - **Previous:** [Chapter 3](03_rbm.ipynb) took apart one of the machines that are
#   stacked here.
