"""The addresses at which a fleet serves something, as far as its files say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.fleet.model import Local
from deployer.fleet.rules.said import Said, of_cluster, of_hub, said, value_of
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.fleet.positions import KeyPath

JUPYTERHUB = ("jupyterhub", "ingress")
_DEEPEST = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Service:
    """An address: a host and a path, whose it is, and where that is written.

    `what` is the ingress that has the host, or the `domain` of the hub. `reserved` is a domain at which the
    hub's files have nothing: whatever the hub serves there is right.
    """

    owner: str
    what: str
    host: str
    path: str
    document: Document
    at: KeyPath
    reserved: bool = False


def services(fleet: Fleet) -> Iterator[Service]:
    """Yield every address in the fleet that is known; what is encrypted is not."""
    for cluster in fleet.clusters:
        yield from _of_cluster(cluster)
        for hub in cluster.hubs:
            yield from _of_hub(cluster, hub)


def domain_of(hub: Hub) -> Said | None:
    """Return a hub's domain for now, None when it is encrypted or missing."""
    override = hub.domain_override
    found = said([override.document], ("domain",)) if override else None
    if found is None:
        found = Said(hub.domain, hub.document, (*hub.at, "domain"))
    return found if isinstance(found.value, str) and _is_known(found.value) else None


def owner_of(cluster: Cluster, hub: Hub) -> str:
    """Return how a hub is named as the owner of an address."""
    return f"hub `{hub.name}` of `{cluster.name}`"


def _of_cluster(cluster: Cluster) -> Iterator[Service]:
    documents = of_cluster(cluster)
    for at in _ingresses(documents):
        if value_of(documents, (at[0], "enabled")) is not False:
            yield from _enabled(f"cluster `{cluster.name}`", documents, at)


def _of_hub(cluster: Cluster, hub: Hub) -> Iterator[Service]:
    owner = owner_of(cluster, hub)
    documents = of_hub(hub)
    domain = domain_of(hub)
    found: list[Service] = []
    # Nothing leads into a local cluster from outside.
    if not isinstance(cluster.provider, Local):
        found += _of_jupyterhub(owner, documents, domain)
        for at in _ingresses(documents):
            if at != JUPYTERHUB and value_of(documents, (at[0], "enabled")) is True:
                found += _enabled(owner, documents, at)
    yield from found
    if domain and domain.value not in {service.host for service in found}:
        yield _at_domain(owner, domain, "/", reserved=True)


def _of_jupyterhub(owner: str, documents: Sequence[Document], domain: Said | None) -> Iterator[Service]:
    if value_of(documents, (*JUPYTERHUB, "enabled")) is False:
        return
    base = value_of(documents, ("jupyterhub", "hub", "baseUrl"))
    suffix = value_of(documents, (*JUPYTERHUB, "pathSuffix"))
    path = _path(base) + _path(suffix).removeprefix("/")
    if value_of(documents, (*JUPYTERHUB, "hosts")):
        yield from _at_ingress(owner, documents, JUPYTERHUB, path)
    elif domain:
        yield _at_domain(owner, domain, path)


def _enabled(owner: str, documents: Sequence[Document], at: KeyPath) -> Iterator[Service]:
    if value_of(documents, (*at, "enabled")) is True:
        base = value_of(documents, (*at[:-1], "config", "BinderHub", "base_url"))
        path = base or value_of(documents, (*at, "path"))
        yield from _at_ingress(owner, documents, at, _path(path))


def _at_ingress(owner: str, documents: Sequence[Document], at: KeyPath, path: str) -> Iterator[Service]:
    found = said(documents, (*at, "hosts"))
    if not found or not isinstance(found.value, list):
        return
    for index, entry in enumerate(found.value):
        # Charts differ: names, names with a path behind, maps with a name.
        text = entry.get("host") if isinstance(entry, dict) else entry
        if isinstance(text, str) and _is_known(text):
            host, slash, below = text.partition("/") if "://" not in text else (text, "", "")
            yield Service(
                owner=owner,
                what=f"`{shown(at)}`",
                host=host,
                path=_path(below) if slash else path,
                document=found.document,
                at=(*found.at, index),
            )


def _at_domain(owner: str, domain: Said, path: str, *, reserved: bool = False) -> Service:
    return Service(
        owner=owner,
        what="`domain`",
        host=domain.value,
        path=path,
        document=domain.document,
        at=domain.at,
        reserved=reserved,
    )


def _ingresses(documents: Sequence[Document]) -> dict[KeyPath, None]:
    """Return where there is something about an ingress, in order."""
    return dict.fromkeys(at for document in documents for at in _ingresses_in(document.data, ()))


def _ingresses_in(data: Mapping[str, Any], at: KeyPath) -> Iterator[KeyPath]:
    for key, value in data.items():
        if isinstance(value, dict):
            if key == "ingress" and at:
                yield (*at, key)
            elif len(at) < _DEEPEST:
                yield from _ingresses_in(value, (*at, key))


def _path(text: object) -> str:
    """Return a path with a slash at both ends."""
    inner = text.strip("/*") if isinstance(text, str) else ""
    return f"/{inner}/" if inner else "/"


def _is_known(text: str) -> bool:
    return bool(text) and not is_encrypted_scalar(text)
