"""The addresses that are looked at from outside, and what is an answer there: as far as files say them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.fleet.model import SUPPORT, Aws, Local, UptimeCheck
from deployer.fleet.rules.said import of_cluster, of_hub, value_of
from deployer.fleet.rules.services import JUPYTERHUB, domain_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Hub
    from deployer.fleet.positions import KeyPath

OFF = "turned off"
LOCAL = "nothing leads into a local cluster"
SECRET = "its name is encrypted"  # noqa: S105 - what is told, no secret
_HEALTH = "hub/health"
_JUPYTERHUB = "X-JupyterHub-Version"
"""What JupyterHub adds to every answer (`set_default_headers` in its handlers/base.py)."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """An address of `owner`, a hub or the support, that has to answer with `status`.

    `name` is another one for each address of a cluster. When there is a `header` or a `text`, an answer has
    it: else something answers that is not what was meant.
    """

    name: str
    owner: str
    host: str
    path: str
    port: int = 443
    status: int = 200
    header: str | None = None
    text: str | None = None

    @property
    def url(self) -> str:
        """The address."""
        return f"https://{self.host}{'' if self.port == 443 else f':{self.port}'}{self.path}"


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """What nobody looks at, and why."""

    name: str
    owner: str
    reason: str


def addresses(cluster: Cluster) -> Iterator[Check | Unchecked]:
    """Yield what is looked at and what is not: each hub, then Grafana and Prometheus if they are served."""
    for hub in cluster.hubs:
        yield _of_hub(cluster, hub)
    if not isinstance(cluster.provider, Local):
        yield from _of_support(cluster)


def checks(cluster: Cluster) -> tuple[Check, ...]:
    """Return what is looked at."""
    return tuple(each for each in addresses(cluster) if isinstance(each, Check))


def by_the_cloud(cluster: Cluster) -> tuple[Check, ...]:
    """Return what the cloud looks at, from several regions: where `infrastructure.uptime` asks it to.

    Route 53 takes any status from 200 to 399 for an answer, and no other
    (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html).
    """
    if not cluster.document.value(("infrastructure", "uptime")):
        return ()
    any_status = not isinstance(cluster.provider, Aws)
    return tuple(each for each in checks(cluster) if any_status or each.status in range(200, 400))


def by_the_cluster(cluster: Cluster) -> tuple[Check, ...]:
    """Return what the cluster's own Prometheus has to look at, since the cloud does not."""
    done = {each.name for each in by_the_cloud(cluster)}
    return tuple(each for each in checks(cluster) if each.name not in done)


def _of_hub(cluster: Cluster, hub: Hub) -> Check | Unchecked:
    asked, host = hub.uptime_check, _host(hub)
    if asked is None:
        return Unchecked(name=hub.name, owner=hub.name, reason=OFF)
    if isinstance(cluster.provider, Local):
        return Unchecked(name=hub.name, owner=hub.name, reason=LOCAL)
    if asked.address:
        host, port, path = _parts(asked.address)
        return Check(name=hub.name, owner=hub.name, host=host, port=port, path=path, status=asked.status)
    if host is None:
        return Unchecked(name=hub.name, owner=hub.name, reason=SECRET)
    base = value_of(of_hub(hub), ("jupyterhub", "hub", "baseUrl"))
    return Check(
        name=hub.name,
        owner=hub.name,
        host=host,
        path=_slashed(base) + _HEALTH,
        status=asked.status,
        # Another status is that of something before the hub, which adds no header of the hub's.
        header=_JUPYTERHUB if asked.status == UptimeCheck.status else None,
    )


def _of_support(cluster: Cluster) -> Iterator[Check | Unchecked]:
    documents = of_cluster(cluster)
    off = cluster.document.value((SUPPORT, "uptime_check")) is False
    for service, served, path, status, text in (
        ("grafana", _grafana(documents), "api/health", 200, '"database"'),
        # It is shown to nobody without a password.
        ("prometheus", _prometheus(documents), "-/healthy", 401, None),
    ):
        name = f"{SUPPORT}.{service}"  # no hub has a `.` in its name
        if served is None:
            continue
        host, below = served
        if off or is_encrypted_scalar(host):
            yield Unchecked(name=name, owner=SUPPORT, reason=OFF if off else SECRET)
        else:
            yield Check(name=name, owner=SUPPORT, host=host, path=below + path, status=status, text=text)


def _host(hub: Hub) -> str | None:
    """Return the name under which users reach a hub, None when it is encrypted."""
    hosts = value_of(of_hub(hub), (*JUPYTERHUB, "hosts"))
    if isinstance(hosts, list) and hosts:
        return None if is_encrypted_scalar(hosts[0]) else str(hosts[0])
    domain = domain_of(hub)
    return str(domain.value) if domain else None


def _grafana(documents: Sequence[Document]) -> tuple[str, str] | None:
    """Return host and path of Grafana: hosts alone are enough, see render/support/pages.py."""
    if value_of(documents, ("grafana", "ingress", "enabled")) is False:
        return None
    return _served(documents, "grafana", ("grafana", "ingress"))


def _prometheus(documents: Sequence[Document]) -> tuple[str, str] | None:
    if value_of(documents, ("prometheus", "server", "ingress", "enabled")) is not True:
        return None
    return _served(documents, "prometheus", ("prometheus", "server", "ingress"))


def _served(documents: Sequence[Document], chart: str, at: KeyPath) -> tuple[str, str] | None:
    hosts = value_of(documents, (*at, "hosts"))
    if value_of(documents, (chart, "enabled")) is False or not isinstance(hosts, list) or not hosts:
        return None
    host, slash, below = str(hosts[0]).partition("/")
    if is_encrypted_scalar(hosts[0]):
        return str(hosts[0]), "/"
    return host, _slashed(below if slash else value_of(documents, (*at, "path")))


def _slashed(path: Any) -> str:
    """Return a path with a slash at both ends."""
    inner = path.strip("/") if isinstance(path, str) else ""
    return f"/{inner}/" if inner else "/"


def _parts(address: str) -> tuple[str, int, str]:
    """Return host, port and path of an address that the schema allows."""
    authority, _, path = address.removeprefix("https://").partition("/")
    host, _, port = authority.partition(":")
    return host, int(port or 443), f"/{path}"
