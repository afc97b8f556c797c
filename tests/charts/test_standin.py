"""The stand-in makes the objects that z2jh makes, with the same Secret."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.charts import mirror
from deployer.tools.process import ProgramFailed
from tests.charts.making import built_helm

if TYPE_CHECKING:
    from deployer.tools.helm import Helm

STANDIN = Path(__file__).parent / "jupyterhub"
UPSTREAM = "4.4.0"

# No default on either chart of what needs a registry or cannot be compared.
MODEST: dict[str, Any] = {
    "hub": {"networkPolicy": {"enabled": False}, "image": {"tag": "1"}},
    "proxy": {"chp": {"networkPolicy": {"enabled": False}}},
    "singleuser": {
        "networkPolicy": {"enabled": False},
        "cloudMetadata": {"blockWithIptables": False},
        "image": {"tag": "1"},
    },
    "scheduling": {
        "userScheduler": {"enabled": False},
        "corePods": {"nodeAffinity": {"matchNodePurpose": "ignore"}},
    },
    "prePuller": {"hook": {"enabled": False}, "continuous": {"enabled": False}},
}
RICH: dict[str, Any] = {
    **MODEST,
    "hub": {
        **MODEST["hub"],
        "image": {"tag": "1", "pullPolicy": "Never", "pullSecrets": ["puller"]},
        "config": {"CryptKeeper": {"keys": ["aa", "bb"]}, "JupyterHub": {"admin_users": ["boss"]}},
        "cookieSecret": "abcd",
        "services": {"check": {"admin": True, "apiToken": "token"}},
        "extraFiles": {
            "code": {"mountPath": "/usr/local/etc/jupyterhub/jupyterhub_config.d/a.py", "stringData": "1\n"},
            "data": {"mountPath": "/etc/x.yaml", "data": {"a": [1, "b"]}, "mode": 0o400},
            "bytes": {"mountPath": "/etc/x.bin", "binaryData": "aGFs bG8="},
        },
        "extraEnv": {"A": "b", "NAME": {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}},
        "baseUrl": "/lab/",
        "resources": {"requests": {"memory": "256Mi"}},
    },
    "proxy": {**MODEST["proxy"], "secretToken": "proxy", "service": {"type": "ClusterIP"}},
    "singleuser": {
        **MODEST["singleuser"],
        "extraFiles": {"settings": {"mountPath": "/etc/x.json", "data": {"a": 1}}},
    },
    "ingress": {
        "enabled": True,
        "ingressClassName": "nginx",
        "hosts": ["hub.example.org"],
        "tls": [{"hosts": ["hub.example.org"], "secretName": "tls"}],
    },
}


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest, repository: Path) -> Helm:
    """Each Helm that `make tools` builds."""
    return built_helm(repository, request.param)


def _rendered(
    helm: Helm, chart: Path, values: dict[str, Any], home: Path
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return a chart's objects by kind and name, with a Secret's content in clear."""
    text = helm.template(
        chart, release="demo", namespace="demo", values=values, kube_version="1.34", home=home
    )
    objects = {}
    for document in yaml.safe_load_all(text):
        if not document:
            continue
        if document["kind"] == "Secret":
            clear = {key: base64.b64decode(value).decode() for key, value in document.get("data", {}).items()}
            document["data"] = clear | document.pop("stringData", {})
        objects[document["kind"], document["metadata"]["name"]] = document
    return objects


@pytest.mark.integration
def test_helm_finds_nothing_to_object_to(helm: Helm, tmp_path: Path) -> None:
    argv = [str(helm.program), "lint", "--strict", str(STANDIN)]
    said = helm.runner.run(argv, env={"HELM_CACHE_HOME": str(tmp_path)})
    assert "1 chart(s) linted, 0 chart(s) failed" in said.stdout


@pytest.mark.integration
def test_the_least_a_hub_takes(helm: Helm, tmp_path: Path) -> None:
    objects = _rendered(helm, STANDIN, MODEST, tmp_path)
    assert sorted(objects) == [
        ("ConfigMap", "hub"),
        ("Deployment", "hub"),
        ("Deployment", "proxy"),
        ("PersistentVolumeClaim", "hub-db-dir"),
        ("Role", "hub"),
        ("RoleBinding", "hub"),
        ("Secret", "hub"),
        ("Service", "hub"),
        ("Service", "proxy-api"),
        ("Service", "proxy-public"),
        ("ServiceAccount", "hub"),
    ]
    generated = objects["Secret", "hub"]["data"]
    assert len(generated["hub.config.ConfigurableHTTPProxy.auth_token"]) == 64
    for key in ("hub.config.JupyterHub.cookie_secret", "hub.config.CryptKeeper.keys"):
        assert len(bytes.fromhex(generated[key])) == 32
    values = yaml.safe_load(generated["values.yaml"])
    assert values["Release"] == {"Name": "demo", "Namespace": "demo", "Service": "Helm"}
    assert values["hub"]["config"]["JupyterHub"] == {"admin_access": True, "authenticator_class": "dummy"}


