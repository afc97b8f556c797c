"""What is in a fleet."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from deployer.fleet.schema import SCHEMAS
from deployer.operations.inventory import inventory
from tests.render.fleets import ENCRYPTED

if TYPE_CHECKING:
    from deployer.session import Session

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_there_is_a_row_for_each_hub_and_for_a_cluster_without_one(session: Session) -> None:
    assert list(inventory(session, EXAMPLES / "valid/every-key").rows()) == [
        ("alps", "staging", "aws", "basehub", "staging.alps.example.org"),
        ("alps", "research", "aws", "basehub", "alps.example.org"),
        ("hut", "", "kubeconfig", "", ""),
        ("lake", "prod", "azure", "basehub", "lake.example.org"),
        ("lake", "staging", "azure", "basehub", "staging.lake.example.org"),
        ("laptop", "", "local", "", ""),
        ("sea", "", "gcp", "", ""),
    ]


def test_the_summary_is_as_its_schema_says(session: Session) -> None:
    summary = inventory(session, EXAMPLES / "valid/every-key").summary()
    jsonschema.validate(summary, json.loads((SCHEMAS / "list.schema.json").read_text()))
    assert summary["organisation"]["name"] == "Example Hubs"
    assert summary["clusters"][0]["hubs"][1] == {
        "name": "research",
        "display_name": "Research in the Alps",
        "domain": "alps.example.org",
        "chart": "basehub",
        "presets": ["dask", "course"],
        "staging_for": [],
        "staged_by": "staging",
        "contacts": {
            "owner": {"name": "Ada", "email": "ada@example.org", "github": "ada"},
            "representatives": [{"name": "Grace"}],
            "technical": {"name": "The computing centre"},
        },
        "callback_urls": None,
    }


@pytest.mark.parametrize(
    ("example", "urls"),
    [
        ("valid/auth--github", {"callback": "https://research.example.org/hub/oauth_callback"}),
        (
            "valid/auth--lti13",
            {
                "login": "https://canvas.example.org/hub/lti13/oauth_login",
                "callback": "https://canvas.example.org/hub/lti13/oauth_callback",
                "config": "https://canvas.example.org/hub/lti13/config",
            },
        ),
        ("valid/auth--native", {}),
        ("valid/auth", {}),
        ("invalid/auth--github", None),
        ("invalid/chart", None),
    ],
)
def test_the_addresses_that_a_provider_has_to_know_are_listed(
    session: Session, example: str, urls: dict[str, str] | None
) -> None:
    summary = inventory(session, EXAMPLES / example).summary()
    assert summary["clusters"][0]["hubs"][0]["callback_urls"] == urls


def test_an_encrypted_host_is_not_shown(session: Session, tmp_path: Path) -> None:
    fleet = shutil.copytree(EXAMPLES / "valid/auth--github", tmp_path / "fleet")
    directory = fleet / "config/clusters/campus"
    (directory / "enc-domain.secret.yaml").write_text(f"domain: {ENCRYPTED}\nsops: {{version: 3.9.0}}\n")
    cluster = directory / "cluster.yaml"
    override = "domain_override_file: enc-domain.secret.yaml\n    helm_chart"
    cluster.write_text(cluster.read_text().replace("helm_chart", override, 1))
    hubs = inventory(session, fleet).summary()["clusters"][0]["hubs"]
    enterprise = {"callback": "https://enterprise.example.org/hub/oauth_callback"}
    assert [hub["callback_urls"] for hub in hubs] == [None, enterprise]


def test_a_broken_fleet_is_listed_as_far_as_it_can_be_read(session: Session) -> None:
    found = inventory(session, EXAMPLES / "invalid/wrong-types")
    assert list(found.rows()) == [
        ("campus", "research", "asw", "basehub", "https://research.example.org/"),
        ("campus", "quick", "asw", "", "quick.example.org"),
        ("nohubs", "", "kubeconfig", "", ""),
        ("v", "", "local", "", ""),
    ]
    assert found.errors > 0


def test_every_invalid_example_can_be_listed(session: Session) -> None:
    for fleet in sorted((EXAMPLES / "invalid").iterdir()):
        found = inventory(session, fleet)
        jsonschema.validate(found.summary(), json.loads((SCHEMAS / "list.schema.json").read_text()))
        assert list(found.rows())


def test_one_cluster_can_be_listed_alone(session: Session) -> None:
    found = inventory(session, EXAMPLES / "valid/every-key", cluster="sea")
    assert [cluster["name"] for cluster in found.summary()["clusters"]] == ["sea"]
