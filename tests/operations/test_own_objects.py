"""The objects of the chart's own templates, compared with what they were.

After an intended change: `pytest tests/operations/test_own_objects.py -m integration --update-golden`, and
read the difference. Names, selectors and specs of volumes can't change: adopted hubs have such objects.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.errors import DeployerError
from deployer.fleet.load import load_fleet
from deployer.operations.render import manifests, rendered
from deployer.render.text import as_yaml
from tests.charts.making import built_helm, write_mirror
from tests.golden.comparison import without_dashboards

if TYPE_CHECKING:
    from deployer.session import Session
    from tests.golden.comparison import Golden

pytestmark = pytest.mark.integration

GOLDEN = Path(__file__).parent.parent / "golden/objects"
CLUSTER = """\
name: {name}
provider: {provider}
{block}
hubs:
  - name: research
    domain: research.example.org
    helm_chart: basehub
    helm_chart_values_files: [research.values.yaml]
"""
BLOCKS = {
    "aws": "aws: {account: '012345678901', clusterName: c, clusterType: eks, region: us-west-2}",
    "azure": "azure: {resource_group: g, cluster: c}",
    "gcp": "gcp: {project: p, cluster: c, zone: us-central1-b}",
    "kubeconfig": "kubeconfig: {file: c}",
}
ON_GCP = """
jupyterhub-home-nfs: {gke: {volumeId: disk}}
dask-gateway: {enabled: true}
"""
MADE_ON_AWS = """
jupyterhub-home-nfs: {enabled: true, persistentVolume: {size: 100Gi, storageClass: research-homes}}
homeDisk:
  enabled: true
  name: research-homes
  provisioner: ebs.csi.aws.com
  parameters: {type: gp3, encrypted: "true"}
nfs: {pv: {serverIP: 10.9.8.7}}
"""
DISK_ON_AZURE = """
jupyterhub-home-nfs: {enabled: true}
homeDisk:
  enabled: true
  name: research-homes
  provisioner: disk.csi.azure.com
  volumeId: /subscriptions/s/disks/d
nfs: {pv: {serverIP: 10.9.8.7}}
"""
ON_AWS = """
jupyterhub-home-nfs: {eks: {volumeId: disk}}
nfs: {pv: {serverIP: 10.9.8.7}}
"""
ALL_OF_IT = """
nfs:
  enabled: true
  pv: {serverIP: 10.1.2.3, baseShareName: /homes/, shareNameOverride: shared-one}
  shareCreator: {enabled: true, tolerations: [{key: a, operator: Exists}]}
