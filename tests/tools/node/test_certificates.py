"""The cluster's certificates: who they are for, and that openssl makes them so."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.interruption import Interruption
from deployer.tools.node.certificates import (
    Certificate,
    certificate_argv,
    certificates,
    clients,
    make_certificates,
    signing_key_argvs,
)
from deployer.tools.node.layout import Node
from deployer.tools.process import Programs, Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NODE = Node(directory=Path("/state/local"), number=0)


def test_an_authority_signs_itself() -> None:
    assert list(certificate_argv(Certificate(file="ca", name="some cluster"))) == [
        *("openssl", "req", "-x509", "-config", "openssl.cnf", "-days", "3650", "-noenc"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-subj", "/CN=some cluster"),
        *("-addext", "basicConstraints=critical,CA:TRUE"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        *("-keyout", "ca.key", "-out", "ca.crt"),
    ]


def test_a_client_is_a_user_in_a_group() -> None:
    client = Certificate(file="admin", name="admin", organisation="system:masters", authority="ca")
    assert list(certificate_argv(client)) == [
        *("openssl", "req", "-x509", "-config", "openssl.cnf", "-days", "3650", "-noenc"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-subj", "/O=system:masters/CN=admin"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
        *("-addext", "keyUsage=critical,digitalSignature"),
        *("-addext", "extendedKeyUsage=clientAuth"),
        *("-CA", "ca.crt", "-CAkey", "ca.key"),
        *("-keyout", "admin.key", "-out", "admin.crt"),
    ]


def test_the_api_server_is_known_by_its_names_and_addresses_and_is_no_client() -> None:
    (server,) = [entry for entry in certificates(NODE) if entry.file == "kube-apiserver"]
    names = (
        "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
        "DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:10.199.0.1,IP:10.199.128.1,IP:127.0.0.1"
    )
    assert server.extensions() == (
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=serverAuth",
        f"subjectAltName={names}",
    )


def test_only_the_administrator_is_a_master() -> None:
    groups = {entry.file: entry.organisation for entry in certificates(NODE) if entry.organisation}
    assert groups == {
        "admin": "system:masters",
        "kubelet": "system:nodes",
        "kubelet-server": "system:nodes",
    }


def test_no_client_of_the_cluster_is_known_to_etcd() -> None:
    known = {entry.file for entry in certificates(NODE) if entry.authority == "etcd-ca"}
    assert known == {"etcd", "kube-apiserver-etcd"}
    assert {entry.authority for entry in clients(NODE)} == {"ca"}


@dataclass
class WritingRunner:
    """Notes what is run, and leaves the files that openssl would."""

    made: list[str] = field(default_factory=list)

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float | None = None,
        check: bool = True,
    ) -> Result:
        assert cwd is not None
        name = argv[argv.index("-out") + 1]
        (cwd / name).touch()
        self.made.append(name)
        return Result(argv=tuple(argv), returncode=0, stdout="", stderr="")


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    runner = WritingRunner()
    make_certificates(NODE, tmp_path / "pki", runner)
    signing = [argv[argv.index("-out") + 1] for argv in signing_key_argvs()]
    assert runner.made == [*(f"{entry.file}.crt" for entry in certificates(NODE)), *signing]

    (tmp_path / "pki" / "kubelet.crt").unlink()
    again = WritingRunner()
    make_certificates(NODE, tmp_path / "pki", again)
    assert again.made == ["kubelet.crt"]


@pytest.mark.integration
def test_certificates_are_signed_and_keys_are_private(tmp_path: Path) -> None:
    programs = Programs(environ=os.environ, interruption=Interruption())
    pki = tmp_path / "pki"
    make_certificates(NODE, pki, programs)

    for entry in certificates(NODE):
        authority = f"{entry.authority or entry.file}.crt"
        programs.run(
            ["openssl", "verify", "-x509_strict", "-CAfile", authority, f"{entry.file}.crt"], cwd=pki
        )
    text = programs.run(
        ["openssl", "x509", "-in", "admin.crt", "-noout", "-subject", "-ext", "extendedKeyUsage"], cwd=pki
    )
    assert text.stdout.split("\n")[:3] == [
        "subject=O = system:masters, CN = admin",
        "X509v3 Extended Key Usage: ",
        "    TLS Web Client Authentication",
    ]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in pki.glob("*.key")}
    assert set(modes.values()) == {0o600}
    assert len(modes) == len(certificates(NODE)) + 1


@pytest.mark.integration
def test_a_stranger_s_authority_is_not_ours(tmp_path: Path) -> None:
    programs = Programs(environ=os.environ, interruption=Interruption())
    for name in ("ours", "theirs"):
        make_certificates(NODE, tmp_path / name, programs)
    verify = ["openssl", "verify", "-CAfile", "ours/ca.crt", "theirs/admin.crt"]
    assert programs.run(verify, cwd=tmp_path, check=False).returncode != 0
