"""promtool: what it is asked, and what it says of rules of alarms."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

import pytest

from deployer.interruption import Interruption
from deployer.tools.process import Programs
from deployer.tools.promtool import refusals
from tests.support.test_rules import program
from tests.tools.fake_runner import Call, FakeRunner

if TYPE_CHECKING:
    from pathlib import Path

ARGV = ["promtool", "check", "rules", "/dev/stdin"]
GOOD = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]"
BAD = "groups: [{name: a, rules: [{alert: A, expr: 'up =='}]}]"


def test_what_is_refused_is_told_without_the_place_in_what_was_handed_over() -> None:
    stderr = '  FAILED:\n/dev/stdin: 5:11: group "a", rule 1: no good\n/dev/stdin: 7:1: nor this\n'
    runner = FakeRunner(expected=deque([Call(argv=ARGV, stderr=stderr, returncode=1)]))
    assert refusals(runner, BAD) == ('group "a", rule 1: no good', "nor this")
    silent = FakeRunner(expected=deque([Call(argv=ARGV, returncode=1)]))
    assert refusals(silent, BAD) == ("promtool refuses it",)


def test_nothing_is_said_where_promtool_is_not_installed(tmp_path: Path) -> None:
    nothing = Programs(environ={"PATH": str(tmp_path)}, interruption=Interruption())
    assert refusals(nothing, BAD) is None


@pytest.mark.integration
def test_the_real_one_refuses_what_prometheus_would() -> None:
    program("promtool")
    real = Programs(environ=dict(os.environ), interruption=Interruption())
    assert refusals(real, GOOD) == ()
    (refusal,) = refusals(real, BAD) or ()
    assert refusal.startswith('group "a", rule 1, "A": could not parse expression')
