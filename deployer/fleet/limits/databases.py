"""Managed databases: versions, machines and sizes that clouds take.

- RDS: docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
- Cloud SQL: cloud.google.com/sql/docs/postgres/instance-settings
- Azure: learn.microsoft.com/azure/postgresql/flexible-server/concepts-storage, and of mysql the same
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - of a named tuple
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.limits.facts import NAMES
from deployer.fleet.limits.limit import Limit, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath


class _Taken(NamedTuple):
    """What a cloud takes as machines and versions, with an example of each."""

    machine: re.Pattern[str]
    such: str
    versions: Mapping[str, tuple[re.Pattern[str], str]]


_MAJOR = re.compile(r"[0-9]{2}"), "`17`"
_MINOR = re.compile(r"[0-9]{2}(\.[0-9]+)?"), "`17`"
_TWO = re.compile(r"[0-9]\.[0-9]"), "`8.4`"
_THREE = re.compile(r"[0-9]\.[0-9](\.[0-9]+)?"), "`8.4`"
_CLOUDS = {
    "aws": _Taken(
        re.compile(r"db\.[a-z0-9-]+\.[a-z0-9]+"), "`db.t4g.small`", {"mysql": _THREE, "postgresql": _MINOR}
    ),
    "azure": _Taken(
        re.compile(r"(B|GP|MO)_Standard_\w+"),
        "`GP_Standard_D2ds_v5`",
        {"mysql": _THREE, "postgresql": _MAJOR},
    ),
    "gcp": _Taken(
        re.compile(r"db-[a-z0-9]+(-[a-zA-Z0-9]+)*"),
        "`db-custom-2-7680`",
        {"mysql": _TWO, "postgresql": _MAJOR},
    ),
}
_SIZES = {"aws": range(20, 65536 + 1), "gcp": range(10, 65536 + 1)}
_AZURE_SIZES = {
    "mysql": range(20, 16384 + 1),
    "postgresql": (32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767),
}
_CUSTOM = re.compile(r"db-custom-(?P<cpu>[0-9]+)-(?P<memory>[0-9]+)")
_STEP = 256
_LEAST_MEMORY = 3840
_PER_CPU = (922, 6656)
"""In MiB: a custom machine of Cloud SQL has between 0.9 and 6.5 GiB for each processor, in such steps."""
_MOST_CPUS = 96
_FEWEST_BACKUPS = 7
"""Azure's PostgreSQL keeps backups for a week at least."""


def limits(cloud: str, asked: Mapping[str, Any]) -> Iterator[Limit]:
    """Yield what is wrong with databases."""
    for name, database in asked.get("databases", {}).items():
        here, what = at("databases", name), f"database {name}"
        taken = _CLOUDS[cloud]
        pattern, such = taken.versions[database["engine"]]
        sizes = _SIZES.get(cloud, range(0))
        if not pattern.fullmatch(database["version"]):
            message = f"{what}: no version of {database['engine']}: {database['version']}"
            yield Limit((*here, "version"), message, f"write one such as {such}")
        if not taken.machine.fullmatch(database["machine"]):
            message = f"{what}: no machine for databases of {NAMES[cloud]}: {database['machine']}"
            yield Limit((*here, "machine"), message, f"write one such as {taken.such}")
        if cloud == "azure":
            yield from _azure(here, what, database)
        elif database["size"] not in sizes:
            message = f"{what}: {NAMES[cloud]} takes {sizes[0]} to {sizes[-1]} GiB, not {database['size']}"
            yield Limit((*here, "size"), message, f"say `size: {sizes[0]}` or more")
        if cloud == "gcp":
            yield from _custom(here, what, database["machine"])


def _azure(here: KeyPath, what: str, database: Mapping[str, Any]) -> Iterator[Limit]:
    engine, size = database["engine"], database["size"]
    sizes = _AZURE_SIZES[engine]
    if size not in sizes:
        told = f"{sizes[0]} to {sizes[-1]}" if engine == "mysql" else ", ".join(map(str, sizes))
        larger = next((each for each in sizes if each > size), sizes[-1])
        message = f"{what}: {engine} has a `size` of {told} GiB on Azure, not {size}"
        yield Limit((*here, "size"), message, f"say `size: {larger}`")
    if database["high_availability"] and database["machine"].startswith("B_"):
        message = f"{what}: machines such as {database['machine']} have no `high_availability`"
        yield Limit((*here, "high_availability"), message, "take one such as `GP_Standard_D2ds_v5`")
    if engine == "postgresql" and database["keep_backups"] < _FEWEST_BACKUPS:
        message = f"{what}: backups of postgresql are kept for {_FEWEST_BACKUPS} to 35 days on Azure"
        yield Limit((*here, "keep_backups"), message, f"say `keep_backups: {_FEWEST_BACKUPS}` or more")


def _custom(here: KeyPath, what: str, machine: str) -> Iterator[Limit]:
    found = _CUSTOM.fullmatch(machine)
    if found is None:
        return
    cpu, memory = int(found["cpu"]), int(found["memory"])
    if cpu != 1 and (cpu % 2 or not 0 < cpu <= _MOST_CPUS):
        message = (
            f"{what}: {machine} has {cpu} processors; Cloud SQL takes 1, or an even number up to {_MOST_CPUS}"
        )
        yield Limit((*here, "machine"), message, "the first number is that of processors")
        return
    least, most = (each * cpu for each in _PER_CPU)
    if memory % _STEP or not max(least, _LEAST_MEMORY) <= memory <= most:
        message = f"{what}: {machine} has {memory} MiB of memory"
        hint = (
            f"it takes 0.9 to 6.5 GiB for each processor, {_LEAST_MEMORY} MiB at least, in steps of {_STEP}"
        )
        yield Limit((*here, "machine"), message, hint)
