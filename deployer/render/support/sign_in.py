"""Who may ask Prometheus, once it is shown to more than its own cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject

_SECRET = "prometheus-auth"  # noqa: S105 - a name
_MOUNTED = "/etc/prometheus-auth"
_WEB = "web.yml"
_RELOAD = "PROMETHEUS_RELOAD_URL"


def sign_in(subject: SupportSubject) -> dict[str, Any]:
    """Have Prometheus want a password, and tell it to what asks it in the cluster.

    That is so where `prometheusAuthSecret` has the password and `web.yml` the hash of it.
    """
    password = subject.own_value("prometheusAuthSecret", "password")
    users = subject.own_value("prometheus", "serverFiles", _WEB)
    if not (password and users):
        return {}
    address = {"name": _RELOAD, "valueFrom": {"secretKeyRef": {"name": _SECRET, "key": "reload_url"}}}
    sources = {"datasources.yaml": {"datasources": [_source()]}}
    return {
        "prometheus": {
            "configmapReload": {"reloadUrl": f"$({_RELOAD})", "env": [address]},
            "server": {
                # Kubernetes has no password: by HTTP it would be refused, and end the pod again and again.
                "tcpSocketProbeEnabled": True,
                "extraArgs": {"web.config.file": f"/etc/config/{_WEB}"},
                "extraVolumes": [{"name": _SECRET, "secret": {"secretName": _SECRET}}],
                "extraVolumeMounts": [{"name": _SECRET, "mountPath": _MOUNTED, "readOnly": True}],
            },
            # Else it would be refused its own metrics, by which it tells that it fails.
            "scrapeConfigs": {"prometheus": {"basic_auth": _signed_in(subject)}},
        },
        "grafana": {"envFromSecret": _SECRET, "datasources": sources},
    }


def _signed_in(subject: SupportSubject) -> dict[str, Any]:
    username = subject.own_value("prometheusAuthSecret", "username")
    return {"username": username, "password_file": f"{_MOUNTED}/password"}


def _source() -> dict[str, Any]:
    return {
        "name": "prometheus",
        "type": "prometheus",
        "url": "http://support-prometheus-server",
        "access": "proxy",
        "isDefault": True,
        "editable": False,
        "basicAuth": True,
        # Grafana reads them from its environment.
        "basicAuthUser": "${username}",
        "secureJsonData": {"basicAuthPassword": "${password}"},
    }
