"""The benchmark's arithmetic, and the form of what it writes."""

import importlib.util
import json
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "rbm.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmark_rbm", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_ratios_are_of_medians(benchmark):
    seconds = {"ours": [2, 1, 9], "products": [1, 1, 4], "sklearn": [5, 100, 5]}
    assert benchmark.ratios(seconds) == {"over_products": 2.0, "sklearn_over_ours": 2.5}
    assert benchmark.ratios({"sklearn": [1]}) == {}


@pytest.mark.slow
def test_a_small_run_writes_what_was_promised(benchmark, tmp_path):
    output = tmp_path / "results" / "rbm.json"
    size = ["--rows", "300", "--hidden", "5", "--repeats", "2"]
    programs = ["numpy", "sklearn", "learnergy"]
    benchmark.main(["--programs", *programs, *size, "--output", str(output)])
    assert [path.name for path in output.parent.iterdir()] == ["rbm.json"]
    result = json.loads(output.read_text())
    assert result["task"] == {"rows": 300, "visible": 784, "hidden": 5, "batch": 100}
    assert set(result["environment"]["versions"]["sklearn"]) == {"numpy", "scipy", "scikit-learn"}
    # learnergy is not among the course's packages; who has it sees it timed.
    assert set(result["seconds"]) | set(result["absent"]) == set(programs)
    assert {len(seconds) for seconds in result["seconds"].values()} == {2}
    assert all(second > 0 for seconds in result["seconds"].values() for second in seconds)
    assert result["denormals"]["numpy"] == 0
    assert 50 < result["error"]["numpy"] < 784


def test_a_program_that_breaks_says_why(benchmark, tmp_path):
    with pytest.raises(RuntimeError, match=r"numpy stopped:\n[\s\S]*Error"):
        benchmark.main(["--programs", "numpy", "--hidden", "-1", "--output", str(tmp_path / "x")])
    assert not list(tmp_path.iterdir())
