"""Whether CAA records let an authority issue certificates for a host (RFC 8659)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.tools.resolver import Unanswered

if TYPE_CHECKING:
    from deployer.tools.resolver import Resolver


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What the records say, and the name that has them. Without any records everybody may.

    `state` is `allowed`, `forbidden` or `unknown`.
    """

    state: str
    where: str | None = None


def permission(resolver: Resolver, host: str, authority: str) -> Permission:
    """Look for the nearest records from a host upwards, and return whether they let an authority issue."""
    wildcard = host.startswith("*.")
    labels = host.removeprefix("*.").split(".")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        try:
            found = [_entry(each) for each in resolver.ask(name, "CAA").values]
        except Unanswered:
            return Permission(state="unknown", where=name)
        if found:
            return Permission(state=_state(found, authority, wildcard=wildcard), where=name)
    return Permission(state="allowed")


def _state(found: list[tuple[str, str]], authority: str, *, wildcard: bool) -> str:
    named = {tag: [value for each, value in found if each == tag] for tag, _ in found}
    counted = named.get("issuewild") if wildcard else None
    counted = named.get("issue") if counted is None else counted
    return "allowed" if counted is None or authority in counted else "forbidden"


def _entry(text: str) -> tuple[str, str]:
    """Return tag and authority of a record such as `0 issue "letsencrypt.org; accounturi=..."`."""
    _flags, tag, value = text.split(" ", 2)
    return tag.lower(), value.strip('"').partition(";")[0].strip().lower()
