"""basehub over upstream's own charts, which are never part of this repository.

`DEPLOYER_Z2JH` names a checkout of jupyterhub/zero-to-jupyterhub-k8s at the tag that basehub pins, or a chart
mirror that has one.
"""

from __future__ import annotations

import base64
import copy
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from deployer.charts.assemble import PreparedChart, prepare
from deployer.charts.chart import Chart, find_chart, needed
from deployer.render.merge import Layer, for_helm, merge
from deployer.tools.process import ProgramFailed
from tests.charts.making import built_helm

if TYPE_CHECKING:
    from deployer.session import Session
    from deployer.tools.helm import Helm

pytestmark = pytest.mark.integration

HUB: dict[str, Any] = {
    "jupyterhub": {
        "hub": {
            "config": {"JupyterHub": {"authenticator_class": "github"}},
            "extraConfig": {"01-a": "c.a = 1"},
        },
        "proxy": {"service": {"type": "ClusterIP"}},
        "ingress": {
            "enabled": True,
            "hosts": ["hub.example"],
            "tls": [{"hosts": ["hub.example"], "secretName": "t"}],
        },
        "singleuser": {
            "image": {"name": "quay.example/user", "tag": "1"},
            "profileList": [{"display_name": "Small", "kubespawner_override": {"mem_limit": "2G"}}],
            "startTimeout": None,
        },
        "scheduling": {"userScheduler": {"enabled": False}},
    }
}


@pytest.fixture
def basehub(repository: Path) -> Chart:
    return find_chart(repository, "basehub")


@pytest.fixture
def session(session: Session, basehub: Chart, tmp_path: Path) -> Session:
    """A session whose mirror has upstream's source tree."""
    checkout = os.environ.get("DEPLOYER_Z2JH")
    if not checkout:
        pytest.skip("DEPLOYER_Z2JH names no checkout of zero-to-jupyterhub-k8s")
    if (Path(checkout) / "mirror.yaml").exists():
        return replace(session, chart_mirror=Path(checkout).absolute())
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    path = Path(checkout).absolute() / "jupyterhub"
    version = basehub.dependencies[0].version
    (mirror / "mirror.yaml").write_text(f"jupyterhub: {{path: {path}, version: {version}}}\n")
    return replace(session, chart_mirror=mirror)


@pytest.fixture
def prepared(session: Session, basehub: Chart) -> PreparedChart:
    return prepare(session, basehub, needed(basehub, basehub.defaults.data), helm=None)


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest, repository: Path) -> Helm:
    return built_helm(repository, request.param)


def values(basehub: Chart, prepared: PreparedChart, hub: dict[str, Any]) -> dict[str, Any]:
    merged = merge(
        [Layer(name="chart defaults", values=basehub.defaults.data), Layer(name="hub", values=hub)]
    )
    return for_helm(merged, {package.name: package.defaults for package in prepared.packages})


def rendered(
    helm: Helm, prepared: PreparedChart, given: dict[str, Any], home: Path
) -> dict[str, dict[str, Any]]:
    out = helm.template(
        prepared.path, release="demo", namespace="demo", values=given, kube_version="1.34", home=home
    )
    found = [document for document in yaml.safe_load_all(out) if document]
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in found}


def test_a_hub_renders_with_published_versions_and_our_defaults(
    helm: Helm, prepared: PreparedChart, basehub: Chart, tmp_path: Path
) -> None:
    objects = rendered(helm, prepared, values(basehub, prepared, HUB), tmp_path)
    assert "set-by-chartpress" not in str(objects)
    hub = objects["Deployment/hub"]
    version = basehub.dependencies[0].version
    container = hub["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"quay.io/jupyterhub/k8s-hub:{version}"
    assert hub["metadata"]["labels"]["chart"] == f"jupyterhub-{version}"
    assert container["resources"]["limits"] == {"memory": "2Gi"}
    assert objects["Ingress/jupyterhub"]["spec"]["ingressClassName"] == "nginx"
    # What basehub counts on upstream for, and what it turns off.
    assert {"NetworkPolicy/hub", "NetworkPolicy/proxy", "NetworkPolicy/singleuser"} <= set(objects)
    assert not [name for name in objects if "puller" in name or name.startswith("Job/")]


def test_a_policy_denies_the_metadata_server_and_no_privileged_container_has_to(
    helm: Helm, prepared: PreparedChart, basehub: Chart, tmp_path: Path
) -> None:
    objects = rendered(helm, prepared, values(basehub, prepared, HUB), tmp_path)
    text = base64.b64decode(objects["Secret/hub"]["data"]["values.yaml"]).decode()
    # By this alone upstream's jupyterhub_config.py adds the container.
    assert yaml.safe_load(text)["singleuser"]["cloudMetadata"]["blockWithIptables"] is False
    blocks = [
        place["ipBlock"]
        for rule in objects["NetworkPolicy/singleuser"]["spec"]["egress"]
        for place in rule.get("to", ())
        if "ipBlock" in place and not rule.get("ports")
    ]
    everywhere = [block for block in blocks if block["cidr"] == "0.0.0.0/0"]
    assert everywhere
    assert all("169.254.169.254/32" in block["except"] for block in everywhere)
    assert "169.254.169.254/32" not in [block["cidr"] for block in blocks]


def test_a_null_reaches_upstreams_own_default(
    helm: Helm, prepared: PreparedChart, basehub: Chart, tmp_path: Path
) -> None:
    """`startTimeout: null` over basehub's 600 and upstream's 300 leaves KubeSpawner's own."""
    objects = rendered(helm, prepared, values(basehub, prepared, HUB), tmp_path)
    text = base64.b64decode(objects["Secret/hub"]["data"]["values.yaml"]).decode()
    received = yaml.safe_load(text)
    assert "startTimeout" not in received["singleuser"]
    assert received["cull"]["maxAge"] == 604800
    assert received["hub"]["config"]["JupyterHub"] == {"authenticator_class": "github", "admin_access": False}


def test_upstreams_schema_is_enforced_by_helm_and_known_to_us(
    helm: Helm, prepared: PreparedChart, basehub: Chart, tmp_path: Path
) -> None:
    wrong = copy.deepcopy(HUB)
    wrong["jupyterhub"]["hub"]["concurentSpawnLimit"] = 1
    given = values(basehub, prepared, wrong)
    with pytest.raises(ProgramFailed, match="concurentSpawnLimit"):
        rendered(helm, prepared, given, tmp_path)
    [package] = prepared.packages
    assert package.schema is not None
    layers = [
        Layer(name="dependency", values=package.defaults),
        Layer(name="given", values=given["jupyterhub"]),
    ]
    validator = jsonschema.Draft7Validator(package.schema)
    [error] = validator.iter_errors(for_helm(merge(layers), {}))
    assert "concurentSpawnLimit" in error.message
