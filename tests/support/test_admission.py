"""What a real API server admits: pods under the levels that namespaces are labelled with, and priorities.

The server has GKE's rule, too: priorities of the system are for namespaces with a quota that names them.
"""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from kubernetes_asyncio.client import ApiClient
from traitlets.config import Config

from deployer.errors import DeployerError
from deployer.render.pod_security import labels
from deployer.tools.kubernetes import Api, connect
from tests.hub.spawners import person, spawner_of
from tests.support.api_server import REPOSITORY, api_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.integration

CRITICAL = ["system-node-critical", "system-cluster-critical"]
QUOTA = {
    "apiVersion": "apiserver.config.k8s.io/v1",
    "kind": "AdmissionConfiguration",
    "plugins": [
        {
            "name": "ResourceQuota",
            "configuration": {
                "apiVersion": "apiserver.config.k8s.io/v1",
                "kind": "ResourceQuotaConfiguration",
                "limitedResources": [
                    {
                        "resource": "pods",
                        "matchScopes": [{"scopeName": "PriorityClass", "operator": "In", "values": CRITICAL}],
                    }
                ],
            },
        }
    ],
}
OBJECTS = REPOSITORY / "tests/golden/objects"
GUIDE = REPOSITORY / "docs/guards.md"
GUARDED = REPOSITORY / "tests/golden/support/guarded.objects.yaml"
ASKED = {"podSecurity": dict.fromkeys(("enforce", "warn", "audit"), "fitting")}
HUB: dict[str, Any] = {**ASKED, "jupyterhub": {"singleuser": {"cloudMetadata": {"blockWithIptables": False}}}}
# What z2jh has KubeSpawner make of its defaults.
SERVER: dict[str, Any] = {
    "image": "quay.io/example/image:1",
    "uid": 1000,
    "fs_gid": 100,
    "allow_privilege_escalation": False,
    "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": "home-nfs"}}],
    "volume_mounts": [{"name": "home", "mountPath": "/home/jovyan"}],
}
BLOCKING = {
    "name": "block-cloud-metadata",
    "image": "quay.io/example/network-tools:1",
    "securityContext": {"runAsUser": 0, "privileged": True, "capabilities": {"add": ["NET_ADMIN"]}},
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    directory = tmp_path_factory.mktemp("server")
    (directory / "admission.yaml").write_text(yaml.safe_dump(QUOTA))
    arguments = ("--allow-privileged=true", f"--admission-control-config-file={directory}/admission.yaml")
    with api_server(directory, *arguments) as kubeconfig:
        found = connect(kubeconfig)
        for each in listed(GUARDED):
            if each["kind"] == "PriorityClass":
                found.create("/apis/scheduling.k8s.io/v1/priorityclasses", each)
        yield found


@pytest.fixture(autouse=True)
def no_cluster_of_kubespawner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubespawner.spawner.load_config", lambda **_settings: None)
    monkeypatch.setattr("kubespawner.spawner.shared_client", lambda _name: None)


def namespace(api: Api, name: str, values: Mapping[str, Any]) -> str:
    """Make a namespace as a deploy labels it."""
    api.create("/api/v1/namespaces", {"metadata": {"name": name, "labels": labels(values)}})
    return name


def refusal(api: Api, where: str, pod: Mapping[str, Any]) -> str:
    """Return why a pod is not admitted; nothing is made."""
    metadata = {"labels": pod.get("metadata", {}).get("labels", {}), "generateName": "a-"}
    spec = {key: value for key, value in pod["spec"].items() if key != "restartPolicy"}
    try:
        api.create(f"/api/v1/namespaces/{where}/pods?dryRun=All", {"metadata": metadata, "spec": spec})
    except DeployerError as error:
        return error.message
    return ""


def templates(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the templates of pods in objects."""
    if isinstance(value, dict):
        template = value.get("template")
        if isinstance(template, dict) and "containers" in template.get("spec", {}):
            yield template
        for each in value.values():
            yield from templates(each)


def listed(path: Path) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def server_pod(**more: Any) -> dict[str, Any]:
    """Return the pod of somebody's server."""
    spawner = spawner_of(person("ada"), Config({"KubeSpawner": {**SERVER, **more}}))
    spawner.oauth_client_id = "jupyterhub-user-ada"
    spawner.server = SimpleNamespace(base_url="/user/ada/")

    async def manifest() -> Any:
        await spawner.load_user_options()
        async with ApiClient() as client:
            return client.sanitize_for_serialization(await spawner.get_pod_manifest())

    found: dict[str, Any] = asyncio.run(manifest())
    return found


def test_servers_of_users_are_admitted_at_the_level_that_fits(api: Api) -> None:
    where = namespace(api, "hub", HUB)
    assert (
        api.get("/api/v1/namespaces/hub")["metadata"]["labels"].items()
        >= {
            "pod-security.kubernetes.io/enforce": "baseline",
            "pod-security.kubernetes.io/warn": "baseline",
        }.items()
    )
    assert refusal(api, where, server_pod()) == ""
    assert "privileged" in refusal(api, where, server_pod(init_containers=[BLOCKING]))
    assert "hostPath" in refusal(
        api, where, server_pod(volumes=[{"name": "node", "hostPath": {"path": "/"}}], volume_mounts=[])
    )


def test_a_container_that_blocks_metadata_is_admitted_where_it_is_asked_for(api: Api) -> None:
    blocks = {**ASKED, "jupyterhub": {"singleuser": {"cloudMetadata": {"blockWithIptables": True}}}}
    assert refusal(api, namespace(api, "blocking", blocks), server_pod(init_containers=[BLOCKING])) == ""


def test_servers_run_under_restricted_only_when_they_say_what_it_wants(api: Api) -> None:
    """Why `restricted` is never what fits by itself. What a hub has to say is in docs/guards.md."""
    where = namespace(api, "restricted", {"podSecurity": {"enforce": "restricted"}})
    said = refusal(api, where, server_pod())
    assert "seccompProfile" in said
    assert "runAsNonRoot" in said
    (text,) = re.findall(r"```yaml\n(# A hub under.*?)```", GUIDE.read_text(), re.DOTALL)
    asked = yaml.safe_load(text)
    assert refusal(api, where, server_pod(**asked["jupyterhub"]["hub"]["config"]["KubeSpawner"])) == ""


@pytest.mark.parametrize("path", sorted(OBJECTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_pods_of_basehubs_own_are_admitted_under_baseline(api: Api, path: Path) -> None:
    where = namespace(api, f"own-{path.stem}", HUB)
    found = [template for each in listed(path) for template in templates(each)]
    assert [why for pod in found if (why := refusal(api, where, pod))] == []


def test_room_and_guards_of_the_support_are_admitted(api: Api) -> None:
    objects = listed(GUARDED)
    where = namespace(api, "support", {**ASKED, "disableCoredumps": {"enabled": True}})
    pods = {each["metadata"]["name"]: pod for each in objects for pod in templates(each)}
    assert sorted(pods) == [
        "disable-coredumps",
        "nvidia-device-plugin",
        "placeholder-evening",
        "placeholder-notebooks",
    ]
    # On AWS, whose rule is another one.
    del pods["nvidia-device-plugin"]
    assert {name: refusal(api, where, pod) for name, pod in pods.items()} == dict.fromkeys(pods, "")
    strict = namespace(api, "strict", {"podSecurity": {"enforce": "restricted"}})
    refused = [name for name, pod in pods.items() if refusal(api, strict, pod)]
    assert refused == ["disable-coredumps"]


def test_the_way_in_has_a_priority_that_gke_takes(api: Api, repository: Path) -> None:
    where = namespace(api, "gke", {})
    name = yaml.safe_load((repository / "helm-charts/support/values.yaml").read_text())["traefik"][
        "priorityClassName"
    ]
    spec = {"containers": [{"name": "traefik", "image": "traefik:3"}]}
    assert refusal(api, where, {"spec": {**spec, "priorityClassName": name}}) == ""
    said = refusal(api, where, {"spec": {**spec, "priorityClassName": "system-cluster-critical"}})
    assert "insufficient quota" in said


def test_objects_of_ours_are_what_the_api_takes(api: Api) -> None:
    """Fields that it does not know are refused here rather than dropped."""
    lists = {
        "CronJob": "/apis/batch/v1/namespaces/default/cronjobs",
        "DaemonSet": "/apis/apps/v1/namespaces/default/daemonsets",
        "Deployment": "/apis/apps/v1/namespaces/default/deployments",
        "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
    }
    files = [GUARDED, *OBJECTS.glob("*.yaml")]
    taken = [each for path in files for each in listed(path) if each["kind"] in lists]
    for each in taken:
        metadata = {key: value for key, value in each["metadata"].items() if key != "namespace"}
        body = {**each, "metadata": metadata}
        api.create(f"{lists[each['kind']]}?dryRun=All&fieldValidation=Strict", body)
    assert {each["kind"] for each in taken} == set(lists)
