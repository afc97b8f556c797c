"""The versions of the configuration format: which one a cluster.yaml is written in, and which are known.

The number grows when a file would mean something else, or would no longer be taken. Older versions go on
working as they are; `deployer migrate` lifts them, by the steps of fleet/migrations.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Fleet
    from deployer.fleet.problems import Problem

OLDEST = 1
"""What is meant when a cluster.yaml does not say."""
NEWEST = 2
RULE = "format"

_KEY = "schema"


def version(document: Document) -> int:
    """Return the version of the format that a cluster.yaml is written in."""
    said = document.value((_KEY,))
    return said if isinstance(said, int) and not isinstance(said, bool) else OLDEST


def too_new(document: Document) -> Problem | None:
    """Return what is wrong with a cluster.yaml of a version that is not known; nothing else can be said."""
    said = version(document)
    if said <= NEWEST:
        return None
    message = f"written in format {said}, which needs a newer deployer: this one knows formats up to {NEWEST}"
    return document.problem((_KEY,), message, RULE)


def understood(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems without those that only follow from a cluster being too new to be understood."""
    problems = tuple(problems)
    unknown = tuple(f"{each.path.rpartition('/')[0]}/" for each in problems if each.rule == RULE)
    return [each for each in problems if each.rule == RULE or not each.path.startswith(unknown)]


def older(fleet: Fleet) -> tuple[Cluster, ...]:
    """Return the clusters that `deployer migrate` would lift.

    A file without content is none of them: it is empty, cannot be read, or is of a version that is too new.
    """
    documents = ((cluster, cluster.document) for cluster in fleet.clusters)
    return tuple(cluster for cluster, document in documents if document.data and version(document) < NEWEST)


def notices(fleet: Fleet) -> tuple[str, ...]:
    """Return what to tell about clusters in older versions of the format: one line however many there are."""
    found = older(fleet)
    if not found:
        return ()
    known = sorted({version(cluster.document) for cluster in found})
    formats = f"format{'s' if len(known) > 1 else ''} {' and '.join(map(str, known))}"
    total = len(fleet.clusters)
    which = "one cluster is" if total == 1 else f"{len(found)} of {total} clusters are"
    return (f"{which} written in {formats}; `deployer migrate` lifts {'it' if total == 1 else 'them'}",)
