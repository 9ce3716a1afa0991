"""Runs for tests: small settings, checkpoints after every epoch."""

import dataclasses

from ae_lib.paper.experiments import documents, faces
from ae_lib.paper.run import Run
from ae_lib.paper.training import FineTuning


def make_run(folder, settings=None, **changes):
    """Return a run with some settings; its results and checkpoints go into a folder."""
    settings = FineTuning(epochs=1) if settings is None else settings
    run = Run("digits", "smoke", 0, settings, folder / "out", folder / "checkpoints", save_every=0)
    return dataclasses.replace(run, **changes)


def faces_run(folder, *, preset="smoke", data_home=None, choose=False, **changes):
    """Return a run on faces, some of whose settings are changed."""
    settings = dataclasses.replace(faces.SETTINGS[preset], **changes)
    return make_run(
        folder, settings, name="faces", preset=preset, data_home=data_home, choose=choose
    )


def documents_run(folder, *, preset="smoke", corpus=None, data_home=None, choose=False, **changes):
    """Return a run on documents, some of whose settings are changed."""
    settings = documents.SETTINGS[preset]
    settings = dataclasses.replace(settings, corpus=corpus or settings.corpus, **changes)
    return make_run(
        folder, settings, name="documents", preset=preset, data_home=data_home, choose=choose
    )
