"""Plan and change the infrastructure of one cluster: variables → plan → guard → apply → outputs.yaml."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from deployer import clouds
from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.infra import outputs, workspace
from deployer.operations.infra.changes import (
    Change,
    changes,
    guarded,
    refuse_what_would_fail,
    resources,
)
from deployer.operations.infra.locks import lock_in
from deployer.progress import step
from deployer.render.state import LOCAL, backend
from deployer.render.tfvars import tfvars
from deployer.tools import terraform as tools
from deployer.tools.private_directory import private_directory
from deployer.tools.process import ProgramFailed, programs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.model import Aws, Cluster, Gcp
    from deployer.operations.infra.workspace import Workspace
    from deployer.session import Session
    from deployer.tools.terraform import Terraform


_OTHER_ACCOUNT = re.compile(r"AWS account ID not allowed: (\d+)")


class ProtectedChanges(DeployerError):
    """A plan would take something protected away, and nobody allowed that."""

    exit_code = 3

    def __init__(self, cluster: str, stopped: Collection[Change]) -> None:
        lines = [f"{cluster}: this plan takes away what is protected; nothing was done"]
        for change in stopped:
            lines.append(f"  {change.kind} {change}")
            if change.protection:
                lines.append(f"    {change.protection.name}: what would be lost is {change.protection.lost}")
        flags = " ".join(f"--allow-destroy '{change.address}'" for change in stopped)
        super().__init__("\n".join(lines), hint=f"if that is what you want, say so for each: {flags}")
        self.stopped = tuple(stopped)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What Terraform would do to a cluster, and what the guard has against it."""

    cluster: str
    changes: tuple[Change, ...]
    stopped: tuple[Change, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "cluster": self.cluster,
            "changes": [change.plain() for change in self.changes],
            "protected": [change.address for change in self.stopped],
        }


@dataclass(frozen=True, kw_only=True)
class Infrastructure:
    """The infrastructure of a cluster, open for work."""

    session: Session
    cluster: Cluster
    terraform: Terraform

    def plan(self, *, allowed: Collection[str] = ()) -> Plan:
        """Save a plan and look at it. Nothing changes."""
        with step(self.session.progress, self.cluster.name, "plan"), failures_told(self.cluster):
            self.terraform.plan()
            found = changes(self.terraform.show())
        return Plan(cluster=self.cluster.name, changes=found, stopped=guarded(found, allowed))

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
        name = self.cluster.name
        with step(self.session.progress, name, "apply"), failures_told(self.cluster):
            try:
                self.terraform.apply(
                    lambda what, address: self.session.progress.noted(name, f"{address}: {what}")
                )
            except (Interrupted, ProgramFailed) as error:
                self._tell_what_is_half_made(error)
                raise
        return self.write_outputs()

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
            if not _has_no_place(error):
                raise
            if not plan_only:
                raise DeployerError(
                    f"the bucket for the state of {cluster.name} is not there yet",
                    hint=_how_to_make(cluster, place.backend),
                ) from error
            session.progress.noted(cluster.name, "the bucket for its state is not there yet")
            get_ready(session, cluster, place.use(LOCAL), terraform)
        if not plan_only:
            _save_what_was_not(session, cluster, place, terraform)
        elif place.unsaved:
            session.progress.noted(
                cluster.name,
                "the last run could not save its state: `infra output` saves it, or `infra apply`",
            )
        yield Infrastructure(session=session, cluster=cluster, terraform=terraform)


@contextmanager
def opened(
    session: Session,
    root: Path,
    cluster: Cluster,
    name: str,
    source: Path,
    variables: Mapping[str, Any],
    kept: Mapping[str, Any],
) -> Iterator[tuple[Workspace, Terraform]]:
    """Open a module in a directory of its own, with the credentials of a cluster. `kept` is the backend."""
    run = programs(session)
    with (
        private_directory() as private,
        workspace.workspace(workspace.directory(session, root, name), source, variables, kept) as place,
    ):
        # tfvars has made sure that it is one of these.
        builder = clouds.builder(cast("Aws | Gcp", cluster.provider))
        env = {**builder.credentials(session, cluster, private, run), **_settings(session)}
        yield place, tools.find(run, place.path, env)


def get_ready(
    session: Session, cluster: Cluster, place: Workspace, terraform: Terraform, *options: str
) -> None:
    """Run `init` when program, module, lock or backend are others than at the last time."""
    program = f"{terraform.name} {terraform.version}"
    if not place.is_ready(program):
        with step(session.progress, cluster.name, f"{terraform.name} init"):
            terraform.init(*(options or ("-reconfigure",)))
        place.is_ready_now(program)


@contextmanager
def failures_told(cluster: Cluster) -> Iterator[None]:
    """Say in our words what Terraform often fails for: another account, a lock."""
    try:
        yield
    except ProgramFailed as error:
        other = _OTHER_ACCOUNT.search(error.result.stderr)
        if other:
            raise DeployerError(
                f"{cluster.name}: wrong account: the credentials are of {other[1]}",
                hint="nothing was done; log in to the account that cluster.yaml names, or mend `aws.account`",
            ) from error
        lock = lock_in(error.result.stderr)
        if lock is None:
            raise
        raise DeployerError(
            f"the state of {cluster.name} is locked: {lock}",
            hint="wait for that run; if it is dead: "
            f"`deployer infra unlock {cluster.name} {lock.id} --owner {lock.owner}`",
        ) from error


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


def _has_no_place(error: ProgramFailed) -> bool:
    return any(words in error.message for words in ("NoSuchBucket", "does not exist", "bucket doesn't exist"))


def _how_to_make(cluster: Cluster, kept: Mapping[str, Any]) -> str:
    if "gcs" not in kept:
        return f"`deployer infra bootstrap {cluster.name}` makes it"
    bucket = f"gs://{kept['gcs']['bucket']}"
    return (
        f"make it: `gcloud storage buckets create {bucket} --location=REGION --uniform-bucket-level-access "
        f"--public-access-prevention`, then `gcloud storage buckets update {bucket} --versioning`"
    )


def _settings(session: Session) -> dict[str, str]:
    """Return what the operator has set for Terraform itself: where providers come from, and nothing else."""
    given = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
    return {name: session.environ[name] for name in given if name in session.environ}
