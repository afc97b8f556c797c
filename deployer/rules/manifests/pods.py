"""The pods that rendered objects make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.rules.manifests.places import value_at
from deployer.rules.values.parts.shapes import mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from deployer.fleet.positions import KeyPath

_TEMPLATES: dict[str, KeyPath] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Deployment": ("spec", "template"),
    "Job": ("spec", "template"),
    "Pod": (),
    "ReplicaSet": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
}
"""Where objects of each kind hold a pod."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container of a pod. `at` is its path in the object; `initial` ones run before the others."""

    at: KeyPath
    data: Mapping[str, Any]
    initial: bool

    @property
    def name(self) -> str:
        """The name of the container."""
        return text(self.data.get("name"))

    @property
    def security(self) -> Mapping[str, Any]:
        """What it says about its own security."""
        return mapping(self.data.get("securityContext"))


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod, or the template of some, that `owner` holds `at` a path."""

    owner: Mapping[str, Any]
    at: KeyPath
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]

    @property
    def labels(self) -> Mapping[str, Any]:
        """The labels of the pod."""
        return mapping(self.metadata.get("labels"))

    def containers(self) -> Iterator[Container]:
        """Return the containers of the pod, initial ones first."""
        for key in ("initContainers", "containers"):
            for at, data in self.listed(key):
                yield Container(at=at, data=data, initial=key == "initContainers")

    def listed(self, key: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
        """Return the maps of a list of the pod, such as its volumes, with their paths in the object."""
        yield from maps_in((*self.at, "spec", key), self.spec.get(key))


def pods(objects: Iterable[Mapping[str, Any]]) -> Iterator[Pod]:
    """Return the pods, and templates of pods, in objects."""
    for owner in objects:
        at = _TEMPLATES.get(text(owner.get("kind")))
        if at is not None:
            template = mapping(value_at(owner, at))
            yield Pod(
                owner=owner,
                at=at,
                metadata=mapping(template.get("metadata")),
                spec=mapping(template.get("spec")),
            )


def maps_in(at: KeyPath, items: Any) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Return the maps in a list that is at a path, each with its own path."""
    for index, item in enumerate(sequence(items)):
        if isinstance(item, dict):
            yield (*at, index), item
