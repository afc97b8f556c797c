"""What the values of a cluster's support are computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster


@dataclass(frozen=True, kw_only=True)
class SupportSubject:
    """What values are computed from: a cluster, and its merged values except the computed ones.

    `chart_files` has the text of the chart's files below `files/`, by path.
    """

    cluster: Cluster
    own: Mapping[str, Any]
    chart_files: Mapping[str, str] = field(default_factory=dict)

    @property
    def built(self) -> bool:
        """Whether `deployer infra` builds the cluster; one that was adopted has things of its own."""
        return "infrastructure" in self.cluster.document.data

    def own_value(self, *at: str) -> Any:
        """Return a value of the chart's defaults and of the cluster's files."""
        return look_up(self.own, at)
