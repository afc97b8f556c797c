"""Rules about the Kubernetes objects that Helm renders for a hub: a module for each theme.

Most of it the API server would refuse, late and without a line of the fleet. To add a rule, write it in the
module of its theme, add it to that module's `RULES`, and give it an example in tests/examples/rendered, valid
and invalid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.rules.manifests import api, data, images, links, names, resources, security, versions
from deployer.rules.manifests.schemas import unknown_version

if TYPE_CHECKING:
    from deployer.fleet.rule import Rule
    from deployer.rules.subjects import ReleaseObjects

OF_SUPPORT: tuple[Rule[ReleaseObjects], ...] = (
    *api.RULES,
    *versions.RULES,
    *names.RULES,
    *links.RULES,
    *data.RULES,
    *images.RULES,
    *resources.RULES,
)
"""Those for what a cluster runs for all hubs, some of which is about nodes, and has to see them."""
RULES: tuple[Rule[ReleaseObjects], ...] = (*OF_SUPPORT, *security.RULES)


def notices(hub: ReleaseObjects) -> tuple[str, ...]:
    """Return what is to be said about how a hub's objects were checked."""
    unknown = unknown_version(hub.release.cluster.kubernetes_version)
    return (unknown,) if unknown else ()
