"""`deployer dns`: lines for a zone file, a table for people, JSON for programs, and the exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft7Validator

from deployer import cli
from deployer.fleet.schema_files import whole
from tests.operations.dns.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLUSTER = """\
name: alps
provider: kubeconfig
kubeconfig: {file: kubeconfig.yaml}
support: {helm_chart_values_files: [support.values.yaml]}
hubs:
  - name: maths
    domain: maths.example.org
    helm_chart: basehub
    helm_chart_values_files: []
  - name: arts
    domain: arts.example.org
    helm_chart: basehub
    helm_chart_values_files: []
"""
SUPPORT = "grafana: {ingress: {hosts: [grafana.example.org]}}\n"
ZONE = "maths A 192.0.2.1\ngrafana A 192.0.2.9\n"
AT = ["--address", "192.0.2.1"]
RECORDS = "".join(f"{name}.example.org. 300 IN A 192.0.2.1\n" for name in ("maths", "arts", "grafana"))
TABLE = """\
right      maths.example.org    maths    leads here
missing    arts.example.org     arts     no such name (NXDOMAIN)
elsewhere  grafana.example.org  support  leads to 192.0.2.9
"""
TOLD = """\
STATE      HOST                 WHOSE    SAID
hint: enter: arts.example.org. 300 IN A 192.0.2.1
hint: replace by: grafana.example.org. 300 IN A 192.0.2.1
2 of 3 wrong
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


@pytest.fixture
def fleet(tmp_path: Path) -> list[str]:
    """The command in a fleet of one cluster."""
    directory = tmp_path / "fleet/config/clusters/alps"
    directory.mkdir(parents=True)
    (directory / "cluster.yaml").write_text(CLUSTER)
    (directory / "kubeconfig.yaml").write_text("{}")
    (directory / "support.values.yaml").write_text(SUPPORT)
    return ["--root", str(tmp_path / "fleet"), "dns"]


@pytest.fixture(scope="module")
def server(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(repository, tmp_path_factory.mktemp("zones"), {"example.org": ZONE}) as at:
        yield at


def test_records_are_lines_of_a_zone_file(fleet: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*fleet, "records", "alps", *AT]) == 0
    assert capsys.readouterr().out == RECORDS


def test_records_for_programs(fleet: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*fleet, "records", "alps", "arts", *AT, "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not list(Draft7Validator(whole("dns")).iter_errors(found))
    assert found == {
        "cluster": "alps",
        "addresses": ["192.0.2.1"],
        "authority": None,
        "records": [{"name": "arts.example.org", "type": "A", "value": "192.0.2.1"}],
        "hosts": [],
    }


@pytest.mark.parametrize("server", ["dns.example.org", "127.0.0.1:x", "1.2.3.4:99999"])
def test_a_server_has_to_be_an_address(
    fleet: list[str], capsys: pytest.CaptureFixture[str], server: str
) -> None:
    assert cli.run([*fleet, "check", "alps", *AT, "--resolver", server]) == 1
    assert f"no address of a DNS server: {server}" in capsys.readouterr().err


@pytest.mark.integration
def test_a_table_says_what_is_wrong_and_what_to_enter(
    fleet: list[str], capsys: pytest.CaptureFixture[str], server: str
) -> None:
    assert cli.run([*fleet, "check", "alps", *AT, "--resolver", server]) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (TABLE, TOLD)


@pytest.mark.integration
def test_json_is_as_its_schema_says(
    fleet: list[str], capsys: pytest.CaptureFixture[str], server: str
) -> None:
    assert cli.run([*fleet, "check", "alps", "maths", *AT, "--resolver", server, "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not list(Draft7Validator(whole("dns")).iter_errors(found))
    assert found["hosts"] == [
        {
            "host": "maths.example.org",
            "owner": "maths",
            "state": "right",
            "said": "leads here",
            "found": ["192.0.2.1"],
            "aliases": [],
            "wildcard": False,
            "issuing": None,
            "advice": [],
        }
    ]
