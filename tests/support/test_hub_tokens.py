"""The tokens of hubs' metrics on a real API server: made by Helm, copied to where Prometheus mounts them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from deployer.tools.kubernetes import NotFound
from tests.charts.making import write_mirror
from tests.support.api_server import api_server
from tests.support.site import TOKENS, Site, make_site

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

KEY = "hub.services.prometheus.apiToken"
METRICS = {"features": {"metrics": True}}


def token(site: Site, hub: str) -> str:
    found: str = site.api.get(f"/api/v1/namespaces/{hub}/secrets/hub")["data"][KEY]
    return found


def test_each_hub_has_its_token_where_prometheus_is_and_nowhere_in_what_is_said(site: Site) -> None:
    site.hubs("maths", "law", **METRICS)
    first = site.deploy_hubs("maths")
    assert first.returncode == 0, first.stderr
    assert site.api.get(TOKENS)["data"] == {"maths": token(site, "maths")}
    second = site.deploy_hubs("law")
    assert second.returncode == 0, second.stderr
    assert site.api.get(TOKENS)["data"] == {"maths": token(site, "maths"), "law": token(site, "law")}
    for hub in ("maths", "law"):
        secret = base64.b64decode(token(site, hub)).decode()
        assert len(secret) >= 32
        for said in (first.stdout, first.stderr, second.stdout, second.stderr):
            assert secret not in said
            assert token(site, hub) not in said


def test_a_deploy_of_the_support_takes_the_tokens_of_all_hubs_as_they_are_now(site: Site) -> None:
    site.hubs("maths", "law", **METRICS)
    assert site.deploy_hubs("--no-support").returncode == 0
    new = base64.b64encode(b"another token").decode()
    site.api.patch("/api/v1/namespaces/maths/secrets/hub", {"data": {KEY: new}})
    assert site.deploy().returncode == 0
    assert site.api.get(TOKENS)["data"] == {"maths": new, "law": token(site, "law")}


def test_a_hub_without_metrics_has_none_there(site: Site) -> None:
    site.hubs("maths")
    assert site.deploy_hubs("maths").returncode == 0
    with pytest.raises(NotFound):
        site.api.get(TOKENS)


def test_without_a_namespace_for_it_a_hub_is_deployed_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    with api_server(tmp_path / "server") as kubeconfig:
        site = make_site(tmp_path / "fleet", write_mirror(tmp_path / "mirror"), kubeconfig)
        site.values()
        site.hubs("maths", **METRICS)
        done = site.deploy_hubs("maths", "--no-support")
        assert done.returncode == 0, done.stderr
        assert "Prometheus got no token" not in done.stderr
        with pytest.raises(NotFound):
            site.api.get("/api/v1/namespaces/support")
