from __future__ import annotations

from typing import Any

from tests.render.features.asking import asked

PLAIN: dict[str, Any] = {
    "jupyterhub": {
        "ingress": {"hosts": ["hub.hub.example.org"]},
        "custom": {"binderhubUI": {"enabled": True}},
        "hub": {
            "redirectToServer": False,
            "config": {
                "BinderSpawnerMixin": {"auth_enabled": False},
                "JupyterHub": {"authenticator_class": "null"},
            },
        },
        "singleuser": {"cmd": ["jupyter", "notebook"], "defaultUrl": "/lab"},
    },
    "binderhub-service": {
        "enabled": True,
        "ingress": {
            "enabled": True,
            "hosts": ["hub.example.org"],
            "tls": [{"hosts": ["hub.example.org"], "secretName": "binder-https-auto-tls"}],
        },
        "config": {
            "BinderHub": {
                "base_url": "/",
                "hub_url": "https://hub.hub.example.org/",
                "badge_base_url": "https://hub.example.org/",
                "enable_api_only_mode": False,
                "auth_enabled": False,
                "use_registry": False,
                "per_repo_quota": 50,
            },
            "LaunchQuota": {"total_quota": 100},
            "RateLimiter": {"limit": 10, "period_seconds": 3600},
        },
    },
}


def test_binderhub_is_at_the_domain_and_jupyterhub_beside_it() -> None:
    assert asked("features: {binder: true}") == PLAIN


def test_everything_can_be_said() -> None:
    text = """
    features:
      binder:
        log_in: true
        registry: {host: registry.example.org, prefix: binder/, username: robot}
        repositories: [binder-examples, "campus-.*"]
        servers: 20
        servers_of_repository: 5
        launches_per_hour: 3
    """
    values = asked(text)
    assert values["jupyterhub"]["hub"]["config"] == {"BinderSpawnerMixin": {"auth_enabled": True}}
    assert values["jupyterhub"]["singleuser"] == {"defaultUrl": "/lab"}
    binder = values["binderhub-service"]
    account = {"username": "robot"}
    assert binder["buildPodsRegistryCredentials"] == {"server": "https://registry.example.org", **account}
    assert binder["config"] == {
        "BinderHub": {
            **PLAIN["binderhub-service"]["config"]["BinderHub"],
            "auth_enabled": True,
            "use_registry": True,
            "image_prefix": "registry.example.org/binder/",
            "per_repo_quota": 5,
        },
        "DockerRegistry": {"url": "https://registry.example.org", **account},
        "GitHubRepoProvider": {"allowed_specs": ["^binder-examples/.*$", "^campus-.*/.*$"]},
        "LaunchQuota": {"total_quota": 20},
        "RateLimiter": {"limit": 3, "period_seconds": 3600},
    }


def test_a_hub_that_says_where_jupyterhub_is_keeps_binderhub_at_its_domain() -> None:
    values = asked("features: {binder: true}", own="{jupyterhub: {ingress: {hosts: [jh.example.org]}}}")
    assert values["binderhub-service"]["ingress"]["hosts"] == ["hub.example.org"]


def test_sign_in_that_a_hub_says_counts_more() -> None:
    values = asked("{auth: {type: github}, features: {binder: {log_in: true}}}")
    assert values["jupyterhub"]["hub"]["config"]["JupyterHub"]["authenticator_class"] == "github"
