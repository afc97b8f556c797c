"""What is said of clusters' clouds beside their limits: names, quotas, and where data goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fleet.rules.fleets import CAMPUS, told

if TYPE_CHECKING:
    from pathlib import Path

HUB = """
hubs:
  - name: research
    domain: research.example.org
    helm_chart: basehub
    helm_chart_values_files: [research.values.yaml]
"""
AWS = """\
name: campus
provider: aws
aws: {account: "123456789012", clusterName: campus, region: us-west-2}
"""
GOOGLE = """\
name: campus
provider: gcp
gcp: {project: campus, cluster: campus, region: europe-west1}
"""


def fleet(root: Path, cluster: str, values: str = "{}\n") -> Path:
    directory = (root / CAMPUS).parent
    directory.mkdir(parents=True)
    (root / CAMPUS).write_text(cluster)
    (directory / "research.values.yaml").write_text(values)
    return root


@pytest.mark.parametrize(
    ("machine", "message"),
    [
        ("r6i.xlarge", ""),
        ("i4i.xlarge", ""),
        ("r6i.13xlarge", "unknown machine type: r6i.13xlarge; did you mean `r6i."),
        ("r66i.xlarge", "unknown machine type: r66i.xlarge; did you mean `"),
        ("xlarge", "unknown machine type: xlarge; "),
        ("Standard_E4s_v5", "Standard_E4s_v5 is a machine type of Azure, and the cluster is on AWS"),
    ],
)
def test_machine_types_are_those_of_the_cloud(tmp_path: Path, machine: str, message: str) -> None:
    """Of a family that we know by name only nothing is said: its machines may well be."""
    text = f"{AWS}infrastructure: {{node_pools: {{core: {{machine: {machine}}}}}}}\n"
    found = told(fleet(tmp_path, text), "cloud-names")
    assert len(found) == bool(message)
    assert all(each.startswith(f"4: node pool core: {message}") for each in found)


@pytest.mark.parametrize(
    ("machine", "message"),
    [
        ("n2-highmem-4", ""),
        ("m3-megamem-128", ""),
        ("n2-custom-4-16384", ""),
        ("n2-higmem-4", "did you mean `n2-highmem-4`?"),
    ],
)
def test_machine_types_of_google_are_known_by_their_family(
    tmp_path: Path, machine: str, message: str
) -> None:
    text = f"{GOOGLE}infrastructure: {{node_pools: {{core: {{machine: {machine}}}}}}}\n"
    found = told(fleet(tmp_path, text), "cloud-names")
    assert len(found) == bool(message)
    assert all(message in each for each in found)


@pytest.mark.parametrize(
    ("cluster", "values", "found"),
    [
        (AWS, "a: 123456789012.dkr.ecr.us-east-1.amazonaws.com/x\n", ["us-east-1"]),
        (AWS, "a: 123456789012.dkr.ecr.us-west-2.amazonaws.com/x\n", []),
        (AWS, "a: https://s3.us-east-1.amazonaws.com/x\n", ["us-east-1"]),
        (AWS, "a: https://data.s3-us-east-1.amazonaws.com/x\n", ["us-east-1"]),
        (AWS, "a: https://s3.amazonaws.com/x\n", []),
        (AWS, "AWS_REGION: us-east-1\n", ["us-east-1"]),
        (AWS, "note: us-east-1\n", []),
        (AWS, "a: us-central1-docker.pkg.dev/p/r/i\n", []),
        (GOOGLE, "a: us-central1-docker.pkg.dev/p/r/i\n", ["us-central1"]),
        (GOOGLE, "a: europe-west1-docker.pkg.dev/p/r/i\n", []),
        (GOOGLE, "a: europe-docker.pkg.dev/p/r/i\n", []),
        (GOOGLE, "AWS_DEFAULT_REGION: us-east-1\n", []),
    ],
)
def test_files_that_name_another_region_of_the_same_cloud_are_told(
    tmp_path: Path, cluster: str, values: str, found: list[str]
) -> None:
    messages = told(fleet(tmp_path, cluster + HUB, values), "far-region")
    expected = [f"1: this is in {each}" for each in found]
    assert [each.partition(", and campus is in ")[0] for each in messages] == expected


def test_regions_of_azure_are_those_that_it_has(tmp_path: Path) -> None:
    text = "name: campus\nprovider: azure\nazure: {resource_group: a, cluster: b, location: westeuropa}\n"
    found = told(fleet(tmp_path, text), "cloud-names")
    assert found == ["3: unknown region: westeuropa; did you mean `westeurope`?"]


def test_a_file_of_several_hubs_is_told_once(tmp_path: Path) -> None:
    second = HUB.partition("hubs:\n")[2].replace("research\n", "lab\n").replace("research.ex", "lab.ex")
    root = fleet(tmp_path, AWS + HUB + second, "AWS_REGION: us-east-1\n")
    assert len(told(root, "far-region")) == 1


def test_what_is_granted_counts(tmp_path: Path) -> None:
    text = f"""{AWS}infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {{machine: r6i.large, max: 2}}
    gpu: {{machine: g5.xlarge, max: 2}}
  quotas: {{L-DB2E81BA: 7}}
"""
    found = told(fleet(tmp_path, text), "cloud-quota")
    assert [each.partition(":")[0] for each in found] == ["8"]
    assert "node pool gpu may need 8 vCPUs" in found[0]
    assert "and 7 were granted" in found[0]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("home_storage: [{name: homes, kind: disk, size: 9}]", "homes are in us-west-2a"),
        ("home_storage: [{name: homes, kind: disk, size: 9, zone: us-west-2b}]", None),
        ("home_storage: [{name: homes, kind: share}]", "their way to the internet is in us-west-2a"),
        ("network: {private_nodes: false}", None),
    ],
)
def test_nodes_that_are_never_where_they_have_to_go_are_told(
    tmp_path: Path, more: str, what: str | None
) -> None:
    text = f"""{AWS}infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {{machine: r6i.large, zones: [us-west-2b]}}
    notebooks: {{machine: r6i.large, zones: [us-west-2b]}}
    gpu: {{machine: g5.xlarge, zones: [us-west-2b, us-west-2a]}}
  {more}
"""
    found = told(fleet(tmp_path, text), "zone-traffic")
    assert found == (
        [f"8: nodes of notebooks are in us-west-2b, and {what}: what goes to and fro is paid for"]
        if what
        else []
    )


def test_nothing_is_said_of_a_block_that_its_schema_refuses(tmp_path: Path) -> None:
    text = f"{AWS}infrastructure: {{zones: us-west-2a, node_pools: {{core: {{machine: r6i.large}}}}}}\n"
    root = fleet(tmp_path, text)
    rules = ("infrastructure-limits", "cloud-quota", "public-access", "zone-traffic", "data-abroad")
    assert [each for rule in rules for each in told(root, rule)] == []
    assert told(root, "schema")
