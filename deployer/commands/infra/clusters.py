"""`deployer infra plan`, `apply` and `refresh`: of one cluster, or of several at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from deployer.commands.app import App, complete_cluster, output_option, override_freeze_option
from deployer.commands.infra.told import drift_json, echo, end, path, plan_json, show_drift, show_plans
from deployer.commands.terminal import agreed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deployer.fleet.model import Cluster
    from deployer.operations.infra.plan import Plan
    from deployer.operations.infra.run import Infrastructure
    from deployer.operations.infra.several import Work

T = TypeVar("T")


def _clusters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take clusters, or all of them, and say how many at a time."""
    for option in (
        click.option(
            "--parallel", type=click.IntRange(1), metavar="N", help="So many clusters at a time, at most."
        ),
        click.option("--all", "everything", is_flag=True, help="All clusters that have `infrastructure`."),
        click.argument("cluster", nargs=-1, shell_complete=complete_cluster),
    ):
        command = option(command)
    return command


_allow_destroy: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--allow-destroy",
    "allowed",
    multiple=True,
    metavar="ADDRESS",
    help="Allow the plan to lose what is protected at this address, exactly; may be repeated.",
)
_yes: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--yes", is_flag=True, help="Do not ask."
)


@click.command()
@_clusters
@_allow_destroy
@click.option("--diff", "only_diff", is_flag=True, help="End with 3 if anything would change.")
@output_option
@click.pass_obj
def plan(
    app: App,
    *,
    cluster: tuple[str, ...],
    everything: bool,
    parallel: int | None,
    allowed: tuple[str, ...],
    only_diff: bool,
    output: str,
) -> int:
    """Show what `apply` would do to each CLUSTER. Nothing changes.

    Ends with 3 if a plan loses what is protected: homes, buckets, databases, the cluster itself.
    """
    many = _many(cluster, everything=everything, allowed=allowed)
    with _begun(app, cluster, parallel, _planning(allowed), stay=False) as (works, _jobs):
        if output == "text":
            show_plans(works, many=many)
        _stop_protected(works)
    if output == "json":
        echo([plan_json(work) for work in works], many=many)
    status = end(app, works, many=many, done="planned")
    return status or (3 if only_diff and any(work.found and work.found.changes for work in works) else 0)


@click.command()
@_clusters
@_allow_destroy
@_yes
@override_freeze_option
@output_option
@click.pass_obj
def apply(
    app: App,
    *,
    cluster: tuple[str, ...],
    everything: bool,
    parallel: int | None,
    allowed: tuple[str, ...],
    yes: bool,
    override_freeze: bool,
    output: str,
) -> int:
    """Build or change the infrastructure of each CLUSTER, and write outputs.yaml beside its cluster.yaml.

    What would be done is shown first, and you are asked once. Nothing that is protected goes unless you allow
    it by its address. A cluster in a window that cluster.yaml calls `freeze`, or with a hub that is in one,
    is refused unless --override-freeze is said.
    """
    from deployer.operations.freezes import heed_freeze
    from deployer.operations.infra.several import carry_out

    def heed(chosen: Cluster) -> None:
        heed_freeze(app.session, chosen, override=override_freeze)

    many = _many(cluster, everything=everything, allowed=allowed)
    with _begun(app, cluster, parallel, _planning(allowed), stay=True, check=heed) as (works, jobs):
        show_plans(works, many=many, err=output == "json")
        _stop_protected(works)
        waiting = [work.name for work in works if not work.error and work.found and work.found.changes]
        _confirm(app, waiting, "do this to", yes=yes)
        carry_out(works, _apply, jobs=jobs)
    if output == "json":
        told = [{**plan_json(work), "allowed": list(allowed), "outputs": path(work)} for work in works]
        echo(told, many=many)
    return end(app, works, many=many, done="applied")


@click.command()
@_clusters
@_yes
@output_option
@click.pass_obj
def refresh(
    app: App,
    *,
    cluster: tuple[str, ...],
    everything: bool,
    parallel: int | None,
    yes: bool,
    output: str,
) -> int:
    """Show what changed in the cloud of each CLUSTER without us, and take it into the state.

    Nothing in the cloud changes. What is gone there is in the state no longer, so that the next `apply` makes
    it anew, empty.
    """
    from deployer.operations.infra.refresh import look, take_in
    from deployer.operations.infra.several import carry_out

    many = _many(cluster, everything=everything)
    with _begun(app, cluster, parallel, look, stay=True) as (works, jobs):
        show_drift(works, many=many, err=output == "json")
        waiting = [work.name for work in works if not work.error and work.found and work.found.drifted]
        _confirm(app, waiting, "take this into the state of", yes=yes)
        carry_out(works, take_in, jobs=jobs)
    if output == "json":
        echo([{**drift_json(work), "outputs": path(work)} for work in works], many=many)
    return end(app, works, many=many, done="refreshed")


def _many(cluster: tuple[str, ...], *, everything: bool, allowed: tuple[str, ...] = ()) -> bool:
    if bool(cluster) == everything:
        raise click.UsageError("name clusters, or say `--all`")
    many = everything or len(set(cluster)) > 1
    if many and allowed:
        raise click.UsageError("`--allow-destroy` is for one cluster: others may have the same address")
    return many


@contextmanager
def _begun(
    app: App,
    names: Sequence[str],
    parallel: int | None,
    look: Callable[[Infrastructure], T],
    *,
    stay: bool,
    check: Callable[[Cluster], None] | None = None,
) -> Iterator[tuple[list[Work[T]], int]]:
    from deployer.operations.infra.several import begun, here, wanted

    most = here()
    if parallel and parallel > most:
        app.say(f"notice: {most} at a time, since this machine has no room for {parallel}")
    jobs = min(parallel or most, most)
    works: list[Work[T]] = wanted(app.session, app.root, names)
    for work in works:
        with work.tried():
            if check and work.cluster:
                check(work.cluster)
    with begun(app.session, app.root, works, look, jobs=jobs, stay=stay):
        yield works, jobs


def _planning(allowed: tuple[str, ...]) -> Callable[[Infrastructure], Plan]:
    return lambda opened: opened.plan(allowed=allowed)


def _apply(opened: Infrastructure, found: Plan) -> Any:
    return opened.apply(found) if found.changes or found.outputs else opened.write_outputs()


def _stop_protected(works: Sequence[Work[Plan]]) -> None:
    from deployer.operations.infra.plan import ProtectedChanges

    for work in works:
        if work.found and work.found.stopped:
            work.error = ProtectedChanges(work.name, work.found.stopped)
            work.close()


def _confirm(app: App, waiting: Sequence[str], question: str, *, yes: bool) -> None:
    if yes or not waiting or app.interruption.requested:
        return
    agreed(app.interruption, f"{question} {', '.join(waiting)}?")
