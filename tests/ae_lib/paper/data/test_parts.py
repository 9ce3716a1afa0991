"""The parts of a data set are apart."""

import dataclasses

from ae_lib.paper.data.curves import make_curves
from ae_lib.paper.data.parts import split
from ae_lib.paper.experiments import curves
from tests.ae_lib.paper.runs import make_run


def test_parts_of_a_choosing_run_share_no_picture(tmp_path):
    settings = dataclasses.replace(curves.SETTINGS["smoke"], n_train=30, n_validation=10)
    x = make_curves(40, 0)
    parts = split(make_run(tmp_path, choose=True), x, None, settings)
    seen = {picture.tobytes() for part in (parts.train, parts.validation) for picture in part}
    assert len(seen) == 40
