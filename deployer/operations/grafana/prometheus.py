"""How the Prometheus of a cluster is asked from outside, as the values of its support say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.violations import shown
from deployer.operations.secrets import decrypted
from deployer.render import support
from deployer.render.merge import merge
from deployer.render.paths import look_up
from deployer.rules.subjects import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Cluster
    from deployer.operations.charts_at_hand import Charts
    from deployer.render.merge import Merged
    from deployer.session import Session

_INGRESS = ("prometheus", "server", "ingress")
_AUTH = "prometheusAuthSecret"
_USERS = ("prometheus", "serverFiles", "web.yml", "basic_auth_users")
_DECIDE = (("prometheus", "enabled"), (*_INGRESS, "enabled"), (*_INGRESS, "hosts", 0))
"""What has to be plain to tell whether and where a Prometheus is shown."""


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """Where a Prometheus is asked, and as whom. Without keys, name and password are placeholders."""

    url: str
    username: str
    password: str = field(repr=False)


class NotShown(DeployerError):
    """The Prometheus of a cluster can't be asked from outside, or everybody could."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"its Prometheus is not shown: {reason}",
            hint="docs/support.md says what it takes, under `Prometheus and Grafana from outside`",
        )
        self.reason = reason


class NotKnown(DeployerError):
    """It can't be told without keys whether the Prometheus of a cluster is shown."""


def prometheus(session: Session, charts: Charts, cluster: Cluster, *, decrypt: bool) -> Prometheus:
    """Return how a cluster's Prometheus is asked from outside. The cluster itself is asked nothing.

    Raises:
        NotShown: as the name says.
        NotKnown: what decides about it is encrypted, and not to be decrypted.
        DeployerError: a file can't be decrypted.
    """
    umbrella = charts.umbrella(cluster.support)
    content = decrypted(session, cluster.support) if decrypt else None
    defaults, files = umbrella.chart.defaults, umbrella.chart_files
    merged = merge(
        support.layers(cluster, defaults, chart_files=files, schema=umbrella.schema, decrypted=content)
    )
    if content is None:
        _must_be_plain(merged)
    for obstacle in _obstacles(merged.values, names_known=content is not None):
        raise NotShown(obstacle)
    return Prometheus(
        url=f"https://{_host(merged.values)}{_path(merged.values)}",
        username=str(look_up(merged.values, (_AUTH, "username"))),
        password=str(look_up(merged.values, (_AUTH, "password"))),
    )


def _must_be_plain(merged: Merged) -> None:
    for at in _DECIDE:
        if is_unknown(merged.origin_path(at)[0], at):
            raise NotKnown(f"`{shown(at)}` is encrypted")


def _obstacles(values: Mapping[str, Any], *, names_known: bool) -> Iterator[str]:
    """Yield why a Prometheus can't be asked from outside, or shouldn't be."""
    name, password = (look_up(values, (_AUTH, key)) for key in ("username", "password"))
    users = look_up(values, _USERS) or {}
    if look_up(values, ("prometheus", "enabled")) is not True:
        yield "`prometheus.enabled` is not true"
    if look_up(values, (*_INGRESS, "enabled")) is not True:
        yield "`prometheus.server.ingress.enabled` is not true"
    if not _host(values):
        yield "`prometheus.server.ingress.hosts` names no host"
    if not look_up(values, (*_INGRESS, "tls")):
        yield "`prometheus.server.ingress.tls` is empty, and its password would travel in clear"
    if not (name and password):
        yield f"`{_AUTH}` has no name and password"
    if not users or (names_known and name not in users):
        yield f"`{'.'.join(_USERS)}` has no hash for the name in `{_AUTH}`, and everybody may ask it"


def _host(values: Mapping[str, Any]) -> str:
    """Return the first host; the chart lets a path follow it, and does not use that."""
    hosts = look_up(values, (*_INGRESS, "hosts")) or [""]
    return str(hosts[0]).partition("/")[0]


def _path(values: Mapping[str, Any]) -> str:
    return str(look_up(values, (*_INGRESS, "path")) or "").rstrip("/")
