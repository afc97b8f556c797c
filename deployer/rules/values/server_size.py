"""Room: whether a node of the cluster is large enough for what servers are guaranteed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deployer.fleet.node_pools import pools
from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.quantities import GIB, gibibytes, quantity, spawner_cpu, spawner_memory
from deployer.rules.values.parts.rooms import rooms
from deployer.rules.values.parts.servers import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.node_pools import Pool
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.rooms import NodeRoom
    from deployer.rules.values.parts.servers import Server, Setting

_GPUS = ("nvidia.com/gpu", "amd.com/gpu")
_ANY_NUMBER = float("inf")


class _Want(NamedTuple):
    """An amount of something that a server wants, and the setting that says so."""

    kind: str
    amount: float
    setting: Setting


@rule()
def server_size(release: HubValues) -> Iterator[Finding]:
    """Want a pool among those declared whose nodes have room for each server.

    A server that asks for more memory, processors or GPUs than a node has is never placed. Part of each node
    is the system's, Kubernetes' and its cloud's own: what is left is computed from the clouds' formulas, and
    `deployer generate resource-allocation MACHINE_TYPE` shows how. The message says what is left for servers
    beside the usual daemons. Pools of machine types that are not known are taken to be large enough.
    """
    declared = pools(release.cluster)
    told: set[KeyPath] = set()
    for server in servers(release) if declared else ():
        wanted = tuple(_wanted(server))
        able = _able(declared, server)
        known = () if any(release.unknown(each.setting.at) for each in wanted) else able
        for at, message in _messages(server, wanted, rooms(release.cluster, known)):
            where = at.at if at.stage or release.said(*map(str, at.at)) else server.at
            if where not in told:
                told.add(where)
                yield release.finding(where, message)


RULES = (server_size,)


def _able(declared: tuple[Pool, ...], server: Server) -> tuple[Pool, ...]:
    selector = {key: setting.value for key, setting in server.selector.items()}
    return tuple(pool for pool in declared if pool.may_run(selector))


def _wanted(server: Server) -> Iterator[_Want]:
    memory, cpu = server.amounts["mem_guarantee"], server.amounts["cpu_guarantee"]
    yield _Want("memory", spawner_memory(memory.value) or 0, memory)
    yield _Want("cpu", (spawner_cpu(cpu.value) or 0) * 1000, cpu)
    for resource in _GPUS:
        if resource in server.limits:
            setting = server.limits[resource]
            yield _Want("gpu", quantity(setting.value) or 0, setting)


def _messages(
    server: Server, wanted: tuple[_Want, ...], nodes: tuple[NodeRoom, ...]
) -> Iterator[tuple[Setting, str]]:
    """Return what no node has enough of; when there is enough of each, whether one has enough of all."""
    if not nodes:
        return
    alone = [each for each in wanted if all(_has(node, each.kind) < each.amount for node in nodes)]
    for each in alone:
        largest = max(nodes, key=lambda node: _has(node, each.kind))
        yield each.setting, _SAY[each.kind](each.amount, largest)
    if not alone and not any(_fits(node, wanted) for node in nodes):
        latest = max((each.setting for each in wanted), key=lambda setting: setting.stage)
        parts = ", ".join(_shown(each) for each in wanted if each.amount)
        yield latest._replace(at=server.at), f"no pool for it has room for all of this on one node: {parts}"


def _fits(node: NodeRoom, wanted: tuple[_Want, ...]) -> bool:
    return all(_has(node, each.kind) >= each.amount for each in wanted)


def _has(node: NodeRoom, kind: str) -> float:
    if kind == "gpu":
        return _ANY_NUMBER if node.gpus is None else node.gpus
    return node.most.memory if kind == "memory" else node.most.cpu


def _memory(wanted: float, largest: NodeRoom) -> str:
    most, left = _tenths(largest.most.memory), _tenths(largest.usual.memory)
    return f"{gibibytes(wanted)} guaranteed, and {_pool(largest)} gives {most} GiB{_advice(left, 'G')}"


def _cpu(wanted: float, largest: NodeRoom) -> str:
    most, left = f"{largest.most.cpu / 1000:g}", f"{largest.usual.cpu // 10 / 100:g}"
    return f"{wanted / 1000:g} processors guaranteed, and {_pool(largest)} gives {most}{_advice(left)}"


def _gpu(wanted: float, largest: NodeRoom) -> str:
    if not largest.gpus:
        return f"{_gpus(wanted)} wanted, and no pool for it has any"
    return f"{_gpus(wanted)} wanted, and a node of {_pool(largest)} has {largest.gpus}"


_SAY = {"memory": _memory, "cpu": _cpu, "gpu": _gpu}


def _shown(want: _Want) -> str:
    if want.kind == "gpu":
        return _gpus(want.amount)
    return gibibytes(want.amount) if want.kind == "memory" else f"{want.amount / 1000:g} processors"


def _pool(node: NodeRoom) -> str:
    return f"the largest pool for it, `{node.pool.name}` ({node.pool.machine}),"


def _advice(left: str, unit: str = "") -> str:
    return "" if left == "0" else f"; ask for at most {left}{unit}"


def _gpus(number: float) -> str:
    return f"{number:g} GPU{'' if number == 1 else 's'}"


def _tenths(amount: int) -> str:
    return f"{amount * 10 // GIB / 10:g}"
