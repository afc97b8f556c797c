"""How a change of users' names is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.commands.table import echo_table
from deployer.fleet.problems import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.commands.app import App
    from deployer.operations.users.apply import Outcome
    from deployer.operations.users.plan import Plan

_NONE = "-"
_COLUMNS = ("WHAT", "OLD", "NEW", "OLD HOME", "NEW HOME")


@dataclass(frozen=True, kw_only=True)
class Report:
    """A plan, and what became of it when it was applied."""

    cluster: str
    plan: Plan
    outcome: Outcome | None = None

    @classmethod
    def of_plan(cls, cluster: str, plan: Plan) -> Report:
        """Return a report of what would be done."""
        return cls(cluster=cluster, plan=plan)

    @classmethod
    def of_outcome(cls, cluster: str, outcome: Outcome) -> Report:
        """Return a report of what was done."""
        return cls(cluster=cluster, plan=outcome.plan, outcome=outcome)

    def summary(self) -> dict[str, Any]:
        """Return it as plain data (users-map.schema.json)."""
        return {"cluster": self.cluster, **self.plan.summary(), "applied": self._applied()}

    def _applied(self) -> dict[str, Any] | None:
        if self.outcome is None:
            return None
        return {
            "homes": self.outcome.homes,
            "users": self.outcome.renamed,
            "permissions": self.outcome.scopes,
            "absent": list(self.outcome.absent),
            "backup": self.outcome.backup,
            "undo_list": str(self.outcome.undo_list) if self.outcome.undo_list else None,
            "hub_runs": self.outcome.hub_runs,
        }

    def show(self) -> None:
        """Write a line for each user to stdout, in columns."""
        echo_table(_COLUMNS, tuple(self._rows()))

    def _rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        names = self.plan.names
        at_fault = {user for obstacle in names.obstacles for user in obstacle.users}
        homes = self._homes()
        for pair in names.pairs:
            what = "refused" if pair.old in at_fault else "mapped"
            yield what, pair.old, pair.new, *homes.get(pair.old, (_NONE, _NONE))
        for name in names.unchanged:
            yield "unchanged", name, name, _NONE, _NONE
        for name in names.not_in_table:
            yield "not in table", name, name, _NONE, _NONE

    def _homes(self) -> dict[str, tuple[str, str]]:
        """Return the first directory of each user; more than one is rare, and is in the JSON."""
        found: dict[str, tuple[str, str]] = {}
        for each in self.plan.moves:
            for move in each.moves:
                found.setdefault(move.user, (move.old, move.new))
        for claim in self.plan.claims:
            found.setdefault(claim.user, (claim.name, claim.name))
        return found

    def talk(self, app: App) -> None:
        """Tell on stderr what is worth knowing, and what to type next."""
        for line in self._remarks():
            app.say(line)
        if self.outcome is None:
            self._talk_of_plan(app)
        else:
            self._talk_of_outcome(app, self.outcome)

    def _remarks(self) -> Iterator[str]:
        names = self.plan.names
        for obstacle in names.obstacles:
            yield f"{obstacle.kind}: {obstacle.message}"
        for name in names.unknown:
            yield f"unknown: no user of the hub has the name `{name}` of the table"
        for mention in self.plan.mentions:
            yield f"{mention.where}: names `{mention.name}`; write `{mention.new}` before the next deploy"
        if self.plan.servers:
            yield f"running: servers of {', '.join(self.plan.servers)}"
        if self.plan.claims and names.pairs:
            yield (
                "volumes keep their names; change `singleuser.storage.dynamic.pvcNameTemplate` with the "
                "next deploy, so that whoever gets an old name later does not get the volume with it"
            )

    def _talk_of_plan(self, app: App) -> None:
        names = self.plan.names
        counts = f"{len(names.pairs)} mapped, {len(names.unchanged)} unchanged"
        if names.not_in_table:
            counts += f", {len(names.not_in_table)} not in the table"
        app.say(f"{counts}; nothing was changed")
        if names.obstacles:
            app.hint("correct the rule or the table, or leave users as they are with `--leave NAME`")
        elif names.pairs:
            app.hint("add `--apply` to do it; the hub is stopped meanwhile")

    def _talk_of_outcome(self, app: App, done: Outcome) -> None:
        if not self.plan.names.pairs:
            app.say("no user gets another name: nothing was changed")
        else:
            app.say(f"renamed: {counted(done.renamed, 'user')}, {counted(done.homes, 'home')}")
            for name in done.absent:
                app.say(f"gone meanwhile: {name}")
            if done.backup:
                app.say(f"the database as it was: {done.backup}, in the hub's pod")
            app.say(f"the way back: {done.undo_list}")
        if not done.hub_runs:
            deploy = f"deployer deploy {self.cluster} {self.plan.hub.name}"
            app.hint(f"the hub is stopped: start it with the new sign-in, `{deploy}`")
