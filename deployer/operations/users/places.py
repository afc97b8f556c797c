"""Where a hub keeps its users' things: directories on volumes that they share, or a volume claim each."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.errors import DeployerError
from deployer.fleet.leaves import leaves
from deployer.operations.hub_pods import SERVERNAME, USERNAME
from deployer.tools.kubespawner import expanded, fields, remembers_claims, scheme_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from deployer.operations.users.hub_side import HubSide, HubUser, SpawnerSettings
    from deployer.operations.users.mapping import Pair

_OF_A_USER = frozenset(field for field in fields(user="anybody") if "user" in field) - {"userid"}
_OWN_CLAIM = "{pvc_name}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A volume that users share; `template` is the path of a user's directory on it.

    `volume` is how a pod gets it; its name is the pod's own affair.
    """

    volume: Mapping[str, Any]
    template: str


class Move(NamedTuple):
    """A directory that gets another name because its user does."""

    old: str
    new: str
    user: str
    renamed: str


@dataclass(frozen=True, kw_only=True)
class Moves:
    """What is to be renamed in a place."""

    place: Place
    moves: tuple[Move, ...]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A volume claim of one server, by the user's present name."""

    user: str
    server: str
    name: str


def places(settings: SpawnerSettings) -> tuple[Place, ...]:
    """Return each shared volume and template of a path with the user's name in it.

    Raises:
        DeployerError: a path cannot follow the user's name.
    """
    volumes = {volume["name"]: volume for volume in settings.volumes}
    found: dict[str, Place] = {}
    for mount in settings.volume_mounts:
        volume, template = volumes.get(mount["name"]), mount.get("subPath") or ""
        if volume is None or "emptyDir" in volume:
            continue
        own = _is_a_users_own(volume)
        if not _names_a_user(template):
            continue
        if own:
            raise DeployerError(
                f"homes are directories named `{template}` in a volume of each user's own, where nobody can "
                "rename them from outside",
                hint="take the name out of `singleuser.storage.dynamic.subPath` before users are renamed",
            )
        place = Place(
            volume={key: value for key, value in volume.items() if key != "name"},
            template=_to_the_name(template),
        )
        found[json.dumps([place.volume, place.template], sort_keys=True)] = place
    return tuple(found.values())


def _is_a_users_own(volume: Mapping[str, Any]) -> bool:
    """Tell whether each user has a volume like this; one that cannot follow the user's name is an error."""
    texts = [text for _at, text in leaves({**volume, "name": ""}, lambda value: isinstance(value, str))]
    for text in texts:
        if _names_a_user(text):
            raise DeployerError(
                f"a volume of servers is named after the user: `{text}`",
                hint="under another name nobody finds it; take `{pvc_name}`, which KubeSpawner remembers",
            )
    return _OWN_CLAIM in texts


def moves(hub: HubSide, pairs: Iterable[Pair]) -> tuple[Moves, ...]:
    """Return what is to be renamed in each place so that users find their things under new names.

    Raises:
        DeployerError: two users would share a directory, or a directory's name leads elsewhere.
    """
    if hub.spawner is None:
        return ()
    if hub.spawner.enable_user_namespaces:
        raise DeployerError(
            "each user has a namespace of their own, named after the user, which cannot be renamed",
            hint="`KubeSpawner.enable_user_namespaces` and other names do not go together",
        )
    scheme = scheme_of(hub.spawner.version, hub.spawner.slug_scheme)
    users = {user.name: user for user in hub.users}
    planned = []
    for place in places(hub.spawner):
        renames = {
            Move(old, new, pair.old, pair.new)
            for pair in pairs
            for old, new in _renames(place, pair, users.get(pair.old) or users.get(pair.new), scheme)
        }
        found = Moves(place=place, moves=tuple(sorted(renames)))
        _check_targets(found)
        planned.append(found)
    return tuple(planned)


def homes(hub: HubSide) -> tuple[tuple[Place, Mapping[str, tuple[str, ...]]], ...]:
    """Return for each place the directories on it of each user, there or not.

    Raises:
        DeployerError: the directories of users cannot be told apart.
    """
    if hub.spawner is None:
        return ()
    if hub.spawner.enable_user_namespaces:
        raise DeployerError(
            "each user has a namespace of their own, whose volumes this program does not look for",
            hint="`KubeSpawner.enable_user_namespaces` and archives of homes do not go together",
        )
    scheme = scheme_of(hub.spawner.version, hub.spawner.slug_scheme)
    return tuple(
        (place, {user.name: _homes_of(place, user, scheme) for user in hub.users})
        for place in places(hub.spawner)
    )


