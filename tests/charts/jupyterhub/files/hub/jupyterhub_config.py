"""JupyterHub's configuration, from the chart's values.

The order is that of z2jh: each part may change what came before.
"""
# mypy: ignore-errors
# ruff: noqa: T201  the hub's log says which files it loads, as z2jh's does

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  JupyterHub provides it; below, the name is that of the chart's values

sys.path.insert(0, str(Path(__file__).resolve().parent))

from z2jh import get_config, get_name, get_name_env, get_secret_value, set_config_if_not_none  # noqa: E402 it is beside this file


def set_from_values(target, prefix, *names, **keys):
    """Set options from values: `start_timeout` from `startTimeout`, or from the key that is said."""
    for name in names:
        first, *rest = name.split("_")
        set_config_if_not_none(target, name, f"{prefix}.{first}{''.join(map(str.capitalize, rest))}")
    for name, key in keys.items():
        set_config_if_not_none(target, name, f"{prefix}.{key}")


def named(entries, name):
    """Return entries as a map, which pod templates merge by key, whether written as a map or as a list."""
    if isinstance(entries, dict):
        return entries
    return {name(position, entry): entry for position, entry in enumerate(entries or [])}


def database():
    kind = get_config("hub.db.type")
    urls = {"sqlite-pvc": "sqlite:///jupyterhub.sqlite", "sqlite-memory": "sqlite://"}
    url = urls.get(kind) or get_config("hub.db.url")
    if url:
        c.JupyterHub.db_url = url


def hub():
    c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    c.JupyterHub.cleanup_servers = False
    c.JupyterHub.last_activity_interval = 60
    c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
    c.JupyterHub.hub_bind_url = "http://:8081"
    c.JupyterHub.hub_connect_url = f"http://{get_name('hub')}:{get_name_env('hub', '_SERVICE_PORT')}"
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = (
        f"http://{get_name('proxy-api')}:{get_name_env('proxy-api', '_SERVICE_PORT')}"
    )
    names = (
        "concurrent_spawn_limit active_server_limit base_url allow_named_servers named_server_limit_per_user "
        "authenticate_prometheus redirect_to_server shutdown_on_logout template_paths template_vars"
    )
    set_from_values(c.JupyterHub, "hub", *names.split())
    set_config_if_not_none(c.Spawner, "consecutive_failure_limit", "hub.consecutiveFailureLimit")
    if get_config("debug.enabled"):
        c.JupyterHub.log_level = "DEBUG"
        c.Spawner.debug = True


def user_pods():
    name = get_config("nameOverride") or get_config("Chart.Name")
    release = get_config("Release.Name")
    chart = f"{get_config('Chart.Name')}-{get_config('Chart.Version')}".replace("+", "_")
    c.KubeSpawner.common_labels = {
        "app": name,
        "release": release,
        "chart": chart,
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "kubespawner",
        "helm.sh/chart": chart,
    }
    c.KubeSpawner.namespace = os.environ["POD_NAMESPACE"]
    names = (
        "pod_name_template start_timeout extra_labels extra_annotations uid fs_gid node_selector "
        "lifecycle_hooks init_containers extra_containers profile_list extra_pod_config"
    )
    set_from_values(
        c.KubeSpawner,
        "singleuser",
        *names.split(),
        image_pull_policy="image.pullPolicy",
        events_enabled="events",
        service_account="serviceAccountName",
        storage_extra_labels="storage.extraLabels",
        mem_limit="memory.limit",
        mem_guarantee="memory.guarantee",
        cpu_limit="cpu.limit",
        cpu_guarantee="cpu.guarantee",
        extra_resource_limits="extraResource.limits",
        extra_resource_guarantees="extraResource.guarantees",
        environment="extraEnv",
    )
    c.KubeSpawner.image = f"{get_config('singleuser.image.name')}:{get_config('singleuser.image.tag')}"
    c.KubeSpawner.allow_privilege_escalation = get_config("singleuser.allowPrivilegeEscalation")
    c.KubeSpawner.tolerations = [
        *get_config("scheduling.userPods.tolerations", []),
        *get_config("singleuser.extraTolerations", []),
    ]
    secrets = [*get_config("imagePullSecrets", []), *get_config("singleuser.image.pullSecrets", [])]
    if secrets:
        c.KubeSpawner.image_pull_secrets = secrets
    # A null says: whatever the image starts by itself.
    c.Spawner.cmd = get_config("singleuser.cmd")
    set_config_if_not_none(c.Spawner, "default_url", "singleuser.defaultUrl")


