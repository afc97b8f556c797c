"""A cluster with all that there is on a Google Cloud of this machine's own: made, and taken away again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.gcp.local import local_google
from tests.infra.gcp.offline import TOKEN
from tests.infra.offline import variables
from tests.infra.providers import GOOGLE
from tests.infra.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.infra.gcp.local.kept import Kept

pytestmark = pytest.mark.integration

CLUSTERS = Path(__file__).parent / "gcp/clusters"
PROTECTED = [
    "google_container_cluster.cluster",
    'google_filestore_instance.homes["common"]',
    'google_filestore_instance.homes["spare"]',
    'google_sql_database_instance.database["courses"]',
    'google_sql_database_instance.database["main"]',
]


@dataclass(frozen=True, kw_only=True)
class Module:
    """terraform/gcp, and the Google Cloud that it works on."""

    root: Root
    kept: Kept

    def apply(self, values: Mapping[str, Any], *argv: str) -> None:
        """Make what values ask for; that must end well."""
        self.root.set_values(values)
        self.root.run("apply", "-input=false", "-auto-approve", *argv)


@pytest.fixture
def module(repository: Path, tmp_path: Path) -> Iterator[Module]:
    """The module and a Google Cloud without anything in it."""
    with local_google() as (endpoints, kept):
        environ = {**TOKEN, **endpoints}
        root = Root("tofu", repository, tmp_path, module="gcp", provider=GOOGLE, environ=environ)
        yield Module(root=root, kept=kept)


def test_a_cluster_with_everything_is_made_stays_as_it_is_and_goes(module: Module, tmp_path: Path) -> None:
    rich = variables(CLUSTERS / "rich/cluster.yaml", tmp_path / "fleet")
    module.apply(rich)
    module.root.run("plan", "-input=false", "-detailed-exitcode")
    outputs = module.root.outputs()
    assert outputs["databases"]["main"] == {
        "connection": "rich-hubs:us-central1:rich-main",
        "host": "10.128.0.9",
        "port": 5432,
    }
    assert outputs["dns"]["name_servers"] == ["ns-1.example.", "ns-2.example."]
    assert outputs["ci_identity"]["service_account"] == "rich-ci@rich-hubs.iam.gserviceaccount.com"
    assert outputs["registries"]["builds"] == "us-central1-docker.pkg.dev/rich-hubs/rich-builds"

    module.apply({**rich, "unprotected": PROTECTED})
    module.root.run("destroy", "-input=false", "-auto-approve")
    ring = "kms/projects/rich-hubs/locations/us-central1/keyRings/rich"
    snapshots = "compute/projects/rich-hubs/global/snapshots"
    # Of a disk that goes a snapshot stays, with the time in its name.
    left = {re.sub("-[0-9]+-[0-9]+$", "", key) for key in module.kept.things if "/users/" not in key}
    assert left == {
        f"{snapshots}/rich-archive",
        f"{snapshots}/rich-homes",
        "backupdr/projects/rich-hubs/locations/us-central1/backupVaults/rich-homes",
        ring,
        f"{ring}/cryptoKeys/secrets",
    }


def test_a_zone_of_somebody_elses_is_found_by_its_domain(module: Module, tmp_path: Path) -> None:
    guest = variables(CLUSTERS / "guest/cluster.yaml", tmp_path / "fleet")
    zones = "dns/projects/guest-hubs/managedZones"
    for name, domain, seen in (
        ("private", "hubs.example.org.", "private"),
        ("theirs", "hubs.example.org.", "public"),
        ("other", "example.org.", "public"),
    ):
        module.kept.things[f"{zones}/{name}"] = {
            "name": name,
            "dnsName": domain,
            "visibility": seen,
            "id": "7",
        }
    module.apply(guest, "-target=google_dns_record_set.record", "-target=google_service_account.dns")
    assert [key for key in module.kept.things if "/rrsets/" in key] == [
        f"{zones}/theirs/rrsets/old.hubs.example.org. A"
    ]


def test_a_zone_that_is_not_there_is_told(module: Module, tmp_path: Path) -> None:
    guest = variables(CLUSTERS / "guest/cluster.yaml", tmp_path / "fleet")
    with pytest.raises(AssertionError, match=r"The project guest-hubs has no public zone hubs\.example\.org"):
        module.apply(guest, "-target=google_dns_record_set.record")
