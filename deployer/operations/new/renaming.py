"""Giving a copied text the names of the new hub, and finding where the old ones still stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deployer.operations.new.own_files import word
from deployer.operations.new.secrets import secret_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Hub
    from deployer.fleet.problems import Problem
    from deployer.operations.new.answers import HubCopy


@dataclass(frozen=True, kw_only=True)
class Renaming:
    """What a copied hub is called in place of what its source is called.

    `target` is the cluster that the copy is on. `hosts` are all that the fleet serves, with who has them;
    `owner` is how the source is called there.
    """

    source: Hub
    copy: HubCopy
    target: str
    hosts: Mapping[str, str]
    owner: str

    def of(self, text: str) -> str:
        """Return a text with the new domain, and with the new name for people where that is more than a word.

        The hub's name stays wherever it stands: it may be any word, or part of the name of a bucket.
        """
        text = self._in_our_words(text)
        text = self._domain().sub(self._host, text) if self.source.domain else text
        shown = self.source.display_name
        return text.replace(shown, self.copy.display_name) if " " in shown.strip() else text

    def _in_our_words(self, text: str) -> str:
        """Return a text with the new names in the comments that `deployer new` writes."""
        old, new = self.source, self.copy
        said = {
            f"# {old.display_name}, https://{old.domain}": f"# {new.display_name}, https://{new.domain}",
            f"`deployer explain {new.source_cluster} {old.name}`": (
                f"`deployer explain {self.target} {new.name}`"
            ),
            f"# Encrypted, in {secret_file(old.name)}:": f"# Encrypted, in {secret_file(new.name)}:",
        }
        for before, after in said.items():
            text = text.replace(before, after)
        return text

    def told(self, problem: Problem) -> Problem:
        """Return a problem of the source as it is told of its copy."""
        return replace(problem, message=self.of(problem.message))

    def left(self, text: str) -> Iterator[tuple[str, list[int]]]:
        """Yield each name of the source that a text still has, with the numbers of its lines."""
        for name in dict.fromkeys([self.source.name, self.source.display_name]):
            pattern = word(name)
            lines = enumerate(map(self._without_new_names, text.splitlines()), start=1)
            found = [number for number, line in lines if pattern.search(line)]
            if found:
                yield name, found
        found = [n for n, line in enumerate(text.splitlines(), start=1) if any(self._old_hosts(line))]
        if found:
            yield self.source.domain, found

    def _without_new_names(self, line: str) -> str:
        """Return a line without what the copy is called, for that may hold the old name."""
        rest = line.replace(self.copy.domain, "").replace(self.copy.display_name, "")
        return word(self.copy.name).sub("", rest)

    def _domain(self) -> re.Pattern[str]:
        return re.compile(
            rf"(?<![\w.-])(?P<below>(?:[\w-]+\.)*){re.escape(self.source.domain)}(?![\w-]|\.\w)"
        )

    def _host(self, found: re.Match[str]) -> str:
        host = found.group()
        own = host == self.source.domain or self.hosts.get(host) == self.owner
        return found["below"] + self.copy.domain if own else host

    def _old_hosts(self, line: str) -> Iterator[str]:
        """Yield host names below the old domain that nobody is known to have: the source may."""
        rest = line.replace(self.copy.domain, "")
        hosts = (found.group() for found in self._domain().finditer(rest)) if self.source.domain else ()
        return (host for host in hosts if host not in self.hosts)