@pytest.mark.integration
def test_what_is_configured_reaches_the_secret(helm: Helm, tmp_path: Path) -> None:
    objects = _rendered(helm, STANDIN, RICH, tmp_path)
    content = objects["Secret", "hub"]["data"]
    del content["values.yaml"]
    assert content == {
        "hub.config.ConfigurableHTTPProxy.auth_token": "proxy",
        "hub.config.CryptKeeper.keys": "aa;bb",
        "hub.config.JupyterHub.cookie_secret": "abcd",
        "hub.services.check.apiToken": "token",
        "bytes": "hallo",
        "code": "1\n",
        "data": "a:\n- 1\n- b\n",
    }
    assert objects["Secret", "singleuser"]["data"] == {"settings": '{"a":1}\n'}


@pytest.mark.integration
def test_an_edit_of_a_mounted_file_rolls_the_hub_and_not_the_proxy(helm: Helm, tmp_path: Path) -> None:
    edited = {
        **RICH,
        "hub": {**RICH["hub"], "extraFiles": {"code": {"mountPath": "/x.py", "stringData": "2"}}},
    }
    before, after = (_rendered(helm, STANDIN, values, tmp_path) for values in (RICH, edited))
    assert _annotations(before, "hub") != _annotations(after, "hub")
    assert _annotations(before, "proxy") == _annotations(after, "proxy")


def _annotations(objects: dict[tuple[str, str], dict[str, Any]], name: str) -> dict[str, str]:
    annotations: dict[str, str] = objects["Deployment", name]["spec"]["template"]["metadata"]["annotations"]
    return annotations


@pytest.mark.integration
@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"hub": {"imagee": {}}}, "imagee"),
        ({"scheduling": {"userScheduler": {"enabled": True}}}, "userScheduler"),
        ({"prePuller": {"hook": {"enabled": True}}}, "prePuller"),
        ({"hub": {"extraFiles": {"x": {"mountPath": "/x"}}}}, r"extraFiles\.x needs a mountPath and one of"),
        ({"hub": {"extraFiles": {"x": {"mountPath": "/x", "data": {}}}}}, r"extraFiles\.x needs"),
        ({"hub": {"extraFiles": {"x": {"mountPath": "/x.py", "data": {"a": 1}}}}}, "must end in .yaml"),
    ],
)
def test_what_it_lacks_is_refused(helm: Helm, tmp_path: Path, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ProgramFailed, match=reason):
        _rendered(helm, STANDIN, values, tmp_path)


@pytest.mark.integration
@pytest.mark.parametrize("values", [MODEST, RICH], ids=["modest", "rich"])
def test_objects_are_those_of_upstream(helm: Helm, tmp_path: Path, values: dict[str, Any]) -> None:
    """But for the chart's version and checksums, generated secrets and the files of configuration."""
    found = os.environ.get("DEPLOYER_CHART_MIRROR")
    entry = mirror.find(Path(found), "jupyterhub", UPSTREAM) if found else None
    if entry is None or entry.substitute:
        pytest.skip(f"upstream's chart is not here: DEPLOYER_CHART_MIRROR names no mirror with {UPSTREAM}")
    ours, theirs = (_rendered(helm, chart, values, tmp_path) for chart in (STANDIN, entry.path))
    theirs = {key: item for key, item in theirs.items() if not key[1].startswith("user-placeholder")}
    assert {key: _comparable(item) for key, item in ours.items()} == {
        key: _comparable(item) for key, item in theirs.items()
    }


def _comparable(item: dict[str, Any]) -> dict[str, Any]:
    if item["kind"] == "Secret":
        generated = {key: "generated" for key, value in item["data"].items() if len(value) == 64}
        item["data"] = {**item["data"], **generated, "values.yaml": "all of them"}
    if item["kind"] == "ConfigMap":
        item["data"] = sorted(key for key in item["data"] if key.endswith(".py"))
    if item["kind"] == "Service":
        # One family of addresses or two: the cluster's own default does.
        item["spec"].pop("ipFamilyPolicy", None)
    if item["kind"] == "Deployment":
        item["spec"]["template"] = _comparable_pod(item["spec"]["template"])
    item["metadata"]["labels"] = dict.fromkeys(item["metadata"]["labels"], "") | {
        key: value
        for key, value in item["metadata"]["labels"].items()
        if key not in {"chart", "helm.sh/chart"}
    }
    return item


def _comparable_pod(template: dict[str, Any]) -> dict[str, Any]:
    template["metadata"]["annotations"] = sorted(template["metadata"]["annotations"])
    (container,) = template["spec"]["containers"]
    container["command"] = sorted(container.get("command", []))
    container["env"] = {variable["name"]: variable for variable in container["env"]}
    container["volumeMounts"] = {
        mount["mountPath"]: mount
        for mount in container.get("volumeMounts", [])
        # Upstream's names of objects, which never differ here.
        if mount["mountPath"] != "/usr/local/etc/jupyterhub/config/"
    }
    for probe in ("livenessProbe", "readinessProbe"):
        container[probe]["httpGet"].pop("scheme", None)
    return template
