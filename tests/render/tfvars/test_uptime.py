"""What Terraform is told to look at, on each cloud: the hubs of cluster.yaml and what stands around them."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.fleet.model import UptimeCheck
from deployer.render.tfvars.contract import common_variables
from tests.render import fleets

ASKED = {"uptime": {"alert_emails": ["ops@example.org"]}}
SUPPORT = """\
grafana: {ingress: {hosts: [grafana.example.org]}}
prometheus: {server: {ingress: {enabled: true, hosts: [prometheus.example.org]}}}
"""


def uptime(provider: str, asked: dict[str, Any]) -> Any:
    hubs = (
        fleets.hub(fleets.values_file("maths.yaml", "jupyterhub: {hub: {baseUrl: /m/}}"), name="maths"),
        fleets.hub(
            name="door", uptime_check=UptimeCheck(address="https://door.example.org:8443/x", status=204)
        ),
        fleets.hub(name="off", uptime_check=None),
        fleets.hub(
            name="secret",
            domain_override=fleets.values_file("d", f"sops: {{}}\ndomain: '{fleets.ENCRYPTED}'"),
        ),
    )
    files = (fleets.values_file("support.values.yaml", SUPPORT),)
    document = fleets.document("infrastructure: {uptime: {alert_emails: [ops@example.org]}}", "cluster.yaml")
    made = fleets.cluster(provider, *hubs, support_files=files, document=document)
    return common_variables(made, asked, lambda _: None).get("uptime")


def check(host: str, path: str, status: int = 200, port: int = 443) -> dict[str, Any]:
    at = host if port == 443 else f"{host}:{port}"
    return {"host": host, "path": path, "port": port, "status": status, "url": f"https://{at}{path}"}


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_the_checks_are_those_of_the_hubs_and_of_the_support(provider: str) -> None:
    expected = {
        "maths": check("hub.example.org", "/m/hub/health"),
        "door": check("door.example.org", "/x", 204, 8443),
        "support.grafana": check("grafana.example.org", "/api/health"),
        "support.prometheus": check("prometheus.example.org", "/-/healthy", 401),
    }
    if provider == "aws":
        del expected["support.prometheus"]
    assert uptime(provider, ASKED) == {"alert_emails": ["ops@example.org"], "checks": expected}


def test_who_does_not_ask_for_checks_gets_none() -> None:
    assert uptime("gcp", {}) is None
