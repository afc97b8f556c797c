"""Format 2: one way to say each thing.

Numbers of accounts are text, a region is not called a zone, and a chart has one name, whose values lie where
they lie for every hub.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet import daskhub
from deployer.fleet.editing.edits import DeleteEntry, InsertEntry, InsertItem, RenameKey, SetValue
from deployer.fleet.migrations.step import Planned, note
from deployer.fleet.migrations.values_files import ValuesFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.migrations.step import Step, Subject
    from deployer.fleet.positions import KeyPath

_ZONE = re.compile(r".*-[a-z]")


def number(subject: Subject) -> Iterator[Planned]:
    """Write the version of the format at the top, or where it stands."""
    for cluster in subject.clusters:
        is_said = "schema" in cluster.document.data
        edit = SetValue(at=("schema",), value=2) if is_said else InsertEntry(at=(), key="schema", value=2)
        yield Planned(document=cluster.document, edits=(edit,))


def accounts(subject: Subject) -> Iterator[Planned]:
    """Put the numbers of AWS accounts in quotes."""
    at = ("aws", "account")
    for cluster in subject.clusters:
        if isinstance(cluster.document.value(at), int | float):
            written = cluster.document.texts[at]
            yield Planned(document=cluster.document, edits=(SetValue(at=at, value=written),))


def regions(subject: Subject) -> Iterator[Planned]:
    """Call a region that stands as the zone of a GKE cluster what it is."""
    for cluster in subject.clusters:
        zone = cluster.document.value(("gcp", "zone"))
        if isinstance(zone, str) and not _ZONE.fullmatch(zone):
            edit = RenameKey(at=("gcp", "zone"), to="region")
            yield Planned(document=cluster.document, edits=(edit,))


def daskhubs(subject: Subject) -> Iterator[Planned]:
    """Make `basehub` with the preset `dask` of `daskhub`, and lift the values out of the key `basehub`."""
    files = ValuesFiles(subject)
    yield from files.lifted()
    for cluster in subject.clusters:
        for hub in cluster.hubs:
            if hub.document.value((*hub.at, "helm_chart")) == daskhub.NAME:
                yield Planned(
                    document=hub.document,
                    edits=(
                        SetValue(at=(*hub.at, "helm_chart"), value=daskhub.CHART),
                        *_with_preset(hub.document, hub.at),
                    ),
                )
                yield _listed(hub.document, (*hub.at, "helm_chart_values_files"), files)


STEPS: tuple[Step, ...] = (number, accounts, regions, daskhubs)


def _with_preset(document: Document, hub_at: KeyPath) -> Iterator[Edit]:
    at = (*hub_at, "presets")
    presets = document.value(at)
    if not isinstance(presets, list):
        yield InsertEntry(at=hub_at, key="presets", value=[daskhub.PRESET], after="helm_chart")
    elif daskhub.PRESET not in presets:
        # One that is listed already counts where it stands, and first it would change nothing.
        new_item = InsertItem(at=at, value=daskhub.PRESET)
        yield new_item if presets else SetValue(at=at, value=[daskhub.PRESET])


def _listed(document: Document, at: KeyPath, files: ValuesFiles) -> Planned:
    """Return what becomes of a hub's list of files: those that stay as they are get their key beside them."""
    edits: list[Edit] = []
    notes = []
    names = document.value(at)
    idle = [index for index, name in enumerate(names) if files.is_idle(document, name)]
    for index, name in enumerate(names):
        if index in idle:
            edits.append(DeleteEntry(at=(*at, index)))
            notes.append(note(document, (*at, index), f"`{name}` had no effect: it is off the list"))
        elif files.stays(document, name):
            value = {"file": name, "under": daskhub.VALUES_AT[0]}
            edits.append(SetValue(at=(*at, index), value=value))
    if idle and len(idle) == len(names):
        edits = [SetValue(at=at, value=[])]
    return Planned(document=document, edits=tuple(edits), notes=tuple(notes))
