"""`deployer grafana`: whole commands, with a stand-in for Grafana on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer import cli
from deployer.fleet.schema_files import whole
from deployer.operations.grafana.data_sources import uid
from deployer.tools.process import programs
from tests.operations.grafana.making import PASSWORD, make, shown, write
from tests.tools.age_key import age_key
from tests.tools.grafana_server import READER, TOKEN, Grafana, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deployer.session import Session

    Run = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.integration

ALPS = "https://prometheus.alps.example.org"
OURS = {
    "uid": "deployer-alps",
    "name": "alps",
    "type": "prometheus",
    "access": "proxy",
    "url": ALPS,
    "basicAuth": True,
    "basicAuthUser": "reader",
    "secureJsonData": {"basicAuthPassword": PASSWORD},
    "isDefault": False,
    "jsonData": {"httpMethod": "POST"},
    "readOnly": False,
}


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with serving(Grafana()) as served:
        yield served


@pytest.fixture
def fleet(tmp_path: Path, grafana: Grafana) -> Path:
    """A fleet with a cluster that shows its Prometheus, and one that does not."""
    return make(tmp_path / "fleet", grafana.url, alps=shown("alps"), sea="{}\n")


@pytest.fixture
def run(
    fleet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command and returns its exit code and what it says; no secret is ever in that."""
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DEPLOYER_GRAFANA_TOKEN", TOKEN)
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)

    def run(*argv: str) -> tuple[int, str, str]:
        code = cli.run(["-v", "--root", str(fleet), "grafana", *argv])
        said = capsys.readouterr()
        assert TOKEN not in said.out + said.err
        assert PASSWORD not in said.out + said.err
        return code, said.out, said.err

    return run


def test_a_cluster_is_connected_and_connecting_again_changes_nothing(run: Run, grafana: Grafana) -> None:
    assert run("connect", "alps") == (0, f"alps: connected: {ALPS}\n", "")
    assert grafana.sources == {"deployer-alps": OURS}
    assert run("connect", "alps") == (0, f"alps: brought up to date: {ALPS}\n", "")
    assert grafana.sources == {"deployer-alps": OURS}
    assert grafana.requests == [
        *("GET /api/datasources", "POST /api/datasources", "GET /api/datasources/uid/deployer-alps/health"),
        "GET /api/datasources",
        *(
            f"{verb} /api/datasources/uid/deployer-alps{rest}"
            for verb, rest in (("PUT", ""), ("GET", "/health"))
        ),
    ]


def test_what_people_set_in_grafana_stays_and_what_is_ours_comes_back(run: Run, grafana: Grafana) -> None:
    theirs = {"httpMethod": "GET", "timeInterval": "60s"}
    grafana.source(
        "deployer-alps", name="renamed", url="https://old.example.org", jsonData=theirs, isDefault=True
    )
    assert run("connect", "alps")[0] == 0
    assert grafana.sources == {"deployer-alps": {**OURS, "jsonData": theirs, "isDefault": True}}


def test_a_prometheus_that_does_not_answer_is_told_and_stays_connected(run: Run, grafana: Grafana) -> None:
    grafana.sick["deployer-alps"] = "Get https://prometheus.alps.example.org: no such host"
    code, out, err = run("connect", "alps")
    assert (code, out) == (1, f"alps: connected: {ALPS}\n")
    assert f"error: alps: {grafana.url} gets no answer from {ALPS}: " in err
    assert "no such host" in err
    assert "deployer deploy alps --support" in err
    assert list(grafana.sources) == ["deployer-alps"]


def test_a_prometheus_that_is_not_shown_is_not_connected(run: Run, grafana: Grafana) -> None:
    code, out, err = run("connect", "sea")
    assert (code, out, grafana.requests) == (1, "", [])
    assert "error: its Prometheus is not shown: `prometheus.server.ingress.enabled` is not true\n" in err


@pytest.mark.parametrize("command", ["connect", "disconnect"])
def test_a_data_source_of_somebody_else_is_left_alone(run: Run, grafana: Grafana, command: str) -> None:
    grafana.source("made-by-hand", name="alps", url="https://theirs.example.org")
    before = dict(grafana.sources)
    code, out, err = run(command, "alps")
    assert (code, out, grafana.sources) == (1, "", before)
    assert "error: a data source of the name alps is there, which we did not make: uid made-by-hand\n" in err
    assert "hint: give it another name in Grafana" in err


