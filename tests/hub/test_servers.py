"""What hub-side Python adds to servers: extras of admins, claims of users, what BinderHub asks for."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from kubespawner import KubeSpawner
from tornado.web import HTTPError
from traitlets.config import Config

from tests.hub.spawners import person, spawner_of

if TYPE_CHECKING:
    from tests.hub.conftest import Run

EXTRAS = {
    "extraEnv": {"FOR": "{username}", "WHO": "admins", "GONE": None},
    "extraVolumeMounts": {
        "001-shared": {"name": "home", "mountPath": "/shared-readwrite", "subPath": "_shared"},
        "002-gone": None,
    },
    "serviceAccountName": "admins",
}
HOME = {"name": "home", "mountPath": "/home/jovyan"}
SETTINGS = {
    "environment": {"WHO": "everybody"},
    "service_account": "user-sa",
    "volume_mounts": {"home": HOME},
    "volumes": {"home": {"name": "home", "persistentVolumeClaim": {"claimName": "home-nfs"}}},
}


def settings(**more: Any) -> Config:
    return Config({"KubeSpawner": {**SETTINGS, **more}})


def pod_of(spawner: KubeSpawner) -> Any:
    async def manifest() -> Any:
        await spawner.load_user_options()
        return await spawner.get_pod_manifest()

    return asyncio.run(manifest())


def mounts(pod: Any) -> list[tuple[str, str | None]]:
    return [(each.mount_path, each.sub_path) for each in pod.spec.containers[0].volume_mounts]


def variables(pod: Any) -> dict[str, str]:
    wanted = ("FOR", "WHO", "GONE")
    return {each.name: each.value for each in pod.spec.containers[0].env if each.name in wanted}


def server(someone: Any, config: Config, **options: Any) -> KubeSpawner:
    spawner = spawner_of(someone, config, **options)
    # What JupyterHub fills in before it starts a server.
    spawner.oauth_client_id = "jupyterhub-user-someone"
    spawner.server = SimpleNamespace(base_url="/user/someone/")
    return spawner


def test_an_admins_server_has_the_extras(run: Run) -> None:
    run("admin_servers", singleuserAdmin=EXTRAS)
    pod = pod_of(server(person("alice", admin=True), settings()))
    assert mounts(pod) == [("/shared-readwrite", "_shared"), ("/home/jovyan", None)]
    assert variables(pod) == {"FOR": "alice", "WHO": "admins"}
    assert pod.spec.service_account_name == "admins"


def test_nobody_elses_server_has_them(run: Run) -> None:
    run("admin_servers", singleuserAdmin=EXTRAS)
    pod = pod_of(server(person("bob"), settings()))
    assert mounts(pod) == [("/home/jovyan", None)]
    assert variables(pod) == {"WHO": "everybody"}
    assert pod.spec.service_account_name == "user-sa"


def test_extras_come_on_top_of_what_a_profile_sets_in_their_place(run: Run) -> None:
    run("admin_servers", singleuserAdmin=EXTRAS)
    override = {"environment": {"WHO": "profile"}, "volume_mounts": [HOME], "service_account": "profile"}
    profiles = [{"display_name": "One", "kubespawner_override": override}]
    pod = pod_of(server(person("alice", admin=True), settings(profile_list=profiles)))
    assert mounts(pod) == [("/home/jovyan", None), ("/shared-readwrite", "_shared")]
    assert variables(pod) == {"FOR": "alice", "WHO": "admins"}
    assert pod.spec.service_account_name == "admins"


def test_a_second_start_of_the_same_spawner_adds_nothing_twice(run: Run) -> None:
    run("admin_servers", singleuserAdmin=EXTRAS)
    spawner = server(person("alice", admin=True), settings(volume_mounts=[HOME]))
    assert mounts(pod_of(spawner)) == mounts(pod_of(spawner))


def test_a_hub_that_says_nothing_of_admins_gives_them_nothing(run: Run) -> None:
    run("admin_servers")
    assert variables(pod_of(server(person("alice", admin=True), settings()))) == {"WHO": "everybody"}


class Claims:
    """The part of the Kubernetes API that claims are made with."""

    def __init__(self) -> None:
        self.made: list[Any] = []

    async def create_namespaced_persistent_volume_claim(self, *, namespace: str, body: Any) -> None:
        self.made.append((namespace, body))


def test_each_user_gets_the_claims_before_the_server_starts(run: Run) -> None:
    wanted = {"name": "db-{username}", "class": "standard", "capacity": "1Gi"}
    run("user_volumes", singleuser={"extraPVCs": [wanted]})
    spawner = server(person("alice"), settings(namespace="hub", common_labels={"app": "jupyterhub"}))
    spawner.api = claims = Claims()
    asyncio.run(spawner.load_user_options())
    ((namespace, claim),) = claims.made
    assert (namespace, claim.metadata.name) == ("hub", "db-alice")
    assert claim.spec.storage_class_name == "standard"
    assert claim.spec.resources.requests == {"storage": "1Gi"}
    assert claim.spec.access_modes == ["ReadWriteOnce"]
    assert claim.metadata.labels["component"] == "extra-pvc"
    assert claim.metadata.labels["app"] == "jupyterhub"
    assert claim.metadata.annotations["hub.jupyter.org/username"] == "alice"


def test_a_hub_without_claims_asks_for_none(run: Run) -> None:
    run("user_volumes")
    spawner = server(person("alice"), settings())
    spawner.api = claims = Claims()
    asyncio.run(spawner.load_user_options())
    assert claims.made == []


def binder_spawner(run: Run, *, auth_enabled: bool, **mixin: str) -> tuple[type[KubeSpawner], Config]:
    config = settings()
    config.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    config.BinderSpawnerMixin = Config({"auth_enabled": auth_enabled, **mixin})
    run("binder_servers", config, binderhubUI={"enabled": True})
    return config.JupyterHub.spawner_class, config


ASKED = {
    "image": "registry.example/built:1",
    "token": "a-token",
    "repo_url": "https://git.example/repo",
    "binder_ref_url": "https://git.example/repo/tree/1",
}
OPEN = [
    "--ip=0.0.0.0",
    "--port=8888",
    *(
        f"--{kind}.{setting}"
        for kind in ("NotebookApp", "ServerApp")
        for setting in (
            "base_url=/user/someone/",
            "token=a-token",
            "trust_xheaders=True",
            "default_url=/lab",
            "allow_origin=*",
            "allow_origin_pat=.*",
        )
    ),
]


def test_without_log_in_a_servers_token_opens_it(run: Run) -> None:
    kind, config = binder_spawner(run, auth_enabled=False, cors_allow_origin="*")
    config.Spawner.default_url = "/lab"
    config.KubeSpawner.port = 8888
    assert server(person("someone"), config, kind=kind, **ASKED).get_args() == OPEN


def test_with_log_in_jupyterhub_opens_it(run: Run) -> None:
    kind, config = binder_spawner(run, auth_enabled=True)
    assert server(person("someone"), config, kind=kind, **ASKED).get_args() == []


def test_the_environment_tells_where_the_image_came_from(run: Run) -> None:
    kind, config = binder_spawner(run, auth_enabled=True)
    environment = server(person("someone"), config, kind=kind, **ASKED).get_env()
    assert {key: value for key, value in environment.items() if key.startswith("BINDER_")} == {
        "BINDER_REPO_URL": "https://git.example/repo",
        "BINDER_REF_URL": "https://git.example/repo/tree/1",
    }


@pytest.mark.parametrize("missing", ["image", "token"])
def test_without_log_in_a_start_needs_image_and_token(run: Run, missing: str) -> None:
    kind, config = binder_spawner(run, auth_enabled=False)
    asked = {key: value for key, value in ASKED.items() if key != missing}
    with pytest.raises(HTTPError, match=f"{missing} required"):
        server(person("someone"), config, kind=kind, **asked).start()


def test_the_image_that_was_asked_for_is_started(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, config = binder_spawner(run, auth_enabled=True)
    monkeypatch.setattr(KubeSpawner, "start", lambda spawner: spawner.image)
    assert server(person("someone"), config, kind=kind, **ASKED).start() == ASKED["image"]
    assert server(person("someone"), config, kind=kind).start() == KubeSpawner.image.default_value


def test_a_hub_without_binderhubs_page_keeps_its_spawner(run: Run) -> None:
    assert run("binder_servers") == Config()
