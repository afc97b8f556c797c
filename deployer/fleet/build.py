"""From documents to the model.

Whatever is wrong has been reported when this runs, by the schema or on the way here, so a value of the wrong
type counts as absent: what is left can still be listed and checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from deployer.fleet import daskhub, versions
from deployer.fleet.features import Speaker, features
from deployer.fleet.freezes import freezes
from deployer.fleet.model import (
    Aws,
    Azure,
    CentralGrafana,
    Cluster,
    Gcp,
    HealthCheck,
    Hub,
    Kubeconfig,
    Local,
    Organisation,
    Preset,
    Provider,
    UptimeCheck,
    ValuesFile,
)
from deployer.fleet.subjects import in_hub
from deployer.fleet.template_files import with_templates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.fleet.documents import Document
    from deployer.fleet.files import Files
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.presets import Presets

NEWEST_KUBERNETES = "1.34"
"""What is assumed when nothing says which: what the local cluster runs, where the charts are tested."""

_UNDER = "under"

T = TypeVar("T")


def organisation(files: Files, document: Document) -> Organisation:
    """Return who operates the fleet."""
    data = document.data
    return Organisation(
        name=_get(data, "name", str),
        contact=_get(data, "contact", str),
        domains=_names(data, "domains"),
        kubernetes_version=_get(_map(data, "defaults"), "kubernetes_version", str),
        staff={kind: _names(_map(data, "staff"), kind) for kind in _map(data, "staff")},
        state=_map(data, "state"),
        grafana=_grafana(files, document),
    )


def _grafana(files: Files, document: Document) -> CentralGrafana | None:
    data = _map(document.data, "grafana")
    url = _text(data, "url")
    token_file = files.listed(document, ("grafana", "token_file"), data.get("token_file"))
    return CentralGrafana(url=url.rstrip("/"), token_file=token_file) if url else None


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds clusters from documents. `local` is what the state directory says about the local cluster."""

    files: Files
    presets: Presets
    organisation: Organisation
    local: Mapping[str, Any]

    def cluster(self, document: Document) -> Cluster:
        """Return the cluster that a cluster.yaml declares, named as its directory is."""
        data = document.data
        provider = _provider(document)
        self._check_listed(document)
        built = _get(_map(data, "infrastructure"), "kubernetes_version", str)
        version = _get(data, "kubernetes_version", str) or built or self.organisation.kubernetes_version
        is_local = isinstance(provider, Local)
        identity = self.local if is_local else _map(data, "identity")
        return Cluster(
            name=document.path.parent.name,
            provider=provider,
            directory=document.path.parent,
            hubs=_linked(self._hubs(document)),
            kubernetes_version=version or NEWEST_KUBERNETES,
            kubernetes_version_assumed=version is None,
            provider_url=_get(data, "provider_url", str),
            uid=_get(identity, "uid", str),
            outputs=self.local if is_local else self._outputs(document),
            support_files=self._values_files(document, ("support", "helm_chart_values_files"), ()),
            freezes=freezes(_list(data, "freeze")),
            organisation=self.organisation,
            document=document,
        )

    def _outputs(self, document: Document) -> Mapping[str, Any]:
        path = document.path.parent / "outputs.yaml"
        if "infrastructure" not in document.data or not path.exists():
            return {}
        outputs: dict[str, Any] = self.files.checked(path, "outputs").data
        return outputs

    def _check_listed(self, document: Document) -> None:
        for at in (("aws", "key"), ("azure", "key"), ("gcp", "key"), ("kubeconfig", "file")):
            self.files.listed(document, at, _map(document.data, at[0]).get(at[1]))

    def _hubs(self, document: Document) -> list[Hub]:
        entries = enumerate(_list(document.data, "hubs"))
        return [
            self._hub(document, ("hubs", index), entry)
            for index, entry in entries
            if isinstance(entry, dict) and _text(entry, "name")
        ]

    def _hub(self, document: Document, at: KeyPath, data: dict[str, Any]) -> Hub:
        name = _text(data, "name")
        chart = _text(data, "helm_chart")
        dask = chart == daskhub.NAME and versions.version(document) == versions.OLDEST
        presets = self._presets(document, at, dask=dask)
        speakers = [Speaker(document=each.source) for each in presets if each.source]
        return Hub(
            name=name,
            display_name=_get(data, "display_name", str) or name,
            domain=_text(data, "domain"),
            chart=daskhub.CHART if dask else chart,
            values_files=self._values_files(
                document, (*at, "helm_chart_values_files"), daskhub.VALUES_AT if dask else ()
            ),
            presets=presets,
            features=with_templates(self.files, features([*speakers, Speaker(document=document, at=at)])),
            chart_override=self._chart_override(document, (*at, "chart_override")),
            domain_override=self._values_file(document, (*at, "domain_override_file"), ()),
            staging_for=_names(data, "staging_for"),
            staged_by=_get(data, "staged_by", str),
            health=_health(_map(data, "health")),
            uptime_check=_uptime_check(data),
            freezes=freezes(_list(data, "freeze"), hub=name),
            contacts=_map(data, "contacts"),
            document=document,
            at=at,
        )

    def _presets(self, document: Document, at: KeyPath, *, dask: bool) -> tuple[Preset, ...]:
        """Return a hub's presets, each after those that it extends, and each once."""
        listed = _list(document.value(at), "presets")
        named = [((*at, "presets", index), name) for index, name in enumerate(listed)]
        if dask:
            named.insert(0, ((*at, "helm_chart"), daskhub.PRESET))
        found = [preset for place, name in named for preset in self.presets.named(document, place, name)]
        return tuple({preset.name: preset for preset in found}.values())

    def _chart_override(self, document: Document, at: KeyPath) -> Path | None:
        name = document.value(at)
        # The format's own rule: with a `/`, it is a file that clusters share.
        shared = isinstance(name, str) and "/" in name and not name.startswith(".")
        return self.files.listed(document, at, name, below=self.files.root if shared else None)

    def _values_files(
        self, document: Document, at: KeyPath, values_at: tuple[str, ...]
    ) -> tuple[ValuesFile, ...]:
        listed = document.value(at)
        indexes = range(len(listed)) if isinstance(listed, list) else ()
        files = [self._values_file(document, (*at, index), values_at) for index in indexes]
        return tuple(file for file in files if file)

    def _values_file(self, document: Document, at: KeyPath, values_at: tuple[str, ...]) -> ValuesFile | None:
        listed = document.value(at)
        name = listed.get("file") if isinstance(listed, dict) else listed
        key = _get(listed, "under", str) if isinstance(listed, dict) else None
        path = self.files.listed(document, at, name)
        if path is None:
            return None
        whole = self.files.document(path)
        if key:
            self._check_under(document, (*at, "under"), key, whole)
            values_at = (key,)
        elif values_at:
            self.files.problems.extend(daskhub.problems(whole))
        return ValuesFile(
            name=str(name),
            path=path,
            document=whole.inside(*values_at),
            encrypted=whole.encrypted,
            at=values_at,
        )

    def _check_under(self, owner: Document, at: KeyPath, key: str, document: Document) -> None:
        # What could not be read has no data, and a file may be empty for now.
        if not document.data or isinstance(document.data.get(key), dict):
            return
        subject, _ = in_hub(owner.data, at)
        message = f"{subject}no map `{key}` in {document.name}, so nothing of that file has an effect"
        self.files.problems.append(owner.problem(at, message, _UNDER))


