"""The programs that deployer starts: which are here, in which version, and how to get those that are not."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from deployer.errors import DeployerError
from deployer.tools.process import programs

if TYPE_CHECKING:
    from deployer.session import Session
    from deployer.tools.process import Programs

State = Literal["ok", "missing", "too old", "broken"]
_PATIENCE = 20


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program: what it is for, how it tells its version, the oldest one that works, how to get it.

    `required` programs are those that no operator can do without; the others serve one purpose each.
    """

    name: str
    purpose: str
    version: tuple[str, ...]
    install: str
    oldest: tuple[int, ...] | None = None
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found of one program. `version` is as the program told it."""

    program: Program
    state: State
    version: str | None = None
    path: str | None = None


_DEBIAN = "tools/install-packages (Debian, as root)"

PROGRAMS = (
    Program(
        name="helm",
        purpose="charts",
        version=("version", "--short"),
        oldest=(3, 14),
        install="make tools",
        required=True,
    ),
    Program(
        name="kubectl",
        purpose="health checks, shell",
        version=("version", "--client"),
        install="make tools",
        required=True,
    ),
    Program(
        name="sops",
        purpose="encrypted files",
        version=("--version", "--disable-version-check"),
        oldest=(3, 8),
        install="make tools-all",
    ),
    Program(
        name="git",
        purpose="validate --changed-since",
        version=("--version",),
        install="https://git-scm.com/downloads",
    ),
    Program(
        name="gcloud",
        purpose="clusters on GCP",
        version=("--version",),
        install="https://cloud.google.com/sdk",
    ),
    Program(
        name="aws", purpose="clusters on AWS", version=("--version",), install="https://aws.amazon.com/cli"
    ),
    Program(
        name="az",
        purpose="clusters on Azure",
        version=("--version",),
        install="https://learn.microsoft.com/cli/azure",
    ),
    Program(
        name="kubelogin",
        purpose="clusters on Azure",
        version=("--version",),
        install="`az aks install-cli`, or https://azure.github.io/kubelogin",
    ),
    Program(name="kind", purpose="local cluster", version=("--version",), install="https://kind.sigs.k8s.io"),
    Program(
        name="docker",
        purpose="local cluster (kind)",
        version=("version", "--format", "{{.Server.Version}}"),
        install="https://docs.docker.com/engine",
    ),
    Program(
        name="kubernetes",
        purpose="local cluster (node)",
        version=("kube-apiserver", "--version"),
        install="make tools",
    ),
    Program(name="coredns", purpose="local cluster (node)", version=("-version",), install="make tools"),
    Program(name="containerd", purpose="local cluster (node)", version=("--version",), install=_DEBIAN),
    Program(name="runc", purpose="local cluster (node)", version=("--version",), install=_DEBIAN),
    Program(name="etcd", purpose="local cluster (node)", version=("--version",), install=_DEBIAN),
    Program(name="iptables", purpose="local cluster (node)", version=("--version",), install=_DEBIAN),
    Program(name="openssl", purpose="local cluster (node)", version=("version",), install=_DEBIAN),
    Program(name="buildah", purpose="images without a registry", version=("--version",), install=_DEBIAN),
    Program(name="debootstrap", purpose="images without a registry", version=("--version",), install=_DEBIAN),
)


def examine(session: Session) -> tuple[Finding, ...]:
    """Ask every program for its version."""
    runner = programs(session)
    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(lambda program: _examine(runner, program), PROGRAMS))


def _examine(runner: Programs, program: Program) -> Finding:
    path = runner.find(program.name)
    if path is None:
        return Finding(program=program, state="missing")
    try:
        result = runner.run([program.name, *program.version], timeout=_PATIENCE, check=False)
    except DeployerError:
        return Finding(program=program, state="broken", path=str(path))
    found = re.search(r"\d+(\.\d+)+", result.stdout + result.stderr)
    if result.returncode != 0 or not found:
        return Finding(program=program, state="broken", path=str(path))
    version = found.group()
    numbers = tuple(int(part) for part in version.split("."))
    old = program.oldest is not None and numbers < program.oldest
    return Finding(program=program, state="too old" if old else "ok", version=version, path=str(path))
