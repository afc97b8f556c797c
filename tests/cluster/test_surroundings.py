"""What a cluster runs around its hubs, on a real cluster: the way in, and who tells when a hub is down."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.cluster import surroundings
from tests.cluster.by_name import ByName, lead, own_certificate
from tests.cluster.conftest import TestFleet, loaded
from tests.cluster.people import VALUES, admit, office, run, start
from tests.cluster.webhook import Webhook, webhook
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.operations.local.images import BuiltImage
    from deployer.tools.kubernetes import Api

pytestmark = pytest.mark.cluster

CONTACT = "maths@example.org"


@dataclass
class Site:
    """A hub that tells its metrics, and what stands around it."""

    fleet: TestFleet
    hub: str
    hook: Webhook

    @property
    def api(self) -> Api:
        return self.fleet.api

    def address(self, service: str) -> str:
        """Return the address of a Service of the support, at which this machine reaches it."""
        found = self.api.get(f"/api/v1/namespaces/support/services/{service}")["spec"]
        return f"http://{found['clusterIP']}:{found['ports'][0]['port']}"

    def measured(self, query: str) -> list[dict[str, Any]]:
        """Ask Prometheus."""
        url = f"{self.address('support-prometheus-server')}/api/v1/query"
        answer = requests.get(url, params={"query": query}, timeout=10).json()
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def calm(self) -> None:
        """Wait until the hub is there and no alarm about it is left, and forget what was told."""
        about = f'namespace="{self.hub}",deployment="hub"'
        there = f"kube_deployment_status_replicas_available{{{about}}} > 0"
        alarms = f'ALERTS{{alertstate="firing",hub="{self.hub}"}}'
        wait_for(
            lambda: bool(self.measured(there)) and not self.measured(alarms), "the hub is there", every=1
        )
        # Alertmanager tells of the end of an alarm a little later.
        wait_for(lambda: not self.hook.untold(self.hub), "the end of alarms is told", every=0.5)
        self.hook.received.clear()
        self.hook.refused = 0

    def run_image(self, image: str) -> str:
        """Have the hub run another image; return the one that it had."""
        path = f"/apis/apps/v1/namespaces/{self.hub}/deployments/hub"
        (container,) = self.api.get(path)["spec"]["template"]["spec"]["containers"]
        changed = [{**container, "image": image, "imagePullPolicy": "Never"}]
        self.api.patch(path, {"spec": {"template": {"spec": {"containers": changed}}}})
        before: str = container["image"]
        return before


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, api: Api, built: dict[str, BuiltImage]) -> Iterator[Site]:
    """A cluster with its surroundings, and a hub on it."""
    directory = tmp_path_factory.mktemp("surroundings")
    loaded(built["alertmanager"])
    prometheus, metrics = (
        surroundings.program_image(name, directory) for name in ("prometheus", "kube-state-metrics")
    )
    program = surroundings.traefik()
    traefik = surroundings.program_image("traefik", directory, program) if program else None
    mirror = surroundings.mirror(directory / "mirror")
    environ = {**os.environ, "DEPLOYER_CHART_MIRROR": str(mirror), "CI": "true"}
    fleet = TestFleet(root=directory / "fleet", environ=environ, api=api)
    contacts = {"technical": {"name": "Somebody", "email": CONTACT}}
    hub = fleet.add_hub(values={"jupyterhub": VALUES}, features={"metrics": {}}, contacts=contacts)
    fleet.set_values(hub, {"jupyterhub": {**VALUES, "ingress": surroundings.ingress(f"{hub}.localhost")}})
    with webhook() as hook:
        values = surroundings.monitoring(prometheus, metrics, built["alertmanager"], hook.url)
        fleet.set_support(values | (surroundings.way_in(traefik) if traefik else {}))
        try:
            # What stands around hubs comes first, so that the hub's token is there later than who reads it.
            done = fleet.deploy(hub)
            assert done.returncode == 0, done.stderr
            yield Site(fleet=fleet, hub=hub, hook=hook)
        finally:
            surroundings.remove(api, hub)


@pytest.fixture
def way_in(site: Site, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the hub, which leads to the cluster's one address."""
    if surroundings.traefik() is None:
        pytest.skip("DEPLOYER_TRAEFIK names no Traefik")
    host = f"{site.hub}.localhost"
    # Nobody here balances load: what the node itself leads to pods is the address within the cluster.
    lead(monkeypatch, host, urlsplit(site.address("cluster-entrypoint")).hostname or "")
    return host


def test_somebody_works_on_a_hub_that_is_reached_by_its_name(
    site: Site, state: Path, way_in: str, tmp_path: Path
) -> None:
    authority = own_certificate(site.api, site.hub, "https-auto-tls", way_in, tmp_path)
    page = f"{way_in}/hub/login"

    def shown() -> bool:
        try:
            return requests.get(f"https://{page}", timeout=10, verify=str(authority)).status_code == 200
        except requests.ConnectionError:
            return False  # nobody listens yet, or with a certificate that is none

    wait_for(shown, "the hub is reached", every=0.5)
    plain = requests.get(f"http://{page}", timeout=10, allow_redirects=False)
    assert (plain.status_code, plain.headers["Location"]) == (308, f"https://{page}")

    with office(site.fleet, state, site.hub) as inside:
        token = inside.token
    api = ByName(url=f"https://{way_in}/", token=token, authority=authority)
    admit(api, "ada")
    (answer,) = run(api, "ada", start(api, "ada"), "6 * 7")
    api.stop_server("ada")
    assert answer.result == "42"


def test_the_hub_is_measured_with_the_token_that_it_takes(site: Site) -> None:
    site.calm()
    asked = f'jupyterhub_running_servers{{namespace="{site.hub}"}} and on (instance) '
    asked += f'up{{job="hub-{site.hub}"}} == 1'
    # The kubelet brings a Secret that was not there at first within a minute or two.
    wait_for(lambda: len(site.measured(asked)) == 1, "the hub is measured", seconds=240, every=1)
    # A pod that has just gone stays a target until it is seen to be gone.
    failing = f'up{{namespace="{site.hub}"}} == 0'
    wait_for(lambda: not site.measured(failing), "nobody measures it without", every=1)


def test_a_hub_that_is_down_is_told_to_its_operator_and_so_is_its_return(site: Site) -> None:
    site.calm()
    about = {"hub": site.hub, "deployment": "hub"}
    before = site.run_image("localhost/no-such-image:1")
    try:
        wait_for(lambda: bool(site.hook.alerts("firing", **about)), "somebody is told", every=0.5)
        (alert, *_) = site.hook.alerts("firing", **about)
        told = {"alertname": "HubDown", "severity": "critical", "contact": CONTACT}
        assert told.items() <= alert["labels"].items()
        assert alert["annotations"]["runbook"] == "docs/runbooks/hub-down.md"
        assert site.hook.alerts("resolved", **about) == []
    finally:
        site.run_image(before)
    resolved = {"alertname": "HubDown", **about}
    wait_for(lambda: bool(site.hook.alerts("resolved", **resolved)), "the return is told", every=0.5)


def test_an_alarm_waits_for_a_webhook_that_is_out_of_order(site: Site) -> None:
    site.calm()
    site.hook.broken = True
    before = site.run_image("localhost/no-such-image:1")
    try:
        wait_for(lambda: site.hook.refused >= 2, "it is tried again", every=0.5)
        assert site.hook.received == []
        site.hook.broken = False
        told = {"alertname": "HubDown", "hub": site.hub}
        wait_for(lambda: bool(site.hook.alerts("firing", **told)), "it comes", every=0.5)
    finally:
        site.hook.broken = False
        site.run_image(before)
