"""The entry of a hub in cluster.yaml as that of another hub, with its comments and its layout."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.fleet.editing import emit
from deployer.fleet.editing.editor import edited
from deployer.fleet.editing.edits import DeleteEntry, EditRefused, InsertEntry, SetValue
from deployer.fleet.editing.lines import column
from deployer.fleet.editing.places import Places
from deployer.fleet.editing.spans import spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.model import Cluster, Hub
    from deployer.operations.new.answers import HubCopy
    from deployer.operations.new.own_files import Fate
    from deployer.operations.new.renaming import Renaming

_FILES = "helm_chart_values_files"
_NOT_COPIED = ("domain_override_file", "freeze", "staged_by", "staging_for")
"""What is about one hub only, besides its names."""


@dataclass(frozen=True, kw_only=True)
class EntryCopy:
    """The entry of `source` for its copy on `target`."""

    owner: Cluster
    source: Hub
    target: Cluster
    copy: HubCopy
    fates: Sequence[Fate]
    renaming: Renaming

    def text(self, content: str) -> str:
        """Return the new entry, from the text of the cluster.yaml that has the old one.

        Where it cannot be taken as it is written, for an alias leads out of it, what it says is written anew.
        """
        try:
            return self._edited(self.renaming.of(_entry_text(content, self.source)))
        except EditRefused:
            data = self.source.document.value(self.source.at)
            lines = (emit.entry(key, value, column=0, list_offset=2) for key, value in data.items())
            return self._edited(self.renaming.of("".join(f"{line}\n" for each in lines for line in each)))

    def _edited(self, text: str) -> str:
        text = edited(text, self._changes())
        return edited(text, self._additions())

    def _changes(self) -> Iterator[Edit]:
        data = self.source.document.value(self.source.at)
        yield SetValue(at=("name",), value=self.copy.name)
        yield SetValue(at=("domain",), value=self.copy.domain)
        if "display_name" in data:
            yield SetValue(at=("display_name",), value=self.copy.display_name)
        yield from (DeleteEntry(at=(key,)) for key in _NOT_COPIED if key in data)
        yield from self._files(data[_FILES])
        override = data.get("chart_override")
        if isinstance(override, str) and self._beside(override):
            yield SetValue(at=("chart_override",), value=self._elsewhere(self.owner.directory / override))

    def _files(self, listed: list[object]) -> Iterator[Edit]:
        """Return the edits of the list of values files."""
        if all(fate.left_out for fate in self.fates):
            yield SetValue(at=(_FILES,), value=[])
            return
        for index, fate in enumerate(self.fates):
            if fate.left_out:
                yield DeleteEntry(at=(_FILES, index))
            elif fate.name != fate.file.name:
                entry = listed[index]
                inner = ("file",) if isinstance(entry, dict) else ()
                yield SetValue(at=(_FILES, index, *inner), value=fate.name)

    def _additions(self) -> Iterator[Edit]:
        if "display_name" not in self.source.document.value(self.source.at):
            yield InsertEntry(at=(), key="display_name", value=self.copy.display_name, after="name")
        if self.copy.staged_by:
            yield InsertEntry(at=(), key="staged_by", value=self.copy.staged_by, after="")
        if self.copy.staging_for:
            yield InsertEntry(at=(), key="staging_for", value=list(self.copy.staging_for), after="")

    def _beside(self, override: str) -> bool:
        """Say whether a file is named relative to a cluster.yaml that the copy is not in."""
        moved = self.owner.directory != self.target.directory
        return moved and ("/" not in override or override.startswith("."))

    def _elsewhere(self, path: Path) -> str:
        return os.path.relpath(path, self.target.directory)


_TO_BE_LISTED = re.compile(
    r"^ *# What is secret belongs into a file that sops encrypts.*\n(?: *# - enc-\S+\n)*", re.MULTILINE
)
"""What `deployer new` writes into an entry, of the files of its own hub."""


def left_out_lines(missing: Sequence[str], text: str) -> str:
    """Return an entry with a comment for each file that its hub has to be given yet."""
    if not missing:
        return text
    comment = "# What is secret belongs into a file that sops encrypts; list it above:\n"
    return text + comment + "".join(f"# - {name}\n" for name in missing)


def _entry_text(content: str, hub: Hub) -> str:
    """Return the text of a hub's entry by itself, at the left margin."""
    content = content.removeprefix("\ufeff")
    place = Places(content, spans(content)).find(hub.at)
    span = place.value
    if span.kind != "map":
        raise EditRefused("the hub is written elsewhere")
    margin = column(content, span.content)
    first, *others = content[span.start : place.end].splitlines()
    lines = [first, *(line[min(margin, _leading(line)) :] for line in others)]
    return _TO_BE_LISTED.sub("", "\n".join([*lines, ""]))


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
