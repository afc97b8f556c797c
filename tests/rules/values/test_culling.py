"""Times of culling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.culling import RULES
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making


def test_servers_are_looked_at_as_often_as_they_may_go(values: Making) -> None:
    message = "idle servers go after {} s, and are looked at every {} s only: lower `every`"
    assert found(RULES, values("jupyterhub: {cull: {timeout: 300}}")) == [
        f"1:1:21: {message.format(300, 600)}"
    ]
    assert found(RULES, values("jupyterhub: {cull: {every: 7200}}")) == [
        f"1:1:21: {message.format(3600, 7200)}"
    ]


def test_servers_grow_older_than_they_are_idle(values: Making) -> None:
    message = "servers are stopped after 60 s, used or not, before they are idle for 3600 s"
    assert found(RULES, values("jupyterhub: {cull: {every: 10, maxAge: 60}}")) == [f"1:1:32: {message}"]


@pytest.mark.parametrize(
    "cull",
    [
        "{timeout: 600, every: 600}",
        "{timeout: 60, every: 600, enabled: false}",
        "{maxAge: 0}",
        "{timeout: a, every: [], maxAge: {}}",
        f"{{timeout: 60, every: '{ENCRYPTED}'}}",
    ],
)
def test_other_times_are_fine(values: Making, cull: str) -> None:
    assert found(RULES, values(f"jupyterhub: {{cull: {cull}}}\nsops: {{version: 1}}")) == []
