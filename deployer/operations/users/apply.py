"""Giving a hub's users other names, in an order that loses nothing.

Check, the hub's Lease, the list that leads back, the hub stopped, a copy of its database, homes, names,
report. Homes come before names because moving them can be told to be unfinished, and names change all at
once: whatever interrupts this, the same command goes on, and `--undo` goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.hub_pods import USERNAME, component_pod
from deployer.operations.users import hub_side, pod, undo_list
from deployer.operations.users.alone import alone
from deployer.operations.users.plan import Plan, make_plan, running_servers
from deployer.operations.users.pod_run import PodRun, StepFailed
from deployer.operations.users.stopping import HubSwitch
from deployer.progress import step

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster, Hub
    from deployer.operations.access import Connection
    from deployer.operations.users.hub_side import HubSide
    from deployer.operations.users.mapping import Obstacle
    from deployer.operations.users.plan import Mapper
    from deployer.session import Session

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to change names. `copied` says that the operator has a copy of a database that is no file.

    `start` starts the hub again afterwards; `undo_list` is where the list that leads back goes.
    """

    stop_servers: bool = False
    copied: bool = False
    start: bool = False
    undo_list: Path


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was done. `backup` is the copy's path in the hub's pod; `hub_runs` whether the hub runs again."""

    plan: Plan
    homes: int = 0
    renamed: int = 0
    scopes: int = 0
    absent: tuple[str, ...] = ()
    backup: str | None = None
    undo_list: Path | None = None
    hub_runs: bool = True


class Blocked(DeployerError):
    """Something speaks against it; nothing was changed."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        lines = [obstacle.message for obstacle in obstacles[:_SHOWN]]
        more = [f"and {len(obstacles) - _SHOWN} more"] if len(obstacles) > _SHOWN else []
        super().__init__(
            "\n".join(["these names cannot be given:", *(f"  {line}" for line in (*lines, *more))]),
            hint="correct the rule or the table, or leave users as they are with `--leave NAME`",
        )


