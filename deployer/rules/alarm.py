"""Whether alarms can be raised, and reach whom they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from deployer.fleet.rule import Finding, Rule, described, rule
from deployer.fleet.spelling import near
from deployer.fleet.violations import shown
from deployer.render.paths import look_up
from deployer.rules.values.parts.shapes import mapping
from deployer.tools.promtool import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import ReleaseValues
    from deployer.tools.process import Runner

_ALARM = "alarm"
_FILES = ("prometheus", "serverFiles")
_OF_SERVER = ("smarthost", "from")


@rule()
def alarm_receiver(release: ReleaseValues) -> Iterator[Finding]:
    """Want a server for mails about alarms, and hubs that there are.

    Alertmanager refuses its whole configuration when one mail has no server to go through: then nobody is
    told of anything. The people of a hub that has another name are told of nothing either.
    """
    yield from _without_server(release)
    yield from _without_hub(release)


@rule("warning")
def alarms_replaced(release: ReleaseValues) -> Iterator[Finding]:
    """Question rules of alarms that take the place of all those of the chart.

    A list replaces the one below it. Rules of one's own belong into another file that Prometheus reads.
    """
    at = (*_FILES, "alerting_rules.yml", "groups")
    if any(where == at for where, _ in own_groups(release)):
        message = "replaces all alarms of the chart: put your own into `recording_rules.yml` beside it"
        yield release.finding(at, f"`{shown(at)}` {message}")


def alarm_rule(runner: Runner) -> Rule[ReleaseValues]:
    """Return a rule about rules of alarms in the cluster's own files, which asks promtool."""

    def find(release: ReleaseValues) -> Iterator[Finding]:
        for at, groups in own_groups(release):
            for refusal in refusals(runner, yaml.safe_dump({"groups": groups})) or ():
                yield release.finding(at, f"Prometheus refuses `{shown(at)}`: {refusal}")

    return described(ALARM_RULE.id, ALARM_RULE.summary, find=find)


def own_groups(release: ReleaseValues) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the groups of rules that the cluster's own files have, each list with its path."""
    for name in mapping(release.value(*_FILES)):
        at = (*_FILES, name, "groups")
        groups = look_up(release.merged.values, at)
        if groups and release.merged.origin_path(at)[0].kind == "file":
            yield at, groups


ALARM_RULE: Rule[Any] = described(
    "alarm-rule",
    """Want Prometheus to take the rules of alarms in the cluster's own files.

    It would go on with the rules from before, and not start again. promtool says so, where it is installed.
    """,
)
RULES = (alarm_receiver, alarms_replaced)


def _without_server(release: ReleaseValues) -> Iterator[Finding]:
    server = mapping(release.value(_ALARM, "mail"))
    for at, mail in _mails(release):
        missing = [key for key in _OF_SERVER if not mail.get(key) and not server.get(key)]
        if missing:
            names = " and ".join(f"`{key}`" for key in missing)
            yield release.finding(at, f"`{shown(at)}` has no {names}: say it there or in `alarm.mail`")


def _mails(release: ReleaseValues) -> Iterator[tuple[KeyPath, Any]]:
    """Yield every mail that `alarm` asks for, with its path."""
    for at, values in release.maps:
        listed = values.get("email_configs") if at[:1] == (_ALARM,) else None
        for index, mail in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(mail, dict):
                yield (*at, "email_configs", index), mail


def _without_hub(release: ReleaseValues) -> Iterator[Finding]:
    names = [hub.name for hub in release.cluster.hubs]
    for name in mapping(release.value(_ALARM, "hubs")):
        if name not in names:
            close = near(name, names)
            advice = f"did you mean `{close}`?" if close else f"hubs here: {', '.join(sorted(names))}"
            at = (_ALARM, "hubs", name)
            yield release.finding(at, f"`{shown(at)}` is no hub of this cluster: {advice}")
