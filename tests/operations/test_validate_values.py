"""Values that a chart's schema does not take are told at the line that says them, and secrets never."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.operations.validation.validate import validate
from tests.operations.making import Fleet
from tests.operations.validating import CLUSTER, FORBIDDEN, VALUES, lines

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

STRONG = "config/clusters/campus/strong.yaml"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


@pytest.fixture
def session(session: Session, fleet: Fleet) -> Session:
    return replace(session, chart_mirror=fleet.mirror)


def test_a_missing_key_points_at_the_strongest_file_with_the_map_else_at_the_hub(
    session: Session, fleet: Fleet
) -> None:
    wanted = {"required": ["key"]}
    fleet.chart({"properties": {"proxy": wanted}, "required": ["proxy", "other"]})
    fleet.cluster("campus", research="weak.yaml, research.values.yaml, strong.yaml")
    fleet.write("config/clusters/campus/weak.yaml", "a: 1\njupyterhub:\n  proxy: {}\n")
    fleet.write(VALUES, "b: 1\nc: 1\njupyterhub:\n  proxy: {}\n")
    fleet.write(STRONG, "jupyterhub: {}\n")
    assert lines(validate(session, fleet.root, render=False)) == [
        f"{VALUES}:4:3: hub `research`: missing key `key` in `jupyterhub.proxy` [chart-schema]",
        f"{STRONG}:1:1: hub `research`: missing key `other` in `jupyterhub` [chart-schema]",
    ]
    for name in ("weak", "strong"):
        fleet.write(f"config/clusters/campus/{name}.yaml", "{}\n")
    fleet.write(VALUES, "{}\n")
    assert lines(validate(session, fleet.root, render=False)) == [
        f"{CLUSTER}:4:5: hub `research`: missing key `key` in `jupyterhub.proxy` [chart-schema]",
        f"{CLUSTER}:4:5: hub `research`: missing key `other` in `jupyterhub` [chart-schema]",
    ]


def test_what_a_chart_forbids_points_at_the_line_that_says_it(session: Session, fleet: Fleet) -> None:
    memory = {"properties": {"limit": {"type": "string"}}, "additionalProperties": False}
    profiles = {"items": {"type": "object"}}
    fleet.chart({"properties": {"singleuser": {"properties": {"memory": memory, "profileList": profiles}}}})
    fleet.write(
        VALUES,
        "jupyterhub:\n  singleuser:\n    memory: {limit: 1}\n"
        "    profileList:\n      - {display_name: A}\n      - small\n",
    )
    fleet.write(
        "config/clusters/campus/stronger.values.yaml", "jupyterhub: {singleuser: {memory: {limits: 1G}}}\n"
    )
    fleet.cluster("campus", research="research.values.yaml, stronger.values.yaml")
    texts = [text.removesuffix(" [chart-schema]") for text in lines(validate(session, fleet.root))]
    limit, small, limits = (text.split(": hub `research`: ") for text in texts)
    assert limit == [
        f"{VALUES}:3:14",
        "`jupyterhub.singleuser.memory.limit` must be text, not a number: put it in quotes",
    ]
    assert small == [f"{VALUES}:6:9", "`jupyterhub.singleuser.profileList[1]` must be a map, not text"]
    assert limits == [
        "config/clusters/campus/stronger.values.yaml:1:36",
        "unknown key `jupyterhub.singleuser.memory.limits`, did you mean `limit`?",
    ]


@pytest.mark.parametrize(
    ("block", "kind"), [("", "nothing"), (" null", "nothing"), (" []", "a list"), ("\n  - hub: {}", "a list")]
)
def test_values_of_a_dependency_that_are_no_map_are_told_where_they_are(
    session: Session, fleet: Fleet, block: str, kind: str
) -> None:
    fleet.chart({"type": "object"})
    fleet.write(VALUES, f"# Values\njupyterhub:{block}\n")
    (problem,) = lines(validate(session, fleet.root))
    assert problem == f"{VALUES}:2:1: hub `research`: `jupyterhub` must be a map, not {kind} [chart-schema]"


def test_an_empty_block_that_a_stronger_file_hides_is_told_too(session: Session, fleet: Fleet) -> None:
    """It has thrown away what the program computes, such as the ingress."""
    fleet.chart()
    fleet.write(VALUES, "jupyterhub:\n")
    fleet.write("config/clusters/campus/stronger.values.yaml", "jupyterhub: {hub: {}}\n")
    fleet.cluster("campus", research="research.values.yaml, stronger.values.yaml")
    (problem,) = lines(validate(session, fleet.root))
    assert problem.startswith(f"{VALUES}:1:1: hub `research`: `jupyterhub` must be a map")


def test_a_problem_in_a_file_that_hubs_share_is_one_problem(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"cull": FORBIDDEN}})
    names = ("one", "two", "three", "four", "five")
    fleet.cluster("campus", **dict.fromkeys(names, "../common.values.yaml"))
    fleet.write("config/clusters/common.values.yaml", "jupyterhub:\n  cull: {}\n")
    (fleet.root / VALUES).unlink()
    (problem,) = lines(validate(session, fleet.root))
    message = "hubs `one`, `two`, `three` and 2 more: `jupyterhub.cull` is not allowed here"
    assert problem == f"config/clusters/common.values.yaml:2:3: {message} [chart-schema]"


def test_a_problem_in_a_computed_value_names_its_topic(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"proxy": {"properties": {"service": FORBIDDEN}}}})
    (problem,) = lines(validate(session, fleet.root))
    message = "hub `research`: `jupyterhub.proxy.service` is not allowed here (computed: ingress)"
    assert problem == f"{CLUSTER}:4:5: {message} [chart-schema]"


def test_nothing_is_said_about_what_is_encrypted(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"proxy": {"properties": {"secretToken": {"pattern": "^[0-9a-f]+$"}}}}})
    text = "jupyterhub:\n  proxy:\n    secretToken: {}\n"
    fleet.write(VALUES, text.format("visible"))
    assert len(validate(session, fleet.root).problems) == 1
    encrypted = text.format("ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]")
    fleet.write(VALUES, f"{encrypted}sops:\n  version: 3.9.0\n")
    assert validate(session, fleet.root).problems == ()


def test_a_secret_never_gets_into_a_message(session: Session, fleet: Fleet) -> None:
    fleet.chart({"properties": {"proxy": {"properties": {"secretToken": {"enum": ["a"], "maxLength": 1}}}}})
    fleet.write(VALUES, "jupyterhub:\n  proxy:\n    secretToken: hunter2\n")
    report = validate(session, fleet.root)
    assert report.errors == 2
    assert "hunter2" not in json.dumps(report.summary())