@pytest.mark.parametrize("command", ["connect", "disconnect"])
def test_a_data_source_from_a_file_of_grafanas_is_left_alone(
    run: Run, grafana: Grafana, command: str
) -> None:
    grafana.source("deployer-alps", readOnly=True)
    code, _, err = run(command, "alps")
    assert (code, "from a file of Grafana's own" in err, grafana.requests) == (
        1,
        True,
        ["GET /api/datasources"],
    )


def test_only_what_we_made_goes_and_once(run: Run, grafana: Grafana) -> None:
    grafana.source("made-by-hand", name="theirs")
    run("connect", "alps")
    assert run("disconnect", "alps") == (0, "alps: disconnected\n", "")
    assert list(grafana.sources) == ["made-by-hand"]
    assert run("disconnect", "alps") == (0, "alps: was not connected\n", "")


def test_a_cluster_that_is_gone_can_be_disconnected_and_a_wrong_name_is_told(
    run: Run, grafana: Grafana
) -> None:
    grafana.source("deployer-old")
    assert run("disconnect", "old") == (0, "old: disconnected\n", "")
    code, _, err = run("disconnect", "alp")
    assert (code, err) == (1, "error: no such cluster: alp\nhint: did you mean `alps`?\n")


def test_the_list_says_what_is_to_be_done(run: Run, grafana: Grafana, fleet: Path) -> None:
    make(fleet, grafana.url, **{name: shown(name) for name in ("bay", "cape", "dune")})
    grafana.source("deployer-bay", name="bay", url="https://prometheus.bay.example.org")
    grafana.source("deployer-cape", name="cape", url="https://old.example.org")
    grafana.source("theirs", name="dune")
    grafana.source("deployer-old", name="old", url="https://prometheus.old.example.org")
    grafana.source("deployer-sea", name="sea", url="https://prometheus.sea.example.org")
    assert run("list") == (0, LISTED, SAID_OF_IT)
    assert grafana.requests == ["GET /api/datasources"]


LISTED = """\
alps     not-connected  https://prometheus.alps.example.org
bay      connected      https://prometheus.bay.example.org
cape     changed        https://prometheus.cape.example.org
dune     taken          https://prometheus.dune.example.org
sea      not-shown      https://prometheus.sea.example.org
old      gone           https://prometheus.old.example.org
"""
SAID_OF_IT = """\
CLUSTER  STATE          PROMETHEUS
dune: the name is taken by a data source that is not ours: uid theirs
sea: `prometheus.server.ingress.enabled` is not true
old: the fleet has no such cluster
hint: `deployer grafana connect CLUSTER`: alps, cape
hint: `deployer grafana disconnect CLUSTER`: sea, old
"""


def test_the_list_for_programs_is_as_its_schema_says(run: Run, grafana: Grafana) -> None:
    grafana.source("deployer-alps", name="alps", url="https://old.example.org")
    code, out, err = run("list", "--output", "json")
    found: Any = json.loads(out)
    jsonschema.validate(found, whole("grafana-list"))
    nothing = dict.fromkeys(("prometheus", "registered", "action", "reason"))
    assert (code, err, found["grafana"]) == (0, "", grafana.url)
    assert found["clusters"] == [
        {
            **nothing,
            "cluster": "alps",
            "state": "changed",
            "prometheus": ALPS,
            "registered": "https://old.example.org",
            "action": "connect",
        },
        {
            **nothing,
            "cluster": "sea",
            "state": "not-shown",
            "reason": "`prometheus.server.ingress.enabled` is not true",
        },
    ]


def test_what_is_encrypted_is_unknown_and_never_told_to_be_removed(
    run: Run, grafana: Grafana, fleet: Path
) -> None:
    values = shown("alps").replace("enabled: true", "enabled: ENC[AES256_GCM,data:A,iv:A,tag:A,type:bool]")
    write(
        fleet / "config/clusters/alps/support.values.yaml",
        f"{values}sops: {{version: 3.9.0, encrypted_regex: ^enabled$}}\n",
    )
    grafana.source("deployer-alps", name="alps", url=ALPS)
    (found, _) = json.loads(run("list", "-o", "json")[1])["clusters"]
    assert (found["state"], found["action"]) == ("unknown", None)
    assert found["reason"] == "`prometheus.server.ingress.enabled` is encrypted"


