"""The feature `compute_quota`: whether what people have used is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.asked import asked, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_DATABASE = ("jupyterhub", "hub", "db", "type")


@rule("warning")
def compute_quota(release: HubValues) -> Iterator[Finding]:
    """Want the hours of `compute_quota` to be remembered, and people to be the same the next time.

    What was used is in the hub's database. One in memory forgets it whenever the hub restarts, at each
    deploy, say; and with temporary names everybody is somebody new at every visit.
    """
    for feature in asked(release, "compute_quota"):
        if release.value(*_DATABASE) == "sqlite-memory":
            message = "hours are forgotten whenever the hub restarts: `hub.db.type` is `sqlite-memory`"
            yield finding(feature, (), message)
        if any(each.settings.get("type") == "temporary" for each in asked(release, "auth")):
            message = "who has used up their hours comes back under another name: `auth.type` is `temporary`"
            yield finding(feature, (), message)


RULES = (compute_quota,)
