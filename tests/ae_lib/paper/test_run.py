"""A run keeps its state apart from others', and adds its results to theirs."""

import dataclasses
import json
import multiprocessing
import pkgutil
import sys
import warnings

import numpy as np
import pytest

from ae_lib.paper import NAMES, experiments
from ae_lib.paper.__main__ import main
from ae_lib.paper.experiments import digits
from ae_lib.paper.run import save_results
from ae_lib.paper.training import FineTuning
from tests.ae_lib.paper.runs import make_run

HEADER = {"unit": "error", "published": {}}


def test_other_settings_have_a_checkpoint_of_their_own(tmp_path):
    run = make_run(tmp_path)
    folders = {
        run.folder,
        dataclasses.replace(run, seed=1).folder,
        dataclasses.replace(run, choose=True).folder,
        dataclasses.replace(run, settings=FineTuning(epochs=2)).folder,
    }
    assert len(folders) == 4


def test_results_of_other_runs_are_kept_and_the_same_run_replaces_its_own(tmp_path):
    header = {"unit": "error", "published": {}}
    for seed, test in ((0, 1.0), (1, 2.0), (0, 3.0)):
        run = make_run(tmp_path, seed=seed)
        record = run.record("autoencoder", test=test, seconds=1, settings={"epochs": 1})
        save_results(run, header, [record], {"map": np.full(2, test)})
    stored = json.loads((run.out / "digits.json").read_text())
    assert [(record["seed"], record["test"]) for record in stored["runs"]] == [(1, 2.0), (0, 3.0)]
    with np.load(run.out / "digits.npz") as arrays:
        assert {name: arrays[name][0] for name in arrays} == {"smoke_0_map": 3, "smoke_1_map": 2}
    record = run.record("autoencoder", test=4.0, seconds=1, settings={"epochs": 2})
    save_results(run, header, [record], {})
    assert len(json.loads((run.out / "digits.json").read_text())["runs"]) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("digits.json", b'{"mine": 1}'),
        ("digits.json", b'{"name": "maps", "unit": "", "published": {}, "runs": []}'),
        ("digits.json", b'{"name": "digi'),
        ("digits.json", "[é]".encode("latin-1")),
        ("digits.npz", b"mine"),
        ("digits.npz", {"mine": np.zeros(2)}),
        ("digits.npz", {"smoke_0_map": np.array([{}])}),
    ],
)
def test_files_of_somebody_else_are_refused_before_anything_is_computed(
    name, content, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(digits, "run_experiment", lambda _: pytest.fail("it began"))
    file = tmp_path / "mit Umlaut ä" / name
    file.parent.mkdir()
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.savez(file, **content)
    before = file.read_bytes()
    places = ["--out", str(file.parent), "--checkpoints", str(tmp_path / "checkpoints")]
    assert main(["digits", "--preset", "smoke", *places]) == 1
    assert f"{file} is damaged, or it is not a file of this experiment" in capsys.readouterr().err
    with pytest.raises(ValueError, match="Move it away"):
        save_results(make_run(tmp_path, out=file.parent), HEADER, [], {})
    assert [path.read_bytes() for path in file.parent.iterdir()] == [before]


@pytest.mark.parametrize("option", ["--out", "--checkpoints"])
def test_places_that_cannot_be_written_to_are_refused_before_anything_is_computed(
    option, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(digits, "run_experiment", lambda _: pytest.fail("it began"))
    (tmp_path / "taken").write_text("mine")
    places = {"--out": str(tmp_path), "--checkpoints": str(tmp_path)}
    places[option] = str(tmp_path / "taken")
    listed = [word for pair in places.items() for word in pair]
    assert main(["digits", "--preset", "smoke", *listed]) == 1
    assert f"{option} cannot be written to" in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == "mine"


def test_results_that_cannot_be_written_are_printed(tmp_path, monkeypatch, capsys):
    def experiment(run):
        return [run.record("autoencoder", test=1.25, seconds=1, settings={})], {}

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(digits, "run_experiment", experiment)
    monkeypatch.setattr("ae_lib.paper.run.write_whole", fail)
    places = ["--out", str(tmp_path), "--checkpoints", str(tmp_path)]
    assert main(["digits", "--preset", "smoke", *places]) == 1
    said = capsys.readouterr()
    assert "test 1.25" in said.out
    assert "No space left" in said.err


def _save(folder, seed):
    run = make_run(folder, seed=seed)
    record = run.record("autoencoder", test=1.0, seconds=1, settings={})
    save_results(run, HEADER, [record], {"map": np.zeros(200_000)})


def test_processes_that_write_results_at_once_lose_none_of_them(tmp_path):
    (tmp_path / "out").mkdir()
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    processes = [context.Process(target=_save, args=(tmp_path, seed)) for seed in range(6)]
    with warnings.catch_warnings():
        # These processes do no more than write files.
        warnings.simplefilter("ignore")
        for process in processes:
            process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    stored = json.loads((tmp_path / "out" / "digits.json").read_text())
    assert {record["seed"] for record in stored["runs"]} == set(range(6))
    with np.load(tmp_path / "out" / "digits.npz") as arrays:
        assert len(arrays.files) == 6
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"digits.json", "digits.npz"}


def test_each_name_of_the_command_has_one_module_and_there_is_no_other():
    assert {module.name for module in pkgutil.iter_modules(experiments.__path__)} == set(NAMES)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say which experiment"),
        (["maps", "--preset", "modern"], "maps has the presets paper, smoke, not modern"),
        (["digits", "--seed", "-1"], "--seed must be at least 0. Received: -1"),
        (["figures"], "invalid choice: 'figures'"),
    ],
)
def test_command_says_what_is_wrong_with_its_arguments(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_nothing_is_left_in_the_current_folder_by_a_refused_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["digits", "--seed", "-1"])
    assert not list(tmp_path.iterdir())
