"""Definitions of resources: those of the pinned packages against those of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.operations.cluster_doctor.finding import Finding
from deployer.operations.deploy.definitions import definitions as wanted_definitions
from deployer.operations.deploy.definitions import there
from deployer.operations.deploy.package_versions import is_newer, package_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from deployer.operations.cluster_doctor.finding import Patient, State

_NAMED = 3


def definitions(patient: Patient) -> Iterator[Finding]:
    """Say which are missing, or older than those of the packages."""
    if patient.wanted is None:
        return
    names: dict[str, list[str]] = {"missing": [], "old": [], "ok": [], "newer": []}
    for each in wanted_definitions(patient.session, patient.helm, patient.wanted):
        name = str(each["metadata"]["name"])
        names[_how(there(patient.api, name), each)].append(name)
    wrong: tuple[State, ...] = ("missing", "old")
    for state in wrong:
        if names[state]:
            told = _listed(names[state])
            yield Finding(check="definitions", state=state, told=told, next=patient.deploy, required=True)
    if not names["missing"] and not names["old"] and (names["ok"] or names["newer"]):
        newer = f"; newer than ours: {_listed(names['newer'])}" if names["newer"] else ""
        count = len(names["ok"]) + len(names["newer"])
        yield Finding(check="definitions", state="ok", told=f"{count} are there{newer}")


def _how(known: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> str:
    if known is None:
        return "missing"
    if is_newer(known, wanted):
        return "newer"
    return "ok" if package_version(known) == package_version(wanted) else "old"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(sorted(names)[:_NAMED]) + more
