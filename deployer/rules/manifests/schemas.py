"""The API of each minor version of Kubernetes: its kinds, and what their objects look like.

The data is that of the package `kubernetes-validate`, made from the OpenAPI documents that Kubernetes
publishes. Its code is not used: it reads and compiles everything anew for each object.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.fleet.violations import validator, violations
from deployer.rules.manifests.corrections import corrected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.checker import Checker
    from deployer.fleet.violations import Violation
    from deployer.rules.subjects import ReleaseValues

_DIRECTORY = re.compile(r"v1\.([0-9]+)\.0-local-strict")
_URL = "https://kubernetes.io/api/_definitions.json"
Kind = tuple[str, str]
"""An API version with its group, and a kind of object: `apps/v1`, `Deployment`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Api:
    """What Kubernetes 1.`minor` serves, as far as it is built in.

    `kinds` leads to a name in `definitions`, which hold JSON schemas of every kind and of its parts.
    """

    minor: int
    kinds: Mapping[Kind, str]
    definitions: Mapping[str, Any] = field(repr=False)

    @property
    def groups(self) -> frozenset[str]:
        """The names of the API groups; that of the oldest group is empty."""
        return frozenset(group_of(version) for version, _ in self.kinds)

    def newest(self, kind: str, group: str | None = None) -> str | None:
        """Return the most stable API version that has a kind, in a group or in any."""
        versions = (version for version, name in self.kinds if name == kind)
        fitting = (version for version in versions if group in (None, group_of(version)))
        return max(fitting, key=_stability, default=None)

    def fits(self, kind: Kind, thing: Mapping[str, Any]) -> bool:
        """Tell whether an object is what its kind says. It takes microseconds."""
        fits: bool = _verdict(self.minor, self.kinds[kind]).is_valid(thing)
        return fits

    def violations(self, kind: Kind, thing: Mapping[str, Any]) -> Iterator[Violation]:
        """Return what is wrong with an object. To a cluster, a null is the same as nothing at all."""
        for violation in violations(_words(self.minor, self.kinds[kind]), _without_nulls(thing)):
            if violation.value is not None:
                yield violation


def api_of(release: ReleaseValues) -> Api:
    """Return the API of the cluster that a hub is on."""
    return api(minor_of(release.cluster.kubernetes_version))


def minor_of(version: str) -> int:
    """Return the minor version in `1.34`."""
    return int(version.split(".")[1])


def is_known(version: str) -> bool:
    """Tell whether the API of a version such as `1.34` is at hand, rather than one like it."""
    return minor_of(version) in known_versions()


def unknown_version(version: str) -> str | None:
    """Return what to tell about a version whose API is not at hand; None when it is."""
    if is_known(version):
        return None
    nearest = api(minor_of(version)).minor
    return f"the API of Kubernetes {version} is not known: objects are held against that of 1.{nearest}"


def kind_of(thing: Mapping[str, Any]) -> Kind:
    """Return an object's API version and kind, each empty when it is no text."""
    version, kind = thing.get("apiVersion"), thing.get("kind")
    return (version if isinstance(version, str) else "", kind if isinstance(kind, str) else "")


def group_of(api_version: str) -> str:
    """Return the group in `apps/v1`, which has none in `v1`."""
    return api_version.rpartition("/")[0]


@cache
def known_versions() -> tuple[int, ...]:
    """Return the minor versions whose schemas are at hand, oldest first."""
    found = (_DIRECTORY.fullmatch(path.name) for path in _data().iterdir())
    return tuple(sorted(int(match[1]) for match in found if match))


@cache
def api(minor: int) -> Api:
    """Return the API of a minor version, or of the nearest that is known."""
    nearest = min(max(minor, known_versions()[0]), known_versions()[-1])
    path = _data() / f"v1.{nearest}.0-local-strict" / "_definitions.json"
    definitions = corrected(json.loads(path.read_text(encoding="utf-8"))["$defs"])
    kinds = {
        (f"{each['group']}/{each['version']}".removeprefix("/"), each["kind"]): name
        for name, definition in definitions.items()
        for each in definition.get("x-kubernetes-group-version-kind", ())
    }
    return Api(minor=nearest, kinds=kinds, definitions=definitions)


def _stability(api_version: str) -> tuple[bool, bool, str]:
    return "alpha" not in api_version, "beta" not in api_version, api_version


def _data() -> Path:
    # Not importlib.resources: it would import the package, and much with it.
    found = distribution("kubernetes-validate").locate_file("kubernetes_validate/kubernetes-json-schema")
    return Path(str(found))


@cache
def _verdict(minor: int, name: str) -> Any:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator({"$ref": f"{_URL}#/$defs/{name}"}, registry=_registry(minor))


@cache
def _registry(minor: int) -> Any:
    from jsonschema_rs import Registry

    return Registry([(_URL, {"$defs": api(minor).definitions})])


@cache
def _words(minor: int, name: str) -> Checker:
    return validator({"$defs": _plain(minor), "$ref": f"#/$defs/{name}"})


@cache
def _plain(minor: int) -> Any:
    """Return the definitions without the nulls that they allow: a message need not offer them."""
    return _without_null_types(api(minor).definitions)


def _without_null_types(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_null_types(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _without_null_types(value) for key, value in schema.items()}
    if isinstance(found.get("type"), list):
        found["type"] = found["type"][0]
    return found


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
