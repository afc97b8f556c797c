"""A fleet with one cluster, whose API server is real, and charts that are tiny.

No controller runs, so a Deployment never comes up: that is how an upgrade fails here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from deployer.operations.deploy import releases
from deployer.tools.kubernetes import Api, NotFound, connect
from tests.charts.making import HERE
from tests.waiting import wait_for

DEPLOYER = Path(sys.executable).with_name("deployer")
SERVICE = "/api/v1/namespaces/support/services/cluster-entrypoint"
CLASS = "/apis/networking.k8s.io/v1/ingressclasses/nginx"
DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/doors.example.org"
TOKENS = "/api/v1/namespaces/support/secrets/hub-tokens"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/support/leases/deployer"
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: doors.example.org}}
spec:
  group: example.org
  scope: Namespaced
  names: {{kind: Door, plural: doors}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {{openAPIV3Schema: {{type: object, description: {0}}}}}
"""
NEVER_UP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: door}
spec:
  selector: {matchLabels: {app: door}}
  template:
    metadata: {labels: {app: door}}
    spec: {containers: [{name: door, image: example.org/door:1}]}
"""
OFF = ("cert-manager", "prometheus", "grafana")


@dataclass
class Site:
    """A fleet with one cluster, an API server for it, and a mirror whose `traefik` is tiny."""

    root: Path
    mirror: Path
    kubeconfig: Path
    api: Api

    @property
    def environ(self) -> dict[str, str]:
        """The environment in which `deployer` runs."""
        return {
            **os.environ,
            "DEPLOYER_CACHE": str(self.root / "cache"),
            "DEPLOYER_STATE": str(self.root / "state"),
            "DEPLOYER_CHART_MIRROR": str(self.mirror),
            "CI": "true",
        }

    def argv(self, *argv: str) -> tuple[str, ...]:
        """Return the command line of a run."""
        return (str(DEPLOYER), "--root", str(self.root), *argv)

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `deployer` to its end."""
        done = subprocess.run(self.argv(*argv), env=self.environ, capture_output=True, text=True, timeout=300)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def deploy(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Deploy the support."""
        return self.run("deploy", "hut", "--support", "--timeout", "10", *argv)

    def deploy_hubs(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Deploy hubs, and what comes before them."""
        return self.run("deploy", "hut", "--timeout", "10", "--skip-health-check", *argv)

    def hubs(self, *names: str, **more: Any) -> None:
        """Have hubs, whose JupyterHub is a chart that makes a Secret only, so that they are up at once."""
        file = self.root / "config/clusters/hut/cluster.yaml"
        common = {"helm_chart": "basehub", "helm_chart_values_files": [], **more}
        hubs = [{"name": name, "domain": f"{name}.example.org", **common} for name in names]
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "hubs": hubs}))
        (self.mirror / "substitutes.yaml").write_text(
            "jupyterhub: {path: empty, reason: nothing comes up here}"
        )
        shutil.copytree(HERE / "jupyterhub", self.mirror / "empty", dirs_exist_ok=True)
        for template in (self.mirror / "empty/templates").rglob("*.yaml"):
            if template.name != "hub-secret.yaml":
                template.unlink()

    def say(self, support: dict[str, Any] | None) -> None:
        """Have cluster.yaml say this of the support, or nothing."""
        file = self.root / "config/clusters/hut/cluster.yaml"
        known = yaml.safe_load(file.read_text())
        known.pop("support", None)
        file.write_text(yaml.safe_dump(known if support is None else {**known, "support": support}))

    def revisions(self) -> list[tuple[int, str]]:
        """Return the revisions of the support and their states."""
        return [(each.number, each.status) for each in releases.revisions(self.api, "support", "support")]

    def broken(self, *, broken: bool = True) -> None:
        """Have the package `traefik` make a Deployment, or not."""
        template = self.mirror / "traefik/templates/door.yaml"
        template.parent.mkdir(exist_ok=True)
        template.write_text(NEVER_UP if broken else "")

    def define(self, description: str) -> None:
        """Have the package `traefik` define a resource."""
        file = self.mirror / "traefik/crds/doors.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(CRD.format(description))

    def values(self, **values: Any) -> None:
        """Write the values of the support, with all but `traefik` off."""
        self.write({name: {"enabled": False} for name in OFF} | values)

    def write(self, values: dict[str, Any]) -> None:
        """Write the values of the support, with all on that is on by default."""
        (self.root / "config/clusters/hut/support.values.yaml").write_text(yaml.safe_dump(values))

    def good(self) -> str:
        """Return the revisions that proved good."""
        found: str = self.api.get(LEASE)["metadata"]["annotations"]["deployer.dev/good-revisions"]
        return found


def make_site(root: Path, mirror: Path, kubeconfig: Path) -> Site:
    directory = root / "config/clusters/hut"
    directory.mkdir(parents=True)
    cluster = {
        "schema": 2,
        "name": "hut",
        "provider": "kubeconfig",
        "kubeconfig": {"file": "kubeconfig"},
        "kubernetes_version": "1.34",
        "support": {"helm_chart_values_files": ["support.values.yaml"]},
        "hubs": [],
    }
    (directory / "cluster.yaml").write_text(yaml.safe_dump(cluster))
    (directory / "kubeconfig").write_bytes(kubeconfig.read_bytes())
    return Site(root=root, mirror=mirror, kubeconfig=kubeconfig, api=connect(kubeconfig))


def clean(api: Api, *more: str) -> None:
    """Take away what deploys of the support left, what they could know of hubs, and `more`, and see it gone.

    A definition stays for a moment: what is written into it by then goes with it.
    """
    namespaces = {each["metadata"]["name"] for each in api.get("/api/v1/namespaces")["items"]}
    hubs = {name for name in namespaces - {"default", "support"} if not name.startswith("kube-")}
    secrets = [
        f"/api/v1/namespaces/support/secrets/{each.secret}"
        for each in releases.revisions(api, "support", "support")
    ]
    secrets += [f"/api/v1/namespaces/{hub}/secrets" for hub in hubs]  # releases, and tokens
    deployment = "/apis/apps/v1/namespaces/support/deployments/door"
    for path in (*secrets, SERVICE, CLASS, DEFINITION, LEASE, TOKENS, deployment, *more):
        try:
            api.delete(path)
        except NotFound:
            continue
        if "/customresourcedefinitions/" in path:
            wait_for(partial(is_gone, api, path), f"{path} is gone")


def is_gone(api: Api, path: str) -> bool:
    """Say whether there is no such object."""
    try:
        api.get(path)
    except NotFound:
        return True
    return False
