"""The chart support over upstream's own charts, which are never part of this repository.

`DEPLOYER_SUPPORT_MIRROR` names a chart mirror that has them, as packages or as source trees.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.errors import DeployerError
from deployer.fleet.features import Speaker, features
from deployer.fleet.manifests import objects
from deployer.fleet.model import Cluster, Fleet, Organisation
from deployer.operations.render import Rendered, handed, manifests, rendered, with_values
from deployer.rules import manifests as rules
from deployer.rules import support
from deployer.rules.subjects import ReleaseObjects, ReleaseValues
from tests.charts.making import built_helm
from tests.render import fleets
from tests.support.test_rules import program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.session import Session
    from deployer.tools.helm import Helm

pytestmark = pytest.mark.integration

OUTPUTS: dict[str, dict[str, Any]] = {
    "aws": {
        "autoscaler_role": "arn:aws:iam::012345678901:role/autoscaler",
        "dns": {"zone": "a.example.org", "id": "Z1", "identity": "arn:aws:iam::012345678901:role/dns"},
    },
    "gcp": {"dns": {"zone": "a.example.org", "id": "a", "identity": "dns@project.iam"}},
    "azure": {
        "dns": {
            "zone": "a.example.org",
            "id": "/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/dnsZones/a.example.org",
            "identity": "0-0-0",
        }
    },
    "kubeconfig": {},
}
FILE = """\
prometheusAuthSecret: {username: u, password: "p@/ +?"}
prometheus:
  server: {ingress: {enabled: true, hosts: [prometheus.example.org]}}
  serverFiles: {web.yml: {basic_auth_users: {u: hash}}}
grafana: {ingress: {hosts: [grafana.example.org]}}
grafanaSignIn: {github: {client_id: id, client_secret: marker, teams: [org/team]}}
dashboards: {mine: '{"uid": "mine"}'}
alarm: {critical: {webhook_configs: [{url: "https://example.org/alarm"}]}}
"""
LARGEST = 1 << 20
"""What a Secret may hold, in bytes: Helm keeps a release in one."""


@pytest.fixture
def session(session: Session) -> Session:
    """A session whose mirror has upstream's charts."""
    mirror = os.environ.get("DEPLOYER_SUPPORT_MIRROR")
    if not mirror:
        pytest.skip("DEPLOYER_SUPPORT_MIRROR names no chart mirror with the charts that `support` pins")
    return replace(session, chart_mirror=Path(mirror).absolute())


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest, repository: Path) -> Helm:
    return built_helm(repository, request.param)


@pytest.fixture(params=sorted(OUTPUTS))
def cluster(request: pytest.FixtureRequest) -> Cluster:
    files = (fleets.values_file("support.values.yaml", FILE),)
    organisation = Organisation(contact="ops@example.org", staff={"github": ("ana",)})
    outputs = OUTPUTS[request.param]
    asked = features([Speaker(document=fleets.document("features: {metrics: true}", "cluster.yaml"))])
    people = {"owner": {"name": "Somebody", "email": "maths@example.org"}}
    hub = fleets.hub(name="maths", features=asked, contacts=people)
    return fleets.cluster(request.param, hub, support_files=files, organisation=organisation, outputs=outputs)


@pytest.fixture
def release(session: Session, repository: Path, cluster: Cluster) -> Rendered:
    fleet = Fleet(root=repository, clusters=(cluster,))
    return rendered(session, fleet, cluster, cluster.support, decrypt=False, download=False)


def found(session: Session, release: Rendered, helm: Helm) -> dict[str, Mapping[str, Any]]:
    text = manifests(session, release, helm=helm, values=handed(release))
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in objects(text)}