@dataclass(frozen=True, kw_only=True)
class Change:
    """One hub's change of names, with all that it needs."""

    session: Session
    connection: Connection
    cluster: Cluster
    hub: Hub
    mapper: Mapper
    options: Options
    interruption: Interruption = field(default_factory=Interruption)

    def apply(self) -> Outcome:
        """Do it, holding the hub's Lease.

        Raises:
            Blocked: names would collide; nothing was changed.
            DeployerError: something else speaks against it, or a step failed.
            Interrupted: the user asked to stop.
        """
        with alone(self.session, self.connection, self.hub, self.interruption):
            side = self._look()
            plan = make_plan(self.hub, side, self.mapper(side), self.connection.api)
            self._refuse(plan)
            if not plan.names.pairs:
                return Outcome(plan=plan, hub_runs=self._runs())
            self._write_undo_list(plan)
            return self._carry_out(plan)

    def _look(self) -> HubSide:
        if self._runs():
            with step(self.session.progress, self.hub.name, "read users"):
                return hub_side.from_running_hub(self.connection, self.hub.namespace)
        self.session.progress.noted(self.hub.name, "the hub does not run: a pod of its own reads its users")
        deployment = hub_side.deployment_of(self.connection.api, self.hub.namespace)
        told = self._pod_run().run(pod.manifest(deployment, (pod.LOOK,), ()), {})
        return hub_side.parsed(self.hub.namespace, told[pod.LOOK.name])

    def _refuse(self, plan: Plan) -> None:
        if plan.names.obstacles:
            raise Blocked(plan.names.obstacles)
        if plan.database != "sqlite" and not self.options.copied:
            raise DeployerError(
                f"{self.hub.name}: the database is a server ({plan.database}); a copy of it is yours to make",
                hint="make one, then say so with `--database-copied`",
            )
        self._refuse_servers(plan.servers)

    def _refuse_servers(self, servers: tuple[str, ...]) -> None:
        if servers and not self.options.stop_servers:
            more = f" and {len(servers) - _SHOWN} more" if len(servers) > _SHOWN else ""
            shown = ", ".join(servers[:_SHOWN]) + more
            raise DeployerError(
                f"{self.hub.name}: servers of users who are to be renamed run: {shown}",
                hint="wait until they have stopped, or stop them with `--stop-servers`",
            )

    def _write_undo_list(self, plan: Plan) -> None:
        undo_list.write(
            self.options.undo_list,
            cluster=self.cluster.name,
            hub=self.hub.name,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            pairs=plan.names.pairs,
        )
        self.session.progress.noted(self.hub.name, f"the way back: `--undo {self.options.undo_list}`")

    def _carry_out(self, plan: Plan) -> Outcome:
        progress, name = self.session.progress, self.hub.name
        switch = HubSwitch(api=self.connection.api, namespace=self.hub.namespace)
        ran, changing = self._runs(), [False]
        try:
            with step(progress, name, "stop hub"):
                switch.stop(self.interruption)
            servers = running_servers(self.connection.api, self.hub.namespace, plan.names.pairs)
            self._refuse_servers(servers)
            if servers:
                with step(progress, name, f"stop {len(servers)} servers"):
                    switch.stop_servers(servers, self.interruption)
            with step(progress, name, "change names"):
                told = self._run_steps(plan, changing)
        except DeployerError as error:
            raise self._after(error, switch, ran=ran, changed=changing[0]) from error
        self._annotate(plan)
        if self.options.start:
            with step(progress, name, "start hub"):
                switch.start(self.interruption)
        return self._outcome(plan, told)

    def _run_steps(self, plan: Plan, changing: list[bool]) -> dict[str, dict[str, Any]]:
        deployment = hub_side.deployment_of(self.connection.api, self.hub.namespace)
        volumes = [each.place.volume for each in plan.moves]
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        content = {
            "pairs": [[pair.old, pair.new] for pair in plan.names.pairs],
            "claims": [[claim.user, claim.server, claim.name] for claim in plan.claims],
            "backup": f"before-users-{stamp}.sqlite",
            "external": self.options.copied,
            "users": sorted(plan.names.present),
            "places": [
                {"root": pod.root_of(number), "moves": each.moves} for number, each in enumerate(plan.moves)
            ],
        }

        def begun(name: str) -> None:
            self.session.progress.noted(self.hub.name, name)
            changing[0] = changing[0] or name not in pod.HARMLESS

        return self._pod_run(begun).run(pod.manifest(deployment, pod.STEPS, volumes), content)

    def _pod_run(self, begun: Any = None) -> PodRun:
        return PodRun(
            api=self.connection.api,
            namespace=self.hub.namespace,
            interruption=self.interruption,
            on_step=begun or (lambda _name: None),
        )

    def _after(self, error: DeployerError, switch: HubSwitch, *, ran: bool, changed: bool) -> DeployerError:
        """Leave the hub as it was when nothing changed, stopped when something did; say which."""
        changed = changed or (isinstance(error, StepFailed) and error.step not in (None, *pod.HARMLESS))
        again = f"deployer users map {self.cluster.name} {self.hub.name}"
        if changed:
            hint = (
                f"the hub is stopped; go on with the same command, or back with `{again} --undo FILE --apply`"
            )
        elif ran:
            hint = self._started_again(switch)
        else:
            hint = "nothing was changed; the hub was stopped already"
        message = f"{self.hub.name}: {error.message}"
        if isinstance(error, Interrupted):
            return Interrupted(message, hint=hint)
        return DeployerError(message, hint="; ".join(filter(None, (error.hint, hint))))

    def _started_again(self, switch: HubSwitch) -> str:
        try:
            with step(self.session.progress, self.hub.name, "start hub"):
                switch.start(Interruption())
        except DeployerError as error:
            deploy = f"deployer deploy {self.cluster.name} {self.hub.name}"
            return f"nothing was changed, but the hub does not start again: {error.message}; try `{deploy}`"
        return "nothing was changed, and the hub runs again"

    def _annotate(self, plan: Plan) -> None:
        """Have claims say whose they are; servers find them without."""
        path = f"/api/v1/namespaces/{self.hub.namespace}/persistentvolumeclaims"
        for claim, pair in plan.annotated:
            try:
                self.connection.api.patch(
                    f"{path}/{claim}", {"metadata": {"annotations": {USERNAME: pair.new}}}
                )
            except DeployerError as error:
                self.session.progress.noted(self.hub.name, f"{claim} keeps its annotation: {error.message}")

    def _outcome(self, plan: Plan, told: dict[str, dict[str, Any]]) -> Outcome:
        renamed = told[pod.RENAME_USERS.name]
        return Outcome(
            plan=plan,
            homes=told[pod.MOVE_HOMES.name]["homes"],
            renamed=renamed["renamed"],
            scopes=renamed["scopes"],
            absent=tuple(renamed["absent"]),
            backup=told[pod.BACK_UP.name].get("backup"),
            undo_list=self.options.undo_list,
            hub_runs=self.options.start,
        )

    def _runs(self) -> bool:
        return component_pod(self.connection.api, self.hub.namespace, "hub") is not None


def preview(connection: Connection, hub: Hub, mapper: Mapper) -> Plan:
    """Return what `apply` would do now. Nothing is written, in the cluster or elsewhere."""
    side = hub_side.from_running_hub(connection, hub.namespace)
    return make_plan(hub, side, mapper(side), connection.api)


def offline(hub: Hub, side: HubSide, mapper: Mapper) -> Plan:
    """Return what becomes of the names of a list of users, without the hub."""
    return make_plan(hub, side, mapper(side), None)
