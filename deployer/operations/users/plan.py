"""What changing the names of a hub's users would do, before anything is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from deployer.fleet.leaves import leaves
from deployer.operations.hub_pods import user_pods
from deployer.operations.users.places import claims, moves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from deployer.fleet.model import Hub
    from deployer.operations.users.hub_side import HubSide
    from deployer.operations.users.mapping import NameMap, Pair
    from deployer.operations.users.places import Claim, Moves
    from deployer.tools.kubernetes import Api

    Mapper = Callable[[HubSide], NameMap]


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A line of the hub's files with an old name in it, which has to be changed by hand."""

    where: str
    name: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that would be done on one hub. `servers` are those that run and have to stop.

    `claims` are the volume claims that servers keep, `annotated` those that get the user's new name as an
    annotation.
    """

    hub: Hub
    names: NameMap
    database: str | None
    moves: tuple[Moves, ...] = ()
    claims: tuple[Claim, ...] = ()
    annotated: tuple[tuple[str, Pair], ...] = ()
    servers: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()

    @property
    def users(self) -> int:
        """How many users the hub has."""
        return len(self.names.pairs) + len(self.names.kept)

    def summary(self) -> dict[str, Any]:
        """Return it as plain data, as in users-map.schema.json."""
        return {
            "hub": self.hub.name,
            "database": self.database,
            "mapped": [asdict(pair) for pair in self.names.pairs],
            "unchanged": list(self.names.unchanged),
            "not_in_table": list(self.names.not_in_table),
            "unknown": list(self.names.unknown),
            "obstacles": [
                {**asdict(obstacle), "users": list(obstacle.users)} for obstacle in self.names.obstacles
            ],
            "homes": [
                {"volume": dict(each.place.volume), "from": move.old, "to": move.new}
                for each in self.moves
                for move in each.moves
            ],
            "claims": [asdict(claim) for claim in self.claims],
            "servers": list(self.servers),
            "mentions": [asdict(mention) for mention in self.mentions],
        }


def make_plan(hub: Hub, side: HubSide, names: NameMap, api: Api | None) -> Plan:
    """Work out what is to be done; without an API, what can be known without the hub.

    Raises:
        DeployerError: homes could not follow the names.
    """
    mentions = tuple(_mentions(hub, names.pairs))
    if api is None or names.obstacles:  # two users of one name have no homes that could be told apart
        return Plan(hub=hub, names=names, database=side.database, mentions=mentions)
    objects = api.items(f"/api/v1/namespaces/{hub.namespace}/persistentvolumeclaims")
    kept, annotated = claims(side, objects, names.pairs)
    return Plan(
        hub=hub,
        names=names,
        database=side.database,
        moves=moves(side, names.pairs),
        claims=kept,
        annotated=annotated,
        servers=running_servers(api, hub.namespace, names.pairs),
        mentions=mentions,
    )


def running_servers(api: Api, namespace: str, pairs: Iterable[Pair]) -> tuple[str, ...]:
    """Return the servers, `USER` or `USER/SERVER`, of users who get another name."""
    renamed = {name for pair in pairs for name in (pair.old, pair.new)}
    return tuple(
        server for server in sorted(user_pods(api, namespace)) if server.partition("/")[0] in renamed
    )


def _mentions(hub: Hub, pairs: Iterable[Pair]) -> Iterator[Mention]:
    """Yield where the hub's plain files name users: admins above all, whom JupyterHub makes at its start."""
    renamed = {pair.old: pair.new for pair in pairs}
    for file in hub.values_files:
        if file.encrypted:
            continue
        found = leaves(file.document.data, lambda value: isinstance(value, str) and value in renamed)
        for at, name in sorted(found, key=lambda item: file.document.mark(item[0])):
            mark = file.document.mark(at)
            where = f"{file.document.name}:{mark.line}:{mark.column}"
            yield Mention(where=where, name=name, new=renamed[name])
