"""The variables of terraform/gcp: what Google Cloud would refuse after minutes is refused here, at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.infrastructure import default_range
from deployer.render.tfvars.contract import common_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Cluster, Gcp
    from deployer.fleet.node_pools import Pool

_ZONE = re.compile(r"(?P<region>[a-z]+-[a-z]+[0-9]+)-[a-z]")
_GPUS = {
    "a2-highgpu": "nvidia-tesla-a100",
    "a2-megagpu": "nvidia-tesla-a100",
    "a2-ultragpu": "nvidia-a100-80gb",
    "a3-edgegpu": "nvidia-h100-80gb",
    "a3-highgpu": "nvidia-h100-80gb",
    "a3-megagpu": "nvidia-h100-mega-80gb",
    "a3-ultragpu": "nvidia-h200-141gb",
    "g2-standard": "nvidia-l4",
}
"""What GKE calls the GPUs of machine types (cloud.google.com/kubernetes-engine/docs/concepts/gpus)."""
_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LENGTHS = {"service account": (6, 30), "node pool": (1, 40), "bucket": (3, 63), "home storage": (1, 63)}
"""How short and how long the names of things may be."""
_LABEL = re.compile(r"[a-z][-_a-z0-9]{0,62}")
_LABEL_VALUE_LENGTH = 63
_NODES = "nodes"
"""The service account `<cluster>-nodes` is that of the nodes."""
_LEAST_SHARE, _SHARE_STEP = 1024, 256
"""In GiB: the sizes of a Filestore instance of the tier ZONAL."""
_MOST_EMAILS = 5
_WIDEST_FOR_ONE_NODE = 23
"""The longest prefix of `network.range`: half of its addresses are for pods, and each node takes 256."""


def variables(cluster: Cluster, provider: Gcp, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a cluster on Google Cloud; `asked` is its `infrastructure`.

    Raises:
        DeployerError: something has a name, a zone, a size or a label that Google Cloud does not take.
    """
    region = _region(provider.location)
    found = {
        **common_variables(cluster, asked, lambda pool: _gpu(cluster, pool)),
        "cluster_name": provider.cluster,
        "deletion_protection": asked["deletion_protection"],
        "labels": _labels(cluster, asked.get("tags", {})),
        "location": provider.location,
        "project": provider.project,
        "region": region,
        "zones": _zones(cluster, provider, asked),
    }
    for pool in found["node_pools"].values():
        pool["tags"] = _labels(cluster, pool["tags"])
    _check_names(cluster, found)
    _check_zones(cluster, found)
    _check_storage(cluster, found["home_storage"])
    _check_addresses(cluster, found)
    _check_rest(cluster, found)
    return found


def _region(location: str) -> str:
    zone = _ZONE.fullmatch(location)
    return zone["region"] if zone else location


def _zones(cluster: Cluster, provider: Gcp, asked: Mapping[str, Any]) -> list[str]:
    zones: list[str] = asked.get("zones", [])
    if zones:
        return zones
    if _ZONE.fullmatch(provider.location):
        return [provider.location]
    raise DeployerError(
        f"{cluster.name}: in which zones of {provider.location} are nodes to be?",
        hint=f"say `zones: [{provider.location}-b]` under `infrastructure`",
    )


def _gpu(cluster: Cluster, pool: Pool) -> dict[str, Any] | None:
    """Return type, count and sharing of the GPUs that nodes have, attached or of the machine type."""
    said = pool.declared.get("gpu")
    own = pool.type.gpus if pool.type else 0
    if said is None and not own:
        return None
    said = said or {}
    series = pool.machine.rpartition("-")[0]
    kind = said.get("type") or _GPUS.get(series)
    if kind is None:
        raise DeployerError(
            f"{cluster.name}: node pool {pool.name}: which GPUs do machines of {pool.machine} have?",
            hint="say `gpu: {type: nvidia-tesla-t4}`, as `gcloud compute accelerator-types list` calls them",
        )
    sharing = {"sharing": said["sharing"]} if "sharing" in said else {}
    return {"type": kind, "count": said.get("count") or own or 1, **sharing}


