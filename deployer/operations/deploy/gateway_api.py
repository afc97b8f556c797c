"""The definitions of Gateway API, unless a cluster has some that others look after, as GKE does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from deployer.charts.chart import find_chart
from deployer.charts.gateway_api import gateway_api
from deployer.fleet.manifests import objects
from deployer.render.paths import look_up
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.deploy.upgrade import Upgrade
    from deployer.operations.render import Rendered

_ONE = "gateways.gateway.networking.k8s.io"
_VERSION = "gateway.networking.k8s.io/bundle-version"


def definitions(work: Upgrade, wanted: Rendered, *, path: str, manager: str) -> Iterator[dict[str, Any]]:
    """Yield the definitions where the values ask for a Gateway and nobody but `manager` brought any.

    `path` is where the API server has definitions.
    """
    if look_up(wanted.merged.values, ("gatewayAPI", "enabled")) is not True:
        return
    with suppress(NotFound):
        there = work.connection.api.get(f"{path}/{_ONE}")["metadata"]
        if manager not in {each.get("manager") for each in there.get("managedFields", ())}:
            version = there.get("annotations", {}).get(_VERSION, "of no known version")
            work.note(f"Gateway API {version} was brought by others: its definitions are left as they are")
            return
    for file in gateway_api(work.session, find_chart(work.fleet.root, work.owner.chart)):
        yield from map(dict, objects(file.read_text(encoding="utf-8")))
