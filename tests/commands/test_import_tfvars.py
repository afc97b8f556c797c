"""`deployer import-tfvars`: the block on stdout, what it leaves out on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployer import cli

TEXT = """\
region = "us-west-2"
cluster_nodes_location = "us-west-2a"
enable_nfs_backup = true
ebs_volumes = { "homes" = { size = 100, throughput = 250 } }
"""
BLOCK = """\
infrastructure:
  zones:
  - us-west-2a
  home_storage:
  - name: homes
    kind: disk
    size: 100
    snapshots:
      keep: 5
"""
TOLD = """\
a.tfvars:1: region: write it as `region` under `aws` in cluster.yaml
a.tfvars:4: ebs_volumes.homes.throughput: a disk has as much as comes with `gp3`
warning: the file has no node pools: eksctl has those of AWS; write them under `node_pools`
warning: EKS wants two zones at least: add another one to `zones`
2 of its values are not in the block
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    monkeypatch.chdir(tmp_path)
    Path("a.tfvars").write_text(TEXT, encoding="utf-8")


def test_the_block_is_for_cluster_yaml_and_wants_no_fleet(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["import-tfvars", "a.tfvars", "--provider", "aws"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (BLOCK, TOLD)
    assert [path.name for path in Path().iterdir()] == ["a.tfvars"]


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-q", "import-tfvars", "a.tfvars", "--provider", "aws", "-o", "json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["infrastructure"]["home_storage"] == [
        {"name": "homes", "kind": "disk", "size": 100, "snapshots": {"keep": 5}}
    ]
    assert found["left_out"][1] == {
        "key": "ebs_volumes.homes.throughput",
        "line": 4,
        "reason": "a disk has as much as comes with `gp3`",
    }
    assert captured.err == ""


def test_what_cannot_be_read_ends_with_1_and_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.tfvars").write_text("\nregion = var.region\n", encoding="utf-8")
    assert cli.run(["import-tfvars", "a.tfvars", "--provider", "aws"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "error: a.tfvars:2: this refers to something else; only literals can be read\n"
        "hint: write the value that it stands for\n"
    )
