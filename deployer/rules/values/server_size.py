"""Room: whether a machine of the cluster is large enough for what servers are guaranteed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.pools import pools
from deployer.rules.values.parts.quantities import gibibytes, spawner_cpu, spawner_memory
from deployer.rules.values.parts.servers import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.machines import Size
    from deployer.rules.values.parts.pools import Pool
    from deployer.rules.values.parts.servers import Server


@rule()
def server_size(release: HubValues) -> Iterator[Finding]:
    """Want a machine among the declared pools that is large enough for each server.

    A server that asks for more than any machine has is never placed. A little of each machine is Kubernetes'
    own, so a server must ask for less memory than there is. Machine types whose size is not known are taken
    to be large enough.
    """
    declared = pools(release.cluster)
    told: set[KeyPath] = set()
    for server in servers(release) if declared else ():
        largest = _largest(declared, server)
        for name in ("mem_guarantee", "cpu_guarantee") if largest else ():
            setting = server.amounts[name]
            message = _too_much(name, setting.value, largest)
            at = setting.at if setting.stage or release.said(*map(str, setting.at)) else server.at
            if message and at not in told and not release.unknown(setting.at):
                told.add(at)
                yield release.finding(at, message)


RULES = (server_size,)


def _largest(declared: tuple[Pool, ...], server: Server) -> tuple[Size, ...]:
    """Return the sizes of the machines that a server may run on, none when one of them is unknown."""
    selector = {key: setting.value for key, setting in server.selector.items()}
    sizes = [pool.size for pool in declared if pool.may_run(selector)]
    known = tuple(size for size in sizes if size is not None)
    return known if len(known) == len(sizes) else ()


def _too_much(name: str, value: object, sizes: tuple[Size, ...]) -> str | None:
    if name == "mem_guarantee":
        wanted, most = spawner_memory(value), max(size.memory for size in sizes)
        never = wanted is not None and wanted >= most
        shown = [gibibytes(each) for each in (wanted or 0, most)]
    else:
        wanted, most = spawner_cpu(value), max(size.cpu for size in sizes)
        never = wanted is not None and wanted > most
        shown = [f"{each:g} processors" for each in (wanted or 0, most)]
    return f"{shown[0]} guaranteed, and the largest machine for it has {shown[1]}" if never else None
