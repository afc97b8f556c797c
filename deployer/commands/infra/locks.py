"""`deployer infra locks`: who holds the states of clusters, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, complain, complete_cluster, echo_json, output_option
from deployer.commands.table import echo_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from deployer.operations.infra.locks import Lock, Look
    from deployer.operations.infra.several import Work


@click.command
@click.argument("cluster", nargs=-1, shell_complete=complete_cluster)
@output_option
@click.pass_obj
def locks(app: App, cluster: tuple[str, ...], output: str) -> int:
    """Show who holds the state of each CLUSTER, or of all, since when, and what for.

    As text it is a line per lock with the columns cluster, owner, age, operation and lock. A lock that is not
    fresh any more may be a dead run's: `infra unlock` removes it.
    """
    from deployer.operations.infra.locks import look
    from deployer.operations.infra.several import begun, here, wanted

    works: list[Work[Look]] = wanted(app.session, app.root, cluster)
    with begun(app.session, app.root, works, look, jobs=here(), stay=False):
        now = app.session.clock()
    held = [(work.name, work.found.lock) for work in works if work.found and work.found.lock]
    if output == "json":
        echo_json({"clusters": [_plain(work, now) for work in works]})
    else:
        _show(held, now)
    for name, lock in held:
        app.hint(f"if that run is dead: `deployer infra unlock {name} {lock.id} --owner {lock.owner}`")
    for work in works:
        if work.error:
            complain(f"{work.name}: {work.error.message}", work.error.hint)
    return int(any(work.error for work in works))


def _plain(work: Work[Look], now: datetime) -> dict[str, Any]:
    lock = work.found.lock if work.found else None
    return {
        "cluster": work.name,
        "lock": lock.plain(now) if lock else None,
        "error": work.error.message if work.error else None,
    }


def _show(held: Sequence[tuple[str, Lock]], now: datetime) -> None:
    heads = ("CLUSTER", "OWNER", "AGE", "OPERATION", "LOCK")
    rows = [(name, lock.owner, _age(lock.age(now)), lock.operation, lock.id) for name, lock in held]
    echo_table(heads, rows)


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes}min"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // (24 * 60)}d"
