"""What should exist: a fleet of clusters and hubs, checked and frozen.

Everything below the loader works on these objects; nothing reads YAML again. `fleet/load.py` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.ignores import Hidden, Ignores

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath


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
    """Where an AKS cluster is."""

    key: str | None
    resource_group: str
    cluster: str


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
class Hub:
    """One JupyterHub: a Helm release of `chart` in the namespace that has its name.

    `chart` is the directory under helm-charts (`basehub`; a hub that says `daskhub` has `basehub` here and
    the preset `dask` first). `chart_override` is a Chart.yaml that replaces the chart's own.
    """

    name: str
    display_name: str
    domain: str
    chart: str
    values_files: tuple[ValuesFile, ...]
    presets: tuple[Preset, ...] = ()
    features: tuple[Feature, ...] = ()
    chart_override: Path | None = None
    domain_override: ValuesFile | None = None
    staging_for: tuple[str, ...] = ()
    staged_by: str | None = None
    health: HealthCheck = field(default_factory=HealthCheck)
    contacts: Mapping[str, Any] = field(default_factory=dict)
    document: Document
    """The cluster.yaml that declares the hub; `at` is the hub's path in it."""
    at: tuple[str | int, ...] = ()

    @property
    def namespace(self) -> str:
        """The Kubernetes namespace, and the name of the Helm release."""
        return self.name

    @property
    def files(self) -> frozenset[str]:
        """The names of all files that make the hub."""
        documents = [
            *(file.document for file in self.values_files),
            *(each.document for each in self.presets),
        ]
        return frozenset({self.document.name, *(document.name for document in documents)})


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
    organisation: Organisation = field(default_factory=Organisation)
    document: Document


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
