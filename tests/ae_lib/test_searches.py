"""Stored searches: everybody had the same trials, and the best ones lie inside the grid."""

import csv
import itertools
import math
from pathlib import Path
from statistics import mean

import pytest

import ae_lib

FILES = sorted((Path(ae_lib.__file__).parent / "searches").glob("*.csv"))
SMALLEST_STEP = 0.25  # powers of ten


def read(path):
    """Return the errors by contestant and optimiser, each by rate and seed."""
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            trials = found.setdefault((row["contestant"], row["optimiser"]), {})
            trial = float(row["rate"]), int(row["seed"])
            assert trial not in trials
            trials[trial] = float(row["error"] or "nan")
    return found


def test_there_are_searches():
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everybody_had_the_same_trials(path):
    trials = {tuple(trials) for trials in read(path).values()}
    assert len(trials) == 1
    (tried,) = trials
    rates, seeds = (sorted(set(each)) for each in zip(*tried, strict=True))
    assert sorted(tried) == list(itertools.product(rates, seeds))
    assert len(seeds) > 1
    for lower, higher in itertools.pairwise(rates):
        steps = math.log10(higher / lower) / SMALLEST_STEP
        assert steps == pytest.approx(round(steps), abs=0.08)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_best_rate_lies_inside_the_grid(path):
    for who, trials in read(path).items():
        by_rate = {}
        for (rate, _), error in trials.items():
            by_rate.setdefault(rate, []).append(error)
        errors = {rate: mean(each) for rate, each in by_rate.items()}
        best = min(errors, key=lambda rate: (math.isnan(errors[rate]), errors[rate]))
        assert min(errors) < best < max(errors), who