nodePlaceholder: {enabled: true, replicas: 2, extraTolerations: [{key: b, operator: Exists}]}
dask-gateway: {enabled: true}
userServiceAccount: {annotations: {owner: us}}
jupyterhub: {singleuser: {networkPolicy: {enabled: true}}}
"""
LIMITED = """
dask-gateway: {enabled: true}
jupyterhub:
  singleuser:
    networkPolicy:
      enabled: true
      egressAllowRules: {nonPrivateIPs: false}
      egress: [{ports: [{port: 443}], to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]
"""
GRADING = """
ngshare:
  enabled: true
  admins: [grace]
  courses: {bio101: {instructors: [ada], student_groups: [biology]}}
  storageClass: fast
jupyterhub: {singleuser: {networkPolicy: {enabled: true}}}
"""
SITE = """
site: {enabled: true, repository: "https://example.org/docs"}
jupyterhub: {hub: {image: {name: quay.io/example/hub, tag: "1"}}}
"""
SITE_WITH_A_KEY = """
site:
  enabled: true
  repository: git@example.org:docs.git
  privateKey: a-key
  knownHosts: example.org ssh-ed25519 AAAA
jupyterhub: {hub: {image: {name: quay.io/example/hub, tag: "1"}}}
"""
DASHBOARDS = """
dashboards:
  enabled: true
  prometheus: {username: grafana, password: password}
  hub: {secret: hub, environment: {GF_SERVER_ROOT_URL: "https://research.example.org/services/dashboards/"}}
"""
CASES = {
    "dashboards": ("kubeconfig", DASHBOARDS),
    "nothing-asked": ("kubeconfig", "{}"),
    "everything": ("kubeconfig", ALL_OF_IT),
    "own-server-on-gcp": ("gcp", ON_GCP),
    "own-server-on-aws": ("aws", ON_AWS),
    "made-disk-on-aws": ("aws", MADE_ON_AWS),
    "disk-on-azure": ("azure", DISK_ON_AZURE),
    "in-the-cluster": ("kubeconfig", "{inClusterNFS: {enabled: true, size: 10Gi}}"),
    "limited": ("kubeconfig", LIMITED),
    "binder": ("kubeconfig", "{binderhub-service: {enabled: true}}"),
    "grading": ("kubeconfig", GRADING),
    "site": ("kubeconfig", SITE),
    "site-with-a-key": ("kubeconfig", SITE_WITH_A_KEY),
    "own-certificate": ("kubeconfig", "{ownCertificate: {certificate: PEM, key: PEM}}"),
    "awaited-nodes": ("kubeconfig", "{nodePlaceholder: {enabled: true, replicas: 1, wait: true}}"),
}


def objects(session: Session, root: Path, provider: str, values: str) -> list[dict[str, Any]]:
    """Return the objects that the chart's own templates make."""
    directory = root / "config/clusters" / provider
    directory.mkdir(parents=True)
    cluster = CLUSTER.format(name=provider, provider=provider, block=BLOCKS[provider])
    (directory / "cluster.yaml").write_text(cluster)
    (directory / "c").write_text("")
    (directory / "research.values.yaml").write_text(values)
    fleet = load_fleet(root, state=session.state)
    (found,) = fleet.clusters
    release = rendered(session, fleet, found, found.hubs[0], decrypt=False)
    made = yaml.safe_load_all(manifests(session, release))
    return [each for each in made if each and _is_own(each)]


def _is_own(each: dict[str, Any]) -> bool:
    return bool(each["metadata"].get("labels", {}).get("app.kubernetes.io/name") == "basehub")


@pytest.fixture
def session(session: Session, repository: Path, tmp_path: Path) -> Session:
    built_helm(repository, "helm")
    mirror = write_mirror(tmp_path / "mirror")
    return replace(session, environ=dict(os.environ), chart_mirror=mirror, tools=(repository / ".tools/bin",))


@pytest.mark.parametrize("name", CASES)
def test_own_objects_are_what_they_were(session: Session, tmp_path: Path, name: str, golden: Golden) -> None:
    made = objects(session, tmp_path / "fleet", *CASES[name])
    text = "".join(f"---\n{as_yaml(each)}" for each in made)
    golden.check(GOLDEN / f"{name}.yaml", without_dashboards(text))


def test_there_is_no_expectation_without_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.yaml")} == set(CASES)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ("{nfs: {enabled: true}}", "nodes have to know where the server of homes is"),
        (
            "{nfs: {enabled: true, pv: {serverIP: 10.1.2.3}}, inClusterNFS: {enabled: true}}",
            "both make the claim `home-nfs`",
        ),
    ],
)
def test_homes_that_are_nowhere_or_twice_do_not_render(
    session: Session, tmp_path: Path, values: str, reason: str
) -> None:
    with pytest.raises(DeployerError, match=reason):
        objects(session, tmp_path / "fleet", "kubeconfig", values)


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        ("{enabled: true}", "where the site's files are"),
        ("{enabled: true, repository: 'git@a:b'}", "takes a deploy key"),
        (
            "{enabled: true, repository: 'git@a:b', privateKey: key}",
            "by what the repository's server is known",
        ),
    ],
)
def test_a_site_whose_files_nobody_can_bring_does_not_render(
    session: Session, tmp_path: Path, site: str, reason: str
) -> None:
    with pytest.raises(DeployerError, match=reason):
        objects(session, tmp_path / "fleet", "kubeconfig", f"site: {site}")
