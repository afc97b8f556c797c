"""What runs by Terraform's state, and the variables that keep it so."""

from __future__ import annotations

from typing import Any

from deployer.operations.infra.running import Group, Running, held, running, successor

DECLARED = {"core", "small", "large"}
VARIABLES = {
    "kubernetes_version": "1.34",
    "name": "alps",
    "node_pools": {"core": {"machine": "a"}, "small": {"machine": "b"}},
}


def resource(kind: str, index: str | None = None, **values: Any) -> dict[str, Any]:
    address = f'{kind}.it["{index}"]' if index else f"{kind}.it"
    return {"address": address, "type": kind, "mode": "managed", "index": index, "values": values}


def state(*found: dict[str, Any]) -> dict[str, Any]:
    return {"values": {"root_module": {"resources": list(found)}}}


def test_eks() -> None:
    found = running(
        state(
            resource("aws_eks_cluster", version="1.33", status="ACTIVE"),
            resource("aws_eks_node_group", "core", version="1.33", node_group_name="core-1", status="ACTIVE"),
            resource("aws_eks_node_group", "small", version="1.31", node_group_name="s", status="UPDATING"),
            {**resource("aws_eks_node_group", "small-1-33", version="1.33"), "tainted": True},
        ),
        DECLARED,
    )
    assert found == Running(
        cloud="aws",
        control_plane="1.33",
        asked="1.33",
        groups=(
            Group(
                key="core",
                pool="core",
                version="1.33",
                name="core-1",
                address='aws_eks_node_group.it["core"]',
            ),
            Group(
                key="small",
                pool="small",
                version="1.31",
                name="s",
                address='aws_eks_node_group.it["small"]',
                status="UPDATING",
            ),
            Group(
                key="small-1-33",
                pool="small",
                version="1.33",
                address='aws_eks_node_group.it["small-1-33"]',
                tainted=True,
            ),
        ),
    )


def test_gke_runs_more_than_it_was_asked_for() -> None:
    found = running(
        state(
            resource("google_container_cluster", min_master_version="1.33", master_version="1.34.1-gke.9"),
            resource("google_container_node_pool", "core", version="1.33.5-gke.10", name="core-1"),
        ),
        DECLARED,
    )
    assert found is not None
    assert (found.cloud, found.control_plane, found.asked) == ("gcp", "1.34", "1.33")
    assert [(group.key, group.version) for group in found.groups] == [("core", "1.33")]


def test_aks_has_its_first_pool_in_the_cluster() -> None:
    found = running(
        state(
            resource(
                "azurerm_kubernetes_cluster",
                kubernetes_version="1.34",
                current_kubernetes_version="1.34.2",
                default_node_pool=[{"name": "core", "orchestrator_version": "1.33"}],
            ),
            resource("azurerm_kubernetes_cluster_node_pool", "small", orchestrator_version="1.34.2"),
        ),
        DECLARED,
        inside="core",
    )
    assert found is not None
    assert (found.cloud, found.control_plane, found.asked) == ("azure", "1.34", "1.34")
    assert [(group.key, group.version) for group in found.groups] == [("core", "1.33"), ("small", "1.34")]


def test_a_state_without_a_cluster_says_nothing() -> None:
    assert running({}, DECLARED) is None
    assert running(state(resource("aws_eks_node_group", "core", version="1.33")), DECLARED) is None


def test_a_pool_may_be_called_like_a_successor() -> None:
    names = {"small", "small-1-33"}
    found = running(
        state(
            resource("aws_eks_cluster", version="1.34"),
            resource("aws_eks_node_group", "small-1-33", version="1.34"),
            resource("aws_eks_node_group", "other-1-33", version="1.34"),
        ),
        names,
    )
    assert found is not None
    assert [group.pool for group in found.groups] == ["small-1-33", "other-1-33"]


def test_before_there_is_a_cluster_the_variables_are_as_wanted() -> None:
    assert held(VARIABLES, None) == VARIABLES


def test_what_runs_as_wanted_needs_no_versions_of_nodes() -> None:
    groups = tuple(Group(key=key, pool=key, version="1.34") for key in ("core", "small"))
    now = Running(cloud="aws", control_plane="1.34", asked="1.34", groups=groups)
    assert held(VARIABLES, now) == {**VARIABLES, "node_versions": {}}


def test_neither_control_plane_nor_nodes_change_by_the_way() -> None:
    now = Running(
        cloud="aws",
        control_plane="1.33",
        asked="1.33",
        groups=(
            Group(key="core", pool="core", version="1.32"),
            Group(key="small", pool="small", version="1.32"),
            Group(key=successor("small", "1.33"), pool="small", version="1.33"),
        ),
    )
    kept = held(VARIABLES, now)
    assert kept == {
        "kubernetes_version": "1.33",
        "name": "alps",
        "node_pools": {"core": {"machine": "a"}, "small": {"machine": "b"}, "small-1-33": {"machine": "b"}},
        "node_versions": {"core": "1.32", "small": "1.32"},
    }
    assert held(kept, now) == kept


def test_a_new_pool_comes_with_the_version_of_the_control_plane() -> None:
    now = Running(
        cloud="aws",
        control_plane="1.33",
        asked="1.33",
        groups=(Group(key="core", pool="core", version="1.33"),),
    )
    assert held(VARIABLES, now) == {**VARIABLES, "kubernetes_version": "1.33", "node_versions": {}}


def test_gke_brings_nodes_on_by_itself_and_keeps_what_it_was_asked_for() -> None:
    now = Running(
        cloud="gcp",
        control_plane="1.35",
        asked="1.33",
        groups=(Group(key="core", pool="core", version="1.34"),),
    )
    assert held(VARIABLES, now) == {**VARIABLES, "kubernetes_version": "1.33", "node_versions": {}}
