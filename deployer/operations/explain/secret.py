"""Whether a secret may change a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from deployer.render.provenance import Unknown, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployer.fleet.positions import KeyPath
    from deployer.render.provenance import Leaf, Saying, Tree

How = Literal["no", "set", "followed", "overridden"]


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What secrets have to do with a path.

    One or more is `set` there by an encrypted file, the value follows one, or an encrypted file says
    something that stronger layers replace. The keys of encrypted files are readable, so `no` is certain.
    `unknown` are the paths of what only a key would tell, `files` the encrypted ones, with a line.
    """

    how: How
    unknown: tuple[KeyPath, ...] = ()
    files: tuple[tuple[str, int], ...] = ()

    @property
    def may_change(self) -> bool:
        """Whether the value is another one with another secret."""
        return self.how in ("set", "followed")


def secret(found: Tree | Leaf | None, said: Sequence[Saying], at: KeyPath) -> Secret:
    """Return what secrets have to do with a path, from what is there and what was said about it."""
    unknown = dict(_unknown(plain(found), at))
    # An encrypted scalar where a map should be hides whether there is anything below.
    above = [each for each in said if each.effect == "counts" and isinstance(each.value, Unknown)]
    unknown |= {each.at: each.value for each in above}
    files = tuple(
        (saying.origin.document.name, saying.line or 1)
        for saying in said
        if saying.origin.kind == "encrypted file" and saying.origin.document
    )
    how: How = "no"
    if Unknown.ENCRYPTED in unknown.values():
        how = "set"
    elif unknown:
        how = "followed"
    elif any(list(_unknown(saying.value, at)) for saying in said):
        how = "overridden"
    return Secret(how=how, unknown=tuple(unknown), files=files)


def _unknown(value: Any, at: KeyPath) -> Iterator[tuple[KeyPath, Unknown]]:
    if isinstance(value, Unknown):
        yield at, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _unknown(below, (*at, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _unknown(below, (*at, index))
