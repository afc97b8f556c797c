"""The tables of permissions: all that our modules have is in them, and nothing in them is out of place."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from deployer.clouds.permissions import CLOUDS, of_data, of_type, table

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = re.compile(r'^(resource|data) "(\w+)"', re.MULTILINE)
PARTS = ["create", "delete", "read", "update"]
ACTION = {
    "aws": re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+"),
    "azure": re.compile(r"Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/(read|write|delete|action)"),
    "gcp": re.compile(r"([a-z]+\.|iam\.googleapis\.com/)[A-Za-z]+\.[A-Za-z]+"),
}


def actions(cloud: str) -> set[str]:
    known = table(cloud)
    of_types = {each for parts in known["types"].values() for found in parts.values() for each in found}
    return of_types | {each for found in known["data"].values() for each in found}


def test_each_type_of_our_modules_is_in_the_table_of_its_cloud(repository: Path) -> None:
    """Else preflight would say that nothing is missing of a policy that lacks something."""
    lacking = []
    blocks = 0
    for file in sorted((repository / "terraform").glob("*/*.tf")):
        cloud = file.parent.name.rpartition("-")[2]
        assert cloud in CLOUDS
        for kind, name in BLOCK.findall(file.read_text()):
            blocks += 1
            known = of_data(cloud, name) if kind == "data" else of_type(cloud, name, ["create"])
            if known is None:
                lacking.append(f"{file.parent.name}: {kind} {name}")
    assert blocks > 50
    assert lacking == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_table_has_its_day_and_sources_and_actions_as_the_cloud_writes_them(cloud: str) -> None:
    known = table(cloud)
    assert date.fromisoformat(known["date"])
    assert len(known["sources"]) == 2
    assert [
        name for name, parts in known["types"].items() if list(parts) != sorted({*parts} & {*PARTS})
    ] == []
    assert [each for each in sorted(actions(cloud)) if not ACTION[cloud].fullmatch(each)] == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_is_made_can_be_read(cloud: str) -> None:
    known = table(cloud)["types"]
    blind = {name for name, parts in known.items() if "create" in parts and "read" not in parts}
    # It answers when it has made it, and is nothing to look at.
    assert blind == ({"google_project_service_identity"} if cloud == "gcp" else set())


def test_names_of_aws_are_for_actions_that_there_are() -> None:
    known = table("aws")
    for begins in (*known["names"], *known["regional"]):
        assert any(each.startswith(begins) for each in actions("aws")), begins
    assert known["service_roles"].keys() <= known["types"].keys()


def test_google_has_an_api_for_each_permission_and_azure_a_type_for_data_actions() -> None:
    assert {each.partition(".")[0] for each in actions("gcp")} == table("gcp")["services"].keys()
    assert table("azure")["data_actions"].keys() <= table("azure")["types"].keys()


def test_a_replacement_is_a_making_and_a_taking_away_and_built_in_types_take_nothing() -> None:
    assert of_type("aws", "aws_iam_role_policy_attachment", ["replace"]) == {
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "iam:ListAttachedRolePolicies",
    }
    assert of_type("aws", "aws_iam_role_policy_attachment", ["no-op"]) == {"iam:ListAttachedRolePolicies"}
    assert of_type("aws", "terraform_data", ["create"]) == set()
    assert of_type("aws", "aws_nothing", ["create"]) is None
    assert of_data("aws", "aws_nothing") is None