def user_volumes():
    storage = get_config("singleuser.storage")
    volumes, mounts = home(storage)
    files = get_config("singleuser.extraFiles") or {}
    if files:
        items = [
            {"key": key, "path": key, **({"mode": file["mode"]} if "mode" in file else {})}
            for key, file in files.items()
        ]
        volumes["files"] = {"name": "files", "secret": {"secretName": get_name("singleuser"), "items": items}}
    for position, (key, file) in enumerate(files.items()):
        mounts[f"{position}-files"] = {"name": "files", "mountPath": file["mountPath"], "subPath": key}
    c.KubeSpawner.volumes = {
        **volumes,
        **named(storage.get("extraVolumes"), lambda _, volume: volume["name"]),
    }
    c.KubeSpawner.volume_mounts = {
        **mounts,
        **named(storage.get("extraVolumeMounts"), lambda position, mount: f"{position}-{mount['name']}"),
    }


def home(storage):
    kind = storage["type"]
    if kind == "dynamic":
        name, claim = storage["dynamic"]["volumeNameTemplate"], "{pvc_name}"
        c.KubeSpawner.storage_pvc_ensure = True
        set_from_values(
            c.KubeSpawner,
            "singleuser.storage",
            pvc_name_template="dynamic.pvcNameTemplate",
            storage_class="dynamic.storageClass",
            storage_access_modes="dynamic.storageAccessModes",
            storage_capacity="capacity",
        )
    elif kind == "static":
        name, claim = "home", storage["static"]["pvcName"]
    else:
        return {}, {}
    volume = {"name": name, "persistentVolumeClaim": {"claimName": claim}}
    mount = {"name": name, "mountPath": storage["homeMountPath"], "subPath": storage[kind].get("subPath")}
    return {name: volume}, {name: mount}


def services():
    c.JupyterHub.services = []
    c.JupyterHub.load_roles = []
    if get_config("cull.enabled"):
        culler()
    for key, service in (get_config("hub.services") or {}).items():
        known = {name: value for name, value in service.items() if name != "apiToken"}
        token = get_secret_value(f"hub.services.{key}.apiToken")
        c.JupyterHub.services.append({"name": key, **known, "api_token": token})
    for key, role in (get_config("hub.loadRoles") or {}).items():
        c.JupyterHub.load_roles.append({"name": key, **role})


def culler():
    cull = get_config("cull")
    base_url = get_config("hub.baseUrl", "/").rstrip("/")
    command = ["python3", "-m", "jupyterhub_idle_culler", f"--url=http://localhost:8081{base_url}/hub/api"]
    options = {"timeout": "timeout", "cull-every": "every", "concurrency": "concurrency", "max-age": "maxAge"}
    command += [f"--{option}={cull[key]}" for option, key in options.items() if cull.get(key)]
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    if cull.get("users"):
        command.append("--cull-users")
        scopes.append("admin:users")
    if not cull.get("adminUsers"):
        command.append("--cull-admin-users=false")
    if cull.get("removeNamedServers"):
        command.append("--remove-named-servers")
    name = "jupyterhub-idle-culler"
    c.JupyterHub.services.append({"name": name, "command": command})
    c.JupyterHub.load_roles.append({"name": name, "scopes": scopes, "services": [name]})


def secrets():
    c.JupyterHub.cookie_secret = get_secret_value("hub.config.JupyterHub.cookie_secret")
    c.CryptKeeper.keys = get_secret_value("hub.config.CryptKeeper.keys").split(";")


def passed_through():
    from_secret = {
        "JupyterHub": {"cookie_secret", "proxy_auth_token", "services"},
        "ConfigurableHTTPProxy": {"auth_token"},
        "CryptKeeper": {"keys"},
    }
    for section, options in (get_config("hub.config") or {}).items():
        if not section[:1].isupper():
            sys.exit(
                f"hub.config.{section} is no class of JupyterHub's configuration: it begins in lower case"
            )
        apart = from_secret.get(section, set())
        c[section].update({name: value for name, value in options.items() if name not in apart})


for part in (database, hub, user_pods, user_volumes, services, secrets, passed_through):
    part()

# Here, and not in a function: these share this module's names, as they do in z2jh.
for path in sorted(Path("/usr/local/etc/jupyterhub/jupyterhub_config.d").glob("*.py")):
    print(f"Loading {path}")
    exec(compile(path.read_text(), str(path), "exec"))

for key, code in sorted((get_config("hub.extraConfig") or {}).items()):
    print(f"Loading extra config: {key}")
    exec(compile(code, f"hub.extraConfig.{key}", "exec"))
