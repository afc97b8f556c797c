"""What the files of a hub or a cluster say, taken together and without any chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Cluster, Hub
    from deployer.fleet.positions import KeyPath


class Said(NamedTuple):
    """A value, and where it is written."""

    value: Any
    document: Document
    at: KeyPath


def of_hub(hub: Hub) -> tuple[Document, ...]:
    """Return the documents with a hub's values, weakest first."""
    return (*(each.document for each in hub.presets), *(each.document for each in hub.values_files))


def of_cluster(cluster: Cluster) -> tuple[Document, ...]:
    """Return the documents with the values of what a cluster runs for all of its hubs, weakest first."""
    return tuple(each.document for each in cluster.support_files)


def said(documents: Sequence[Document], at: KeyPath) -> Said | None:
    """Return what counts at a path, None when nothing is said there.

    Maps merge. Anything else hides what weaker documents say below it, and so does null.
    """
    for document in reversed(documents):
        value = document.data
        for key in at:
            if not isinstance(value, dict):
                return None
            if key not in value:
                break
            value = value[key]
        else:
            return Said(value, document, at)
    return None


def value_of(documents: Sequence[Document], at: KeyPath) -> Any:
    """Return the value that counts at a path, None when there is none."""
    found = said(documents, at)
    return found.value if found else None
