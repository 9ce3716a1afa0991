"""A run that was killed at any moment resumes with the same numbers."""

import io
import multiprocessing
import os
import signal
import threading
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ae_lib import pretrain, progress
from tests.ae_lib.stack.small_stacks import RUN, assert_same, digits


def run_until_killed(folder, moment, settings):
    """In a process of its own: pretrain, and die at a moment of the first writing."""
    warnings.simplefilter("error")
    progress.tqdm.set_lock(threading.RLock())  # the default one would survive its process
    die = partial(os.kill, os.getpid(), signal.SIGKILL)
    savez, replace = np.savez, Path.replace

    def write_half(file, **arrays):
        whole = io.BytesIO()
        savez(whole, **arrays)
        file.write(whole.getvalue()[: whole.tell() // 2])
        file.flush()
        die()

    def rename_and_die(path, target):
        replace(path, target)
        die()

    if moment == "half written":
        np.savez = write_half
    elif moment == "written, not renamed":
        Path.replace = lambda *_: die()
    elif moment == "renamed":
        Path.replace = rename_and_die
    pretrain(digits(), **settings, checkpoint=folder)


@pytest.fixture(scope="module")
def start():
    """Start `run_until_killed`; TensorFlow is imported once for all of these processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system cannot fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ae_lib.stack"])
    ready = context.Process(target=time.sleep, args=(0,))
    ready.start()
    ready.join()

    def start(*arguments):
        process = context.Process(target=run_until_killed, args=arguments)
        process.start()
        return process

    return start


@pytest.mark.slow
def test_killed_while_it_writes_it_resumes_with_the_same_numbers(start, uninterrupted, tmp_path):
    half, whole, renamed = "half written", "written, not renamed", "renamed"
    moments = [(half, 0), (renamed, 1), (half, 1), (whole, 1)]
    for moment, finished in moments:
        process = start(tmp_path, moment, RUN)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert len(list(tmp_path.glob("*.npz"))) == finished
    assert_same(pretrain(digits(), **RUN, checkpoint=tmp_path), uninterrupted)


@pytest.mark.slow
def test_killed_at_random_moments_it_resumes_with_the_same_numbers(start, tmp_path):
    settings = RUN | {"n_iter": 50}
    begin = time.perf_counter()
    start(tmp_path / "whole", None, settings).join()
    duration = time.perf_counter() - begin
    expected = pretrain(digits(), **settings, checkpoint=tmp_path / "whole")
    assert_same(pretrain(digits(), **settings), expected)

    rng, kills, run = np.random.default_rng(0), 0, 1
    while kills < 3:
        folder = tmp_path / f"run_{run}"
        process = start(folder, None, settings)
        process.join(rng.uniform(0, duration))
        if process.exitcode is None:
            process.kill()
            kills += 1
            print(f"run {run} killed, left {sorted(path.name for path in folder.glob('*'))}")
        else:
            assert process.exitcode == 0
            run += 1
        process.join()
    for number in range(1, run + 1):
        assert_same(pretrain(digits(), **settings, checkpoint=tmp_path / f"run_{number}"), expected)
