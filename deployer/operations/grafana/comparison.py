"""What the central Grafana has, beside what the fleet says: which clusters to connect, which to remove.

No key is needed: a password that was changed is not seen, but connecting again is always right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.operations.charts_at_hand import Charts
from deployer.operations.grafana.central import central
from deployer.operations.grafana.data_sources import PREFIX, foreign, uid
from deployer.operations.grafana.prometheus import NotKnown, NotShown, prometheus
from deployer.tools.grafana import Grafana

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.fleet.model import Cluster, Fleet
    from deployer.session import Session

CONNECT, DISCONNECT = "connect", "disconnect"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A cluster, or what is left of one. `action` is the command that makes Grafana be as the fleet says.

    `prometheus` is where it is shown now, `registered` where Grafana asks; None when there is no such thing.
    """

    cluster: str
    state: str
    prometheus: str | None = None
    registered: str | None = None
    action: str | None = None
    reason: str | None = None

    def plain(self) -> dict[str, str | None]:
        """Return it as plain data (grafana-list.schema.json)."""
        return {
            "cluster": self.cluster,
            "state": self.state,
            "prometheus": self.prometheus,
            "registered": self.registered,
            "action": self.action,
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All clusters of the fleet, then what is left of others, in alphabetical order each."""

    grafana: str
    clusters: tuple[Compared, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as plain data (grafana-list.schema.json)."""
        return {"grafana": self.grafana, "clusters": [each.plain() for each in self.clusters]}


def compare(session: Session, fleet: Fleet) -> Comparison:
    """Compare the fleet with the data sources of its central Grafana.

    Raises:
        DeployerError: Grafana can't be asked.
    """
    there = central(session, fleet)
    known = there.ask(Grafana.data_sources)
    charts = Charts(session=session, root=fleet.root, download=False)
    ours = {each["uid"]: each for each in known if each["uid"].startswith(PREFIX)}
    compared = []
    for cluster in fleet.clusters:
        session.interruption.check()
        registered = ours.pop(uid(cluster.name), {}).get("url")
        compared.append(_compared(session, charts, cluster, known, registered))
    left = sorted((name.removeprefix(PREFIX), each.get("url")) for name, each in ours.items())
    compared += [
        Compared(
            cluster=name,
            state="gone",
            registered=url,
            action=DISCONNECT,
            reason="the fleet has no such cluster",
        )
        for name, url in left
    ]
    return Comparison(grafana=there.grafana.url, clusters=tuple(compared))


def _compared(
    session: Session,
    charts: Charts,
    cluster: Cluster,
    known: Iterable[Mapping[str, Any]],
    registered: str | None,
) -> Compared:
    try:
        shown = prometheus(session, charts, cluster, decrypt=False).url
    except NotKnown as error:
        return Compared(cluster=cluster.name, state="unknown", registered=registered, reason=error.message)
    except NotShown as error:
        action = DISCONNECT if registered else None
        return Compared(
            cluster=cluster.name,
            state="not-shown",
            registered=registered,
            action=action,
            reason=error.reason,
        )
    other = foreign(known, cluster.name)
    if other:
        reason = f"the name is taken by a data source that is not ours: uid {other['uid']}"
        return Compared(
            cluster=cluster.name, state="taken", prometheus=shown, registered=registered, reason=reason
        )
    state = "connected" if registered == shown else "changed" if registered else "not-connected"
    return Compared(
        cluster=cluster.name,
        state=state,
        prometheus=shown,
        registered=registered,
        action=None if state == "connected" else CONNECT,
    )
