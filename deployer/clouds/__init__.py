"""How each provider lets us in, and what differs there: a module each, all a `Cloud`; `of` chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from deployer.fleet.model import Aws, Azure, Gcp, Kubeconfig, Local

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster, Provider
    from deployer.session import Session
    from deployer.tools.process import Programs

_MODULES: dict[type[Provider], str] = {
    Gcp: "gcp",
    Aws: "aws",
    Azure: "azure",
    Kubeconfig: "kubeconfig",
    Local: "local",
}


@dataclass(frozen=True, kw_only=True)
class Access:
    """A way into a cluster: a kubeconfig file of its own, and what its credential plugins need to know."""

    kubeconfig: Path
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Homes:
    """What homes on an NFS server depend on.

    `disk` is the key of jupyterhub-home-nfs for a disk of the provider, "" where it has none, and
    `mount_options` are those of nodes. `by_name` says whether nodes can resolve names of the cluster; others
    need the Service's address. `provisioner` is the CSI driver that makes disks, with the `parameters` of its
    storage class; "" where none is known.
    """

    disk: str = "openstack"
    # Soft: a server that is away ends in errors, not in processes that nobody can stop.
    mount_options: tuple[str, ...] = ("soft", "noatime", "vers=4.2")
    by_name: bool = False
    provisioner: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What clusters of a provider have by themselves, and what is to be asked for.

    `load_balancer` are annotations of the Service that all traffic comes through. `default_disk` says whether
    there is a storage class for claims that name none, `autoscaler` whether nodes come and go by the cloud's
    doing, and `metrics` whether Kubernetes' API of measurements is served.
    """

    load_balancer: Mapping[str, str] = field(default_factory=dict)
    default_disk: bool = True
    autoscaler: bool = True
    metrics: bool = True


class Cloud(Protocol):
    """What a provider's module offers."""

    HOMES: Homes
    GIVEN: Given

    def access(self, session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
        """Write credentials for a cluster into the private `directory`; refuse those of another account."""


class Builder(Protocol):
    """What the module of a provider offers on which clusters can be built."""

    def credentials(
        self, session: Session, cluster: Cluster, directory: Path, programs: Programs
    ) -> dict[str, str]:
        """Return the environment of programs that talk to the cloud; what is secret is in `directory`."""


def builder(provider: Aws | Azure | Gcp) -> Builder:
    """Return the module of a provider on which clusters can be built."""
    return cast("Builder", import_module(f"deployer.clouds.{_MODULES[type(provider)]}"))


def of(provider: Provider) -> Cloud:
    """Return the module of a provider."""
    return cast("Cloud", import_module(f"deployer.clouds.{_MODULES[type(provider)]}"))
