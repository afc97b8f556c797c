"""Computed values: what follows from a cluster and a hub, one function per topic.

Each topic returns values of the chart basehub. Presets and the hub's own files are stronger, so a hub can
override all of it. Topics of more than a few lines are in `topics/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render import health
from deployer.render.callbacks import callback_urls
from deployer.render.gateway import GATEWAY, is_offered, listener
from deployer.render.topics import (
    binder,
    dask,
    dask_nodes,
    dask_options,
    grading,
    homes,
    pages,
    people,
    scheduling,
    site,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deployer.render.subject import Subject

CONFIG_DIRECTORY = "/usr/local/etc/jupyterhub/jupyterhub_config.d"
"""z2jh runs the Python files here in order of their names: after `hub.config`, before `hub.extraConfig`."""


def ingress(subject: Subject) -> dict[str, Any]:
    """Serve the hub's host with TLS through the cluster's ingress controller; locally, by port-forward.

    A hub that says `httpRoute` is behind the Gateway of the cluster, where the support has one. The secret's
    name is the one that an adopted hub has, so that its certificate stays.
    """
    service = {"proxy": {"service": {"type": "ClusterIP"}}}
    if subject.local:
        return {"jupyterhub": service}
    hosts = [subject.host]
    if subject.look_up("httpRoute", "enabled") is True and is_offered(subject.cluster):
        gateway = {**GATEWAY, "sectionName": listener(subject.hub.name)}
        route = {"hostnames": hosts, "gateway": gateway}
        return {"jupyterhub": {**service, "ingress": {"enabled": False}, "httpRoute": route}}
    own = bool(subject.own_value("ownCertificate", "key"))
    tls = [{"hosts": hosts, "secretName": "own-certificate" if own else "https-auto-tls"}]
    asked = {"annotations": {"cert-manager.io/cluster-issuer": None}} if own else {}
    return {"jupyterhub": {**service, "ingress": {"enabled": True, "hosts": hosts, "tls": tls, **asked}}}


def oauth_callback(subject: Subject) -> dict[str, Any]:
    """Tell any kind of OAuthenticator where its provider sends people back to.

    Locally it follows the address in the browser. Other authenticators have none, or make it themselves.
    """
    urls = callback_urls(subject.cluster, subject.host, subject.own)
    if set(urls) != {"callback"}:
        return {}
    return {"jupyterhub": {"hub": {"config": {"OAuthenticator": {"oauth_callback_url": urls["callback"]}}}}}


def health_check(subject: Subject) -> dict[str, Any]:
    """Let the health check act as its user."""
    return {"jupyterhub": health.values(subject.hub.health.user)}


def hub_python(subject: Subject) -> dict[str, Any]:
    """Run the chart's hub-side Python: entries of a map, so that a hub's own files merge with them."""
    files = {
        name.removesuffix(".py"): {"mountPath": f"{CONFIG_DIRECTORY}/10-{name}", "stringData": text}
        for name, text in sorted(subject.hub_python.items())
    }
    return {"jupyterhub": {"hub": {"extraFiles": files}}}


def local_node(subject: Subject) -> dict[str, Any]:
    """Do without what one node has no use for, and whose images need a registry."""
    if not subject.local:
        return {}
    anywhere = {"extraPodConfig": {"nodeSelector": None}}
    return {
        "jupyterhub": {"scheduling": {"userScheduler": {"enabled": False}}},
        "dask-gateway": {"gateway": {"backend": {"scheduler": anywhere, "worker": anywhere}}},
        "binderhub-service": {
            "config": {"KubernetesBuildExecutor": {"node_selector": None}},
            "dockerApi": {"nodeSelector": None},
        },
    }


def images(subject: Subject) -> dict[str, Any]:
    """Use the images that the cluster has of its own, when its outputs name any."""
    own = subject.cluster.outputs.get("images")
    if not own:
        return {}
    hub, proxy, user = (
        {"image": {"name": own[part]["name"], "tag": own[part]["tag"], "pullPolicy": "IfNotPresent"}}
        for part in ("hub", "proxy", "user")
    )
    return {"jupyterhub": {"hub": hub, "proxy": {"chp": proxy}, "singleuser": user}}


TOPICS: Mapping[str, Callable[[Subject], dict[str, Any]]] = {
    "ingress": ingress,
    "OAuth callback": oauth_callback,
    "health check": health_check,
    "hub-side Python": hub_python,
    "node purposes": scheduling.node_purposes,
    "user placeholders": scheduling.user_placeholders,
    "home server": homes.home_server,
    "home volume": homes.home_volume,
    "homes": homes.homes,
    "databases off NFS": homes.databases_off_nfs,
    "shared memory": homes.shared_memory,
    "user service account": people.user_service_account,
    "GitHub teams": people.github_teams,
    "staff": people.staff,
    "Dask Gateway": dask.dask_gateway,
    "Dask options": dask_options.dask_options,
    "Dask nodes": dask_nodes.dask_nodes,
    "BinderHub": binder.binderhub,
    "BinderHub's builds": binder.builds,
    "grading": grading.grading,
    "site": site.site,
    "groups exporter": people.groups_exporter,
    "services of users": people.services_of_users,
    "pages": pages.pages,
    "local node": local_node,
    "images": images,
}