def _provider(document: Document) -> Provider:
    data = document.data
    aws, azure, gcp = _map(data, "aws"), _map(data, "azure"), _map(data, "gcp")
    match data.get("provider"):
        case "aws":
            return Aws(
                key=_get(aws, "key", str),
                # As written: a number has lost its leading zeros.
                account=document.texts.get(("aws", "account"), ""),
                cluster=_text(aws, "clusterName"),
                region=_text(aws, "region"),
            )
        case "azure":
            return Azure(
                key=_get(azure, "key", str),
                resource_group=_text(azure, "resource_group"),
                cluster=_text(azure, "cluster"),
                location=_get(azure, "location", str),
                subscription=_get(azure, "subscription", str),
            )
        case "gcp":
            return Gcp(
                key=_get(gcp, "key", str),
                project=_text(gcp, "project"),
                cluster=_text(gcp, "cluster"),
                location=_text(gcp, "zone") or _text(gcp, "region"),
            )
        case "local":
            return Local()
        case _:
            return Kubeconfig(file=_text(_map(data, "kubeconfig"), "file"))


def _linked(hubs: list[Hub]) -> tuple[Hub, ...]:
    """Return hubs that know of each other's staging relation, whichever of the two declares it."""
    before = {hub.name: hub.staged_by for hub in hubs}
    for hub in hubs:
        for name in hub.staging_for:
            before[name] = before.get(name) or hub.name
    return tuple(
        replace(
            hub,
            staged_by=before[hub.name],
            staging_for=tuple(each for each in before if before[each] == hub.name or each in hub.staging_for),
        )
        for hub in hubs
    )


def _health(data: Mapping[str, Any]) -> HealthCheck:
    return HealthCheck(
        profile=_get(data, "profile", str),
        image=_get(data, "image", str),
        timeout=_get(data, "timeout", int) or HealthCheck.timeout,
    )


def _uptime_check(data: Mapping[str, Any]) -> UptimeCheck | None:
    if data.get("uptime_check") is False:
        return None
    said = _map(data, "uptime_check")
    # As text too, for so fleets have it.
    status = str(said.get("expected_status", ""))
    return UptimeCheck(
        address=_get(said, "address", str),
        status=int(status) if status.isdecimal() else UptimeCheck.status,
    )


def _get(data: Mapping[str, Any], key: str, kind: type[T]) -> T | None:
    value = data.get(key)
    return value if isinstance(value, kind) else None


def _text(data: Mapping[str, Any], key: str) -> str:
    return _get(data, key, str) or ""


def _map(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    return _get(data, key, dict) or {}


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    return _get(data, key, list) or []


def _names(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(each for each in _list(data, key) if isinstance(each, str))
