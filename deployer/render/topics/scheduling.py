"""On which nodes a hub and its users run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Aws, Azure, Gcp
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from deployer.render.subject import Subject


def node_purposes(subject: Subject) -> dict[str, Any]:
    """Keep hubs and users on the nodes that are labelled for them, in clouds, where nodes come when asked.

    With a preference only, servers would fill the nodes of hubs, and more of those would come.
    """
    if not isinstance(subject.cluster.provider, Aws | Azure | Gcp):
        return {}
    required = {"nodeAffinity": {"matchNodePurpose": "require"}}
    return {"jupyterhub": {"scheduling": {"corePods": required, "userPods": required}}}


def user_placeholders(subject: Subject) -> dict[str, Any]:
    """Let users take the place of placeholders, where a hub wants any: z2jh makes none without priorities."""
    wanted = look_up(subject.said, ("jupyterhub", "scheduling", "userPlaceholder", "replicas"))
    if not isinstance(wanted, int) or wanted < 1:
        return {}
    return {"jupyterhub": {"scheduling": {"podPriority": {"enabled": True}}}}
