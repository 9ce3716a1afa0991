"""The user's settings make no difference: Keras, matplotlib, NumPy, locale, stray variables."""

import io
import os
import runpy
import subprocess
import sys
import types

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from ae_lib import RBM, check, plot_features, pretrain, set_seed, squared_error, unroll, use_style
from ae_lib._keras import keras, tf, use_defaults
from ae_lib.progress import bars_hidden

X = np.random.default_rng(0).random((60, 9)).astype(np.float32)


def run(code, cwd, *options, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AE_")}
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# Keras and TensorFlow -----------------------------------------------------------------------------


@pytest.fixture
def unusual():
    """Settings that somebody else may have made."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("mixed_float16")
    keras.config.set_image_data_format("channels_first")
    keras.config.set_epsilon(0.1)
    keras.config.set_max_epochs(1)
    tf.config.run_functions_eagerly(True)
    yield
    set_seed()


def trained():
    rbm = RBM(4, batch_size=20, n_iter=2, random_state=0).fit(X)
    return rbm.components_, rbm.gibbs(X, random_state=0)


def test_the_rbm_is_the_same_under_any_settings_of_keras_and_tensorflow(request):
    expected = trained()
    request.getfixturevalue("unusual")
    for wanted, found in zip(expected, trained(), strict=True):
        np.testing.assert_array_equal(wanted, found)


def test_an_unrolled_stack_computes_in_float32_under_any_policy(request):
    stack = pretrain(X, [5, 2], n_iter=1, batch_size=20, random_state=0)
    expected = unroll(stack)(X).numpy()
    request.getfixturevalue("unusual")
    found = unroll(stack)(X)
    assert found.dtype == tf.float32
    np.testing.assert_array_equal(expected, found)


@pytest.mark.usefixtures("unusual")
def test_the_courses_seed_comes_with_keras_own_defaults():
    set_seed()
    assert keras.config.floatx() == "float32"
    assert keras.config.dtype_policy().name == "float32"
    assert keras.config.image_data_format() == "channels_last"
    assert keras.config.epsilon() == 1e-7
    assert keras.config.max_epochs() is None
    assert not tf.config.functions_run_eagerly()
    assert keras.layers.Conv2D(2, 3, padding="same")(np.zeros((1, 8, 6, 1))).shape == (1, 8, 6, 2)


@pytest.mark.slow
def test_the_users_backend_makes_no_difference_and_stays_as_it_was(tmp_path):
    (tmp_path / "keras.json").write_text(
        '{"backend": "torch", "image_data_format": "channels_first"}'
    )
    code = (
        "import os; from ae_lib import set_seed; set_seed(); import keras; "
        "print(keras.config.backend(), keras.config.image_data_format(), "
        "os.environ.get('KERAS_BACKEND'))"
    )
    done = run(code, tmp_path, KERAS_HOME=str(tmp_path), KERAS_BACKEND="jax")
    assert done.stdout.split() == ["tensorflow", "channels_last", "jax"], done.stderr


def test_another_backend_that_is_there_already_is_named(monkeypatch):
    config = types.SimpleNamespace(backend=lambda: "jax")
    monkeypatch.setitem(sys.modules, "keras", types.SimpleNamespace(config=config))
    monkeypatch.setitem(sys.modules, "tensorflow", types.SimpleNamespace())
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(ImportError, match=r"Received: jax.*KERAS_BACKEND=tensorflow"):
        runpy.run_path(use_defaults.__code__.co_filename)
    assert os.environ["KERAS_BACKEND"] == "jax"


# Matplotlib ---------------------------------------------------------------------------------------

DARK = {
    "axes.facecolor": "black",
    "axes.linewidth": 5,
    "axes.titlecolor": "white",
    "axes.formatter.use_locale": True,
    "figure.autolayout": True,
    "figure.dpi": 37,
    "font.sans-serif": ["Nothing"],
    "font.size": 30,
    "image.origin": "lower",
    "lines.color": "white",
    "mathtext.fontset": "cm",
    "path.sketch": (1, 100, 2),
    "savefig.bbox": "tight",
    "savefig.transparent": True,
    "text.usetex": True,
    "xtick.direction": "in",
}


def pictures():
    """The bytes of a figure of the course, and of one with lines, as they are shown."""
    _, ax = plt.subplots()
    ax.plot([1, 2.5], [1, 3], label="$x^2$")
    ax.set_title("A title")
    ax.legend()
    files = []
    for fig in (ax.figure, plot_features(X, title="Features")):
        files.append(io.BytesIO())
        fig.savefig(files[-1], format="png", dpi=50, metadata={"Software": None})
        plt.close(fig)
    return [file.getvalue() for file in files]


@pytest.mark.parametrize("settings", [DARK, "dark_background", "xkcd"])
def test_figures_are_the_same_whatever_was_set_before(settings):
    with mpl.rc_context():
        mpl.rcdefaults()
        use_style()
        expected = pictures()
    with mpl.rc_context():
        if settings == "xkcd":
            plt.xkcd()
        elif isinstance(settings, str):
            plt.style.use(settings)
        else:
            mpl.rcParams.update(settings)
        use_style()
        assert pictures() == expected


def test_the_backend_and_the_interactive_mode_are_kept():
    with mpl.rc_context({"interactive": True, "figure.max_open_warning": 3}):
        backend = mpl.get_backend()
        use_style()
        assert (mpl.get_backend(), mpl.is_interactive()) == (backend, True)
        assert mpl.rcParams["figure.max_open_warning"] == 3


@pytest.mark.slow
def test_a_matplotlibrc_makes_no_difference(tmp_path):
    (tmp_path / "matplotlibrc").write_text("figure.facecolor: black\nsavefig.transparent: True\n")
    code = (
        "from ae_lib import plot_network, use_style; "
        "use_style(); "
        "import io; b = io.BytesIO(); plot_network([9, 4]).savefig(b, format='png'); "
        "import hashlib; print(hashlib.sha256(b.getvalue()).hexdigest())"
    )
    plain = run(code, tmp_path.parent, MPLBACKEND="agg", MATPLOTLIBRC="")
    dark = run(code, tmp_path.parent, MPLBACKEND="agg", MATPLOTLIBRC=str(tmp_path))
    assert len(plain.stdout) > 60, plain.stderr
    assert plain.stdout == dark.stdout


# Python and NumPy ---------------------------------------------------------------------------------


@pytest.fixture
def strict_numpy():
    with np.errstate(all="raise"), np.printoptions(precision=1, threshold=2, sign="+"):
        yield


@pytest.mark.usefixtures("strict_numpy")
def test_numpys_error_state_and_print_options_make_no_difference():
    first = trained()
    pictures()
    assert squared_error(X, np.full_like(X, 1e-30)) > 0
    with np.errstate(all="warn"), np.printoptions():
        for wanted, found in zip(first, trained(), strict=True):
            np.testing.assert_array_equal(wanted, found)
    with pytest.raises(ValueError, match=r"values from 1.54e-05 to 1.07"):
        RBM().fit(np.array([[1.07, 1.54e-5]]))


@pytest.mark.usefixtures("strict_numpy")
def test_a_check_does_not_depend_on_numpys_error_state():
    def gap(own, unseen):
        assert np.isinf(np.exp(np.float64(800)))  # overflows
        return unseen.mean() - own.mean()

    assert check("rbm.gap", gap, seed=0, quiet=True)


@pytest.mark.slow
def test_warnings_as_errors_stop_nothing(tmp_path):
    code = (
        "import numpy as np, ae_lib; ae_lib.set_seed(); ae_lib.use_style(); "
        "ae_lib.RBM(3, n_iter=1, batch_size=5).fit(np.zeros((10, 4))); "
        "ae_lib.plot_features(ae_lib.load_mnist(n_train=10).x_train)"
    )
    done = run(code, tmp_path, "-W", "error", MPLBACKEND="agg")
    assert done.returncode == 0, done.stderr


# Locale and stray variables -----------------------------------------------------------------------


@pytest.mark.slow
def test_a_plain_locale_and_stray_variables_make_no_difference(tmp_path):
    if not __file__.isascii():
        pytest.skip("a Python that is told to know ASCII alone imports nothing from this folder")
    code = (
        "import ae_lib; from ae_lib.paper.__main__ import main; ae_lib.set_seed(); "
        "print(ae_lib.SEED); ae_lib.load_mnist(n_train=10); main(['--list'])"
    )
    plain = run(code, tmp_path)
    assert plain.returncode == 0, plain.stderr
    strange = run(
        code, tmp_path,
        LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", AE_SEDE="3", AE_PROGRESS="no",
        PYTHONHASHSEED="7",
    )  # fmt: skip
    assert strange.stdout == plain.stdout, strange.stderr


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        *[(text, True) for text in ("0", "false", "FALSE", " no ", "off")],
        *[(text, False) for text in ("", "1", "yes", "True", "something")],
    ],
)
def test_bars_are_hidden_by_every_way_to_say_no(text, hidden, monkeypatch):
    monkeypatch.setenv("AE_PROGRESS", text)
    assert bars_hidden() == hidden


def test_a_bad_seed_in_the_environment_does_not_stop_who_wants_to_draw(tmp_path):
    code = "from ae_lib import plot_network, use_style, squared_error; print('drawn')"
    assert run(code, tmp_path, AE_SEED="abc").stdout == "drawn\n"
