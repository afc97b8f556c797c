"""Deploys of hubs, before which the support of their cluster is deployed where it is missing or changed.

The hubs come up at once: their JupyterHub is a chart that makes a Secret and nothing that runs.
"""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer.fleet.schema import SCHEMAS
from deployer.tools.kubernetes import NotFound
from tests.support.api_server import REPOSITORY
from tests.support.site import LEASE, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration


@pytest.fixture
def site(site: Site) -> Site:
    """A cluster as new, for two hubs."""
    site.hubs("maths", "law")
    return site


def outcomes(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    report = json.loads(done.stdout)
    jsonschema.validate(report, json.loads((SCHEMAS / "deploy.schema.json").read_text()))
    found: list[dict[str, Any]] = report["hubs"]
    return found


def told(done: subprocess.CompletedProcess[str]) -> Iterator[tuple[str, bool, str | None]]:
    return ((each["hub"], each["ok"], each["left_alone"]) for each in outcomes(done))


def deploy(site: Site, *argv: str) -> subprocess.CompletedProcess[str]:
    return site.deploy_hubs("--output", "json", *argv)


def test_what_is_missing_is_deployed_before_the_hub_and_then_left_alone(site: Site) -> None:
    site.values(traefik={"odd": None, "share": 1.0, "many": [None, True, 1073741824]})
    done = deploy(site, "maths")
    assert done.returncode == 0, done.stderr
    assert list(told(done)) == [("support", True, None), ("maths", True, None)]
    assert done.stderr.index("support: upgrade release") < done.stderr.index("maths: render values")
    again = deploy(site, "law")
    assert list(told(again)) == [("support", True, "unchanged"), ("law", True, None)]
    assert site.revisions() == [(1, "deployed")]
    said = site.api.get(LEASE)["metadata"]["annotations"]
    assert set(said) == {"deployer.dev/good-revisions", "deployer.dev/good-chart"}
    shown = site.deploy_hubs("maths").stdout.splitlines()
    assert shown[0].split()[:2] == ["support", "unchanged"]
    assert shown[1].split()[:2] == ["maths", "deployed"]


def test_values_and_charts_that_changed_are_deployed_once(site: Site) -> None:
    assert deploy(site, "maths").returncode == 0
    site.values(acme={"email": "ops@example.org"})
    assert next(told(deploy(site, "maths"))) == ("support", True, None)
    site.define("second")
    assert next(told(deploy(site, "maths"))) == ("support", True, None)
    assert next(told(deploy(site, "maths"))) == ("support", True, "unchanged")
    assert site.good() == "1,2,3"


def test_support_alone_is_deployed_in_any_case(site: Site) -> None:
    assert [site.deploy().returncode for _ in range(2)] == [0, 0]
    assert site.good() == "1,2"
    assert next(told(deploy(site, "maths"))) == ("support", True, "unchanged")


@pytest.mark.parametrize("argv", [["--no-support"], []], ids=["told so", "not declared"])
def test_a_cluster_gets_no_support_unseen(site: Site, argv: list[str]) -> None:
    if not argv:
        site.say(None)
    done = deploy(site, "maths", *argv)
    assert done.returncode == 0, done.stderr
    assert list(told(done)) == [("maths", True, None)]
    assert site.revisions() == []
    with pytest.raises(NotFound):
        site.api.get(LEASE)


def test_a_release_that_was_not_deployed_by_us_is_left_alone_until_it_is_taken_over(site: Site) -> None:
    chart = site.root / "theirs"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: support\nversion: 9.9.9\n")
    helm = str(REPOSITORY / ".tools/bin/helm")
    argv = [helm, "install", "support", str(chart), "--namespace", "support", "--create-namespace"]
    subprocess.run([*argv, "--kubeconfig", str(site.kubeconfig)], check=True, capture_output=True)
    done = deploy(site, "maths")
    assert done.returncode == 0, done.stderr
    assert list(told(done)) == [("support", True, "somebody else's"), ("maths", True, None)]
    assert "then `deployer deploy hut --support` makes it ours" in done.stderr
    assert site.revisions() == [(1, "deployed")]
    assert site.deploy().returncode == 0
    assert next(told(deploy(site, "maths"))) == ("support", True, "unchanged")


def test_hubs_go_on_when_the_support_went_back_to_what_was_good(site: Site) -> None:
    assert deploy(site, "maths").returncode == 0
    site.broken()
    for number in (3, 5):  # and the next deploy tries again
        done = deploy(site, "maths")
        assert done.returncode == 1
        support, hub = outcomes(done)
        assert (support["ok"], support["rolled_back"], support["revision"]) == (False, True, number)
        assert (hub["hub"], hub["ok"]) == ("maths", True)
    site.broken(broken=False)
    assert [each["ok"] for each in outcomes(deploy(site, "maths"))] == [True, True]


def test_hubs_are_not_put_on_a_support_that_is_not_well(site: Site) -> None:
    site.broken()
    done = deploy(site)
    assert done.returncode == 1
    support, *hubs = outcomes(done)
    assert (support["ok"], support["rolled_back"]) == (False, False)
    error = "not deployed: the support of the cluster is not well, and hubs count on it"
    assert [(each["hub"], each["error"]) for each in hubs] == [("maths", error), ("law", error)]
    assert "`deployer deploy hut --support`" in hubs[0]["hint"]
    assert list(told(deploy(site, "maths", "--no-support"))) == [("maths", True, None)]


def test_hubs_go_on_when_helm_refuses_an_upgrade_of_what_is_good(site: Site) -> None:
    assert site.deploy().returncode == 0
    site.values(traefik={"port": "no number"})
    done = deploy(site, "maths")
    assert done.returncode == 1
    support, hub = outcomes(done)
    assert (support["ok"], support["rolled_back"], support["revision"]) == (False, False, 1)
    assert (hub["hub"], hub["ok"]) == ("maths", True)
    assert "support: nothing was changed" in done.stderr


def test_of_two_deploys_at_once_one_waits_and_finds_nothing_left_to_do(site: Site) -> None:
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda hub: deploy(site, hub), ("maths", "law")))
    assert [done.returncode for done in both] == [0, 0], both
    assert sorted(str(next(told(done))[2]) for done in both) == ["None", "unchanged"]
    assert site.revisions() == [(1, "deployed")]


def test_a_dry_run_says_when_and_asks_no_cluster(site: Site) -> None:
    done = site.deploy_hubs("maths", "--dry-run")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "would deploy hut support"
    assert "  when: missing or changed" in lines
    assert "would deploy hut maths" in lines
    assert site.revisions() == []
    (site.root / "config/clusters/hut/kubeconfig").write_text("{}")
    assert site.deploy_hubs("maths", "--dry-run").stdout == done.stdout
