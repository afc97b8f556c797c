"""The stand-in configures JupyterHub as z2jh does."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from traitlets.config import Config

STANDIN = Path(__file__).parent / "jupyterhub"


def _configured(values: dict[str, Any], secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Config:
    """Run the chart's configuration on its default values and these, as JupyterHub does."""
    defaults = yaml.safe_load((STANDIN / "values.yaml").read_text())
    facts = {"Chart": {"Name": "jupyterhub", "Version": "1.0.0+x"}, "Release": {"Name": "demo"}}
    merged = _without_nulls(_merged(_merged(defaults, facts), values))
    monkeypatch.setitem(sys.modules, "z2jh", _z2jh(merged, secrets, monkeypatch))
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name, value in {"HUB": "8081", "PROXY_API": "8001"}.items():
        monkeypatch.setenv(f"{name}_SERVICE_PORT", value)
    monkeypatch.setenv("POD_NAMESPACE", "demo")
    config = Config()
    file = STANDIN / "files/hub/jupyterhub_config.py"
    code = compile(file.read_text(), str(file), "exec")
    exec(code, {"__file__": str(file), "get_config": lambda: config})
    return config


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}
    return above


def _without_nulls(value: Any) -> Any:
    """Drop what is null, as Helm does before it hands values on."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value


def _z2jh(values: dict[str, Any], secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load the chart's module of that name, with its files' content given."""
    module = ModuleType("z2jh")
    file = STANDIN / "files/hub/z2jh.py"
    exec(compile(file.read_text(), str(file), "exec"), module.__dict__)
    files = {
        "secret/values.yaml": yaml.safe_dump(values),
        **{f"secret/{key}": value for key, value in secrets.items()},
    }
    module.__dict__["_DIRECTORY"] = Mounted(files, "")
    return module


class Mounted:
    """What z2jh.py reads of a directory: files by path, with their content."""

    def __init__(self, files: dict[str, str], path: str) -> None:
        self._files, self._path = files, path

    def __truediv__(self, name: str) -> Mounted:
        return Mounted(self._files, f"{self._path}/{name}".strip("/"))

    def exists(self) -> bool:
        return self._path in self._files

    def read_text(self) -> str:
        return self._files[self._path]


SECRETS = {
    "hub.config.JupyterHub.cookie_secret": "abcd",
    "hub.config.CryptKeeper.keys": "aa;bb",
    "hub.services.check.apiToken": "token",
}


def test_the_hub_finds_its_proxy_and_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    config = _configured({}, SECRETS, monkeypatch)
    assert config.ConfigurableHTTPProxy == {"should_start": False, "api_url": "http://proxy-api:8001"}
    hub = config.JupyterHub
    assert (hub.hub_connect_url, hub.db_url) == ("http://hub:8081", "sqlite:///jupyterhub.sqlite")
    assert (hub.authenticator_class, hub.admin_access) == ("dummy", True)
    assert (hub.cookie_secret, config.CryptKeeper["keys"]) == ("abcd", ["aa", "bb"])
    assert hub.cleanup_servers is False


def test_a_users_server_gets_a_home_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    spawner = _configured(
        {"singleuser": {"image": {"name": "image", "tag": "1"}, "memory": {"limit": "1G"}, "cmd": None}},
        SECRETS,
        monkeypatch,
    ).KubeSpawner
    assert spawner.image == "image:1"
    assert (spawner.mem_limit, spawner.mem_guarantee) == ("1G", "1G")
    assert (spawner.uid, spawner.fs_gid, spawner.start_timeout) == (1000, 100, 300)
    assert spawner.storage_capacity == "10Gi"
    assert spawner.volumes == {
        "volume-{user_server}": {
            "name": "volume-{user_server}",
            "persistentVolumeClaim": {"claimName": "{pvc_name}"},
        }
    }
    assert spawner.volume_mounts == {
        "volume-{user_server}": {"name": "volume-{user_server}", "mountPath": "/home/jovyan", "subPath": None}
    }
    assert spawner.common_labels == {
        "app": "jupyterhub",
        "app.kubernetes.io/instance": "demo",
        "app.kubernetes.io/managed-by": "kubespawner",
        "app.kubernetes.io/name": "jupyterhub",
        "chart": "jupyterhub-1.0.0_x",
        "helm.sh/chart": "jupyterhub-1.0.0_x",
        "release": "demo",
    }


def test_shared_storage_and_more_volumes_written_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list and a map of volumes mean the same; files become a volume from their Secret."""
    storage = {
        "type": "static",
        "static": {"pvcName": "homes"},
        "extraVolumes": [{"name": "data", "emptyDir": {}}],
        "extraVolumeMounts": {"data": {"name": "data", "mountPath": "/data"}},
    }
    files = {"settings": {"mountPath": "/etc/x.json", "data": {}, "mode": 0o400}}
    spawner = _configured(
        {"singleuser": {"storage": storage, "extraFiles": files}}, SECRETS, monkeypatch
    ).KubeSpawner
    items = [{"key": "settings", "path": "settings", "mode": 0o400}]
    assert spawner.volumes == {
        "home": {"name": "home", "persistentVolumeClaim": {"claimName": "homes"}},
        "files": {"name": "files", "secret": {"secretName": "singleuser", "items": items}},
        "data": {"name": "data", "emptyDir": {}},
    }
    assert spawner.volume_mounts == {
        "home": {"name": "home", "mountPath": "/home/jovyan", "subPath": "{username}"},
        "0-files": {"name": "files", "mountPath": "/etc/x.json", "subPath": "settings"},
        "data": {"name": "data", "mountPath": "/data"},
    }


def test_services_roles_and_the_culler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's token comes from the Secret, whatever the values say."""
    values = {
        "hub": {
            "baseUrl": "/lab/",
            "services": {"check": {"apiToken": "from values", "display": False}},
            "loadRoles": {"check": {"scopes": ["servers!user=check"], "services": ["check"]}},
        },
        "cull": {"maxAge": 604800, "adminUsers": False},
    }
    hub = _configured(values, SECRETS, monkeypatch).JupyterHub
    command = ["python3", "-m", "jupyterhub_idle_culler", "--url=http://localhost:8081/lab/hub/api"]
    command += ["--timeout=3600", "--cull-every=600", "--concurrency=10", "--max-age=604800"]
    assert hub.services == [
        {"name": "jupyterhub-idle-culler", "command": [*command, "--cull-admin-users=false"]},
        {"name": "check", "display": False, "api_token": "token"},
    ]
    assert hub.load_roles == [
        {
            "name": "jupyterhub-idle-culler",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["jupyterhub-idle-culler"],
        },
        {"name": "check", "scopes": ["servers!user=check"], "services": ["check"]},
    ]


def test_extra_config_runs_last_in_order_and_reads_values(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "custom": {"greeting": "hello"},
        "hub": {
            "config": {"JupyterHub": {"admin_access": False}},
            "extraConfig": {
                "20": "c.JupyterHub.service_tokens['order'] = 'second'",
                "10": "import z2jh\n"
                "c.JupyterHub.service_tokens = {'greeting': z2jh.get_config('custom.greeting')}",
            },
        },
    }
    hub = _configured(values, SECRETS, monkeypatch).JupyterHub
    assert hub.service_tokens == {"greeting": "hello", "order": "second"}
    assert hub.admin_access is False


def test_a_section_that_names_no_class_stops_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match=r"hub\.config\.loadRoles is no class"):
        _configured({"hub": {"config": {"loadRoles": {}}}}, SECRETS, monkeypatch)
