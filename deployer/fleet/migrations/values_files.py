"""The values files of hubs that say `daskhub`: which are lifted out of `basehub`, and which cannot be."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.fleet import daskhub
from deployer.fleet.editing.edits import CommentOut, EditRefused, Lift
from deployer.fleet.migrations.step import Planned, note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.documents import Document
    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.migrations.step import Subject
    from deployer.fleet.model import Cluster, Hub

_AT = daskhub.VALUES_AT


@dataclass(frozen=True)
class ValuesFiles:
    """The values files of all hubs to be lifted."""

    subject: Subject

    def lifted(self) -> Iterator[Planned]:
        """Return what is edited in the files, with a note on each that is not."""
        for path, document in self._documents.items():
            reason = self._reasons.get(path)
            if reason and not document.value(_AT):
                continue
            if reason:
                text = f"stays as it is and is listed with `under: {_AT[0]}`, for {reason}"
                yield Planned(document=document, notes=(note(document, (), text),))
            else:
                idle = tuple(
                    note(document, (key,), f"`{key}` had no effect: it is a comment now")
                    for key in _without_effect(document)
                )
                yield Planned(document=document, edits=_edits(document), notes=idle)

    def stays(self, owner: Document, name: Any) -> bool:
        """Say whether a listed file keeps its values under their key."""
        return _path(owner, name) in self._reasons

    def is_idle(self, owner: Document, name: Any) -> bool:
        """Say whether a listed file stays as it is, and has nothing that counts."""
        document = self._documents.get(_path(owner, name))
        return document is not None and self.stays(owner, name) and not document.value(_AT)

    @cached_property
    def _documents(self) -> Mapping[Path, Document]:
        paths = {_path(hub.document, name) for _, hub in self._hubs for name in _names(hub)}
        return {
            document.path: document for document in self.subject.fleet.documents if document.path in paths
        }

    @cached_property
    def _reasons(self) -> Mapping[Path, str]:
        """Why files stay as they are, by path."""
        found = ((path, self._reason(document)) for path, document in self._documents.items())
        return {path: reason for path, reason in found if reason}

    def _reason(self, document: Document) -> str | None:
        if not document.data:
            return None
        if document.encrypted:
            return "it is encrypted"
        other = self._others.get(document.path.resolve())
        if other:
            return f"{other} uses it too"
        try:
            self.subject.drafts.edited(document.path, _edits(document))
        except EditRefused as error:
            return error.message.partition(": ")[2]
        return None

    @cached_property
    def _hubs(self) -> list[tuple[Cluster, Hub]]:
        return [
            (cluster, hub)
            for cluster in self.subject.clusters
            for hub in cluster.hubs
            if hub.document.value((*hub.at, "helm_chart")) == daskhub.NAME
        ]

    @cached_property
    def _others(self) -> Mapping[Path, str]:
        """Who else uses files, wherever their names lead."""
        lifted = {(cluster.name, hub.at) for cluster, hub in self._hubs}
        found = {}
        for cluster in self.subject.fleet.clusters:
            for file in cluster.support_files:
                found[file.path.resolve()] = f"the support chart of `{cluster.name}`"
            for hub in cluster.hubs:
                own = set(_names(hub)) if (cluster.name, hub.at) in lifted else set()
                files = (file for file in hub.values_files if file.name not in own)
                for file in (*files, *filter(None, (hub.domain_override,))):
                    found[file.path.resolve()] = f"`{cluster.name} {hub.name}`"
        return found


def _names(hub: Hub) -> Iterator[str]:
    """Return the files that a hub lists without saying under which key their values are."""
    listed = hub.document.value((*hub.at, "helm_chart_values_files"))
    return (each for each in listed if isinstance(each, str))


def _path(owner: Document, name: Any) -> Path:
    return Path(os.path.normpath(owner.path.parent / str(name)))


def _without_effect(document: Document) -> list[str]:
    return [key for key, value in document.data.items() if key not in _AT or not value]


def _edits(document: Document) -> tuple[Edit, ...]:
    idle = [CommentOut(at=(key,)) for key in _without_effect(document)]
    return (*idle, Lift(at=_AT)) if document.value(_AT) else tuple(idle)
