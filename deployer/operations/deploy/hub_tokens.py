"""The tokens by which Prometheus reads the metrics of hubs, where it can mount them.

A hub's chart makes its token and keeps it in the hub's namespace. A hub starts without any of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.model import SUPPORT
from deployer.render.support.hub_metrics import SECRET, with_token
from deployer.tools.kubernetes import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.model import Hub
    from deployer.operations.deploy.upgrade import Upgrade
    from deployer.tools.kubernetes import Api

_KEY = "hub.services.prometheus.apiToken"
_IN = f"/api/v1/namespaces/{SUPPORT}/secrets"


def share(work: Upgrade, hubs: Iterable[Hub]) -> None:
    """Put the tokens of hubs into the Secret that Prometheus mounts, when there is a place for it.

    What was deployed is well without it, so that a failure is only told.
    """
    api = work.connection.api
    try:
        tokens = {hub.name: token for hub in hubs if with_token(hub) and (token := _token(api, hub))}
        if tokens:
            _write(api, tokens)
    except DeployerError as error:
        work.note(f"Prometheus got no token for the metrics of hubs: {error.message}")


def _token(api: Api, hub: Hub) -> str | None:
    """Return the token of a hub as its Secret has it, in base64; None where there is none yet."""
    try:
        data = api.get(f"/api/v1/namespaces/{hub.namespace}/secrets/hub").get("data")
    except NotFound:
        return None
    return (data or {}).get(_KEY)


def _write(api: Api, tokens: dict[str, str]) -> None:
    try:
        api.patch(f"{_IN}/{SECRET}", {"data": tokens})
    except NotFound:
        try:
            api.create(_IN, {"metadata": {"name": SECRET}, "type": "Opaque", "data": tokens})
        except Conflict:  # another deploy made it in the meantime
            api.patch(f"{_IN}/{SECRET}", {"data": tokens})
        except NotFound:  # nothing is deployed there
            return