def test_a_cluster_takes_every_object_and_the_charts_take_every_value(
    session: Session, release: Rendered, cluster: Cluster, helm: Helm
) -> None:
    values = ReleaseValues(
        cluster=cluster,
        owner=cluster.support,
        chart=release.chart,
        merged=release.merged,
        handed=release.values_for_helm,
    )
    things = tuple(found(session, release, helm).values())
    subject = ReleaseObjects(release=values, objects=things)
    # The file of these tests is not encrypted.
    of_values = [rule for rule in support.RULES if rule.id != "plain-credential"]
    problems = [each for rule in of_values for each in rule.problems(values)]
    problems += [each for rule in rules.OF_SUPPORT for each in rule.problems(subject)]
    assert [str(problem) for problem in problems] == []


def test_the_address_leads_to_the_controller_whichever_it_is(
    session: Session, release: Rendered, helm: Helm
) -> None:
    things = found(session, release, helm)
    service, pods = (
        things["Service/cluster-entrypoint"],
        things["Deployment/support-traefik"]["spec"]["template"],
    )
    assert service["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert service["spec"]["selector"].items() <= pods["metadata"]["labels"].items()
    ports = {port["name"] for port in pods["spec"]["containers"][0]["ports"]}
    assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
    balanced = [name for name, each in things.items() if each.get("spec", {}).get("type") == "LoadBalancer"]
    assert balanced == ["Service/cluster-entrypoint"]


def test_rules_reach_prometheus_as_they_are_and_routes_alertmanager(
    session: Session, release: Rendered, helm: Helm, repository: Path
) -> None:
    things = found(session, release, helm)
    given = yaml.safe_load(things["ConfigMap/support-prometheus-server"]["data"]["alerting_rules.yml"])
    files = sorted((repository / "helm-charts/support/files/rules").glob("*.yaml"))
    assert given["groups"] == [
        group for file in files for group in yaml.safe_load(file.read_text())["groups"]
    ]
    data = yaml.safe_load(things["Secret/alertmanager"]["stringData"]["alertmanager.yml"])
    assert [each["name"] for each in data["receivers"]] == ["nobody", "all/critical"]


def test_keys_of_receivers_are_in_a_secret_and_reach_alertmanager(
    session: Session, release: Rendered, helm: Helm
) -> None:
    things = found(session, release, helm)
    assert "ConfigMap/support-alertmanager" not in things
    assert [name for name, each in things.items() if "https://example.org/alarm" in json.dumps(each)] == [
        "Secret/alertmanager"
    ]
    pod = things["StatefulSet/support-alertmanager"]["spec"]["template"]["spec"]
    (volume,) = [each["name"] for each in pod["volumes"] if each.get("secret")]
    for container in pod["containers"]:
        (mount,) = [each for each in container["volumeMounts"] if each["name"] == volume]
        assert mount["mountPath"] == "/etc/alertmanager"


def test_alertmanager_takes_its_configuration(
    session: Session, release: Rendered, helm: Helm, tmp_path: Path
) -> None:
    for name, text in found(session, release, helm)["Secret/alertmanager"]["stringData"].items():
        (tmp_path / name).write_text(text.replace("/etc/alertmanager", str(tmp_path)))
    argv = [program("amtool"), "check-config", str(tmp_path / "alertmanager.yml")]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 templates" in done.stdout


def test_what_is_asked_whether_alarms_arrive_is_found_by_prometheus(
    session: Session, release: Rendered, helm: Helm
) -> None:
    annotations = found(session, release, helm)["Service/support-alertmanager"]["metadata"]["annotations"]
    assert annotations == {"prometheus.io/scrape": "true", "prometheus.io/port": "9093"}


def test_prometheus_takes_its_configuration(
    session: Session, release: Rendered, helm: Helm, tmp_path: Path
) -> None:
    data = found(session, release, helm)["ConfigMap/support-prometheus-server"]["data"]
    config = yaml.safe_load(data["prometheus.yml"])
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    assert jobs["hub-maths"]["authorization"] == {"credentials_file": "/etc/hub-tokens/maths"}
    assert [each["replacement"] for each in config["alerting"]["alert_relabel_configs"]] == [
        "maths@example.org"
    ]
    # Debian builds its Prometheus without what finds things in Kubernetes.
    for each in (*config["scrape_configs"], *config["alerting"]["alertmanagers"]):
        each.pop("kubernetes_sd_configs", None)
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    argv = [program("promtool"), "check", "config", "--syntax-only", str(tmp_path / "prometheus.yml")]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_whoever_asks_prometheus_needs_the_password(session: Session, release: Rendered, helm: Helm) -> None:
    things = found(session, release, helm)
    reloader, server = things["Deployment/support-prometheus-server"]["spec"]["template"]["spec"][
        "containers"
    ]
    assert "--web.config.file=/etc/config/web.yml" in server["args"]
    probes = [server[f"{kind}Probe"] for kind in ("startup", "readiness", "liveness")]
    assert [(probe.get("httpGet"), "tcpSocket" in probe) for probe in probes] == [(None, True)] * 3
    assert "--reload-url=$(PROMETHEUS_RELOAD_URL)" in reloader["args"]
    assert things["Ingress/support-prometheus-server"]["spec"]["ingressClassName"] == "nginx"
    assert things["Secret/prometheus-auth"]["stringData"] == {
        "username": "u",
        "password": "p@/ +?",
        "reload_url": "http://u:p%40%2F%20%2B%3F@127.0.0.1:9090/-/reload",
    }
    (of_grafana,) = things["Deployment/support-grafana"]["spec"]["template"]["spec"]["containers"]
    assert {"secretRef": {"name": "prometheus-auth"}} in of_grafana["envFrom"]


def test_grafana_shows_the_files_of_the_chart_to_staff(
    session: Session, release: Rendered, helm: Helm, repository: Path
) -> None:
    things = found(session, release, helm)
    files = repository / "helm-charts/support/files/dashboards"
    for folder in ("hubs", "cluster"):
        given = things[f"ConfigMap/grafana-dashboards-{folder}"]["data"]
        assert given == {file.name: file.read_text() for file in (files / folder).glob("*.json")}
    assert things["ConfigMap/grafana-dashboards-own"]["data"] == {"mine.json": '{"uid": "mine"}'}
    pod = things["Deployment/support-grafana"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert not pod.get("initContainers"), "nothing is fetched before it starts"
    assert container["image"].endswith(basehub_image(repository))
    config = things["ConfigMap/support-grafana"]["data"]
    providers = yaml.safe_load(config["dashboardproviders.yaml"])["providers"]
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {provider["options"]["path"] for provider in providers} <= mounted
    ini = config["grafana.ini"]
    roles = "(login == 'ana') && 'GrafanaAdmin' || contains(not_null(groups, ['']), '@org/team') && 'Viewer'"
    for line in (
        "root_url = https://grafana.example.org/",
        f"role_attribute_path = {roles}",
        "role_attribute_strict = true",
    ):
        assert f"\n{line}\n" in ini.replace("\n  ", "\n")
    assert "marker" not in str(config)
    secret = things["Secret/grafana-sign-in"]["stringData"]
    assert secret == {"GF_AUTH_GITHUB_CLIENT_ID": "id", "GF_AUTH_GITHUB_CLIENT_SECRET": "marker"}
    assert {"secretRef": {"name": "grafana-sign-in", "optional": False}} in container["envFrom"]


def basehub_image(repository: Path) -> str:
    """Return the image of a hub's own Grafana, without its registry: it is to be the same program."""
    values = yaml.safe_load((repository / "helm-charts/basehub/values.yaml").read_text())
    image: str = values["dashboards"]["image"]
    return image.removeprefix("docker.io/")


@pytest.mark.parametrize(
    "without", ['prometheusAuthSecret: {username: u, password: "p@/ +?"}', "{basic_auth_users: {u: hash}}"]
)
def test_prometheus_is_shown_to_nobody_without_a_password_and_its_hash(
    session: Session, repository: Path, helm: Helm, without: str
) -> None:
    assert without in FILE
    shown = FILE.replace(without, "{}" if without.startswith("{") else "")
    asked = fleets.cluster("kubeconfig", support_files=(fleets.values_file("support.values.yaml", shown),))
    fleet = Fleet(root=repository, clusters=(asked,))
    refused = rendered(session, fleet, asked, asked.support, decrypt=False, download=False)
    with pytest.raises(DeployerError, match="would show all metrics to everybody"):
        found(session, refused, helm)


def test_definitions_are_not_in_the_release_and_not_lost(
    session: Session, release: Rendered, helm: Helm
) -> None:
    things = found(session, release, helm)
    assert not [name for name in things if name.startswith("CustomResourceDefinition/")]
    on = with_values(release, {"cert-manager": {"crds": {"enabled": True}}})
    text = manifests(session, release, helm=helm, values=on)
    names = {each["metadata"]["name"] for each in objects(text) if each["kind"] == "CustomResourceDefinition"}
    assert {"certificates.cert-manager.io", "clusterissuers.cert-manager.io"} <= names
    files = {file.name for _package, file in release.chart.definitions}
    assert "traefik.io_middlewares.yaml" in files
    assert "kustomization.yaml" not in files


def test_an_issuer_comes_after_the_webhook_that_takes_it(
    session: Session, release: Rendered, helm: Helm
) -> None:
    things = found(session, release, helm)
    weights = {
        name: int(things[name]["metadata"]["annotations"]["helm.sh/hook-weight"])
        for name in ("Job/support-cert-manager-startupapicheck", "ClusterIssuer/letsencrypt-prod")
    }
    first, then = weights.values()
    assert first < then


def test_identities_of_clouds_fit_the_service_accounts(
    session: Session, release: Rendered, cluster: Cluster, helm: Helm
) -> None:
    """Terraform gives them to accounts of these names in the namespace `support`."""
    accounts = {name for name in found(session, release, helm) if name.startswith("ServiceAccount/")}
    wanted = {"ServiceAccount/cert-manager"}
    if "dns" in cluster.outputs:
        wanted.add("ServiceAccount/external-dns")
    if "autoscaler_role" in cluster.outputs:
        wanted.add("ServiceAccount/cluster-autoscaler")
    assert wanted <= accounts


def test_a_release_fits_into_a_secret(session: Session, release: Rendered, helm: Helm) -> None:
    """As Helm stores it: its chart's files in base64, with what it rendered, packed and in base64 again."""
    text = manifests(session, release, helm=helm, values=handed(release))
    files = [path for path in sorted(release.chart.path.rglob("*")) if path.is_file()]
    stored = {"files": [base64.b64encode(path.read_bytes()).decode() for path in files], "manifest": text}
    packed = base64.b64encode(gzip.compress(json.dumps(stored).encode()))
    assert len(packed) < 0.9 * LARGEST


def test_the_exporter_is_where_prometheus_asks_for_it_and_takes_its_configuration(
    session: Session, release: Rendered, helm: Helm, tmp_path: Path
) -> None:
    things = found(session, release, helm)
    config = yaml.safe_load(things["ConfigMap/support-prometheus-server"]["data"]["prometheus.yml"])
    (job,) = (each for each in config["scrape_configs"] if each["job_name"] == "uptime")
    ((name, port),) = {tuple(each["targets"][0].split(":")) for each in job["static_configs"]}
    service = things[f"Service/{name}"]
    pods = things[f"Deployment/{name}"]["spec"]["template"]
    assert service["spec"]["selector"].items() <= pods["metadata"]["labels"].items()
    assert [f"{each['port']}" for each in service["spec"]["ports"]] == [port]
    path = tmp_path / "blackbox.yaml"
    path.write_text(things[f"ConfigMap/{name}"]["data"]["blackbox.yaml"])
    argv = (program("prometheus-blackbox-exporter"), "--config.check", f"--config.file={path}")
    assert subprocess.run(argv, capture_output=True).returncode == 0
    modules = yaml.safe_load(path.read_text())["modules"]
    assert {each["labels"]["__param_module"] for each in job["static_configs"]} <= set(modules)
