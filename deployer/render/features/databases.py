"""A database beside each server, with its data on a volume of the user's own; or one that all use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_CLAIM = "db-{user_server}"
_DATA = "/var/lib/postgresql/data"
_USER = "jovyan"


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a PostgreSQL for each server, and the variables by which its clients find it, or the shared one.

    A server's own listens inside the user's pod only, so that nobody else reaches it: it needs no password.
    """
    if "shared" in settings:
        return {"jupyterhub": {"singleuser": {"extraEnv": _shared(settings["shared"])}}}
    claim: dict[str, Any] = {"name": _CLAIM, "capacity": f"{settings['size_gb']}Gi"}
    if "storage_class" in settings:
        claim["class"] = settings["storage_class"]
    storage = {
        "extraVolumes": {"database": {"name": "database", "persistentVolumeClaim": {"claimName": _CLAIM}}}
    }
    return {
        "jupyterhub": {
            "custom": {"singleuser": {"extraPVCs": [claim]}},
            "singleuser": {
                "extraContainers": [_container(settings)],
                "extraEnv": {"PGHOST": "127.0.0.1", "PGUSER": _USER, "PGDATABASE": _USER},
                "storage": storage,
            },
        }
    }


def _shared(place: Mapping[str, Any]) -> dict[str, str]:
    return {
        "PGHOST": place["host"],
        "PGPORT": str(place["port"]),
        "PGDATABASE": place["database"],
        # KubeSpawner's own variables come before, so that Kubernetes knows this one.
        "PGUSER": place.get("user", "$(JUPYTERHUB_USER)"),
    }


def _container(settings: Mapping[str, Any]) -> dict[str, Any]:
    memory = f"{settings['memory_mb']}Mi"
    return {
        "name": "postgresql",
        "image": settings["image"],
        "args": ["-c", "listen_addresses=127.0.0.1"],
        "env": [
            {"name": "POSTGRES_USER", "value": _USER},
            {"name": "POSTGRES_HOST_AUTH_METHOD", "value": "trust"},
            # A volume has a directory of its own at its top, in which the server refuses to make its files.
            {"name": "PGDATA", "value": f"{_DATA}/pgdata"},
        ],
        "resources": {"requests": {"cpu": "10m", "memory": memory}, "limits": {"memory": memory}},
        "securityContext": {
            "runAsUser": 1000,
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "database", "mountPath": _DATA}],
    }
