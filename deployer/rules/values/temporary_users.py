"""Users who never come back: whether anything is kept for them all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.asked import asked, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_STORAGE = ("jupyterhub", "singleuser", "storage", "type")
_CULL = ("jupyterhub", "cull")
_EXCHANGE = ("ngshare", "enabled")
_CLAIMS = ("jupyterhub", "custom", "singleuser", "extraPVCs")


@rule("warning")
def temporary_users(release: HubValues) -> Iterator[Finding]:
    """Want nothing to be kept for users of `type: temporary`.

    Everybody is somebody new at every visit, so nobody finds again what was kept, and it is paid until
    somebody deletes it. A volume for each person goes with its user; directories on a server of homes and
    volumes of databases stay.
    """
    for feature in asked(release, "auth"):
        if feature.settings.get("type") == "temporary":
            for message in _kept(release):
                yield finding(feature, ("type",), message)


RULES = (temporary_users,)


def _kept(release: HubValues) -> Iterator[str]:
    homes = release.value(*_STORAGE)
    if homes == "static":
        yield "each visit leaves a home that nobody finds again: say `homes: {kind: none}` among the features"
    if homes == "dynamic" and not _removed(release):
        yield (
            "each visit leaves a volume that nobody finds again: say `homes: {kind: none}` or "
            "`culling: {remove_users: true}` among the features"
        )
    if release.value(*_CLAIMS):
        yield "each visit leaves a volume that nobody finds again: leave out `databases` and `extraPVCs`"
    if release.value(*_EXCHANGE) is True:
        yield "what somebody hands in belongs to a name that nobody has again: leave out `grading`"


def _removed(release: HubValues) -> bool:
    return release.value(*_CULL, "enabled") is True and release.value(*_CULL, "users") is True
