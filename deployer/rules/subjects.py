"""What the rules about charts look at: a hub's merged values, and the objects that Helm makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.fleet.rule import Finding
from deployer.render.merge import merge
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deployer.charts.assemble import PreparedChart
    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet, Hub, Installed
    from deployer.fleet.positions import KeyPath
    from deployer.render.merge import Layer, Merged

T = TypeVar("T")

_NESTED = (dict, list)


@dataclass(frozen=True, kw_only=True)
class ReleaseValues:
    """A hub, or what a cluster runs for all of its hubs, with the values that the chart gets.

    Encrypted scalars are placeholders. `handed` are the values as Helm is given them. Unless `complete`, some
    of what the release is made of could not be taken, and may be what is missed.
    """

    cluster: Cluster
    owner: Installed
    chart: PreparedChart
    merged: Merged = field(repr=False)
    handed: Mapping[str, Any] = field(repr=False)
    complete: bool = True

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values as the templates see them: over the defaults of the chart's packages."""
        values = dict(self.handed)
        for package in self.chart.packages:
            own = values.get(package.name) or {}
            if isinstance(own, Mapping):
                values[package.name] = _over(package.defaults, own)
        return values

    def value(self, *at: str) -> Any:
        """Return what the templates see at a path of keys, None when nothing is there."""
        return look_up(self.values, at)

    def default(self, *at: str) -> Any:
        """Return what a package of the chart has at a path by itself, None when nothing is there."""
        defaults = (package.defaults for package in self.chart.packages if package.name == at[0])
        return look_up(next(defaults, {}), at[1:])

    @cached_property
    def maps(self) -> tuple[tuple[KeyPath, Mapping[str, Any]], ...]:
        """Every map in what is handed to the charts, those in lists too, with its path. Outer ones first."""
        return tuple(_maps(self.merged.values))

    @cached_property
    def own_maps(self) -> tuple[tuple[KeyPath, Mapping[str, Any]], ...]:
        """The maps in what presets, features and the hub's files say, with their paths. Outer ones first.

        What the chart and the program say by themselves is not in them.
        """
        own = merge(layer for layer in self.merged.layers if layer.kind not in ("chart", "computed"))
        return tuple(_maps(own.values))

    def said(self, *at: str) -> bool:
        """Whether the hub, a preset or the program says something at a path; chart defaults don't count."""
        return any(_has(layer.values, at) for layer in self.merged.layers[1:])

    def unknown(self, at: KeyPath) -> bool:
        """Whether an encrypted scalar gives the value at a path, so that a placeholder is seen there."""
        if not any(is_unknown(layer, at) for layer in self._with_encrypted):
            return False
        return is_unknown(self.merged.origin_path(at)[0], at)

    @cached_property
    def _with_encrypted(self) -> tuple[Layer, ...]:
        """The few layers that have encrypted scalars: asked first, since to look for an origin is slow."""
        return tuple(layer for layer in self.merged.layers if _has_encrypted(layer.document))

    def finding(self, at: KeyPath, message: str) -> Finding:
        """Return a finding where the value at a path was set: in a file, else at the hub, with the layer.

        What the hub, a preset or the program says nothing about is told at the hub.
        """
        layer, mark_at = self.merged.origin_path(at)
        if layer is self.merged.layers[0]:
            return Finding(self.owner.document, self.owner.at, message)
        return self.finding_in(layer, mark_at, message)

    def finding_in(self, layer: Layer, at: KeyPath, message: str, *, line: int = 0) -> Finding:
        """Return a finding at a path of one layer, or in a `line` of the text there, from 1."""
        return finding_in(self.owner, layer, at, message, line=line)


@dataclass(frozen=True, kw_only=True)
class HubValues(ReleaseValues):
    """A hub with the values that its chart gets.

    `host` is the name under which users reach it. `fleet` has the hub's own cluster and no other: what rules
    find is remembered as long as that cluster stays as it is.
    """

    owner: Hub
    fleet: Fleet
    host: str
    _seen: dict[Callable[[HubValues], Any], Any] = field(default_factory=dict, repr=False)

    @property
    def hub(self) -> Hub:
        """The hub."""
        return self.owner


def finding_in(owner: Installed, layer: Layer, at: KeyPath, message: str, *, line: int = 0) -> Finding:
    """Return a finding at a path of a layer with a place in a file, else at the owner, with the layer."""
    if layer.feature is not None:
        return Finding(layer.feature.document, layer.feature.at, f"{message} ({layer.name})")
    if layer.document is None:
        return Finding(owner.document, owner.at, f"{message} ({layer.name})")
    return Finding(layer.document, at, message, line)


def seen_once(view: Callable[[HubValues], T]) -> Callable[[HubValues], T]:
    """Make a view of a hub's values that many rules share be put together once, for all of them."""

    @wraps(view)
    def seen(release: HubValues) -> T:
        known = release._seen  # noqa: SLF001 - it is there for this
        if view not in known:
            known[view] = view(release)
        found: T = known[view]
        return found

    return seen


@dataclass(frozen=True, kw_only=True)
class ReleaseObjects:
    """The Kubernetes objects of a release, as Helm renders them."""

    release: ReleaseValues
    objects: tuple[Mapping[str, Any], ...] = field(repr=False)

    def finding(self, owner: Mapping[str, Any], message: str, at: KeyPath = ()) -> Finding:
        """Return a finding about an object, at the value `at` that decides it or else at the hub's chart."""
        about = f"{name_of(owner)}: {message}"
        if at and self.release.said(*(str(key) for key in at)):
            return self.release.finding(at, about)
        of = self.release.owner
        return Finding(of.document, (*of.at, "helm_chart"), about)


@dataclass(frozen=True, kw_only=True)
class HubObjects(ReleaseObjects):
    """The Kubernetes objects of a hub's release."""

    release: HubValues


def name_of(owner: Mapping[str, Any]) -> str:
    """Return what an object is called: `Deployment hub`."""
    metadata = owner.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return f"{owner.get('kind', 'object')} {name or '?'}"


def is_unknown(layer: Layer, at: KeyPath) -> bool:
    """Say whether a layer has an encrypted scalar at a path."""
    return layer.document is not None and is_encrypted_scalar(layer.document.value(at))


def _has_encrypted(document: Document | None) -> bool:
    if document is None:
        return False
    return document.encrypted or any(is_encrypted_scalar(value) for _, value in document.unusual)


def _maps(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    waiting: list[tuple[KeyPath, Any]] = [((), values)]
    for at, value in waiting:
        if isinstance(value, dict):
            yield at, value
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(below, _NESTED):
                waiting.append(((*at, key), below))


def _has(values: Any, at: Sequence[str]) -> bool:
    for key in at:
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


def _over(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(defaults)
    for key, value in values.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            below = merged.get(key)
            merged[key] = _over(below if isinstance(below, dict) else {}, value)
        else:
            merged[key] = value
    return merged
