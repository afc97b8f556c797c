"""Who is told of an alarm: receivers of Alertmanager, made of what `alarm` and cluster.yaml say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.render.support.contacts import contact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Hub
    from deployer.render.support.subject import SupportSubject

SEVERITIES = ("critical", "warning")
_SUBJECT = '{{ template "alarm.subject" . }}'
_TEXT = '{{ template "alarm.text" .Alerts }}'
_WORDS: Mapping[str, Mapping[str, Any]] = {
    "email_configs": {"headers": {"Subject": _SUBJECT}, "html": "", "text": _TEXT, "send_resolved": True},
    "pagerduty_configs": {
        "description": _SUBJECT,
        "severity": "{{ .CommonLabels.severity }}",
        "details": {"firing": '{{ template "alarm.text" .Alerts.Firing }}'},
    },
    "slack_configs": {"title": _SUBJECT, "text": _TEXT, "send_resolved": True},
}
"""What a message says, in the chart's templates (files/alarm.tmpl), unless the receiver says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who is told of alarms of a severity: of those about one hub, or of all."""

    severity: str
    hub: str | None = None
    integrations: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What Alertmanager calls it."""
        return f"{self.hub or 'all'}/{self.severity}"

    @property
    def matchers(self) -> list[str]:
        """Which alarms it gets."""
        about = [f'hub="{self.hub}"'] if self.hub else []
        return [*about, f'severity="{self.severity}"']


def receivers(subject: SupportSubject) -> Iterator[Receiver]:
    """Yield those of hubs, by name, then the operator's."""
    said = subject.own_value("alarm")
    for hub, people in sorted(_of_hubs(subject).items()):
        for severity in SEVERITIES:
            if people.get(severity):
                yield Receiver(severity=severity, hub=hub, integrations=in_words(people[severity]))
    for severity in SEVERITIES:
        if said.get(severity):
            yield Receiver(severity=severity, integrations=in_words(said[severity]))


def in_words(integrations: Mapping[str, Any]) -> dict[str, Any]:
    """Return integrations with the words of the chart's templates where they have none of their own."""
    return {
        kind: [{**_WORDS.get(kind, {}), **each} for each in listed if isinstance(each, Mapping)]
        for kind, listed in integrations.items()
        if isinstance(listed, list)
    }


def _of_hubs(subject: SupportSubject) -> dict[str, dict[str, Any]]:
    """Return the integrations of each hub by severity: those of `alarm.hubs`, and mail to its contact."""
    said = subject.own_value("alarm", "hubs")
    found = {name: dict(each) for name, each in dict(said or {}).items() if isinstance(each, Mapping)}
    for severity in subject.own_value("alarm", "mail", "contacts") or ():
        for hub in subject.cluster.hubs:
            people = found.setdefault(hub.name, {})
            people[severity] = _with_mail(hub, people.get(severity) or {})
    return found


def _with_mail(hub: Hub, integrations: Mapping[str, Any]) -> dict[str, Any]:
    address = contact(hub)
    if address is None:
        return dict(integrations)
    mails = [*integrations.get("email_configs", []), {"to": address}]
    return {**integrations, "email_configs": mails}
