"""Stored searches: everybody had the same trials, and the best ones lie inside the grid."""

import csv
import itertools
import math
from pathlib import Path
from statistics import mean

import pytest

import ae_lib

FILES = sorted((Path(ae_lib.__file__).parent / "searches").glob("*.csv"))
SMALLEST_STEP = 0.2  # powers of ten


def read(path):
    """Return the trials of each contestant: the last column, what is least, by rate and seed."""
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            trial = float(row.pop("rate")), int(row.pop("seed", 0))
            *who, measure = row.values()
            trials = found.setdefault(tuple(who), {})
            assert trial not in trials
            trials[trial] = float(measure or "nan")
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
    steps = [math.log10(higher / lower) for lower, higher in itertools.pairwise(rates)]
    unit = min(steps)
    assert unit == pytest.approx(SMALLEST_STEP, abs=0.07)
    assert [step / unit for step in steps] == pytest.approx(
        [round(step / unit) for step in steps], abs=0.3
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_best_rate_lies_inside_the_grid(path):
    for who, trials in read(path).items():
        by_rate = {}
        for (rate, _), error in trials.items():
            by_rate.setdefault(rate, []).append(error)
        errors = {rate: mean(each) for rate, each in by_rate.items()}
        best = min(errors, key=lambda rate: (math.isnan(errors[rate]), errors[rate]))
        assert min(errors) < best < max(errors), who
