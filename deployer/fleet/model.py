"""What should exist: a fleet of clusters and hubs, checked and frozen.

Everything below the loader works on these objects; nothing reads YAML again. `fleet/load.py` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from deployer.fleet.ignores import Hidden, Ignores

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath


SUPPORT = "support"
"""The name of the release, chart and namespace of what a cluster runs for its hubs; no hub has it."""


@dataclass(frozen=True, kw_only=True)
class Gcp:
    """Where a GKE cluster is. `location` is a zone or a region."""

    key: str | None
    project: str
    cluster: str
    location: str


@dataclass(frozen=True, kw_only=True)
class Aws:
    """Where an EKS cluster is. `account` keeps its leading zeros: 12 digits."""

    key: str | None
    account: str
    cluster: str
    region: str


@dataclass(frozen=True, kw_only=True)
class Azure:
    """Where an AKS cluster is. Those that Terraform builds have a `location` and a `subscription` too."""

    key: str | None
    resource_group: str
    cluster: str
    location: str | None = None
    subscription: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kubeconfig:
    """A cluster that is reached by a kubeconfig file, plain or encrypted, beside cluster.yaml."""

    file: str


@dataclass(frozen=True, kw_only=True)
class Local:
    """The cluster that `deployer local up` makes on this machine."""


Provider = Gcp | Aws | Azure | Kubeconfig | Local


@dataclass(frozen=True, kw_only=True)
class ValuesFile:
    """One listed file of chart values. `name` is as listed; an encrypted one counts by shape only.

    The values lie at the path `at` of the file, and make up all of `document`.
    """

    name: str
    path: Path
    document: Document
    encrypted: bool
    at: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A short form that a hub has, such as `culling`; its sign-in is the one that is called `auth`.

    `settings` are complete: what nobody says has the default of the schema. `document` says so at `at`, last
    when a preset and the hub both do.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    document: Document
    at: KeyPath = ()


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A named use case from `config/presets`: chart values and short forms, with a description.

    `document` has the values alone, `source` is the whole file. `extends` are the presets that it is built
    on, those that they are built on included.
    """

    name: str
    description: str
    document: Document
    source: Document | None = None
    extends: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How the check user's journey runs on a hub. `timeout` is in seconds and covers the server's start.

    `profile` is the slug of a profile of the hub's list, `image` a value for its unlisted choice.
    """

    user: str = "deployer-health-check"
    profile: str | None = None
    image: str | None = None
    timeout: int = 600


@dataclass(frozen=True, kw_only=True)
class UptimeCheck:
    """How a hub is looked at from outside: at `address`, or its own `/hub/health`, which answers `status`."""

    address: str | None = None
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """A window in which nothing is deployed: from `begins` on, until before `ends`; both have a time zone.

    It is that of one `hub`, or else of all that the cluster has.
    """

    begins: datetime
    ends: datetime
    reason: str
    hub: str | None = None

    def __str__(self) -> str:
        who = f"hub `{self.hub}` is frozen" if self.hub else "frozen"
        return f"{who} until {self.ends.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({self.reason})"

    def plain(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "hub": self.hub,
            "from": self.begins.isoformat(),
            "until": self.ends.isoformat(),
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What a cluster has as one Helm release of `chart`, in the namespace that has its name.

    `chart` is the directory under helm-charts, `chart_override` a Chart.yaml that replaces the chart's own.
    """

    name: str
    chart: str
    values_files: tuple[ValuesFile, ...]
    chart_override: Path | None = None
    document: Document
    """The cluster.yaml that declares it; `at` is its path in there."""
    at: tuple[str | int, ...] = ()

    @property
    def namespace(self) -> str:
        """The Kubernetes namespace, and the name of the Helm release."""
        return self.name

    @property
    def listed_files(self) -> tuple[ValuesFile, ...]:
        """The files that cluster.yaml lists for it."""
        return self.values_files


@dataclass(frozen=True, kw_only=True)
class Support(Installed):
    """What a cluster runs for all of its hubs: a way in, certificates, metrics."""

    @property
    def declared(self) -> bool:
        """Whether cluster.yaml asks for it: else a cluster is not to get a way in unseen."""
        return self.name in self.document.data


@dataclass(frozen=True, kw_only=True)
class Hub(Installed):
    """One JupyterHub.

    Its chart is `basehub`; a hub that says `daskhub` has `basehub` here and the preset `dask` first.
    Without `uptime_check` nobody looks at it from outside.
    """

    display_name: str
    domain: str
    presets: tuple[Preset, ...] = ()
    features: tuple[Feature, ...] = ()
    domain_override: ValuesFile | None = None
    staging_for: tuple[str, ...] = ()
    staged_by: str | None = None
    health: HealthCheck = field(default_factory=HealthCheck)
    uptime_check: UptimeCheck | None = field(default_factory=UptimeCheck)
    freezes: tuple[Freeze, ...] = ()
    contacts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def listed_files(self) -> tuple[ValuesFile, ...]:
        """The files that cluster.yaml lists for it, and the one with its domain."""
        return (*self.values_files, *([self.domain_override] if self.domain_override else ()))

    @property
    def files(self) -> frozenset[str]:
        """The names of all files that make the hub."""
        documents = [
            *(file.document for file in self.values_files),
            *(each.document for each in self.presets),
        ]
        return frozenset({self.document.name, *(document.name for document in documents)})


@dataclass(frozen=True, kw_only=True)
class CentralGrafana:
    """The Grafana that shows the metrics of all clusters. `token_file` is encrypted and has the way in."""

    url: str
    token_file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Who operates the fleet, from config/org.yaml; a fleet may have none.

    `staff` maps where people log in (`github`, `google`) to the names that they have there. `state` says
    where Terraform keeps its state, by the kind of backend; empty when it is kept on this machine.
    """

    name: str | None = None
    contact: str | None = None
    domains: tuple[str, ...] = ()
    kubernetes_version: str | None = None
    staff: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    grafana: CentralGrafana | None = None


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One Kubernetes cluster and the hubs on it.

    `kubernetes_version` is a minor version such as `1.34`, assumed when neither cluster nor organisation says
    which. `uid` is that of the namespace kube-system, when pinned. `outputs` is what the cluster's
    infrastructure told about itself, empty when nothing did. `support_files` are values of what the cluster
    runs for all of its hubs.
    """

    name: str
    provider: Provider
    directory: Path
    hubs: tuple[Hub, ...]
    kubernetes_version: str
    kubernetes_version_assumed: bool = False
    provider_url: str | None = None
    uid: str | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    support_files: tuple[ValuesFile, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    organisation: Organisation = field(default_factory=Organisation)
    document: Document

    @property
    def support(self) -> Support:
        """What the cluster runs for all of its hubs, whether cluster.yaml says something of it or not."""
        return Support(
            name=SUPPORT,
            chart=SUPPORT,
            values_files=self.support_files,
            document=self.document,
            at=(SUPPORT,),
        )


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """All clusters of a root directory, by name in alphabetical order.

    `documents` are all files that were read; `whole` is False when only one cluster's were. `ignores` say
    which problems are known and accepted; `hidden` are those that loading found.
    """

    root: Path
    clusters: tuple[Cluster, ...]
    organisation: Organisation = field(default_factory=Organisation)
    documents: tuple[Document, ...] = field(default=(), repr=False)
    whole: bool = True
    ignores: Ignores = field(default_factory=Ignores, repr=False)
    hidden: tuple[Hidden, ...] = field(default=(), repr=False)
