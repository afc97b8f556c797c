"""The hub as the place where people of other services log in: an OAuth client for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.services import admitted, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service for each client; its token, which z2jh makes, is the client's secret."""
    parts: list[dict[str, Any]] = []
    for name, client in sorted(settings.items()):
        parts += [{"hub": {"services": {name: _client(name, client)}}}, admitted(name, client.get("groups"))]
    return joined(parts)


def _client(name: str, client: Mapping[str, Any]) -> dict[str, Any]:
    return {
        # JupyterHub wants ids of clients to begin so.
        "oauth_client_id": f"service-{name}",
        "oauth_redirect_uri": client["redirect_url"],
        "oauth_no_confirm": not client["confirm"],
        "display": False,
    }
