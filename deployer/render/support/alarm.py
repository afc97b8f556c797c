"""Whom an alarm reaches: by its severity, and by the hub that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.render.support.inhibitions import inhibitions
from deployer.render.support.receivers import Receiver, in_words, receivers

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject

_NOBODY = "nobody"
_WATCHDOG = "watchdog"
_REPEAT = {"critical": "4h", "warning": "24h"}
_MAIL = {
    "smarthost": "smtp_smarthost",
    "from": "smtp_from",
    "username": "smtp_auth_username",
    "password": "smtp_auth_password",
    "requireTls": "smtp_require_tls",
}
"""What Alertmanager calls the keys of `alarm.mail`."""


def alarm(subject: SupportSubject) -> dict[str, Any]:
    """Send alarms to whom `alarm` names: the people of a hub, and the operator's for all hubs.

    Without any, Alertmanager shows alarms and tells nobody.
    """
    said = subject.own_value("alarm")
    if not isinstance(said, Mapping):
        return {}
    wanted = list(receivers(subject))
    watchdog = said.get("watchdog")
    config: dict[str, Any] = {
        "receivers": [{"name": _NOBODY}, *({"name": each.name, **each.integrations} for each in wanted)],
        "route": _root([_route(each) for each in wanted]),
        "inhibit_rules": inhibitions(),
        "templates": ["/etc/alertmanager/*.tmpl"],
    }
    if watchdog:
        config["receivers"].append({"name": _WATCHDOG, **in_words(watchdog)})
        config["route"]["routes"].insert(0, _to_watchdog())
    mail = said.get("mail") or {}
    server = {name: mail[key] for key, name in _MAIL.items() if key in mail}
    if server:
        config["global"] = server
    return {"prometheus": {"alertmanager": {"config": config}}}


def _route(receiver: Receiver) -> dict[str, Any]:
    """Return a route to a receiver. The operator's, which have no hub, end the way of an alarm."""
    route = {
        "matchers": receiver.matchers,
        "receiver": receiver.name,
        "repeat_interval": _REPEAT[receiver.severity],
    }
    return {**route, "continue": True} if receiver.hub else route


def _to_watchdog() -> dict[str, Any]:
    """Return the way of the alarm that is always raised: at once, and again every few minutes."""
    often = {"group_wait": "0s", "group_interval": "1m", "repeat_interval": "5m"}
    return {"matchers": ['alertname="Watchdog"'], "receiver": _WATCHDOG, **often}


def _root(routes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "receiver": _NOBODY,
        "group_by": ["alertname", "hub"],
        "group_wait": "30s",
        "group_interval": "5m",
        "routes": routes,
    }
