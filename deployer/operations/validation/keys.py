"""What the findings about a hub depend on: everything that rules may see, and everything that sees it.

Nothing that is left out here may decide about a finding; that is what makes the cache right.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.operations.validation.cache import key_of
from deployer.tools.helm_values import values_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet, Installed
    from deployer.operations.charts_at_hand import Charts
    from deployer.operations.render import Rendered
    from deployer.rules.own.load import OwnRules
    from deployer.tools.helm import Helm

_PACKAGE = Path(__file__).parents[2]
_ORGANISATION = "config/org.yaml"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Names what is found in a fleet by rules of ours and of its `own`. `charts` gives its charts."""

    fleet: Fleet
    charts: Charts
    own: OwnRules
    _clusters: dict[str, str] = field(default_factory=dict, repr=False)

    def values(self, cluster: Cluster, owner: Installed, complete: bool = True) -> str:
        """Return the key of what rules find in values, `complete` or as far as they could be taken.

        Raises:
            DeployerError: something is wrong with its chart.
        """
        kind = "values" if complete else "values in part"
        return key_of(kind, self._run, self._cluster(cluster), owner.at, self.charts.fingerprint(owner))

    def objects(self, values: str, helm: Helm) -> str:
        """Return the key of what rules find in the objects of a release."""
        return key_of("objects", values, _of(helm))

    def rendering(self, release: Rendered, handed: Mapping[str, Any], helm: Helm) -> str:
        """Return the key of the objects themselves: what Helm is given, and which Helm."""
        chart = release.chart.path
        given = (release.owner.name, release.owner.namespace, release.kube_version, values_text(handed))
        return key_of("rendering", self._program, _of(helm), chart.parent.name, chart.name, *given)

    @cached_property
    def _program(self) -> str:
        return program()

    @cached_property
    def _run(self) -> str:
        """The program, and what counts for the whole fleet."""
        about = [each.digest for each in self.fleet.documents if each.name == _ORGANISATION]
        return key_of(
            self._program,
            str(self.fleet.root),
            self.fleet.organisation,
            about,
            self.own.ids,
            self.own.digests,
        )

    def _cluster(self, cluster: Cluster) -> str:
        """Return what stands for all that a cluster's files say, those of all its hubs included."""
        if cluster.name not in self._clusters:
            documents = [(each.name, each.digest) for each in documents_of(cluster)]
            # Of what features say, only this is in none of the documents.
            texts = [each.settings.get("files") for hub in cluster.hubs for each in hub.features]
            said = (cluster.name, cluster.kubernetes_version, cluster.outputs, texts)
            self._clusters[cluster.name] = key_of(*said, documents)
        return self._clusters[cluster.name]


def program(package: Path = _PACKAGE, places: Iterable[str] | None = None) -> str:
    """Return what stands for this program as it is installed: its files, Python, and all other packages.

    Not a version: that of a source tree stays the same while its files change. `places` are those where
    Python finds packages.
    """
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(package.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            total.update(f"{path.relative_to(package)}\n".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    for place in map(Path, sys.path if places is None else places):
        installed = sorted(each.name for each in place.glob("*.dist-info"))
        total.update("\n".join(installed).encode())
    return total.hexdigest()


def documents_of(cluster: Cluster) -> Iterator[Document]:
    """Yield every file that a cluster and its hubs are made of; shared ones come more than once."""
    yield cluster.document
    for file in cluster.support_files:
        yield file.document
    for hub in cluster.hubs:
        yield from (file.document for file in hub.values_files)
        yield from (preset.document for preset in hub.presets)
        if hub.domain_override:
            yield hub.domain_override.document


def _of(helm: Helm) -> tuple[Any, ...]:
    stat = helm.program.stat()
    return str(helm.program), helm.version, stat.st_size, stat.st_mtime_ns
