"""Errors are listed in one form, for readers and for the page of all errors."""

import types

import pytest

from ae_lib import list_errors
from ae_lib.reported import MIME

ROW = {"network": "784-30-784", "learnt from": "100 digits", "layers": 2, "epochs": 3, "error": 9.5}


def test_a_notebook_gets_a_table_and_the_rows(monkeypatch):
    sent = []
    display = types.ModuleType("IPython.display")
    display.display = lambda data, raw: sent.append(data)
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = object
    ipython.display = display
    monkeypatch.setitem(__import__("sys").modules, "IPython", ipython)
    monkeypatch.setitem(__import__("sys").modules, "IPython.display", display)
    list_errors([ROW | {"error": [9.0, 10.0, 9.5]}])
    ((data),) = sent
    (row,) = data[MIME]
    assert (row["seeds"], row["error"], row["lowest"], row["highest"]) == (3, 9.5, 9.0, 10.0)
    assert "784-30-784" in data["text/html"]
    assert "784-30-784" in data["text/plain"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"network": " "}, "network must be a text"),
        ({"layers": 2.5}, "layers must be"),
        ({"epochs": -1}, "epochs must be at least 0"),
        ({"error": []}, "error must be a number"),
        ({"error": [1.0, float("nan")]}, "error must be a number"),
        ({"error": -1}, "error must be a number"),
        ({"depth": 3}, "A row must have the fields"),
    ],
)
def test_rows_that_say_too_little_are_refused(change, message):
    with pytest.raises((TypeError, ValueError), match=message):
        list_errors([ROW | change])


def test_an_empty_list_is_refused():
    with pytest.raises(ValueError, match="at least one row"):
        list_errors([])