def _labels(cluster: Cluster, tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags as labels: small letters, digits, `_` and `-`; anything else becomes `_`."""
    found: dict[str, str] = {}
    for tag, value in tags.items():
        key, text = _legal(tag), _legal(value)
        if not _LABEL.fullmatch(key) or len(text) > _LABEL_VALUE_LENGTH:
            raise DeployerError(
                f"{cluster.name}: no label of Google Cloud: {tag}: {value}",
                hint="labels begin with a letter; they and their values have 63 characters at most",
            )
        if key in found:
            raise DeployerError(
                f"{cluster.name}: two tags become the label {key}",
                hint="labels have small letters, digits, `_` and `-`; anything else becomes `_`",
            )
        found[key] = text
    return found


def _legal(text: str) -> str:
    return re.sub(r"[^-_a-z0-9]", "_", text.lower())


def _check_names(cluster: Cluster, found: Mapping[str, Any]) -> None:
    if _NODES in found["permissions"]:
        raise DeployerError(
            f"{cluster.name}: a hub that is called {_NODES} can't have `permissions`",
            hint="the service account of that name is that of the cluster's nodes",
        )
    for kind, name in _names(cluster, found):
        shortest, longest = _LENGTHS[kind]
        if not shortest <= len(name) <= longest:
            raise DeployerError(
                f"{cluster.name}: {kind} {name}: that name has {len(name)} characters; "
                f"Google Cloud takes {shortest} to {longest}",
                hint="the cluster's name in the fleet and the thing's own are parts of it: change one",
            )
        if not _NAME.fullmatch(name):
            raise DeployerError(
                f"{cluster.name}: {kind} {name}: no name on Google Cloud",
                hint="it has to begin with a letter, and have small letters, digits and `-` only",
            )


def _names(cluster: Cluster, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield kinds of things, and what Terraform calls these."""
    for each in (_NODES, *found["permissions"]):
        yield "service account", f"{cluster.name}-{each}"
    for name, pool in found["node_pools"].items():
        yield "node pool", f"{name}-{pool['generation']}"
    for name in found["buckets"]:
        yield "bucket", f"{cluster.name}-{name}"
    for name in found["home_storage"]:
        yield "home storage", f"{cluster.name}-{name}"


def _check_zones(cluster: Cluster, found: Mapping[str, Any]) -> None:
    of_pools = (zone for pool in found["node_pools"].values() for zone in pool.get("zones") or ())
    of_storage = (each["zone"] for each in found["home_storage"].values() if "zone" in each)
    for zone in (*found["zones"], *of_pools, *of_storage):
        if _region(zone) != found["region"] or zone == found["region"]:
            raise DeployerError(
                f"{cluster.name}: no zone of {found['region']}: {zone}",
                hint=f"its zones are called as {found['region']}-b is; the cluster is in that region",
            )


def _check_storage(cluster: Cluster, storage: Mapping[str, Any]) -> None:
    for name, each in storage.items():
        if each["kind"] != "share":
            continue
        size = each.get("size", 0)
        if size < _LEAST_SHARE or size % _SHARE_STEP:
            raise DeployerError(
                f"{cluster.name}: home storage {name}: no size of a share on Google Cloud: {size} GiB",
                hint=f"say `size`: {_LEAST_SHARE} or more, in steps of {_SHARE_STEP}",
            )
        if "snapshots" in each:
            raise DeployerError(
                f"{cluster.name}: home storage {name}: nothing makes daily copies of a share on Google Cloud",
                hint="say `snapshots: false` and copy it with other means, or take `kind: disk`",
            )


def _check_addresses(cluster: Cluster, found: Mapping[str, Any]) -> None:
    """Refuse pools that could never have all of their nodes: the range can't be changed later."""
    network = found.get("network", {})
    if "existing" in network:
        return
    addresses = network.get("range", default_range())
    prefix = int(addresses.rpartition("/")[2])
    most = 2 ** (_WIDEST_FOR_ONE_NODE - prefix) if prefix <= _WIDEST_FOR_ONE_NODE else 0
    for name, pool in found["node_pools"].items():
        if pool["max"] > most:
            raise DeployerError(
                f"{cluster.name}: {addresses} has addresses for {most} nodes, "
                f"and node pool {name} wants up to {pool['max']}",
                hint="say a wider `network.range`, or a smaller `max`; a /16 does for 128 nodes",
            )


def _check_rest(cluster: Cluster, found: Mapping[str, Any]) -> None:
    existing = found.get("network", {}).get("existing")
    if existing and len(existing["private_subnets"]) != 1:
        raise DeployerError(
            f"{cluster.name}: a cluster on Google Cloud is in one subnet, which spans the region",
            hint="give one under `network.existing.private_subnets`",
        )
    if len(found.get("budget", {}).get("alert_emails", ())) > _MOST_EMAILS:
        raise DeployerError(
            f"{cluster.name}: a budget of Google Cloud has {_MOST_EMAILS} addresses at most",
            hint="give the address of a list under `budget.alert_emails`",
        )
