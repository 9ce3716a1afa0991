"""Every experiment of the paper as its user runs it, in its smallest form; killed and resumed."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from ae_lib.paper import NAMES
from ae_lib.results import check_results

ENVIRONMENT = {**os.environ, "AE_PROGRESS": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}


def command(name, folder, *options):
    return [
        sys.executable, "-m", "ae_lib.paper", name, "--preset", "smoke",
        "--out", str(folder / "out"), "--checkpoints", str(folder / "checkpoints"), *options,
    ]  # fmt: skip


def read(folder, name):
    """Return the records without what differs between runs, and the arrays."""
    results = json.loads((folder / "out" / f"{name}.json").read_text())
    check_results(results)
    for record in results["runs"]:
        del record["seconds"]
    with np.load(folder / "out" / f"{name}.npz") as arrays:
        return results, dict(arrays)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Run all experiments by one command, and return the folder."""
    folder = tmp_path_factory.mktemp("all")
    subprocess.run(command("all", folder), check=True, env=ENVIRONMENT, cwd=folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_experiment_writes_what_the_chapter_reads(finished, name):
    results, arrays = read(finished, name)
    assert results["name"] == name
    assert results["runs"]
    assert all(record["settings"] and record["versions"] for record in results["runs"])
    assert all(any(record[part] is not None for part in ("train", "validation", "test"))
               for record in results["runs"])  # fmt: skip
    assert all(key.startswith("smoke_0_") for key in arrays)
    assert all(np.isfinite(value).all() for value in arrays.values() if value.dtype.kind == "f")


def test_nothing_else_is_written(finished):
    assert {path.name for path in finished.iterdir()} == {"out", "checkpoints"}
    assert not list(finished.rglob("*.unfinished"))


def test_killed_at_random_moments_it_ends_with_the_same_numbers(finished, tmp_path):
    rng = random.Random(0)
    killed = 0
    while True:
        run = subprocess.Popen(
            command("digits", tmp_path, "--save-every", "0"), env=ENVIRONMENT, cwd=tmp_path
        )
        if killed < 3:
            # After the first checkpoint of this start, or of an earlier one.
            deadline = time.monotonic() + 600
            before = set(tmp_path.rglob("*.npz"))
            while run.poll() is None and set(tmp_path.rglob("*.npz")) == before:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            time.sleep(rng.uniform(0, 0.2))
            run.send_signal(signal.SIGKILL)
            killed += 1
        if run.wait() == 0:
            break
        assert run.returncode == -signal.SIGKILL
    expected, expected_arrays = read(finished, "digits")
    found, found_arrays = read(tmp_path, "digits")
    assert found == expected
    for key, value in expected_arrays.items():
        np.testing.assert_array_equal(found_arrays[key], value)


def test_killed_while_a_checkpoint_is_written_the_one_before_counts(finished, tmp_path):
    die = (
        "import io, os, sys\n"
        "from ae_lib.paper import training\n"
        "def half(path, write):\n"
        "    file = io.BytesIO()\n"
        "    write(file)\n"
        "    unfinished = path.with_name(f'.{path.name}.{0:016x}.unfinished')\n"
        "    unfinished.write_bytes(file.getvalue()[: file.tell() // 2])\n"
        "    os._exit(9)\n"
        "write_whole = training.write_whole\n"
        "calls = []\n"
        "def second_is_cut(path, write):\n"
        "    calls.append(1)\n"
        "    (half if len(calls) == 2 else write_whole)(path, write)\n"
        "training.write_whole = second_is_cut\n"
        "from ae_lib.paper.__main__ import main\n"
        "main(sys.argv[1:])\n"
    )
    arguments = command("digits", tmp_path, "--save-every", "0")
    cut = subprocess.run([sys.executable, "-c", die, *arguments[3:]], env=ENVIRONMENT, cwd=tmp_path)
    assert cut.returncode == 9
    assert list(tmp_path.rglob("*.unfinished"))
    subprocess.run(arguments, check=True, env=ENVIRONMENT, cwd=tmp_path)
    assert read(tmp_path, "digits")[0] == read(finished, "digits")[0]


@pytest.mark.parametrize("name", ["faces", "documents"])
def test_missing_data_is_named_and_nothing_is_downloaded(tmp_path, name):
    arguments = command(name, tmp_path, "--data-home", str(tmp_path / "empty"))
    arguments[arguments.index("smoke")] = "paper"
    run = subprocess.run(arguments, env=ENVIRONMENT, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    assert "sklearn.datasets.fetch_" in run.stderr
    assert not (tmp_path / "out").exists()