def test_an_annotation_has_the_tags_that_dashboards_look_for(run: Run, grafana: Grafana) -> None:
    assert run("annotate", "alps", "maths", "--text", "a new image") == (0, "", "alps: written\n")
    assert run("annotate", "alps", "--text", "t", "--tag", "upgrade", "--tag", "night")[0] == 0
    assert [(each["text"], each["tags"]) for each in grafana.annotations] == [
        ("a new image", ["deploy", "cluster:alps", "hub:maths"]),
        ("t", ["upgrade", "night", "cluster:alps"]),
    ]
    assert all(set(each) == {"time", "tags", "text"} for each in grafana.annotations)


def test_a_hub_that_there_is_not_is_told(run: Run, grafana: Grafana) -> None:
    code, _, err = run("annotate", "alps", "math", "--text", "t")
    assert (code, grafana.requests) == (1, [])
    assert "no such hub: alps math" in err


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "no token for "),
        ("two words", "`DEPLOYER_GRAFANA_TOKEN` does not hold a token"),
        ("glsa_another", "Grafana refused the token of `DEPLOYER_GRAFANA_TOKEN`: Invalid API key"),
        (READER, "the token of `DEPLOYER_GRAFANA_TOKEN` may not do that"),
    ],
)
def test_a_token_that_will_not_do_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, grafana: Grafana, token: str, said: str
) -> None:
    monkeypatch.setenv("DEPLOYER_GRAFANA_TOKEN", token)
    code, out, err = run("connect", "alps")
    assert (code, out, grafana.sources) == (1, "", {})
    assert f"error: {said}" in err
    assert "two words" not in err


def test_a_fleet_without_a_central_grafana_is_told_how_to_have_one(run: Run, fleet: Path) -> None:
    make(fleet, "")
    code, _, err = run("list")
    assert code == 1
    assert "error: this fleet has no central Grafana\nhint: `grafana: {url: https://...}`" in err


def test_an_address_that_would_show_the_token_is_refused(run: Run, fleet: Path) -> None:
    make(fleet, "http://grafana.example.org")
    code, _, err = run("list")
    assert code == 1
    assert "`grafana.url` must be an address that starts with `https://`" in err


def test_a_uid_is_one_for_each_cluster_and_no_longer_than_grafana_takes() -> None:
    long = [f"a-cluster-with-a-very-long-name-{number}" for number in range(9)]
    found = [uid(name) for name in ("alps", *long)]
    assert found[0] == "deployer-alps"
    assert len(set(found)) == 10
    assert {len(each) for each in found[1:]} == {40}
    # What is left of a cluster is listed by what its uid says, and that has to lead there.
    assert uid(found[1].removeprefix("deployer-")) == found[1]


def test_files_that_are_encrypted_are_decrypted_in_memory(
    run: Run,
    grafana: Grafana,
    fleet: Path,
    session: Session,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The token of the fleet, and the password of the cluster."""
    runner = programs(replace(session, environ=os.environ, tools=(repository / ".tools/bin",)))
    if runner.find("sops") is None:
        pytest.skip("not installed: sops (`make tools-all` builds it)")
    identity, recipient = age_key()
    monkeypatch.delenv("DEPLOYER_GRAFANA_TOKEN")
    monkeypatch.setenv("SOPS_AGE_KEY", identity)
    monkeypatch.setenv("DEPLOYER_TOOLS", str(repository / ".tools/bin"))
    token_file = fleet / "config/enc-grafana-token.secret.yaml"
    support = fleet / "config/clusters/alps/support.values.yaml"
    write(token_file, f"grafana_token: {TOKEN}\n")
    for file in (token_file, support):
        runner.run(["sops", "--encrypt", "--age", recipient, "--in-place", str(file)])
        assert not any(secret in file.read_text() for secret in (TOKEN, PASSWORD))
    org = f"name: Example Hubs\ngrafana: {{url: {grafana.url}, token_file: {token_file.name}}}\n"
    write(fleet / "config/org.yaml", org)
    before = {path: path.read_bytes() for path in fleet.rglob("*") if path.is_file()}
    assert run("connect", "alps")[0] == 0
    assert grafana.sources == {"deployer-alps": OURS}
    assert {path: path.read_bytes() for path in fleet.rglob("*") if path.is_file()} == before


def test_ctrl_c_ends_a_question_at_once(grafana: Grafana, fleet: Path) -> None:
    grafana.answers.clear()
    argv = [sys.executable, "-m", "deployer", "--root", str(fleet), "grafana", "list"]
    process = subprocess.Popen(
        argv,
        env={"PATH": "/nowhere", "HOME": str(fleet), "DEPLOYER_GRAFANA_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not grafana.requests and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "error: interrupted\n")
    grafana.answers.set()
