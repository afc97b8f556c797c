"""Whether a release is what is wanted already, so that an upgrade would change nothing.

The values are compared in memory with those that Helm keeps of the last good revision: a digest of secrets,
written where more people may read, would let them be guessed. The chart holds no secret, so the Lease has the
name of its content.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.operations.deploy import lease, releases
from deployer.tools.helm_values import values_text

if TYPE_CHECKING:
    from deployer.operations.deploy.good_revisions import GoodRevisions
    from deployer.operations.deploy.releases import Revision
    from deployer.operations.render import Rendered
    from deployer.tools.kubernetes import Api

DEPLOYED = "deployed"

UNCHANGED = "unchanged"
FOREIGN = "somebody else's"
FROZEN = "frozen"


@dataclass(frozen=True, kw_only=True)
class LeftAlone:
    """Why there is nothing to be done about a release, and the revision that runs."""

    why: str
    revision: int


def left_alone(api: Api, wanted: Rendered) -> LeftAlone | None:
    """Return why a release is to be left alone, None when it is missing or not what is wanted.

    One that is there and on which no deploy of ours was ever at work is somebody else's.
    """
    namespace = wanted.owner.namespace
    remembered = lease.remembered(api, namespace)
    for newest in releases.revisions(api, namespace, wanted.owner.name)[-1:]:
        if remembered is None:
            return LeftAlone(why=FOREIGN, revision=newest.number)
        if _is_good(newest, remembered, wanted) and _same_values(api, newest, wanted):
            return LeftAlone(why=UNCHANGED, revision=newest.number)
    return None


def _is_good(newest: Revision, remembered: GoodRevisions, wanted: Rendered) -> bool:
    return (
        newest.status == DEPLOYED
        and remembered.good[-1:] == (newest.number,)
        and remembered.chart == wanted.chart.content
    )


def _same_values(api: Api, newest: Revision, wanted: Rendered) -> bool:
    kept = releases.read(api, wanted.owner.namespace, newest).get("config") or {}
    return _as_text(kept) == _as_text(json.loads(values_text(wanted.values_for_helm)))


def _as_text(values: Any) -> str:
    # Helm writes 1.0 as 1; and as objects of Python, 1 and True would be the same.
    return json.dumps(_whole(values), sort_keys=True)


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
