"""The deep autoencoder that a stack is unrolled to."""

from ae_lib._keras import keras
from ae_lib.stack.stack import Stack

# The mean of a unit of each kind is this function of what comes in.
_ACTIVATIONS = {"bernoulli": "sigmoid", "gaussian": "linear", "multinomial": "softmax"}


def unroll(stack):
    """Unroll a stack into a deep autoencoder that starts where pretraining ended.

    The encoder's weights are those of the RBMs, the decoder's their transposes. They are
    copies: when the network is trained, each matrix changes on its own, and encoder and decoder
    are not tied any more. Encoder layers take the hidden biases, decoder layers the visible ones.

    Parameters
    ----------
    stack : Stack

    Returns
    -------
    keras.Model
        From shape (n, n_visible) to the same shape, not compiled. Before any training it computes
        ``stack.decode(stack.encode(x))``. Its two halves are models of their own, here and after
        ``model.save("name.keras")`` and ``keras.models.load_model("name.keras")``:
        ``model.get_layer("encoder")`` and ``model.get_layer("decoder")``; training the whole
        trains them.

        Hidden units are sigmoid, the code is linear if it is Gaussian, and the output has the
        activation that belongs to the visible units: sigmoid for Bernoulli, linear for Gaussian,
        softmax for multinomial ones.

    Raises
    ------
    TypeError
        If ``stack`` is not a :class:`Stack`.

    References
    ----------
    G. E. Hinton, R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
    Science 313 (2006), Fig. 1, https://doi.org/10.1126/science.1127647.

    Examples
    --------
    >>> import numpy as np
    >>> from ae_lib import pretrain
    >>> x = np.random.default_rng(0).random((100, 6)).astype(np.float32)
    >>> autoencoder = unroll(pretrain(x, [4, 2], n_iter=1, random_state=0))
    >>> autoencoder.compile("adam", "binary_crossentropy")
    >>> history = autoencoder.fit(x, x, epochs=1, verbose=0)
    >>> autoencoder.get_layer("encoder").predict(x, verbose=0).shape
    (100, 2)
    """
    if not isinstance(stack, Stack):
        raise TypeError(f"unroll expects a Stack. Received: {type(stack).__name__}")
    sizes = stack.sizes
    hidden = [f"hidden_{k}" for k in range(1, len(stack.rbms))]
    encoder = _dense_layers(
        "encoder",
        sizes[0],
        [*hidden, "code"],
        [(rbm.components_.T, rbm.intercept_hidden_, rbm.hidden) for rbm in stack.rbms],
    )
    decoder = _dense_layers(
        "decoder",
        sizes[-1],
        [*reversed(hidden), "reconstruction"],
        [(rbm.components_, rbm.intercept_visible_, rbm.visible) for rbm in reversed(stack.rbms)],
    )
    return keras.Sequential([keras.Input((sizes[0],)), encoder, decoder], name="autoencoder")


def _dense_layers(name, n_inputs, names, contents):
    """Return a model of dense layers with given weights, biases and kinds of units."""
    layers = [
        # The RBMs' type of number, whatever Keras' policy is at the moment.
        keras.layers.Dense(len(biases), _ACTIVATIONS[kind], name=layer, dtype="float32")
        for layer, (_, biases, kind) in zip(names, contents, strict=True)
    ]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers], name=name)
    for layer, (weights, biases, _) in zip(layers, contents, strict=True):
        layer.set_weights([weights, biases])
    return model
