"""What a hub's values are computed from, by computed topics and by features."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Local
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Cluster, Hub


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What values are computed from.

    `host` is the name under which users reach the hub, `own` its merged values except the computed ones, and
    `said` those without the chart's defaults too. `hub_python` has the text of each file of hub-side Python.
    `chart_files` has the text of what else the chart has below `files/`, by path, for hubs that need it.
    """

    cluster: Cluster
    hub: Hub
    host: str
    own: Mapping[str, Any]
    hub_python: Mapping[str, str]
    said: Mapping[str, Any] = field(default_factory=dict)
    chart_files: Mapping[str, str] = field(default_factory=dict)

    @property
    def local(self) -> bool:
        """Whether the hub is on the cluster of `deployer local up`, where nothing leads in from outside."""
        return isinstance(self.cluster.provider, Local)

    def look_up(self, *at: str) -> Any:
        """Return a value that the hub has for the chart `jupyterhub`."""
        return look_up(self.own, ("jupyterhub", *at))

    def own_value(self, *at: str) -> Any:
        """Return a value that the hub has for the chart basehub."""
        return look_up(self.own, at)

    @property
    def base_url(self) -> str:
        """The path below which JupyterHub is served, with a `/` at both ends."""
        return str(self.look_up("hub", "baseUrl") or "").rstrip("/") + "/"

    def named(self, name: str) -> str:
        """Return what z2jh calls one of its objects."""
        prefix = self.look_up("fullnameOverride")
        return f"{prefix}-{name}" if prefix else name
