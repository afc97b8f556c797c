"""BinderHub with a page of its own: people open a repository, and it becomes a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of both hubs; what each has to know of the other is computed (topics/binder.py)."""
    domain = subject.hub.domain if subject.look_up("ingress", "hosts") else subject.host
    log_in = settings["log_in"]
    return {
        "jupyterhub": _jupyterhub(domain, log_in=log_in),
        "binderhub-service": _binderhub(domain, settings),
    }


def _jupyterhub(domain: str, *, log_in: bool) -> dict[str, Any]:
    config: dict[str, Any] = {"BinderSpawnerMixin": {"auth_enabled": log_in}}
    if not log_in:
        # Nobody logs in: BinderHub makes a user for each launch.
        config["JupyterHub"] = {"authenticator_class": "null"}
    server = {
        # A repository that never heard of JupyterHub has no `jupyterhub-singleuser`.
        **({} if log_in else {"cmd": ["jupyter", "notebook"]}),
        "defaultUrl": "/lab",
    }
    return {
        "ingress": {"hosts": [f"hub.{domain}"]},
        "custom": {"binderhubUI": {"enabled": True}},
        # Whoever comes to JupyterHub by hand has no image that could be started.
        "hub": {"redirectToServer": False, "config": config},
        "singleuser": server,
    }


def _binderhub(domain: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    registry = settings.get("registry")
    config: dict[str, Any] = {
        "BinderHub": {
            "base_url": "/",
            "hub_url": f"https://hub.{domain}/",
            "badge_base_url": f"https://{domain}/",
            "enable_api_only_mode": False,
            "auth_enabled": settings["log_in"],
            "use_registry": registry is not None,
            "per_repo_quota": settings["servers_of_repository"],
        },
        "LaunchQuota": {"total_quota": settings["servers"]},
        "RateLimiter": {"limit": settings["launches_per_hour"], "period_seconds": 3600},
    }
    if "repositories" in settings:
        allowed = [f"^{pattern}/.*$" for pattern in settings["repositories"]]
        config["GitHubRepoProvider"] = {"allowed_specs": allowed}
    ingress = {
        "enabled": True,
        "hosts": [domain],
        "tls": [{"hosts": [domain], "secretName": "binder-https-auto-tls"}],
    }
    found: dict[str, Any] = {"enabled": True, "ingress": ingress, "config": config}
    if registry is not None:
        server = f"https://{registry['host']}"
        config["BinderHub"]["image_prefix"] = f"{registry['host']}/{registry['prefix']}"
        config["DockerRegistry"] = {"url": server, "username": registry["username"]}
        found["buildPodsRegistryCredentials"] = {"server": server, "username": registry["username"]}
    return found
