"""The components' whole argument lists, and the order of their start."""

from __future__ import annotations

from pathlib import Path

from deployer.tools.node.components import components
from deployer.tools.node.layout import Node

NODE = Node(directory=Path("/state/local"), number=0)
ARGV = {component.name: list(component.argv) for component in components(NODE)}
PKI, CONFIG = "/run/deployer/pki", "/run/deployer/config"


def test_each_component_starts_after_those_it_needs() -> None:
    assert [(component.name, component.port) for component in components(NODE)] == [
        ("etcd", 2379),
        ("containerd", None),
        ("kube-apiserver", 6443),
        ("kube-controller-manager", 10257),
        ("kube-scheduler", 10259),
        ("kubelet", 10250),
        ("kube-proxy", 10249),
        ("volume-provisioner", None),
        ("coredns", 53),
    ]


def test_a_component_is_found_by_the_name_it_is_started_as() -> None:
    assert all(Path(argv[0]).name == name for name, argv in ARGV.items())


def test_etcd_serves_only_who_shows_a_certificate_of_its_authority() -> None:
    assert ARGV["etcd"] == [
        "etcd",
        "--name=local",
        "--data-dir=/run/deployer/etcd",
        "--listen-client-urls=https://127.0.0.1:2379",
        "--advertise-client-urls=https://127.0.0.1:2379",
        "--listen-peer-urls=https://127.0.0.1:2380",
        "--initial-advertise-peer-urls=https://127.0.0.1:2380",
        "--initial-cluster=local=https://127.0.0.1:2380",
        "--client-cert-auth",
        f"--cert-file={PKI}/etcd.crt",
        f"--key-file={PKI}/etcd.key",
        f"--trusted-ca-file={PKI}/etcd-ca.crt",
        "--peer-client-cert-auth",
        f"--peer-cert-file={PKI}/etcd.crt",
        f"--peer-key-file={PKI}/etcd.key",
        f"--peer-trusted-ca-file={PKI}/etcd-ca.crt",
    ]


def test_the_api_server_knows_everybody_it_serves() -> None:
    assert ARGV["kube-apiserver"] == [
        "/run/deployer/bin/kube-apiserver",
        "--bind-address=10.199.0.1",
        "--advertise-address=10.199.0.1",
        "--secure-port=6443",
        f"--tls-cert-file={PKI}/kube-apiserver.crt",
        f"--tls-private-key-file={PKI}/kube-apiserver.key",
        "--etcd-servers=https://127.0.0.1:2379",
        f"--etcd-cafile={PKI}/etcd-ca.crt",
        f"--etcd-certfile={PKI}/kube-apiserver-etcd.crt",
        f"--etcd-keyfile={PKI}/kube-apiserver-etcd.key",
        "--anonymous-auth=false",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        f"--client-ca-file={PKI}/ca.crt",
        f"--kubelet-certificate-authority={PKI}/ca.crt",
        f"--kubelet-client-certificate={PKI}/kube-apiserver-kubelet.crt",
        f"--kubelet-client-key={PKI}/kube-apiserver-kubelet.key",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={PKI}/service-accounts.pub",
        f"--service-account-signing-key-file={PKI}/service-accounts.key",
        "--service-cluster-ip-range=10.199.128.0/20",
    ]


def test_controllers_and_scheduler_answer_inside_only() -> None:
    def own(user: str) -> list[str]:
        return [
            f"--kubeconfig={CONFIG}/{user}.kubeconfig",
            f"--authentication-kubeconfig={CONFIG}/{user}.kubeconfig",
            f"--authorization-kubeconfig={CONFIG}/{user}.kubeconfig",
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
        ]

    assert ARGV["kube-controller-manager"] == [
        "/run/deployer/bin/kube-controller-manager",
        *own("kube-controller-manager"),
        "--cluster-cidr=10.199.0.0/24",
        f"--cluster-signing-cert-file={PKI}/ca.crt",
        f"--cluster-signing-key-file={PKI}/ca.key",
        f"--root-ca-file={PKI}/ca.crt",
        f"--service-account-private-key-file={PKI}/service-accounts.key",
        "--use-service-account-credentials",
        "--flex-volume-plugin-dir=/run/deployer/kubelet/volume-plugins",
    ]
    assert ARGV["kube-scheduler"] == ["/run/deployer/bin/kube-scheduler", *own("kube-scheduler")]


def test_the_rest_reads_files_of_the_node() -> None:
    rest = ("containerd", "kubelet", "kube-proxy", "volume-provisioner", "coredns")
    assert {name: ARGV[name] for name in rest} == {
        "containerd": ["containerd", "--config", f"{CONFIG}/containerd.toml"],
        "kubelet": [
            "/run/deployer/bin/kubelet",
            f"--config={CONFIG}/kubelet.yaml",
            f"--kubeconfig={CONFIG}/kubelet.kubeconfig",
            "--root-dir=/run/deployer/kubelet",
            "--hostname-override=local",
            "--node-ip=10.199.0.1",
        ],
        "kube-proxy": ["/run/deployer/bin/kube-proxy", f"--config={CONFIG}/kube-proxy.yaml"],
        "volume-provisioner": [
            "/run/deployer/bin/volume-provisioner",
            f"--kubeconfig={CONFIG}/volume-provisioner.kubeconfig",
            "--name=deployer/directory",
            "--root=/run/deployer/volumes",
        ],
        "coredns": ["/run/deployer-tools/coredns", "-conf", f"{CONFIG}/Corefile"],
    }
