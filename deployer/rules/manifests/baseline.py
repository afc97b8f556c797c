"""The level `baseline` of the Pod Security Standards: what a pod may not ask for.

As https://kubernetes.io/docs/concepts/security/pod-security-standards/ and the admission plugin of Kubernetes
have it, for the version of the cluster. Privileged containers are told by a rule of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.rules.manifests.places import value_at
from deployer.rules.manifests.pods import maps_in
from deployer.rules.values.parts.shapes import mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.manifests.pods import Container, Pod

Excess = tuple["KeyPath", str]
"""Where an object goes beyond the level, and what that means."""

_NAMESPACES = {"hostNetwork": "network", "hostPID": "processes", "hostIPC": "memory between processes"}
_CAPABILITIES = frozenset(
    (
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    )
)
_SYSCTLS = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
}
_PROFILES = ("RuntimeDefault", "Localhost")
_SELINUX = {"": 0, "container_t": 0, "container_init_t": 0, "container_kvm_t": 0, "container_engine_t": 31}
"""Kernel settings and types that are safe, and since which minor version of Kubernetes they count as that."""
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_HANDLERS = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
_HOSTS_SINCE = 34


def excesses(pod: Pod, minor: int) -> Iterator[Excess]:
    """Return everything in a pod that is beyond the level in a minor version of Kubernetes."""
    yield from _node(pod)
    yield from _kernel(pod, minor)
    security = mapping(pod.spec.get("securityContext"))
    yield from _profiles(security, (*pod.at, "spec", "securityContext"), minor)
    for container in pod.containers():
        yield from _profiles(container.security, (*container.at, "securityContext"), minor)
        yield from _container(pod, container, minor)


def _node(pod: Pod) -> Iterator[Excess]:
    for key, what in _NAMESPACES.items():
        if pod.spec.get(key) is True:
            yield (*pod.at, "spec", key), f"shares the {what} of the node"
    for at, volume in pod.listed("volumes"):
        if volume.get("hostPath") is not None:
            yield (*at, "hostPath"), "opens a directory of the node"


def _kernel(pod: Pod, minor: int) -> Iterator[Excess]:
    at = (*pod.at, "spec", "securityContext", "sysctls")
    for place, setting in maps_in(at, value_at(pod.spec, ("securityContext", "sysctls"))):
        if not _is_safe(_SYSCTLS, setting.get("name"), minor):
            yield (*place, "name"), "changes the kernel of the node"
    for key, profile in mapping(pod.metadata.get("annotations")).items():
        allowed = profile in ("", "runtime/default") or text(profile).startswith("localhost/")
        if key.startswith(_APPARMOR) and not allowed:
            yield (*pod.at, "metadata", "annotations", key), "takes the profile of AppArmor away"


def _profiles(security: Mapping[str, Any], at: KeyPath, minor: int) -> Iterator[Excess]:
    for key, name in (("appArmorProfile", "AppArmor"), ("seccompProfile", "seccomp")):
        kind = mapping(security.get(key)).get("type")
        if kind is not None and kind not in _PROFILES:
            yield (*at, key, "type"), f"takes the profile of {name} away"
    options = mapping(security.get("seLinuxOptions"))
    safe = _is_safe(_SELINUX, options.get("type"), minor)
    if not safe or options.get("user") or options.get("role"):
        yield (*at, "seLinuxOptions"), "chooses another SELinux context"
    if value_at(security, ("windowsOptions", "hostProcess")) is True:
        yield (*at, "windowsOptions", "hostProcess"), "runs on the node itself"


def _container(pod: Pod, container: Container, minor: int) -> Iterator[Excess]:
    for at, port in maps_in((*container.at, "ports"), container.data.get("ports")):
        if port.get("hostPort"):
            yield (*at, "hostPort"), "takes a port of the node"
    added = sequence(value_at(container.security, ("capabilities", "add")))
    for index, capability in enumerate(added):
        if isinstance(capability, str) and capability not in _CAPABILITIES:
            yield (*container.at, "securityContext", "capabilities", "add", index), f"adds `{capability}`"
    mount = container.security.get("procMount")
    if mount not in (None, "Default") and pod.spec.get("hostUsers") is not False:
        yield (*container.at, "securityContext", "procMount"), "shows more of `/proc`"
    if minor >= _HOSTS_SINCE:
        yield from _hosts(container)


def _hosts(container: Container) -> Iterator[Excess]:
    for handler in _HANDLERS:
        for action in ("httpGet", "tcpSocket"):
            at = (*handler, action, "host")
            if value_at(container.data, at):
                yield (*container.at, *at), "lets the node ask another host"


def _is_safe(known: Mapping[str, int], name: Any, minor: int) -> bool:
    return known.get(text(name), minor + 1) <= minor
