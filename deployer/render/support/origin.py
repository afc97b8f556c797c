"""Where an alarm comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject


def origin(subject: SupportSubject) -> dict[str, Any]:
    """Put the name of the cluster on every alarm: whoever gets those of many clusters has to know."""
    return {"prometheus": {"server": {"global": {"external_labels": {"cluster": subject.cluster.name}}}}}
