"""What clusters say about their Kubernetes, and when their clouds stop to support it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from deployer.fleet.load import load, select_cluster
from deployer.fleet.schema_files import whole
from deployer.operations.infra.versions import offers
from deployer.operations.infra.versions import version as look

if TYPE_CHECKING:
    from pathlib import Path

CLOUDS = {
    "aws": 'aws: {account: "123456789012", clusterName: alps, region: us-west-2}',
    "azure": "azure: {resource_group: alps, cluster: alps}",
    "gcp": "gcp: {project: alps, cluster: alps, zone: us-central1-b}",
    "local": "",
}


def cluster(root: Path, provider: str, *lines: str, outputs: str = "", org: str = "") -> None:
    directory = root / "config/clusters/alps"
    directory.mkdir(parents=True)
    head = ["schema: 2", "name: alps", f"provider: {provider}", CLOUDS[provider], "hubs: []"]
    (directory / "cluster.yaml").write_text("\n".join([*head, *lines, ""]), encoding="utf-8")
    if outputs:
        (directory / "outputs.yaml").write_text(outputs, encoding="utf-8")
    if org:
        text = f'name: A\ndefaults: {{kubernetes_version: "{org}"}}\n'
        (root / "config/org.yaml").write_text(text, encoding="utf-8")


def looked(root: Path, today: date, within: int = 60) -> dict[str, Any]:
    fleet, problems = load(root)
    assert not problems
    plain = look(select_cluster(fleet, "alps"), today, within=within).plain()
    said = {"clusters": [plain], "failed": [], "offered": [each.plain() for each in offers(today)]}
    assert not list(Draft7Validator(whole("infra-versions")).iter_errors(said))
    return plain


INFRASTRUCTURE = 'infrastructure: {kubernetes_version: "1.34"}'
CLUSTER = 'kubernetes_version: "1.33"'
THEN = "then there is extended support, which costs more, until 2027-12-02"
LONG = "long-term support, where it is enabled,"
UNKNOWN = "we have no date of its extended support, in the Extended channel"
OUTPUTS = "cluster: {version: '1.32'}\n"


@pytest.mark.parametrize(
    ("lines", "outputs", "said"),
    [
        (
            [INFRASTRUCTURE, CLUSTER],
            OUTPUTS,
            [("outputs.yaml", "1.32"), ("infrastructure", "1.34"), ("cluster.yaml", "1.33")],
        ),
        ([INFRASTRUCTURE, CLUSTER], "", [("infrastructure", "1.34"), ("cluster.yaml", "1.33")]),
        ([CLUSTER], "", [("cluster.yaml", "1.33")]),
        (["infrastructure: {}"], OUTPUTS, [("outputs.yaml", "1.32"), ("org.yaml", "1.31")]),
        (["infrastructure: {}"], "cluster: {name: alps}\n", [("org.yaml", "1.31")]),
        ([], "", [("org.yaml", "1.31")]),
    ],
)
def test_what_runs_counts_before_what_is_asked_for(
    tmp_path: Path, lines: list[str], outputs: str, said: list[tuple[str, str]]
) -> None:
    cluster(tmp_path, "aws", *lines, outputs=outputs, org="1.31")
    found = looked(tmp_path, date(2026, 1, 1))
    assert [(each["where"], each["version"]) for each in found["said"]] == said
    assert found["version"] == said[0][1]


def test_a_cluster_that_says_nothing_has_no_version(tmp_path: Path) -> None:
    cluster(tmp_path, "gcp")
    assert looked(tmp_path, date(2026, 1, 1)) == {
        "cluster": "alps",
        "provider": "gcp",
        "version": None,
        "said": [],
        "support": None,
        "warnings": [],
    }


def test_versions_that_differ_are_told(tmp_path: Path) -> None:
    cluster(tmp_path, "local", INFRASTRUCTURE, CLUSTER)
    assert looked(tmp_path, date(2026, 1, 1))["warnings"] == [
        "alps: infrastructure says Kubernetes 1.34, and cluster.yaml says 1.33"
    ]


@pytest.mark.parametrize(
    ("provider", "version", "today", "state", "warning"),
    [
        ("aws", "1.34", date(2026, 10, 2), "standard", None),
        (
            "aws",
            "1.34",
            date(2026, 10, 3),
            "standard",
            f"EKS's support of Kubernetes 1.34 ends in 60 days, on 2026-12-02; {THEN}",
        ),
        (
            "aws",
            "1.34",
            date(2026, 12, 1),
            "standard",
            f"EKS's support of Kubernetes 1.34 ends tomorrow, on 2026-12-02; {THEN}",
        ),
        (
            "azure",
            "1.33",
            date(2026, 11, 28),
            "extended",
            f"AKS's support of Kubernetes 1.33 has ended on 2026-07-31; {LONG} lasts until 2027-07-31",
        ),
        (
            "azure",
            "1.31",
            date(2026, 11, 28),
            "extended",
            f"AKS's support of Kubernetes 1.31 has ended on 2025-11-01; {LONG} ends in 2 days, on 2026-11-30",
        ),
        (
            "azure",
            "1.31",
            date(2026, 12, 1),
            "ended",
            "AKS's support of Kubernetes 1.31 has ended on 2026-11-30",
        ),
        (
            "gcp",
            "1.35",
            date(2027, 4, 11),
            "standard",
            "GKE's support of Kubernetes 1.35 ends today, on 2027-04-11",
        ),
        (
            "gcp",
            "1.33",
            date(2026, 11, 28),
            "ended",
            f"GKE's support of Kubernetes 1.33 has ended on 2026-08-03; {UNKNOWN}",
        ),
    ],
)
def test_the_end_of_support_is_told_in_time(
    tmp_path: Path, provider: str, version: str, today: date, state: str, warning: str | None
) -> None:
    cluster(tmp_path, provider, f'kubernetes_version: "{version}"')
    found = looked(tmp_path, today)
    assert found["support"]["state"] == state
    assert found["warnings"] == ([f"alps: {warning}"] if warning else [])


def test_how_soon_is_soon_can_be_said(tmp_path: Path) -> None:
    cluster(tmp_path, "aws", INFRASTRUCTURE)
    assert looked(tmp_path, date(2026, 11, 28), within=3)["warnings"] == []
    assert len(looked(tmp_path, date(2026, 11, 28), within=4)["warnings"]) == 1
