"""What a deploy refuses in a window of `freeze`, and what it leaves alone."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.load import load_fleet, select_cluster
from deployer.operations.deploy import plan as operation
from deployer.operations.deploy.outcome import Outcome, Upgraded
from deployer.operations.deploy.plan import Plan, carry_out, plan
from deployer.operations.deploy.upgrade import Options
from tests.charts.making import write_mirror
from tests.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster, Fleet
    from deployer.operations.deploy.upgrade import Upgrade
    from deployer.session import Session

CLUSTER = """\
name: campus
provider: local
kubernetes_version: "1.34"
{cluster}
support: {{}}
hubs:
  - name: exam
    domain: exam.example.org
    helm_chart: basehub
    helm_chart_values_files: []
    freeze: [{{from: 2026-11-28, until: 2026-12-01T18:00+01:00, reason: exams}}]
  - name: research
    domain: research.example.org
    helm_chart: basehub
    helm_chart_values_files: []
"""
CLOSED = "freeze: [{from: 2026-11-28, until: 2026-12-24T12:00Z, reason: nobody is there}]"
DEFAULT = Options()
OVERRIDING = Options(override_freeze=True)
LATER = NOW + timedelta(days=30)
LEFT = (
    "support: left alone: hub `exam` is frozen until 2026-12-01 17:00 UTC (exams); "
    "`--override-freeze` deploys it where it is missing or changed"
)


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session that finds every chart."""
    return replace(session, chart_mirror=write_mirror(tmp_path / "mirror"))


def loaded(tmp_path: Path, cluster: str = "") -> tuple[Fleet, Cluster]:
    directory = tmp_path / "fleet/config/clusters/campus"
    directory.mkdir(parents=True)
    (directory / "cluster.yaml").write_text(CLUSTER.format(cluster=cluster))
    fleet = load_fleet(tmp_path / "fleet", state=tmp_path / "state")
    return fleet, select_cluster(fleet, "campus")


def planned(session: Session, found: tuple[Fleet, Cluster], options: Options = DEFAULT) -> Plan:
    fleet, cluster = found
    return plan(session, fleet, cluster, cluster.hubs, options, first=[cluster.support])


def names(asked: Plan) -> list[str]:
    return [release.owner.name for release in asked.all]


def test_a_frozen_hub_is_refused_the_support_left_alone_and_others_go_on(
    session: Session, tmp_path: Path
) -> None:
    asked = planned(session, loaded(tmp_path))
    assert names(asked) == ["research"]
    (refused,) = asked.refused
    assert (refused.hub, refused.error, refused.hint) == (
        "exam",
        "not deployed: hub `exam` is frozen until 2026-12-01 17:00 UTC (exams)",
        "wait until then; with `--override-freeze` it is deployed all the same",
    )
    (left,) = asked.left_alone
    assert left == Outcome(
        hub="support", host="", ok=True, seconds=0, left_alone="frozen", freeze=refused.freeze
    )
    assert LEFT in asked.notices()


def test_in_a_window_of_the_cluster_nothing_is_deployed_and_the_cluster_is_not_asked(
    session: Session, tmp_path: Path
) -> None:
    fleet, cluster = loaded(tmp_path, CLOSED)
    asked = planned(session, (fleet, cluster))
    assert names(asked) == []
    outcomes = carry_out(session, fleet, asked)
    assert [(each.hub, each.ok, each.left_alone) for each in outcomes] == [
        ("exam", False, None),
        ("research", False, None),
        ("support", True, "frozen"),
    ]
    assert outcomes[1].error == "not deployed: frozen until 2026-12-24 12:00 UTC (nobody is there)"
    assert outcomes[1].summary()["freeze"] == {
        "hub": None,
        "from": "2026-11-27T10:00:00+00:00",
        "until": "2026-12-24T12:00:00+00:00",
        "reason": "nobody is there",
    }


def test_the_support_that_is_asked_for_is_refused_while_any_hub_is_frozen(
    session: Session, tmp_path: Path
) -> None:
    fleet, cluster = loaded(tmp_path)
    (refused,) = plan(session, fleet, cluster, [cluster.support], Options()).refused
    said = "not deployed: hub `exam` is frozen until 2026-12-01 17:00 UTC (exams)"
    assert (refused.hub, refused.error) == ("support", said)


def test_what_is_overridden_is_deployed_told_and_recorded(session: Session, tmp_path: Path) -> None:
    asked = planned(session, loaded(tmp_path), OVERRIDING)
    assert (names(asked), asked.refused, asked.left_alone) == (["support", "exam", "research"], (), ())
    window = asked.releases[0].freeze
    assert window
    assert [each.freeze for each in asked.all] == [window, window, None]
    said = f"{window}: overridden"
    assert [each for each in asked.notices() if "frozen" in each] == [f"support: {said}", f"exam: {said}"]


def test_the_report_of_what_was_deployed_has_the_window(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet, cluster = loaded(tmp_path)
    asked = plan(session, fleet, cluster, cluster.hubs, OVERRIDING)

    def upgrade(work: Upgrade) -> Upgraded:
        if work.owner.name == "research":
            return Upgraded(revision=7)
        raise DeployerError("did not come up")

    monkeypatch.setattr(operation, "find_helm", lambda _programs: None)
    monkeypatch.setattr(operation, "connected", lambda _session, _cluster: nullcontext())
    monkeypatch.setattr(operation, "upgrade", upgrade)
    exam, research = carry_out(session, fleet, asked)
    assert (exam.ok, exam.freeze) == (False, cluster.hubs[0].freezes[0])
    assert (research.ok, research.freeze) == (True, None)


def test_after_a_window_all_is_as_without_it(session: Session, tmp_path: Path) -> None:
    asked = planned(replace(session, clock=lambda: LATER), loaded(tmp_path, CLOSED))
    assert (names(asked), asked.refused, asked.left_alone) == (["support", "exam", "research"], (), ())
    assert not [each for each in asked.notices() if "frozen" in each]
