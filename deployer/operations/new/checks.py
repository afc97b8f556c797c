"""Whether an answer would be right in cluster.yaml: asked of its schema before anything else is known."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from deployer.fleet.schema import described, forbidden
from deployer.fleet.versions import NEWEST
from deployer.operations.new.proposals import taken_hosts

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.fleet.model import Cluster, Fleet

    Check = Callable[[str], str | None]

_ACCOUNT = re.compile(r"[0-9]{12}")
_LOCATION = re.compile(r"[a-z]+(-[a-z]+)*-[a-z]+[0-9]+(-[a-z])?")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def of_cluster(*at: str) -> Check:
    """Return the check of a key of cluster.yaml by its path."""
    return partial(_complaint, at)


def of_hub(key: str) -> Check:
    """Return the check of a key of a hub."""
    return partial(_complaint, ("hubs", 0, key))


def explained(*at: str) -> str:
    """Return what the schema of cluster.yaml says of a key."""
    text: str = described("cluster", *at)["description"]
    return text


def location_key(location: str) -> str:
    """Return which key of `gcp` a place belongs to: only the name of a zone ends with a letter."""
    return "zone" if re.search("-[a-z]$", location) else "region"


def account(answer: str) -> str | None:
    """Check the number of an AWS account."""
    return None if _ACCOUNT.fullmatch(answer) else "must be 12 digits, leading zeros included"


def location(answer: str) -> str | None:
    """Check a zone or a region of Google Cloud."""
    wanted = "must be a zone such as `us-central1-b`, or a region such as `us-central1`"
    return None if _LOCATION.fullmatch(answer) else wanted


def one_line(answer: str) -> str | None:
    """Check a text for people."""
    return None if _ONE_LINE.fullmatch(answer) else "must be text without control characters"


def new_hub(cluster: Cluster | None) -> Check:
    """Return the check of a new hub's name."""
    names = {hub.name for hub in cluster.hubs} if cluster else set()

    def check(answer: str) -> str | None:
        if answer in names:
            return "must be another name: a hub of this cluster has it"
        if answer.startswith("kube-") or answer == "support":
            return "must be another name: this one is reserved"
        return _complaint(("hubs", 0, "name"), answer)

    return check


def new_domain(fleet: Fleet) -> Check:
    """Return the check of a new hub's host name."""
    hosts = taken_hosts(fleet)

    def check(answer: str) -> str | None:
        if answer in hosts:
            return f"must be another name: {hosts[answer]} has it"
        return _complaint(("hubs", 0, "domain"), answer)

    return check


def new_display_name(cluster: Cluster | None) -> Check:
    """Return the check of a new hub's name for people."""
    names = {_folded(hub.display_name) for hub in cluster.hubs} if cluster else set()

    def check(answer: str) -> str | None:
        if _folded(answer) in names:
            return "must be another name: a hub of this cluster has it"
        return one_line(answer)

    return check


def _folded(name: str) -> str:
    return " ".join(name.lower().split())


def _complaint(at: tuple[str | int, ...], answer: str) -> str | None:
    data: Any = answer
    for key in reversed(at):
        data = {key: data} if isinstance(key, str) else [data]
    found = (each for each in forbidden({"schema": NEWEST, **data}, "cluster") if each.at == at)
    return next((each.message for each in found), None)
