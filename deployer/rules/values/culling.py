"""Stopping servers that nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.shapes import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_CULL = ("jupyterhub", "cull")


@rule("warning")
def culling(release: HubValues) -> Iterator[Finding]:
    """Want the times of culling to make sense together.

    Servers are looked at `every` so many seconds, so none goes sooner. One that is older than `maxAge` is
    stopped while somebody works on it, so that should be longer than the `timeout` without activity.
    """
    if release.value(*_CULL, "enabled") is not True:
        return
    timeout, every, age = (_seconds(release, key) for key in ("timeout", "every", "maxAge"))
    if timeout and every and timeout < every:
        message = (
            f"idle servers go after {timeout:g} s, and are looked at every {every:g} s only: lower `every`"
        )
        yield release.finding(_stronger(release, "timeout", "every"), message)
    if timeout and age and age < timeout:
        message = f"servers are stopped after {age:g} s, used or not, before they are idle for {timeout:g} s"
        yield release.finding(_stronger(release, "maxAge", "timeout"), message)


RULES = (culling,)


def _seconds(release: HubValues, key: str) -> float | None:
    return None if release.unknown((*_CULL, key)) else number(release.value(*_CULL, key))


def _stronger(release: HubValues, one: str, other: str) -> tuple[str, ...]:
    """Return the first of two keys that the hub itself says, else the other."""
    return (*_CULL, one if release.said(*_CULL, one) else other)
