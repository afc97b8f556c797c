"""Google Cloud: what GKE's controllers made. They label disks only; the rest says which Service it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from deployer.clouds.asking import Leftover
from deployer.clouds.asking.gcp_token import with_token

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from deployer.clouds.asking import Asker
    from deployer.fleet.model import Cluster, Gcp

_OF_A_SERVICE = "description~kubernetes.io/service-name"


def filters(name: str, cluster: str) -> list[tuple[str, str, str]]:
    """Return kinds of resources of compute with what chooses them, and a remark where that is not sure."""
    maybe = "may be of another cluster of the project"
    return [
        ("disks", f"labels.goog-k8s-cluster-name={cluster}", ""),
        ("forwarding-rules", _OF_A_SERVICE, maybe),
        ("target-pools", _OF_A_SERVICE, maybe),
        ("firewall-rules", f'network~"/{name}$" AND name~"^(k8s|gke)-"', ""),
        ("network-endpoint-groups", f'network~"/{name}$"', ""),
    ]


def leftovers(asker: Asker, known: Collection[str]) -> list[Leftover]:
    """Return disks, load balancers and their parts that are still there."""
    asker = with_token(asker)
    gcp = cast("Gcp", asker.cluster.provider)
    found = []
    for kind, chosen, remark in filters(asker.cluster.name, gcp.cluster):
        argv = ["gcloud", "compute", kind, "list", f"--project={gcp.project}", f"--filter={chosen}"]
        for each in asker.json([*argv, "--format=json"]) or ():
            if each["name"] in known or each.get("selfLink") in known:
                continue
            said = f"{kind}/{each['name']}{f' ({remark})' if remark else ''}"
            place = "".join(f" {option}" for option in _place(each))
            delete = f"gcloud compute {kind} delete {each['name']}{place} --project={gcp.project}"
            found.append(Leftover(name=said, delete=delete))
    return found


def where_to_look(cluster: Cluster) -> str:
    """Say by what people find leftovers themselves."""
    name = cast("Gcp", cluster.provider).cluster
    return (
        f"look for disks with the label goog-k8s-cluster-name={name}, and for forwarding rules, target pools "
        "and firewall rules whose description has `kubernetes.io/service-name`"
    )


def _place(resource: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("zone", "region"):
        if resource.get(kind):
            yield f"--{kind}={resource[kind].rpartition('/')[2]}"
