"""Committed results have their form, and they are results of the settings in the code."""

import json
from pathlib import Path

import pytest

from ae_lib.results import check_results
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
