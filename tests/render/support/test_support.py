"""What is computed for the support of a cluster, cloud by cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.fleet.features import Speaker, features
from deployer.fleet.model import Cluster, Organisation
from deployer.render.merge import merge
from deployer.render.paths import look_up
from deployer.render.support import generated, layers
from tests.render import fleets

DEFAULTS = fleets.document("traefik: {enabled: true}\nacme: {email: ''}", "values.yaml")
CLOUDS = ("aws", "azure", "gcp", "kubeconfig", "local")


def values(cluster: Cluster, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = dict(merge(layers(cluster, DEFAULTS, **{"chart_files": {}, **more})).values)
    return found


def cluster(provider: str, *files: str, **settings: Any) -> Cluster:
    listed = tuple(fleets.values_file(f"{i}.yaml", text) for i, text in enumerate(files))
    return fleets.cluster(provider, support_files=listed, **settings)


def test_files_are_stronger_than_what_is_computed_and_that_than_the_chart() -> None:
    organisation = Organisation(contact="ops@example.org")
    found = layers(
        cluster("gcp", "acme: {email: we@example.org}", organisation=organisation), DEFAULTS, chart_files={}
    )
    assert [layer.name for layer in found] == [
        "chart defaults",
        "computed: certificates",
        "computed: origin",
        "0.yaml",
    ]
    assert merge(found).values["acme"]["email"] == "we@example.org"
    assert look_up(merge(found[:-1]).values, ("acme", "email")) == "ops@example.org"


@pytest.mark.parametrize("contact", ["https://example.org/help", "https://a@example.org/", None])
def test_without_a_mail_address_there_is_no_issuer(contact: str | None) -> None:
    assert values(cluster("gcp", organisation=Organisation(contact=contact)))["acme"]["email"] == ""


def built(provider: str, **settings: Any) -> Cluster:
    declared = fleets.document("infrastructure: {}", "cluster.yaml")
    return fleets.cluster(provider, document=declared, **settings)


def test_load_balancers_show_who_calls_and_keep_quiet_connections() -> None:
    prefix = "service.beta.kubernetes.io/"
    found = {name: look_up(values(built(name)), ("entrypoint", "annotations")) for name in CLOUDS}
    assert found == {
        "aws": {
            f"{prefix}aws-load-balancer-type": "nlb",
            f"{prefix}aws-load-balancer-cross-zone-load-balancing-enabled": "true",
        },
        "azure": {f"{prefix}azure-load-balancer-tcp-idle-timeout": "30"},
        "gcp": None,
        "kubeconfig": None,
        "local": None,
    }


def test_an_adopted_cluster_keeps_its_load_balancer_and_its_disks() -> None:
    found = [values(cluster(name)) for name in CLOUDS]
    assert not [each for each in found if "annotations" in each.get("entrypoint", {})]
    assert not [each for each in found if "storageClasses" in each]


def test_only_eks_lacks_a_kind_of_disk_for_claims_that_name_none() -> None:
    assert [name for name in CLOUDS if "storageClasses" in values(built(name))] == ["aws"]
    assert values(built("aws"))["storageClasses"] == {
        "standard": {
            "provisioner": "ebs.csi.aws.com",
            "parameters": {"type": "gp3", "encrypted": "true"},
            "default": True,
        }
    }


def test_the_autoscaler_runs_on_aws_as_the_role_of_the_outputs_and_follows_kubernetes() -> None:
    role = "arn:aws:iam::012345678901:role/lake-autoscaler"
    made = cluster("aws", outputs={"autoscaler_role": role}, kubernetes_version="1.33")
    assert values(made)["cluster-autoscaler"] == {
        "enabled": True,
        "awsRegion": "us-west-2",
        "autoDiscovery": {"clusterName": "cluster"},
        "image": {"tag": "v1.33.6"},
        "rbac": {"serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": role}}},
    }
    adopted = values(cluster("aws", kubernetes_version="1.99"))["cluster-autoscaler"]
    assert adopted == {"awsRegion": "us-west-2", "autoDiscovery": {"clusterName": "cluster"}}
    assert "cluster-autoscaler" not in values(cluster("gcp", outputs={"autoscaler_role": role}))


@pytest.mark.parametrize(
    ("provider", "zone", "expected"),
    [
        (
            "aws",
            {"id": "Z1", "identity": "arn:role"},
            {
                "provider": {"name": "aws"},
                "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:role"}},
                "env": [{"name": "AWS_DEFAULT_REGION", "value": "us-west-2"}],
                "extraArgs": {"zone-id-filter": "Z1"},
            },
        ),
        (
            "gcp",
            {"id": "zone", "identity": "dns@p"},
            {
                "provider": {"name": "google"},
                "serviceAccount": {"annotations": {"iam.gke.io/gcp-service-account": "dns@p"}},
                "extraArgs": {"google-project": "project"},
            },
        ),
        (
            "azure",
            {
                "id": "/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/dnsZones/a.org",
                "identity": "client",
            },
            {
                "provider": {"name": "azure"},
                "serviceAccount": {"annotations": {"azure.workload.identity/client-id": "client"}},
                "podLabels": {"azure.workload.identity/use": "true"},
                "secretConfiguration": {
                    "enabled": True,
                    "mountPath": "/etc/kubernetes/",
                    "data": {
                        "azure.json": json.dumps(
                            {
                                "subscriptionId": "S",
                                "resourceGroup": "G",
                                "useWorkloadIdentityExtension": True,
                            }
                        )
                    },
                },
            },
        ),
    ],
)
def test_records_are_written_in_the_zone_of_the_outputs(
    provider: str, zone: dict[str, Any], expected: dict[str, Any]
) -> None:
    outputs = {"dns": {"zone": "a.org", "name_servers": [], **zone}}
    common = {"enabled": True, "domainFilters": ["a.org"], "txtOwnerId": provider}
    assert values(cluster(provider, outputs=outputs))["external-dns"] == {**common, **expected}


@pytest.mark.parametrize("outputs", [{}, {"dns": None}, {"dns": {"zone": "a.org", "identity": None}}])
def test_without_a_zone_nobody_writes_records(outputs: dict[str, Any]) -> None:
    assert "external-dns" not in values(cluster("aws", outputs=outputs))


@pytest.mark.parametrize(
    ("provider", "pool", "cloud"),
    [
        ("aws", "{machine: g4dn.xlarge}", "aws"),
        ("aws", "{machine: r5.xlarge}", None),
        ("azure", "{machine: Standard_NC4as_T4_v3}", "azure"),
        ("gcp", "{machine: n1-standard-4, gpu: {type: nvidia-tesla-t4, count: 1}}", None),
    ],
)
def test_gpus_are_made_known_where_the_cloud_does_not(provider: str, pool: str, cloud: str | None) -> None:
    declared = fleets.document(f"infrastructure: {{node_pools: {{notebooks: [{pool}]}}}}", "cluster.yaml")
    found = values(fleets.cluster(provider, document=declared)).get("nvidiaDevicePlugin")
    assert found == ({cloud: {"enabled": True}} if cloud else None)


SIGN_IN = """\
prometheusAuthSecret: {username: u, password: p}
prometheus: {serverFiles: {web.yml: {basic_auth_users: {u: hash}}}}
"""


def test_prometheus_wants_a_password_when_there_is_one_and_its_hash() -> None:
    found = values(cluster("gcp", SIGN_IN))
    assert look_up(found, ("prometheus", "server", "extraArgs")) == {"web.config.file": "/etc/config/web.yml"}
    (source,) = found["grafana"]["datasources"]["datasources.yaml"]["datasources"]
    assert (source["basicAuthUser"], found["grafana"]["envFromSecret"]) == ("${username}", "prometheus-auth")
    assert "grafana" not in values(cluster("gcp", SIGN_IN.splitlines()[0]))


def test_kubernetes_looks_at_prometheus_without_the_password() -> None:
    """Prometheus refuses its pages of health too: a probe by HTTP would have its pod ended for ever."""
    found = values(cluster("gcp", SIGN_IN))
    assert look_up(found, ("prometheus", "server", "tcpSocketProbeEnabled")) is True
    assert look_up(values(cluster("gcp")), ("prometheus", "server", "tcpSocketProbeEnabled")) is None


def test_prometheus_reads_its_own_metrics_with_the_password_that_it_wants() -> None:
    found = values(cluster("gcp", SIGN_IN))["prometheus"]
    signed_in = {"username": "u", "password_file": "/etc/prometheus-auth/password"}
    assert found["scrapeConfigs"]["prometheus"] == {"basic_auth": signed_in}
    (mount,) = found["server"]["extraVolumeMounts"]
    assert (mount["name"], mount["mountPath"]) == ("prometheus-auth", "/etc/prometheus-auth")
    (volume,) = found["server"]["extraVolumes"]
    assert volume == {"name": "prometheus-auth", "secret": {"secretName": "prometheus-auth"}}


def test_every_alarm_says_of_which_cluster_it_is() -> None:
    found = look_up(values(cluster("aws")), ("prometheus", "server", "global"))
    assert found == {"external_labels": {"cluster": "aws"}}


def test_grafana_is_served_where_hosts_are_said() -> None:
    found = values(cluster("gcp", "grafana: {ingress: {hosts: [g.example.org]}}"))
    certificate = {"secretName": "grafana-tls", "hosts": ["g.example.org"]}
    assert found["grafana"] == {
        "ingress": {"enabled": True, "hosts": ["g.example.org"], "tls": [certificate]},
        "grafana.ini": {"server": {"root_url": "https://g.example.org/"}},
    }
    own = values(cluster("gcp", "grafana: {ingress: {hosts: [g.example.org], tls: [{secretName: own}]}}"))
    assert own["grafana"]["ingress"]["tls"] == [{"secretName": "own"}]


def test_rules_are_the_files_of_the_chart() -> None:
    files = {f"rules/{name}.yaml": f"groups: [{{name: {name}}}]" for name in "ba"} | {"other.yaml": "x: 1"}
    found = values(cluster("gcp"), chart_files=files)["prometheus"]["serverFiles"]
    assert found == {"alerting_rules.yml": {"groups": [{"name": "a"}, {"name": "b"}]}}


def test_a_rule_has_the_address_of_its_page_where_one_is_known() -> None:
    rule = {"alert": "A", "annotations": {"summary": "a", "runbook": "docs/runbooks/a.md"}}
    files = {"rules/a.yaml": json.dumps({"groups": [{"name": "a", "rules": [rule, {"record": "b"}]}]})}
    said = "alarm: {runbooks: 'https://docs.example.org/{page}.html'}"
    found = values(cluster("gcp", said), chart_files=files)["prometheus"]["serverFiles"]
    linked = {"alert": "A", "annotations": {"summary": "a", "runbook": "https://docs.example.org/a.html"}}
    assert found["alerting_rules.yml"] == {"groups": [{"name": "a", "rules": [linked, {"record": "b"}]}]}


def test_the_local_cluster_has_no_load_balancer_and_no_images_of_a_registry() -> None:
    found = values(cluster("local"))
    off = ("entrypoint", "traefik", "cert-manager", "prometheus", "grafana")
    assert [found[name]["enabled"] for name in off] == [False] * len(off)
    assert values(cluster("local", "traefik: {enabled: true}"))["traefik"]["enabled"] is True


@pytest.mark.parametrize(
    "given", [{"grafana": {"adminPassword": "x"}}, {"grafana": {"admin": {"existingSecret": "x"}}}]
)
def test_a_password_that_grafanas_chart_makes_up_is_a_placeholder(given: dict[str, Any]) -> None:
    assert generated({}).values == {"grafana": {"adminPassword": "generated-grafana.adminPassword"}}
    assert generated(given).values == {}


def _person(role: str, address: str) -> dict[str, dict[str, str]]:
    return {role: {"name": "Somebody", "email": address}}


def test_an_alarm_about_a_hub_has_the_address_of_its_people() -> None:
    people = {
        "maths": {
            "technical": {"name": "T", "email": "t@example.org"},
            "owner": {"name": "O", "email": "o@a.org"},
        },
        "physics": {"technical": {"name": "T"}, "owner": {"name": "O", "email": "o@example.org"}},
        "law": {"owner": {"name": "O"}},
    }
    hubs = [fleets.hub(name=name, contacts=contacts) for name, contacts in people.items()]
    found = look_up(values(fleets.cluster("gcp", *hubs)), ("prometheus", "alertRelabelConfigs"))
    assert [(each["regex"], each["replacement"]) for each in found["alert_relabel_configs"]] == [
        ("maths", "t@example.org"),
        ("physics", "o@example.org"),
    ]


def test_metrics_of_hubs_are_read_with_the_token_that_each_takes() -> None:
    asked = {"maths": "{metrics: true}", "open": "{metrics: {token: false}}", "law": "{}"}
    hubs = [
        fleets.hub(
            name=name,
            features=features([Speaker(document=fleets.document(f"features: {said}", "cluster.yaml"))]),
        )
        for name, said in asked.items()
    ]
    found = values(fleets.cluster("gcp", *hubs))["prometheus"]
    assert [mount["mountPath"] for mount in found["server"]["extraSecretMounts"]] == ["/etc/hub-tokens"]
    assert list(found["scrapeConfigs"]) == ["hub-maths", "uptime"]
    job = found["scrapeConfigs"]["hub-maths"]
    assert job["authorization"] == {"credentials_file": "/etc/hub-tokens/maths"}
    assert job["kubernetes_sd_configs"] == [{"role": "endpoints", "namespaces": {"names": ["maths"]}}]
    assert list(values(fleets.cluster("gcp", hubs[2]))["prometheus"]["scrapeConfigs"]) == ["uptime"]


def test_a_gateway_has_the_address_of_the_cluster_when_there_is_to_be_one() -> None:
    said = "traefik: {providers: {kubernetesGateway: {enabled: true}}}"
    prefix = "--providers.kubernetesgateway.statusaddress.service"
    assert values(cluster("gcp", said))["traefik"]["additionalArguments"] == [
        f"{prefix}.name=cluster-entrypoint",
        f"{prefix}.namespace=support",
    ]
    # Any such argument would turn the provider on.
    assert "additionalArguments" not in values(cluster("gcp"))["traefik"]
