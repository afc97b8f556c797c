"""The programs that make up the node, in the order of their start, with their whole argument lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.tools.node.layout import INSIDE, PROVISIONER, TOOLS

if TYPE_CHECKING:
    from deployer.tools.node.layout import Node

_PKI = INSIDE / "pki"
_CONFIG = INSIDE / "config"


@dataclass(frozen=True, kw_only=True)
class Component:
    """A program of the node. `port` is the TCP port that it listens on once it works, if it does."""

    name: str
    argv: tuple[str, ...]
    port: int | None = None


def components(node: Node) -> tuple[Component, ...]:
    """Return the components, each after those it needs."""
    return (
        Component(name="etcd", argv=_etcd(), port=2379),
        Component(name="containerd", argv=("containerd", "--config", f"{_CONFIG}/containerd.toml")),
        Component(name="kube-apiserver", argv=_kube_apiserver(node), port=6443),
        Component(name="kube-controller-manager", argv=_controller_manager(node), port=10257),
        Component(name="kube-scheduler", argv=_kube_scheduler(), port=10259),
        Component(name="kubelet", argv=_kubelet(node), port=10250),
        Component(
            name="kube-proxy",
            argv=_kubernetes("kube-proxy", f"--config={_CONFIG}/kube-proxy.yaml"),
            port=10249,
        ),
        Component(name="volume-provisioner", argv=_volume_provisioner()),
        Component(name="coredns", argv=(f"{TOOLS}/coredns", "-conf", f"{_CONFIG}/Corefile"), port=53),
    )


def _kubernetes(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command of a component; it is known by the name of the link that starts it."""
    return (str(INSIDE / "bin" / name), *arguments)


def _etcd() -> tuple[str, ...]:
    client, peer = "https://127.0.0.1:2379", "https://127.0.0.1:2380"
    certificate = {
        "cert-file": _PKI / "etcd.crt",
        "key-file": _PKI / "etcd.key",
        "trusted-ca-file": _PKI / "etcd-ca.crt",
    }
    return (
        "etcd",
        "--name=local",
        f"--data-dir={INSIDE}/etcd",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=local={peer}",
        "--client-cert-auth",
        *(f"--{name}={path}" for name, path in certificate.items()),
        "--peer-client-cert-auth",
        *(f"--peer-{name}={path}" for name, path in certificate.items()),
    )


def _kube_apiserver(node: Node) -> tuple[str, ...]:
    return _kubernetes(
        "kube-apiserver",
        f"--bind-address={node.address}",
        f"--advertise-address={node.address}",
        "--secure-port=6443",
        f"--tls-cert-file={_PKI}/kube-apiserver.crt",
        f"--tls-private-key-file={_PKI}/kube-apiserver.key",
        "--etcd-servers=https://127.0.0.1:2379",
        f"--etcd-cafile={_PKI}/etcd-ca.crt",
        f"--etcd-certfile={_PKI}/kube-apiserver-etcd.crt",
        f"--etcd-keyfile={_PKI}/kube-apiserver-etcd.key",
        "--anonymous-auth=false",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        f"--client-ca-file={_PKI}/ca.crt",
        f"--kubelet-certificate-authority={_PKI}/ca.crt",
        f"--kubelet-client-certificate={_PKI}/kube-apiserver-kubelet.crt",
        f"--kubelet-client-key={_PKI}/kube-apiserver-kubelet.key",
        # Without this, logs and exec ask for the node's name, which no DNS knows.
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={_PKI}/service-accounts.pub",
        f"--service-account-signing-key-file={_PKI}/service-accounts.key",
        f"--service-cluster-ip-range={node.services}",
    )


def _controller_manager(node: Node) -> tuple[str, ...]:
    return _kubernetes(
        "kube-controller-manager",
        *_as("kube-controller-manager"),
        f"--cluster-cidr={node.pods}",
        f"--cluster-signing-cert-file={_PKI}/ca.crt",
        f"--cluster-signing-key-file={_PKI}/ca.key",
        f"--root-ca-file={_PKI}/ca.crt",
        f"--service-account-private-key-file={_PKI}/service-accounts.key",
        "--use-service-account-credentials",
        f"--flex-volume-plugin-dir={INSIDE}/kubelet/volume-plugins",
    )


def _kube_scheduler() -> tuple[str, ...]:
    return _kubernetes("kube-scheduler", *_as("kube-scheduler"))


def _as(user: str) -> tuple[str, ...]:
    """Return what controller manager and scheduler have in common."""
    kubeconfig = _CONFIG / f"{user}.kubeconfig"
    return (
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
    )


def _kubelet(node: Node) -> tuple[str, ...]:
    return _kubernetes(
        "kubelet",
        f"--config={_CONFIG}/kubelet.yaml",
        f"--kubeconfig={_CONFIG}/kubelet.kubeconfig",
        f"--root-dir={INSIDE}/kubelet",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
    )


def _volume_provisioner() -> tuple[str, ...]:
    return _kubernetes(
        "volume-provisioner",
        f"--kubeconfig={_CONFIG}/volume-provisioner.kubeconfig",
        f"--name={PROVISIONER}",
        f"--root={INSIDE}/volumes",
    )
