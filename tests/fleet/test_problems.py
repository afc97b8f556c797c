"""Problems as people and programs see them."""

from __future__ import annotations

from typing import Any

from deployer.fleet.problems import ConfigurationError, Problem, counted


def problem(path: str, line: int, **more: Any) -> Problem:
    return Problem(path=path, line=line, column=1, message="m", rule="r", **more)


def test_problems_sort_by_file_then_by_number_of_line() -> None:
    assert sorted([problem("b", 1), problem("a", 10), problem("a", 9)]) == [
        problem("a", 9),
        problem("a", 10),
        problem("b", 1),
    ]


def test_a_warning_is_marked_in_its_line() -> None:
    assert str(problem("a", 1)) == "a:1:1: m [r]"
    assert str(problem("a", 1, severity="warning")) == "a:1:1: warning: m [r]"


def test_the_error_of_a_configuration_leaves_warnings_out() -> None:
    error = ConfigurationError([problem("b", 1), problem("a", 1, severity="warning"), problem("a", 2)])
    assert error.problems == (problem("a", 2), problem("b", 1))
    assert error.message == "the configuration has 2 errors\n  a:2:1: m [r]\n  b:1:1: m [r]"
    assert error.hint == "correct the files, then run `deployer validate`"


def test_numbers_agree_with_their_nouns() -> None:
    assert [counted(n, "hub") for n in (0, 1, 2)] == ["0 hubs", "1 hub", "2 hubs"]


def test_a_message_is_one_line_whatever_it_repeats() -> None:
    message = "hub `a\n::error::\x1b[31m\u2028`: Zürich"
    problem = Problem(path="a.yaml", line=1, column=1, message=message, rule="r")
    assert str(problem) == r"a.yaml:1:1: hub `a\n::error::\x1b[31m\u2028`: Zürich [r]"


def test_a_file_s_name_cannot_break_the_line_either() -> None:
    problem = Problem(path="a\n::error::b\x1b[2J.yaml", line=1, column=1, message="m", rule="r")
    assert str(problem) == r"a\n::error::b\x1b[2J.yaml:1:1: m [r]"
    assert problem.path == "a\n::error::b\x1b[2J.yaml", "programs get the name as it is"
