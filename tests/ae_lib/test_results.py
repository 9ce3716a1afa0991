"""Committed results have their form, and they are results of the settings in the code."""

import dataclasses
import importlib
import json
from pathlib import Path

import pytest

from ae_lib.paper import NAMES
from ae_lib.paper.run import describe
from ae_lib.results import check_results, load_results
from tests.ae_lib.paper.runs import make_run


@pytest.mark.parametrize("field", ["method", "seed", "test", "settings", "versions"])
def test_results_without_a_field_are_refused(tmp_path, field):
    record = make_run(tmp_path).record("autoencoder", test=1.0, seconds=1, settings={})
    results = {"name": "digits", "unit": "error", "published": {}, "runs": [record]}
    check_results(results)
    del record[field]
    with pytest.raises(ValueError, match=f"run 1: {field} must be of type"):
        check_results(results)


def test_committed_results_have_the_form_that_the_chapter_reads():
    folder = Path(check_results.__code__.co_filename).parent
    for path in folder.glob("*.json"):
        results = json.loads(path.read_text(encoding="utf-8"))
        check_results(results)
        assert results["name"] == path.stem
        assert all(record["preset"] != "smoke" for record in results["runs"])
    size = sum(path.stat().st_size for path in folder.iterdir() if path.suffix in (".json", ".npz"))
    assert size <= 3e6


def flat(settings, before=""):
    """Return settings with the names of nested ones put together: ``fine_tuning.epochs``."""
    found = {}
    for name, value in settings.items():
        nested = isinstance(value, dict)
        found |= flat(value, f"{before}{name}.") if nested else {before + name: value}
    return found


def outdated(name, runs, presets):
    """Return commands that make results anew whose settings are no longer those of the code.

    As in the chapter, the last run of each method and seed counts.
    """
    newest = {(run["preset"], run["seed"], run["method"]): run["settings"] for run in runs}
    stored = {preset for preset, *_ in newest}
    commands = {f"make paper NAME={name} PRESET={preset}" for preset in presets.keys() - stored}
    for (preset, seed, _), old in newest.items():
        new = describe(presets[preset])
        if "corpus" in new and new["corpus"] is None:
            # The command names it.
            new["corpus"] = old["corpus"]
        old, new = flat(old), flat(new)
        changed = sorted(key for key in old | new if old.get(key, "no") != new.get(key, "no"))
        if changed:
            commands.add(
                f"make paper NAME={name} SEED={seed} PRESET={preset} # changed: "
                + ", ".join(f"{k}={new.get(k)}, was {old.get(k)}" for k in changed)
            )
    return sorted(commands)


def stored_and_presets(name):
    experiment = importlib.import_module(f"ae_lib.paper.experiments.{name}")
    presets = {key: value for key, value in experiment.SETTINGS.items() if key != "smoke"}
    return load_results(name)[0]["runs"], presets


@pytest.mark.parametrize("name", NAMES)
def test_newest_results_are_of_the_settings_in_the_code(name):
    commands = outdated(name, *stored_and_presets(name))
    assert not commands, "\n".join(["Results are out of date. Run:", *commands])


def test_a_changed_setting_is_noticed_and_what_to_run_is_named():
    runs, presets = stored_and_presets("digits")
    seeds = sorted({run["seed"] for run in runs if run["preset"] == "paper"})
    before = presets["paper"].fine_tuning
    after = dataclasses.replace(before, epochs=before.epochs + 1)
    presets["paper"] = dataclasses.replace(presets["paper"], fine_tuning=after)
    assert outdated("digits", runs, presets) == [
        f"make paper NAME=digits SEED={seed} PRESET=paper # changed: "
        f"fine_tuning.epochs={after.epochs}, was {before.epochs}"
        for seed in seeds
    ]
    # Runs with the new settings come after the old ones, which may stay.
    again = [
        {**run, "settings": describe(presets["paper"])} for run in runs if run["preset"] == "paper"
    ]
    assert not outdated("digits", [*runs, *again], presets)


def test_a_preset_without_results_is_noticed():
    runs, presets = stored_and_presets("maps")
    presets["modern"] = presets["paper"]
    assert outdated("maps", runs, presets) == ["make paper NAME=maps PRESET=modern"]
