"""Plan and change the infrastructure of one cluster: variables → plan → guard → apply → outputs.yaml."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.infra import outputs, unprotect, workspace
from deployer.operations.infra.changes import (
    changed_outputs,
    changes,
    guarded,
    refuse_what_would_fail,
    resources,
)
from deployer.operations.infra.failures import failures_told, has_no_place, how_to_make
from deployer.operations.infra.opening import get_ready, opened
from deployer.operations.infra.plan import Plan, ProtectedChanges
from deployer.operations.infra.record import recorded
from deployer.operations.infra.running import behind, kept, steadied
from deployer.progress import step
from deployer.render.state import LOCAL, backend, word
from deployer.render.tfvars import tfvars
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.operations.infra.workspace import Workspace
    from deployer.session import Session
    from deployer.tools.terraform import Terraform


@dataclass(frozen=True, kw_only=True)
class Infrastructure:
    """The infrastructure of a cluster, open for work. `variables` keep the versions that run."""

    session: Session
    cluster: Cluster
    terraform: Terraform
    place: Workspace
    variables: Mapping[str, Any]

    def plan(self, *, allowed: Collection[str] = (), variables: Mapping[str, Any] | None = None) -> Plan:
        """Save a plan, with `variables` of a step when there are some, and look at it. Nothing changes."""
        with step(self.session.progress, self.cluster.name, "plan"), failures_told(self.cluster):
            said = self._plan(self.variables if variables is None else variables)
            if variables is None:
                now = steadied(self.variables, said.get("prior_state", {}))
                # A cloud raises by itself what lost its support: that is not to be undone.
                said = said if now == self.variables else self._plan(now)
        found = changes(said)
        return Plan(
            cluster=self.cluster.name,
            changes=found,
            stopped=guarded(found, allowed),
            outputs=changed_outputs(said),
            state=said.get("prior_state", {}),
        )

    def _plan(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        self.place.give(variables)
        self.terraform.plan()
        return self.terraform.show()

    def apply(self, plan: Plan) -> Path | None:
        """Carry a plan out and write outputs.yaml; return its path if it changed.

        Raises:
            ProtectedChanges: the plan would take away what is protected.
            ProgramFailed: something could not be made.
            Interrupted: the user asked to stop; what is half made is told.
        """
        if plan.stopped:
            raise ProtectedChanges(plan.cluster, plan.stopped)
        refuse_what_would_fail(plan.cluster, plan.changes)
        if plan.losing:
            with recorded(self.session, self.cluster, "apply", plan.losing):
                self._apply_guarded(plan)
        else:
            self._apply_guarded(plan)
        return self.write_outputs()

    def carry_out(self) -> None:
        """Carry out the plan that was saved last, and tell what is done."""
        name = self.cluster.name
        self.terraform.apply(lambda what, address: self.session.progress.noted(name, f"{address}: {what}"))

    def applied(self) -> dict[str, Any] | None:
        """Return the variables that were applied last, None when the state does not know them."""
        found: dict[str, Any] | None = self.terraform.outputs().get(workspace.APPLIED, {}).get("value")
        return found

    @contextmanager
    def other_variables(self, variables: Mapping[str, Any]) -> Iterator[None]:
        """Let the module have other variables while the block runs."""
        self.place.give(variables)
        try:
            yield
        finally:
            self.place.give(self.variables)

    @contextmanager
    def as_applied(self) -> Iterator[None]:
        """Let the module have the variables that were applied last, as far as that is known.

        What is written into the state by then does not make it believe that others were applied.
        """
        applied = self.applied()
        self.place.remember_still(applied)
        try:
            with self.other_variables(self.variables if applied is None else applied):
                yield
        finally:
            self.place.remember(self.variables)

    def adopt(self, address: str, identity: str) -> None:
        """Take a resource that exists into the state."""
        self.place.remember_still(self.applied())
        try:
            self.terraform.import_(address, identity)
        finally:
            self.place.remember(self.variables)

    def _apply_guarded(self, plan: Plan) -> None:
        wanted = unprotect.belt(plan.changes)
        if not wanted:
            self._apply()
            return
        with failures_told(self.cluster):
            unprotect.lift(self, wanted)
        self._apply_unprotected(plan, wanted)

    def _apply(self) -> None:
        with step(self.session.progress, self.cluster.name, "apply"), failures_told(self.cluster):
            try:
                self.carry_out()
            except (Interrupted, ProgramFailed) as error:
                self._tell_what_is_half_made(error)
                raise

    def _apply_unprotected(self, plan: Plan, wanted: unprotect.Belt) -> None:
        """Make a plan anew, now that nothing refuses, and carry it out when it is the one that was shown."""
        still_off = {unprotect.VARIABLE: list(wanted.staying)} if wanted.staying else {}
        variables = {**self.variables, **still_off}
        allowed = [change.address for change in plan.losing]
        try:
            with self.other_variables(variables):
                again = self.plan(allowed=allowed, variables=variables)
                plan.must_be(again)
                self._apply()
        except DeployerError:
            unprotect.tell_what_is_off(self, wanted)
            raise
        if wanted.staying:
            with failures_told(self.cluster):
                unprotect.fasten(self, wanted)

    def write_outputs(self) -> Path | None:
        """Write outputs.yaml from the state; return its path if it changed."""
        return outputs.write(self.cluster, outputs.outputs(self.terraform))

    def _tell_what_is_half_made(self, error: DeployerError) -> None:
        """Add to an error what the next plan will want to do with what is not finished."""
        tainted = self._tainted()
        if tainted:
            error.hint = (
                f"not finished, and so to be made anew by the next `infra apply`: {', '.join(tainted)}; "
                "look at what it would lose before you allow that"
            )
        elif isinstance(error, Interrupted):
            error.hint = "what was made is in the state: `infra plan` shows what is left"

    def _tainted(self) -> list[str]:
        # The user asked to stop, and it stopped: this is a look at what that left.
        fresh = replace(self.terraform.programs, interruption=Interruption())
        with suppress(DeployerError, ValueError):
            state = replace(self.terraform, programs=fresh).state()
            return [each["address"] for each in resources(state) if each.get("tainted")]
        return []


@contextmanager
def infrastructure(
    session: Session, root: Path, cluster: Cluster, *, plan_only: bool = False
) -> Iterator[Infrastructure]:
    """Open the infrastructure of a cluster, with credentials that are gone when the block ends.

    With `plan_only`, a state whose place is not there yet counts as an empty one.

    Raises:
        DeployerError: there is nothing to build, or another run is at work on it.
        ProgramMissing: neither OpenTofu nor Terraform is installed.
    """
    variables = tfvars(cluster)
    source = workspace.module(root, workspace.module_name(cluster))
    with opened(session, root, cluster, cluster.name, source, variables, backend(cluster)) as (
        place,
        terraform,
    ):
        if place.backend != LOCAL and place.keeps_state_here:
            raise DeployerError(
                f"the state of {cluster.name} is on this machine, and config/org.yaml says another place",
                hint=f"`deployer infra bootstrap {cluster.name}` moves it there",
            )
        try:
            with failures_told(cluster):
                get_ready(session, cluster, place, terraform)
        except ProgramFailed as error:
            if not has_no_place(error):
                raise
            if not plan_only:
                raise DeployerError(
                    f"the {word(place.backend)} for the state of {cluster.name} is not there yet",
                    hint=how_to_make(cluster),
                ) from error
            session.progress.noted(cluster.name, f"the {word(place.backend)} for its state is not there yet")
            get_ready(session, cluster, place.use(LOCAL), terraform)
        if not plan_only:
            _save_what_was_not(session, cluster, place, terraform)
        elif place.unsaved:
            session.progress.noted(
                cluster.name,
                "the last run could not save its state: `infra output` saves it, or `infra apply`",
            )
        now = kept(cluster, terraform.state())
        place.give(now)
        place.remember(now)
        if told := behind(cluster.name, variables, now):
            session.progress.noted(cluster.name, told)
        yield Infrastructure(
            session=session, cluster=cluster, terraform=terraform, place=place, variables=now
        )


def _save_what_was_not(session: Session, cluster: Cluster, place: Workspace, terraform: Terraform) -> None:
    """Save the state of a run that could not, as when the network was gone; else all would be made twice."""
    if place.unsaved is None:
        return
    with step(session.progress, cluster.name, "save the state of the last run"), failures_told(cluster):
        try:
            terraform.push(place.unsaved.name)
        except ProgramFailed as error:
            error.hint = f"nothing was done; {place.unsaved} knows what exists: keep it until it is saved"
            raise
    place.unsaved.unlink()
