"""Every figure begins with the course's style, and is closed again."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from ae_lib import use_style


@pytest.fixture(autouse=True)
def fresh_figures():
    mpl.use("agg")
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")
