"""The components' configuration: what keeps strangers out, and what keeps the host as it is."""

from __future__ import annotations

import base64
import json
import tomllib
from pathlib import Path

from deployer.tools.node.configuration import (
    bridge_network,
    cluster_objects,
    configuration_files,
    containerd,
    corefile,
    kube_proxy,
    kubeconfig,
    kubelet,
)
from deployer.tools.node.layout import Node

NODE = Node(directory=Path("/state/local"), number=0)


def test_every_file_that_a_component_is_given_is_written() -> None:
    assert set(configuration_files(NODE)) == {
        "config/containerd.toml",
        "config/cni/10-bridge.conflist",
        "config/kubelet.yaml",
        "config/kube-proxy.yaml",
        "config/Corefile",
        "config/resolv.conf",
    }


def test_containerd_keeps_to_the_node_s_own_places() -> None:
    assert tomllib.loads(containerd()) == {
        "version": 2,
        "root": "/run/deployer/containerd",
        "state": "/run/containerd",
        "disabled_plugins": ["io.containerd.internal.v1.opt"],
        "grpc": {"address": "/run/containerd/containerd.sock"},
        "plugins": {
            "io.containerd.grpc.v1.cri": {
                "sandbox_image": "localhost/deployer/pause:1",
                "restrict_oom_score_adj": True,
                "disable_apparmor": True,
                "cni": {"bin_dir": "/usr/lib/cni", "conf_dir": "/run/deployer/config/cni"},
                "containerd": {"runtimes": {"runc": {"runtime_type": "io.containerd.runc.v2"}}},
            }
        },
    }


def test_the_kubelet_refuses_strangers() -> None:
    config = kubelet(NODE)
    assert config["authentication"] == {
        "anonymous": {"enabled": False},
        "webhook": {"enabled": True},
        "x509": {"clientCAFile": "/run/deployer/pki/ca.crt"},
    }
    assert config["authorization"] == {"mode": "Webhook"}
    assert config["address"] == "10.199.0.1"
    assert "readOnlyPort" not in config


def test_the_kubelet_never_deletes_images_that_cannot_be_pulled_again() -> None:
    assert kubelet(NODE)["imageGCHighThresholdPercent"] == 100


def test_pods_are_in_the_node_s_cgroups_and_ask_its_dns() -> None:
    config = kubelet(NODE)
    assert config["cgroupRoot"] == f"/{NODE.mark}"
    assert config["clusterDNS"] == ["10.199.0.1"]


def test_kube_proxy_leaves_connection_tracking_as_it_is() -> None:
    assert set(kube_proxy(NODE)["conntrack"].values()) == {0, "0s"}


def test_pods_are_on_a_bridge_that_has_the_node_s_address() -> None:
    bridge, ports = bridge_network(NODE)["plugins"]
    assert bridge["ipam"]["ranges"] == [[{"subnet": "10.199.0.0/24", "gateway": "10.199.0.1"}]]
    assert (bridge["bridge"], bridge["isGateway"], bridge["hairpinMode"]) == ("cni0", True, True)
    assert ports["type"] == "portmap"


def test_dns_answers_on_the_node_s_address_only() -> None:
    assert corefile(NODE) == (
        ".:53 {\n"
        "    bind 10.199.0.1\n"
        "    errors\n"
        "    ready 10.199.0.1:8181\n"
        "    kubernetes cluster.local in-addr.arpa ip6.arpa {\n"
        "        kubeconfig /run/deployer/config/coredns.kubeconfig\n"
        "        pods insecure\n"
        "        fallthrough in-addr.arpa ip6.arpa\n"
        "        ttl 5\n"
        "    }\n"
        "    cache 5\n"
        "    loadbalance\n"
        "}\n"
    )


def test_a_kubeconfig_holds_all_it_needs(tmp_path: Path) -> None:
    for name in ("ca.crt", "admin.crt", "admin.key"):
        (tmp_path / name).write_text(f"content of {name}")
    config = json.loads(kubeconfig(NODE, user="admin", pki=tmp_path))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    assert cluster["server"] == "https://10.199.0.1:6443"
    assert base64.b64decode(cluster["certificate-authority-data"]) == b"content of ca.crt"
    assert base64.b64decode(user["client-certificate-data"]) == b"content of admin.crt"
    assert base64.b64decode(user["client-key-data"]) == b"content of admin.key"
    assert config["current-context"] == "local"


def test_components_may_do_no_more_than_their_work() -> None:
    bindings = {
        item["subjects"][0]["name"]: item["roleRef"]["name"]
        for item in json.loads(cluster_objects())["items"]
        if item["kind"] == "ClusterRoleBinding"
    }
    assert bindings == {
        "system:coredns": "system:coredns",
        "system:volume-provisioner": "system:persistent-volume-provisioner",
        "kube-apiserver": "system:kubelet-api-admin",
    }


def test_volumes_come_from_the_default_storage_class() -> None:
    (storage_class,) = [
        item for item in json.loads(cluster_objects())["items"] if item["kind"] == "StorageClass"
    ]
    assert storage_class["metadata"]["name"] == "standard"
    assert storage_class["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert storage_class["provisioner"] == "deployer/directory"
