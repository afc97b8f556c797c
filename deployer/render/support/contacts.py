"""Whom a hub belongs to, on every alarm about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Hub
    from deployer.render.support.subject import SupportSubject

_LABEL = "contact"


def contacts(subject: SupportSubject) -> dict[str, Any]:
    """Put the address of a hub's people on alarms about it: of its technical contact, else of its owner."""
    known = [(hub, address) for hub in subject.cluster.hubs if (address := contact(hub))]
    relabel = [
        {"source_labels": ["hub"], "regex": hub.name, "target_label": _LABEL, "replacement": address}
        for hub, address in known
    ]
    if not relabel:
        return {}
    return {"prometheus": {"alertRelabelConfigs": {"alert_relabel_configs": relabel}}}


def contact(hub: Hub) -> str | None:
    """Return the mail address of a hub's technical contact, else of its owner."""
    for role in ("technical", "owner"):
        person: Mapping[str, Any] | None = hub.contacts.get(role)
        if isinstance(person, dict) and isinstance(person.get("email"), str):
            return str(person["email"])
    return None
