"""The variables under which notebooks run, without the user's settings of Python and libraries.

A start-up file of IPython, a keras.json or a PYTHONPATH may change what a notebook prints, and what
stands in the course must not depend on the machine of whoever ran it last.
"""

# What Python, Jupyter and the libraries of the course read. Not those that describe the machine,
# such as CUDA_VISIBLE_DEVICES or OMP_NUM_THREADS.
PREFIXES = ("AE_", "IPYTHON", "JUPYTER", "KERAS_", "MPL", "MATPLOTLIB", "PYTHON", "TF_", "XLA_")
# What says how wide and how colourful a terminal is, which printed tables follow.
TERMINAL = (
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
)
# For processes that share the cores, so that each of them keeps to one.
ONE_THREAD = dict.fromkeys(
    (
        "MKL_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


def neutral(variables, folder):
    """Return variables without the user's settings, for a process that runs a notebook.

    Parameters
    ----------
    variables : dict
        Those of this process.
    folder : str or Path
        An empty folder, which stands in for the user's own of IPython and Keras.

    Returns
    -------
    dict

    Examples
    --------
    >>> ours = neutral({"HOME": "/home/me", "AE_SEED": "7", "PYTHONPATH": "/mine"}, "/empty")
    >>> sorted(ours)
    ['AE_PROGRESS', 'HOME', 'IPYTHONDIR', 'KERAS_HOME', 'PYTHONUTF8', 'TF_CPP_MIN_LOG_LEVEL']
    """
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith(PREFIXES) and name not in TERMINAL
    }
    return kept | {
        "AE_PROGRESS": "0",
        "IPYTHONDIR": str(folder),
        "KERAS_HOME": str(folder),
        "PYTHONUTF8": "1",
        # No lines of TensorFlow about the machine.
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
