"""Environment variables of users' servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.profiles import choices, overrides
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_EXTRA = ("jupyterhub", "singleuser", "extraEnv")


@rule()
def server_environment(release: HubValues) -> Iterator[Finding]:
    """Want environment variables of users' servers to be text.

    With a number, `true` or `false` among them, KubeSpawner starts no server at all.
    """
    for at, variables in _environments(release):
        for name, value in variables.items():
            if isinstance(value, int | float) and not release.unknown((*at, name)):
                what = "`true` or `false`" if isinstance(value, bool) else "a number"
                yield release.finding((*at, name), f"`{name}` must be text, not {what}: put it in quotes")


RULES = (server_environment,)


def _environments(release: HubValues) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    yield _EXTRA, mapping(release.value(*_EXTRA))
    for choice in choices(release):
        at = (*choice.at, "kubespawner_override", "environment")
        yield at, mapping(overrides(choice).get("environment"))
