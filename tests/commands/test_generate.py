"""`deployer generate`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from deployer import cli
from deployer.commands.generate import generate
from deployer.render.ladder_choices import ladder

PRINTED = """\
# Sizes of servers on r5.xlarge (aws). So many of one size fill a node: 2, 1.
#     32.00 GiB   4.000 CPUs  the machine, as listed on 2026-08-21
#     30.64 GiB   4.000 CPUs  what its system sees
#     29.67 GiB   3.920 CPUs  what Kubernetes has for pods
#     29.33 GiB   3.670 CPUs  without 350 MiB and 0.25 CPUs for daemons
#     29.04 GiB   3.633 CPUs  without 1 % that is kept spare
# Memory is guaranteed up to its limit, CPUs in proportion. CPUs that nobody uses are everybody's.
profile_options:
  requests:
    choices:
      mem_14_5:
        default: true
        display_name: 14.5 GB RAM, up to 3.6 CPUs
        kubespawner_override:
          cpu_guarantee: 1.816
          cpu_limit: 3.633
          mem_guarantee: 14866M
          mem_limit: 14866M
          node_selector:
            node.kubernetes.io/instance-type: r5.xlarge
      mem_29_0:
        display_name: 29 GB RAM, 3.6 CPUs
        kubespawner_override:
          cpu_guarantee: 3.633
          cpu_limit: 3.633
          mem_guarantee: 29732M
          mem_limit: 29732M
          node_selector:
            node.kubernetes.io/instance-type: r5.xlarge
    display_name: Resources
"""


def run(*argv: str) -> str:
    command = ["resource-allocation", *argv]
    return CliRunner().invoke(generate, command, standalone_mode=False, catch_exceptions=False).stdout


def test_choices_are_printed_ready_to_use() -> None:
    assert run("r5.xlarge", "--choices", "2") == PRINTED


def test_every_wish_counts() -> None:
    sizes = ["--strategy", "dividing", "--choices", "9", "--min-memory", "5G", "--spare", "0"]
    nodes = ["--pods", "110", "--daemons-memory", "512M", "--daemons-cpu", "0.5", "--gpus", "0"]
    printed = yaml.safe_load(run("r5.xlarge", *sizes, *nodes))
    assert printed["profile_options"]["requests"]["choices"] == ladder(
        "r5.xlarge",
        strategy="dividing",
        choices=9,
        least=5 * 1024**3,
        spare=0,
        pods=110,
        daemons_memory=512 * 1024**2,
        daemons_cpu=0.5,
        gpus=0,
    )


def test_programs_get_json() -> None:
    found = json.loads(run("r5.xlarge", "--output", "json"))
    assert found["profile_options"]["requests"]["choices"] == ladder("r5.xlarge")


def test_an_unknown_machine_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    assert cli.run(["generate", "resource-allocation", "r5.xlrage"]) == 1
    assert capsys.readouterr() == (
        "",
        "error: unknown machine type: r5.xlrage\nhint: did you mean `r5.xlarge`?\n",
    )


@pytest.mark.parametrize("amount", ["5Gi", "5", "-1G", "nanG", "infG", "9999999T"])
def test_memory_is_as_kubespawner_reads_it(
    amount: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    assert cli.run(["generate", "resource-allocation", "r5.xlarge", "--min-memory", amount]) == 2
    assert "it must be a number with K, M, G or T, such as `512M`" in capsys.readouterr().err


EVENTS = Path(__file__).parent.parent / "examples/valid/feature-warm-nodes"


def test_an_event_is_planned_hour_by_hour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    command = ["--root", str(EVENTS), "generate", "event-plan", "campus", "workshop"]
    assert cli.run(command) == 0
    assert capsys.readouterr().out == (
        "2026-12-01T08:30+01:00 to 2026-12-01T17:00+01:00: 4 nodes for 8.5 hours\n"
        "2026-12-02T08:30+01:00 to 2026-12-02T11:00+00:00: 2 nodes for 3.5 hours\n"
        "together 41 node hours, where windows overlap counted once\n"
    )
    assert cli.run([*command, "--price", "0.5"]) == 0
    assert capsys.readouterr().out.endswith("together 41 node hours at 0.5: 20.50\n")
    assert cli.run([*command, "--price", "0.5", "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["cost"] == 20.5
