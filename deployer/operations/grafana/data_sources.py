"""Data sources of the central Grafana: what we make there, and what is ours to change and to remove.

Ours are those with a uid of ours. Everything else is somebody's work and left alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.charts_at_hand import Charts
from deployer.operations.grafana.central import central
from deployer.operations.grafana.prometheus import prometheus
from deployer.tools.grafana import Grafana

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.fleet.model import Cluster, Fleet
    from deployer.operations.grafana.prometheus import Prometheus
    from deployer.session import Session

PREFIX = "deployer-"
"""How each uid of ours begins."""
_LONGEST_UID = 40
_HASH = 8


@dataclass(frozen=True, kw_only=True)
class Connected:
    """A cluster that the Grafana at `grafana` knows; `trouble` is why it gets no answer from there."""

    cluster: str
    grafana: str
    prometheus: str
    new: bool
    trouble: str | None


def connect(session: Session, fleet: Fleet, cluster: Cluster) -> Connected:
    """Make a cluster's Prometheus a data source of the central Grafana, or make ours be as it is now.

    Raises:
        NotShown: it can't be asked from outside.
        DeployerError: Grafana can't be asked, or somebody else has such a data source.
    """
    charts = Charts(session=session, root=fleet.root, download=False)
    shown = prometheus(session, charts, cluster, decrypt=True)
    there = central(session, fleet, secrets=(shown.password,))
    known = there.ask(Grafana.data_sources)
    before = _ours(known, cluster.name)
    _check_name(known, cluster.name)
    wanted = _source(cluster.name, shown, before)
    there.ask(lambda grafana: grafana.update(wanted) if before else grafana.add(wanted))
    return Connected(
        cluster=cluster.name,
        grafana=there.grafana.url,
        prometheus=shown.url,
        new=before is None,
        trouble=there.ask(lambda grafana: grafana.trouble(wanted["uid"])),
    )


def disconnect(session: Session, fleet: Fleet, cluster: str) -> bool:
    """Remove our data source for a cluster, which may be gone from the fleet; say whether there was one.

    Raises:
        DeployerError: Grafana can't be asked, or what is there was made by somebody else.
    """
    there = central(session, fleet)
    known = there.ask(Grafana.data_sources)
    if _ours(known, cluster) is None:
        _check_name(known, cluster)
        return False
    there.ask(lambda grafana: grafana.remove(uid(cluster)))
    return True


def uid(cluster: str) -> str:
    """Return the uid of our data source for a cluster: always the same, and no longer than Grafana takes."""
    whole = PREFIX + cluster
    if len(whole) <= _LONGEST_UID:
        return whole
    end = "-" + hashlib.sha256(cluster.encode()).hexdigest()[:_HASH]
    return whole[: _LONGEST_UID - len(end)] + end


def foreign(known: Iterable[Mapping[str, Any]], cluster: str) -> Mapping[str, Any] | None:
    """Return the data source that has a cluster's name and is not ours: Grafana takes a name once."""
    return next((each for each in known if each["name"] == cluster and each["uid"] != uid(cluster)), None)


def _ours(known: Iterable[Mapping[str, Any]], cluster: str) -> Mapping[str, Any] | None:
    found = next((each for each in known if each["uid"] == uid(cluster)), None)
    if found and found.get("readOnly"):
        raise DeployerError(
            f"the data source {found['uid']} comes from a file of Grafana's own, which we can't change",
            hint="remove it where Grafana is provisioned from",
        )
    return found


def _check_name(known: Iterable[Mapping[str, Any]], cluster: str) -> None:
    other = foreign(known, cluster)
    if other:
        raise DeployerError(
            f"a data source of the name {cluster} is there, which we did not make: uid {other['uid']}",
            hint=f"give it another name in Grafana, or remove it there; ours has the uid {uid(cluster)}",
        )


def _source(cluster: str, shown: Prometheus, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the data source; what people set beside that in Grafana stays, since an update replaces all."""
    kept = before or {}
    return {
        "uid": uid(cluster),
        "name": cluster,
        "type": "prometheus",
        "access": "proxy",
        "url": shown.url,
        "basicAuth": True,
        "basicAuthUser": shown.username,
        "secureJsonData": {"basicAuthPassword": shown.password},
        "isDefault": bool(kept.get("isDefault")),
        "jsonData": {"httpMethod": "POST", **(kept.get("jsonData") or {})},
    }
