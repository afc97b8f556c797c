"""The cluster's own certificates, made by the `openssl` program.

etcd has a certificate authority of its own: whoever holds a client certificate of the cluster's authority
is a Kubernetes user, and must not become etcd's administrator by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.tools.node.layout import DOMAIN

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.tools.node.layout import Node
    from deployer.tools.process import Runner

_DAYS = 3650
SERVICE_ACCOUNTS = "service-accounts"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate: `file` names its files, `authority` who signs it (None: it is an authority).

    `organisation` is the Kubernetes group and `name` the user of a client; `addresses` make it a server's.
    """

    file: str
    name: str
    authority: str | None = None
    organisation: str | None = None
    addresses: tuple[str, ...] = ()
    client: bool = True

    @property
    def subject(self) -> str:
        """The subject as openssl takes it."""
        return f"/O={self.organisation}/CN={self.name}" if self.organisation else f"/CN={self.name}"

    def extensions(self) -> tuple[str, ...]:
        """Return the X.509 extensions as openssl takes them."""
        if self.authority is None:
            return ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
        usages = [*(["serverAuth"] if self.addresses else []), *(["clientAuth"] if self.client else [])]
        names = (f"subjectAltName={','.join(self.addresses)}",) if self.addresses else ()
        return (
            "basicConstraints=critical,CA:FALSE",
            "keyUsage=critical,digitalSignature",
            f"extendedKeyUsage={','.join(usages)}",
            *names,
        )


def certificates(node: Node) -> tuple[Certificate, ...]:
    """Return all certificates of a node, authorities first."""
    api_names = (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        f"kubernetes.default.svc.{DOMAIN}",
    )
    api_addresses = (str(node.address), str(node.services[1]), "127.0.0.1")
    return (
        Certificate(file="ca", name="deployer local cluster"),
        Certificate(file="etcd-ca", name="deployer local etcd"),
        Certificate(
            file="kube-apiserver",
            name="kube-apiserver",
            authority="ca",
            client=False,
            addresses=(
                *(f"DNS:{name}" for name in (*api_names, "localhost")),
                *(f"IP:{address}" for address in api_addresses),
            ),
        ),
        Certificate(
            file="kubelet-server",
            name=f"system:node:{node.name}",
            organisation="system:nodes",
            authority="ca",
            client=False,
            addresses=(f"DNS:{node.name}", f"IP:{node.address}"),
        ),
        Certificate(
            file="etcd", name="etcd", authority="etcd-ca", addresses=("DNS:localhost", "IP:127.0.0.1")
        ),
        Certificate(file="kube-apiserver-etcd", name="kube-apiserver", authority="etcd-ca"),
        Certificate(file="kube-apiserver-kubelet", name="kube-apiserver", authority="ca"),
        *clients(node),
    )


def clients(node: Node) -> tuple[Certificate, ...]:
    """Return the certificates by which components and the administrator are known to the API server."""
    return (
        Certificate(file="admin", name="admin", organisation="system:masters", authority="ca"),
        Certificate(
            file="kubelet", name=f"system:node:{node.name}", organisation="system:nodes", authority="ca"
        ),
        Certificate(file="kube-controller-manager", name="system:kube-controller-manager", authority="ca"),
        Certificate(file="kube-scheduler", name="system:kube-scheduler", authority="ca"),
        Certificate(file="kube-proxy", name="system:kube-proxy", authority="ca"),
        Certificate(file="coredns", name="system:coredns", authority="ca"),
        Certificate(file="volume-provisioner", name="system:volume-provisioner", authority="ca"),
    )


def certificate_argv(certificate: Certificate) -> tuple[str, ...]:
    """Return the command that makes a certificate and its key in the working directory."""
    authority = certificate.authority
    signed_by = ("-CA", f"{authority}.crt", "-CAkey", f"{authority}.key") if authority else ()
    extensions = (part for extension in certificate.extensions() for part in ("-addext", extension))
    return (
        *("openssl", "req", "-x509", "-config", "openssl.cnf", "-days", str(_DAYS), "-noenc"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-subj", certificate.subject, *extensions, *signed_by),
        *("-keyout", f"{certificate.file}.key", "-out", f"{certificate.file}.crt"),
    )


def signing_key_argvs() -> tuple[tuple[str, ...], ...]:
    """Return the commands that make the pair of keys by which service account tokens are signed."""
    private, public = f"{SERVICE_ACCOUNTS}.key", f"{SERVICE_ACCOUNTS}.pub"
    curve = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    return (
        ("openssl", "genpkey", *curve, "-out", private),
        ("openssl", "pkey", "-in", private, "-pubout", "-out", public),
    )


def make_certificates(node: Node, directory: Path, runner: Runner) -> None:
    """Make the certificates and keys that are not in `directory` yet; keys are readable by the owner only."""
    directory.mkdir(mode=0o700, exist_ok=True)
    # Nothing of the system's openssl.cnf may add extensions or ask questions.
    (directory / "openssl.cnf").write_text("[req]\ndistinguished_name=empty\n[empty]\n", encoding="utf-8")
    for certificate in certificates(node):
        if not (directory / f"{certificate.file}.crt").exists():
            runner.run(certificate_argv(certificate), cwd=directory)
    if not (directory / f"{SERVICE_ACCOUNTS}.pub").exists():
        for argv in signing_key_argvs():
            runner.run(argv, cwd=directory)
