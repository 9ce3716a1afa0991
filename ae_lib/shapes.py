"""The shapes of the arrays that a network's layers pass on."""


def layer_shapes(model):
    """List the shapes of what a network's layers pass on, as :func:`plot_blocks` takes them.

    Parameters
    ----------
    model : keras.Sequential
        A built model. The layers of a ``Sequential`` inside it are listed one by one.

    Returns
    -------
    list of (str, tuple of int)
        ``("input", shape)``, then for each layer the name of its class and the shape of its
        output; the batch is left out.

    Raises
    ------
    TypeError
        If ``model`` is not a ``keras.Sequential``.
    ValueError
        If the model does not know the shape of its input yet.

    Examples
    --------
    >>> from ae_lib._keras import keras
    >>> layers = [keras.Input((28, 28, 1)), keras.layers.Conv2D(16, 3, padding="same")]
    >>> layer_shapes(keras.Sequential(layers))
    [('input', (28, 28, 1)), ('Conv2D', (28, 28, 16))]
    """
    from ae_lib._keras import keras

    if not isinstance(model, keras.Sequential):
        raise TypeError(f"model must be a keras.Sequential. Received: {type(model).__name__}")
    if not model.built:
        raise ValueError(
            "model must know the shape of its input: begin it with keras.Input(shape). "
            f"Received: {model.name!r}, which is not built"
        )
    shape = tuple(model.input_shape)
    shapes = [("input", shape[1:])]
    for layer in _leaves(model, keras.Sequential):
        shape = tuple(layer.compute_output_shape(shape))
        shapes.append((type(layer).__name__, shape[1:]))
    return shapes


def _leaves(model, container):
    """Yield the layers of a model, those of the containers in it one by one."""
    for layer in model.layers:
        if isinstance(layer, container):
            yield from _leaves(layer, container)
        else:
            yield layer
