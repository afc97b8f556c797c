"""Files of the internet."""

from __future__ import annotations

from deployer.errors import DeployerError

_TIMEOUT = (10, 30)
"""Seconds to connect, and between two pieces of an answer."""


def download(address: str, *, otherwise: str) -> bytes:
    """Return what is at an address; `otherwise` is what to do where there is no network.

    Raises:
        DeployerError: it can't be had.
    """
    import requests

    try:
        response = requests.get(address, timeout=_TIMEOUT)
        response.raise_for_status()
    except requests.RequestException as error:
        raise DeployerError(
            f"can't download: {address}: {type(error).__name__}",
            hint=f"try again with a network, or {otherwise}",
        ) from error
    return response.content
