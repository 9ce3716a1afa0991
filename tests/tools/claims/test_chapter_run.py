"""One run of a chapter: what its assertions compared, and which of them held."""

import json
import os
import subprocess
import sys
import textwrap

from tools.claims import chapter_run
from tools.course import ROOT


def record(tmp_path, code):
    """Execute code as a chapter, in a process of its own, and return what was found."""
    script, output = tmp_path / "chapter.py", tmp_path / "result.json"
    script.write_text(textwrap.dedent(code))
    command = [sys.executable, "-P", chapter_run.__file__, str(script), str(output)]
    library = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, env=library)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chapter.py", "result.json"]
    return json.loads(output.read_text())["asserts"]


def test_operands_are_noted_and_evaluated_once(tmp_path):
    found = record(
        tmp_path,
        """
        calls = []

        def number(x):
            calls.append(x)
            return x

        assert number(1) < number(3) < number(2) and number(4) >= 5
        assert calls == [1, 3, 2, 4]
        assert (n := 1 / 3) < 0.5, number(6)
        assert n > 0.3 and len(calls) == 4
        """,
    )
    assert [each["held"] for each in found] == [False, True, True, True]
    assert [each["values"] for each in found] == [
        [1, 3, 2, 4, 5],
        [None, None],
        [0.333333, 0.5],
        [0.333333, 0.3, 4, 4],
    ]


def test_numbers_of_numpy_are_numbers_and_arrays_are_not(tmp_path):
    found = record(
        tmp_path,
        """
        import numpy as np

        assert np.float32(0.5) < np.ones(()) == np.int64(1)
        assert np.bool_(True) == True
        assert np.allclose(np.ones(3), 1)
        assert np.ones(3) < 2
        assert np.nan < np.inf
        """,
    )
    assert [each["held"] for each in found] == [True, True, True, False, False]
    assert [each["values"] for each in found] == [
        [0.5, 1, 1],
        [None, None],
        [],
        [None, 2],
        [None, None],
    ]
    assert "ValueError: The truth value of an array" in found[3]["message"]


def test_errors_in_assertions_are_counted_and_the_chapter_goes_on(tmp_path):
    found = record(
        tmp_path,
        """
        assert 1 / 0 < 3
        for i in range(4):
            assert i != 2
        with open("/dev/null"):
            assert [i for i in range(3)][2] == 2
        def never():
            assert True
        class Thing:
            assert {"a": 1}["a"] == 1
        """,
    )
    messages = [each["message"] for each in found]
    assert messages[0] == "ZeroDivisionError: division by zero"
    assert messages[1:4] == ["it was false", "", "it was never reached"]
    assert found[1]["values"] == [0, 2, 1, 2, 2, 2, 3, 2]
    assert [each["held"] for each in found] == [False, False, True, False, True]


def test_claims_are_noted_as_assertions_are_and_say_nothing(tmp_path):
    found = record(
        tmp_path,
        """
        from ae_lib import claim

        error = 3
        claim("one", error < 4)
        claim("two", error < 2 and error > 1)
        claim("three", all([True]))
        assert error == 3
        claim("four", unknown < 2)
        """,
    )
    assert [each["held"] for each in found] == [True, False, True, True, False]
    assert [each["values"] for each in found] == [[3, 4], [3, 2, 3, 1], [], [3, 3], []]
    assert "NameError" in found[-1]["message"]


def test_functions_of_a_chapter_know_their_source_and_their_module(tmp_path):
    found = record(
        tmp_path,
        """
        import dataclasses, inspect, __main__

        def f(x):
            assert x
            return x

        @dataclasses.dataclass
        class Point:
            x: "int"

        assert inspect.getsource(f).splitlines()[1].strip() == "assert x"
        assert __main__.f is f and __name__ == "__main__" and Point(3).x == f(3)
        """,
    )
    assert all(each["held"] for each in found)
