"""Whom Alertmanager tells, by its own tool: of each severity, about each hub, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.render.support.alarm import alarm
from deployer.render.support.subject import SupportSubject
from tests.render import fleets
from tests.support.test_rules import ALERTS, REPOSITORY, program, run

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = """\
critical: {pagerduty_configs: [{routing_key: key}]}
warning: {slack_configs: [{api_url: "http://127.0.0.1/slack"}]}
watchdog: {webhook_configs: [{url: "http://127.0.0.1/watchdog"}]}
mail: {smarthost: "127.0.0.1:25", from: a@example.org, contacts: [critical]}
hubs:
  maths: {critical: {webhook_configs: [{url: "http://127.0.0.1/maths"}]}}
  physics: {warning: {webhook_configs: [{url: "http://127.0.0.1/physics"}]}}
"""
HUBS: dict[str, dict[str, Any]] = {
    "maths": {"technical": {"name": "T", "email": "maths@example.org"}},
    "law": {"owner": {"name": "O", "email": "law@example.org"}},
    "physics": {},
}


def configuration(text: str) -> dict[str, Any]:
    hubs = [fleets.hub(name=name, contacts=contacts) for name, contacts in HUBS.items()]
    subject = SupportSubject(cluster=fleets.cluster("gcp", *hubs), own={"alarm": yaml.safe_load(text)})
    found: dict[str, Any] = alarm(subject)["prometheus"]["alertmanager"]["config"]
    return found


def receiver(config: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the integrations of a receiver, without the words that all have."""
    found: dict[str, Any] = next(each for each in config["receivers"] if each["name"] == name)
    own = ("to", "url", "routing_key", "api_url")
    return {
        kind: [{key: value for key, value in each.items() if key in own} for each in listed]
        for kind, listed in found.items()
        if kind != "name"
    }


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    path = tmp_path / "alertmanager.yml"
    config = {**configuration(PEOPLE), "templates": [str(REPOSITORY / "helm-charts/support/files/*.tmpl")]}
    path.write_text(yaml.safe_dump(config))
    return path


@pytest.mark.integration
@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (("hub=maths", "severity=critical"), "maths/critical,all/critical"),
        (("hub=maths", "severity=warning"), "all/warning"),
        (("hub=physics", "severity=critical"), "all/critical"),
        (("hub=physics", "severity=warning"), "physics/warning,all/warning"),
        (("hub=law", "severity=critical"), "law/critical,all/critical"),
        (("hub=support", "severity=critical"), "all/critical"),
        (("hub=maths",), "nobody"),
        (("alertname=Watchdog", "severity=none"), "watchdog"),
    ],
)
def test_an_alarm_reaches_the_hubs_people_and_the_operators(
    routes: Path, labels: tuple[str, ...], receivers: str
) -> None:
    argv = (program("amtool"), "config", "routes", "test", f"--config.file={routes}")
    run(*argv, f"--verify.receivers={receivers}", *labels)


def test_every_alarm_reaches_whom_its_severity_names(routes: Path) -> None:
    """No alarm has a severity that no route knows."""
    names = {each["receiver"] for each in yaml.safe_load(routes.read_text())["route"]["routes"]}
    wanted = {alert["labels"]["severity"] for alert in ALERTS} - {"none"}
    assert {f"all/{severity}" for severity in wanted} | {"watchdog"} <= names


@pytest.mark.integration
def test_alertmanager_takes_the_configuration_and_its_templates(routes: Path) -> None:
    told = run(program("amtool"), "check-config", str(routes))
    assert "1 templates" in told
    assert "7 receivers" in told


def test_the_contact_of_a_hub_gets_mail_beside_those_whom_the_hub_has_in_the_values() -> None:
    config = configuration(PEOPLE)
    assert receiver(config, "maths/critical") == {
        "webhook_configs": [{"url": "http://127.0.0.1/maths"}],
        "email_configs": [{"to": "maths@example.org"}],
    }
    assert receiver(config, "law/critical") == {"email_configs": [{"to": "law@example.org"}]}
    assert receiver(config, "physics/warning") == {"webhook_configs": [{"url": "http://127.0.0.1/physics"}]}
    names = [each["name"] for each in config["receivers"]]
    assert not {"physics/critical", "maths/warning", "law/warning"} & set(names)


def test_the_server_of_mails_is_said_once() -> None:
    mail = "mail: {smarthost: 'mx:25', from: a@b, username: u, password: p, requireTls: false}"
    assert configuration(mail)["global"] == {
        "smtp_smarthost": "mx:25",
        "smtp_from": "a@b",
        "smtp_auth_username": "u",
        "smtp_auth_password": "p",
        "smtp_require_tls": False,
    }
    assert "global" not in configuration("critical: {webhook_configs: [{url: 'http://a'}]}")


def test_a_receiver_keeps_its_own_words() -> None:
    config = configuration("critical: {slack_configs: [{api_url: 'http://a', title: Ours}]}")
    (slack,) = next(each for each in config["receivers"] if each["name"] == "all/critical")["slack_configs"]
    assert (slack["title"], slack["text"]) == ("Ours", '{{ template "alarm.text" .Alerts }}')


def test_without_anybody_alertmanager_tells_nobody() -> None:
    found = configuration("{}")
    assert (found["receivers"], found["route"]["routes"]) == ([{"name": "nobody"}], [])
