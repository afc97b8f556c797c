"""`deployer infra preflight`: columns for people, JSON for programs, and a policy that asks nobody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft7Validator

from deployer import cli
from deployer.fleet.schema_files import whole
from deployer.operations.infra import preflight
from deployer.operations.infra.preflight import Preflight
from deployer.operations.infra.preflight.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = """
schema: 2
name: {name}
{where}
infrastructure:
  zones: {zones}
  node_pools:
    core: {{machine: {machine}}}
hubs: []
"""
ALPS = {
    "name": "alps",
    "where": 'provider: aws\naws: {account: "123456789012", clusterName: alps-1, region: us-west-2}',
    "zones": "[us-west-2a, us-west-2b]",
    "machine": "r6i.large",
}
SEA = {
    "name": "sea",
    "where": "provider: gcp\ngcp: {project: hubs, cluster: sea, zone: europe-west1-b}",
    "zones": "[europe-west1-b]",
    "machine": "n2-highmem-2",
}
FOUND = (
    Finding(kind="permission", what="ec2:CreateVpc", status="missing", said="as said", mend="give it"),
    Finding(kind="permission", what="ec2:DescribeVpcs", status="ok", said="as said"),
    Finding(kind="quota", what="VPCs", status="ok", said="1 wanted, 0 in use, 5 allowed"),
    Finding(kind="service", what="all services", status="unknown", said="not asked: no"),
)
TABLE = """\
missing  permission  ec2           CreateVpc
ok       permission  ec2           1 action
ok       quota       VPCs          1 wanted, 0 in use, 5 allowed
unknown  service     all services  not asked: no
"""
TOLD = """\
STATUS   KIND        WHAT          SAID
hint: give it
alps: 1 missing, 1 unknown, for all that the module can make
"""


@pytest.fixture(autouse=True)
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    for said in (ALPS, SEA):
        path = tmp_path / f"config/clusters/{said['name']}/cluster.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(CLUSTER.format(**said))
    return tmp_path


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the cloud would be found to say."""
    findings = list(FOUND)

    def ask(*_args: object, **_kwargs: object) -> Preflight:
        return Preflight(cluster="alps", planned=False, found=tuple(findings))

    monkeypatch.setattr(preflight, "preflight", ask)
    return findings


def test_text_is_a_line_for_what_is_alike_and_missing_things_end_with_1(
    fleet: Path, found: list[Finding], capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["--root", str(fleet), "infra", "preflight", "alps", "--whole"]
    assert cli.run(argv) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (TABLE, TOLD)
    del found[0]
    assert cli.run(argv) == 0


def test_json_is_as_its_schema_says(
    fleet: Path, found: list[Finding], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["--root", str(fleet), "infra", "preflight", "alps", "--whole", "-o", "json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert not list(Draft7Validator(whole("infra-preflight")).iter_errors(said))
    assert (said["of"], said["missing"], len(said["findings"])) == ("module", 1, len(found))
    assert said["findings"][1]["mend"] is None


def test_a_policy_of_the_whole_module_needs_no_program_and_no_cloud(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["--root", str(fleet), "infra", "preflight", "alps", "--whole", "--policy"]) == 0
    said = json.loads(capsys.readouterr().out)
    policies = said if isinstance(said, list) else [said]
    actions = [each for policy in policies for part in policy["Statement"] for each in part["Action"]]
    assert {"ec2:CreateVpc", "ec2:DeleteVpc", "eks:UpdateClusterVersion", "s3:GetBucketPolicy"} <= {*actions}
    assert len(actions) == len({*actions})

    assert cli.run(["--root", str(fleet), "infra", "preflight", "sea", "--whole", "--policy"]) == 0
    captured = capsys.readouterr()
    assert "container.clusters.create" in yaml.safe_load(captured.out)["includedPermissions"]
    assert "notice: make it: `gcloud iam roles create build_sea --project=hubs --file=FILE`" in captured.err


def test_no_policy_is_made_that_lacks_what_nobody_told_us(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = fleet / "terraform/aws/versions.tf"
    own.parent.mkdir(parents=True)
    own.write_text('resource "aws_new_thing" "x" {}\n')
    assert cli.run(["--root", str(fleet), "infra", "preflight", "alps", "--whole", "--policy"]) == 1
    assert "no policy can be made: our table lacks aws_new_thing" in capsys.readouterr().err