def _homes_of(place: Place, user: HubUser, scheme: str) -> tuple[str, ...]:
    names = (
        fields(user=user.name, userid=user.id, server=server, scheme=scheme)
        for server in sorted({"", *user.claims})
    )
    return tuple(dict.fromkeys(expanded(place.template, each) for each in names))


def check_path(path: str) -> None:
    """Refuse a path of a home that leads elsewhere.

    Raises:
        DeployerError: it does.
    """
    if path.startswith("/") or {".", ".."} & set(path.split("/")) or not path:
        raise DeployerError(f"not the path of a home below its volume: `{path}`")


def claims(
    hub: HubSide, objects: Iterable[Mapping[str, Any]], pairs: Iterable[Pair]
) -> tuple[tuple[Claim, ...], tuple[tuple[str, Pair], ...]]:
    """Return the volume claim that each server keeps, and the claims whose annotation gets a new name.

    A claim cannot be renamed. KubeSpawner 7 remembers the name of a server's claim beside the server, so
    that it is found whatever the user is called; what older versions left unsaid is said there.

    Raises:
        DeployerError: this KubeSpawner would look for a claim under the new name.
    """
    if hub.spawner is None or not hub.spawner.storage_pvc_ensure:
        return (), ()
    if not (remembers_claims(hub.spawner.version) and hub.spawner.remember_pvc_name):
        raise DeployerError(
            f"each user's home is a volume claim, which KubeSpawner {hub.spawner.version}, as configured, "
            "looks for under the user's name: everybody would get an empty home",
            hint="it takes KubeSpawner 7 with `remember_pvc_name`, its default: upgrade the hub first",
        )
    renamed = {name: pair for pair in pairs for name in (pair.old, pair.new)}
    users = {user.name: user for user in hub.users}
    kept, annotated = [], []
    for found in objects:
        metadata = found["metadata"]
        annotations = metadata.get("annotations", {})
        owner, server = annotations.get(USERNAME), annotations.get(SERVERNAME, "")
        if owner is None:
            continue
        pair = renamed.get(owner)
        user = users.get(owner) or (pair and (users.get(pair.old) or users.get(pair.new)))
        if not user:
            continue
        if pair and owner == pair.old:
            annotated.append((metadata["name"], pair))
        if _is_home(hub.spawner, user, pair, server, metadata["name"]):
            kept.append(Claim(user=user.name, server=server, name=metadata["name"]))
    return tuple(kept), tuple(annotated)


def _is_home(settings: SpawnerSettings, user: HubUser, pair: Pair | None, server: str, claim: str) -> bool:
    """Tell whether a claim is the server's home, and not one that somebody's hook makes beside it."""
    remembered = user.claims.get(server)
    if remembered:
        return claim == remembered
    names = {user.name, *((pair.old, pair.new) if pair else ())}
    return claim in {
        expanded(settings.pvc_name_template, fields(user=name, userid=user.id, server=server, scheme=scheme))
        for name in names
        for scheme in ("safe", "escape")
    }


def _renames(place: Place, pair: Pair, user: HubUser | None, scheme: str) -> Iterator[tuple[str, str]]:
    servers = {"", *(user.claims if user else ())}
    for server in sorted(servers):
        old, new = (
            expanded(
                place.template,
                fields(user=name, userid=user.id if user else 0, server=server, scheme=scheme),
            )
            for name in (pair.old, pair.new)
        )
        if old != new:
            yield old, new


def _check_targets(planned: Moves) -> None:
    olds, news = [move.old for move in planned.moves], [move.new for move in planned.moves]
    if len({*olds, *news}) < len(olds) + len(news):
        raise DeployerError(f"two users would share a directory: `{planned.place.template}`")
    for path in (*olds, *news):
        check_path(path)


def _names_a_user(template: str) -> bool:
    return bool(_OF_A_USER & set(_fields_of(template)))


def _fields_of(template: str) -> Sequence[str]:
    try:
        return [field for _text, field, _spec, _conversion in string.Formatter().parse(template) if field]
    except ValueError:  # a brace that is no field, which KubeSpawner would refuse too
        return []


def _to_the_name(template: str) -> str:
    parts = PurePosixPath(template).parts
    named = [number for number, part in enumerate(parts) if _names_a_user(part)]
    if len(named) > 1:
        raise DeployerError(
            f"the path of homes has the user's name in it twice, which cannot be renamed: `{template}`"
        )
    return "/".join(parts[: named[0] + 1])
