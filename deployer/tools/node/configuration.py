"""The components' configuration files, as content to be written: pure, with paths as seen from inside."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from deployer.tools.node.layout import BRIDGE, DOMAIN, INSIDE, PROVISIONER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.tools.node.layout import Node

PAUSE_IMAGE = "localhost/deployer/pause:1"
CONTAINERD_SOCKET = "/run/containerd/containerd.sock"


def configuration_files(node: Node) -> dict[str, str]:
    """Return the content of each configuration file, by its path beneath the node's directory."""
    return {
        "config/containerd.toml": containerd(),
        "config/cni/10-bridge.conflist": _json(bridge_network(node)),
        "config/kubelet.yaml": _json(kubelet(node)),
        "config/kube-proxy.yaml": _json(kube_proxy(node)),
        "config/Corefile": corefile(node),
        # What a pod with `dnsPolicy: Default` gets: the host's own servers cannot be reached from inside.
        "config/resolv.conf": f"nameserver {node.address}\n",
    }


def containerd() -> str:
    """Return containerd's configuration."""
    return f"""\
version = 2
root = "{INSIDE}/containerd"
state = "/run/containerd"
# The plugin `opt` would make /opt/containerd on the host.
disabled_plugins = ["io.containerd.internal.v1.opt"]

[grpc]
address = "{CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{PAUSE_IMAGE}"
# Where CAP_SYS_RESOURCE is missing, lowering a pod's OOM score fails and takes its sandbox along.
restrict_oom_score_adj = true
# Else a profile is loaded into the kernel, where it would outlive the cluster.
disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{INSIDE}/config/cni"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
"""


def bridge_network(node: Node) -> dict[str, Any]:
    """Return the pod network: one bridge whose address is the node's."""
    bridge = {
        "type": "bridge",
        "bridge": BRIDGE,
        "isGateway": True,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": str(node.pods), "gateway": str(node.address)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
            "dataDir": "/run/cni/addresses",
        },
    }
    return {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}],
    }


def kubelet(node: Node) -> dict[str, Any]:
    """Return the kubelet's configuration."""
    pki = INSIDE / "pki"
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(node.address),
        "healthzBindAddress": "127.0.0.1",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(pki / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(pki / "kubelet-server.key"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{node.mark}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [str(node.address)],
        "clusterDomain": DOMAIN,
        "resolvConf": str(INSIDE / "config/resolv.conf"),
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        "podLogsDir": str(INSIDE / "logs/pods"),
        "volumePluginDir": str(INSIDE / "kubelet/volume-plugins"),
        # Images that were loaded by hand cannot be pulled again.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        # A laptop's disk is often fuller than a server's.
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "shutdownGracePeriod": "0s",
    }


def kube_proxy(node: Node) -> dict[str, Any]:
    """Return kube-proxy's configuration; zeros leave the kernel's connection tracking as it is."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(INSIDE / "config/kube-proxy.kubeconfig")},
        "hostnameOverride": node.name,
        "clusterCIDR": str(node.pods),
        "mode": "iptables",
        "iptables": {"localhostNodePorts": False},
        "bindAddress": str(node.address),
        "metricsBindAddress": "127.0.0.1:10249",
        "healthzBindAddress": "127.0.0.1:10256",
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }


def corefile(node: Node) -> str:
    """Return CoreDNS's configuration: the cluster's names, and a quick no to all others."""
    return f"""\
.:53 {{
    bind {node.address}
    errors
    ready {node.address}:8181
    kubernetes {DOMAIN} in-addr.arpa ip6.arpa {{
        kubeconfig {INSIDE}/config/coredns.kubeconfig
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }}
    cache 5
    loadbalance
}}
"""


def kubeconfig(node: Node, *, user: str, pki: Path) -> str:
    """Return a kubeconfig that holds all it needs: the authority, and a user's certificate and key."""
    cluster = {"server": node.server, "certificate-authority-data": _encoded(pki / "ca.crt")}
    credentials = {
        "client-certificate-data": _encoded(pki / f"{user}.crt"),
        "client-key-data": _encoded(pki / f"{user}.key"),
    }
    return _json(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "local", "cluster": cluster}],
            "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": "local", "context": {"cluster": "local", "user": user}}],
            "current-context": "local",
        }
    )


def cluster_objects() -> str:
    """Return the objects that every cluster has: who may do what, and the default storage class."""
    storage_class = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": "standard",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    }
    dns_rules = [
        {
            "apiGroups": [""],
            "resources": ["endpoints", "services", "pods", "namespaces"],
            "verbs": ["list", "watch"],
        },
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    ]
    dns_role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "system:coredns"},
        "rules": dns_rules,
    }
    objects = [
        storage_class,
        dns_role,
        _binding(role="system:coredns", user="system:coredns"),
        _binding(role="system:persistent-volume-provisioner", user="system:volume-provisioner"),
        _binding(role="system:kubelet-api-admin", user="kube-apiserver"),
    ]
    return _json({"apiVersion": "v1", "kind": "List", "items": objects})


def _binding(*, role: str, user: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": f"deployer:{user.removeprefix('system:')}"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def _json(value: Mapping[str, Any]) -> str:
    # JSON is YAML, and every program here reads it.
    return json.dumps(value, indent=2) + "\n"
