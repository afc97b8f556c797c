"""Where people see Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject


def pages(subject: SupportSubject) -> dict[str, Any]:
    """Serve Grafana at the hosts that are said for it; without any it is for port-forwards only."""
    hosts = subject.own_value("grafana", "ingress", "hosts")
    if not hosts:
        return {}
    ingress: dict[str, Any] = {"enabled": True}
    if not subject.own_value("grafana", "ingress", "tls"):
        ingress["tls"] = [{"secretName": "grafana-tls", "hosts": list(hosts)}]
    # Who logs in elsewhere comes back to that address.
    server = {"root_url": f"https://{hosts[0]}/"}
    return {"grafana": {"ingress": ingress, "grafana.ini": {"server": server}}}
