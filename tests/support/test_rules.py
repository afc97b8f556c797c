"""The rules by which Prometheus raises an alarm, by Prometheus' own tool, and whom Alertmanager tells."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployer.render.support import rules as topic
from deployer.render.support.subject import SupportSubject
from tests.render import fleets
from tests.support.promql import asked
from tests.support.recorded import untold

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
FILES = sorted((REPOSITORY / "helm-charts/support/files/rules").glob("*.yaml"))
RUNBOOKS = REPOSITORY / "docs/runbooks"
ALERTS: list[dict[str, Any]] = [
    rule for file in FILES for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]
]


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"not installed: {name} (run `tools/install-packages`)")
    return found


def run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, cwd=HERE)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.integration
def test_the_rules_do_what_their_tests_say() -> None:
    run(program("promtool"), "check", "rules", *map(str, FILES))
    run(program("promtool"), "test", "rules", *map(str, sorted(HERE.glob("*.test.yaml"))))


@pytest.mark.integration
def test_a_rule_that_tells_too_late_fails_its_test(tmp_path: Path) -> None:
    """The tests can fail: here the rule waits for an hour."""
    text = (REPOSITORY / "helm-charts/support/files/rules/hubs.yaml").read_text()
    (tmp_path / "hubs.yaml").write_text(text.replace("for: 5m", "for: 1h"))
    test = (HERE / "hubs.test.yaml").read_text().replace("../../helm-charts/support/files/rules/", "")
    (tmp_path / "hubs.test.yaml").write_text(test)
    argv = (program("promtool"), "test", "rules", str(tmp_path / "hubs.test.yaml"))
    assert subprocess.run(argv, capture_output=True, text=True).returncode == 1


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alarm_says_how_bad_it_is_which_hub_it_is_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning", "none")
    assert alert["labels"].get("hub") in (None, "{{ $labels.namespace }}", "{{ $labels.hub }}")
    assert set(alert["annotations"]) - {"next"} == {"summary", "description", "runbook"}
    page = REPOSITORY / alert["annotations"]["runbook"]
    assert page.parent == RUNBOOKS
    assert page.is_file()
    assert re.search(rf"\b{alert['alert']}\b.*\| {alert['labels']['severity']} \|", _row(alert["alert"]))


def _row(alert: str) -> str:
    index = (RUNBOOKS / "index.md").read_text().splitlines()
    return next(line for line in index if re.search(rf"\b{alert}\b.*\|", line))


def test_what_begins_with_a_hub_is_about_it() -> None:
    """Alarms about the cluster as a whole have no hub, and reach the operator only."""
    about = [
        alert for alert in ALERTS if alert["annotations"]["summary"].startswith("{{ $labels.namespace }}:")
    ]
    assert [alert["alert"] for alert in about if "hub" not in alert["labels"]] == []


def test_every_alarm_has_a_case_in_which_it_must_not_come() -> None:
    tests = [yaml.safe_load(file.read_text()) for file in HERE.glob("*.test.yaml")]
    cases = [case for test in tests for each in test["tests"] for case in each["alert_rule_test"]]
    quiet = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    assert {alert["alert"] for alert in ALERTS} - quiet == {"Watchdog"}


def test_every_alarm_is_raised_in_a_test_and_every_page_belongs_to_one() -> None:
    tests = [yaml.safe_load(file.read_text()) for file in HERE.glob("*.test.yaml")]
    cases = [case for test in tests for each in test["tests"] for case in each["alert_rule_test"]]
    raised = {case["alertname"] for case in cases if case.get("exp_alerts")}
    assert raised == {alert["alert"] for alert in ALERTS}
    pages = {Path(alert["annotations"]["runbook"]).name for alert in ALERTS}
    assert {page.name for page in RUNBOOKS.glob("*.md")} == pages | {"index.md"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alarm_asks_for_what_programs_tell(alert: dict[str, Any]) -> None:
    """Else it would never be raised, and nobody would notice."""
    assert asked(alert["expr"]) or alert["alert"] == "Watchdog"
    assert untold(alert["expr"]) == []


def test_a_rule_about_what_nobody_tells_is_noticed() -> None:
    expr = 'sum by (pod, colour) (kube_pod_info{shape="round"}) > no_such_metric'
    assert untold(expr) == ["no_such_metric", "kube_pod_info{shape}", "colour"]


def test_kube_state_metrics_looks_at_what_rules_ask_for() -> None:
    """It tells only of listed kinds of objects, and of listed labels."""
    values = yaml.safe_load((REPOSITORY / "helm-charts/support/values.yaml").read_text())
    exporter = values["prometheus"]["kube-state-metrics"]
    text = "\n".join(alert["expr"] for alert in ALERTS)
    kinds = {f"{kind}s" for kind in re.findall(r"\bkube_([a-z]+)_", text)}
    assert kinds <= set(exporter["collectors"])
    of_pods = next(each for each in exporter["metricLabelsAllowlist"] if each.startswith("pods="))
    labels = set(re.findall(r"\blabel_([a-z]+)=", text)) - {"replace"}
    assert labels <= set(of_pods.removeprefix("pods=[").removesuffix("]").split(","))


def test_what_is_computed_has_every_rule() -> None:
    files = {f"rules/{file.name}": file.read_text() for file in FILES}
    subject = SupportSubject(cluster=fleets.cluster("gcp"), own={}, chart_files=files)
    groups = topic.rules(subject)["prometheus"]["serverFiles"]["alerting_rules.yml"]["groups"]
    assert [rule["alert"] for group in groups for rule in group["rules"]] == [
        alert["alert"] for alert in ALERTS
    ]
