"""What clouds refuse, at the key that asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.limits import built, limits
from deployer.fleet.model import Freeze
from tests.fleet.limits.asking import SMALL, cluster, told
from tests.render import fleets
from tests.render.tfvars import asked

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

GRADES = {"engine": "postgresql", "version": "17", "size": 64}
MACHINES = {"aws": "db.t4g.small", "azure": "GP_Standard_D2ds_v5", "gcp": "db-custom-2-7680"}


@pytest.mark.parametrize("cloud", SMALL)
def test_a_small_cluster_is_within_all_limits(cloud: str) -> None:
    assert told(cloud) == []


@pytest.mark.parametrize(
    ("cloud", "changed", "message"),
    [
        (
            "aws",
            {"zones": ["us-west-2a"]},
            "zones: EKS wants subnets in two zones at least",
        ),
        (
            "aws",
            {"secrets_key": "arn:aws:kms:us-east-1:123456789012:key/1"},
            "secrets_key: `secrets_key`: EKS takes a key of its own region us-west-2, not of us-east-1",
        ),
        ("aws", {"registries": {"a--b": None}}, "registries.a--b: registry aws-a--b: no name on ECR"),
        (
            "aws",
            {"network": {"allowed_ranges": [f"192.0.2.{number}/32" for number in range(41)]}},
            "network.allowed_ranges: `network.allowed_ranges`: EKS takes 40 at most",
        ),
        (
            "aws",
            {"buckets": {"logs": None}, "logs": {"export_days": 30}},
            "buckets.logs: bucket logs: the cluster's own logs are to be in a bucket of this name",
        ),
        (
            "aws",
            {"permissions": {"ci": {}}},
            "permissions.ci: permissions of ci: aws-ci is a role of the cluster's own",
        ),
        (
            "aws",
            {"permissions": {"hub": {"roles": ["ReadOnlyAccess"]}}},
            "permissions.hub.roles[0]: `roles` is no ARN of a policy on AWS: ReadOnlyAccess",
        ),
        (
            "aws",
            {"buckets": {"data": {"readers": ["everybody"]}}},
            "buckets.data.readers[0]: `readers` is no account and no ARN of IAM on AWS: everybody",
        ),
        (
            "aws",
            {
                "home_storage": [
                    {"name": "none", "kind": "share", "snapshots": False},
                    {"name": "disk", "kind": "disk", "size": 8, "snapshots": {"region": "us-east-1"}},
                    {"name": "one", "kind": "share", "snapshots": {"region": "us-east-2"}},
                    {"name": "here", "kind": "share"},
                    {"name": "two", "kind": "share", "snapshots": {"region": "eu-west-1"}},
                    {"name": "three", "kind": "share", "snapshots": {"region": "us-east-2"}},
                ]
            },
            "home_storage[4].snapshots.region: home storage two: copies of all shares are in one region",
        ),
        (
            "aws",
            {"budget": {"monthly": 1, "alert_emails": [f"{number}@example.org" for number in range(11)]}},
            "budget.alert_emails: a budget of AWS has 10 addresses at most",
        ),
        (
            "aws",
            {"logs": {"keep_days": 3654}},
            "logs.keep_days: `logs.keep_days`: CloudWatch keeps logs for 3653 days at most",
        ),
        (
            "azure",
            {"identities": {"nodes": "nodes"}},
            "identities.nodes: `identities.nodes` is no id of a user-assigned identity on Azure: nodes",
        ),
        (
            "azure",
            {"network": {"range": "10.244.0.0/16"}},
            "network.range: `network.range`: 10.244.0.0/16 has addresses of 10.244.0.0/14, which pods",
        ),
        (
            "azure",
            {"home_storage": [{"name": "homes", "kind": "disk", "size": 9, "snapshots": {"region": "x"}}]},
            "home_storage[0].snapshots.region: home storage homes: snapshots of disks stay in their region",
        ),
        (
            "azure",
            {"zones": []},
            "node_pools.core.zones[0]: node pool core: zone 1, and `zones` does not say that the cluster has",
        ),
        (
            "azure",
            {"buckets": {"data": {"readers": ["ada@example.org"]}}},
            "buckets.data.readers[0]: `readers` is no object id of Entra on Azure: ada@example.org",
        ),
        (
            "azure",
            {"network": {"allowed_ranges": [f"192.0.2.{number}/32" for number in range(200)]}},
            "network.allowed_ranges: `network.allowed_ranges`: AKS takes 199 at most",
        ),
        (
            "azure",
            {
                "network": {"range": "10.0.0.0/26"},
                "node_pools": {"core": {"machine": "Standard_D4s_v5", "max": 28}},
            },
            "node_pools.core.max: 10.0.0.0/26 has addresses for 27 nodes, and node pool core wants up to 28",
        ),
        (
            "gcp",
            {
                "network": {
                    "existing": {"id": "network", "private_subnets": ["subnet"]},
                    "flow_logs": True,
                }
            },
            "network.flow_logs: `network.flow_logs`: a subnet of Google Cloud logs as whoever made it says",
        ),
        (
            "gcp",
            {"identities": {"cluster": "cluster@project.iam.gserviceaccount.com"}},
            "identities.cluster: `identities.cluster`: a cluster of GKE has no identity of its own",
        ),
        (
            "gcp",
            {"permissions": {"dns": {}}},
            "permissions.dns: a hub that is called dns can't have `permissions`",
        ),
        (
            "gcp",
            {"secrets_key": "projects/a/locations/europe-west1/keyRings/b/cryptoKeys/c"},
            "secrets_key: `secrets_key`: GKE takes a key of its own region us-central1, not of europe-west1",
        ),
        (
            "gcp",
            {"admins": ["ada@example.org"]},
            "admins[0]: `admins` is no member on Google Cloud: ada@example.org",
        ),
        (
            "gcp",
            {"logs": {"keep_days": 4000}},
            "logs.keep_days: `logs.keep_days`: Google Cloud keeps logs for 3650 days at most",
        ),
    ],
)
def test_what_a_cloud_refuses_is_told_where_it_is_asked_for(
    cloud: str, changed: dict[str, Any], message: str
) -> None:
    if changed.get("zones") == []:
        changed = {**changed, "node_pools": {"core": {"machine": "Standard_D4s_v5", "zones": ["1"]}}}
    (found,) = told(cloud, **changed)
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("cloud", "changed"),
    [
        ("aws", {"logs": {"keep_days": 3653}}),
        ("aws", {"logs": {"keep_days": 31}}),
        (
            "azure",
            {
                "network": {
                    "private_nodes": False,
                    "allowed_ranges": [f"192.0.2.{number}/32" for number in range(200)],
                }
            },
        ),
        (
            "azure",
            {
                "network": {"range": "10.0.0.0/26"},
                "node_pools": {"core": {"machine": "Standard_D4s_v5", "max": 27}},
            },
        ),
        ("gcp", {"network": {"flow_logs": True}}),
        ("gcp", {"maintenance": {"days": ["sunday"], "hours": 12}}),
        ("gcp", {"maintenance": {"days": ["saturday", "sunday"], "hours": 6}}),
    ],
)
def test_what_is_just_within_a_limit_is_taken(cloud: str, changed: dict[str, Any]) -> None:
    assert told(cloud, **changed) == []


@pytest.mark.parametrize(
    "window", [{"days": ["sunday"], "hours": 11}, {"days": ["saturday", "sunday"], "hours": 5}]
)
def test_google_wants_time_for_maintenance(window: dict[str, Any]) -> None:
    assert told("gcp", maintenance=window) == ["maintenance: `maintenance`: GKE wants 48 hours in 32 days"]


def test_google_keeps_out_of_three_windows() -> None:
    """Those that overlap are one; and the other clouds take any number, or have nothing to keep out."""
    days = [datetime(2026, 12, day, tzinfo=UTC) for day in range(1, 9)]
    windows = tuple(
        Freeze(begins=begins, ends=begins + timedelta(hours=36), reason="exams") for begins in days
    )
    odd, message = windows[::2], "`freeze`: GKE keeps out of 3 windows at most, and these are 4"

    def said(cloud: str, found: tuple[Freeze, ...]) -> list[str]:
        hub = fleets.hub(freezes=found[1:])
        return [each.message for each in limits(replace(cluster(cloud), freezes=found[:1], hubs=(hub,)))]

    assert [said(cloud, odd) for cloud in ("aws", "azure", "gcp")] == [[], [], [message]]
    assert (said("gcp", odd[:3]), said("gcp", windows)) == ([], [])


@pytest.mark.parametrize(
    ("ci", "message"),
    [
        ({"branch": "b" * 101}, ""),
        ({"branch": "b" * 102}, f"repo:a/hub:ref:refs/heads/{'b' * 102}"),
        ({"environment": "e" * 104}, ""),
        ({"environment": "e" * 103 + "\u00e9"}, f"repo:a/hub:environment:{'e' * 103}\u00e9"),
    ],
)
def test_google_takes_so_much_of_who_signs_in_as_ci(ci: dict[str, str], message: str) -> None:
    expected = [f"ci: {message}: Google Cloud takes 127 bytes of who signs in"] if message else []
    assert told("gcp", ci={"github": "a/hub", **ci}) == expected
    assert told("azure", ci={"github": "a/hub", **ci}) == []


@pytest.mark.parametrize(
    ("cloud", "changed", "message"),
    [
        ("aws", {"version": "17.6"}, ""),
        ("gcp", {"version": "17.6"}, "version: database grades: no version of postgresql: 17.6"),
        ("azure", {"version": "17.6"}, "version: database grades: no version of postgresql: 17.6"),
        ("gcp", {"engine": "mysql", "version": "8.4"}, ""),
        (
            "gcp",
            {"engine": "mysql", "version": "8.0.21"},
            "version: database grades: no version of mysql: 8.0.21",
        ),
        ("aws", {"machine": "t4g.small"}, "machine: database grades: no machine for databases of AWS"),
        ("aws", {"size": 19}, "size: database grades: AWS takes 20 to 65536 GiB, not 19"),
        ("azure", {"size": 65}, "size: database grades: postgresql has a `size` of 32, 64, 128"),
        ("azure", {"engine": "mysql", "version": "8.4", "size": 65}, ""),
        (
            "azure",
            {"engine": "mysql", "version": "8.4", "size": 20000},
            "size: database grades: mysql has a `size` of 20 to 16384 GiB on Azure, not 20000",
        ),
        (
            "azure",
            {"keep_backups": 6},
            "keep_backups: database grades: backups of postgresql are kept for 7 to 35",
        ),
        ("gcp", {"machine": "db-custom-1-3840"}, ""),
        ("gcp", {"machine": "db-custom-5-10240"}, "machine: database grades: db-custom-5-10240 has 5"),
        ("gcp", {"machine": "db-custom-4-3584"}, "machine: database grades: db-custom-4-3584 has 3584"),
        ("gcp", {"machine": "db-custom-2-14336"}, "machine: database grades: db-custom-2-14336 has 14336"),
        ("gcp", {"machine": "db-custom-2-7000"}, "machine: database grades: db-custom-2-7000 has 7000"),
        ("gcp", {"machine": "db-perf-optimized-N-2"}, ""),
    ],
)
def test_databases_are_of_a_version_a_machine_and_a_size_that_there_is(
    cloud: str, changed: dict[str, Any], message: str
) -> None:
    found = told(cloud, databases={"grades": {**GRADES, "machine": MACHINES[cloud], **changed}})
    assert len(found) == bool(message)
    assert all(each.startswith(f"databases.grades.{message}") for each in found)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"name": "www", "type": "A", "values": ["192.0.2.1", "192.0.2.2"]}, ""),
        ({"name": "www", "type": "A", "values": ["192.0.2.256"]}, "values[0]: record www: no value"),
        ({"name": "www", "type": "AAAA", "values": ["2001:db8::1"]}, ""),
        ({"name": "www", "type": "AAAA", "values": ["192.0.2.1"]}, "values[0]: record www: no value"),
        ({"name": "@", "type": "MX", "values": ["10 mail.example.org"]}, ""),
        ({"name": "@", "type": "MX", "values": ["mail.example.org"]}, "values[0]: record @: no value"),
        ({"name": "@", "type": "CAA", "values": ['0 issue "letsencrypt.org"']}, ""),
        ({"name": "@", "type": "CAA", "values": ["letsencrypt.org"]}, "values[0]: record @: no value"),
        ({"name": "@", "type": "TXT", "values": ["anything at all"]}, ""),
        ({"name": "lab", "type": "NS", "values": ["ns.example.org."]}, ""),
        ({"name": "@", "type": "NS", "values": ["ns.example.org"]}, " the zone makes its own NS records"),
        ({"name": "a", "type": "CNAME", "values": ["b.org", "c.org"]}, "values: record a: a CNAME has one"),
        ({"name": "fixed", "type": "A", "values": ["192.0.2.1"]}, " two records of the type A are called"),
        ({"name": "Fixed", "type": "A", "values": ["192.0.2.1"]}, " two records of the type A are called"),
        ({"name": "@", "type": "CNAME", "values": ["b.org"]}, " a CNAME can't be where other records"),
        ({"name": "fixed", "type": "CNAME", "values": ["b.org"]}, " a CNAME can't be where other records"),
    ],
)
@pytest.mark.parametrize("cloud", SMALL)
def test_records_say_what_their_type_says(cloud: str, record: dict[str, Any], message: str) -> None:
    records = [{"name": "fixed", "type": "A", "values": ["192.0.2.1"]}, record]
    found = told(cloud, dns={"zone": "hubs.example.org", "records": records})
    assert len(found) == bool(message)
    at = "dns.records[1]" + (":" if message.startswith(" ") else ".")
    assert all(each.startswith(f"{at}{message}") for each in found)


@pytest.mark.parametrize(
    ("label", "value", "fits"),
    [
        ("size", "small", True),
        ("hub.example.org/size", 3, True),
        ("size", "a b", False),
        ("size", "x" * 64, False),
        ("-size", "small", False),
    ],
)
def test_labels_are_such_as_kubernetes_takes(label: str, value: str | int, fits: bool) -> None:
    pools = {"core": {"machine": "r6i.large", "labels": {label: value}}}
    assert (told("aws", node_pools=pools) == []) is fits


def test_pools_in_lists_and_maps_are_told_where_they_are() -> None:
    pools = {
        "core": {"machine": "r6i.large", "min": 3, "max": 2},
        "notebooks": [
            {"name": "a", "machine": "r6i.large"},
            {"name": "b", "machine": "r6i.large", "disk": 5},
        ],
        "dask": {"w": {"machine": "r6i.large", "disk": 5}},
    }
    assert sorted(each.partition(": ")[0] for each in told("aws", node_pools=pools)) == [
        "node_pools.core.max",
        "node_pools.dask.w.disk",
        "node_pools.notebooks[1].disk",
    ]


def loaded(**block: Any) -> Cluster:
    """A cluster whose cluster.yaml has nothing but the block."""
    return asked.cluster("infrastructure: {}", "aws", **block)


@pytest.mark.parametrize(
    ("block", "is_built"),
    [
        ({"node_pools": {"core": {"machine": "r6i.large"}}, "kubernetes_version": "1.34"}, False),
        ({"zones": ["us-west-2a"]}, False),
        ({"node_pools": {"core": {"machine": "r6i.large"}}, "zones": ["us-west-2a"]}, True),
        ({"node_pools": {"core": {"machine": "r6i.large"}}, "zones": "us-west-2a"}, False),
    ],
)
def test_a_cluster_is_built_by_us_when_it_says_more_than_what_nodes_it_has(
    block: dict[str, Any], is_built: bool
) -> None:
    assert (built(loaded(**block)) is not None) is is_built


def test_nothing_is_known_of_other_clouds() -> None:
    assert list(limits(asked.cluster(SMALL["aws"], "kubeconfig", zones=[]))) == []


def test_a_hub_that_can_not_be_is_told_with_those_that_are() -> None:
    (found,) = limits(cluster("aws", permissions={"*": {}}))
    assert (found.message, found.hint) == ("permissions of *: no hub can have this name", "there is none")
