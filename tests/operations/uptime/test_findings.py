"""What an answer, or none, says: each in words of its own, with what to do next."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from deployer import fleet
from deployer.fleet.uptime import OFF, Check, Unchecked
from deployer.operations.uptime.findings import Finding, of_answer, of_silence, of_unchecked
from deployer.tools.https import Answer, Kind, Unanswered
from tests.conftest import NOW

HUB = Check(name="maths", owner="maths", host="maths.example.org", path="/hub/health", header="X-Hub")
GRAFANA = Check(name="support.grafana", owner="support", host="g.example.org", path="/", text='"database"')
PROMETHEUS = Check(name="support.prometheus", owner="support", host="p.example.org", path="/", status=401)
SCHEMA = json.loads((Path(fleet.__file__).parent / "schemas/uptime.schema.json").read_text())


def answered(check: Check = HUB, **settings: Any) -> Finding:
    ends = NOW + timedelta(days=20, hours=3)
    given = {"status": 200, "headers": {"x-hub": "5"}, **settings}
    found = of_answer("alps", check, Answer(seconds=0.1234, certificate_ends=ends, **given), now=NOW)
    checked(found)
    return found


def checked(found: Finding) -> None:
    jsonschema.validate({"addresses": [found.summary()]}, SCHEMA)


def test_what_answers_as_it_should_is_up() -> None:
    assert answered() == Finding(
        cluster="alps",
        name="maths",
        hub="maths",
        address="https://maths.example.org/hub/health",
        state="up",
        status=200,
        milliseconds=123,
        certificate_days=20,
    )
    assert answered(GRAFANA, body='{"database": "ok"}').state == "up"
    assert answered(PROMETHEUS, status=401).state == "up"


@pytest.mark.parametrize(
    ("check", "settings", "problem", "message", "hint"),
    [
        (
            HUB,
            {"headers": {}},
            "content",
            "something answers at maths.example.org that is not JupyterHub",
            "--namespace maths get ingress",
        ),
        (
            GRAFANA,
            {"body": "<html>"},
            "content",
            "something answers at g.example.org that is not Grafana",
            "--namespace support get ingress",
        ),
        (
            HUB,
            {"status": 302, "headers": {"location": "https://old.example.org/x"}},
            "redirect",
            "maths.example.org sends people on to old.example.org (HTTP 302)",
            "`uptime_check.address`",
        ),
        (
            HUB,
            {"status": 302, "headers": {"location": "/elsewhere"}},
            "status",
            "maths.example.org answers with HTTP 302, not 200",
            "--namespace maths get ingress",
        ),
        (
            HUB,
            {"status": 503},
            "server-error",
            "maths.example.org answers that something behind it is broken (HTTP 503)",
            "`deployer logs alps maths`",
        ),
        (
            GRAFANA,
            {"status": 500},
            "server-error",
            "g.example.org answers that something behind it is broken (HTTP 500)",
            "--namespace support get pods",
        ),
        (
            HUB,
            {"status": 401},
            "status",
            "maths.example.org answers with HTTP 401, not 200",
            "`uptime_check: {expected_status: 401}`",
        ),
        (
            PROMETHEUS,
            {"status": 200},
            "status",
            "p.example.org answers with HTTP 200, not 401",
            "--namespace support get ingress",
        ),
        (
            HUB,
            {"status": 404},
            "status",
            "maths.example.org answers with HTTP 404, not 200",
            "--namespace maths get ingress",
        ),
    ],
)
def test_what_answers_otherwise_is_down_in_a_way_of_its_own(
    check: Check, settings: dict[str, Any], problem: str, message: str, hint: str
) -> None:
    found = answered(check, **settings)
    assert (found.state, found.problem, found.message) == ("down", problem, message)
    assert hint in (found.hint or "")
    assert found.certificate_days == 20


@pytest.mark.parametrize("kind", get_args(Kind))
def test_silence_is_told_with_what_to_do(kind: Kind) -> None:
    found = of_silence("alps", HUB, Unanswered(kind, "the system's words"))
    checked(found)
    assert (found.state, found.problem, found.status) == ("down", kind, None)
    assert re.search(r"maths\.example\.org.* \(the system's words\)$", found.message or "")
    assert "{" not in f"{found.message}{found.hint}"


def test_no_two_silences_are_told_in_the_same_words() -> None:
    told = {of_silence("alps", HUB, Unanswered(kind, "x")).message for kind in get_args(Kind)}
    assert len(told) == len(get_args(Kind))


def test_every_problem_is_in_the_schema_and_none_too_many() -> None:
    known = SCHEMA["properties"]["addresses"]["items"]["properties"]["problem"]["enum"]
    assert set(known) == {None, *get_args(Kind), "content", "redirect", "server-error", "status"}


def test_what_nobody_asked_is_neither_up_nor_down() -> None:
    found = of_unchecked("alps", Unchecked(name="maths", owner="maths", reason=OFF))
    checked(found)
    assert (found.state, found.address, found.message) == ("not asked", None, "turned off")
