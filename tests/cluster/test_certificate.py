"""A hub's certificate: cert-manager has it from a real ACME server, which looks through the way in.

`DEPLOYER_CERT_MANAGER` names a directory with the programs of the cert-manager that the chart pins,
`DEPLOYER_PEBBLE` one with Pebble's, `DEPLOYER_TRAEFIK` a Traefik and `DEPLOYER_SUPPORT_MIRROR` a chart mirror
with the charts of both.
"""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from deployer.tools.kubernetes import NotFound
from tests.cluster import surroundings
from tests.cluster.by_name import lead
from tests.cluster.conftest import TestFleet
from tests.cluster.pebble import Pebble, pebble
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.tools.kubernetes import Api

pytestmark = pytest.mark.cluster

PARTS = {
    "controller": "",
    "acmesolver": "acmesolver",
    "webhook": "webhook",
    "cainjector": "cainjector",
    "startupapicheck": "startupapicheck",
}
"""Programs of cert-manager, and below which key its chart names the image of each."""


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pebble]:
    """The ACME server."""
    with pebble(tmp_path_factory.mktemp("pebble")) as found:
        yield found


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory, api: Api, issuer: Pebble) -> Iterator[TestFleet]:
    """A cluster without hubs, but with a way in and with cert-manager, which knows the ACME server."""
    programs = Path(os.environ.get("DEPLOYER_CERT_MANAGER", "nowhere"))
    if not all((programs / name).exists() for name in PARTS):
        pytest.skip(f"DEPLOYER_CERT_MANAGER names no directory with {', '.join(PARTS)}")
    if not os.environ.get("DEPLOYER_SUPPORT_MIRROR"):
        pytest.skip("DEPLOYER_SUPPORT_MIRROR names no chart mirror with the charts that `support` pins")
    traefik = surroundings.traefik()
    if traefik is None:
        pytest.skip("DEPLOYER_TRAEFIK names no Traefik")
    directory = tmp_path_factory.mktemp("certificate")
    mirror = surroundings.mirror(directory / "mirror")
    environ = {**os.environ, "DEPLOYER_CHART_MIRROR": str(mirror), "CI": "true"}
    fleet = TestFleet(root=directory / "fleet", environ=environ, api=api)
    fleet.set_support(
        surroundings.way_in(surroundings.program_image("traefik", directory, traefik))
        | {"cert-manager": cert_manager(programs, directory, issuer)}
        | {"acme": acme(issuer)}
    )
    try:
        done = fleet.deploy("--support")
        assert done.returncode == 0, done.stderr
        yield fleet
    finally:
        # A challenge that is left is for cert-manager to end: hubs go before it.
        for hub in fleet.values:
            vanish(api, f"/api/v1/namespaces/{hub}")
        surroundings.remove(api)


def vanish(api: Api, path: str) -> None:
    """Delete an object, if there is one, and wait until it is gone."""

    def gone() -> bool:
        try:
            api.get(path)
        except NotFound:
            return True
        return False

    with suppress(NotFound):
        api.delete(path)
    wait_for(gone, f"{path} is gone", every=1)


def acme(issuer: Pebble) -> dict[str, Any]:
    """Return the values of an institution that has an ACME server of its own."""
    return {
        "email": "operator@example.org",
        "server": issuer.server,
        "caBundle": issuer.authority.read_text(),
    }


def cert_manager(programs: Path, directory: Path, issuer: Pebble) -> dict[str, Any]:
    """Return values that turn cert-manager on, which asks where a name leads as the ACME server does."""
    values: dict[str, Any] = {
        "enabled": True,
        "extraArgs": [f"--acme-http01-solver-nameservers={issuer.resolver}"],
    }
    for name, key in PARTS.items():
        image = surroundings.program_image(name, directory, programs / name)
        image["repository"] = f"{image.pop('registry')}/{image['repository']}"
        part = values.setdefault(key, {}) if key else values
        part["image"] = image
    return values


def reasons(api: Api, hub: str) -> str:
    """Return why names of a hub are not yet shown to be ours."""
    found = api.items(f"/apis/acme.cert-manager.io/v1/namespaces/{hub}/challenges")
    return " ".join(each.get("status", {}).get("reason", "") for each in found)


def is_issued(api: Api, hub: str) -> bool:
    """Say whether cert-manager is done with the certificate of a hub."""
    found = api.items(f"/apis/cert-manager.io/v1/namespaces/{hub}/certificates")
    conditions = [each for one in found for each in one.get("status", {}).get("conditions", [])]
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)


def shown_at(host: str, root: Path) -> dict[str, Any] | None:
    """Return the certificate that a host shows, if it is the host's own and comes from a root."""
    context = ssl.create_default_context(cafile=str(root))
    try:
        with (
            socket.create_connection((host, 443), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=host) as connection,
        ):
            return dict(connection.getpeercert() or {})
    except ssl.SSLCertVerificationError:
        return None


def test_a_hub_gets_its_certificate_by_itself_and_a_new_one_in_its_place(
    around: TestFleet, issuer: Pebble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api, root = around.api, issuer.root(tmp_path)
    entry = api.get("/api/v1/namespaces/support/services/cluster-entrypoint")["spec"]["clusterIP"]
    hub = around.add_hub()
    host = f"{hub}.localhost"
    lead(monkeypatch, host, entry)
    around.set_values(hub, {"jupyterhub": {"ingress": surroundings.ingress(host)}})
    done = around.deploy(hub)
    assert done.returncode == 0, done.stderr

    wait_for(lambda: "propagation" in reasons(api, hub), "it is seen that the name leads elsewhere", every=1)
    assert not is_issued(api, hub)
    assert shown_at(host, root) is None

    issuer.lead(entry)
    wait_for(lambda: is_issued(api, hub), "it is issued", every=1)
    wait_for(lambda: shown_at(host, root) is not None, "it is shown", every=0.5)
    first = shown_at(host, root)
    assert first is not None
    assert requests.get(f"https://{host}/hub/login", timeout=10, verify=str(root)).status_code == 200

    api.delete(f"/api/v1/namespaces/{hub}/secrets/https-auto-tls")

    def is_new() -> bool:
        shown = shown_at(host, root)
        return shown is not None and shown["serialNumber"] != first["serialNumber"]

    wait_for(is_new, "a new one is shown", every=1)
