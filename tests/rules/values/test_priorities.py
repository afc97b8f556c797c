"""A hub leaves the priority of its neighbours' pods alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.priorities import default_priority
from tests.render import fleets
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

SAID = "jupyterhub: {scheduling: {podPriority: {enabled: true, globalDefault: %s}}}"
TOLD = (
    "1:1:56: `globalDefault` changes the priority of all pods of the cluster, and no second hub can say so; "
    "leave it out: z2jh's pods name their class"
)


@pytest.mark.parametrize(
    ("said", "hubs", "expected"),
    [
        ("true", ("hub", "other"), [TOLD]),
        ("true", ("hub",), []),
        ("false", ("hub", "other"), []),
        (f"'{ENCRYPTED}'", ("hub", "other"), []),
    ],
)
def test_of_several_hubs_none_decides_for_all(
    values: Making, said: str, hubs: tuple[str, ...], expected: list[str]
) -> None:
    release = values(SAID % said)
    cluster = replace(release.cluster, hubs=tuple(fleets.hub(name=name) for name in hubs))
    assert found(default_priority, replace(release, cluster=cluster)) == expected
