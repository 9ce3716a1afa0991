"""Stored searches: everybody had the same trials, and the best ones lie inside the grid."""

import csv
import itertools
import math
from pathlib import Path

import pytest

import ae_lib

FILES = sorted((Path(ae_lib.__file__).parent / "searches").glob("*.csv"))


def read(path):
    """Return the trials of each contestant: the last column, what is least, by rate."""
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            *who, measure = (value for name, value in row.items() if name != "rate")
            trials = found.setdefault(tuple(who), {})
            assert float(row["rate"]) not in trials
            trials[float(row["rate"])] = float(measure or "nan")
    return found


def test_there_are_searches():
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everybody_had_the_same_trials_in_powers_of_one_factor(path):
    grids = {tuple(trials) for trials in read(path).values()}
    assert len(grids) == 1
    (rates,) = grids
    steps = [math.log10(b / a) for a, b in itertools.pairwise(rates)]
    assert max(steps) - min(steps) < 0.02


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_best_rate_lies_inside_the_grid(path):
    for who, trials in read(path).items():
        best = min(trials, key=lambda rate: (math.isnan(trials[rate]), trials[rate]))
        assert min(trials) < best < max(trials), who
