"""What objects are called, and where they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import rule
from deployer.fleet.violations import shown
from deployer.rules.manifests.places import finding, is_placeholder, value_at
from deployer.rules.manifests.pods import maps_in, pods
from deployer.rules.manifests.schemas import api_of, group_of, kind_of
from deployer.rules.values.parts.shapes import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.fleet.rule import Finding
    from deployer.rules.subjects import ReleaseObjects

_WORD = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_FORMS = {
    "label": (re.compile(_WORD), "may only have lower case letters, digits, and `-` between them"),
    "port": (
        re.compile(rf"(?=.*[a-z])(?!.*--){_WORD}"),
        "may only have lower case letters, digits, and `-` between them, and needs a letter",
    ),
    "subdomain": (
        re.compile(rf"{_WORD}(\.{_WORD})*"),
        "may only have lower case letters, digits, and `-` and `.` between them",
    ),
    "value": (
        re.compile("([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"),
        "may only have letters, digits, and `-`, `_` and `.` between them",
    ),
}
"""What names of several kinds may look like, and how that is told."""
_LONGEST = {"CronJob": 52, "Job": 63, "Namespace": 63, "Service": 63}
_LABELS = {"Namespace", "Service"}
_LONGEST_NAME, _LONGEST_LABEL, _LONGEST_PORT = 253, 63, 15
_HOOK = "helm.sh/hook"
_EXTENDS_THE_API = "extension-apiserver-authentication-reader"
"""The role by which a server of a part of the API tells who asks it
(https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/)."""


@rule()
def duplicate_object(hub: ReleaseObjects) -> Iterator[Finding]:
    """Refuse two objects of one kind, namespace and name: one of them would be lost.

    Helm fails on the first installation; later, the second quietly takes the place of the first.
    """
    seen = set()
    for thing in hub.objects:
        metadata = mapping(thing.get("metadata"))
        # A hook lives for a moment, and may be made anew for another one.
        hook = mapping(metadata.get("annotations")).get(_HOOK)
        version, kind = kind_of(thing)
        namespace = metadata.get("namespace") or hub.release.owner.namespace
        identity = (group_of(version), kind, str(namespace), text(metadata.get("name")), str(hook))
        if identity in seen and identity[3]:
            yield finding(hub, thing, "it is rendered twice, and one of them would be lost")
        seen.add(identity)


@rule()
def object_name(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want objects, and containers, volumes and ports in them, to have names that Kubernetes takes.

    Lower case letters, digits and `-`, with `.` in most of them; how long they may be depends on what has the
    name. Long names come of charts that join the name of the release and their own.
    """
    served = api_of(hub.release)
    for thing in hub.objects:
        if kind_of(thing) in served.kinds and "generateName" not in mapping(thing.get("metadata")):
            yield from _own_name(hub, thing)
    for pod in pods(hub.objects):
        for key in ("initContainers", "containers", "volumes"):
            for at, part in pod.listed(key):
                yield from _name(hub, pod.owner, (*at, "name"), "label", _LONGEST_LABEL)
                for port_at, _ in maps_in((*at, "ports"), part.get("ports")):
                    yield from _name(hub, pod.owner, (*port_at, "name"), "port", _LONGEST_PORT)


@rule()
def label_value(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want the values of labels to be what Kubernetes takes: 63 letters, digits, `-`, `_` and `.` at most.

    A sentence, a URL or a mail address goes into an annotation.
    """
    for thing in hub.objects:
        for place in {("metadata", "labels"), *((*pod.at, "metadata", "labels") for pod in pods([thing]))}:
            for key, value in mapping(value_at(thing, place)).items():
                wrong = _wrong(value, "value", _LONGEST_LABEL)
                if wrong:
                    yield finding(hub, thing, f"the value of the label `{key}` {wrong}", (*place, key))


@rule("warning")
def other_namespace(hub: ReleaseObjects) -> Iterator[Finding]:
    """Question objects in another namespace than the hub's own.

    They are nobody's when the hub's namespace is deleted, two hubs may write the same one, and a deploy needs
    rights there. Nothing is said of the one binding that a program needs which extends the API, such as
    metrics-server: the role is in `kube-system`.
    """
    own = hub.release.owner.namespace
    for thing in hub.objects:
        namespace = text(mapping(thing.get("metadata")).get("namespace"))
        if namespace and namespace != own and value_at(thing, ("roleRef", "name")) != _EXTENDS_THE_API:
            message = f"it goes to the namespace `{namespace}`, not to the hub's"
            yield finding(hub, thing, message, ("metadata", "namespace"))


RULES = (duplicate_object, object_name, label_value, other_namespace)


def _own_name(hub: ReleaseObjects, thing: Mapping[str, Any]) -> Iterator[Finding]:
    kind = text(thing.get("kind"))
    name = value_at(thing, ("metadata", "name"))
    if not name:
        yield finding(hub, thing, "an object needs a name, in `metadata.name`")
    elif group_of(text(thing.get("apiVersion"))) != "rbac.authorization.k8s.io":
        form = "label" if kind in _LABELS else "subdomain"
        yield from _name(hub, thing, ("metadata", "name"), form, _LONGEST.get(kind, _LONGEST_NAME))


def _name(
    hub: ReleaseObjects, thing: Mapping[str, Any], at: KeyPath, form: str, longest: int
) -> Iterator[Finding]:
    wrong = _wrong(value_at(thing, at), form, longest)
    if wrong:
        yield finding(hub, thing, f"`{shown(at)}`: the name `{value_at(thing, at)}` {wrong}", at)


def _wrong(value: Any, form: str, longest: int) -> str | None:
    """Return what is wrong with a text. The schemas tell of what is none; secrets are unknown."""
    if not isinstance(value, str) or is_placeholder(value):
        return None
    if len(value) > longest:
        return f"has {len(value)} characters, and may have {longest}"
    pattern, wanted = _FORMS[form]
    return None if pattern.fullmatch(value) else wanted
